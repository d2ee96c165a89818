"""DP-CLIP: a few pictures and the name of a category tell CLIP what to look at; windows are compared besides the whole.

"Dual-Modal Prompting" (Gao et al., arXiv 2404.18695), for telling things of one category apart. What is seen of a
picture is its global vector g and four local ones l_i; it is decided by the category in two ways: prompts in every
layer, made from a support of one sketch and two photos (`stbir.nn.support_prompts`), and low-rank additions to every
layer, scaled by the text vector of the category's name (`stbir.nn.sideway`). l_i are read from four windows of the
tokens that enter the last layer (`stbir.nn.windows`). With delta = 1 - cos, p+ the photo of sketch s, p- another of its
category, and p* for each of the five vectors by itself the nearest photo of another object in the batch:

    T(v)   = max(0, 0.15 + delta(s_v, p+_v) - delta(s_v, p-_v)),      L_ori  = mean T(g)  + 0.1 sum_i mean T(l_i)
    T*(v)  = max(0, 0.15 + delta(s_v, p+_v)/2 - delta(s_v, p*_v)/2),  L_hard = mean T*(g) + 0.1 sum_i mean T*(l_i)
    L      = (1 - w) L_ori + w L_hard,   w = min(1, 0.25 floor(epoch / 10))
    distance = delta(s_g, p_g) + 0.2 sum_i delta(s_{l_i}, p_{l_i})

Our own choices. The score is S = (g.g' + 0.2 sum_i l_i.l_i') / 1.8, the same order as the distance. With `matching =
"vector"`, the default, one long vector holds all five under the roots of their weights: its cosine is S, over the whole
gallery and in any index, at five times the bytes. With "rerank" g alone is searched for and S orders the best anew.
Words, which the paper does not know, meet g: a query's S is the weighted sum of its sketch's S and g' . text. By
default words learn besides, as in `stbir.methods.triplet`; `text = 0` is the paper.

Categories: a photo has its own or none; a query has one in training, where an evaluation or the filter of a search
(`category=boots`) stays within one, or when a caller gives it, and none otherwise. Without one (`unknown`), "predict"
takes that of the known categories whose name is nearest to the plain CLIP vector of the picture; "plain" takes no
support and the name "object", as "predict" does while none is known. A category whose name is given but has no support
has its text scaling and prompts that no picture decides. `adapt`, or `stbir adapt`, makes a category known. Its photos
get other vectors then, so that the fingerprint is another one and a gallery must be indexed again. The published
support in training is whatever stands at three places, drawn once, of the batch (`support = "batch"`); ours is the
saved one. Text vectors are the text tower's as it is, without a gradient. A batch that brings no wrong photos uses its
rows of the same category, or all others where a row has none. A batch without an epoch has w = 0.5. Pictures are
normalised with the statistics of their weights (published: ImageNet's).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor

from stbir.config import Settings
from stbir.data.categories import same_class
from stbir.errors import InputError
from stbir.functional.losses import info_nce
from stbir.functional.part_triplets import hardest_part_triplets, part_triplets
from stbir.functional.part_vectors import joined, mixed
from stbir.functional.scoring import unit
from stbir.methods.base import Method, Side
from stbir.methods.batch import Batch, same_objects
from stbir.methods.encoders import HIGHEST_SCALE
from stbir.nn.captions import Naming
from stbir.nn.category_tower import CategoryTower
from stbir.nn.clip import Backbone
from stbir.nn.supports import PHOTOS, SKETCHES, Supports
from stbir.nn.windows import WINDOWS
from stbir.types import Encoded, Floats, Photo, Pixels, Query, Sketch

PARTS = 1 + WINDOWS
PUBLISHED = (
    "backbone.clip.vision_model.*lay*norm*",
    "backbone.clip.vision_model.embeddings.class_embedding",
    "backbone.clip.vision_model.embeddings.position_embedding.*",
    "backbone.clip.visual_projection.*",
    "seen.prompts.*",
    "seen.sideway.*",
    "seen.windows.block.layer_norm*",
    "seen.windows.norms.*",
    "seen.windows.projections.*",
)
"""What the paper trains: norms, what was left free beside them, and all that is new but the block of the windows.

The text tower's norms were left free too, and its loss gives them no gradient.
"""
LOCAL_BLOCK = "seen.windows.block.*"
"""The copied block as a whole, of which the published code trains more than its norms, by an oversight."""


class DPCLIPConfig(Settings):
    """How many prompts (0: none), which rank (0: no scaling), how a name is said, and how pictures are matched.

    `shortlist` photos are ordered anew with matching = "rerank". `categories` are the known ones, written by `adapt`.
    """

    prompts: int = Field(default=3, ge=0)
    dropout: float = Field(default=0.1, ge=0, lt=1)
    rank: int = Field(default=16, ge=0, description="never more than the width of the tower")
    naming: Naming = "many"
    local: float = Field(default=0.2, ge=0, description="what a window counts in the score")
    matching: Literal["vector", "rerank"] = "vector"
    shortlist: int = Field(default=100, ge=1)
    unknown: Literal["predict", "plain"] = "predict"
    support_seed: int = Field(default=0, ge=0)
    categories: tuple[str, ...] = ()


class DPCLIPObjective(Settings):
    """The margin, what a window counts, and how fast the hardest photos take over; `text = 0` is the paper.

    Every `ramp` epochs their weight rises by 0.25; `hard` fixes it instead. `support` is the saved one of the category,
    or taken from the batch as published.
    """

    margin: float = Field(default=0.15, ge=0)
    local: float = Field(default=0.1, ge=0)
    ramp: int = Field(default=10, ge=1)
    hard: float | None = Field(default=None, ge=0, le=1)
    text: float = Field(default=0.5, ge=0)
    support: Literal["saved", "batch"] = "saved"

    def hardness(self, epoch: int | None) -> float:
        """The weight w of L_hard.

        >>> [DPCLIPObjective().hardness(epoch) for epoch in (0, 9, 10, 39, 40, 60, None)]
        [0.0, 0.0, 0.25, 0.75, 1.0, 1.0, 0.5]
        """
        if self.hard is not None:
            return self.hard
        return 0.5 if epoch is None else min(1.0, 0.25 * (epoch // self.ramp))


class DPCLIP(Method):
    """One global and four local vectors per picture, decided by its category."""

    Config = DPCLIPConfig
    Objective = DPCLIPObjective
    loss_settings = frozenset({"dropout", "shortlist"})
    paper = "DP-CLIP, Gao et al., 2024"
    trains = "norms, prompts from a support, text scaling, windows"
    needs = "sketch-photo pairs with categories; no captions at text = 0"
    meets_categories = True
    support_photos = PHOTOS
    config: DPCLIPConfig

    def __init__(self, backbone: Backbone, config: DPCLIPConfig) -> None:
        super().__init__(backbone, config)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)  # a method on the same CLIP is the same method
            self.seen = CategoryTower(
                backbone,
                prompts=config.prompts,
                dropout=config.dropout,
                rank=config.rank,
                naming=config.naming,
                names=config.categories,
            )
        generator = torch.Generator().manual_seed(config.support_seed)
        self._places: list[float] = torch.rand(SKETCHES + PHOTOS, generator=generator).tolist()

    @property
    def dimension(self) -> int:
        return self.backbone.dimension * (PARTS if self.config.matching == "vector" else 1)

    @property
    def shortlist(self) -> int:
        return self.config.shortlist if self.config.matching == "rerank" else 0

    @property
    def categories(self) -> tuple[str, ...]:
        return self.config.categories

    def meet(self, category: str, *, photos: Pixels, sketches: Pixels) -> None:
        """Make a category known, seen in training or not, from its name and a few photos, and a sketch if there is one.

        Two of the photos and one of the sketches, uint8 (any, side, side, 3), become its support, chosen by their
        content and `support_seed`; they are saved with the method. A category that is known gets the new support.

        Raises:
            InputError: the name is blank, or there is neither a photo nor a sketch.
        """
        name = same_class(category)
        if not name or not (len(photos) or len(sketches)):
            raise InputError(f"a category needs a name and at least one picture (given: {category!r}, no picture)")
        self.seen.supports.put(name, sketches=sketches, photos=photos, seed=self.config.support_seed)
        self._know(self.seen.supports.names)

    def inherit(self, origin: Method) -> None:
        """Take over what fits of another DP-CLIP, its known categories included."""
        if not isinstance(origin, DPCLIP):
            return
        if origin.side == self.side:
            self.seen.supports = Supports(origin.seen.supports.names, side=self.side)
            self._know(origin.seen.supports.names)
        own = self.own_state()
        fitting = {n: v for n, v in origin.own_state().items() if n in own and own[n].shape == v.shape}
        self.load_state_dict(fitting, strict=False)

    def features(
        self, pixels: Tensor, categories: Sequence[str | None], *, supports: Mapping[str, Tensor] | None = None
    ) -> Tensor:
        """The global and the local vectors of pictures whose categories are these: (batch, 5, dimension), unit rows.

        `supports` are normalised pictures (pictures, 3, side, side) to use in place of the saved ones, by category.
        """
        return self.seen(self.backbone, pixels, spelled(categories), supports=supports)

    def similarity_maps(self, photos: Sequence[Photo]) -> Floats:
        """Which places of photos each prompt is like, as cosines (photos, prompts, grid, grid).

        `stbir.evaluation.prompt_maps` draws them.

        Raises:
            InputError: a photo has neither a picture nor a readable file.
        """
        with torch.inference_mode():
            pixels = self.see(self._looked_at(photos))
            names = spelled(self._predicted(pixels, [photo.category for photo in photos]))
            return self.seen.similarity_maps(self.backbone, pixels, names).float().cpu().numpy()

    def embed_photos(self, pixels: Tensor) -> Tensor:
        return self._vectors(self.features(pixels, [None] * len(pixels)))

    def embed_sketches(self, pixels: Tensor) -> Tensor:
        return self._vectors(self.features(pixels, [None] * len(pixels)))

    def embed_texts(self, ids: Tensor, mask: Tensor) -> Tensor:
        rows = unit(self.backbone.embed_texts(ids, mask))
        return F.pad(rows, (0, self.dimension - rows.shape[1]))

    def rows(self, batch: Batch, side: Side) -> Tensor:
        """As other methods; pictures are seen with the categories of the batch."""
        if side == "text" or side in batch.embedded:
            return super().rows(batch, side)
        pixels = self.see(batch.photos) if side == "photo" else self.backbone.normalise(batch.sketches)
        return self._vectors(self.features(pixels, batch.categories))

    def loss(self, batch: Batch, objective: Settings | None = None) -> dict[str, Tensor]:
        wanted = objective or DPCLIPObjective()
        assert isinstance(wanted, DPCLIPObjective)
        supports = self._supports_in(batch) if wanted.support == "batch" else None
        sketches, photos, wrong = self._three(batch, supports)
        same, weight = same_objects(batch), wanted.hardness(batch.epoch)
        against, parts = rivals(batch, same), torch.tensor([1.0, *[wanted.local] * WINDOWS], device=photos.device)
        terms: dict[str, Tensor] = {}
        if weight < 1:
            found = part_triplets(sketches, photos, rivals=against, margin=wanted.margin, negatives=wrong)
            terms["ori"] = (1 - weight) * (parts * found).sum()
        if weight > 0:
            found = hardest_part_triplets(sketches, photos, rivals=against, margin=wanted.margin)
            terms["hard"] = weight * (parts * found).sum()
        if wanted.text:
            scale = self.backbone.clip.logit_scale.exp().clamp(max=HIGHEST_SCALE)
            texts = self.rows(batch, "text")[:, : self.backbone.dimension]
            terms["text"] = wanted.text * info_nce(texts, photos[:, 0], scale, same=same)
        return terms

    def encode_photos(self, photos: Sequence[Photo], *, batch_size: int = 64) -> Encoded:
        return self._encoded(self._vectors_of_photos(photos, batch_size))

    def encode_queries(self, queries: Sequence[Query], *, batch_size: int = 64) -> Encoded:
        found = self.parts_of(queries, batch_size=batch_size)
        rows = [mixed(parts, query.weights, count=PARTS) for parts, query in zip(found, queries, strict=True)]
        return self._encoded(np.array(rows, np.float32).reshape(len(rows), PARTS * self.backbone.dimension))

    def combine(self, parts: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
        return self._encoded(mixed(parts, weights, count=PARTS)[None]).vectors[0]

    def rerank(self, query: Encoded, photos: Encoded) -> Floats:
        """S of one query and some photos: (g.g' + 0.2 sum_i l_i.l_i') / 1.8, (photos,)."""
        assert query.tokens is not None
        assert photos.tokens is not None
        local = np.einsum("pd,npd->n", query.tokens[0].astype(np.float64), photos.tokens)
        whole = photos.vectors.astype(np.float64) @ query.vectors[0]
        return ((whole + self.config.local * local) / (1 + WINDOWS * self.config.local)).astype(np.float32)

    def _know(self, names: Sequence[str]) -> None:
        self.config = self.config.model_copy(update={"categories": tuple(names)})
        self._fingerprint = None
        self.seen.forget()

    def _supports_in(self, batch: Batch) -> dict[str, Tensor]:
        """The support of each category of a batch from rows of its own, at places that were drawn once."""
        found: dict[str, Tensor] = {}
        names = spelled(batch.categories)
        for name in dict.fromkeys(name for name in names if name is not None):
            rows = [row for row, other in enumerate(names) if other == name]
            chosen = [rows[int(place * len(rows))] for place in self._places]
            sketches, photos = batch.sketches[chosen[:SKETCHES]], batch.photos[chosen[SKETCHES:]]
            found[name] = torch.cat([self.backbone.normalise(sketches), self.see(photos)])
        return found

    def _three(self, batch: Batch, supports: Mapping[str, Tensor] | None) -> tuple[Tensor, Tensor, Tensor | None]:
        """Sketches, photos and the wrong photos that the batch brings, all seen with the same prompts.

        Their shapes are (batch, 5, dimension), twice, and (batch, each, 5, dimension).
        """
        pixels, wrong = [self.backbone.normalise(batch.sketches), self.see(batch.photos)], batch.negatives
        categories = [*batch.categories, *batch.categories]
        if wrong is not None and wrong.photos is not None:
            pixels.append(self.see(wrong.photos))
            categories += [category for category in batch.categories for _ in range(wrong.each)]
        found = self.features(torch.cat(pixels), categories, supports=supports).split([len(some) for some in pixels])
        return found[0], found[1], found[2].unflatten(0, (len(found[0]), -1)) if len(found) > 2 else None

    def _predicted(self, pixels: Tensor, categories: Sequence[str | None]) -> list[str | None]:
        """The categories, with the likeliest of the known ones where there is none."""
        known, found = self.config.categories, list(categories)
        missing = [place for place, category in enumerate(categories) if category is None]
        if missing and known and self.config.unknown == "predict":
            named = unit(torch.stack([self.seen.text_of(self.backbone, name) for name in known]))
            likely = (unit(self.backbone.embed_pictures(pixels[missing])) @ named.T).argmax(dim=1).tolist()
            for place, number in zip(missing, likely, strict=True):
                found[place] = known[number]
        return found

    def _described(self, pixels: Tensor, categories: Sequence[str | None]) -> Tensor:
        return self.features(pixels, self._predicted(pixels, categories)).flatten(1)

    def _vectors_of_photos(self, photos: Sequence[Photo], batch_size: int) -> Floats:
        def embed(some: Sequence[Photo]) -> Tensor:
            return self._described(self.see(self._looked_at(some)), [photo.category for photo in some])

        return self._in_batches(photos, embed, batch_size)

    def _vectors_of_sketches(
        self, sketches: Sequence[Sketch], categories: Sequence[str | None], batch_size: int
    ) -> Floats:
        pictures = self.backbone.preprocessing

        def embed(some: Sequence[tuple[Sketch, str | None]]) -> Tensor:
            pixels = self.backbone.normalise([pictures.sketch(sketch) for sketch, _ in some])
            return self._described(pixels, [category for _, category in some])

        return self._in_batches([*zip(sketches, categories, strict=True)], embed, batch_size)

    def _vectors_of_texts(self, texts: Sequence[str], batch_size: int) -> Floats:
        rows = super()._vectors_of_texts(texts, batch_size)
        wide = PARTS * self.backbone.dimension
        return np.pad(rows, ((0, 0), (0, wide - rows.shape[1])))

    def _vectors(self, features: Tensor) -> Tensor:
        """Vectors as they are searched for, (batch, dimension), from the five of each picture."""
        if self.config.matching == "rerank":
            return features[:, 0]
        roots = features.new_tensor([1.0, *[self.config.local] * WINDOWS]).sqrt()
        return unit((features * roots[:, None]).flatten(1))

    def _encoded(self, rows: Floats) -> Encoded:
        """Vectors, and tokens where these order a short list, from (rows, 5 * dimension).

        Raises:
            InputError: nothing is left of one, because its parts cancel out.
        """
        parts = rows.reshape(len(rows), PARTS, self.backbone.dimension)
        flat = joined(parts, self.config.local) if self.config.matching == "vector" else parts[:, 0]
        lengths = np.linalg.norm(flat, axis=1, keepdims=True)
        if (lengths < 1e-6).any():
            raise InputError("the parts of the query cancel out or weigh nothing; change its words or their weights")
        if self.config.matching == "vector":
            return Encoded(flat / lengths)
        tokens = parts[:, 1:] / lengths[:, None]
        return Encoded(flat / lengths, tokens, np.abs(tokens).max(axis=2) > 0)


def spelled(categories: Sequence[str | None]) -> list[str | None]:
    """Spell categories one way, as `stbir.data.categories.same_class` does."""
    return [None if name is None else same_class(name) for name in categories]


def rivals(batch: Batch, same: Tensor) -> Tensor:
    """Which rows are wrong for which, bool (batch, batch): other objects of its category, or all others if none is."""
    names = spelled(batch.categories)
    alike = torch.tensor([[one == other for other in names] for one in names])
    near = alike & ~same
    return torch.where(near.any(dim=1, keepdim=True), near, ~same)

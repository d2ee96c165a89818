"""CLIP-AT: prompts and layer norms adapt CLIP's picture tower to sketches, fine-grained or by category.

"CLIP for All Things Zero-Shot Sketch-Based Image Retrieval, Fine-Grained or Not" (Sain et al., CVPR 2023, arXiv
2303.13440); its public code is the category level only, the fine-grained losses are known from its figure. Learned
tokens stand behind the patches where they enter the tower; they and the tower's layer norms are all that is trained
(`free = ["prompt", "backbone.clip.vision_model.*lay*norm*"]`). With d(a, b) = 1 - cos(a, b), a sketch s, its photo p,
other photos n of another category and h of the same one, c the unit embedding of "a photo of a [c]" from the frozen
text tower and t CLIP's inverse temperature:

    L_tri  = mean max(0, 0.2 + d(s, p) - d(s, n))
    L_hard = mean max(0, 0.2 + d(s, p) - d(s, h))
    L_cls  = mean over sketches and photos v of the cross entropy of t v.c over categories c
    L_div  = mean over ordered pairs of categories of KL(D_c, D_c'), D_c = softmax over rows of d(s, p) - d(s, h)
    L_ps   = mean max(0, 0.2 + d(s^1, p^1) - d(s^1, p^2)), where ^1 and ^2 move 2 x 2 patches in two different ways
    L      = L_tri + L_hard + 0.5 L_cls + 0.1 L_div + 0.1 L_ps

Our own choices (DESIGN): the weights of the last four; negatives are the other rows of a batch, and those that it
brings count as hard ones; L_cls is over the categories of the batch unless the objective lists them, and leaves out
rows of unknown category; in L_div each row has one gap, the mean over its h, each category as many rows as the smallest
that has two, and the gaps are sorted, since the order of rows means nothing; in L_ps the wrong photo is the right one
with its patches moved otherwise, a function of the names in the batch. Sketch and photo share one set of prompts, as in
the figure; the code has one each (`separate = true`). The code feeds CLIP pictures with ImageNet's mean and deviation
(`statistics = "imagenet"`; the default is what the weights expect) and pads photos to a square, which is not repeated.
The paper knows no words: they go through CLIP's text tower and join in the search by late fusion.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Literal

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor, nn

from stbir.config import Settings
from stbir.errors import ConfigError, UnknownName
from stbir.functional.losses import similarities, similarities_in_batch, triplet
from stbir.functional.scoring import unit
from stbir.methods.base import Method
from stbir.methods.batch import Batch, same_objects
from stbir.methods.encoders import HIGHEST_SCALE
from stbir.nn.captions import numbered, spoken
from stbir.nn.clip import Backbone
from stbir.nn.sketch import DEVIATION, MEAN


class CLIPATConfig(Settings):
    """How many prompts, whether sketches have their own, and with which statistics pictures are normalised."""

    prompts: int = Field(default=3, ge=1)
    separate: bool = False
    statistics: Literal["weights", "imagenet"] = "weights"


class CLIPATObjective(Settings):
    """How much each term weighs, the margin of all hinges, and into how many patches a side is cut.

    At category level, as the code trains it, only `triplet` stays, and a data set deals the photo of a row from its
    category (`unpaired = true`). `categories` are what L_cls tells apart; none given, those of each batch.
    """

    triplet: float = Field(default=1.0, ge=0)
    hard: float = Field(default=1.0, ge=0)
    classes: float = Field(default=0.5, ge=0)
    divergence: float = Field(default=0.1, ge=0)
    shuffle: float = Field(default=0.1, ge=0)
    margin: float = Field(default=0.2, ge=0)
    patches: int = Field(default=2, ge=2)
    categories: tuple[str, ...] = ()


class CLIPAT(Method):
    """CLIP with learned tokens behind the patches; a query is the normalised mean of its parts."""

    Config = CLIPATConfig
    Objective = CLIPATObjective
    paper = "CLIP-AT, Sain et al., CVPR 2023"
    trains = "prompts and the layer norms of CLIP's picture tower"
    needs = "sketch-photo pairs with categories; no captions"
    learns_words = False
    config: CLIPATConfig
    _scale: Tensor
    _shift: Tensor

    def __init__(self, backbone: Backbone, config: CLIPATConfig) -> None:
        super().__init__(backbone, config)
        start = torch.Generator().manual_seed(0)  # a method on the same CLIP is the same method
        shape = (config.prompts, backbone.vision.width)
        self.prompt = nn.Parameter(torch.randn(shape, generator=start))
        self.sketch_prompt = nn.Parameter(torch.randn(shape, generator=start)) if config.separate else None
        images = backbone.preprocessing.images
        mean, deviation = (torch.tensor(value).view(3, 1, 1) for value in (images.image_mean, images.image_std))
        own_mean, own_deviation = (torch.tensor(value).view(3, 1, 1) for value in (MEAN, DEVIATION))
        self.register_buffer("_scale", deviation / own_deviation, persistent=False)
        self.register_buffer("_shift", (mean - own_mean) / own_deviation, persistent=False)

    def embed_photos(self, pixels: Tensor) -> Tensor:
        return self._embed(pixels, self.prompt)

    def embed_sketches(self, pixels: Tensor) -> Tensor:
        return self._embed(pixels, self.prompt if self.sketch_prompt is None else self.sketch_prompt)

    def embed_texts(self, ids: Tensor, mask: Tensor) -> Tensor:
        return unit(self.backbone.embed_texts(ids, mask))

    def loss(self, batch: Batch, objective: Settings | None = None) -> dict[str, Tensor]:
        """The terms that weigh anything; those that a batch cannot have, such as hard negatives, are 0.

        Raises:
            UnknownName: the objective lists categories, and the one of a row is not among them.
            ConfigError: pictures cannot be cut into so many patches.
        """
        wanted = objective or CLIPATObjective()
        assert isinstance(wanted, CLIPATObjective)
        sketches, photos = self.rows(batch, "sketch"), self.rows(batch, "photo")
        right, others = similarities_in_batch(sketches, photos, same_objects(batch))
        alike = same_categories(batch).to(others.device)
        strange, hard = others.masked_fill(alike, -torch.inf), others.masked_fill(~alike, -torch.inf)
        brought = self.wrong_rows(batch, "photo")
        if brought is not None:
            hard = torch.cat([hard, similarities(sketches, photos, brought)[1]], dim=1)
        terms: dict[str, Tensor] = {}
        if wanted.triplet:
            terms["triplet"] = wanted.triplet * triplet(right, strange, wanted.margin)
        if wanted.hard:
            terms["hard"] = wanted.hard * triplet(right, hard, wanted.margin)
        if wanted.classes:
            terms["classes"] = wanted.classes * self._classified(batch, (sketches, photos), wanted.categories)
        if wanted.divergence:
            terms["divergence"] = wanted.divergence * divergence(*gaps(right, hard), batch.categories)
        if wanted.shuffle:
            terms["shuffle"] = wanted.shuffle * self._shuffled(batch, wanted)
        return terms

    def _embed(self, pixels: Tensor, prompt: Tensor) -> Tensor:
        if self.config.statistics == "imagenet":
            pixels = pixels * self._scale + self._shift
        return unit(self.backbone.vision(pixels, prompts={0: prompt}))

    def _classified(self, batch: Batch, sides: Sequence[Tensor], listed: Sequence[str]) -> Tensor:
        """L_cls, over the rows whose category is known."""
        known = [row for row, category in enumerate(batch.categories) if category]
        if not known:
            return sides[0].sum() * 0
        names, number = numbered([batch.categories[row] for row in known])
        if listed:
            for name in names:
                if name not in listed:
                    raise UnknownName("category", name, listed, hint="the objective must list all that are trained on")
            number = torch.tensor([listed.index(name) for name in names])[number]
            names = [*listed]
        texts = [f"a photo of a {spoken(name)}" for name in names]
        captions = self.embed_texts(*self.backbone.preprocessing.text(texts))
        scale, number = self.backbone.clip.logit_scale.exp().clamp(max=HIGHEST_SCALE), number.to(captions.device)
        with torch.autocast(captions.device.type, enabled=False):
            return torch.stack([F.cross_entropy(scale * rows[known] @ captions.T, number) for rows in sides]).mean()

    def _shuffled(self, batch: Batch, wanted: CLIPATObjective) -> Tensor:
        """L_ps."""
        if self.side % wanted.patches:
            raise ConfigError(f"pictures of {self.side} pixels cannot be cut into {wanted.patches} patches a side")
        first, second = orders(batch.instances, wanted.patches**2)
        photos, sketches = self.see(batch.photos), self.backbone.normalise(batch.sketches)
        anchors = self.embed_sketches(shuffled(sketches, first))
        same, other = (self.embed_photos(shuffled(photos, order)) for order in (first, second))
        return triplet(*similarities(anchors, same, other[:, None]), wanted.margin)


def same_categories(batch: Batch) -> Tensor:
    """Which rows of a batch are of one category, as bool (batch, batch); where it is unknown a row is alone."""
    names = batch.categories
    return torch.tensor(
        [[i == j or (a is not None and a == b) for j, b in enumerate(names)] for i, a in enumerate(names)]
    )


def gaps(right: Tensor, wrong: Tensor) -> tuple[Tensor, Tensor]:
    """Mean of d(s, p) - d(s, n) over the negatives of each row, (batch,), and which rows have any, bool (batch,).

    The cosines `right` are (batch,), `wrong` (batch, each), minus infinity where there is no negative.
    """
    there = wrong.isfinite()
    count = there.sum(dim=1)
    return wrong.masked_fill(~there, 0).sum(dim=1) / count.clamp(min=1) - right, count > 0


def divergence(values: Tensor, there: Tensor, categories: Sequence[str | None]) -> Tensor:
    """L_div: how different the distributions of gaps are from category to category; 0 for fewer than two.

    >>> values = torch.tensor([0.1, 0.3, 0.7, 0.5])
    >>> bool(divergence(values, values > 0, ["cup", "cup", "pan", "pan"]) < 1e-6)  # 0.2 apart in both
    True
    """
    rows: dict[str, list[int]] = {}
    for row, (category, counts) in enumerate(zip(categories, there.tolist(), strict=True)):
        if category and counts:
            rows.setdefault(category, []).append(row)
    several = [some for some in rows.values() if len(some) > 1]
    if len(several) < 2:
        return values.sum() * 0
    least = min(len(some) for some in several)
    logs = torch.stack([values[some[:least]].sort().values.log_softmax(dim=0) for some in several])
    shares = logs.exp()
    apart = (shares * logs).sum(dim=1, keepdim=True) - shares @ logs.T
    return apart.sum() / (len(several) * (len(several) - 1))


def orders(names: Sequence[str | None], patches: int) -> tuple[Tensor, Tensor]:
    """Two different orders of patches for each row, int64 (rows, patches): a function of all the names together.

    >>> first, second = orders(["a", "b"], 4)
    >>> first.sort().values.tolist(), bool((first != second).any(dim=1).all())
    ([[0, 1, 2, 3], [0, 1, 2, 3]], True)
    """
    rng = random.Random("\n".join(str(name) for name in names))
    first = [rng.sample(range(patches), patches) for _ in names]
    second: list[list[int]] = []
    for order in first:
        other = order
        while other == order:
            other = rng.sample(range(patches), patches)
        second.append(other)
    return torch.tensor(first), torch.tensor(second)


def shuffled(pictures: Tensor, order: Tensor) -> Tensor:
    """Move the square patches of pictures (batch, 3, side, side): at place k comes patch order[k], row by row.

    >>> shuffled(torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]), torch.tensor([[3, 0, 1, 2]])).tolist()
    [[[[4.0, 1.0], [2.0, 3.0]]]]
    """
    batch, channels, side, _ = pictures.shape
    cells = round(order.shape[1] ** 0.5)
    size = side // cells
    patches = pictures.reshape(batch, channels, cells, size, cells, size).permute(0, 2, 4, 1, 3, 5).flatten(1, 2)
    moved = patches[torch.arange(batch)[:, None], order.to(pictures.device)].unflatten(1, (cells, cells))
    return moved.permute(0, 3, 1, 4, 2, 5).reshape(batch, channels, side, side)

"""MA-SBIR: what is in a picture is told apart from how it is shown, learned from single pictures of named categories.

"Modality-Aware Representation Learning" (Lyou et al., WACV 2024, arXiv 2401.04860) and its public code. Every sample is
one picture, a photo or a sketch, never a pair, with the caption "a photo of a {class}.", whichever of both it is. With
v and t, its unit embeddings, a vector m_j of each modality j = 0..3 (0 photo, 1 sketch, 3 text; 2 is unused), i the
modality of the picture, x = 3 that of the caption, and D a linear classifier of modalities:

    s_i = v - m_i,   s_x = t - m_x,   E = norm((v + t) / 2),   conv(s, j) = norm(s + m_j)
    L_sem  = [1 - cos(s_x, E)] + [1 - cos(s_i, E)]
    L_rec  = [1 - cos(conv(s_x, i), v)] + [1 - cos(conv(s_i, x), t)]
    L_disc = 1/2 [CE(D(conv(s_x, j)), j) over j != x + CE(D(conv(s_i, j)), j) over j != i]
    L_clip = InfoNCE of pictures and captions both ways; samples of one category count as wrong ones all the same
    L_orth = sum over rows, j and components of |E * m_j| / rows
    L      = (1.0 L_clip + 0.1 L_sem + 0.1 L_disc + 0.02 L_rec + 0 L_orth) / (the sum of the weights, 1.22)

A photo is searched by the "converted" sketch, conv(v - m_1, 0), or by the "original" one, v. The photos and the
sketches of a batch are samples of their own, so that who was drawn after whom never reaches the loss.

Our own choices (DESIGN): words are searched with as sketches are, conv(t - m_3, 0), and sketch + words is the mean of
both. The vectors m start at N(0, 0.02) instead of N(0, 1): those would be twenty times as long as an embedding, and all
converted sketches alike until thousands of steps have shortened them. `objective = { level = "fine" }` is the
fine-grained variant, of which only a caption is known; it learns from pairs (sketch S, photo P) and other photos N:

    L = max(0, 0.2 + cos(s_S, s_N) - cos(s_S, s_P)) + 0.1 L_sem + 0.1 L_disc + 0.02 L_rec

with S and P in the places of picture and caption.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor, nn

from stbir.config import Settings
from stbir.functional.losses import info_nce, similarities, similarities_in_batch, triplet
from stbir.functional.scoring import unit
from stbir.methods.base import Method
from stbir.methods.batch import Batch, same_objects
from stbir.methods.encoders import HIGHEST_SCALE, EncodersConfig, ThreeEncoders
from stbir.nn.captions import numbered, spoken
from stbir.nn.clip import Backbone
from stbir.nn.sketch import SketchKind
from stbir.types import Floats, Photo, Sketch

PHOTO, SKETCH, TEXT = 0, 1, 3
"""The numbers of the modalities; the public code counts four and leaves 2 out."""
COUNT = 4


class MASBIRConfig(EncodersConfig):
    """What sketches and words are searched with, and where training starts.

    `mode` is what a query becomes: "converted" into a photo, or left as the "original". Words are cut after
    `text_tokens` tokens. The vectors of the modalities start at N(0, `encoding_std`), and `log_scale` is where the
    logarithm of the inverse temperature starts when the weights are another method's. Photos and sketches share CLIP's
    tower, as published; the other kinds of `sketch` are ours.
    """

    sketch: SketchKind = "shared"
    mode: Literal["original", "converted"] = "converted"
    text_tokens: int = Field(default=30, ge=3)
    encoding_std: float = Field(default=0.02, gt=0)
    log_scale: float = 2.6592


class MASBIRObjective(Settings):
    """Whether categories or single objects are learned, and how much each term weighs; the defaults are published.

    `clip` and `orthogonal` belong to the level "category", `triplet` and `margin` to "fine".
    """

    level: Literal["category", "fine"] = "category"
    clip: float = Field(default=1.0, ge=0)
    semantic: float = Field(default=0.1, ge=0)
    discriminator: float = Field(default=0.1, ge=0)
    reconstruction: float = Field(default=0.02, ge=0)
    orthogonal: float = Field(default=0.0, ge=0)
    triplet: float = Field(default=1.0, ge=0)
    margin: float = Field(default=0.2, ge=0)


@dataclass(frozen=True)
class Half:
    """One half of some samples: unit rows (rows, dimension), and the modality that each of them is of, (rows,)."""

    rows: Tensor
    modality: Tensor


class MASBIR(ThreeEncoders):
    """CLIP whose embeddings know a part that is their modality's and a part that is their meaning."""

    Config = MASBIRConfig
    Objective = MASBIRObjective
    loss_settings = frozenset({"encoding_std", "log_scale"})
    paper = "MA-SBIR, Lyou et al., WACV 2024"
    trains = "all of CLIP, slowly, and a vector per modality"
    needs = "photos and sketches with categories; no pairs, no captions"
    learns_words = False
    level = "category"
    config: MASBIRConfig

    def __init__(self, backbone: Backbone, config: MASBIRConfig) -> None:
        super().__init__(backbone, config)
        self._said = config
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(2)
            self.encodings = nn.Embedding(COUNT, self.dimension)
            nn.init.normal_(self.encodings.weight, std=config.encoding_std)
            self.discriminator = nn.Linear(self.dimension, COUNT)

    def inherit(self, origin: Method) -> None:
        """Take over what fits; weights of another method start with the published inverse temperature.

        Raises:
            ConfigError: `origin` has two views, and this method's sizes for lines are others.
        """
        super().inherit(origin)
        if origin.name != self.name:
            with torch.no_grad():
                self.backbone.clip.logit_scale.fill_(self._said.log_scale)

    def embed_sketches(self, pixels: Tensor) -> Tensor:
        return self._asked(super().embed_sketches(pixels), SKETCH)

    def embed_texts(self, ids: Tensor, mask: Tensor) -> Tensor:
        return self._asked(self._said_rows(ids, mask), TEXT)

    def loss(self, batch: Batch, objective: Settings | None = None) -> dict[str, Tensor]:
        """The terms of a level.

        Raises:
            InputError: the level is "category", and a row has none.
        """
        wanted = objective or MASBIRObjective()
        assert isinstance(wanted, MASBIRObjective)
        photos = self.rows(batch, "photo")
        # not `rows`: those of a search may be converted
        sketches = super().embed_sketches(self.backbone.normalise(batch.sketches))
        if wanted.level == "fine":
            first, second = self._half(sketches, SKETCH), self._half(photos, PHOTO)
            weighed = {"triplet": (wanted.triplet, self._triplet(batch, sketches, photos, wanted.margin))}
        else:
            captions = self._captions(batch)
            pictures = [self._half(photos, PHOTO), self._half(sketches, SKETCH)]
            first = Half(*(torch.cat(parts) for parts in zip(*((p.rows, p.modality) for p in pictures), strict=True)))
            second = self._half(torch.cat([captions, captions]), TEXT)
            scale = self.backbone.clip.logit_scale.exp().clamp(max=HIGHEST_SCALE)
            weighed = {"clip": (wanted.clip, info_nce(first.rows, second.rows, scale))}
        encodings, centre = self.encodings.weight, unit(first.rows + second.rows)
        weighed["semantic"] = (wanted.semantic, semantic_loss((first, second), centre, encodings))
        weighed["discriminator"] = (wanted.discriminator, self._discriminated((first, second)))
        weighed["reconstruction"] = (wanted.reconstruction, reconstruction_loss(first, second, encodings))
        if wanted.level == "category":
            weighed["orthogonal"] = (wanted.orthogonal, orthogonal_loss(centre, encodings))
        used = {name: (weight, term) for name, (weight, term) in weighed.items() if weight}
        whole = sum(weight for weight, _ in used.values()) if wanted.level == "category" else 1.0
        return {name: weight / whole * term for name, (weight, term) in used.items()}

    def spaces(self, photos: Sequence[Photo], sketches: Sequence[Sketch]) -> dict[str, tuple[Floats, Floats]]:
        """Embeddings before and after their modality was subtracted, as in the paper's figure."""
        rows = torch.from_numpy(self.encode_photos(photos).vectors)
        plain = super().embed_sketches
        pictures = self.backbone.preprocessing
        drawn = torch.from_numpy(
            self._in_batches(
                sketches, lambda some: plain(self.backbone.normalise([pictures.sketch(one) for one in some])), 64
            )
        )
        encodings = self.encodings.weight.detach().cpu()
        return {
            "before subtraction": (rows.numpy(), drawn.numpy()),
            "after subtraction": (unit(rows - encodings[PHOTO]).numpy(), unit(drawn - encodings[SKETCH]).numpy()),
        }

    def semantic_parts(self, rows: Tensor, modality: int) -> Tensor:
        """What is left of embeddings, unit rows (rows, dimension), without their modality: s = v - m, of any length."""
        return rows - self.encodings.weight[modality]

    def _asked(self, rows: Tensor, modality: int) -> Tensor:
        """What a search compares with photos: conv(v - m, photo), or v."""
        if self._said.mode == "original":
            return rows
        return unit(self.semantic_parts(rows, modality) + self.encodings.weight[PHOTO])

    def _said_rows(self, ids: Tensor, mask: Tensor) -> Tensor:
        end = self.backbone.preprocessing.begin_end[1]
        return super().embed_texts(*shortened(ids, mask, end=end, most=self._said.text_tokens))

    def _captions(self, batch: Batch) -> Tensor:
        """Embed "a photo of a {class}." for every row of a batch: unit rows (batch, dimension)."""
        names, number = numbered(batch.categories)
        rows = self._said_rows(*self.backbone.preprocessing.text([f"a photo of a {spoken(name)}." for name in names]))
        return rows[number.to(rows.device)]

    def _half(self, rows: Tensor, modality: int) -> Half:
        return Half(rows, torch.full((len(rows),), modality, device=rows.device))

    def _triplet(self, batch: Batch, sketches: Tensor, photos: Tensor, margin: float) -> Tensor:
        """The hinge on semantic parts, against the photos that the batch brings or else its own."""
        anchors = unit(self.semantic_parts(sketches, SKETCH))
        right, wrong = unit(self.semantic_parts(photos, PHOTO)), self.wrong_rows(batch, "photo")
        if wrong is None:
            return triplet(*similarities_in_batch(anchors, right, same_objects(batch)), margin)
        return triplet(*similarities(anchors, right, unit(self.semantic_parts(wrong, PHOTO))), margin)

    def _discriminated(self, halves: Sequence[Half]) -> Tensor:
        """L_disc: whether everything that was converted into another modality is taken for one of that."""
        terms: list[Tensor] = []
        for half in halves:
            logits = self.discriminator(conversions(half, self.encodings.weight)).float()
            others = torch.arange(COUNT, device=logits.device) != half.modality[:, None]
            terms.append(F.cross_entropy(logits[others], others.nonzero()[:, 1]))
        return torch.stack(terms).mean()


def conversions(half: Half, encodings: Tensor) -> Tensor:
    """Convert every row into every modality, conv(v - m, j): unit rows (rows, COUNT, dimension)."""
    return unit((half.rows - encodings[half.modality])[:, None] + encodings)


def semantic_loss(halves: Sequence[Half], centre: Tensor, encodings: Tensor) -> Tensor:
    """L_sem: the semantic parts of both halves point to their common centre, unit rows (rows, dimension)."""
    parts = [unit(half.rows - encodings[half.modality]) for half in halves]
    return torch.stack([(1 - (part * centre).sum(dim=1)).mean() for part in parts]).sum()


def reconstruction_loss(first: Half, second: Half, encodings: Tensor) -> Tensor:
    """L_rec: either half, converted into the modality of the other, is the other."""
    terms: list[Tensor] = []
    for one, other in ((first, second), (second, first)):
        made = unit(one.rows - encodings[one.modality] + encodings[other.modality])
        terms.append((1 - (made * other.rows).sum(dim=1)).mean())
    return torch.stack(terms).sum()


def orthogonal_loss(centre: Tensor, encodings: Tensor) -> Tensor:
    """L_orth: meaning and modality share no components; the mean over rows of the sum over all modalities."""
    return (centre.abs() @ encodings.abs().T).sum() / len(centre)


def shortened(ids: Tensor, mask: Tensor, *, end: int, most: int) -> tuple[Tensor, Tensor]:
    """Cut tokenised words (batch, length) to `most` tokens; the last one of what was cut is the end token again.

    >>> ids, mask = shortened(torch.tensor([[2, 7, 8, 9, 1]]), torch.ones(1, 5), end=1, most=4)
    >>> ids.tolist(), mask.tolist()
    ([[2, 7, 8, 1]], [[1.0, 1.0, 1.0, 1.0]])
    """
    if ids.shape[1] <= most:
        return ids, mask
    long = mask.sum(dim=1) > most
    ids, mask = ids[:, :most].clone(), mask[:, :most]
    ids[long, most - 1] = end
    return ids, mask

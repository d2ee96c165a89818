"""Two views of a photo: sketches are compared with its contours, words with its colours.

A line drawing says nothing of colour and material, a description little of shape; one vector that must answer
both is pulled two ways. So a photo's vector has two halves, of equal weight: the contours of the photo (drawn by
`stbir.functional.contours`) and CLIP's own embedding of it. A sketch fills only the first half, words only the second.
A query is the normalised weighted mean of its parts, as in late fusion, and its score is then the weighted sum of how
well the sketch fits the contours and the words fit the picture.

Contours and sketches are embedded by CLIP's picture tower too, but from its patches instead of its class token: where
a line stands matters more than that it is there. Beside their pixels the tower is shown which way the lines run, and
histograms of these directions also reach the embedding past the tower (`stbir.nn.lines`): on real sketches they alone
beat what a small tower learns from drawn ones, and what is learned comes on top. Matching sketches with edge maps by
gradient directions is old (Eitz et al. 2011, Hu and Collomosse 2013; with a network Radenovic et al. 2018); the split
vector and the weights of the loss come from no paper; they are our choice.
"""

from __future__ import annotations

import math

import torch
from pydantic import Field
from torch import Tensor

from stbir.config import Settings
from stbir.functional.losses import info_nce
from stbir.functional.scoring import unit
from stbir.methods.base import Method
from stbir.methods.batch import Batch
from stbir.nn.clip import Backbone
from stbir.nn.lines import LINES, LineWeights, colours_and_contours, embed_lines, joined, new_weights, with_contours
from stbir.types import Pixels

_LOSSES = frozenset({"sketch_loss", "text_loss", "both_loss", "highest_scale"})


class TwoViewsConfig(Settings):
    """The size of the contour half, how much each query adds to the loss, and the highest inverse temperature."""

    grid: int = Field(default=4, ge=1, description="the patches are averaged to grid x grid places")
    cells: int = Field(default=8, ge=1, description="the directions of lines are summed up over cells x cells")
    place_dimension: int = Field(default=256, ge=1)
    sketch_loss: float = Field(default=1.0, ge=0)
    text_loss: float = Field(default=0.5, ge=0)
    both_loss: float = Field(default=0.7, ge=0)
    highest_scale: float = Field(default=100.0, gt=0)


class TwoViews(Method):
    """A unit vector of two halves: what a sketch can tell, and what words can tell."""

    Config = TwoViewsConfig
    loss_settings = _LOSSES
    paper = "ours"
    trains = "both towers and what embeds lines"
    needs = "a sketch and words for each photo"
    config: TwoViewsConfig

    def __init__(self, backbone: Backbone, config: TwoViewsConfig) -> None:
        super().__init__(backbone, config)
        self.lines, self.place, self.past = new_weights(
            backbone.vision, grid=config.grid, cells=config.cells, dimension=config.place_dimension
        )

    @property
    def dimension(self) -> int:
        return self.config.place_dimension + self.backbone.dimension

    @staticmethod
    def look(pictures: Pixels) -> Pixels:
        """Put the contours of each photo behind its colours: (batch, side, side, 4)."""
        return with_contours(pictures)

    def see(self, looked: Pixels) -> Tensor:
        """Normalised pixels of the colours and of the contours: (batch, 2, 3, side, side)."""
        return colours_and_contours(looked, self.backbone)

    def embed_photos(self, pixels: Tensor) -> Tensor:
        return self._joined(self._shape(pixels[:, 1]), self._look(pixels[:, 0]))

    def embed_sketches(self, pixels: Tensor) -> Tensor:
        return self._joined(self._shape(pixels), None)

    def embed_texts(self, ids: Tensor, mask: Tensor) -> Tensor:
        return self._joined(None, unit(self.backbone.embed_texts(ids, mask)))

    def loss(self, batch: Batch, objective: Settings | None = None) -> dict[str, Tensor]:
        seen = self.see(batch.photos)
        shape, sketch = self._shape(torch.cat([seen[:, 1], self.backbone.normalise(batch.sketches)])).chunk(2)
        look, text = self._look(seen[:, 0]), unit(self.backbone.embed_texts(batch.ids, batch.mask))
        scale = self.backbone.clip.logit_scale.exp().clamp(max=self.config.highest_scale)
        photos, both = self._joined(shape, look), self._joined(sketch, text)
        return {
            "sketch": self.config.sketch_loss * info_nce(sketch, shape, scale),
            "text": self.config.text_loss * info_nce(text, look, scale),
            # the mean of two scores differs less than one; this scale makes it the sum of both over sqrt(2)
            "both": self.config.both_loss * info_nce(both, photos, math.sqrt(2) * scale),
        }

    def fingerprint(self) -> dict[str, str]:
        return super().fingerprint() | {"contours": LINES}

    def _look(self, pixels: Tensor) -> Tensor:
        return unit(self.backbone.vision(pixels))

    def _shape(self, pixels: Tensor) -> Tensor:
        """Embed a line drawing, normalised pixels (batch, 3, side, side): unit rows (batch, place_dimension)."""
        weights = LineWeights(self.lines, self.place, self.past)
        return embed_lines(pixels, self.backbone.vision, weights, grid=self.config.grid, cells=self.config.cells)

    def _joined(self, shape: Tensor | None, look: Tensor | None) -> Tensor:
        """One unit vector of both halves, zero where one is missing."""
        return joined(shape, look, sizes=(self.config.place_dimension, self.backbone.dimension))

"""Two views of a photo: sketches are compared with its contours, words with its colours.

A line drawing says nothing of colour and material, a description little of shape; one vector that must answer
both is pulled two ways. So a photo's vector has two halves, of equal weight: the contours of the photo (drawn by
`stbir.functional.contours`) and CLIP's own embedding of it. A sketch fills only the first half, words only the second.
A query is the normalised weighted mean of its parts, as in late fusion, and its score is then the weighted sum of how
well the sketch fits the contours and the words fit the picture.

Contours and sketches are embedded by CLIP's picture tower too, but from its patches instead of its class token: where
a line stands matters more than that it is there. The idea of matching sketches with edge maps is old (Eitz et al. 2011,
Radenovic et al. 2018); the split vector and the weights of the loss come from no paper; they are our choice.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor, nn

from stbir.config import Settings
from stbir.functional.contours import CONTOURS, contours
from stbir.functional.losses import info_nce
from stbir.functional.scoring import unit
from stbir.methods.base import Batch, Method
from stbir.nn.clip import Backbone
from stbir.types import Pixels

_LOSSES = frozenset({"sketch_loss", "text_loss", "both_loss", "highest_scale"})


class TwoViewsConfig(Settings):
    """The size of the contour half, how much each query adds to the loss, and the highest inverse temperature."""

    grid: int = Field(default=4, ge=1, description="the patches are averaged to grid x grid places")
    place_dimension: int = Field(default=256, ge=1)
    sketch_loss: float = Field(default=1.0, ge=0)
    text_loss: float = Field(default=0.5, ge=0)
    both_loss: float = Field(default=0.7, ge=0)
    highest_scale: float = Field(default=100.0, gt=0)


class TwoViews(Method):
    """A unit vector of two halves: what a sketch can tell, and what words can tell."""

    Config = TwoViewsConfig
    loss_settings = _LOSSES
    config: TwoViewsConfig

    def __init__(self, backbone: Backbone, config: TwoViewsConfig) -> None:
        super().__init__(backbone, config)
        size = config.grid**2 * backbone.vision.width
        self.place = nn.Parameter(torch.empty(config.place_dimension, size))
        start = torch.Generator().manual_seed(0)  # a method on the same CLIP is the same method
        nn.init.trunc_normal_(self.place, std=0.7 * size**-0.5, generator=start)

    @property
    def dimension(self) -> int:
        return self.config.place_dimension + self.backbone.dimension

    def see_photos(self, pictures: Sequence[Pixels] | Pixels) -> Tensor:
        """Stack each photo on its contours: (batch, 2, 3, side, side)."""
        lines = [np.repeat(contours(picture)[..., None], 3, axis=2) for picture in pictures]
        return torch.stack([self.backbone.normalise(pictures), self.backbone.normalise(lines)], dim=1)

    def embed_photos(self, pixels: Tensor) -> Tensor:
        states = self._run(pixels.flatten(0, 1)).unflatten(0, (-1, 2))
        return self._joined(self._contours(states[:, 1]), self._colours(states[:, 0]))

    def embed_sketches(self, pixels: Tensor) -> Tensor:
        return self._joined(self._contours(self._run(pixels)), None)

    def embed_texts(self, ids: Tensor, mask: Tensor) -> Tensor:
        return self._joined(None, unit(self.backbone.embed_texts(ids, mask)))

    def loss(self, batch: Batch) -> dict[str, Tensor]:
        seen, drawn = self.see_photos(batch.photos), self.backbone.normalise(batch.sketches)
        colours, lines, sketches = self._run(torch.cat([seen[:, 0], seen[:, 1], drawn])).chunk(3)
        shape, sketch = self._contours(lines), self._contours(sketches)
        look, text = self._colours(colours), unit(self.backbone.embed_texts(batch.ids, batch.mask))
        scale = self.backbone.clip.logit_scale.exp().clamp(max=self.config.highest_scale)
        photos, both = self._joined(shape, look), self._joined(sketch, text)
        return {
            "sketch": self.config.sketch_loss * info_nce(sketch, shape, scale),
            "text": self.config.text_loss * info_nce(text, look, scale),
            # the mean of two scores differs less than one; this scale makes it the sum of both over sqrt(2)
            "both": self.config.both_loss * info_nce(both, photos, math.sqrt(2) * scale),
        }

    def fingerprint(self) -> dict[str, str]:
        return super().fingerprint() | {"contours": CONTOURS}

    def _run(self, pixels: Tensor) -> Tensor:
        vision = self.backbone.vision
        return vision.run(vision.embed(pixels))[-1]

    def _contours(self, tokens: Tensor) -> Tensor:
        return unit(F.linear(self.backbone.vision.grid(tokens, self.config.grid).flatten(1), self.place))

    def _colours(self, tokens: Tensor) -> Tensor:
        return unit(self.backbone.vision.pool(tokens))

    def _joined(self, shape: Tensor | None, look: Tensor | None) -> Tensor:
        """One unit vector of both halves, zero where one is missing."""
        if shape is None:
            assert look is not None
            shape = look.new_zeros(len(look), self.config.place_dimension)
        if look is None:
            look = shape.new_zeros(len(shape), self.backbone.dimension)
        return unit(torch.cat([shape, look], dim=1))

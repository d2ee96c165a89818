"""Embedding a line drawing, be it a sketch or the contours of a photo, with a CLIP picture tower.

Its patches are used instead of its class token: where a line stands matters more than that it is there. Beside their
pixels the tower is shown which way the lines run, and histograms of these directions also reach the embedding past the
tower. None of this is from a paper; matching sketches with edge maps by gradient directions is old (Eitz et al. 2011,
Hu and Collomosse 2013).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from stbir.functional.contours import CONTOURS, contours
from stbir.functional.orientation import CHANNELS, COARSE, ORIENTATION, evened, histograms, orientations
from stbir.functional.scoring import unit
from stbir.nn.clip import Backbone
from stbir.nn.vision import VisionTower
from stbir.types import Pixels

LINES = f"{CONTOURS} {ORIENTATION}"
"""Version of what is computed without weights, part of the fingerprint of a method that looks at lines."""
FINE = 32
"""About how many squares a side is divided into to measure directions; patches are whole numbers of them."""
REACH = 2
"""Lines count by how much there is around them: so many squares in each direction."""
LEARNED = 1.0
"""How much the tower's embedding weighs against the histograms that pass it."""


class LineWeights(NamedTuple):
    """What is learned besides the tower.

    `lines` (width, measured) shows a patch the directions in it, `place` (dimension, grid * grid * width) embeds the
    patches and `past` (dimension, COARSE * cells * cells) the histograms.
    """

    lines: nn.Parameter
    place: nn.Parameter
    past: nn.Parameter


def new_weights(vision: VisionTower, *, grid: int, cells: int, dimension: int) -> LineWeights:
    """Make untrained weights for a tower; the same tower always gets the same."""
    start = torch.Generator().manual_seed(0)  # a method on the same CLIP is the same method
    measured = CHANNELS * _squares(vision) ** 2
    lines = nn.Parameter(torch.empty(vision.width, measured))
    nn.init.trunc_normal_(lines, std=0.7 * measured**-0.5, generator=start)
    place = nn.Parameter(torch.empty(dimension, grid**2 * vision.width))
    nn.init.trunc_normal_(place, std=0.7 * place.shape[1] ** -0.5, generator=start)
    past = nn.Parameter(torch.empty(dimension, COARSE * cells**2))
    nn.init.orthogonal_(past, generator=start)
    return LineWeights(lines, place, past)


def embed_lines(pixels: Tensor, vision: VisionTower, weights: LineWeights, *, grid: int, cells: int) -> Tensor:
    """Embed a line drawing, normalised pixels (batch, 3, side, side): unit rows (batch, dimension)."""
    squares = _squares(vision)
    waves = orientations(pixels[:, 0], size=math.isqrt(vision.patches) * squares)
    measured = F.unfold(evened(waves, reach=REACH), squares, stride=squares).transpose(1, 2)
    tokens = vision.embed(pixels)
    tokens = torch.cat([tokens[:, :1], tokens[:, 1:] + F.linear(measured, weights.lines)], dim=1)
    learned = unit(F.linear(vision.grid(vision.run(tokens)[-1], grid).flatten(1), weights.place))
    return unit(LEARNED * learned + unit(F.linear(histograms(waves, cells=cells), weights.past)))


class Lines(nn.Module):
    """The weights of `embed_lines` as a module; the tower comes from outside, so that two of these can share it."""

    def __init__(self, vision: VisionTower, *, grid: int, cells: int, dimension: int) -> None:
        super().__init__()
        self.grid, self.cells = grid, cells
        self.lines, self.place, self.past = new_weights(vision, grid=grid, cells=cells, dimension=dimension)

    def forward(self, pixels: Tensor, vision: VisionTower) -> Tensor:
        weights = LineWeights(self.lines, self.place, self.past)
        return embed_lines(pixels, vision, weights, grid=self.grid, cells=self.cells)


def with_contours(pictures: Pixels) -> Pixels:
    """Put the contours of each photo behind its colours: (batch, side, side, 3) to (batch, side, side, 4)."""
    if not len(pictures):
        return np.zeros((*pictures.shape[:3], 4), np.uint8)
    return np.concatenate([pictures, np.stack([contours(picture) for picture in pictures])[..., None]], axis=-1)


def colours_and_contours(looked: Pixels, backbone: Backbone) -> Tensor:
    """Normalised pixels of what `with_contours` gave, colours first: (batch, 2, 3, side, side)."""
    lines = np.repeat(looked[..., 3:], 3, axis=-1)
    return torch.stack([backbone.normalise(looked[..., :3]), backbone.normalise(lines)], dim=1)


def joined(shape: Tensor | None, look: Tensor | None, *, sizes: tuple[int, int]) -> Tensor:
    """One unit vector of two halves, the shape and the look; a half of `sizes` that is missing is zero.

    >>> joined(None, torch.ones(1, 1), sizes=(2, 1))
    tensor([[0., 0., 1.]])
    """
    if shape is None:
        assert look is not None
        shape = look.new_zeros(len(look), sizes[0])
    if look is None:
        look = shape.new_zeros(len(shape), sizes[1])
    return unit(torch.cat([shape, look], dim=1))


def _squares(vision: VisionTower) -> int:
    """Squares of one patch, in each direction, in which directions are measured."""
    return max(1, round(FINE / math.isqrt(vision.patches)))

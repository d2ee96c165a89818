"""Patch-level matching: what lies in four overlapping windows of a picture, each embedded by itself (DP-CLIP).

"Dual-Modal Prompting" (Gao et al., arXiv 2404.18695). The tokens that enter CLIP's last layer lie on a grid; four
windows of 5 x 5 of its 7 x 7 patches, one at each corner, are read by one more copy of that layer.
"""

from __future__ import annotations

import copy
import math

import torch
from torch import Tensor, nn

from stbir.nn.vision import VisionTower

WINDOWS = 4


def window_side(side: int) -> int:
    """How wide the windows of a grid of `side` x `side` patches are: ceil(5 side / 7), our own rule for other grids.

    >>> [window_side(side) for side in (7, 4, 8, 14, 1)]
    [5, 3, 6, 10, 1]
    """
    return math.ceil(5 * side / 7)


def window_places(side: int) -> Tensor:
    """Which patches lie in each window, row by row, as places in the list of all patches: (4, window, window) flat.

    The windows lie top left, top right, bottom left and bottom right.

    >>> window_places(2).tolist()  # windows of 2 x 2 are the whole grid
    [[0, 1, 2, 3], [0, 1, 2, 3], [0, 1, 2, 3], [0, 1, 2, 3]]
    """
    wide = window_side(side)
    grid = torch.arange(side * side).view(side, side)
    low, high = slice(0, wide), slice(side - wide, side)
    return torch.stack([grid[rows, columns].flatten() for rows in (low, high) for columns in (low, high)])


class Windows(nn.Module):
    """Embeds four windows: [class token; patches of the window] through one block that all of them share.

    Block, norms and projections start as copies of CLIP's last layer, last norm and projection; norm and projection
    are each window's own. Neither prompts nor text scaling reach the block.
    """

    places: Tensor

    def __init__(self, tower: VisionTower) -> None:
        super().__init__()
        self.block = copy.deepcopy(tower.model.encoder.layers[-1])
        self.norms = nn.ModuleList(copy.deepcopy(tower.model.post_layernorm) for _ in range(WINDOWS))
        self.projections = nn.ModuleList(copy.deepcopy(tower.projection) for _ in range(WINDOWS))
        self.register_buffer("places", window_places(math.isqrt(tower.patches)), persistent=False)

    def forward(self, tokens: Tensor) -> Tensor:
        """Embed the class and patch tokens that enter the last layer: (batch, 4, dimension), not of unit length."""
        batch, first = tokens.shape[0], tokens[:, :1]
        cut = tokens[:, 1:][:, self.places]
        inside = torch.cat([first[:, None].expand(-1, WINDOWS, -1, -1), cut], dim=2)
        read = self.block(inside.flatten(0, 1), None)[:, 0].view(batch, WINDOWS, -1)
        parts = zip(self.norms, self.projections, strict=True)
        return torch.stack([project(norm(read[:, place])) for place, (norm, project) in enumerate(parts)], dim=1)

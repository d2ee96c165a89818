"""From an embedding back to a picture: small and blurred, to see what a vector remembers."""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SIDE = 64
"""Height and width in pixels of what is drawn."""
GROUPS = 8
LEAST = 2 * GROUPS


class Decoder(nn.Module):
    """Unit rows (batch, wide) to pictures (batch, 3, 64, 64) with values in 0..1.

    A linear layer gives 4 x 4 places of `channels` channels; four blocks double the side and halve the channels (16 at
    least): nearest neighbours, 3 x 3 convolution, norm in 8 groups, SiLU. A last convolution gives the colours. The
    norm looks at one picture at a time, so that a picture does not depend on its batch. `channels` is a multiple of 64.
    """

    def __init__(self, wide: int, *, channels: int) -> None:
        super().__init__()
        self.channels = channels
        self.start = nn.Linear(wide, 16 * channels)
        sizes = [max(LEAST, channels >> block) for block in range(5)]
        self.blocks = nn.Sequential(
            *(
                nn.Sequential(
                    nn.Upsample(scale_factor=2),
                    nn.Conv2d(before, after, 3, padding=1),
                    nn.GroupNorm(GROUPS, after),
                    nn.SiLU(),
                )
                for before, after in pairwise(sizes)
            )
        )
        self.colours = nn.Conv2d(sizes[-1], 3, 3, padding=1)

    def forward(self, rows: Tensor) -> Tensor:
        # unit rows have tiny components; scaled to about 1 each, they reach the picture from the first step on
        places = self.start(rows * rows.shape[1] ** 0.5).unflatten(1, (self.channels, 4, 4))
        return torch.sigmoid(self.colours(self.blocks(places)))


def default_channels(dimension: int) -> int:
    """As many channels as an embedding has components, in steps of 64: 512 for CLIP ViT-B/32.

    >>> default_channels(512), default_channels(32)
    (512, 64)
    """
    return max(64, dimension // 64 * 64)


def shrunk(pictures: Tensor) -> Tensor:
    """Average pictures (batch, 3, side, side) to what `Decoder` draws: (batch, 3, 64, 64).

    >>> float(shrunk(torch.ones(1, 3, 128, 128)).mean())
    1.0
    """
    return F.adaptive_avg_pool2d(pictures, SIDE)

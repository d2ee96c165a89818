"""Which way lines run, and where: histograms of gradient directions (Dalal and Triggs 2005), as tensors.

A sketch and the contours of a photo agree on this far more than on their pixels, and no weights are needed to see it.
Where the paper sorts directions into bins we keep the first harmonics of their distribution: a few channels that say
the same smoothly, and cost a tenth.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

ORIENTATION = "1"
"""Version of what `orientations` and `histograms` compute, part of the fingerprint of a method that uses them."""

CHANNELS = 7
"""How much gradient there is, and cosine and sine of two, four and six times its direction."""

COARSE = 5
"""The channels that `histograms` keeps; the sixth harmonic tells apart only what stands close together."""

_WEIGHTS = (1.0, 1.3, 1.0, 0.6)  # lobes about as wide as the bins of nine directions
_BLUR = 1.5 / 128  # of the side: the width of a pen, so that a line counts once and not as its two edges
_SPREAD = 0.4  # of a cell: how far a line counts for the cells around it
_FAINT = 0.02  # of the usual energy: what a cell without lines is measured against


def orientations(pictures: Tensor, *, size: int) -> Tensor:
    """Measure the directions of the gradients of grey pictures, summed over a grid.

    Args:
        pictures: (batch, side, side), in any unit: twice the contrast gives twice the result.
        size: the grid's height and width.

    Returns:
        (batch, CHANNELS, size, size), float32.

    >>> bar = torch.zeros(1, 64, 64)
    >>> bar[:, :, 30:34] = 1  # upright: its gradients point across, at an angle of 0
    >>> amount, cosine, sine = orientations(bar, size=1)[0, :3, 0, 0].tolist()
    >>> cosine / amount > 1.2, abs(sine / amount) < 1e-3
    (True, True)
    """
    pictures = pictures.float()
    side = pictures.shape[-1]
    blur = _bell(max(0.5, side * _BLUR), pictures)
    reach = len(blur) // 2
    padded = F.pad(pictures[:, None], (reach,) * 4, mode="replicate")
    # every other pixel: at the width of the blur nothing is lost
    smooth = F.conv2d(padded, (blur[:, None] * blur).view(1, 1, *2 * blur.shape), stride=2)
    smooth = F.pad(smooth, (1,) * 4, mode="replicate")
    across = smooth[:, :, 1:-1, 2:] - smooth[:, :, 1:-1, :-2]
    down = smooth[:, :, 2:, 1:-1] - smooth[:, :, :-2, 1:-1]
    power = across.square() + down.square()
    amount = (power + 1e-10).sqrt()
    cosine, sine = (across.square() - down.square()) / (power + 1e-10), 2 * across * down / (power + 1e-10)
    waves = [amount * _WEIGHTS[0]]
    c, s = cosine, sine
    for weight in _WEIGHTS[1:]:
        waves += [amount * c * weight, amount * s * weight]
        c, s = c * cosine - s * sine, s * cosine + c * sine
    return F.adaptive_avg_pool2d(torch.cat(waves, dim=1), size)


def evened(waves: Tensor, *, reach: int) -> Tensor:
    """Divide by the amount of gradient around each place, so that faint and crowded lines count alike."""
    around = F.avg_pool2d(waves[:, :1].square(), 2 * reach + 1, 1, reach, count_include_pad=False)
    floor = _FAINT * around.mean(dim=(2, 3), keepdim=True)
    return waves / (around + floor + 1e-9).sqrt()


def histograms(waves: Tensor, *, cells: int) -> Tensor:
    """Sum up what `orientations` measured, size x size, over cells x cells: unit rows (batch, COARSE * cells * cells).

    >>> lines = torch.rand(2, 64, 64)
    >>> histograms(orientations(lines, size=32), cells=8).norm(dim=1).round(decimals=4)
    tensor([1., 1.])
    """
    kept = waves[:, :COARSE]
    bell = _bell(_SPREAD * waves.shape[-1] / cells, waves)
    reach = len(bell) // 2
    rows = bell.view(1, 1, 1, -1).expand(COARSE, 1, 1, -1)
    spread = F.conv2d(F.pad(kept, (reach, reach, 0, 0)), rows, groups=COARSE)
    spread = F.conv2d(F.pad(spread, (0, 0, reach, reach)), rows.transpose(2, 3), groups=COARSE)
    return F.normalize(evened(F.adaptive_avg_pool2d(spread, cells), reach=1).flatten(1), dim=1)


def _bell(width: float, like: Tensor) -> Tensor:
    """Samples of a Gaussian that add up to 1."""
    reach = math.ceil(2.5 * width)
    at = torch.arange(-reach, reach + 1, device=like.device, dtype=torch.float32)
    bell = torch.exp(-0.5 * (at / width) ** 2)
    return bell / bell.sum()

"""Classification losses with a margin: the right class must win by an angle, or by a cosine."""

from __future__ import annotations

import math
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

Margin = Literal["arcface", "cosface", "linear"]


def class_cosines(rows: Tensor, weight: Tensor) -> Tensor:
    """Cosines of `rows` (batch, dimension) with the classes' directions `weight` (classes, dimension), in float32."""
    with torch.autocast(rows.device.type, enabled=False):
        return F.normalize(rows.float(), dim=1) @ F.normalize(weight.float(), dim=1).T


def with_margin(cosines: Tensor, classes: Tensor, *, kind: Margin, margin: float) -> Tensor:
    """Make the cosine of each row's true class smaller, so that it must be larger to win.

    arcface: cos(theta + margin) (Deng et al. 2019, eq. 3); cosface: cos(theta) - margin (Wang et al. 2018, eq. 4);
    linear: as it is.

    Args:
        cosines: (batch, classes).
        classes: the true ones, int64 (batch,).
        kind: which margin.
        margin: in radians for arcface, in units of the cosine for cosface.

    >>> with_margin(torch.tensor([[0.5, 0.5]]), torch.tensor([1]), kind="cosface", margin=0.25)
    tensor([[0.5000, 0.2500]])
    """
    true = F.one_hot(classes, cosines.shape[1]).bool()
    if kind == "arcface":
        # away from 1, where the slope of the root is infinite
        sines = (1 - cosines.square()).clamp(min=1e-7).sqrt()
        return torch.where(true, cosines * math.cos(margin) - sines * math.sin(margin), cosines)
    return cosines - margin * true if kind == "cosface" else cosines


def margin_loss(
    rows: Tensor, weight: Tensor, classes: Tensor, *, kind: Margin = "arcface", margin: float = 0.2, scale: float = 32.0
) -> Tensor:
    """Cross entropy of `scale` times the cosines with a margin; rows of an unknown class, -1, are left out.

    Where no class is known the loss is 0.
    """
    known = classes >= 0
    if not bool(known.any()):
        return 0 * (rows.sum() + weight.sum())
    cosines = class_cosines(rows[known], weight)
    return F.cross_entropy(scale * with_margin(cosines, classes[known], kind=kind, margin=margin), classes[known])

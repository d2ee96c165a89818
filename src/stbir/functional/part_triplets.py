"""Triplets of things that are described by several vectors, each vector compared by itself (DP-CLIP)."""

from __future__ import annotations

import torch
from torch import Tensor

from stbir.functional.losses import triplet


def part_triplets(
    anchors: Tensor, positives: Tensor, *, rivals: Tensor, margin: float, negatives: Tensor | None = None
) -> Tensor:
    """Triplets with delta = 1 - cos against all given negatives, one mean per part: (parts,).

    Anchors and positives are unit rows (batch, parts, dimension). Row i meets `negatives` i, (batch, each, parts,
    dimension), or where there are none the positives of the rows j for which `rivals` (batch, batch) is true.

    >>> rows = torch.tensor([[[1.0, 0.0]], [[0.0, 1.0]]])
    >>> part_triplets(rows, rows.flip(0), rivals=~torch.eye(2, dtype=torch.bool), margin=0.25).tolist()  # all wrong
    [1.25]
    """
    right = _right(anchors, positives)
    if negatives is None:
        wrong = _masked(anchors, positives, rivals)
    else:
        with torch.autocast(anchors.device.type, enabled=False):
            wrong = torch.einsum("bpd,bkpd->bkp", anchors.float(), negatives.float())
    return torch.stack([triplet(right[:, part], wrong[:, :, part], margin) for part in range(right.shape[1])])


def hardest_part_triplets(anchors: Tensor, positives: Tensor, *, rivals: Tensor, margin: float) -> Tensor:
    """Triplets with delta = (1 - cos) / 2 against the nearest rival, which each part has for itself: (parts,).

    >>> rows = torch.tensor([[[1.0, 0.0]], [[0.0, 1.0]]])
    >>> hardest_part_triplets(rows, rows.flip(0), rivals=~torch.eye(2, dtype=torch.bool), margin=0.25).tolist()
    [0.75]
    """
    right, nearest = _right(anchors, positives) / 2, _masked(anchors, positives, rivals).amax(dim=1) / 2
    return torch.stack([triplet(right[:, p], nearest[:, p, None], margin) for p in range(right.shape[1])])


def _right(anchors: Tensor, positives: Tensor) -> Tensor:
    with torch.autocast(anchors.device.type, enabled=False):
        return (anchors.float() * positives.float()).sum(dim=-1)


def _masked(anchors: Tensor, positives: Tensor, rivals: Tensor) -> Tensor:
    with torch.autocast(anchors.device.type, enabled=False):
        scores = torch.einsum("ipd,jpd->ijp", anchors.float(), positives.float())
    return scores.masked_fill(~rivals.to(scores.device)[:, :, None], -torch.inf)

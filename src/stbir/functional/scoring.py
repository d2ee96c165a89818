"""From embeddings to one query vector, and from vectors to scores."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor


def unit(vectors: Tensor) -> Tensor:
    """Scale rows to unit length, in float32; a zero row stays zero."""
    return F.normalize(vectors.float(), dim=-1)


def weighted_mean(parts: Sequence[tuple[Tensor, float]]) -> Tensor:
    """Add unit vectors (dimension,) times their weights and scale the sum to unit length.

    Only the proportions of the weights matter.

    Raises:
        ValueError: there are no parts, all weights are zero, or the parts cancel each other out.

    >>> weighted_mean([(torch.tensor([1.0, 0.0]), 1.0), (torch.tensor([0.0, 1.0]), 1.0)])
    tensor([0.7071, 0.7071])
    """
    largest = max((abs(weight) for _, weight in parts), default=0.0)
    if largest == 0:
        raise ValueError("all parts of the query have the weight zero")
    total = torch.stack([vector * (weight / largest) for vector, weight in parts]).sum(dim=0)
    if float(total.norm()) < 1e-6:
        raise ValueError("the parts of the query cancel each other out")
    return unit(total)

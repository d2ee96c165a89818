"""Losses that several methods share: embeddings in, one number out."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def info_nce(queries: Tensor, photos: Tensor, scale: Tensor | float) -> Tensor:
    """Contrast each query with its photo against the other photos of the batch, and the other way round.

    With unit rows q_i and p_i and s = `scale` (an inverse temperature):
    L = -1/2 mean_i [log softmax_j(s q_i.p_j)_i + log softmax_j(s q_j.p_i)_i]
    (Radford et al. 2021, figure 3). Both inputs have the shape (batch, dimension). The scores are
    float32 even inside autocast: half precision cannot tell near neighbours apart.

    >>> rows = torch.eye(3)
    >>> bool(info_nce(rows, rows, 100.0) < 1e-6)
    True
    """
    with torch.autocast(queries.device.type, enabled=False):
        scores = scale * queries.float() @ photos.float().T
    target = torch.arange(len(scores), device=scores.device)
    return (F.cross_entropy(scores, target) + F.cross_entropy(scores.T, target)) / 2

"""Losses that several methods share: embeddings in, one number out."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def info_nce(queries: Tensor, photos: Tensor, scale: Tensor | float, *, same: Tensor | None = None) -> Tensor:
    """Contrast each query with its photo against the other photos of the batch, and the other way round.

    With unit rows q_i and p_i and s = `scale` (an inverse temperature):
    L = -1/2 mean_i [log softmax_j(s q_i.p_j)_i + log softmax_j(s q_j.p_i)_i]
    (Radford et al. 2021, figure 3). Both inputs have the shape (batch, dimension). Where the bool matrix `same` is
    true, beside the diagonal, two rows are of one object and not contrasted. The scores are float32 even inside
    autocast: half precision cannot tell near neighbours apart.

    >>> rows = torch.eye(3)
    >>> bool(info_nce(rows, rows, 100.0) < 1e-6)
    True
    """
    with torch.autocast(queries.device.type, enabled=False):
        scores = scale * queries.float() @ photos.float().T
    if same is not None:
        others = same.to(scores.device) & ~torch.eye(len(scores), dtype=torch.bool, device=scores.device)
        scores = scores.masked_fill(others, -torch.inf)
    target = torch.arange(len(scores), device=scores.device)
    return (F.cross_entropy(scores, target) + F.cross_entropy(scores.T, target)) / 2


def similarities(anchors: Tensor, positives: Tensor, negatives: Tensor) -> tuple[Tensor, Tensor]:
    """Cosines of unit rows (batch, dimension) with their positives, and with `negatives` (batch, each, dimension).

    Returns (batch,) and (batch, each), float32 even inside autocast.
    """
    with torch.autocast(anchors.device.type, enabled=False):
        rows = anchors.float()
        return (rows * positives.float()).sum(dim=1), torch.einsum("bd,bkd->bk", rows, negatives.float())


def similarities_in_batch(anchors: Tensor, positives: Tensor, same: Tensor) -> tuple[Tensor, Tensor]:
    """Cosines of unit rows with their positives, (batch,), and with everybody else's, (batch, batch).

    Where the bool matrix `same` is true, on its diagonal at least, there is no negative: minus infinity stands there.
    """
    with torch.autocast(anchors.device.type, enabled=False):
        scores = anchors.float() @ positives.float().T
    return scores.diagonal(), scores.masked_fill(same.to(scores.device), -torch.inf)


def explicit_nce(right: Tensor, wrong: Tensor, temperature: float) -> Tensor:
    """InfoNCE with negatives given one by one, in one direction.

    L = -mean_b log(exp(r_b / t) / (exp(r_b / t) + sum_k exp(w_bk / t))), with the scores `right` r (batch,) and
    `wrong` w (batch, each); minus infinity stands for no negative.

    >>> scores = torch.tensor([0.5]), torch.tensor([[0.5, -torch.inf]])
    >>> round(float(explicit_nce(*scores, temperature=0.07)), 4)  # one of two alike: log 2
    0.6931
    """
    scores = torch.cat([right[:, None], wrong], dim=1) / temperature
    return F.cross_entropy(scores, torch.zeros(len(scores), dtype=torch.long, device=scores.device))


def triplet(right: Tensor, wrong: Tensor, margin: float) -> Tensor:
    """Hinge on every triplet: L = mean_{b,k} max(0, margin + w_bk - r_b).

    The scores are larger where things are more alike, `right` r of shape (batch,), `wrong` w (batch, each); minus
    infinity stands for no negative and does not count.

    >>> scores = torch.tensor([0.9]), torch.tensor([[0.8, 0.1, -torch.inf]])
    >>> round(float(triplet(*scores, margin=0.2)), 4)  # (0.1 + 0) / 2
    0.05
    """
    return F.relu(margin + wrong - right[:, None]).sum() / wrong.isfinite().sum().clamp(min=1)

"""How well a query will do, told from its vector alone: learned beside the search, at no cost to it.

While a batch is trained on, everybody can see how high the right photo of each query stands. A small head learns to
foresee this from the query's vector. It reads vectors cut off from their encoders, so that it never moves them. All
of this is our own design; no paper describes it.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SOFTNESS = 0.02
"""Differences of cosines about as small as this do not decide a place."""


class Judge(nn.Module):
    """A network with one hidden layer from a query's vector to its expected standing.

    Unit rows have tiny components; scaled to about 1 each, they teach it something at the rates of encoders too.
    """

    def __init__(self, dimension: int, *, hidden: int = 64) -> None:
        super().__init__()
        self.inner = nn.Linear(dimension, hidden)
        self.outer = nn.Linear(hidden, 1)

    def forward(self, queries: Tensor) -> Tensor:
        """Foresee the `standing` of unit rows (batch, dimension): (batch,) in 0..1."""
        return torch.sigmoid(self._logits(queries))

    def loss(self, queries: Tensor, standings: Tensor) -> Tensor:
        """Cross entropy with the standings (batch,) that the queries really reached; no gradient reaches either."""
        return F.binary_cross_entropy_with_logits(self._logits(queries.detach()), standings.detach())

    def _logits(self, queries: Tensor) -> Tensor:
        return self.outer(F.gelu(self.inner(queries * queries.shape[1] ** 0.5))).squeeze(1).float()


def standing(right: Tensor, wrong: Tensor) -> Tensor:
    """How high the right photo stands among the wrong ones, from 1 (first) to 0 (last), on a scale of logarithms.

    1 - log(rank) / log(photos). The rank is a soft one, 1 + sum_k sigmoid((w_k - r) / SOFTNESS): small batches
    have few places, and how clearly a place is won says more about other galleries than the place itself.

    Args:
        right: scores of the right photos (batch,).
        wrong: scores of the wrong ones (batch, each), minus infinity where there is none.

    >>> standing(torch.tensor([0.9, 0.5, 0.1]), torch.tensor([[0.5], [0.5], [0.5]])).round(decimals=2)
    tensor([1.0000, 0.4200, 0.0000])
    """
    rank = 1 + torch.sigmoid((wrong - right[:, None]) / SOFTNESS).sum(dim=1)
    photos = 1 + wrong.isfinite().sum(dim=1).clamp(min=1)
    return (1 - rank.log() / photos.log()).clamp(0, 1)

"""Heads that only training uses: they tell embeddings which fine class they belong to."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from stbir.functional.margins import Margin, margin_loss


class CategoryHead(nn.Module):
    """One direction per fine class, weights (classes, dimension), Xavier-uniform at the start."""

    def __init__(self, classes: int, dimension: int, *, kind: Margin, margin: float, scale: float) -> None:
        super().__init__()
        self.kind: Margin = kind
        self.margin, self.scale = margin, scale
        self.weight = nn.Parameter(torch.empty(classes, dimension))
        nn.init.xavier_uniform_(self.weight)

    def forward(self, rows: Tensor, classes: Tensor) -> Tensor:
        """The classification loss of rows (batch, dimension); those of an unknown class, -1, are left out."""
        known = classes.to(rows.device)
        return margin_loss(rows, self.weight, known, kind=self.kind, margin=self.margin, scale=self.scale)

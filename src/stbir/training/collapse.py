"""Whether vectors still tell things apart: a loss can fall while all of them run together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stbir.types import Floats

FEWEST = 2.0
SHARE = 0.02
"""DESIGN: vectors collapse to few directions below an effective rank of 2, or of 2 % of what it could be."""
ALIKE = 0.95
SPREAD = 0.02
"""DESIGN: they run together where their mean similarity is above 0.95 and its deviation below 0.02."""
MOST = 1024
"""More vectors are not looked at; their rank takes cubic time."""


@dataclass(frozen=True)
class Spread:
    """How far vectors spread: their effective rank, the mean of their similarities and its standard deviation.

    `most` is the largest rank there could be: the number of vectors or their dimension.
    """

    effective_rank: float
    similarity: float
    deviation: float
    most: int

    def trouble(self) -> str | None:
        """What is wrong in words, or None: `FEWEST`, `SHARE`, `ALIKE` and `SPREAD` say what counts as that."""
        # of two or three vectors nobody can say more than that they are few
        if self.effective_rank < max(min(FEWEST, self.most / 2), SHARE * self.most):
            return f"they lie along about {self.effective_rank:.1f} directions of {self.most}"
        if self.similarity > ALIKE and self.deviation < SPREAD:
            return f"they are nearly the same (mean similarity {self.similarity:.3f})"
        return None


def spread(vectors: Floats) -> Spread:
    """Measure how far unit rows (count, dimension) spread; at most the first `MOST` of them.

    >>> rows = np.eye(4, dtype=np.float32)
    >>> spread(rows)
    Spread(effective_rank=4.0, similarity=0.0, deviation=0.0, most=4)
    >>> spread(rows[[0, 0, 0, 0]]).trouble()
    'they lie along about 1.0 directions of 4'
    >>> spread(np.array([[1, 0], [0.6, 0.8]], np.float32)).trouble()
    """
    rows = vectors[:MOST].astype(np.float64)
    apart = ~np.eye(len(rows), dtype=bool)
    similarities = (rows @ rows.T)[apart] if len(rows) > 1 else np.zeros(1)
    return Spread(
        effective_rank=round(effective_rank(rows), 4),
        similarity=round(float(similarities.mean()), 4),
        deviation=round(float(similarities.std()), 4),
        most=min(rows.shape),
    )


def effective_rank(rows: np.ndarray) -> float:
    """How many directions rows really use: exp of the entropy of their singular values, scaled to sum 1.

    Roy and Vetterli 2007, "The effective rank". It is 1 when all rows are the same, and the rank when they
    use all directions alike.

    >>> round(effective_rank(np.diag([1.0, 1.0, 0.0])), 6)
    2.0
    """
    values = np.linalg.svd(rows, compute_uv=False)
    shares = values / values.sum()
    shares = shares[shares > 0]
    return float(np.exp(-(shares * np.log(shares)).sum()))

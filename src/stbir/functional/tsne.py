"""Exact t-SNE: many dimensions on paper so that neighbours stay neighbours (van der Maaten and Hinton 2008)."""

from __future__ import annotations

import numpy as np

from stbir.types import Floats

EXAGGERATED, FACTOR = 100, 12.0
"""For so many steps neighbours attract each other so many times too strongly, so that groups find together first."""
LEAST = 1e-12


def tsne(rows: Floats, *, seed: int, perplexity: float = 30.0, steps: int = 500) -> Floats:
    """Place rows (rows, dimension) on a plane: (rows, 2), centred.

    Every row has about `perplexity` neighbours, at most a third of the others. The time it takes grows with the square
    of the rows: 1,000 take about a minute.

    >>> rows = np.repeat(np.eye(2, 8, dtype=np.float32), 6, axis=0) + 0.01 * np.arange(12, dtype=np.float32)[:, None]
    >>> left, right = tsne(rows, seed=0).reshape(2, 6, 2)
    >>> gap = np.linalg.norm(left.mean(axis=0) - right.mean(axis=0))
    >>> bool(gap > 2 * max(left.std(), right.std()))
    True
    """
    count = len(rows)
    if count < 4:
        return np.zeros((count, 2), np.float32)
    joint = neighbourhoods(rows, perplexity=min(perplexity, (count - 1) / 3))
    rate = max(count / FACTOR / 4, 5.0)  # as larger sets need it (Belkina et al. 2019)
    places = np.random.default_rng(seed).normal(0, 1e-4, (count, 2))
    speed, gains = np.zeros_like(places), np.ones_like(places)
    for step in range(steps):
        near = 1 / (1 + _squared(places))
        np.fill_diagonal(near, 0)
        pull = ((FACTOR if step < EXAGGERATED else 1) * joint - near / near.sum()) * near
        slope = 4 * (pull.sum(axis=1)[:, None] * places - pull @ places)
        gains = np.clip(np.where(slope * speed > 0, gains * 0.8, gains + 0.2), 0.01, None)
        speed = (0.5 if step < EXAGGERATED else 0.8) * speed - rate * gains * slope
        places = places + speed
    return (places - places.mean(axis=0)).astype(np.float32)


def neighbourhoods(rows: Floats, *, perplexity: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """How likely each two rows are neighbours: symmetric, float64 (rows, rows), and 1 in total.

    Row by row, p_j|i is a softmax of -b_i |x_i - x_j|^2 over j != i, with b_i such that 2 to its entropy in bits is the
    perplexity; p_ij = (p_j|i + p_i|j) / 2n.
    """
    apart = _squared(rows.astype(np.float64))
    count = len(apart)
    shares = np.zeros((count, count))
    for i in range(count):
        others = np.delete(apart[i], i)
        others = others - others.min()
        low, high, sharp = 0.0, np.inf, 1.0 / max(float(others.mean()), LEAST)
        share = others
        for _ in range(60):
            share = np.exp(-sharp * others)
            share /= share.sum()
            entropy = -float((share * np.log(np.maximum(share, LEAST))).sum())
            if entropy > np.log(perplexity):
                low, sharp = sharp, sharp * 2 if high == np.inf else (sharp + high) / 2
            else:
                high, sharp = sharp, (low + sharp) / 2
        shares[i] = np.insert(share, i, 0)
    return (shares + shares.T) / (2 * count)


def _squared(
    rows: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Squared distances of all rows from each other."""
    lengths = (rows**2).sum(axis=1)
    return np.maximum(lengths[:, None] + lengths - 2 * rows @ rows.T, 0)

"""Things described by several vectors, the first of the whole and the others of its parts, as one vector (DP-CLIP)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from stbir.types import Floats


def joined(rows: Floats, share: float) -> Floats:
    """One long vector from each of rows (batch, parts, dimension): (batch, parts * dimension).

    The dot product of two of them is that of the wholes plus `share` times those of the other parts.

    >>> one, other = joined(np.array([[[1.0], [2.0]], [[3.0], [4.0]]], np.float32), 0.25)
    >>> round(float(one @ other), 5)  # 1 * 3 + 0.25 * 2 * 4
    5.0
    """
    roots = np.sqrt(np.array([1.0, *[share] * (rows.shape[1] - 1)], np.float32))
    return (rows * roots[:, None]).reshape(len(rows), rows.shape[1] * rows.shape[2])


def mixed(parts: Mapping[str, Floats], weights: Mapping[str, float], *, count: int) -> Floats:
    """The weighted sum of a query's modalities, each of them rows (any, count * dimension): (count, dimension).

    Several rows of a modality are averaged first and each of the `count` vectors made unit length again; one that is
    zero, as those of windows are for words, stays zero. What is to be avoided is subtracted.

    >>> mixed({"text": np.array([[2.0, 0.0]], np.float32)}, {"text": 3.0}, count=2).tolist()
    [[3.0], [0.0]]
    """
    total = np.zeros((), np.float64)
    for name, rows in parts.items():
        mean = rows.astype(np.float64).mean(axis=0).reshape(count, -1)
        lengths = np.linalg.norm(mean, axis=1, keepdims=True)
        own = np.divide(mean, lengths, out=np.zeros_like(mean), where=lengths > 1e-6)
        total = total + weights.get(name, 1.0) * (-1 if name == "avoid" else 1) * own
    return total.astype(np.float32)

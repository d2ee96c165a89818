"""Precision, recall and average precision at any depth: one value per query, from the places of its relevant photos.

The same names mean several things in the literature, so each meaning has a name here and none is silent. A query
without any relevant photo has the value 0 and stays in the denominator of the mean.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np

from stbir.functional.metrics import Ranks, Reals

PrecisionDenominator: TypeAlias = Literal["k", "capped", "cut"]
"""P@k is hits in the first k / k ("k"), hits in the first k / min(k, relevant) ("capped"), or hits in the first
min(k, relevant) / min(k, relevant) ("cut", of ZSE-SBIR and MA-SBIR)."""

PrecisionSumDenominator: TypeAlias = Literal["capped", "k", "relevant"]
"""AP@k is the sum of the precisions at the hits in the first k, over min(k, relevant) ("capped"), over k, or over all
relevant photos ("relevant", of trec_eval). Without a k it is over all relevant photos, whatever this says."""


def precision_at(positions: Ranks, k: int, *, counts: Ranks, denominator: PrecisionDenominator = "k") -> Reals:
    """Give the share of relevant photos among the first `k` of each query.

    Args:
        positions: places counted from 1, rising, of shape (queries, most relevant photos); `NEVER` pads.
        k: how deep.
        counts: how many photos are relevant, of shape (queries,).
        denominator: which of the three definitions.

    >>> places = np.array([[1, 2, 5]])
    >>> [precision_at(places, 10, counts=np.array([3]), denominator=d).item() for d in ("k", "capped", "cut")]
    [0.3, 1.0, 0.6666666666666666]
    """
    assert k >= 1, f"k counts from 1, got {k}"
    capped = np.minimum(k, counts)
    depth = capped if denominator == "cut" else np.full_like(counts, k)
    hits = (positions <= depth[:, None]).sum(axis=1)
    return hits / np.maximum(1, depth if denominator == "k" else capped)


def recall_at(positions: Ranks, k: int, *, counts: Ranks) -> Reals:
    """Give the share of the relevant photos of each query that are among the first `k`; with one of them it is Acc@k.

    >>> recall_at(np.array([[1, 2, 5]]), 3, counts=np.array([3])).item()
    0.6666666666666666
    """
    assert k >= 1, f"k counts from 1, got {k}"
    return (positions <= k).sum(axis=1) / np.maximum(1, counts)


def average_precision(
    positions: Ranks,
    k: int | None = None,
    *,
    counts: Ranks,
    interpolated: bool = False,
    denominator: PrecisionSumDenominator = "capped",
) -> Reals:
    """Give the average precision of each query; its mean is mAP@k, or mAP@all without a `k`.

    The precision at every hit among the first `k`, summed, over the denominator. Interpolated (as VOC, ZSE-SBIR
    and MA-SBIR compute it) each precision is first replaced by the largest one at it or behind it within the
    first `k`, which is never smaller.

    Args:
        positions: places counted from 1, rising, of shape (queries, most relevant photos); `NEVER` pads.
        k: where the list is cut.
        counts: how many photos are relevant, of shape (queries,).
        interpolated: which of the two precisions.
        denominator: which of the three denominators.

    >>> places = np.array([[2, 3]])
    >>> average_precision(places, counts=np.array([2])).item()
    0.5833333333333333
    >>> average_precision(places, counts=np.array([2]), interpolated=True).item()
    0.6666666666666666
    """
    assert k is None or k >= 1, f"k counts from 1, got {k}"
    order = np.arange(1, positions.shape[1] + 1)[None, :]
    hit = order <= counts[:, None] if k is None else positions <= k
    precision = np.where(hit, order / positions, 0.0)
    if interpolated:
        precision = np.where(hit, np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1], 0.0)
    return precision.sum(axis=1) / precision_sum_denominator(counts, k, denominator)


def precision_sum_denominator(counts: Ranks, k: int | None, denominator: PrecisionSumDenominator) -> Ranks:
    """What the sum of the precisions of each query is divided by; at least 1."""
    if k is None or denominator == "relevant":
        return np.maximum(1, counts)
    return np.full_like(counts, k) if denominator == "k" else np.maximum(1, np.minimum(k, counts))

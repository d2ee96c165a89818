"""How good a ranking is: one value per query first, averaging second.

Everything starts from the rank of the best relevant photo, counted from 1, and ties count **against** it: a
method that scores all photos alike gets the last rank, not the first. A score that is not a number counts as
a tie with everything. A query without any relevant photo gets the rank `NEVER`: it stays in the denominator,
is no hit at any k and has the reciprocal rank 0.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Ranks: TypeAlias = npt.NDArray[np.int64]
Reals: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]

NEVER = int(np.iinfo(np.int64).max)
"""The rank of a target that is not in the gallery."""

TIE_DECIMALS = 6
"""Scores that agree to this many decimals are ties: below it lies the noise of float32 and of batching."""


def target_ranks(scores: npt.NDArray[Any], relevant: Flags) -> Ranks:
    """Rank the best relevant photo of each query.

    The rank is 1 + the number of other photos whose score is not below the best relevant one; relevant photos
    never count against each other. `NEVER` where `relevant` has no true value in a row.

    Args:
        scores: of shape (queries, photos); larger is better.
        relevant: of the same shape.

    >>> scores = np.array([[0.9, 0.5, 0.9], [0.1, 0.2, 0.3]])
    >>> target_ranks(scores, np.array([[True, False, False], [False, True, True]])).tolist()
    [2, 1]
    """
    assert scores.shape == relevant.shape, f"scores {scores.shape} and relevant {relevant.shape} differ"
    if scores.shape[1] == 0:
        return np.full(len(scores), NEVER, dtype=np.int64)
    best = np.where(relevant, scores, -np.inf).max(axis=1, keepdims=True)
    # "not below" instead of "at least": a score that is not a number must not help anybody
    against = ~(scores < best) & ~relevant
    return np.where(relevant.any(axis=1), 1 + against.sum(axis=1), NEVER).astype(np.int64)


def hit_at(ranks: Ranks, k: int) -> Reals:
    """Say for each query whether its target is among the first `k`: 1.0 or 0.0.

    Its mean is Acc@k, also called R@k or success@k; the denominator is all queries. Not precision@k: one
    relevant photo in the first k is enough. An empty relevance set is never a hit.

    >>> hit_at(np.array([1, 5, 6, NEVER]), 5).tolist()
    [1.0, 1.0, 0.0, 0.0]
    """
    assert k >= 1, f"k counts from 1, got {k}"
    return ((ranks <= k) & (ranks != NEVER)).astype(np.float64)


def reciprocal(ranks: Ranks) -> Reals:
    """Give 1 / rank for each query; 0 for an empty relevance set.

    Its mean is MRR over all queries, without a cut-off.

    >>> reciprocal(np.array([1, 4, NEVER])).tolist()
    [1.0, 0.25, 0.0]
    """
    return np.where(ranks == NEVER, 0.0, 1.0 / ranks)


def median_rank(ranks: Ranks) -> float:
    """Give the median rank; between the two middle ones for an even number of queries.

    An empty relevance set counts as an infinite rank.

    >>> median_rank(np.array([1, 2, 30, 4]))
    3.0
    """
    assert len(ranks), "the median of no queries is not defined"
    return float(np.median(np.where(ranks == NEVER, np.inf, ranks)))

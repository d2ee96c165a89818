"""Where the relevant photos of a query stand among all the others; every measure of a ranking follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from stbir.functional.metrics import NEVER, TIE_DECIMALS, Flags, Ranks, Reals

Ties: TypeAlias = Literal["against", "for", "average"]
"""Photos with the score of a relevant one stand before it, behind it, or on average over all their orders."""

FARTHEST = float(1 << 39)
"""Keys beyond this are cut, so that they fit into whole numbers: scores beyond 500,000 tie."""


@dataclass(frozen=True, eq=False)
class Standings:
    """For each relevant photo of each query: how many others score above it, and how many score the same.

    "Others" are the photos that are not relevant; relevant ones never stand in each other's way except by taking a
    place. `above` and `beside` are int64 of shape (queries, most relevant photos of a query), the best photo first;
    a query with fewer has `NEVER` there. `counts` is the number of relevant photos, of shape (queries,).
    """

    above: Ranks
    beside: Ranks
    counts: Ranks

    def positions(self, ties: Ties) -> Ranks:
        """The place of each relevant photo in the ranking, counted from 1 and rising; `NEVER` pads.

        Ties are against the relevant photos or for them; on average over all orders there is no one place.
        """
        assert ties != "average", "the average over all orders of ties has no places; see stbir.functional.expected"
        order = np.arange(1, self.above.shape[1] + 1)
        inside = order[None, :] <= self.counts[:, None]
        behind = np.where(inside, self.beside, 0) if ties == "against" else 0
        return np.where(inside, np.where(inside, self.above, 0) + behind + order, NEVER)


def keys(scores: npt.NDArray[Any]) -> Reals:
    """Turn scores into whole numbers, so that what agrees to six decimals is equal; what is no number stays none.

    >>> keys(np.array([0.25, 0.2500001, -1.0])).tolist()
    [250000.0, 250000.0, -1000000.0]
    """
    return np.clip(np.rint(scores.astype(np.float64) * 10**TIE_DECIMALS), -FARTHEST, FARTHEST)


def standings(scores: npt.NDArray[Any], relevant: Flags) -> Standings:
    """Find where the relevant photos stand from a matrix of all scores, both of shape (queries, photos).

    A score that is not a number helps nobody: that of a relevant photo is the worst, that of another the best.

    >>> found = standings(np.array([[0.9, 0.5, 0.9, 0.7]]), np.array([[True, True, False, False]]))
    >>> found.above.tolist(), found.beside.tolist()
    ([[0, 2]], [[1, 0]])
    """
    assert scores.shape == relevant.shape, f"scores {scores.shape} and relevant {relevant.shape} differ"
    ranked = keys(scores)
    counts = relevant.sum(axis=1)
    above = np.full((len(scores), int(counts.max(initial=0))), NEVER, dtype=np.int64)
    beside = above.copy()
    for row, (line, mine) in enumerate(zip(ranked, relevant, strict=True)):
        targets = np.sort(worst_if_none(line[mine]))[::-1]
        others = best_if_none(line[~mine])
        above[row, : len(targets)] = (others[None, :] > targets[:, None]).sum(axis=1)
        beside[row, : len(targets)] = (others[None, :] == targets[:, None]).sum(axis=1)
    return Standings(above, beside, counts.astype(np.int64))


def worst_if_none(targets: Reals) -> Reals:
    """Give relevant photos whose score is not a number the worst key."""
    return np.where(np.isnan(targets), -FARTHEST, targets)


def best_if_none(others: Reals) -> Reals:
    """Give other photos whose score is not a number the best key."""
    return np.where(np.isnan(others), FARTHEST, others)

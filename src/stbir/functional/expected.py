"""Measures under ties, averaged over all orders that the tied photos could have; in closed form, nothing is drawn.

The idea is that of "Computing Information Retrieval Performance Measures Efficiently in the Presence of Tied Scores"
(McSherry and Najork, ECIR 2008); the formulas are worked out here and tested against all orders. A constant method over
n photos with one relevant one has Acc@1 = 1 / n, where "against" gives 0 and "for" gives 1. Interpolated AP has no
such form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from stbir.functional.metrics import Ranks, Reals
from stbir.functional.precision import (
    PrecisionDenominator,
    PrecisionSumDenominator,
    average_precision,
    precision_at,
    precision_sum_denominator,
)
from stbir.functional.standings import Standings


@dataclass(frozen=True)
class Tied:
    """Photos of one query with one score: `start` photos stand before them, `found` of those are relevant."""

    start: int
    size: int
    relevant: int
    found: int


def tied_groups(above: Ranks, beside: Ranks) -> Iterator[Tied]:
    """Take the relevant photos of one query apart into groups of equal score, from what `Standings` has of them.

    >>> [*tied_groups(np.array([0, 2, 2]), np.array([0, 3, 3]))]
    [Tied(start=0, size=1, relevant=1, found=0), Tied(start=3, size=5, relevant=2, found=1)]
    """
    found = 0
    while found < len(above):
        same = (above[found:] == above[found]) & (beside[found:] == beside[found])
        relevant = int(same.sum())
        yield Tied(int(above[found]) + found, int(beside[found]) + relevant, relevant, found)
        found += relevant


def expected_first(found: Standings) -> Reals:
    """Give the expected rank of the best relevant photo of each query; infinite without any.

    >>> from stbir.functional.standings import standings
    >>> expected_first(standings(np.zeros((1, 5)), np.array([[False, True, False, False, False]]))).item()
    3.0
    """
    return _each_first(found, missing=np.inf, value=lambda group: group.start + (group.size + 1) / (group.relevant + 1))


def expected_reciprocal(found: Standings) -> Reals:
    """Give the expected 1 / rank of the best relevant photo of each query; 0 without any."""

    def value(group: Tied) -> float:
        chance = _first_at(group)
        return float((chance / (group.start + np.arange(1, len(chance) + 1))).sum())

    return _each_first(found, missing=0.0, value=value)


def expected_hit_at(found: Standings, k: int) -> Reals:
    """Give the probability that a relevant photo of each query is among the first `k`; 0 without any."""
    return _each_first(found, missing=0.0, value=lambda group: float(_first_at(group)[: max(0, k - group.start)].sum()))


def expected_precision_at(found: Standings, k: int, *, denominator: PrecisionDenominator = "k") -> Reals:
    """Give the expected precision of each query; the definitions are those of `precision_at`."""
    values = precision_at(found.positions("for"), k, counts=found.counts, denominator=denominator)
    for row in _tied_rows(found):
        capped = min(k, int(found.counts[row]))
        depth = capped if denominator == "cut" else k
        values[row] = _hits(found, row, depth) / (depth if denominator == "k" else capped)
    return values


def expected_recall_at(found: Standings, k: int) -> Reals:
    """Give the expected share of the relevant photos of each query among the first `k`."""
    values = (found.positions("for") <= k).sum(axis=1) / np.maximum(1, found.counts)
    for row in _tied_rows(found):
        values[row] = _hits(found, row, k) / found.counts[row]
    return values


def expected_average_precision(
    found: Standings, k: int | None = None, *, denominator: PrecisionSumDenominator = "capped"
) -> Reals:
    """Give the expected average precision of each query, not interpolated; see `average_precision`."""
    values = average_precision(found.positions("for"), k, counts=found.counts, denominator=denominator)
    whole = precision_sum_denominator(found.counts, k, denominator)
    for row in _tied_rows(found):
        total = 0.0
        for group in _groups(found, row):
            reach = group.size if k is None else min(group.size, max(0, k - group.start))
            place = np.arange(1, reach + 1)
            # given that a photo is relevant, each one before it in the group is with this probability
            other = (group.relevant - 1) / max(1, group.size - 1)
            hits = group.found + 1 + (place - 1) * other
            total += float((group.relevant / group.size * hits / (group.start + place)).sum())
        values[row] = total / whole[row]
    return values


def _each_first(found: Standings, *, missing: float, value: Callable[[Tied], float]) -> Reals:
    values = np.full(len(found.counts), missing)
    for row in np.flatnonzero(found.counts):
        values[row] = value(next(_groups(found, int(row))))
    return values


def _first_at(group: Tied) -> Reals:
    """The probability that the first relevant photo of a group is its first, second, ... one."""
    others = group.size - group.relevant
    taken = np.arange(others)
    # none of the photos so far was relevant, and the next one is
    none_yet = np.concatenate([[1.0], np.cumprod((others - taken) / (group.size - taken))])
    return none_yet * group.relevant / (group.size - np.arange(others + 1))


def _hits(found: Standings, row: int, k: int) -> float:
    return sum(group.relevant * min(group.size, max(0, k - group.start)) / group.size for group in _groups(found, row))


def _groups(found: Standings, row: int) -> Iterator[Tied]:
    count = int(found.counts[row])
    return tied_groups(found.above[row, :count], found.beside[row, :count])


def _tied_rows(found: Standings) -> list[int]:
    """The queries for which ties matter at all; the others need no closed form."""
    inside = np.arange(found.beside.shape[1])[None, :] < found.counts[:, None]
    return [int(row) for row in np.flatnonzero(((found.beside > 0) & inside).any(axis=1))]

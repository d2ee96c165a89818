"""Ranks and best photos from vectors, block by block on both sides: a full matrix of scores never exists.

Memory: beside the two arrays of vectors that are given, about 6 x 8 bytes x `budget` (200 MB at the default of 4
million scores), 16,384 photo vectors and those of the relevant photos of one query in float64, and what is returned. It
does not grow with queries x photos: 100,000 queries against 1,000,000 photos need no more than 1,000 against 1,000,000.
The time does: one product in float64 per pair and dimension, once for ranks and once for the best photos.

Scores are dot products in float64 rounded to `TIE_DECIMALS`, so that copies of one photo tie wherever they stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from stbir.functional.metrics import NEVER, TIE_DECIMALS, Ranks, Reals
from stbir.functional.standings import FARTHEST, Standings, Ties, best_if_none, keys, worst_if_none

Vectors = npt.NDArray[Any]
Labels = npt.NDArray[Any]

BUDGET = 1 << 22
_TALL = 512
_WIDE = 1 << 14
_FEW = 8


def stream_standings(
    queries: Vectors, photos: Vectors, *, query_labels: Labels, photo_labels: Labels, budget: int = BUDGET
) -> Iterator[tuple[slice, Standings]]:
    """Find where the relevant photos of each query stand, a block of queries at a time.

    Gives what `stbir.functional.standings.standings` gives for the matrix of all scores. Photos with the label of
    a query are relevant to it.

    Args:
        queries: of shape (queries, dimension).
        photos: of shape (photos, dimension).
        query_labels: what each query looks for.
        photo_labels: what each photo shows.
        budget: the largest number of scores in memory at a time (never less than one query's relevant ones).
    """
    order = np.argsort(photo_labels, kind="stable")
    first = np.searchsorted(photo_labels[order], query_labels, side="left")
    counts = np.searchsorted(photo_labels[order], query_labels, side="right") - first
    tall = max(1, min(_TALL, budget // max(1, int(counts.max(initial=0)))))
    for start in range(0, len(queries), tall):
        part = slice(start, min(start + tall, len(queries)))
        asked = queries[part].astype(np.float64)
        mine = [order[at : at + count] for at, count in zip(first[part], counts[part], strict=True)]
        targets = _target_keys(asked, photos, mine)
        above, beside = np.zeros(targets.shape, np.int64), np.zeros(targets.shape, np.int64)
        for window in _windows(len(photos), budget // len(asked)):
            others = best_if_none(keys(asked @ photos[window].astype(np.float64).T))
            # a relevant photo is nobody's rival
            others[query_labels[part, None] == photo_labels[None, window]] = -np.inf
            _count(others, targets, counts[part], above=above, beside=beside)
        empty = np.arange(targets.shape[1])[None, :] >= counts[part, None]
        above[empty] = beside[empty] = NEVER
        yield part, Standings(above, beside, counts[part].astype(np.int64))


def stream_top(
    queries: Vectors,
    photos: Vectors,
    *,
    k: int,
    query_labels: Labels,
    photo_labels: Labels,
    ties: Ties = "against",
    budget: int = BUDGET,
) -> Iterator[tuple[slice, Ranks, Reals]]:
    """Find the `k` best photos of each query, best first, a block of queries at a time.

    Gives the slice of the queries, the numbers of their photos and the rounded scores, both of shape (queries, the
    smaller of k and photos). Of photos that tie, relevant ones come last with ties "against" and first with "for";
    after that the one that stands earlier among the photos comes first, as it does with "average". A score that is
    not a number is the worst of a relevant photo and the best of another.

    Args:
        queries: of shape (queries, dimension).
        photos: of shape (photos, dimension), at most 4 million.
        k: how many.
        query_labels: what each query looks for.
        photo_labels: what each photo shows.
        ties: the rule.
        budget: the largest number of scores in memory at a time (never less than 2 k).
    """
    count = len(photos)
    assert 0 < count <= 1 << 22, f"1 to 4 million photos can be told apart, got {count:,}"
    k = min(k, count)
    tall = max(1, min(_TALL, budget // (2 * k)))
    for start in range(0, len(queries), tall):
        part = slice(start, min(start + tall, len(queries)))
        asked = queries[part].astype(np.float64)
        best = np.empty((len(asked), 0), np.int64)
        for window in _windows(count, max(1, budget // len(asked) - k)):
            mine = query_labels[part, None] == photo_labels[None, window]
            found = keys(asked @ photos[window].astype(np.float64).T)
            found = np.where(mine, worst_if_none(found), best_if_none(found)).astype(np.int64)
            favoured = np.zeros_like(mine) if ties == "average" else mine if ties == "for" else ~mine
            # one whole number that holds score, tie rule and place: no two photos have the same
            whole = (found * 2 + favoured) * count + (count - 1 - np.arange(window.start, window.stop))[None, :]
            best = np.concatenate([best, whole], axis=1)
            if best.shape[1] > k:
                best = np.partition(best, best.shape[1] - k, axis=1)[:, -k:]
        best = np.sort(best, axis=1)[:, ::-1]
        yield part, count - 1 - best % count, (best // count // 2) / 10**TIE_DECIMALS


def vector_ranks(
    queries: Vectors,
    photos: Vectors,
    *,
    query_labels: Labels,
    photo_labels: Labels,
    query_groups: Labels | None = None,
    photo_groups: Labels | None = None,
    budget: int = BUDGET,
) -> Ranks:
    """Rank the best relevant photo of each query as `stbir.functional.metrics.target_ranks` does, from vectors.

    Args:
        queries: of shape (queries, dimension).
        photos: of shape (photos, dimension).
        query_labels: what each query looks for.
        photo_labels: what each photo shows.
        query_groups: where given, a query is ranked only against the photos of its group.
        photo_groups: the group of each photo; goes with `query_groups`.
        budget: the largest number of scores in memory at a time.

    >>> eye = np.eye(3)
    >>> vector_ranks(eye[:2], eye, query_labels=np.array([0, 2]), photo_labels=np.arange(3)).tolist()
    [1, 3]
    """
    assert (query_groups is None) == (photo_groups is None), "groups are given for both sides or for none"
    ranks = np.full(len(queries), NEVER, dtype=np.int64)
    for some, among in groups(len(queries), len(photos), query_groups=query_groups, photo_groups=photo_groups):
        blocks = stream_standings(
            queries[some],
            photos[among],
            query_labels=query_labels[some],
            photo_labels=photo_labels[among],
            budget=budget,
        )
        for part, found in blocks:
            if found.above.shape[1]:
                ranks[some[part]] = found.positions("against")[:, 0]
    return ranks


def groups(
    queries: int, photos: int, *, query_groups: Labels | None, photo_groups: Labels | None
) -> Iterator[tuple[Ranks, Ranks | slice]]:
    """Give the numbers of the queries and photos that are ranked with each other; without groups all of them."""
    if query_groups is None or photo_groups is None:
        yield np.arange(queries), slice(None)
        return
    for group in np.unique(query_groups):
        yield np.flatnonzero(query_groups == group), np.flatnonzero(photo_groups == group)


def _windows(count: int, wide: int) -> Iterator[slice]:
    # few queries at a time must not mean that many photo vectors are copied at a time
    wide = max(1, min(wide, _WIDE))
    return (slice(start, min(start + wide, count)) for start in range(0, count, wide))


def _target_keys(asked: Reals, photos: Vectors, mine: list[Ranks]) -> Reals:
    """The keys of the relevant photos of each query, falling; what pads them is below every photo."""
    most = max((len(some) for some in mine), default=0)
    targets = np.full((len(asked), most), -np.inf)
    for row, some in enumerate(mine):
        found = worst_if_none(keys(photos[some].astype(np.float64) @ asked[row]))
        targets[row, : len(some)] = np.sort(found)[::-1]
    return targets


def _count(others: Reals, targets: Reals, counts: Labels, *, above: Ranks, beside: Ranks) -> None:
    """Add to `above` and `beside` what one window of photos has above and beside each target."""
    if targets.shape[1] <= _FEW:
        for place in range(targets.shape[1]):
            above[:, place] += (others > targets[:, place, None]).sum(axis=1)
            beside[:, place] += (others == targets[:, place, None]).sum(axis=1)
        return
    # sorting each row once is several times faster than looking every photo up among the targets
    rows = np.sort(others, axis=1)
    for row, count in enumerate(counts):
        mine = targets[row, :count]
        lower = np.searchsorted(rows[row], mine, side="left")
        upper = np.searchsorted(rows[row], mine, side="right")
        above[row, :count] += rows.shape[1] - upper
        beside[row, :count] += upper - lower


assert FARTHEST * 2 * (1 << 22) < 2**63, "score, tie rule and place fit into one whole number"

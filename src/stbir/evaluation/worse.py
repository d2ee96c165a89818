"""One degraded version of a split: the same queries, each drawn worse in one way and with words missing.

A number for "degraded queries" beside that for the queries as they are; `stbir.evaluation.robustness` has the whole
curves. Which of the ways, how strong, and that words are only dropped and never wrong: our choice (DESIGN).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import overload

import numpy as np

from stbir.evaluation.degradations import DEGRADATIONS
from stbir.evaluation.robustness import degraded
from stbir.types import Query, Split

DRAWN = ("strokes dropped", "strokes jittered", "strokes shifted", "strokes scaled", "lines thick", "smudged")
"""Each query gets one of those that apply to it: a drawing that is a picture has no strokes to lose."""
SAID = "words dropped"
STRENGTH = 0.6


def worse(split: Split, *, seed: int, strength: float = STRENGTH) -> Split:
    """Degrade every query of a split; seed and place in the split decide how, so every model is asked the same.

    Args:
        split: its photos stay as they are.
        seed: of the mistakes.
        strength: from 0, as it is, to 1.
    """
    return replace(split, queries=Worse(split.queries, seed=seed, strength=strength))


class Worse(Sequence[Query]):
    """Queries that are degraded when they are asked for."""

    def __init__(self, queries: Sequence[Query], *, seed: int, strength: float) -> None:
        self.queries = queries
        self.seed = seed
        self.strength = strength

    def __len__(self) -> int:
        return len(self.queries)

    @overload
    def __getitem__(self, index: int) -> Query: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Query]: ...
    def __getitem__(self, index: int | slice) -> Query | Sequence[Query]:
        if isinstance(index, slice):
            return [self._worse(place) for place in range(*index.indices(len(self)))]
        return self._worse(range(len(self))[index])

    def _worse(self, place: int) -> Query:
        query = self.queries[place]
        fitting = [name for name in DRAWN if DEGRADATIONS[name].applies(query)]
        if fitting:
            chosen = int(np.random.default_rng([self.seed, place]).integers(len(fitting)))
            query = self._by(fitting[chosen], query, place)
        return self._by(SAID, query, place) if DEGRADATIONS[SAID].applies(query) else query

    def _by(self, name: str, query: Query, place: int) -> Query:
        return degraded(
            DEGRADATIONS[name], query, name=name, strength=self.strength, place=place, other="", seed=self.seed
        )

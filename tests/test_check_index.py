"""The contract can fail: indexes that are wrong in the usual ways do not pass it."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from stbir.index.base import Match, Metadata
from stbir.index.exact import Exact
from stbir.index.filters import Filter
from stbir.testing import check_index


class WrongIdsAfterDelete(Exact):
    """Keeps the rows in place but forgets to move the ids along."""

    def delete(self, ids: Sequence[str]) -> int:
        before = list(self._ids)
        count = super().delete(ids)
        self._ids = before[: len(self._ids)]
        self._row = {id: row for row, id in enumerate(self._ids)}
        return count


class DistancesForScores(Exact):
    def search(self, vectors: npt.ArrayLike, k: int, *, where: Filter | None = None) -> list[list[Match]]:
        found = super().search(vectors, k, where=where)
        return [[Match(match.id, 1 - match.score) for match in matches] for matches in found]


class WorstFirst(Exact):
    def search(self, vectors: npt.ArrayLike, k: int, *, where: Filter | None = None) -> list[list[Match]]:
        return [matches[::-1] for matches in super().search(vectors, k, where=where)]


class FiltersTooLate(Exact):
    def search(self, vectors: npt.ArrayLike, k: int, *, where: Filter | None = None) -> list[list[Match]]:
        known = {record.id: record.metadata for record in self.fetch(self.ids())}
        found = super().search(vectors, k)
        return [[m for m in matches if where is None or where.accepts(known[m.id])] for matches in found]


class IgnoresFilters(Exact):
    def search(self, vectors: npt.ArrayLike, k: int, *, where: Filter | None = None) -> list[list[Match]]:
        return super().search(vectors, k)


class KeepsOldMetadata(Exact):
    def add(self, ids: Sequence[str], vectors: npt.ArrayLike, metadata: Sequence[Metadata] | None = None) -> None:
        old = {record.id: dict(record.metadata) for record in self.fetch(ids)}
        super().add(ids, vectors, metadata and [old.get(id, {}) | dict(m) for id, m in zip(ids, metadata, strict=True)])


class TiesByAge(Exact):
    def search(self, vectors: npt.ArrayLike, k: int, *, where: Filter | None = None) -> list[list[Match]]:
        found = super().search(vectors, len(self) + 1, where=where)
        return [sorted(matches, key=lambda m: (-m.score, self._row[m.id]))[:k] for matches in found]


class AcceptsAnyLength(Exact):
    def add(self, ids: Sequence[str], vectors: npt.ArrayLike, metadata: Sequence[Metadata] | None = None) -> None:
        rows = np.asarray(vectors, dtype=np.float32)
        super().add(ids, rows / np.linalg.norm(rows, axis=1, keepdims=True), metadata)


class StoresHalf(Exact):
    """Stores the good part of a refused call."""

    def add(self, ids: Sequence[str], vectors: npt.ArrayLike, metadata: Sequence[Metadata] | None = None) -> None:
        rows = np.asarray(vectors, dtype=np.float32)
        for place, id in enumerate(ids):
            super().add([id], rows[place : place + 1], None if metadata is None else metadata[place : place + 1])


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (WrongIdsAfterDelete, "after deleting"),
        (DistancesForScores, "is found where"),
        (WorstFirst, "do not fall"),
        (FiltersTooLate, "answers, not"),
        (IgnoresFilters, "where = Filter.*is found where"),
        (KeepsOldMetadata, "fields\\(\\)|other metadata"),
        (TiesByAge, "equal scores go by id"),
        (AcceptsAnyLength, "must be refused"),
        (StoresHalf, "must be refused|something of it was stored"),
    ],
)
def test_broken_indexes_fail(broken: type[Exact], words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_index(broken)

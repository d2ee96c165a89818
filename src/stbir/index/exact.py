"""The reference index: all vectors in memory, every one of them scored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from stbir.errors import InputError
from stbir.index.base import (
    Match,
    Metadata,
    Record,
    Tokens,
    check_batch,
    check_ids,
    check_k,
    check_vectors,
)
from stbir.index.columns import NumberColumn, WordColumn, column
from stbir.index.filters import Filter
from stbir.types import Floats, Value

QUERY_BLOCK = 64
ROW_BLOCK = 16384
"""One block of scores takes QUERY_BLOCK * ROW_BLOCK * 4 bytes, 4 MB, however many photos there are."""
FEW = 4
"""Queries that are scored without a matrix product: one search with its parts told apart."""
MARGIN = 1e-5
"""More than a float32 matrix product can be wrong by: what lies this close to the last place is scored again."""

Places = npt.NDArray[np.int64]


class Exact:
    """An index in memory; answers are exact, and the same whatever the order of adding or the size of a batch."""

    def __init__(self, dimension: int) -> None:
        if dimension < 1:
            raise InputError(f"the dimension must be at least 1 (given: {dimension})")
        self._dimension = dimension
        self._ids: list[str] = []
        self._row: dict[str, int] = {}
        self._store = np.empty((0, dimension), dtype=np.float32)  # room to grow behind the rows in use
        self._metadata: list[dict[str, Value]] = []
        self._tokens: dict[str, Tokens] = {}
        self._types: dict[str, type] = {}
        self._uses: Counter[str] = Counter()
        self._columns: dict[str, NumberColumn | WordColumn] = {}

    @property
    def dimension(self) -> int:
        return self._dimension

    @property
    def _vectors(self) -> Floats:
        return self._store[: len(self._ids)]

    def add(
        self,
        ids: Sequence[str],
        vectors: npt.ArrayLike,
        metadata: Sequence[Metadata] | None = None,
        *,
        tokens: Sequence[Floats | Tokens | None] | None = None,
    ) -> None:
        """Store records; an id that is there already is replaced, metadata and tokens included.

        Raises:
            InputError: a vector, an id, tokens or a metadata value that cannot be stored; then nothing of the call is.
        """
        new = check_batch(ids, vectors, metadata, tokens, dimension=self._dimension, fields=self._types)
        self._columns = {}
        self.reserve(len(self._ids) + sum(name not in self._row for name in new.ids))
        for name, vector, record, patches in zip(new.ids, new.vectors, new.metadata, new.tokens, strict=True):
            if name in self._row:
                self._forget(self._metadata[self._row[name]])
                self._metadata[self._row[name]] = record
            else:
                self._row[name] = len(self._ids)
                self._ids.append(name)
                self._metadata.append(record)
            self._store[self._row[name]] = vector
            self._tokens.pop(name, None)
            if patches is not None:
                self._tokens[name] = patches
            self._types |= {field: type(value) for field, value in record.items()}
            self._uses.update(record.keys())

    def reserve(self, count: int) -> None:
        """Make room for so many records at once, where it is known how many there will be."""
        if count > len(self._store):
            grown = np.empty((max(count, len(self._store) * 3 // 2), self._dimension), dtype=np.float32)
            grown[: len(self._ids)] = self._vectors
            self._store = grown

    def delete(self, ids: Sequence[str]) -> int:
        """Remove records and say how many there were; ids that are not there do not count."""
        gone = {id for id in check_ids(ids) if id in self._row}
        for id in gone:
            # the last row moves into the gap, so that a deletion costs what it removes and not what stays
            row, last = self._row.pop(id), len(self._ids) - 1
            self._forget(self._metadata[row])
            self._tokens.pop(id, None)
            if row != last:
                self._ids[row], self._metadata[row] = self._ids[last], self._metadata[last]
                self._store[row] = self._store[last]
                self._row[self._ids[row]] = row
            self._ids.pop()
            self._metadata.pop()
        if gone:
            self._columns = {}
        return len(gone)

    def fetch(self, ids: Sequence[str]) -> list[Record]:
        """The records under `ids`, in that order; ids that are not there are left out."""
        rows = [self._row[id] for id in check_ids(ids) if id in self._row]
        return [
            Record(self._ids[row], self._store[row].copy(), dict(self._metadata[row]), self._tokens.get(self._ids[row]))
            for row in rows
        ]

    def records(self) -> dict[str, Metadata]:
        """The metadata of every record by id, sorted by id."""
        return {id: self._metadata[self._row[id]] for id in self.ids()}

    def ids(self) -> list[str]:
        """Every id, sorted."""
        return sorted(self._ids)

    def fields(self) -> dict[str, type]:
        """The metadata fields that records have, and the type of each."""
        return dict(sorted(self._types.items()))

    def tally(self, field: str, *, where: Filter | None = None) -> dict[Value, int]:
        """How many records that pass `where` have each value of a field; empty where none has it."""
        return self._column(field).tally(self._passing(where))

    def count(self, where: Filter | None = None) -> int:
        """How many records pass `where`."""
        allowed = self._passing(where)
        return len(self._ids) if allowed is None else len(allowed)

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, id: object) -> bool:
        return id in self._row

    def search(self, vectors: npt.ArrayLike, k: int, *, where: Filter | None = None) -> list[list[Match]]:
        """The best `k` records that pass `where` for each row of `vectors` (queries, dimension), best first.

        There are fewer than `k` where fewer records pass; equal scores are ordered by id.

        Raises:
            InputError: vectors of another dimension, not finite or not of unit length, or `k` below 1.
        """
        k = check_k(k)
        queries = check_vectors(vectors, self._dimension)
        allowed = self._passing(where)
        answers: list[list[Match]] = []
        for start in range(0, len(queries), QUERY_BLOCK):
            block = queries[start : start + QUERY_BLOCK]
            for query, rows in zip(block, self._candidates(block, k, allowed), strict=True):
                answers.append(self._ranked(query, rows)[:k])
        return answers

    def ranks(
        self, vectors: npt.ArrayLike, ids: Sequence[str], *, where: Filter | None = None
    ) -> list[list[int | None]]:
        """For each row of `vectors` (queries, dimension) the place, from 1, that each of `ids` has in its answer.

        None where a record does not pass `where` or is not there.
        """
        queries = check_vectors(vectors, self._dimension)
        allowed = self._passing(where)
        rows = np.arange(len(self._ids)) if allowed is None else allowed
        asked = [self._row.get(id, -1) for id in check_ids(ids)]
        inside = np.isin(asked, rows).tolist()
        scored = _scores(queries, self._vectors if allowed is None else self._vectors[rows])
        return [
            [
                self._place(query, scores, rows, row) if passes else None
                for row, passes in zip(asked, inside, strict=True)
            ]
            for query, scores in zip(queries, scored, strict=True)
        ]

    def _place(self, query: Floats, scores: Floats, rows: Places, row: int) -> int:
        """The place of `row` among `rows`, whose float32 `scores` are known."""
        (own,) = self._ranked(query, np.array([row]))
        # rows that rounding cannot tell from this one are scored again, in the way that decides an answer
        low, high = np.float32(own.score - MARGIN), np.float32(own.score + MARGIN)
        close = self._ranked(query, rows[(scores >= low) & (scores <= high)])
        before = int(np.count_nonzero(scores > high))
        return before + 1 + [match.id for match in close].index(own.id)

    def _forget(self, record: Metadata) -> None:
        """Take a record's fields out of the count; a field that nobody has any longer may change its type."""
        self._uses.subtract(record.keys())
        for field in record:
            if not self._uses[field]:
                del self._uses[field], self._types[field]

    def _column(self, field: str) -> NumberColumn | WordColumn:
        if field not in self._columns:
            self._columns[field] = column(self._metadata, field)
        return self._columns[field]

    def _passing(self, where: Filter | None) -> Places | None:
        """The rows that pass, or None where there is nothing to fulfil."""
        if where is None or not where.conditions:
            return None
        passing = np.ones(len(self._ids), dtype=bool)
        for condition in where.conditions:
            passing &= self._column(condition.field).mask(condition)
        return np.flatnonzero(passing)

    def _candidates(self, queries: Floats, k: int, allowed: Places | None) -> list[Places]:
        """For each query the rows that can be among the best `k`, and those within rounding error of them."""
        total = len(self._ids) if allowed is None else len(allowed)
        rows: list[Places] = [np.empty(0, dtype=np.int64) for _ in queries]
        scores: list[Floats] = [np.empty(0, dtype=np.float32) for _ in queries]
        least = np.full(len(queries), -np.inf, dtype=np.float32)
        for start in range(0, total, ROW_BLOCK):
            stop = min(start + ROW_BLOCK, total)
            part = slice(start, stop) if allowed is None else allowed[start:stop]
            block = _scores(queries, self._vectors[part])
            for place, found in enumerate(block):
                near = np.flatnonzero(found >= least[place])
                names = near + start if allowed is None else allowed[start:stop][near]
                rows[place] = np.concatenate([rows[place], names])
                scores[place] = np.concatenate([scores[place], found[near]])
                if len(scores[place]) > k:
                    least[place] = np.partition(scores[place], -k)[-k] - MARGIN
                    kept = scores[place] >= least[place]
                    rows[place], scores[place] = rows[place][kept], scores[place][kept]
        return rows

    def _ranked(self, query: Floats, rows: Places) -> list[Match]:
        return ranked(query, [self._ids[row] for row in rows.tolist()], self._vectors[rows])


def _scores(queries: Floats, vectors: Floats) -> Floats:
    """The dot products (queries, vectors).

    A matrix product of a few queries is shared out among threads that wait busily for more, and stand in the way of
    the encoder's: on two cores a search then takes three times as long. Many queries are worth it.
    """
    if not 0 < len(queries) <= FEW:
        return queries @ vectors.T
    return np.stack([np.vecdot(vectors, query) for query in queries])


def ranked(query: Floats, ids: Sequence[str], vectors: Floats) -> list[Match]:
    """Records in order; scored one by one in float64, so that equal vectors get equal scores wherever they lie."""
    scores = np.empty(len(ids), dtype=np.float32)
    for start in range(0, len(ids), ROW_BLOCK):
        part = vectors[start : start + ROW_BLOCK]
        scores[start : start + ROW_BLOCK] = (part.astype(np.float64) * query).sum(axis=1)
    matches = [Match(id, score) for id, score in zip(ids, scores.tolist(), strict=True)]
    return sorted(matches, key=lambda match: (-match.score, match.id))

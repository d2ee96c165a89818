"""The reference index: all vectors in memory, every one of them scored, saved to a folder crash-safely."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from stbir.errors import InputError
from stbir.index.base import Match, Metadata, Record, check_batch, check_ids, check_k, check_vectors
from stbir.index.columns import NumberColumn, WordColumn, column
from stbir.index.filters import Filter
from stbir.index.generations import read_generation, write_generation
from stbir.types import Floats, Value

QUERY_BLOCK = 64
ROW_BLOCK = 16384
"""One block of scores takes QUERY_BLOCK * ROW_BLOCK * 4 bytes, 4 MB, however many photos there are."""
MARGIN = 1e-5
"""More than a float32 matrix product can be wrong by: what lies this close to the last place is scored again."""

Rows = npt.NDArray[np.int64]


class Exact:
    """An index in memory; answers are exact, and the same whatever the order of adding or the size of a batch.

    `generation` is the number under which it was opened or last saved, 0 before that.
    """

    def __init__(self, dimension: int) -> None:
        if dimension < 1:
            raise InputError(f"the dimension must be at least 1 (given: {dimension})")
        self.generation = 0
        self._dimension = dimension
        self._ids: list[str] = []
        self._row: dict[str, int] = {}
        self._store = np.empty((0, dimension), dtype=np.float32)  # room to grow behind the rows in use
        self._metadata: list[dict[str, Value]] = []
        self._types: dict[str, type] = {}
        self._uses: Counter[str] = Counter()
        self._columns: dict[str, NumberColumn | WordColumn] = {}

    @property
    def dimension(self) -> int:
        return self._dimension

    @property
    def _vectors(self) -> Floats:
        return self._store[: len(self._ids)]

    def add(self, ids: Sequence[str], vectors: npt.ArrayLike, metadata: Sequence[Metadata] | None = None) -> None:
        """Store records; an id that is there already is replaced, metadata included.

        Raises:
            InputError: a vector, an id or a metadata value that cannot be stored; then nothing of the call is.
        """
        names, rows, records = check_batch(ids, vectors, metadata, dimension=self._dimension, fields=self._types)
        self._columns = {}
        self._reserve(len(self._ids) + sum(name not in self._row for name in names))
        for name, vector, record in zip(names, rows, records, strict=True):
            if name in self._row:
                self._forget(self._metadata[self._row[name]])
                self._metadata[self._row[name]] = record
            else:
                self._row[name] = len(self._ids)
                self._ids.append(name)
                self._metadata.append(record)
            self._store[self._row[name]] = vector
            self._types |= {field: type(value) for field, value in record.items()}
            self._uses.update(record.keys())

    def delete(self, ids: Sequence[str]) -> int:
        """Remove records and say how many there were; ids that are not there do not count."""
        gone = {self._row[id] for id in check_ids(ids) if id in self._row}
        if not gone:
            return 0
        for row in gone:
            self._forget(self._metadata[row])
        kept = [row for row in range(len(self._ids)) if row not in gone]
        self._store = self._vectors[kept]
        self._ids = [self._ids[row] for row in kept]
        self._metadata = [self._metadata[row] for row in kept]
        self._row = {id: row for row, id in enumerate(self._ids)}
        self._columns = {}
        return len(gone)

    def fetch(self, ids: Sequence[str]) -> list[Record]:
        """The records under `ids`, in that order; ids that are not there are left out."""
        rows = [self._row[id] for id in check_ids(ids) if id in self._row]
        return [Record(self._ids[row], self._store[row].copy(), dict(self._metadata[row])) for row in rows]

    def ids(self) -> list[str]:
        """Every id, sorted."""
        return sorted(self._ids)

    def fields(self) -> dict[str, type]:
        """The metadata fields that records have, and the type of each."""
        return dict(sorted(self._types.items()))

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
        allowed = None if where is None or not where.conditions else self._passing(where)
        answers: list[list[Match]] = []
        for start in range(0, len(queries), QUERY_BLOCK):
            block = queries[start : start + QUERY_BLOCK]
            for query, rows in zip(block, self._candidates(block, k, allowed), strict=True):
                answers.append(self._ranked(query, rows)[:k])
        return answers

    def save(self, folder: str | Path) -> None:
        """Write everything into `folder`; until the last moment, what was there before is what opens.

        Raises:
            GalleryError: the folder cannot be written or the disk is full.
        """
        self.generation = write_generation(Path(folder), ids=self._ids, vectors=self._vectors, metadata=self._metadata)

    @classmethod
    def open(cls, folder: str | Path) -> Exact:
        """Read what `save` wrote.

        Raises:
            GalleryError: there is no index in `folder`, or it is damaged.
        """
        saved = read_generation(Path(folder))
        index = cls(saved.vectors.shape[1])
        index.generation = saved.number
        index._ids, index._store, index._metadata = saved.ids, saved.vectors, saved.metadata
        index._row = {id: row for row, id in enumerate(saved.ids)}
        for record in saved.metadata:
            index._types |= {field: type(value) for field, value in record.items()}
            index._uses.update(record.keys())
        return index

    def _reserve(self, count: int) -> None:
        if count > len(self._store):
            grown = np.empty((max(count, len(self._store) * 3 // 2), self._dimension), dtype=np.float32)
            grown[: len(self._ids)] = self._vectors
            self._store = grown

    def _forget(self, record: Metadata) -> None:
        """Take a record's fields out of the count; a field that nobody has any longer may change its type."""
        self._uses.subtract(record.keys())
        for field in record:
            if not self._uses[field]:
                del self._uses[field], self._types[field]

    def _passing(self, where: Filter) -> Rows:
        passing = np.ones(len(self._ids), dtype=bool)
        for condition in where.conditions:
            if condition.field not in self._columns:
                self._columns[condition.field] = column(self._metadata, condition.field)
            passing &= self._columns[condition.field].mask(condition)
        return np.flatnonzero(passing)

    def _candidates(self, queries: Floats, k: int, allowed: Rows | None) -> list[Rows]:
        """For each query the rows that can be among the best `k`, and those within rounding error of them."""
        total = len(self._ids) if allowed is None else len(allowed)
        rows: list[Rows] = [np.empty(0, dtype=np.int64) for _ in queries]
        scores: list[Floats] = [np.empty(0, dtype=np.float32) for _ in queries]
        least = np.full(len(queries), -np.inf, dtype=np.float32)
        for start in range(0, total, ROW_BLOCK):
            stop = min(start + ROW_BLOCK, total)
            part = slice(start, stop) if allowed is None else allowed[start:stop]
            block = queries @ self._vectors[part].T
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

    def _ranked(self, query: Floats, rows: Rows) -> list[Match]:
        """The rows in order; scored one by one in float64, so that equal vectors get equal scores wherever they lie."""
        scores = np.empty(len(rows), dtype=np.float32)
        for start in range(0, len(rows), ROW_BLOCK):
            part = rows[start : start + ROW_BLOCK]
            scores[start : start + ROW_BLOCK] = (self._vectors[part].astype(np.float64) * query).sum(axis=1)
        matches = [Match(self._ids[row], score) for row, score in zip(rows.tolist(), scores.tolist(), strict=True)]
        return sorted(matches, key=lambda match: (-match.score, match.id))

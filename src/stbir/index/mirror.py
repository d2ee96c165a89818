"""A table on disk that is answered from memory while that is the faster way, and by itself when it has grown."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from stbir.index.arrow import records_of
from stbir.index.base import Match, Metadata, Record, Tokens
from stbir.index.exact import Exact
from stbir.index.filters import Filter
from stbir.index.lance import Lance
from stbir.types import Floats, Value

EXACT_UP_TO = 200_000
"""Records up to which every vector is scored in memory: at 100,000 that takes a few milliseconds and misses nothing."""


class Mirror:
    """An index over a `Lance` table; writes go to the table first, searches are answered by an `Exact` copy of it.

    Above `exact_up_to` records there is no copy and the table answers. Many threads may search while one writes.
    """

    def __init__(self, table: Lance, *, exact_up_to: int = EXACT_UP_TO) -> None:
        self.table = table
        self._limit = exact_up_to
        self._lock = threading.RLock()
        self._copy: Exact | None = None
        self._copied = 0
        self._shared: dict[str, tuple[int, frozenset[Value]]] = {}
        self._fill()

    @property
    def dimension(self) -> int:
        return self.table.dimension

    @property
    def generation(self) -> int:
        """The version of the table that answers."""
        return self.table.generation

    @property
    def engine(self) -> str:
        """What answers: "exact" or "lance"."""
        return "lance" if self._copy is None else "exact"

    def refresh(self) -> bool:
        """Take over what another process has written since, and say whether there was anything.

        Raises:
            GalleryError: the table is gone or damaged.
        """
        with self._lock:
            self.table.refresh()
            if self.table.generation == self._copied:
                return False
            self._catch_up()
            return True

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
            GalleryError: the folder cannot be written or the disk is full; then nothing of the call is, either.
        """
        before = self.table.generation
        self.table.add(ids, vectors, metadata, tokens=tokens)
        with self._lock:
            if self._copy is not None:
                # tokens stay on disk: they are many, and asked for a few photos at a time
                self._copy.add(ids, vectors, metadata)
                self._has_seen(before)
                if len(self._copy) > self._limit:
                    self._copy = None

    def delete(self, ids: Sequence[str]) -> int:
        """Remove records and say how many there were; ids that are not there do not count.

        Raises:
            GalleryError: the folder cannot be written.
        """
        before = self.table.generation
        count = self.table.delete(ids)
        with self._lock:
            if self._copy is not None:
                self._copy.delete(ids)
                self._has_seen(before)
        return count

    def search(self, vectors: npt.ArrayLike, k: int, *, where: Filter | None = None) -> list[list[Match]]:
        """The best `k` records that pass `where` for each row of `vectors` (queries, dimension), best first.

        Raises:
            InputError: vectors of another dimension, not finite or not of unit length, or `k` below 1.
        """
        with self._lock:
            return self._answering.search(vectors, k, where=where)

    def ranks(
        self, vectors: npt.ArrayLike, ids: Sequence[str], *, where: Filter | None = None
    ) -> list[list[int | None]]:
        """For each row of `vectors` (queries, dimension) the place, from 1, that each of `ids` has in its answer.

        None where a record does not pass `where`, is not there, or lies deeper than the table can tell.
        """
        with self._lock:
            return self._answering.ranks(vectors, ids, where=where)

    def count(self, where: Filter | None = None) -> int:
        """How many records pass `where`."""
        with self._lock:
            return self._answering.count(where)

    def fetch(self, ids: Sequence[str]) -> list[Record]:
        """The records under `ids`, in that order, tokens included; ids that are not there are left out."""
        with self._lock:
            return self.table.fetch(ids)

    def described(self, ids: Sequence[str]) -> list[Record]:
        """The records under `ids` as `fetch` gives them, but without tokens and from memory where that is possible."""
        with self._lock:
            return self._answering.fetch(ids)

    def records(self) -> dict[str, Metadata]:
        """The metadata of every record by id, sorted by id."""
        with self._lock:
            return self._answering.records()

    def ids(self) -> list[str]:
        """Every id, sorted."""
        with self._lock:
            return self._answering.ids()

    def fields(self) -> dict[str, type]:
        """The metadata fields that records have, and the type of each."""
        with self._lock:
            return self._answering.fields()

    def tally(self, field: str, *, where: Filter | None = None) -> dict[Value, int]:
        """How many records that pass `where` have each value of a field; empty where none has it."""
        with self._lock:
            return self._answering.tally(field, where=where)

    def shared(self, field: str) -> frozenset[Value]:
        """The values of a field that more than one record has; counted once after each change."""
        with self._lock:
            state = self.table.generation if self._copy is None else self._copied
            if self._shared.get(field, (-1,))[0] != state:
                counts = self._answering.tally(field)
                self._shared[field] = state, frozenset(value for value, count in counts.items() if count > 1)
            return self._shared[field][1]

    def __len__(self) -> int:
        with self._lock:
            return len(self._answering)

    def __contains__(self, id: object) -> bool:
        with self._lock:
            return id in self._answering

    @property
    def _answering(self) -> Exact | Lance:
        return self.table if self._copy is None else self._copy

    def _fill(self) -> None:
        """Copy the whole table, if it is small enough."""
        self._copy, self._copied = None, self.table.generation
        if len(self.table) <= self._limit:
            copy = Exact(self.table.dimension)
            copy.reserve(len(self.table))
            # piece by piece, as the whole would take its memory twice
            for piece in self.table.batches(tokens=False):
                _take(copy, records_of(piece))
            self._copy = copy

    def _has_seen(self, before: int) -> None:
        """Note that the copy got the same change as the table, unless it lagged behind the table `before` that."""
        if self._copied >= before:
            self._copied = max(self._copied, self.table.generation)

    def _catch_up(self) -> None:
        """Copy what has changed in the table since the last time.

        That is asked of the copy and not of the table, because a write that was interrupted, or that is just being
        made in another thread, may stand in the table alone.
        """
        copy, generation = self._copy, self.table.generation
        if copy is None or len(self.table) > self._limit:
            self._fill()
            return
        fresh = self.table.since(self._copied)
        known = {record.id for record in fresh}
        added = sum(id not in copy for id in known)
        if len(copy) + added != len(self.table):
            there = set(self.table.ids())
            copy.delete([id for id in copy.ids() if id not in there])
        # a field may have changed its type meanwhile: nobody had it in between, so what is replaced must go first
        copy.delete([id for id in known if id in copy])
        _take(copy, fresh)
        self._copied = generation


def _take(copy: Exact, records: Sequence[Record]) -> None:
    if records:
        vectors = np.stack([record.vector for record in records])
        copy.add([record.id for record in records], vectors, [record.metadata for record in records])

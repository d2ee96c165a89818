"""The index on disk: vectors, patch tokens and typed metadata in one versioned LanceDB table.

Every change is one new version that takes over in one moment, so a process that dies loses nothing that was written
and disturbs nobody who reads. Readers stay on the version they opened until `refresh`. One process writes at a time;
whoever has several keeps a lock, as `Gallery` does.
"""

from __future__ import annotations

import shutil
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from stbir.errors import GalleryError, InputError
from stbir.index.arrow import (
    PREFIX,
    field_columns,
    first_schema,
    kinds_of,
    records_of,
    table_of,
    tokens_type,
    widths,
)
from stbir.index.base import Match, Metadata, Record, Tokens, check_batch, check_ids, check_k, check_vectors
from stbir.index.bounds import NothingPasses, is_text
from stbir.index.exact import MARGIN, ranked
from stbir.index.expression import expression, has_value
from stbir.index.faults import damage_told, told
from stbir.index.filters import Filter
from stbir.types import Floats, Value

if TYPE_CHECKING:
    import pyarrow as pa

NAME = "photos"
FOLDER = f"{NAME}.lance"
"""What the table makes in its folder."""
SLACK = 16
"""How many more records than asked for are looked at, so that ties at the last place can be told apart."""
DEEPEST = 1000
"""The last place that `ranks` knows."""
IDS_AT_ONCE = 5000
EFFORT = 128
"""How many candidates a vector index keeps in mind while it searches: 0.99 of the true ten and more."""


class Lance:
    """An index in a folder on disk; made by `Lance.create` or `Lance.open`.

    Without a vector index (see `upkeep`) its answers are exact; with one they are approximate, and the scores exact.
    """

    def __init__(self, folder: Path, table: Any) -> None:
        self._folder = folder
        self._table = table
        self._look()

    @classmethod
    def create(cls, folder: str | Path, dimension: int) -> Self:
        """Make an empty index in `folder`, in place of remains that may be there.

        Raises:
            GalleryError: the folder cannot be written.
        """
        if dimension < 1:
            raise InputError(f"the dimension must be at least 1 (given: {dimension})")
        folder = Path(folder)
        with told(f"cannot write the index in {folder}"):
            import lancedb

            if (folder / FOLDER).exists():
                shutil.rmtree(folder / FOLDER)
            return cls(folder, lancedb.connect(folder).create_table(NAME, schema=first_schema(dimension)))

    @classmethod
    def open(cls, folder: str | Path) -> Self:
        """Open the index in `folder` at its newest version.

        Raises:
            GalleryError: there is none, or it is damaged.
        """
        folder = Path(folder)
        if not is_lance(folder):
            raise GalleryError(f"there is no index in {folder}: index the photos first")
        with damage_told(folder):
            import lancedb

            return cls(folder, lancedb.connect(folder).open_table(NAME))

    @property
    def dimension(self) -> int:
        return self._dimension

    @property
    def generation(self) -> int:
        """The version that answers; every change makes a higher one."""
        return self._version

    def refresh(self) -> bool:
        """Go on to the newest version, and say whether there was a newer one.

        Raises:
            GalleryError: the index is gone or damaged.
        """
        before = self._version
        with damage_told(self._folder):
            self._table.checkout_latest()
            if self._table.version != before:
                self._look()
        return self._version != before

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
        new = check_batch(ids, vectors, metadata, tokens, dimension=self._dimension, fields=self.fields())
        several = widths(new.tokens) | ({self._width} if self._width else set())
        if len(several) > 1:
            raise InputError(f"tokens of different widths cannot stand in one index: {sorted(several)}")
        if not new.ids:
            return
        used = {field: type(value) for record in new.metadata for field, value in record.items()}
        with self._changing():
            self._make_room(used, width=max(widths(new.tokens), default=0))
            table = table_of(new, schema=self._table.schema, commit=self._version + 1)
            known = self._read(["id"], where=None, ids=new.ids)
            if len(known):
                merge = self._table.merge_insert("id").when_matched_update_all().when_not_matched_insert_all()
                merge.execute(table)
            else:
                self._table.add(table)

    def delete(self, ids: Sequence[str]) -> int:
        """Remove records and say how many there were; ids that are not there do not count.

        Raises:
            GalleryError: the folder cannot be written.
        """
        from lancedb.expr import col

        before = len(self)
        names = _storable(check_ids(ids))
        with self._changing():
            for start in range(0, len(names), IDS_AT_ONCE):
                self._table.delete(col("id").isin(names[start : start + IDS_AT_ONCE]))
        return before - len(self)

    def search(self, vectors: npt.ArrayLike, k: int, *, where: Filter | None = None) -> list[list[Match]]:
        """The best `k` records that pass `where` for each row of `vectors` (queries, dimension), best first.

        There are fewer than `k` where fewer records pass; equal scores are ordered by id.

        Raises:
            InputError: vectors of another dimension, not finite or not of unit length, or `k` below 1.
        """
        k = check_k(k)
        queries = check_vectors(vectors, self._dimension)
        try:
            condition = expression(where, self._kinds)
        except NothingPasses:
            return [[] for _ in queries]
        return [self._best(query, k, condition) for query in queries]

    def ranks(
        self, vectors: npt.ArrayLike, ids: Sequence[str], *, where: Filter | None = None
    ) -> list[list[int | None]]:
        """For each row of `vectors` (queries, dimension) the place, from 1, that each of `ids` has in its answer.

        None where a record does not pass `where`, is not there, or lies beyond the first thousand.
        """
        names = check_ids(ids)
        answers = self.search(vectors, DEEPEST, where=where)
        places = [{match.id: place for place, match in enumerate(matches, start=1)} for matches in answers]
        return [[known.get(id) for id in names] for known in places]

    def count(self, where: Filter | None = None) -> int:
        """How many records pass `where`."""
        if where is None or not where.conditions:
            return len(self)
        return len(self._read(["id"], where=where))

    def fetch(self, ids: Sequence[str]) -> list[Record]:
        """The records under `ids`, in that order; ids that are not there are left out."""
        names = check_ids(ids)
        found = {record.id: record for record in records_of(self._read(None, ids=names))}
        return [found[name] for name in names if name in found]

    def records(self) -> dict[str, Metadata]:
        """The metadata of every record by id, sorted by id."""
        columns = ["id", *(PREFIX + field for field in self._kinds)]
        found = {record.id: record.metadata for record in records_of(self._read(columns))}
        return dict(sorted(found.items()))

    def ids(self) -> list[str]:
        """Every id, sorted."""
        return sorted(self._read(["id"]).column("id").to_pylist())

    def fields(self) -> dict[str, type]:
        """The metadata fields that records have, and the type of each."""
        if self._used is None:
            with damage_told(self._folder):
                self._used = {field: kind for field, kind in sorted(self._kinds.items()) if self._has(field, kind)}
        return dict(self._used)

    def tally(self, field: str, *, where: Filter | None = None) -> dict[Value, int]:
        """How many records that pass `where` have each value of a field; empty where none has it."""
        if field not in self._kinds:
            return {}
        counted = self._read([PREFIX + field], where=where).column(0).drop_null().value_counts()
        return {entry["values"].as_py(): entry["counts"].as_py() for entry in counted}

    def since(self, generation: int) -> list[Record]:
        """What was added or replaced after a generation; what was deleted since does not show."""
        from lancedb.expr import col, lit

        return records_of(self._read(None, expr=col("commit") > lit(generation), tokens=False))

    def batches(self, *, rows: int = 8192, tokens: bool = True) -> Generator[pa.Table, None, None]:
        """All of it piece by piece as Arrow tables, with the columns that `stbir.index.arrow` describes.

        Raises:
            GalleryError: a part of it cannot be read.
        """
        import pyarrow as pa

        names = [name for name in self._table.schema.names if tokens or name != "tokens"]
        with damage_told(self._folder):
            for batch in self._table.search().select(names).to_batches(batch_size=rows):
                yield pa.Table.from_batches([batch])

    def __len__(self) -> int:
        return self._count

    def __contains__(self, id: object) -> bool:
        return isinstance(id, str) and bool(id) and len(self._read(["id"], ids=[id])) > 0

    @property
    def folder(self) -> Path:
        """Where the index lives."""
        return self._folder

    @property
    def table(self) -> Any:
        """The LanceDB table underneath, for its upkeep."""
        return self._table

    @contextmanager
    def _changing(self) -> Generator[None, None, None]:
        """Change the table, tell a failure in one line, and know afterwards how far it came."""
        with told(f"cannot write the index in {self._folder}"):
            try:
                yield
            except BaseException:
                with suppress(Exception):
                    self._look()
                raise
            self._look()

    def _look(self) -> None:
        """Note what is asked of the table again and again, as it costs a call each time."""
        self._version = int(self._table.version)
        self._count = int(self._table.count_rows())
        schema = self._table.schema
        self._dimension = int(schema.field("vector").type.list_size)
        self._kinds = kinds_of(schema)
        self._width = schema.field("tokens").type.value_type.list_size if "tokens" in schema.names else 0
        self._used: dict[str, type] | None = None
        self._approximate = any(index.columns == ["vector"] for index in self._table.list_indices())

    def _make_room(self, used: dict[str, type], *, width: int) -> None:
        """Add the columns that are missing; one that nobody uses any longer may come back with another type."""
        import pyarrow as pa

        changed = [PREFIX + field for field, kind in used.items() if self._kinds.get(field, kind) is not kind]
        if changed:
            self._table.drop_columns(changed)
        missing = {f: kind for f, kind in used.items() if f not in self._kinds or PREFIX + f in changed}
        columns = list(field_columns(missing).values())
        if width and not self._width:
            columns.append(pa.field("tokens", tokens_type(width)))
        if columns:
            self._table.add_columns(columns)
            self._look()

    def _has(self, field: str, kind: type) -> bool:
        query = self._table.search().where(has_value(field, kind)).select(["id"]).limit(1)
        return query.to_arrow().num_rows > 0

    def _read(
        self,
        columns: list[str] | None,
        *,
        where: Filter | None = None,
        ids: Sequence[str] | None = None,
        expr: Any = None,
        tokens: bool = True,
    ) -> pa.Table:
        """Rows as an Arrow table: those that pass, or those under `ids`."""
        import pyarrow as pa
        from lancedb.expr import col

        names = [name for name in self._table.schema.names if tokens or name != "tokens"]
        wanted = names if columns is None else columns
        with damage_told(self._folder):
            if ids is not None:
                known = _storable(ids)
                parts = [
                    self._table.search().where(col("id").isin(known[i : i + IDS_AT_ONCE])).select(wanted).to_arrow()
                    for i in range(0, len(known), IDS_AT_ONCE)
                ]
                return pa.concat_tables(parts) if parts else self._table.schema.empty_table().select(wanted)
            try:
                condition = expression(where, self._kinds) if expr is None else expr
            except NothingPasses:
                return self._table.schema.empty_table().select(wanted)
            query = self._table.search().select(wanted)
            return (query if condition is None else query.where(condition)).to_arrow()

    def _best(self, query: Floats, k: int, condition: Any) -> list[Match]:
        """The best `k`; more are looked at until what comes after them is clearly worse."""
        wanted = k + SLACK
        while True:
            asked = self._table.search(query, vector_column_name="vector").distance_type("dot").limit(wanted)
            asked = asked if condition is None else asked.where(condition, prefilter=True)
            if self._approximate:
                asked = asked.nprobes(EFFORT // 4).ef(max(EFFORT, 2 * wanted))
            with damage_told(self._folder):
                found = records_of(asked.select(["id", "vector", "_distance"]).to_arrow())
            vectors = np.stack([record.vector for record in found]) if found else np.empty((0, 1), np.float32)
            matches = ranked(query, [record.id for record in found], vectors)
            if len(matches) < wanted or matches[k - 1].score - matches[-1].score > MARGIN:
                return matches[:k]
            wanted *= 4


def is_lance(folder: Path) -> bool:
    """Whether there is such an index in `folder`."""
    return (folder / FOLDER / "_versions").is_dir()


def _storable(ids: Sequence[str]) -> list[str]:
    """Each id once, without those that no record can have."""
    return [id for id in dict.fromkeys(ids) if is_text(id)]

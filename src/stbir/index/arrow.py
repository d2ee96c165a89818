"""Records as Arrow tables: the columns of an index on disk, and how they are read back.

`id`, `vector`, `tokens` and `commit` are the index's own; the metadata field `price` is the column `m_price`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from stbir.index.base import Record, Rows, Tokens
from stbir.types import Floats, Value

if TYPE_CHECKING:
    import pyarrow as pa

PREFIX = "m_"
"""How the columns of metadata begin, so that a field may have any name, `id` and `vector` included."""


def arrow_type(kind: type) -> pa.DataType:
    """The column type for metadata values of one type."""
    import pyarrow as pa

    return {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}[kind]


def first_schema(dimension: int) -> pa.Schema:
    """The columns of an index that is still empty."""
    import pyarrow as pa

    vector = pa.field("vector", pa.list_(pa.float32(), dimension), nullable=False)
    return pa.schema([pa.field("id", pa.string(), nullable=False), vector, pa.field("commit", pa.int64())])


def tokens_type(width: int) -> pa.DataType:
    """The column type for patch tokens of one width."""
    import pyarrow as pa

    return pa.list_(pa.list_(pa.float16(), width))


def kinds_of(schema: pa.Schema) -> dict[str, type]:
    """The metadata fields that have a column, used or not, and the type of each."""
    import pyarrow as pa

    kinds = {pa.string(): str, pa.int64(): int, pa.float64(): float, pa.bool_(): bool}
    return {f.name.removeprefix(PREFIX): kinds[f.type] for f in schema if f.name.startswith(PREFIX)}


def table_of(rows: Rows, *, schema: pa.Schema, commit: int) -> pa.Table:
    """Rows as a table with every column of `schema`; what a record does not have is null."""
    import pyarrow as pa

    columns: list[Any] = []
    for field in schema:
        if field.name == "id":
            columns.append(pa.array(rows.ids, pa.string()))
        elif field.name == "vector":
            values = pa.array(rows.vectors.ravel(), pa.float32())
            columns.append(pa.FixedSizeListArray.from_arrays(values, rows.vectors.shape[1]))
        elif field.name == "commit":
            columns.append(pa.array([commit] * len(rows.ids), pa.int64()))
        elif field.name == "tokens":
            columns.append(_tokens_column(rows.tokens, field.type))
        else:
            name = field.name.removeprefix(PREFIX)
            values = [record.get(name) for record in rows.metadata]
            if pa.types.is_floating(field.type):
                # to Arrow 0 and -0 are two values when it counts, to Python they are one
                values = [None if value is None else float(value) + 0.0 for value in values]
            columns.append(pa.array(values, field.type))
    return pa.table(columns, schema=schema)


def records_of(table: pa.Table) -> list[Record]:
    """The records in a table, in its order; columns that were not read stay empty."""
    vectors = vectors_of(table) if "vector" in table.column_names else np.empty((len(table), 0), np.float32)
    tokens = _tokens_of(table) if "tokens" in table.column_names else [None] * len(table)
    parts = zip(table.column("id").to_pylist(), vectors, metadata_of(table), tokens, strict=True)
    return [Record(id, vector, metadata, patches) for id, vector, metadata, patches in parts]


def vectors_of(table: pa.Table) -> Floats:
    """The vectors in a table, float32 (rows, dimension)."""
    column = table.column("vector").combine_chunks()
    dimension = column.type.list_size
    return np.array(column.flatten(), dtype=np.float32).reshape(len(table), dimension)


def metadata_of(table: pa.Table) -> list[dict[str, Value]]:
    """The metadata in a table, without what is null."""
    records: list[dict[str, Value]] = [{} for _ in range(len(table))]
    for name in table.column_names:
        if name.startswith(PREFIX):
            field = name.removeprefix(PREFIX)
            for record, value in zip(records, table.column(name).to_pylist(), strict=True):
                if value is not None:
                    record[field] = value
    return records


def _tokens_column(tokens: Sequence[Tokens | None], kind: Any) -> pa.Array:
    import pyarrow as pa

    width = kind.value_type.list_size
    there = [array for array in tokens if array is not None]
    flat = np.concatenate(there).ravel() if there else np.empty(0, np.float16)
    lengths = [0 if array is None else len(array) for array in tokens]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    missing = pa.array([array is None for array in tokens])
    inner = pa.FixedSizeListArray.from_arrays(pa.array(flat, pa.float16()), width)
    return pa.ListArray.from_arrays(pa.array(offsets), inner, mask=missing)


def _tokens_of(table: pa.Table) -> list[Tokens | None]:
    column = table.column("tokens").combine_chunks()
    width = column.type.value_type.list_size
    found: list[Tokens | None] = []
    for row in column:
        values = row.values
        found.append(None if values is None else np.array(values.flatten(), np.float16).reshape(-1, width))
    return found


def widths(tokens: Sequence[Tokens | None]) -> set[int]:
    """The different widths of tokens."""
    return {array.shape[1] for array in tokens if array is not None}


def field_columns(fields: Mapping[str, type]) -> dict[str, pa.Field]:
    """A nullable column for each metadata field."""
    import pyarrow as pa

    return {field: pa.field(PREFIX + field, arrow_type(kind)) for field, kind in fields.items()}

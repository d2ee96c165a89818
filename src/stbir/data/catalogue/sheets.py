"""Tables as columns of cells, whatever the file: CSV, TSV, JSON lines or Parquet."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stbir.errors import InputError, first_line

if TYPE_CHECKING:
    import pyarrow as pa

SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")

MAX_COLUMNS = 1000
_SHARED = 100_000  # so many different texts are kept once, however often they occur


@dataclass(frozen=True, eq=False)
class Sheet:
    """One table: the names of its columns, and `cells`, which reads one of them.

    A cell of a text file is a str, empty where there is nothing; other files have values of many types, and None.
    """

    path: Path
    names: Sequence[str]
    cells: Callable[[str], list[Any]]
    numbers: Sequence[int]
    """The line, or the row where a file has no lines, of each record, counted from 1."""
    unit: str = "line"
    texts: bool = False
    unreadable: dict[str, str] = field(default_factory=dict)
    """Columns that have no cells that could be read, and what they hold."""
    embedded: Collection[str] = ()
    """Columns of pictures as Hugging Face puts them into a table: the bytes, and the path they once had."""

    def __len__(self) -> int:
        return len(self.numbers)


def read_sheet(path: Path) -> Sheet:
    """Read a table; its suffix says how.

    Raises:
        InputError: in one line, which file cannot be read, where and why.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(f"cannot read the table {path}: its name must end in one of {', '.join(SUFFIXES)}")
    read = {".parquet": _read_parquet, ".jsonl": _read_json_lines, ".ndjson": _read_json_lines}.get(suffix, _read_csv)
    try:
        sheet = read(path)
    except OSError as error:
        raise InputError(f"cannot read the table {path}: {error.strerror or first_line(error)}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}, line {_broken_line(path)}: no text in UTF-8; save the table as UTF-8") from None
    if not len(sheet):
        raise InputError(f"{path} has no rows")
    if len(sheet.names) > MAX_COLUMNS:
        raise InputError(f"{path} has {len(sheet.names):,} columns, more than the {MAX_COLUMNS:,} allowed")
    twice = next((name for name in sheet.names if sheet.names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"{path} has the column {twice!r} twice; keep one")
    return sheet


def _read_csv(path: Path) -> Sheet:
    rows: list[list[str]] = []
    numbers: list[int] = []
    shared: dict[str, str] = {}
    # utf-8-sig: spreadsheets put a byte order mark before the first column name
    with path.open(newline="", encoding="utf-8-sig") as file:
        first = file.readline()
        file.seek(0)
        # where commas are decimal points, spreadsheets write semicolons
        marks = "\t" if path.suffix.lower() == ".tsv" else ",;\t"
        reader = csv.reader(file, delimiter=next((mark for mark in marks if mark in first), marks[0]), strict=True)
        try:
            header = [name.strip() or f"column {place}" for place, name in enumerate(next(reader, []), start=1)]
            for fields in reader:
                if any(text.strip() for text in fields[len(header) :]):
                    raise InputError(
                        f"{path}, line {reader.line_num}: {len(fields)} fields under {len(header)} columns; "
                        "put texts that contain the separator in double quotes"
                    )
                if any(text.strip() for text in fields):
                    keep = shared.setdefault if len(shared) < _SHARED else shared.get
                    rows.append([keep(text, text) for text in fields])
                    numbers.append(reader.line_num)
        except csv.Error as error:
            raise InputError(f"{path}, line {reader.line_num}: {error}; is a double quote not closed?") from None

    def cells(name: str) -> list[str]:
        place = header.index(name)
        return [row[place] if place < len(row) else "" for row in rows]

    return Sheet(path, header, cells, numbers, texts=True)


def _read_json_lines(path: Path) -> Sheet:
    rows: list[dict[str, Any]] = []
    numbers: list[int] = []
    names: dict[str, None] = {}
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise InputError(f"{path}, line {number}: no valid JSON ({first_line(error)})") from None
            if not isinstance(row, dict):
                raise InputError(f"{path}, line {number}: not a JSON object ({{...}}) but {str(row)!r:.60}")
            rows.append(row)
            numbers.append(number)
            names.update(dict.fromkeys(row))
    return Sheet(path, list(names), lambda name: [row.get(name) for row in rows], numbers)


def _read_parquet(path: Path) -> Sheet:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # Arrow would take a folder, and has its own words for a file that is not there
        with path.open("rb"):
            file = pq.ParquetFile(path)
        schema = file.schema_arrow
        unreadable = {column.name: str(column.type) for column in schema if not _plain(column.type)}
        embedded = {column.name for column in schema if pa.types.is_struct(column.type)}
        rows = range(1, file.metadata.num_rows + 1)
    except pa.ArrowException as error:
        raise InputError(f"{path} is no Parquet file that can be read ({first_line(error)})") from None

    def cells(name: str) -> list[Any]:
        try:
            # of a picture that was put into the table as Hugging Face does, only where it came from
            part = f"{name}.path" if name in embedded else name
            column = file.read(columns=[part], use_threads=False).column(name)
            values = _without_odd_types(column).to_pylist()
        except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
            raise InputError(f"cannot read the column {name!r} of {path}: {first_line(error)}") from None
        return [value and value["path"] for value in values] if name in embedded else values

    return Sheet(path, schema.names, cells, rows, unit="row", unreadable=unreadable, embedded=embedded)


def _plain(kind: pa.DataType) -> bool:
    """Whether the cells of a Parquet column can be read: values, lists of texts, and pictures for their path."""
    import pyarrow as pa

    types = pa.types
    if types.is_dictionary(kind):
        return _plain(kind.value_type)
    if types.is_struct(kind):
        return kind.get_field_index("path") >= 0 and _is_text(kind.field("path").type)
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return _is_text(kind.value_type)
    value = types.is_boolean(kind) or types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind)
    return value or _is_text(kind) or types.is_null(kind) or (types.is_temporal(kind) and not types.is_duration(kind))


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def _without_odd_types(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Nanoseconds exist in no Python type, and a time zone needs a data base that a machine may lack."""
    import pyarrow as pa

    if pa.types.is_timestamp(column.type):
        return column.cast(pa.timestamp("us", "UTC" if column.type.tz else None), safe=False)
    if pa.types.is_time64(column.type):
        return column.cast(pa.time64("us"), safe=False)
    return column


def _broken_line(path: Path) -> int:
    """The first line that is no UTF-8; the reader itself decodes ahead and only knows about where."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1

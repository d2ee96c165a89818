"""A table of queries and their target photos: a CSV with the columns `sketch,text,photo`, and maybe some more.

These are `category`; `reference`, a photo that the query shows, for composed retrieval ("like this one, but red"); and
`virtual_class`, a fine sub-category of a photo, for training (`virtual_classes = "given"`).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, overload

from stbir.data.sketch_files import read_sketch
from stbir.errors import InputError
from stbir.types import Photo, Query, Split, Value

COLUMNS = ("sketch", "text", "photo")
OPTIONAL = ("category", "reference", "virtual_class")


@dataclass(frozen=True)
class Row:
    """One line of a table: the files it names, found beside the table, and what it says about them."""

    line: int
    sketch: Path | None
    text: str | None
    photo: Path
    category: str | None
    name: str
    """The photo as the table spells it."""
    virtual_class: str | None = None
    reference: Path | None = None


class Queries(Sequence[Query]):
    """Queries that read their sketch when they are asked for, so that a large table needs no large memory."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = tuple(rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Query]:
        return (read_query(row) for row in self.rows)

    @overload
    def __getitem__(self, index: int) -> Query: ...
    @overload
    def __getitem__(self, index: slice) -> Queries: ...
    def __getitem__(self, index: int | slice) -> Query | Queries:
        return Queries(self.rows[index]) if isinstance(index, slice) else read_query(self.rows[index])


def read_query(row: Row) -> Query:
    """Read the sketch of one row and put the query together.

    Raises:
        InputError: the sketch cannot be read.
    """
    return Query(
        sketches=() if row.sketch is None else (read_sketch(row.sketch),),
        text=row.text,
        photo=None if row.reference is None else Photo(id=str(row.reference), path=row.reference),
        instance=str(row.photo),
        category=row.category,
    )


def read_table(path: str | Path) -> Split:
    """Read a table of queries as a split whose gallery is every distinct photo the table names.

    One row is one query whose only relevant photo is `photo`. A row may lack the sketch or the text; a row
    without both is a distractor. A reference stands in the gallery only if a row names it as its photo. Paths
    are relative to the table, and two spellings of one path are one photo. `.tsv` means tabs, everything else
    commas; other columns are ignored. Sketches are read when needed.

    Raises:
        InputError: a missing file or column, a malformed row, no rows, no queries, missing files, or a photo
            with two categories or virtual classes.
    """
    path = Path(path)
    rows = list(read_rows(path))
    if not rows:
        raise InputError(f"{path} has no rows below its header")
    _refuse_missing(rows, path=path)
    category = _of_photos(rows, "category", path=path)
    classes = _of_photos(rows, "virtual_class", path=path)
    asked = [replace(row, category=category[row.photo]) for row in rows if row.sketch or row.text]
    if not asked:
        raise InputError(f"{path} has no queries: every row lacks both a sketch and a text")
    names: dict[Path, str] = {}
    for row in rows:
        names.setdefault(row.photo, row.name)
    photos = tuple(
        Photo(id=name, path=photo, instance=str(photo), category=category[photo], metadata=_fine(classes[photo]))
        for photo, name in names.items()
    )
    return Split(name=path.name, queries=Queries(asked), photos=photos)


def read_rows(path: Path) -> Iterator[Row]:
    """Read the rows of a table, without looking at the files they name.

    Raises:
        InputError: the table cannot be read, lacks a column, or has a malformed row.
    """
    try:
        # utf-8-sig: spreadsheets put a byte order mark before the first column name
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
            header = [name.strip().lower() for name in next(reader, [])]
            _check_header(header, path=path)
            for fields in reader:
                if any(field.strip() for field in fields):
                    yield _row(fields, header=header, line=reader.line_num, path=path)
    except OSError as error:
        raise InputError(f"cannot read the table {path}: {error.strerror or error}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} is not a CSV table in UTF-8: {error}") from None


def _check_header(header: list[str], *, path: Path) -> None:
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        found = ", ".join(name for name in header if name) or "nothing"
        raise InputError(
            f"{path} lacks the column{'s'[: len(missing) > 1]} {', '.join(missing)} "
            f"(known: {', '.join((*COLUMNS, *OPTIONAL))}; found: {found[:200]})"
        )
    twice = [name for name in (*COLUMNS, *OPTIONAL) if header.count(name) > 1]
    if twice:
        raise InputError(f"{path} has the column {twice[0]} twice; keep one")


def _row(fields: list[str], *, header: list[str], line: int, path: Path) -> Row:
    if len(fields) > len(header):
        raise InputError(
            f"{path}, line {line}: {len(fields)} fields under {len(header)} columns; "
            "put texts that contain the separator in double quotes"
        )
    # a short row stops early: what it does not say is unknown
    values = {name: value.strip() for name, value in zip(header, fields, strict=False)}
    name = values.get("photo", "")
    if not name:
        raise InputError(f"{path}, line {line}: no photo; every row names one")
    sketch, reference = values.get("sketch"), values.get("reference")
    if any("\0" in file for file in (name, sketch, reference) if file):
        raise InputError(f"{path}, line {line}: a file name contains a null byte")
    if reference and not sketch and not values.get("text"):
        raise InputError(f"{path}, line {line}: a reference alone asks for nothing else; add a text or a sketch")
    return Row(
        line=line,
        sketch=(path.parent / sketch).resolve() if sketch else None,
        text=values.get("text") or None,
        photo=(path.parent / name).resolve(),
        category=values.get("category") or None,
        name=name,
        virtual_class=values.get("virtual_class") or None,
        reference=(path.parent / reference).resolve() if reference else None,
    )


def _refuse_missing(rows: Iterable[Row], *, path: Path) -> None:
    named = dict.fromkeys(file for row in rows for file in (row.photo, row.sketch, row.reference) if file)
    missing = [file for file in named if not _is_file(file)]
    if missing:
        first = ", ".join(str(file) for file in missing[:3]) + (", ..." if len(missing) > 3 else "")
        raise InputError(f"{len(missing)} of the {len(named)} files named in {path} are missing: {first}")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name longer than the file system allows
        return False


def _of_photos(
    rows: Iterable[Row], column: Literal["category", "virtual_class"], *, path: Path
) -> dict[Path, str | None]:
    """What a column says of each photo."""
    found: dict[Path, str | None] = {}
    for row in rows:
        said: str | None = getattr(row, column)
        known = found.setdefault(row.photo, said)
        if known is None:
            found[row.photo] = said
        elif said not in (None, known):
            raise InputError(f"{path}, line {row.line}: {row.name} is {said!r} here and {known!r} above")
    return found


def _fine(virtual_class: str | None) -> dict[str, Value]:
    return {} if virtual_class is None else {"virtual_class": virtual_class}

"""What a catalogue says about its pictures: category, captions, and every further column as metadata."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stbir.data.catalogue.sheets import Sheet
from stbir.data.catalogue.typed_columns import from_texts, from_values, text_of
from stbir.types import Value

CAPTIONS = ("caption", "captions", "description", "text")
"""Columns of sentences, which become the captions of a photo: nobody narrows a search down by a sentence."""
TITLES = ("title", "name")
"""Columns that stay texts whatever they look like, and are lower case, because they are shown under a photo."""
RESERVED = ("path", "instance", "category")
"""Names that metadata cannot have, because a photo has them itself."""


@dataclass(frozen=True, eq=False)
class Details:
    """What every row says, row by row; the metadata fields and their types; and what became of odd columns."""

    category: Sequence[str | None]
    captions: Sequence[tuple[str, ...]]
    metadata: Sequence[Mapping[str, Value]]
    fields: Mapping[str, type]
    notes: Sequence[tuple[str, str]]


def read_details(sheets: Sequence[Sheet], *, names: Sequence[str], columns: Mapping[str, str]) -> Details:
    """Read all columns that are not in use as `columns` (what is what) already, one after the other."""
    rows = sum(len(sheet) for sheet in sheets)
    captions: list[tuple[str, ...]] = [()] * rows
    metadata: list[dict[str, Value]] = [{} for _ in range(rows)]
    fields: dict[str, type] = {}
    notes: list[tuple[str, str]] = []
    taken: set[str] = {*RESERVED}
    # columns that need no other name come first, so that none is renamed because of one that is
    rest = [name for name in names if name not in columns.values()]
    for name in sorted(rest, key=lambda name: _field_name(name) != name):
        unreadable = next((sheet.unreadable[name] for sheet in sheets if name in sheet.unreadable), None)
        if unreadable is None and any(name in sheet.embedded for sheet in sheets):
            unreadable = "pictures"
        if unreadable is not None:
            notes.append((name, f"it holds {unreadable[:60]}, which is no metadata, and is left out"))
            continue
        cells = _cells(sheets, name)
        if name.lower() in CAPTIONS:
            captions = [known + _captions(cell) for known, cell in zip(captions, cells, strict=True)]
            continue
        column = (from_texts if sheets[0].texts else from_values)(cells, words=name.lower() in TITLES)
        if column.note:
            notes.append((name, column.note))
        if column.kind is None:
            continue
        field = _free(_field_name(name), taken)
        if field.lower() != name.lower():
            notes.append((name, f"it is the metadata field {field!r}"))
        fields[field] = column.kind
        for record, value in zip(metadata, column.values, strict=True):
            if value is not None:
                record[field] = value
    said = _cells(sheets, columns["category"]) if "category" in columns else [None] * rows
    return Details([text_of(cell) for cell in said], captions, metadata, fields, notes)


def _cells(sheets: Sequence[Sheet], name: str) -> list[Any]:
    cells: list[Any] = []
    for sheet in sheets:
        cells += sheet.cells(name) if name in sheet.names else ["" if sheet.texts else None] * len(sheet)
    return cells


def _captions(cell: Any) -> tuple[str, ...]:
    said = [text_of(part) for part in (cell if isinstance(cell, list) else [cell])]
    return tuple(text for text in said if text)


def _field_name(name: str) -> str:
    """The name of a column without what a field name cannot have: punctuation, and _ at the beginning."""
    words = " ".join(re.sub(r"[^\w -]", " ", name).split()).lstrip("_- ").rstrip()
    return words.lower() if words.lower() in TITLES else words or "column"


def _free(name: str, taken: set[str]) -> str:
    """A name that nothing else has yet."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} {number}"
    taken.add(free)
    return free

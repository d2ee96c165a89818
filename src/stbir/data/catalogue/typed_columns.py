"""Columns of a table as metadata: one type for all cells of a column, and none that loses what a cell says."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from stbir.types import Value

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_UNKNOWN = {"nan", "null", "none", "na", "n/a"}
"""What programs write for a number that they do not know; among words it may be a word (NA is Namibia)."""

_LOWEST, _HIGHEST = -(2**63), 2**63 - 1
_EXACT = 2**53  # beyond it float64 cannot tell one whole number from the next


@dataclass(frozen=True, eq=False)
class Column:
    """The cells of one column, None where there is nothing, and their type, None where there is nothing at all."""

    kind: type | None
    values: Sequence[Value | None]
    note: str = ""
    """What could not be kept, in words."""


def from_texts(cells: Sequence[str], *, words: bool = False) -> Column:
    """Find the type that all cells of a text file agree on; blanks around them do not count.

    int where every cell is a plain whole number that fits 64 bits, float where every one is a finite number,
    bool where every one is true or false; otherwise str, and so is everything with leading zeros, as numbers of
    articles have them.

    Args:
        cells: as they were read; empty where there is nothing.
        words: keep them as texts whatever they look like.

    >>> from_texts(["1", "", "2.50"]).values, from_texts(["1", "00123"]).values
    ([1.0, None, 2.5], ['1', '00123'])
    """
    # each distinct cell once: catalogues repeat themselves
    stripped = {cell: cell.strip() for cell in dict.fromkeys(cells)}
    said = [text for text in stripped.values() if text]
    kind = str if words else _kind(said)
    read = _READERS[kind]
    values = {cell: read(text) if text else None for cell, text in stripped.items()}
    return Column(kind if said else None, [values[cell] for cell in cells])


def from_values(cells: Sequence[object], *, words: bool = False) -> Column:
    """Keep the type that the cells of a typed file have, and make it one where they differ.

    Whole numbers among others become float, anything else that is mixed becomes str, and so do whole numbers beyond
    64 bits. Dates and times become ISO texts, decimals float. What has no value, NaN included, is None; lists,
    objects and bytes are left out, and so are infinite numbers.

    >>> from_values([1, 2.5, None]).values, from_values([1, "two", True]).values
    ([1.0, 2.5, None], ['1', 'two', 'true'])
    """
    values: list[Value | None] = []
    nested = infinite = 0
    for cell in cells:
        if cell is None:
            values.append(None)
            continue
        value = _plain(cell)
        nested += value is None and not isinstance(cell, str)
        if isinstance(value, float) and not math.isfinite(value):
            infinite += math.isinf(value)
            value = None
        values.append(value)
    kinds = {type(value) for value in values if value is not None}
    kind: type | None = next(iter(kinds)) if len(kinds) == 1 else (str if kinds else None)
    if kinds == {int, float}:
        kind = float
    if kinds <= {int, float} and any(type(value) is int and not _LOWEST <= value <= _HIGHEST for value in values):
        kind = str
    if words and kinds:
        kind = str
    if kind is float:
        values = [None if value is None else float(value) for value in values]
    elif kind is str:
        values = [None if value is None else text_of(value) for value in values]
    notes = [f"{nested:,} of {len(values):,} cells are lists, objects or bytes and left out"] if nested else []
    notes += [f"{infinite:,} infinite numbers are left out"] if infinite else []
    return Column(kind, values, "; ".join(notes))


def text_of(cell: object) -> str | None:
    """One cell as a text, whatever its type; None where it says nothing that fits into one.

    >>> text_of(" boots "), text_of(7.0), text_of(True), text_of(""), text_of(["a"])
    ('boots', '7', 'true', None, None)
    """
    value = _plain(cell)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        # columns of whole numbers with gaps come as 7.0
        return str(int(value)) if value.is_integer() and abs(value) <= _EXACT else repr(value)
    return None if value is None else str(value)


def _plain(cell: object) -> Value | None:
    if isinstance(cell, str):
        # half of a surrogate pair is no text that could be stored
        return cell.encode("utf-8", "replace").decode().strip() or None
    if isinstance(cell, bool | int | float):
        return cell
    if isinstance(cell, Decimal):
        return float(cell)
    return cell.isoformat() if isinstance(cell, date | time) else None


def _kind(said: Sequence[str]) -> type:
    texts = [text for text in said if text.lower() not in _UNKNOWN]
    if not texts:
        return str
    if all(_INTEGER.fullmatch(text) for text in texts):
        return int if all(len(text) <= 20 and _LOWEST <= int(text) <= _HIGHEST for text in texts) else str
    if all(_NUMBER.fullmatch(text) and math.isfinite(float(text)) for text in texts):
        # a float that changes the digits of a number of an article would be a loss
        whole = [float(text) for text in texts if _INTEGER.fullmatch(text)]
        return float if all(abs(number) < _EXACT for number in whole) else str
    return bool if all(text.lower() in ("true", "false") for text in texts) else str


_READERS: dict[type, Callable[[str], Value | None]] = {
    str: lambda text: text,
    int: lambda text: None if text.lower() in _UNKNOWN else int(text),
    float: lambda text: None if text.lower() in _UNKNOWN else float(text),
    bool: lambda text: None if text.lower() in _UNKNOWN else text.lower() == "true",
}

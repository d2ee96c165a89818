"""Structured conditions on a photo's metadata: equality, any-of and range; never a query language."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from stbir.errors import InputError, UnknownName
from stbir.types import Value

GRAMMAR = (
    "write field=value, field=one|two, field=low..high or field<value (also <=, >, >=); a value with \" ' = < > | "
    'or .. in it stands in double quotes, with \\" and \\\\ for a quote and a backslash'
)


@dataclass(frozen=True)
class Equals:
    """The field has this value; text is compared exactly, 1 equals 1.0, and a truth value equals no number."""

    field: str
    value: Value

    def accepts(self, value: Value) -> bool:
        return kind_of(value) is kind_of(self.value) and value == self.value


@dataclass(frozen=True)
class AnyOf:
    """The field has one of these values."""

    field: str
    values: tuple[Value, ...]

    def accepts(self, value: Value) -> bool:
        return any(kind_of(value) is kind_of(wanted) and value == wanted for wanted in self.values)


@dataclass(frozen=True)
class Range:
    """The field lies between two bounds of its own kind; a bound counts as inside unless it is `open`.

    Text is ordered by its characters, so that dates like 2024-05-01 can be compared.
    """

    field: str
    low: Value | None = None
    high: Value | None = None
    low_open: bool = False
    high_open: bool = False

    def accepts(self, value: Value) -> bool:
        return (self.low is None or _before(self.low, value, or_equal=not self.low_open)) and (
            self.high is None or _before(value, self.high, or_equal=not self.high_open)
        )


Condition: TypeAlias = Equals | AnyOf | Range


@dataclass(frozen=True)
class Filter:
    """All of some conditions; a record that lacks a field passes no condition on it.

    >>> Filter((Equals("category", "boots"), Range("price", high=100))).accepts({"category": "boots", "price": 80})
    True
    """

    conditions: tuple[Condition, ...] = ()

    def accepts(self, metadata: Mapping[str, Value]) -> bool:
        return all(c.field in metadata and c.accepts(metadata[c.field]) for c in self.conditions)


Where: TypeAlias = Filter | str | Sequence[str] | Mapping[str, Value | Sequence[Value]]
"""How a Python user may write a filter; see `as_filter`."""


def kind_of(value: Value) -> type:
    """What a value can be compared with: str, bool or, for every number, float."""
    return float if type(value) is int else type(value)


def _before(left: Value, right: Value, *, or_equal: bool) -> bool:
    if kind_of(left) is not kind_of(right) or isinstance(left, bool):
        return False
    # the kinds are equal, which the type checker cannot see
    return left <= right if or_equal else left < right  # pyright: ignore[reportOperatorIssue]


_CONDITION = re.compile(r"\s*(?P<field>\w[\w -]*?)\s*(?P<sign><=|>=|=|<|>)(?P<value>.*)", re.DOTALL)
_PART = re.compile(r"""\s*(?:"(?P<quoted>(?:[^"\\]|\\["\\])*)"|(?P<bare>(?:(?!\.\.)[^"'=<>|])+?))\s*(?=\||\.\.|$)""")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def parse_where(texts: Sequence[str], fields: Mapping[str, type]) -> Filter:
    r"""Read conditions as they are written on the command line; a record must fulfil all of them.

    `fields` are the known fields and their types, to which the values are converted.

    >>> parse_where(["category=boots|shoes", "price<100"], {"category": str, "price": int})
    ... # doctest: +NORMALIZE_WHITESPACE
    Filter(conditions=(AnyOf(field='category', values=('boots', 'shoes')),
        Range(field='price', low=None, high=100, low_open=False, high_open=True)))

    Raises:
        InputError: a text that is no condition, or a value that does not fit its field.
        UnknownName: a field that no photo has.
    """
    return Filter(tuple(_condition(text, fields) for text in texts))


def as_filter(where: Where | None, fields: Mapping[str, type]) -> Filter:
    """Make a filter of whatever a Python user writes: conditions as text, or a mapping of fields to values.

    >>> as_filter({"category": ["boots", "shoes"]}, {"category": str})
    Filter(conditions=(AnyOf(field='category', values=('boots', 'shoes')),))

    Raises:
        InputError: a text that is no condition, or a value that does not fit its field.
        UnknownName: a field that no photo has.
    """
    if where is None:
        return Filter()
    if isinstance(where, str):
        return parse_where([where], fields)
    if not isinstance(where, Filter | Mapping):
        return parse_where(_texts(where), fields)
    if isinstance(where, Mapping):
        where = Filter(tuple(_wanted(field, value) for field, value in where.items()))
    for condition in where.conditions:
        if condition.field not in fields:
            raise UnknownName("field", str(condition.field), fields)
        for value in _values(condition):
            if kind_of(value) is not kind_of(fields[condition.field]()):
                kind = fields[condition.field].__name__
                raise InputError(f"field {condition.field!r} is {kind}, not {type(value).__name__} ({value!r})")
    return where


def _texts(given: object) -> list[str]:
    texts: list[Any] = [*given] if isinstance(given, Iterable) else [given]
    for text in texts:
        if not isinstance(text, str):
            raise InputError(f"{text!r:.60} is no filter: {GRAMMAR}; or give a mapping of fields to values")
    return texts


def _wanted(field: str, value: object) -> Condition:
    if isinstance(value, str | int | float):
        return Equals(field, value)
    if not isinstance(value, Iterable) or isinstance(value, Mapping | bytes):
        raise InputError(f"field {field!r} is wanted to be {value!r:.60}: give a value or a list of values")
    values: Iterable[Any] = value
    return AnyOf(field, tuple(values))


def _values(condition: Condition) -> list[Value]:
    if isinstance(condition, Equals):
        return [condition.value]
    if isinstance(condition, AnyOf):
        return list(condition.values)
    return [bound for bound in (condition.low, condition.high) if bound is not None]


def _condition(text: str, fields: Mapping[str, type]) -> Condition:
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise _no_filter(text)
    field, sign = found["field"], found["sign"]
    parts, separators = _parts(found["value"], text)
    if sign != "=" and separators:
        raise _no_filter(text)
    if field not in fields:
        raise UnknownName("field", field, fields)
    values = [None if part is None else _convert(part, fields[field], field) for part in parts]
    if ".." in separators or sign != "=":
        if fields[field] is bool:
            raise InputError(f"field {field!r} is true or false and has no order: write {field}=true")
        bounds = values if sign == "=" else ([values[0], None] if sign[0] == ">" else [None, values[0]])
        low, high = bounds
        if low is not None and high is not None and not _before(low, high, or_equal=True):
            raise InputError(f"the filter {text!r} lets nothing pass: {low!r} is above {high!r}")
        return Range(field, low, high, low_open=sign == ">", high_open=sign == "<")
    known = [value for value in values if value is not None]
    return Equals(field, known[0]) if len(known) == 1 else AnyOf(field, tuple(known))


def _parts(text: str, whole: str) -> tuple[list[str | None], list[str]]:
    """The values of a condition and the separators between them; None is the missing end of a range."""
    parts: list[str | None] = []
    separators: list[str] = []
    place = 0
    while True:
        part = _PART.match(text, place)
        if part is not None:
            quoted = part["quoted"]
            parts.append(part["bare"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted))
            place = part.end()
        else:
            parts.append(None)
            place += len(text[place:]) - len(text[place:].lstrip())
        if place == len(text):
            break
        separators.append(".." if text.startswith("..", place) else text[place])
        if separators[-1] not in ("..", "|"):
            raise _no_filter(whole)
        place += len(separators[-1])
    ranged = separators == [".."] and parts != [None, None]
    listed = ".." not in separators and None not in parts
    if not (ranged or listed):
        raise _no_filter(whole)
    return parts, separators


def _convert(text: str, kind: type, field: str) -> Value:
    if kind is str:
        return text
    if kind is bool:
        if text.lower() not in ("true", "false"):
            raise InputError(f"field {field!r} is true or false (given: {text!r})")
        return text.lower() == "true"
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise InputError(f"field {field!r} is a number (given: {text!r})")
    # a bound like 9.5 makes sense on whole numbers as well
    return int(text) if kind is int and re.fullmatch(r"[+-]?[0-9]+", text) else float(text)


def _no_filter(text: str) -> InputError:
    return InputError(f"{text!r} is no filter: {GRAMMAR}")

"""Filters as expressions of LanceDB, built from parts; no text of a user ever becomes a piece of SQL."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from stbir.index.arrow import PREFIX
from stbir.index.filters import AnyOf, Condition, Equals, Filter, Range, kind_of
from stbir.types import Value

if TYPE_CHECKING:
    from lancedb.expr import Expr

LOWEST, HIGHEST = -(2**63), 2**63 - 1


class NothingPasses(Exception):
    """A filter that no record can fulfil, so that nobody needs to search."""


def expression(where: Filter | None, fields: Mapping[str, type]) -> Expr | None:
    """What LanceDB is to ask of a row; None where there is nothing to fulfil. `fields` are the columns and types.

    Raises:
        NothingPasses: a field that is not there, or a value of another kind than the field's.
    """
    whole: Expr | None = None
    for condition in () if where is None else where.conditions:
        part = _condition(condition, fields)
        whole = part if whole is None else whole & part
    return whole


def has_value(field: str, kind: type) -> Expr:
    """Whether a row has a value in a field; LanceDB's expressions have no test for null, but null fulfils nothing."""
    from lancedb.expr import col, lit

    column = col(PREFIX + field)
    if kind is bool:
        return column.isin([True, False])
    return column >= lit({str: "", int: LOWEST, float: -math.inf}[kind])


def _condition(condition: Condition, fields: Mapping[str, type]) -> Expr:
    from lancedb.expr import col

    kind = fields.get(condition.field)
    if kind is None:
        raise NothingPasses
    column = col(PREFIX + condition.field)
    if isinstance(condition, Range):
        return _range(column, condition, kind)
    wanted = condition.values if isinstance(condition, AnyOf) else (condition.value,)
    values = [value for given in wanted if (value := _stored(given, kind)) is not None]
    if not values:
        raise NothingPasses
    return column == values[0] if isinstance(condition, Equals) else column.isin(values)


def _stored(value: Value, kind: type) -> Value | None:
    """A value as a column of `kind` stores it, or None where it can store no equal one."""
    if kind_of(value) is not kind_of(kind()):
        return None
    if isinstance(value, str):
        return value if _is_unicode(value) else None
    if kind is int:
        whole = int(value) if float(value).is_integer() else None
        return whole if whole is not None and LOWEST <= whole <= HIGHEST else None
    return float(value) if kind is float else value


def _range(column: Expr, condition: Range, kind: type) -> Expr:
    bounds = _bounds(condition, kind)
    whole: Expr | None = None
    for part in bounds:
        value, lower, strict = part
        if lower:
            one = column > value if strict else column >= value
        else:
            one = column < value if strict else column <= value
        whole = one if whole is None else whole & one
    return has_value(condition.field, kind) if whole is None else whole


def _bounds(condition: Range, kind: type) -> Iterable[tuple[Value, bool, bool]]:
    """The ends of a range that say something: value, whether it is the lower one, whether it is outside."""
    for bound, lower, strict in (
        (condition.low, True, condition.low_open),
        (condition.high, False, condition.high_open),
    ):
        if bound is None:
            continue
        if kind is bool or kind_of(bound) is not kind_of(kind()):
            raise NothingPasses
        if isinstance(bound, str) and not _is_unicode(bound):
            raise NothingPasses
        if kind is not int or isinstance(bound, str):
            yield (float(bound) if kind is float else bound), lower, strict
            continue
        if math.isinf(bound):
            if lower == (bound > 0):
                raise NothingPasses
            continue
        # between two whole numbers the next one inside is the bound
        whole = math.ceil(bound) if lower else math.floor(bound)
        if (whole > HIGHEST) if lower else (whole < LOWEST):
            raise NothingPasses
        if LOWEST <= whole <= HIGHEST:
            yield whole, lower, strict and whole == bound


def _is_unicode(text: str) -> bool:
    """Whether it can be stored; half of a surrogate pair cannot."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)

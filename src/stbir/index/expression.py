"""Filters as expressions of LanceDB, built from parts; no text of a user ever becomes a piece of SQL."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from stbir.index.arrow import PREFIX
from stbir.index.bounds import LOWEST, Bound, NothingPasses, bounds_of, values_of
from stbir.index.filters import Condition, Equals, Filter, Range

if TYPE_CHECKING:
    from lancedb.expr import Expr


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
        whole: Expr | None = None
        for bound in bounds_of(condition, kind):
            part = _side(column, bound)
            whole = part if whole is None else whole & part
        return has_value(condition.field, kind) if whole is None else whole
    values = values_of(condition, kind)
    if not values:
        raise NothingPasses
    return column == values[0] if isinstance(condition, Equals) else column.isin(values)


def _side(column: Expr, bound: Bound) -> Expr:
    if bound.lower:
        return column > bound.value if bound.strict else column >= bound.value
    return column < bound.value if bound.strict else column <= bound.value

"""What a condition asks of one column, in the type of that column, so that no rounding decides who passes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from stbir.index.filters import AnyOf, Equals, Range, kind_of
from stbir.types import Value

LOWEST, HIGHEST = -(2**63), 2**63 - 1
AFTER_SURROGATES = "\ue000"


class NothingPasses(Exception):
    """A condition that no record can fulfil, so that nobody needs to search."""


@dataclass(frozen=True)
class Bound:
    """One end of a range; a `strict` one does not lie inside."""

    value: Value
    lower: bool
    strict: bool


def values_of(condition: Equals | AnyOf, kind: type) -> list[Value]:
    """The values asked for that a column of `kind` can hold; they may be none.

    >>> values_of(AnyOf("price", (3.0, 3.5, "3")), int)
    [3]
    """
    wanted = condition.values if isinstance(condition, AnyOf) else (condition.value,)
    return [value for given in wanted if (value := _stored(given, kind)) is not None]


def bounds_of(condition: Range, kind: type) -> list[Bound]:
    """The ends of a range that say something about a column of `kind`.

    >>> bounds_of(Range("price", low=9.5), int)
    [Bound(value=10, lower=True, strict=False)]

    Raises:
        NothingPasses: no value of that kind lies in it.
    """
    ends = ((condition.low, True, condition.low_open), (condition.high, False, condition.high_open))
    bounds: list[Bound] = []
    for value, lower, strict in ends:
        if value is None:
            continue
        if kind is bool or kind_of(value) is not kind_of(kind()) or value != value:
            raise NothingPasses
        if isinstance(value, str):
            bounds.append(_text_bound(value, lower, strict))
        elif (bound := (_whole_bound if kind is int else _float_bound)(value, lower, strict)) is not None:
            bounds.append(bound)
    return bounds


def is_text(text: str) -> bool:
    """Whether a text can be stored; half of a surrogate pair cannot."""
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


def _stored(value: Value, kind: type) -> Value | None:
    """A value as a column of `kind` stores it, or None where it can store no equal one."""
    if kind_of(value) is not kind_of(kind()):
        return None
    if isinstance(value, str):
        return value if is_text(value) else None
    if kind is int:
        whole = int(value) if isinstance(value, int) or value.is_integer() else None
        return whole if whole is not None and LOWEST <= whole <= HIGHEST else None
    if kind is float:
        near = _nearest(value)
        return near if near == value else None
    return value


def _nearest(value: float) -> float:
    """The float next to a number; an infinite one where it is larger than every float."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _float_bound(value: float, lower: bool, strict: bool) -> Bound | None:
    near = _nearest(value)
    if math.isinf(near):
        return _beyond(near > 0, lower)
    # a whole number between two floats: the float on its other side is outside, whatever the bound says of itself
    return Bound(near, lower, strict if near == value else (near < value) == lower)


def _whole_bound(value: float, lower: bool, strict: bool) -> Bound | None:
    if math.isinf(_nearest(value)):
        return _beyond(value > 0, lower)
    # between two whole numbers the next one inside is the bound
    whole = math.ceil(value) if lower else math.floor(value)
    if not LOWEST <= whole <= HIGHEST:
        return _beyond(whole > 0, lower)
    return Bound(whole, lower, strict and whole == value)


def _beyond(above: bool, lower: bool) -> None:
    """A bound beyond everything that can be stored leaves nothing inside, or everything."""
    if above == lower:
        raise NothingPasses


def _text_bound(value: str, lower: bool, strict: bool) -> Bound:
    if is_text(value):
        return Bound(value, lower, strict)
    # no stored text begins with what stands before half a pair and that half; the next one that might is the bound
    place = next(place for place, letter in enumerate(value) if "\ud800" <= letter <= "\udfff")
    return Bound(value[:place] + AFTER_SURROGATES, lower, not lower)

"""Metadata turned into columns, so that a filter costs one vectorised comparison per condition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stbir.index.base import Metadata
from stbir.index.bounds import NothingPasses, bounds_of, values_of
from stbir.index.filters import Condition, Range, kind_of
from stbir.types import Value

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
_BESIDE = {
    (True, True): np.greater,
    (True, False): np.greater_equal,
    (False, True): np.less,
    (False, False): np.less_equal,
}


@dataclass(frozen=True, eq=False)
class NumberColumn:
    """A field of numbers; `present` is false where a record lacks it."""

    values: npt.NDArray[np.int64] | npt.NDArray[np.float64]
    present: Mask

    def mask(self, condition: Condition) -> Mask:
        kind = int if self.values.dtype.kind == "i" else float
        if not isinstance(condition, Range):
            inside = np.zeros(len(self.values), dtype=bool)
            for value in values_of(condition, kind):
                inside |= self.values == value
            return inside & self.present
        try:
            bounds = bounds_of(condition, kind)
        except NothingPasses:
            return np.zeros(len(self.values), dtype=bool)
        inside = self.present.copy()
        for bound in bounds:
            inside &= _BESIDE[bound.lower, bound.strict](self.values, bound.value)
        return inside

    def tally(self, rows: Rows | None) -> dict[Value, int]:
        """How often each number occurs, in all rows or in some."""
        part = slice(None) if rows is None else rows
        values, counts = np.unique(self.values[part][self.present[part]], return_counts=True)
        return dict(zip(values.tolist(), counts.tolist(), strict=True))


@dataclass(frozen=True, eq=False)
class WordColumn:
    """A field of texts or truth values, each distinct value once; `codes` says which, the last being "none"."""

    values: tuple[Value, ...]
    codes: npt.NDArray[np.int64]

    def mask(self, condition: Condition) -> Mask:
        accepted = np.array([condition.accepts(value) for value in self.values] + [False])
        return accepted[self.codes]

    def tally(self, rows: Rows | None) -> dict[Value, int]:
        """How often each value occurs, in all rows or in some; values that do not occur there are left out."""
        codes = self.codes if rows is None else self.codes[rows]
        counts = np.bincount(codes, minlength=len(self.values) + 1)[: len(self.values)]
        return {value: count for value, count in zip(self.values, counts.tolist(), strict=True) if count}


def column(records: Sequence[Metadata], field: str) -> NumberColumn | WordColumn:
    """The values that `records` have under `field`; they are of one type."""
    first = next((record[field] for record in records if field in record), "")
    if kind_of(first) is float:
        present = np.array([field in record for record in records], dtype=bool)
        numbers = [record.get(field, 0) for record in records]
        if type(first) is int:
            return NumberColumn(np.array(numbers, dtype=np.int64), present)
        return NumberColumn(np.array(numbers, dtype=np.float64), present)
    values = tuple({record[field]: None for record in records if field in record})
    code = {value: place for place, value in enumerate(values)}
    codes = [code[record[field]] if field in record else len(values) for record in records]
    return WordColumn(values, np.array(codes, dtype=np.int64))

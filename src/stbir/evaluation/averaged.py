"""All sketches of one photo as one query: easier than a query per sketch, and how some published numbers came about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import overload

from stbir.data.table import Queries
from stbir.errors import InputError
from stbir.types import Query


class Averaged(Sequence[Query]):
    """Queries with all sketches of the rows that look for one photo, put together when they are asked for.

    A method averages the vectors of several sketches before it adds the words. `first` is the number of the first row
    of each query.
    """

    def __init__(self, queries: Sequence[Query]) -> None:
        rows: dict[str | None, list[int]] = {}
        for number, instance in enumerate(_instances(queries)):
            rows.setdefault(instance, []).append(number)
        self.queries = queries
        self.rows = [*rows.values()]
        self.first = [numbers[0] for numbers in self.rows]

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, index: int) -> Query: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Query]: ...
    def __getitem__(self, index: int | slice) -> Query | Sequence[Query]:
        if isinstance(index, slice):
            return [self._together(numbers) for numbers in self.rows[index]]
        return self._together(self.rows[index])

    def _together(self, numbers: Sequence[int]) -> Query:
        queries = [self.queries[number] for number in numbers]
        asked = [*zip(numbers, queries, strict=True)]
        text = _one_of([(number, query.text) for number, query in asked if query.text], "words")
        _one_of([(number, query.photo.id if query.photo else "none") for number, query in asked], "reference photos")
        drawn = tuple(sketch for query in queries for sketch in query.sketches)
        return replace(queries[0], sketches=drawn, text=text)


def _one_of(said: Sequence[tuple[int, str]], what: str) -> str | None:
    """What all of some queries say alike, None where there is none."""
    if not said:
        return None
    first, value = said[0]
    for number, other in said[1:]:
        if other != value:
            raise InputError(
                f"the queries {first + 1} and {number + 1} look for one photo with different {what}, "
                f"{value[:40]!r} and {other[:40]!r}; averaged sketches need the same {what} for each photo"
            )
    return value


def _instances(queries: Sequence[Query]) -> list[str | None]:
    """What each query looks for, without reading sketches that lie in files."""
    if isinstance(queries, Queries):
        return [str(row.photo) for row in queries.rows]
    return [query.instance for query in queries]

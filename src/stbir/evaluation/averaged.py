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
        texts = [*dict.fromkeys(query.text for query in queries if query.text)]
        if len(texts) > 1:
            raise InputError(
                f"the queries {numbers[0] + 1} and {numbers[-1] + 1} look for one photo with different words, "
                f"{texts[0][:40]!r} and {texts[1][:40]!r}; averaged sketches need the same words for each photo"
            )
        if len({query.photo and query.photo.id for query in queries}) > 1:
            raise InputError(
                f"the queries {numbers[0] + 1} and {numbers[-1] + 1} look for one photo with different "
                "reference photos; averaged sketches need the same for each photo"
            )
        drawn = tuple(sketch for query in queries for sketch in query.sketches)
        return replace(queries[0], sketches=drawn, text=texts[0] if texts else None)


def _instances(queries: Sequence[Query]) -> list[str | None]:
    """What each query looks for, without reading sketches that lie in files."""
    if isinstance(queries, Queries):
        return [str(row.photo) for row in queries.rows]
    return [query.instance for query in queries]

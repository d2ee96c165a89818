"""Queries that read their sketch when they are asked for, so that a large data set needs no large memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload

from stbir.data.sketch_files import read_sketch
from stbir.types import Query


@dataclass(frozen=True)
class Asked:
    """A query before its sketch is read: a file or none, words or none, and what is sought."""

    sketch: Path | None
    text: str | None = None
    instance: str | None = None
    category: str | None = None

    def read(self) -> Query:
        """Read the sketch and put the query together.

        Raises:
            InputError: the sketch cannot be read.
        """
        sketches = () if self.sketch is None else (read_sketch(self.sketch),)
        return Query(sketches=sketches, text=self.text, instance=self.instance, category=self.category)


class AskedQueries(Sequence[Query]):
    """A sequence of queries over `asked`, each read anew whenever it is asked for."""

    def __init__(self, asked: Sequence[Asked]) -> None:
        self.asked = tuple(asked)

    def __len__(self) -> int:
        return len(self.asked)

    def __iter__(self) -> Iterator[Query]:
        return (asked.read() for asked in self.asked)

    @overload
    def __getitem__(self, index: int) -> Query: ...
    @overload
    def __getitem__(self, index: slice) -> AskedQueries: ...
    def __getitem__(self, index: int | slice) -> Query | AskedQueries:
        return AskedQueries(self.asked[index]) if isinstance(index, slice) else self.asked[index].read()

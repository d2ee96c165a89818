"""From a query to hits: the best photos, one for each object, and how each of them ranks by each part of the query."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from stbir.errors import InputError
from stbir.gallery.record import photo_of
from stbir.gallery.rerank import first_row, reranked
from stbir.index.base import Match, check_k
from stbir.index.filters import AnyOf, Equals, Filter
from stbir.index.mirror import Mirror
from stbir.types import Floats, Hit, Photo, Query

if TYPE_CHECKING:
    from stbir.methods.base import Method

DEEPEST = 1000
"""The last rank by one modality alone that is told where hits are objects of several photos."""
OBJECT, CATEGORY = "instance", "category"


@dataclass(frozen=True)
class Answer:
    """What a search found: the hits, how many photos or objects pass the filter, and the milliseconds of each stage."""

    hits: list[Hit]
    total: int
    took_ms: Mapping[str, float]


def answer(
    query: Query,
    *,
    method: Method,
    index: Mirror,
    folder: Path,
    k: int,
    offset: int,
    where: Filter | None,
    explain: bool,
) -> Answer:
    """Encode a query and find the best `k` photos after the first `offset`; a reference photo is no answer to itself.

    Photos with the same `instance` are views of one object: the best of them is the hit. A method that re-ranks orders
    the best hits anew, as many whatever `k` and `offset` are, so that pages fit together; what `explain` asks for are
    ranks by the vectors of each part. Where the filter leaves one category, the query is told of it.

    Raises:
        InputError: the query is empty, `k` below 1 or `offset` below 0.
    """
    k, offset = check_k(k), check_offset(offset)
    start = time.perf_counter()
    within = told(query, where)
    # a category that no photo has is nothing for a method to think about, let alone to keep in mind
    query = within if within is query or index.count(where) else query
    alone = _alone(query) if explain else {}
    asked = method.encode_queries([query, *alone.values()])
    vectors = asked.vectors
    encoded = time.perf_counter()
    itself = None if query.photo is None else query.photo
    ranking = _Ranking(index, where=where, itself=itself)
    if asked.tokens is None:
        found, reordered = ranking.best(vectors[0], offset + k), 0.0
    else:
        found = ranking.best(vectors[0], max(offset + k, method.shortlist))
        before = time.perf_counter()
        found = reranked(first_row(asked), found, method=method, index=index)
        reordered = time.perf_counter() - before
    matches = found[offset : offset + k]
    ranks = ranking.ranks(vectors[1:], [match.id for match in matches])
    records = {record.id: record for record in index.described([match.id for match in matches])}
    hits = [
        Hit(
            photo_of(match.id, records[match.id].metadata, folder=folder),
            match.score,
            rank,
            {name: place for name, places in zip(alone, ranks, strict=True) if (place := places[rank - offset - 1])},
        )
        for rank, match in enumerate(matches, start=offset + 1)
        if match.id in records
    ]
    total = ranking.total()
    took = {"encode": encoded - start, "search": time.perf_counter() - encoded - reordered}
    took |= {"rerank": reordered} if asked.tokens is not None else {}
    return Answer(hits, total, {stage: seconds * 1000 for stage, seconds in took.items()})


def told(query: Query, where: Filter | None) -> Query:
    """The query with the category that a filter narrows the search down to; one that it has already stays.

    As in an evaluation within a category: who ranks only its photos knows what is sought, and a method whose photos
    were seen with their category is to see the query with the same one.

    >>> told(Query(text="red"), Filter((Equals("category", "boots"),))).category
    'boots'
    """
    if query.category is not None or where is None:
        return query
    for condition in where.conditions:
        wanted = condition.values if isinstance(condition, AnyOf) else ()
        wanted = (condition.value,) if isinstance(condition, Equals) else wanted
        if condition.field == CATEGORY and len(wanted) == 1:
            return replace(query, category=str(wanted[0]))
    return query


def check_offset(offset: int) -> int:
    """How many hits to pass over.

    Raises:
        InputError: it is no whole number of at least 0.
    """
    if isinstance(offset, bool) or not isinstance(offset, int) or offset < 0:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InputError(f"offset must be a whole number of at least 0 (given: {offset!r})")
    return offset


def _alone(query: Query) -> dict[str, Query]:
    """The query reduced to each modality that it has."""
    bare = replace(query, sketches=(), text=None, photo=None, avoid=(), weights={})
    parts: dict[str, Query] = {}
    if query.sketches:
        parts["sketch"] = replace(bare, sketches=query.sketches)
    if query.text and query.text.strip():
        parts["text"] = replace(bare, text=query.text)
    if query.photo is not None:
        parts["photo"] = replace(bare, photo=query.photo)
    return parts


class _Ranking:
    """The order of an index, without the reference photo and its object, and object by object where there are any."""

    def __init__(self, index: Mirror, *, where: Filter | None, itself: Photo | None) -> None:
        self._index = index
        self._where = where
        self._itself = itself.id if itself is not None and itself.id in index else None
        self._own_object = None if self._itself is None else self._objects_of([self._itself])[self._itself]
        self._objects = bool(index.shared(OBJECT))

    def best(self, vector: Floats, count: int) -> list[Match]:
        """The best `count`."""
        wanted = count + 1 if not self._objects else 2 * count + 1
        while True:
            (found,) = self._index.search(vector[None], wanted, where=self._where)
            matches = self._distinct(found)
            if len(matches) >= count or len(found) < wanted:
                return matches[:count]
            wanted *= 4

    def ranks(self, vectors: Floats, ids: Sequence[str]) -> list[list[int | None]]:
        """The place of each of `ids` by each of some vectors."""
        if not len(vectors) or not ids:
            return [[None] * len(ids) for _ in vectors]
        if self._objects:
            orders = [{match.id: place for place, match in enumerate(self.best(v, DEEPEST), start=1)} for v in vectors]
            known = [self._by_object(order) for order in orders]
            objects = self._objects_of(ids)
            return [[places.get(objects[id]) for id in ids] for places in known]
        asked = [*ids, self._itself] if self._itself is not None else [*ids]
        found = self._index.ranks(vectors, asked, where=self._where)
        return [self._without_itself(places) if self._itself is not None else places for places in found]

    def total(self) -> int:
        """How many photos, or objects, there are to be found."""
        count = self._index.count(self._where)
        if self._objects:
            views = self._index.tally(OBJECT, where=self._where)
            count += len(views) - sum(views.values())
        return count - (self._itself is not None and self._passes(self._itself))

    def _passes(self, id: str) -> bool:
        (record,) = self._index.described([id])
        return self._where is None or self._where.accepts(record.metadata)

    def _without_itself(self, places: list[int | None]) -> list[int | None]:
        own = places[-1]
        return [None if p is None else p - (own is not None and own < p) for p in places[:-1]]

    def _distinct(self, found: Sequence[Match]) -> list[Match]:
        if not self._objects:
            return [match for match in found if match.id != self._itself]
        objects = self._objects_of([match.id for match in found])
        seen = {self._own_object} if self._own_object is not None else set[str | None]()
        kept: list[Match] = []
        for match in found:
            name = objects[match.id]
            if match.id != self._itself and name not in seen:
                seen.add(name)
                kept.append(match)
        return kept

    def _by_object(self, order: Mapping[str, int]) -> dict[str, int]:
        objects = self._objects_of(list(order))
        return {objects[id]: place for id, place in order.items()}

    def _objects_of(self, ids: Sequence[str]) -> dict[str, str]:
        """What object each photo shows; one without a name is an object of its own."""
        records = {record.id: record.metadata for record in self._index.described(ids)}
        return {id: f"i{records[id][OBJECT]}" if OBJECT in records.get(id, {}) else f"p{id}" for id in ids}

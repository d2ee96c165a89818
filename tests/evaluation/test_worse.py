"""A degraded split asks for the same photos, with worse sketches and fewer words, the same for every model."""

from dataclasses import replace

import numpy as np

from stbir.data import drawn
from stbir.evaluation.worse import worse
from stbir.functional.strokes import rasterise
from stbir.types import Query, Sketch, Split


def split_of(count: int = 12) -> Split:
    pairs = [drawn.draw("chair", seed, size=32, distortion=0.3).pair() for seed in range(count)]
    return Split("s", [query for query, _ in pairs], [photo for _, photo in pairs])


def picture(query: Query) -> bytes:
    return rasterise(query.sketches[0], 64).tobytes()


def test_every_query_is_worse_and_seeks_the_same() -> None:
    whole = split_of()
    changed = worse(whole, seed=1)
    assert changed.photos is whole.photos
    assert len(changed.queries) == len(whole.queries)
    for before, after in zip(whole.queries, changed.queries, strict=True):
        assert (after.instance, after.category) == (before.instance, before.category)
        assert picture(after) != picture(before)
        assert set((after.text or "").split()) <= set((before.text or "").split())
        assert 0 < len((after.text or "").split()) < len((before.text or "").split())


def test_seed_and_place_decide() -> None:
    whole = split_of()
    first, again, other = (worse(whole, seed=seed).queries for seed in (1, 1, 2))
    assert [picture(q) for q in first] == [picture(q) for q in again] == [picture(first[i]) for i in range(12)]
    assert [q.text for q in first] == [q.text for q in again]
    assert sum(picture(a) != picture(b) for a, b in zip(first, other, strict=True)) > 6
    assert [picture(q) for q in first[3:5]] == [picture(first[3]), picture(first[4])]
    assert picture(first[-1]) == picture(first[11])


def test_strength_zero_changes_nothing_and_parts_that_are_not_there_are_left_alone() -> None:
    whole = split_of(3)
    for before, after in zip(whole.queries, worse(whole, seed=0, strength=0).queries, strict=True):
        assert (picture(after), after.text) == (picture(before), before.text)
    raster = Sketch(raster=np.pad(np.zeros((8, 8), np.uint8), 8, constant_values=255))
    asked = [Query(text="red shoe with laces"), Query(sketches=(raster,))]
    said, shown = worse(replace(whole, queries=asked), seed=0).queries
    assert said.sketches == ()
    assert shown.text is None
    assert picture(shown) != picture(asked[1])

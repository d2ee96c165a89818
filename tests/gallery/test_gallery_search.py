"""What a gallery answers: filters, reference photos, every part of a query, and what is no query."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from grid_method import GridMethod
from painted import broken
from PIL import Image

from stbir.errors import EmptyQuery, InputError, StbirError, UnknownName
from stbir.gallery import Gallery
from stbir.index.filters import Equals, Filter, as_filter
from stbir.types import Encoded, Query, Sketch


def test_filters_reach_the_search(photos: Path) -> None:
    gallery = Gallery.open(photos, GridMethod())
    for where in (
        ["category=blue"],
        "category=blue",
        {"category": "blue"},
        {"category": ["blue"]},
        Filter((Equals("category", "blue"),)),
    ):
        assert {hit.photo.category for hit in gallery.search(text="red", where=where)} == {"blue"}
    assert len(gallery.search(text="red", where=["category=blue|green"], k=50)) == 8
    assert gallery.search(text="red", where=["category=none"]) == []
    for where in (["colour=blue"], {"colour": "blue"}, {"_size": 3}, ["_size=3"], Filter((Equals("x", 1),))):
        with pytest.raises(UnknownName, match=r"unknown field .*\(known: category, name, path\)"):
            gallery.search(text="red", where=where)
    with pytest.raises(InputError, match="is no filter"):
        gallery.search(text="red", where=["category=x' OR '1'='1"])
    with pytest.raises(InputError, match=r"field 'category' is str, not int \(3\)"):
        gallery.search(text="red", where={"category": 3})


class Listening(GridMethod):
    """Remembers the categories that it was told with the queries."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str | None] = []

    def encode_queries(self, queries: Sequence[Query]) -> Encoded:
        self.told += [query.category for query in queries]
        return super().encode_queries(queries)


@pytest.mark.parametrize(
    ("where", "told"),
    [
        (None, None),
        (["category=blue"], "blue"),
        (["name=0|1", "category=blue"], "blue"),
        ({"category": ["blue"]}, "blue"),
        ({"category": ["blue", "red"]}, None),
        (["category=a..blue"], None),
        (["name=blue"], None),
        (["category=violet"], None),
    ],
)
def test_a_query_is_told_of_the_category_that_a_filter_leaves(photos: Path, where: Any, told: str | None) -> None:
    method = Listening()
    gallery = Gallery.open(photos, method)
    gallery.search(text="red", where=where, explain=True)
    assert method.told == [told] * 2
    method.told.clear()
    gallery.search_query(Query(text="red", category="green"), where=as_filter(where, gallery.fields()))
    assert method.told == ["green"]


def test_a_reference_photo_is_not_its_own_answer(photos: Path) -> None:
    gallery = Gallery.open(photos, GridMethod())
    hits = gallery.search(photo="red/deep/1.png", k=3)
    assert sorted(hit.photo.id for hit in hits) == ["red/deep/0.png", "red/deep/2.png", "red/deep/3.png"]
    assert len(gallery.search(photo="red/deep/1.png", k=100)) == 12
    by_file = gallery.search(photo=photos / "red" / ".." / "red/deep/1.png", k=3)
    assert [hit.photo.id for hit in by_file] == [hit.photo.id for hit in hits]
    shutil.copy(photos / "red/deep/1.png", photos.parent / "elsewhere.png")
    assert gallery.search(photo=photos.parent / "elsewhere.png", k=1)[0].photo.id == "red/deep/1.png"
    assert "red/deep/1.png" in [hit.photo.id for hit in gallery.search(photo="red/deep/0.png", k=3)]
    for missing in ("red/deep/9.png", "x" * 5000, "", "a\0b"):
        with pytest.raises(InputError, match="neither a photo of this gallery nor a file"):
            gallery.search(photo=missing)
    broken(photos / "b.jpg")
    with pytest.raises(InputError, match="cannot read"):
        gallery.search(photo=photos / "b.jpg")


def test_the_parts_of_a_query_arrive(photos: Path) -> None:
    gallery = Gallery.open(photos, GridMethod())
    paper = Sketch(raster=np.pad(np.zeros((1, 4), np.uint8), 20, constant_values=255))
    assert gallery.search(sketch=paper, k=1)[0].photo.id == "white.png"
    assert gallery.search(sketch=[paper, paper], k=1)[0].photo.id == "white.png"
    Image.fromarray(np.pad(np.zeros((2, 30), np.uint8), 20, constant_values=255)).save(photos.parent / "line.png")
    assert gallery.search(sketch=photos.parent / "line.png", k=1)[0].photo.id == "white.png"
    with pytest.raises(InputError, match=r"missing\.svg"):
        gallery.search(sketch=[paper, str(photos / "missing.svg")])
    assert gallery.search(text="red blue", avoid="red", k=1)[0].photo.category == "blue"
    assert gallery.search_query(Query(text="green"), k=1)[0].photo.category == "green"
    with pytest.raises(EmptyQuery):
        gallery.search()
    for k in (0, -3):
        with pytest.raises(InputError, match="k must be"):
            gallery.search(text="red", k=k)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"sketch": 42}, "a sketch must be a Sketch, the path of a file or its bytes, not int"),
        ({"sketch": [Image.new("L", (9, 9))]}, "a sketch must be .* not Image"),
        ({"sketch": {"strokes": []}}, "a sketch must be .* not dict"),
        ({"sketch": b"<html/>"}, "cannot read the sketch: it is XML, but not an SVG"),
        ({"sketch": Sketch()}, "the sketch is empty"),
        ({"sketch": Sketch(raster=np.full((9, 9), 255, np.uint8))}, "the sketch is empty"),
        ({"sketch": Sketch(raster=np.zeros((9, 9)))}, r"must be uint8 .*, not float64 \(9, 9\)"),
        ({"sketch": Sketch(strokes=(np.full((2, 2), np.nan, np.float32),))}, "coordinate 1 of stroke 1 is not"),
        ({"sketch": Sketch(strokes=(np.ones((1, 2), np.float32),))}, "the sketch is a single point"),
        ({"text": 42}, r"text must be words in a str, not int \(42\)"),
        ({"text": ["red"]}, "text must be words in a str, not list"),
        ({"text": "red", "avoid": 5}, "avoid must be words"),
        ({"text": "red", "avoid": ["blue", 5]}, "avoid must be words"),
        ({"text": "red", "weights": ["text"]}, "weights must be a mapping"),
        ({"text": "red", "weights": {"text": "1"}}, "the weight of text must be a number, not '1'"),
        ({"photo": 42}, "photo must be the id of a photo or the path of a file, not int"),
        ({"text": "red", "where": 5}, "5 is no filter"),
        ({"text": "red", "where": ["category=red", 5]}, "5 is no filter"),
        ({"text": "red", "where": {"category": None}}, "field 'category' is wanted to be None"),
        ({"text": "red", "where": {"category": {"a": 1}}}, "field 'category' is wanted to be"),
        ({"text": "red", "where": {3: "a"}}, "unknown field '3'"),
        ({"text": "red", "k": "5"}, "k must be a whole number of at least 1"),
    ],
)
def test_what_is_no_query_is_told_in_one_line(photos: Path, asked: dict[str, Any], says: str) -> None:
    with pytest.raises(StbirError, match=says) as told:
        Gallery.open(photos, GridMethod()).search(**asked)
    assert "\n" not in str(told.value)


def test_half_an_emoji_is_no_reason_to_fail(photos: Path) -> None:
    method = GridMethod()
    seen: list[Query] = []
    method.encode_queries = lambda queries: seen.extend(queries) or GridMethod().encode_queries([Query(text="red")])
    Gallery.open(photos, method).search(text="red \ud83d", avoid=["", " ", "blue\udcff"])
    assert (seen[0].text, seen[0].avoid) == ("red ?", ("blue?",))


def test_stages_are_timed(photos: Path) -> None:
    answer = Gallery.open(photos, GridMethod()).timed_search(text="red", k=2)
    assert list(answer.took_ms) == ["read", "encode", "search", "total"]
    assert min(answer.took_ms.values()) >= 0
    assert answer.took_ms["total"] == pytest.approx(sum(answer.took_ms.values()) / 2)
    assert len(answer.hits) == 2

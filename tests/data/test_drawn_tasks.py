"""Other ways to ask for drawn objects: what is asked, what answers it, and what stands in the way."""

import numpy as np
import pytest

from stbir.data.drawn.styles import STYLES
from stbir.data.drawn.tasks import changed_objects, shelves, styled_objects
from stbir.errors import InputError
from stbir.types import Photo, Split


def picture(photo: Photo) -> np.ndarray:
    return np.asarray(photo.image).astype(int)


def test_like_this_but_in_words() -> None:
    split = changed_objects(6, seed=0, size=64)
    assert len(split.photos) == 18
    assert len({photo.id for photo in split.photos}) == 18
    assert 12 <= len(split.queries) <= 18  # where no shape can be changed there is another colour
    shown = {photo.id for photo in split.photos}
    for query in split.queries:
        assert query.instance in shown
        assert query.text
        assert not query.sketches
        assert query.photo is not None
        assert query.photo.id not in shown
        assert not any((picture(query.photo) == picture(photo)).all() for photo in split.photos)
    by_sketch = changed_objects(6, seed=0, size=64, reference="sketch")
    assert [query.text for query in by_sketch.queries] == [query.text for query in split.queries]
    assert all(query.sketches and query.photo is None for query in by_sketch.queries)


def test_another_style_of_another_object() -> None:
    split = styled_objects(3, seed=0, size=96)
    assert len(split.photos) == len(split.queries) == 3 * len(STYLES)
    for query in split.queries:
        assert query.category is not None
        assert query.category.endswith(f"/{query.text}")
        assert [photo for photo in split.photos if photo.category == query.category]
    per_style = {style: [picture(p) for p in split.photos if p.category.endswith(style)] for style in STYLES}  # type: ignore[union-attr]
    for first, of_first in per_style.items():
        for second, of_second in per_style.items():
            if first < second:
                assert all(abs(a - b).mean() > 5 for a, b in zip(of_first, of_second, strict=True)), (first, second)


@pytest.mark.parametrize("style", list(STYLES))
def test_a_style_keeps_shape_and_type(style: str) -> None:
    white = np.full((64, 48, 3), 255, np.uint8)
    white[16:48, 12:36] = (200, 30, 30)
    done = STYLES[style](white)
    assert (done.shape, done.dtype) == (white.shape, np.uint8)
    assert done.std() > 3, "what was there is still to be seen"


def test_a_shelf_is_found_by_what_stands_on_it() -> None:
    split = shelves(3, seed=0, size=128)
    assert [picture(photo).shape for photo in split.photos] == [(128, 128, 3)] * 3
    assert len(split.queries) == 12
    assert {query.instance for query in split.queries} == {photo.instance for photo in split.photos}
    words = [query.text for query in split.queries]
    assert len(set(words)) > 8


def names(split: Split) -> list[object]:
    return [(photo.id, picture(photo).sum()) for photo in split.photos] + [query.text for query in split.queries]


@pytest.mark.parametrize("make", [changed_objects, styled_objects, shelves])
def test_the_seed_decides(make) -> None:
    assert names(make(2, seed=1, size=64)) == names(make(2, seed=1, size=64))
    assert names(make(2, seed=1, size=64)) != names(make(2, seed=2, size=64))
    with pytest.raises(InputError, match="draw at least 1"):
        make(0, seed=0, size=64)
    with pytest.raises(InputError, match="pixels wide"):
        make(1, seed=0, size=1)

"""Wrong things come from the same virtual class where there are any, and never from the row's own object."""

from __future__ import annotations

import random

import numpy as np
import pytest

from stbir.errors import ConfigError
from stbir.methods.base import Method
from stbir.training.pairs.negatives import Wrong
from stbir.training.pairs.prepared import Prepared

# Item 1 is a near duplicate of item 0; items 2 and 3 are described alike; item 5 has no class; class 2 has one item.
OBJECTS = np.array([0, 0, 2, 3, 4, 5, 6])
CLASSES = np.array([0, 0, 0, 0, 1, -1, 2])
WORDS = ("red", "crimson", "blue", "blue", "green", "grey", "white", "pale")


@pytest.fixture
def wrong() -> Wrong:
    empty = np.zeros((7, 2, 2, 3), np.uint8)
    return Wrong(
        Prepared(
            photos=empty, looked=empty, sketches=np.zeros((8, 2, 2), np.uint8), strokes=(None,) * 8, words=WORDS,
            first_sketch=np.array([0, 1, 2, 4, 5, 6, 7, 8]), first_word=np.array([0, 1, 2, 3, 4, 5, 6, 8]),
            objects=OBJECTS, names=("",) * 7, categories=(None,) * 7, look=Method.look,
            extra=np.zeros(7, np.bool_),
        ),
        CLASSES,
    )  # fmt: skip


def drawn(choose, item: int, count: int = 3) -> set[int]:
    return {row for seed in range(60) for row in choose(item, count, random.Random(seed))}


def test_photos_are_of_the_same_class_but_never_of_the_same_object(wrong: Wrong) -> None:
    assert drawn(wrong.photos, 0) == {2, 3}
    assert drawn(wrong.photos, 2) == {0, 1, 3}
    # nothing else in the class, or no class: all others
    assert drawn(wrong.photos, 4) == {0, 1, 2, 3, 5, 6}
    assert drawn(wrong.photos, 5) == {0, 1, 2, 3, 4, 6}


def test_sketches_are_chosen_like_photos(wrong: Wrong) -> None:
    assert drawn(wrong.sketches, 0) == {2, 3, 4}  # item 2 has two sketches
    assert drawn(wrong.sketches, 6) == {0, 1, 2, 3, 4, 5, 6}


def test_words_differ_and_are_not_said_of_the_own_object(wrong: Wrong) -> None:
    assert drawn(wrong.words, 0) == {2, 3, 4, 5, 6, 7}  # not "crimson", said of its near duplicate
    assert drawn(wrong.words, 2) == {0, 1, 4, 5, 6, 7}  # not "blue", which item 3 is called too
    assert drawn(wrong.words, 6) == {0, 1, 2, 3, 4, 5}


def test_nothing_comes_twice_before_all_came_once(wrong: Wrong) -> None:
    for seed in range(20):
        assert sorted(wrong.photos(0, 2, random.Random(seed))) == [2, 3]
        assert sorted(wrong.photos(2, 6, random.Random(seed))) == [0, 0, 1, 1, 3, 3]
        assert len(set(wrong.words(0, 6, random.Random(seed)))) == 6


def test_nothing_wrong_to_be_had_is_said(wrong: Wrong) -> None:
    alone = Wrong(wrong.prepared, CLASSES)
    object.__setattr__(alone.prepared, "objects", np.zeros(7, int))
    with pytest.raises(ConfigError, match="show one object"):
        alone.photos(0, 1, random.Random(0))
    with pytest.raises(ConfigError, match="described alike"):
        alone.words(0, 1, random.Random(0))


def test_batches_carry_what_the_stage_asks_for(opened, method, stage) -> None:
    pairs = opened(validation=0, virtual_classes="category")
    assert pairs.classes == 2
    sides = ("photo", "text")
    batch = pairs.batches(method, stage(batch_size=5, negatives=3, negatives_of=sides))[0]
    wrong = batch.negatives
    assert (wrong.each, wrong.photos.shape, wrong.sketches) == (3, (15, 64, 64, 3), None)
    assert wrong.ids.shape == wrong.mask.shape == (15, wrong.ids.shape[1])
    prepared = pairs.prepared
    categories = {picture.tobytes(): kind for picture, kind in zip(prepared.looked, prepared.categories, strict=True)}
    numbers = {"chair": 0, "shoe": 1}
    assert batch.classes.tolist() == [numbers[kind] for kind in batch.categories]
    for row, kind in enumerate(batch.categories):
        of_row = [picture.tobytes() for picture in wrong.photos[3 * row : 3 * row + 3]]
        assert {categories[picture] for picture in of_row} == {kind}
        assert len(set(of_row)) == 3
        assert batch.photos[row].tobytes() not in of_row
    for nothing in (stage(negatives=3), stage(negatives_of=sides)):
        assert pairs.batches(method, nothing)[0].negatives is None


def test_wrong_things_can_come_from_everywhere(opened, method, stage) -> None:
    pairs = opened(validation=0, virtual_classes="category")
    categories = dict(zip((p.tobytes() for p in pairs.prepared.looked), pairs.prepared.categories, strict=True))
    for same_class in (True, False):
        asked = stage(batch_size=5, negatives=6, negatives_of=("photo",), same_class=same_class)
        batch = pairs.batches(method, asked)[0]
        strange = [
            categories[photo.tobytes()] != batch.categories[row // 6]
            for row, photo in enumerate(batch.negatives.photos)
        ]
        assert any(strange) != same_class
        assert batch.classes is not None, "the head may still want them"

"""Unpaired batches tell nothing of who was drawn after whom; photos and sketches that have no partner are used."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from stbir.data import sets
from stbir.data.asked import Asked, AskedQueries
from stbir.errors import ConfigError, InputError
from stbir.training.batches import stream
from stbir.training.pairs.negatives import Wrong
from stbir.training.pairs.source import open_pairs


def marked(pairs):
    """The same with sketches that can be told apart: each is as grey as the number of its row."""
    sketches = (
        np.zeros_like(pairs.prepared.sketches) + np.arange(len(pairs.prepared.sketches), dtype=np.uint8)[:, None, None]
    )
    return replace(pairs, prepared=replace(pairs.prepared, sketches=sketches))


def shown(pairs, batches, steps: int) -> list[tuple[int, int]]:
    """Photo and marked sketch of every row of some steps, as places in what was prepared."""
    photos = {picture.tobytes(): place for place, picture in enumerate(pairs.prepared.looked)}
    assert len(photos) == len(pairs.prepared)
    return [
        (photos[photo.tobytes()], int(sketch[0, 0, 0]))
        for step in range(steps)
        for photo, sketch in zip(batches[step].photos, batches[step].sketches, strict=True)
    ]


def owner(pairs, row: int) -> int:
    return int(np.searchsorted(pairs.prepared.first_sketch, row, side="right")) - 1


def test_no_photo_ever_meets_its_sketch(opened, method, stage) -> None:
    pairs = marked(opened(validation=0, unpaired=True))
    prepared = pairs.prepared
    seen = shown(pairs, pairs.batches(method, stage()), 120)
    for photo, sketch in seen:
        assert prepared.categories[owner(pairs, sketch)] == prepared.categories[photo]
        assert prepared.objects[owner(pairs, sketch)] != prepared.objects[photo]  # near duplicates included
    first = prepared.names.index("chair-v1/photo/000.png")
    met = {sketch for photo, sketch in seen if photo == first}
    chairs = {row for row in range(len(prepared.sketches)) if prepared.categories[owner(pairs, row)] == "chair"}
    assert met == chairs - set(prepared.sketches_of(first))
    assert {sketch for _, sketch in seen} == set(range(len(prepared.sketches)))


def test_paired_batches_do_what_the_test_above_looks_for(opened, method, stage) -> None:
    pairs = marked(opened(validation=0))
    assert all(owner(pairs, sketch) == photo for photo, sketch in shown(pairs, pairs.batches(method, stage()), 12))


def test_a_step_is_the_same_whenever_and_by_whom_it_is_made(opened, method, stage) -> None:
    first, again = (opened(unpaired=True).batches(method, stage()) for _ in range(2))
    for late in (again[9], next(stream(first, first=9, stop=10, workers=1))):
        assert np.array_equal(first[9].sketches, late.sketches)
    other = opened(unpaired=True).batches(method, stage(name="image"))
    assert not np.array_equal(first[9].sketches, other[9].sketches)


def test_an_object_alone_in_its_category_keeps_its_sketch(opened, method, stage) -> None:
    pairs = marked(opened(validation=0, unpaired=True))
    prepared = pairs.prepared
    alone = prepared.names.index("shoe-v1/photo/000.png")
    kinds = tuple("lonely" if place == alone else kind for place, kind in enumerate(prepared.categories))
    lonely = replace(pairs, prepared=replace(prepared, categories=kinds))
    met = {sketch for photo, sketch in shown(lonely, lonely.batches(method, stage()), 60) if photo == alone}
    assert met == set(prepared.sketches_of(alone))


def test_photos_without_a_sketch_are_used_where_no_pairs_are_asked_for(opened, method, stage) -> None:
    """Shoe 009 has no sketch; shoe 010 has no words, which its category may stand for."""
    counts = {}
    for unpaired in (False, True):
        for words in ("given", "category"):
            pairs = opened(validation=0, unpaired=unpaired, words=words)
            counts[unpaired, words] = (len(pairs.prepared), pairs.skipped)
    assert counts == {
        (False, "given"): (22, 2),
        (False, "category"): (23, 1),
        (True, "given"): (23, 1),
        (True, "category"): (24, 0),
    }
    pairs = marked(opened(validation=0, unpaired=True, words="category"))
    prepared = pairs.prepared
    bare, silent = (prepared.names.index(f"shoe-v1/photo/{name}.png") for name in ("009", "010"))
    assert len(prepared.sketches_of(bare)) == 0
    assert [prepared.words[row] for row in prepared.words_of(silent)] == ["a photo of a shoe"]
    assert prepared.words[prepared.words_of(bare)[0]].startswith("number 9")
    asked = stage(negatives=3, negatives_of=("sketch",))
    batches = pairs.batches(method, asked)
    assert bare in {photo for photo, _ in shown(pairs, batches, 12)}
    wrong = {int(picture[0, 0, 0]) for step in range(8) for picture in batches[step].negatives.sketches}
    assert wrong <= set(range(len(prepared.sketches)))
    single = replace(prepared, sketches=prepared.sketches[:1], first_sketch=np.array([0] + [1] * len(prepared)))
    with pytest.raises(ConfigError, match="there are no wrong sketches"):
        Wrong(single, np.full(len(prepared), -1)).sketches(0, 1, random.Random(0))


def test_words_of_a_category_are_not_asked_with(opened) -> None:
    pairs = opened(validation=0.4, words="category")
    held = pairs.held_out
    assert not any((query.text or "").startswith("a photo of") for query in held.queries)


def test_sketches_that_are_nobodys_are_dealt_within_their_category(
    method, stage, root: Path, data, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = sets.load

    def by_category(name, *arguments, **options):
        """As the sets of categories are: each sketch seeks any photo of its class, and nothing is said."""
        split = load(name, *arguments, **options)
        asked = [Asked(one.sketch, category=split.photos[0].category) for one in split.queries.asked]
        photos = tuple(replace(photo, captions=()) for photo in split.photos)
        return replace(split, queries=AskedQueries(asked), photos=photos)

    monkeypatch.setattr(sets, "load", by_category)
    plain = {"validation": 0, "words": "category", "sets": [{"name": "chair-v1", "folder": "chairs"}]}
    with pytest.raises(InputError, match=r"no photo of chair-v1 .* a sketch and words$"):
        open_pairs(data(**plain), root=root, seed=1, method=method)
    with pytest.raises(InputError, match='words; words = "category" has photos told'):
        open_pairs(data(unpaired=True, **plain | {"words": "given"}), root=root, seed=1, method=method)
    pairs = marked(open_pairs(data(unpaired=True, **plain), root=root, seed=1, method=method))
    assert (len(pairs.prepared), len(pairs.prepared.sketches), pairs.held_out) == (10, 10, None)
    assert {sketch for _, sketch in shown(pairs, pairs.batches(method, stage()), 40)} == set(range(10))

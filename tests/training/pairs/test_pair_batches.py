"""Batches of pairs visit every photo once an epoch and are a function of seed, stage and step alone."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import fields, replace
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
import torch
from PIL import Image

from stbir.data import sets
from stbir.errors import ConfigError, InputError
from stbir.functional.contours import contours
from stbir.methods.batch import Batch
from stbir.methods.two_views import TwoViews, TwoViewsConfig
from stbir.training.batches import stream
from stbir.training.curriculum import Curriculum
from stbir.training.pairs.source import open_pairs

EVERYTHING = {"mirror": True, "move": 0.5, "move_photo": 0.5, "forget_word": 0.3, "virtual_classes": "category"}
EVERYTHING |= {"bend": 0.5, "sway": 0.5}
HARD = Curriculum(p0=0.5, p_max=0.9, ramp=2)


def blocks(seed: str) -> Image.Image:
    """A picture of coloured blocks, unlike those of any other seed."""
    values = np.random.default_rng(list(seed.encode())).integers(0, 256, (4, 4, 3)).astype(np.uint8)
    return Image.fromarray(values.repeat(24, axis=0).repeat(24, axis=1))


def same(one: Batch, other: Batch) -> bool:
    def equal(a, b) -> bool:
        if isinstance(a, np.ndarray | torch.Tensor):
            return np.array_equal(np.asarray(a), np.asarray(b))
        if isinstance(a, dict):
            return a.keys() == b.keys() and all(equal(a[key], b[key]) for key in a)
        if hasattr(a, "each"):
            return same(a, b)
        return a == b

    return all(equal(getattr(one, field.name), getattr(other, field.name)) for field in fields(one))


def test_an_epoch_is_every_photo_once(opened, method, stage) -> None:
    pairs = opened(validation=0)
    count = len(pairs.prepared)
    assert (count, pairs.skipped) == (14 + 10 - 2, 2)
    assert pairs.steps(stage(epochs=3)) == 3 * 6
    assert pairs.steps(stage(epochs=None, steps=7)) == 7
    batches = pairs.batches(method, stage())
    epochs = [[name for step in range(6 * e, 6 * e + 6) for name in _photos(pairs, batches[step])] for e in range(3)]
    for epoch in epochs:
        assert sorted(epoch[:count]) == list(range(count))
        assert len(set(epoch[20:])) == 4  # the last batch is full and has nothing twice
    assert len({tuple(epoch) for epoch in epochs}) == 3
    tail = [row for row in epochs[1][:4] if row not in epochs[0][20:22]]
    assert epochs[0][22:24] == tail[:2]


def _photos(pairs, batch: Batch) -> list[int]:
    """Which photo each row shows."""
    return [
        next(i for i, picture in enumerate(pairs.prepared.looked) if np.array_equal(picture, row))
        for row in batch.photos
    ]


def test_rows_belong_together_and_every_sketch_has_its_turn(opened, method, stage) -> None:
    pairs = opened(validation=0)
    prepared = pairs.prepared
    batches = pairs.batches(method, stage())
    seen: Counter[int] = Counter()
    for step in range(60):
        batch = batches[step]
        for row, item in enumerate(_photos(pairs, batch)):
            own = [
                i
                for i in prepared.sketches_of(item)
                if np.array_equal(prepared.sketches[i], batch.sketches[row, ..., 0])
            ]
            assert own
            seen.update(own)
            said = prepared.words[prepared.words_of(item)[0]]
            ids, _ = method.backbone.preprocessing.text([said])
            assert batch.ids[row][batch.mask[row].bool()].tolist() == ids[0].tolist()
            assert batch.instances[row] == prepared.names[item]
            assert batch.classes is None
    assert seen.keys() == set(range(len(prepared.sketches)))
    assert len(prepared.sketches) == len(prepared) + 3
    assert max(seen[i] for i in prepared.sketches_of(prepared.names.index("shoe-v1/photo/000.png"))) < 10


def test_a_step_is_the_same_whenever_and_by_whom_it_is_made(opened, method, stage) -> None:
    one = stage(curriculum=HARD, negatives=2, negatives_of=("photo", "sketch", "text"))
    first, again = (opened(**EVERYTHING).batches(method, one) for _ in range(2))
    late = again[9]
    assert same(first[9], late)
    assert not same(first[8], late)
    assert same(next(stream(first, first=9, stop=10, workers=1)), late)
    assert not same(opened(**EVERYTHING).batches(method, replace(one, name="image"))[9], late)


def test_the_order_of_files_decides_nothing(opened, method, stage, monkeypatch: pytest.MonkeyPatch) -> None:
    one = stage(curriculum=HARD, negatives=2, negatives_of=("photo", "text"))
    settings = EVERYTHING | {"folds": 3, "virtual_classes": "kmeans"}
    before = opened(**settings).batches(method, one)[3]
    load = sets.load

    def backwards(*arguments, **options):
        split = load(*arguments, **options)
        return replace(split, photos=split.photos[::-1], queries=split.queries[::-1])

    monkeypatch.setattr(sets, "load", backwards)
    assert same(opened(**settings).batches(method, one)[3], before)


def test_mirrored_rows_are_mirrored_on_both_sides(opened, method, stage) -> None:
    plain, mirrored = (opened(validation=0, mirror=mirror).batches(method, stage())[0] for mirror in (False, True))
    turned = 0
    for row in range(4):
        flip = not np.array_equal(plain.photos[row], mirrored.photos[row])
        turned += flip
        step = -1 if flip else 1
        assert np.array_equal(plain.photos[row][:, ::step], mirrored.photos[row])
        assert np.array_equal(plain.sketches[row][:, ::step], mirrored.sketches[row])
    assert 0 < turned < 4


def test_validation_is_read_once_and_can_be_asked(opened, method) -> None:
    held = opened(validation=0.3).held_out
    assert len(held.photos) == 4 + 1 + 3  # one of the four shoes is there twice
    assert {photo.category for photo in held.photos} == {"shoe", "chair"}
    assert len(held.queries) in (7, 8)  # the shoe without a sketch may be among them
    assert all(photo.image is not None for photo in held.photos)
    assert {query.instance for query in held.queries} <= {photo.instance for photo in held.photos}
    assert method.encode_queries(list(held.queries)).vectors.shape[0] == len(held.queries)
    assert opened(validation=0).held_out is None


def test_what_cannot_be_trained_on_is_said(opened, method, root: Path, stage, tmp_path: Path, data) -> None:
    pairs = opened()
    with pytest.raises(ConfigError, match=r"batches of 99, but there are \d+ photos"):
        pairs.batches(method, stage(batch_size=99))
    silent = tmp_path / "silent"
    silent.mkdir()
    (silent / "photo").symlink_to(root / "shoes/photo")
    (silent / "sketch").symlink_to(root / "shoes/sketch")
    alone = data(sets=[{"name": "shoe-v1", "folder": "silent"}])
    with pytest.raises(InputError, match="both a sketch and words"):
        open_pairs(alone, root=tmp_path, seed=0, method=method)


@pytest.fixture
def two_views(method) -> TwoViews:
    return TwoViews(method.backbone, TwoViewsConfig(grid=2, cells=4, place_dimension=16))


def test_degraded_photos_are_looked_at_after_they_were_degraded(root: Path, data, two_views, stage) -> None:
    pairs = open_pairs(data(validation=0), root=root, seed=0, method=two_views)
    always = Curriculum(p0=1, p_max=1, s0=0.5, s_max=0.5)
    batch = pairs.batches(two_views, stage(curriculum=always, negatives=2, negatives_of=("photo", "sketch")))[0]
    clean = {picture.tobytes() for picture in pairs.prepared.looked}
    for photo in (*batch.photos, *batch.negatives.photos):
        assert np.array_equal(photo[..., 3], contours(photo[..., :3]))
        assert photo.tobytes() not in clean
    assert np.shares_memory(pairs.prepared.photos, pairs.prepared.looked)
    assert batch.strengths.tolist() == [0.5] * 4
    drawn = {picture.tobytes() for picture in pairs.prepared.sketches}
    assert not any(sketch[..., 0].tobytes() in drawn for sketch in (*batch.sketches, *batch.negatives.sketches))


def test_another_method_than_the_first_looks_for_itself(opened, method, two_views, stage) -> None:
    batch = opened().batches(two_views, stage())[0]
    assert batch.photos.shape == (4, 64, 64, 4)
    assert np.array_equal(batch.photos[1, ..., 3], contours(batch.photos[1, ..., :3]))
    plain = opened().batches(method, stage())[0]
    assert np.array_equal(plain.photos, batch.photos[..., :3])


def test_sketches_with_known_strokes_are_misdrawn(method, stage, tmp_path: Path, data) -> None:
    rows = ["sketch,text,photo,category"]
    for number in range(4):
        blocks(f"stroke {number}").save(tmp_path / f"{number}.png")
        lines = [[[0, 9, 30 + number], [at, at + 7, at]] for at in (0, 20, 40, 60)]
        (tmp_path / f"{number}.json").write_text(json.dumps({"canvas": [80, 80], "strokes": lines}))
        rows.append(f"{number}.json,thing {number},{number}.png,thing")
    (tmp_path / "all.csv").write_text("\n".join(rows))
    table = data(sets=[{"name": "table", "folder": ".", "split": "all"}], validation=0, virtual_classes="category")
    pairs = open_pairs(table, root=tmp_path, seed=0, method=method)
    assert (len(pairs.prepared), pairs.classes) == (4, 1)
    assert all(len(one.strokes) == 4 for one in pairs.prepared.strokes)
    far: dict[float, list[float]] = {}
    with mock.patch("stbir.training.pairs.shown.degrade_sketch", lambda picture, *_, **__: picture):
        for strokes in (0.0, 0.3, 1.0):
            hard = Curriculum(p0=1, p_max=1, s0=1, s_max=1, strokes=strokes, sides=("sketch",))
            batches = pairs.batches(method, stage(curriculum=hard))
            for step in range(12):
                for name, sketch in zip(batches[step].instances, batches[step].sketches[..., 0], strict=True):
                    clean = pairs.prepared.sketches[pairs.prepared.names.index(name)]
                    far.setdefault(strokes, []).append(np.abs(sketch.astype(int) - clean).mean())
    assert max(far[0.0]) == 0
    assert min(far[1.0]) > 0
    assert np.mean(far[1.0]) > np.mean(far[0.3]) > 0


def test_a_curriculum_may_forget_words(opened, method, stage) -> None:
    """At strength 0.5 two of the four words "number 7 in red" are left, in right and wrong rows alike."""
    always = Curriculum(p0=1, p_max=1, s0=0.5, s_max=0.5, sides=("text",))
    batch = opened().batches(method, stage(curriculum=always, negatives=2, negatives_of=("text",)))[0]
    plain = opened().batches(method, stage(negatives=2, negatives_of=("text",)))[0]
    assert batch.negatives is not None
    for worse, clean in ((batch, plain), (batch.negatives, plain.negatives)):
        assert (clean.mask.sum(dim=1) - worse.mask.sum(dim=1)).tolist() == [2] * len(clean.mask)
        for few, many in zip(worse.ids, clean.ids, strict=True):
            assert set(few.tolist()) <= set(many.tolist())
    assert np.array_equal(batch.sketches, plain.sketches)
    assert np.array_equal(batch.photos, plain.photos)


def test_strengths_tell_the_clean_sketches_from_the_others(opened, method, stage) -> None:
    pairs = opened(validation=0)
    half = Curriculum(p0=0.5, p_max=0.5, s0=0.4, s_max=0.4, sides=("sketch",))
    batches = pairs.batches(method, stage(curriculum=half))
    clean = {picture.tobytes() for picture in pairs.prepared.sketches}
    worse = 0
    for step in range(10):
        batch = batches[step]
        for sketch, strength in zip(batch.sketches, batch.strengths.tolist(), strict=True):
            assert strength == pytest.approx(0 if sketch[..., 0].tobytes() in clean else 0.4)
            worse += strength > 0
        assert len(_photos(pairs, batch)) == 4  # the photos are as they were
    assert 10 < worse < 30


def test_photo_and_sketch_of_a_row_are_bent_alike(opened, method, stage) -> None:
    """With the photos themselves as sketches both sides of a row stay one picture; with a sway they do not."""
    for sway in (0.0, 0.5):
        bent = opened(validation=0, bend=1.0, sway=sway)
        prepared = bent.prepared
        counts = np.diff(prepared.first_sketch)
        twins = replace(prepared, sketches=np.repeat(prepared.looked[..., 0], counts, axis=0))
        batches = replace(bent, prepared=twins).batches(method, stage())
        again = 0
        for step in range(4):
            batch = batches[step]
            for photo, sketch, item in zip(batch.photos, batch.sketches, batches._items(step)[0], strict=True):
                again += np.array_equal(photo, prepared.looked[item])
                assert np.array_equal(photo[..., 0], sketch[..., 0]) == (sway == 0)
        assert again == 0, "every photo is bent"


def test_batches_of_one_category_show_every_photo_once_too(opened, method, stage) -> None:
    pairs = opened(validation=0, one_category=True)
    batches = pairs.batches(method, stage(batch_size=4))
    assert pairs.prepared.categories.count("shoe") == 12
    kinds: list[str] = []
    for epoch in range(3):
        of_epoch = [batches[step] for step in range(6 * epoch, 6 * epoch + 6)]
        shown = [row for batch in of_epoch for row in _photos(pairs, batch)]
        assert sorted(shown[:22]) == list(range(22))
        assert all(len(set(batch.categories)) == 1 for batch in of_epoch[:5])
        kinds.append("".join(batch.categories[0][0] for batch in of_epoch[:5]))
    assert all(sorted(order) == sorted("ssscc") for order in kinds)
    assert len(set(kinds)) > 1


def test_a_batch_says_its_epoch(opened, method, stage) -> None:
    pairs = opened(validation=0)
    batches = pairs.batches(method, stage(epochs=3))
    assert [batches[step].epoch for step in (0, 5, 6, 11, 12)] == [0, 0, 1, 1, 2]


def test_a_method_meets_every_category_before_it_trains(opened, method) -> None:
    pairs, met = opened(validation=0), {}
    with mock.patch.object(
        type(method), "meet", lambda _, category, **pictures: met.update({category: pictures}), create=True
    ):
        pairs.introduce(method)
    prepared = pairs.prepared
    assert list(met) == sorted(set(prepared.categories))
    for category, pictures in met.items():
        items = [item for item, name in enumerate(prepared.categories) if name == category]
        np.testing.assert_array_equal(pictures["photos"], prepared.photos[items])
        rows = [row for item in items for row in prepared.sketches_of(item)]
        np.testing.assert_array_equal(pictures["sketches"][..., 1], prepared.sketches[rows])


def test_without_words_silent_photos_are_trained_on_too(opened, method, stage) -> None:
    spoken, silent = opened(validation=0), opened(validation=0, words="none")
    assert (spoken.skipped, silent.skipped) == (2, 1)
    assert len(silent.prepared) == len(spoken.prepared) + 1
    assert set(silent.prepared.words) == {""}
    batch = silent.batches(method, stage())[0]
    assert batch.ids.shape == (4, 2)
    judged = opened(validation=0.3, words="none")
    assert judged.judged is not None
    assert set(judged.judged.words) == {""}
    assert any(query.text for query in judged.held_out.queries), "it is asked with the words there are"

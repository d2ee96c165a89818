"""An object with its sketches and near duplicates is on one side, whatever is asked for and in whatever order."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from stbir.errors import ConfigError, InputError
from stbir.training.pairs.folds import dealt, held_out_fold, objects_of, parts_of
from stbir.training.pairs.items import read_items

NAMES = [f"{kind}/{number}" for kind in ("chair", "shoe") for number in range(23)]


def test_every_object_is_tested_on_once_and_folds_are_even() -> None:
    tested: Counter[str] = Counter()
    for fold in range(5):
        sides = dealt(NAMES, folds=5, fold=fold, seed=7, validation=0.2)
        assert sides.keys() == set(NAMES)
        part = [name for name, side in sides.items() if side == "test"]
        assert all(4 <= sum(name.startswith(kind) for name in part) <= 5 for kind in ("chair", "shoe"))
        tested.update(part)
        held = Counter(name.partition("/")[0] for name, side in sides.items() if side == "validation")
        assert set(held.values()) <= {4}  # a fifth of the 18 or 19 that are left, of each set
    assert tested == Counter(NAMES)


def test_dealing_depends_on_names_and_seed_alone() -> None:
    mixed = random.Random(0).sample(NAMES, len(NAMES))
    deal = {"folds": 5, "fold": 2, "validation": 0.2}
    assert dealt(mixed, seed=7, **deal) == dealt(NAMES, seed=7, **deal)
    assert dealt(NAMES, seed=8, **deal) != dealt(NAMES, seed=7, **deal)
    shoes = {name: side for name, side in dealt(NAMES, seed=7, **deal).items() if name.startswith("shoe")}
    assert dealt(shoes, seed=7, **deal) == shoes


def test_nothing_is_held_back_unasked() -> None:
    assert set(dealt(NAMES, folds=0, fold=0, seed=0, validation=0).values()) == {"train"}
    assert "validation" in dealt(["a/1", "a/2"], folds=0, fold=0, seed=0, validation=0.01).values()


def test_a_near_duplicate_is_the_same_object(root: Path, data) -> None:
    objects = objects_of(read_items(data(), root=root))
    same = {name for name, thing in objects.items() if thing == objects["shoe-v1/photo/003.png"]}
    assert same == {"shoe-v1/photo/003.png", "shoe-v1/photo/011.png"}
    assert len(set(objects.values())) == len(objects) - 1


@pytest.mark.parametrize("fold", range(4))
def test_no_object_is_on_two_sides(root: Path, data, opened, fold: int) -> None:
    settings = {"folds": 4, "fold": fold, "validation": 0.25}
    parts = parts_of(data(**settings), root=root)
    sides = [{parts.objects[item.name] for item in part} for part in (parts.train, parts.validation, parts.test)]
    assert all(sides)
    assert sum(len(side) for side in sides) == len(set.union(*sides))
    pairs = opened(**settings)
    tested = {photo.id for split in held_out_fold(data(**settings), root=root) for photo in split.photos}
    shown = {photo.id for photo in pairs.held_out.photos}
    assert set(pairs.prepared.names) <= sides[0]
    assert (tested, shown) == ({item.name for item in parts.test}, {item.name for item in parts.validation})


def test_the_folds_together_ask_for_everything_once(root: Path, data) -> None:
    shoes = [held_out_fold(data(folds=3, fold=fold), root=root)[0] for fold in range(3)]
    assert sorted(photo.id for split in shoes for photo in split.photos) == [
        f"shoe-v1/photo/{number:03d}.png" for number in range(14)
    ]
    asked = [query for split in shoes for query in split.queries]
    assert len(asked) == 13  # 009 has no sketch; those of the further folder do not ask
    for split in shoes:
        instances = {photo.instance for photo in split.photos}
        assert {query.instance for query in split.queries} <= instances
    assert {query.text for query in asked if query.instance.endswith("004.png")} == {"number 4 in green"}


def test_what_cannot_be_is_refused(root: Path, data) -> None:
    with pytest.raises(ConfigError, match="set folds to 2 or more"):
        held_out_fold(data(), root=root)
    for wrong, says in (
        ({"folds": 1}, "nothing to train on"),
        ({"folds": 3, "fold": 3}, "there is no fold 3"),
        ({"clusters": {"shoe": 0}}, "not so shoe"),
    ):
        with pytest.raises(ValidationError, match=says):
            data(**wrong)
    shoes = {"name": "shoe-v1", "folder": "shoes"}
    for name, says in (("none", "there is no folder"), ("shoes/photo/..", "named after a photo")):
        with pytest.raises(InputError, match=says):
            read_items(data(sets=[shoes | {"more_sketches": [name]}]), root=root)


def test_two_sets_of_one_name_stay_apart(root: Path, data) -> None:
    shoes = {"name": "shoe-v1", "folder": "shoes"}
    items = read_items(data(sets=[shoes, {"name": "shoe-v1", "folder": "chairs"}]), root=root)
    assert len({item.name for item in items}) == len(items) == 24


def test_twins_on_purpose_are_no_duplicates(root: Path, data) -> None:
    sets = [{"name": "shoe-v1", "folder": "shoes", "near_duplicates": False}, {"name": "chair-v1", "folder": "chairs"}]
    objects = parts_of(data(sets=sets), root=root).objects
    assert len(set(objects.values())) == len(objects)


def test_a_set_can_be_there_to_judge_by(root: Path, data) -> None:
    """What is in both sets, near duplicates included, is validated on; the rest of the first is trained on."""
    sets = [
        {"name": "shoe-v1", "folder": "shoes"},
        {"name": "chair-v1", "folder": "chairs"},
        {"name": "chair-v1", "folder": "chairs", "part": "validation"},
    ]
    parts = parts_of(data(sets=sets, validation=0), root=root)
    assert {item.label for item in parts.validation} == {"chair-v1", "chair-v1.2"}
    assert {item.label for item in parts.train} == {"shoe-v1"}
    assert len(parts.validation) == 2 * 10
    alone = parts_of(data(sets=sets[:1], validation=0), root=root)
    assert [item.name for item in alone.train] == [item.name for item in parts.train]


def test_an_extra_set_is_trained_on_and_never_asked_for(root: Path, data) -> None:
    """Of three extra photos one is a copy of a shoe; it is trained on just when that shoe is."""
    extra = root / "extra"
    extra.mkdir(exist_ok=True)
    with Image.open(root / "shoes/photo/002.png") as image:
        image.resize((90, 90)).save(extra / "copy.png")
    for seed, name in enumerate(("one", "two")):
        tiles = np.random.default_rng(seed).integers(0, 256, (4, 4, 3)).astype(np.uint8)
        Image.fromarray(tiles.repeat(24, axis=0).repeat(24, axis=1)).save(extra / f"{name}.png")
    (extra / "all.csv").write_text(
        "sketch,text,photo,category\n" + "".join(f",a {name},{name}.png,shoe\n" for name in ("copy", "one", "two"))
    )
    plain = data().model_dump()["sets"]
    more = [{"name": "table", "folder": "extra", "split": "all", "part": "extra", "contours": True}, *plain]
    kept: list[bool] = []
    for fold in range(3):
        settings = {"folds": 3, "fold": fold, "validation": 0.25}
        alone, parts = (parts_of(data(**settings, sets=some), root=root) for some in (plain, more))
        assert [item.name for item in parts.test] == [item.name for item in alone.test]
        assert [item.name for item in parts.validation] == [item.name for item in alone.validation]
        names = {item.name for item in parts.train} - {item.name for item in alone.train}
        assert {"table/one.png", "table/two.png"} <= names
        kept.append("table/copy.png" in names)
        assert kept[-1] == ("shoe-v1/photo/002.png" in {item.name for item in parts.train})
        assert len(held_out_fold(data(**settings, sets=more), root=root)) == 2
        (drawn,) = next(item for item in parts.train if item.name == "table/one.png").more
        assert drawn.read().raster.shape == (96, 96)
        assert 0 < (drawn.read().raster < 128).mean() < 0.5
    assert set(kept) == {True, False}


def test_a_stage_may_do_without_the_extra_sets(root: Path, data, opened, method, stage) -> None:
    shoes, chairs = data().model_dump()["sets"]
    sets = [shoes, chairs | {"part": "extra"}]
    pairs = opened(validation=0, sets=sets)
    every, some = stage(epochs=1), stage(epochs=1, extras=False)
    seen = {
        kind.extras: {name for step in range(pairs.steps(kind)) for name in pairs.batches(method, kind)[step].instances}
        for kind in (every, some)
    }
    assert {name.partition("/")[0] for name in seen[True]} == {"shoe-v1", "chair-v1"}
    assert {name.partition("/")[0] for name in seen[False]} == {"shoe-v1"}
    assert pairs.steps(some) < pairs.steps(every)
    with pytest.raises(ConfigError, match="there are 12 photos to"):
        pairs.steps(stage(batch_size=15, extras=False))

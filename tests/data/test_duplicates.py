"""Copies across splits are found, whatever their file is like; what only resembles is not."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import trees
from PIL import Image

from stbir.data import drawn
from stbir.data.duplicates import twins_between
from stbir.data.inspection import inspect
from stbir.data.sets import open_set
from stbir.functional.likeness import MOST_APART, apart, difference_hash, small_picture
from stbir.types import Photo


def shown(*paths: Path) -> list[Photo]:
    return [Photo(path.name, path) for path in paths]


@pytest.fixture
def shoes(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"shoe{seed}.png" for seed in range(12)]
    for seed, path in enumerate(paths):
        Image.fromarray(drawn.draw("shoe", seed, size=128).photo).save(path)
    return paths


def test_copies_of_another_size_and_format_are_found(shoes: list[Path], tmp_path: Path) -> None:
    with Image.open(shoes[3]) as image:
        image.resize((200, 200)).save(tmp_path / "larger.jpg", quality=60)
    shutil.copy(shoes[5], tmp_path / "same.png")
    twins, unreadable = twins_between([shown(*shoes), shown(tmp_path / "larger.jpg", tmp_path / "same.png")])
    assert [(pair.first.name, pair.second.name, pair.exact) for pair in twins] == [
        ("shoe5.png", "same.png", True),
        ("shoe3.png", "larger.jpg", False),
    ]
    assert unreadable == []


def test_other_things_are_no_copies(shoes: list[Path]) -> None:
    assert twins_between([shown(*shoes[:6]), shown(*shoes[6:])]) == ([], [])


def test_another_colour_is_no_copy() -> None:
    rows = np.full((64, 64, 3), 255, np.uint8)
    red, blue = rows.copy(), rows.copy()
    red[20:40, 10:50], blue[20:40, 10:50] = (200, 30, 30), (30, 30, 200)
    assert difference_hash(red).shape == (4,)
    assert apart(small_picture(red), small_picture(blue)) > MOST_APART


def test_a_photo_that_both_splits_list_is_no_twin(shoes: list[Path], tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    twins, unreadable = twins_between([shown(*shoes[:3]), shown(*shoes[:2], broken)])
    assert twins == []
    assert len(unreadable) == 1


def test_check_reports_them(tmp_path: Path) -> None:
    folder = trees.qmul_v2(tmp_path, train=4)
    shutil.copy(folder / "trainB/train001_v1.png", folder / "testB/test000_v1.png")
    with Image.open(folder / "trainB/train002_v1.png") as image:
        image.resize((64, 64), Image.Resampling.NEAREST).save(folder / "testB/test001_v1.png")
    data = open_set("chair-v2", folder)
    assert inspect(data).notes == (
        "1 pairs of the same photo in two splits: trainB/train001_v1.png = testB/test000_v1.png",
        "1 pairs of nearly the same photo in two splits: trainB/train002_v1.png = testB/test001_v1.png",
    )
    assert inspect(data, pictures=False).notes == ()

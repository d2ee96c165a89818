"""Whole categories held out of a study, and several looks at one test."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from stbir.cli import main
from stbir.errors import ConfigError, InputError
from stbir.training.pairs import PairsData
from stbir.training.pairs.folds import held_out_fold, parts_of
from stbir.training.study import Cell, Task
from stbir.training.study.run import RESULT, Place, read_result, read_study, run_study

KINDS = ("alarm_clock", "bat", "cup", "door", "harp", "pear")
EACH = 3
SETS = [{"name": "folder", "folder": "boxes", "split": "all"}]


@pytest.fixture(scope="module")
def boxes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three photos of each of six kinds, with a sketch each and no words."""
    root, rng = tmp_path_factory.mktemp("kinds"), np.random.default_rng(0)
    for kind in KINDS:
        for number in range(EACH):
            picture = Image.fromarray(rng.integers(0, 256, (4, 4, 3)).astype(np.uint8).repeat(16, 0).repeat(16, 1))
            drawing = Image.new("L", (64, 64), 255)
            ImageDraw.Draw(drawing).line([tuple(rng.integers(4, 60, 2).tolist()) for _ in range(4)], fill=0, width=2)
            for what, image in (("photos", picture), ("sketches", drawing)):
                place = root / "boxes" / what / kind / f"{kind}{number}.png"
                place.parent.mkdir(parents=True, exist_ok=True)
                image.save(place)
    return root


def data_of(**changes: Any) -> PairsData:
    return PairsData.model_validate({"source": "pairs", "sets": SETS, "folds_of": "categories", **changes})


def test_every_category_is_tested_once_and_on_one_side(boxes: Path) -> None:
    tested: list[str] = []
    for fold in range(3):
        parts = parts_of(data_of(folds=3, fold=fold, validation=0.25), root=boxes)
        kinds = {
            side: {item.photo.category for item in getattr(parts, side)} for side in ("train", "validation", "test")
        }
        assert {side: len(some) for side, some in kinds.items()} == {"train": 3, "validation": 1, "test": 2}
        assert set.union(*kinds.values()) == set(KINDS)
        assert len(parts.test) == 2 * EACH
        (split,) = held_out_fold(data_of(folds=3, fold=fold), root=boxes)
        assert {photo.category for photo in split.photos} == kinds["test"]
        tested += [str(kind) for kind in kinds["test"]]
    assert sorted(tested) == list(KINDS)
    other = parts_of(data_of(folds=3, fold=0, fold_seed=5), root=boxes)
    assert {item.photo.category for item in other.test} != {
        item.photo.category for item in parts_of(data_of(folds=3), root=boxes).test
    }


def test_photos_without_a_category_cannot_be_held_out_by_it(boxes: Path, tmp_path: Path) -> None:
    for what in ("photos", "sketches"):
        (tmp_path / "boxes" / what).mkdir(parents=True)
        for number in range(2):
            source = boxes / "boxes" / what / "bat" / f"bat{number}.png"
            (tmp_path / "boxes" / what / f"{number}.png").write_bytes(source.read_bytes())
    with pytest.raises(InputError, match="has no category, but whole categories are to be held out"):
        parts_of(data_of(folds=2), root=tmp_path)


STUDY = """
name = "kinds"
seeds = [0]
models = ["{clip}"]
[[tasks]]
name = "boxes"
folds = 3
looks = [
    {{ name = "within", options = {{ within = "category" }} }},
    {{ name = "category", options = {{ relevance = "category", measures = ["map@all", "p@2"] }} }},
]
[tasks.data]
source = "pairs"
validation = 0
folds_of = "categories"
sets = [{{ name = "folder", folder = "boxes", split = "all" }}]
"""


@pytest.fixture
def study(tmp_path: Path, clip_folder: Path) -> Path:
    path = tmp_path / "study.toml"
    path.write_text(STUDY.format(clip=clip_folder))
    return path


def test_each_look_is_measured(study: Path, boxes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["study", str(study), "--data", str(boxes), "--to", str(tmp_path / "out")]
    assert main([*arguments, "--json", str(tmp_path / "all.json")]) == 0
    rows = json.loads((tmp_path / "all.json").read_text())["rows"]
    clean = {(row["test"], row["modality"], row["measure"]): row for row in rows if row["condition"] == "clean"}
    assert {test for test, _, _ in clean} == {"folder, within", "folder, category"}
    assert ("folder, within", "sketch", "map@all") not in clean
    assert clean["folder, within", "sketch", "acc@10"]["mean"] == 1.0, "there are three photos of a category"
    assert clean["folder, category", "sketch", "map@all"]["queries"] == len(KINDS) * EACH
    _, cells = read_study(study)
    values = [
        value
        for cell in cells
        for value in (read_result(cell, tmp_path / "out") or {})["tests"]["folder, category"]["clean"]["sketch"]["p@2"]
    ]
    assert clean["folder, category", "sketch", "p@2"]["mean"] == pytest.approx(sum(values) / len(values))
    capsys.readouterr()
    assert main([*arguments, "--table", "--measure", "map@all"]) == 0
    said = capsys.readouterr().out
    assert "boxes: folder, category" in said
    assert "within" not in said
    assert main([*arguments, "--table", "--measure", "map@7"]) == 2
    assert "known: acc@1, acc@10, mrr, map@all, p@2" in capsys.readouterr().err
    assert main([*arguments, "--table", "--measure", "luck"]) == 2
    assert "unknown measure 'luck'" in capsys.readouterr().err


def test_a_test_can_have_looks_of_its_own() -> None:
    looks = [{"name": "own"}]
    tests = [{"name": "folder", "split": "a"}, {"name": "folder", "split": "b", "looks": [{"name": "other"}]}]
    task = {"name": "t", "data": {"source": "pairs", "sets": SETS}, "tests": tests, "looks": looks}
    cell = Cell(Task.model_validate(task), "x", None, 0, 0)
    assert [[look.name for look in cell.looks(f"folder {split}")] for split in "ab"] == [["own"], ["other"]]


def test_results_from_before_a_setting_existed_are_still_theirs(study: Path, boxes: Path, tmp_path: Path) -> None:
    study.write_text(study.read_text().partition("looks")[0] + '[tasks.data]\nsource = "pairs"\nvalidation = 0\n'
                     'sets = [{ name = "folder", folder = "boxes", split = "all" }]\n')  # fmt: skip
    _, cells = read_study(study)
    place = Place(boxes, tmp_path / "out")
    run_study(cells[:1], place)
    path = place.to / cells[0].place / RESULT
    found = json.loads(path.read_text())
    del found["settings"]["looks"], found["settings"]["data"]["folds_of"], found["settings"]["data"]["words"]
    path.write_text(json.dumps(found))
    assert read_result(cells[0], place.to) is not None
    found["settings"]["data"]["validation"] = 0.2
    path.write_text(json.dumps(found))
    with pytest.raises(InputError, match="is of other settings"):
        read_result(cells[0], place.to)
    found["settings"]["data"] = "nonsense"
    path.write_text(json.dumps(found))
    with pytest.raises(InputError, match="is of other settings"):
        read_result(cells[0], place.to)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('within = "category"', 'within = "family"', "within"),
        ('"map@all", "p@2"', '"map@none"', "unknown measure 'map@none'"),
        ('relevance = "category", ', 'relevance = "category", sketches = "averaged", ', "a study asks each sketch"),
        ('name = "category"', 'name = "within"', "two looks of a name"),
    ],
)
def test_looks_that_make_no_sense(study: Path, old: str, new: str, says: str) -> None:
    text = study.read_text()
    assert text.count(old) >= 1
    study.write_text(text.replace(old, new, 1))
    with pytest.raises(ConfigError, match=says):
        read_study(study)

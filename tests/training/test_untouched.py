"""What settings were chosen on can be left out of a study's table, and nothing else is."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from stbir.cli import main
from stbir.config import parse
from stbir.errors import ConfigError
from stbir.training.pairs.folds import parts_of
from stbir.training.study import Task
from stbir.training.study.run import Place, read_study, run_study
from stbir.training.study.untouched import SUFFIX, chosen_on

TASK = {
    "name": "boxes",
    "folds": 2,
    "data": {"source": "pairs", "validation": 0, "sets": [{"name": "folder", "folder": "boxes", "split": "all"}]},
    "chosen_on": {"folds": 3, "fold_seed": 100, "validation": 0.2},
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve photos of boxes, each with a sketch."""
    root, rng = tmp_path_factory.mktemp("untouched"), np.random.default_rng(0)
    for kind in ("photos", "sketches"):
        (root / "boxes" / kind).mkdir(parents=True)
    for number in range(12):
        x, y = rng.integers(4, 28, 2).tolist()
        photo, sketch = Image.new("RGB", (64, 64), (number * 20, 200, 40)), Image.new("L", (64, 64), 255)
        ImageDraw.Draw(photo).text((2, 50), f"{number}", fill="black")
        ImageDraw.Draw(sketch).rectangle((x, y, x + 20 + number, y + 20), outline=0)
        photo.save(root / f"boxes/photos/{number:02}.png")
        sketch.save(root / f"boxes/sketches/{number:02}.png")
    return root


def test_all_validation_parts_together_are_what_was_chosen_on(root: Path) -> None:
    task = parse(Task, TASK, source="test")
    names = chosen_on(task, root=root)
    by_hand: set[str] = set()
    for fold in range(3):
        data = task.data.model_copy(update={"folds": 3, "fold": fold, "fold_seed": 100, "validation": 0.2})
        by_hand |= {item.name for item in parts_of(data, root=root).validation}
    assert names == by_hand
    assert 0 < len(names) < 12
    assert chosen_on(task.model_copy(update={"chosen_on": None}), root=root) == frozenset()


def test_the_table_gets_the_rest(
    root: Path, clip_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "study.toml").write_text(
        f'name = "small"\nseeds = [0]\nmodels = ["{clip_folder}"]\n[[tasks]]\nname = "boxes"\nfolds = 2\n'
        'chosen_on = { folds = 3, fold_seed = 100, validation = 0.2 }\n[tasks.data]\nsource = "pairs"\nvalidation = 0\n'
        'sets = [{ name = "folder", folder = "boxes", split = "all" }]\n'
    )
    study, cells = read_study(tmp_path / "study.toml")
    run_study(cells, Place(root, tmp_path / "runs"))
    arguments = ["study", str(tmp_path / "study.toml"), "--data", str(root), "--to", str(tmp_path / "runs")]
    report = tmp_path / "report.json"
    assert main([*arguments, "--table", "--json", str(report)]) == 0
    assert f"boxes: folder{SUFFIX}" in capsys.readouterr().out
    rows = {
        (row["test"], row["measure"]): row
        for row in json.loads(report.read_text())["rows"]
        if row["modality"] == "sketch"
    }
    away = [*arguments[:2], "--to", str(tmp_path / "runs"), "--table"]
    assert main(away) == 0, "what is there can be printed where the data is not"
    said = capsys.readouterr()
    assert "boxes: folder" in said.out
    assert SUFFIX not in said.out
    assert "--data tells where" in said.err
    touched = chosen_on(study.tasks[0], root=root)
    whole, rest = rows["folder", "acc@1"], rows[f"folder{SUFFIX}", "acc@1"]
    assert (whole["queries"], rest["queries"]) == (12, 12 - len(touched))
    values: list[float] = []
    for cell in cells:
        asked = json.loads((tmp_path / "runs" / cell.place / "result.json").read_text())["tests"]["folder"]["clean"][
            "sketch"
        ]
        values += [float(r == 1) for t, r in zip(asked["target"], asked["rank"], strict=True) if t not in touched]
    assert rest["mean"] == pytest.approx(np.mean(values))


def test_a_task_can_be_named(root: Path, clip_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    task = (
        '[[tasks]]\nname = "{name}"\nfolds = 2\n[tasks.data]\nsource = "pairs"\nvalidation = 0\n'
        'sets = [{{ name = "folder", folder = "boxes", split = "all" }}]\n'
    )
    text = (
        f'name = "small"\nseeds = [0]\nmodels = ["{clip_folder}"]\n' + task.format(name="one") + task.format(name="two")
    )
    (tmp_path / "study.toml").write_text(text)
    arguments = ["study", str(tmp_path / "study.toml"), "--data", str(root), "--to", str(tmp_path / "runs")]
    assert main([*arguments, "--task", "two"]) == 0
    assert "2 cells of 2 done" in capsys.readouterr().out
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["two"]
    assert main([*arguments, "--task", "three"]) != 0
    assert "one, two" in capsys.readouterr().err


def test_a_seed_can_be_named(root: Path, clip_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "study.toml").write_text(
        f'name = "small"\nseeds = [3, 5]\nmodels = ["{clip_folder}"]\n[[tasks]]\nname = "one"\nfolds = 2\n'
        '[tasks.data]\nsource = "pairs"\nvalidation = 0\n'
        'sets = [{ name = "folder", folder = "boxes", split = "all" }]\n'
    )
    arguments = ["study", str(tmp_path / "study.toml"), "--data", str(root), "--to", str(tmp_path / "runs")]
    assert main([*arguments, "--seed", "5"]) == 0
    assert "2 cells of 2 done" in capsys.readouterr().out
    assert {path.parent.name for path in (tmp_path / "runs").rglob("result.json")} == {"seed-5-fold-0", "seed-5-fold-1"}
    assert main([*arguments, "--seed", "4"]) != 0
    assert "no seed 4" in (said := capsys.readouterr().err)
    assert "known: 3, 5" in said


def test_only_folds_tell_objects_apart() -> None:
    wrong = {key: value for key, value in TASK.items() if key != "folds"}
    with pytest.raises(ConfigError, match="chosen_on tells objects of folds apart"):
        parse(Task, wrong | {"tests": [{"name": "folder", "folder": "boxes", "split": "all"}]}, source="test")

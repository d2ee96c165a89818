"""A study trains and tests every cell once, whatever interrupts it, and its numbers are those of a plain loop."""

import json
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

import stbir
from stbir.cli import main
from stbir.cli.study import readable_costs
from stbir.data import sets
from stbir.errors import ConfigError, InputError
from stbir.evaluation.significance import holm
from stbir.training.recipe import Recipe
from stbir.training.study import Cell, Study, Task
from stbir.training.study.costs import Cost, costs, costs_of_cell
from stbir.training.study.run import Place, read_result, read_study, run_study
from stbir.training.study.summary import summarise_study
from stbir.types import Encoded, Photo

COUNT = 12

STUDY = """
name = "small"
seeds = [0, 1]
models = ["{clip}"]
recipes = ["plain.toml"]
against = ["{clip}"]
[[tasks]]
name = "boxes"
folds = 2
[tasks.data]
source = "pairs"
validation = 0
sets = [{{ name = "folder", folder = "boxes", split = "all" }}]
"""
RECIPE = """
name = "plain"
[start]
weights = "{clip}"
[data]
source = "pairs"
sets = [{{ name = "folder", folder = "elsewhere", split = "all" }}]
[[stages]]
steps = 2
batch_size = 4
warm_up = 0
"""


@pytest.fixture(scope="session")
def boxes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("study")
    rng = np.random.default_rng(0)
    lines: list[str] = []
    for kind in ("photos", "sketches"):
        (root / "boxes" / kind).mkdir(parents=True)
    for number in range(COUNT):
        x, y, width, height = (int(v) for v in rng.integers(4, 28, 4))
        colour = tuple(int(v) for v in rng.integers(0, 255, 3))
        photo, sketch = Image.new("RGB", (64, 64), "white"), Image.new("L", (64, 64), 255)
        ImageDraw.Draw(photo).rectangle((x, y, x + width, y + height), fill=colour)
        ImageDraw.Draw(photo).text((2, 50), f"{number}", fill="black")
        ImageDraw.Draw(sketch).rectangle((x, y, x + width, y + height), outline=0)
        photo.save(root / f"boxes/photos/{number:02}.png")
        sketch.save(root / f"boxes/sketches/{number:02}.png")
        lines.append(f"{number:02}.png\tobject {number} in red")
    (root / "boxes/texts.tsv").write_text("\n".join(lines) + "\n")
    return root


@pytest.fixture
def study(tmp_path: Path, clip_folder: Path) -> Path:
    (tmp_path / "plain.toml").write_text(RECIPE.format(clip=clip_folder))
    path = tmp_path / "study.toml"
    path.write_text(STUDY.format(clip=clip_folder))
    return path


def results_of(cells: list[Cell], to: Path) -> dict[Cell, Any]:
    return {cell: read_result(cell, to) for cell in cells}


def test_every_object_is_tested_once_per_seed_and_nothing_is_made_twice(
    study: Path, boxes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, cells = read_study(study)
    assert len(cells) == 2 * 2 * 2
    place = Place(boxes, tmp_path / "out")
    run_study(cells[:5], place)
    done = {path: path.read_text() for path in place.to.rglob("result.json")}
    assert len(done) == 5
    run_study(cells, place)
    assert {path: path.read_text() for path in done} == done
    found = results_of(cells, place.to)
    for entrant in plan.entrants:
        for seed in (0, 1):
            mine = [
                one["tests"]["folder"] for cell, one in found.items() if (cell.entrant, cell.seed) == (entrant, seed)
            ]
            targets = [target for test in mine for target in test["clean"]["both"]["target"]]
            assert len(targets) == len(set(targets)) == COUNT
            assert [test["gallery"] for test in mine] == [len(test["clean"]["both"]["target"]) for test in mine]
    trained = [one for cell, one in found.items() if cell.recipe is not None]
    assert all(one["seconds"]["training"] > 0 and one["cpu_seconds"] > 0 for one in trained)
    assert not [*place.to.rglob("*.safetensors")], "weights are not kept"
    monkeypatch.setattr("stbir.training.loop.train", lambda *_, **__: pytest.fail("it is there already"))
    run_study(cells, place)


def test_processes_find_the_same_each_with_no_more_threads_than_cores(study: Path, boxes: Path, tmp_path: Path) -> None:
    _, cells = read_study(study)
    some = [cell for cell in cells if cell.seed == 0]
    one, two = Place(boxes, tmp_path / "one"), Place(boxes, tmp_path / "two")
    run_study(some, one)
    run_study(some, two, processes=2)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
    for cell in some:
        alone, beside = read_result(cell, one.to), read_result(cell, two.to)
        assert alone is not None
        assert beside is not None
        assert beside["tests"].keys() == alone["tests"].keys()
        if cell.recipe is None:  # a training may round otherwise with other threads
            assert beside["tests"] == alone["tests"]
        if cores > 1:
            assert beside["threads"] <= (cores + 1) // 2


def test_an_interrupted_training_goes_on(study: Path, boxes: Path, tmp_path: Path, monkeypatch) -> None:
    from stbir.training import checkpoint

    _, cells = read_study(study)
    cell = next(cell for cell in cells if cell.recipe is not None)
    whole, broken = Place(boxes, tmp_path / "whole"), Place(boxes, tmp_path / "broken")
    run_study([cell], whole)
    save = checkpoint.save

    def saved(*arguments: Any, **more: Any) -> None:
        save(*arguments, **more)
        raise KeyboardInterrupt

    monkeypatch.setattr(checkpoint, "save", saved)
    with pytest.raises(KeyboardInterrupt):
        run_study([cell], broken)
    monkeypatch.setattr(checkpoint, "save", save)
    run_study([cell], broken)
    one, other = (read_result(cell, place.to) for place in (whole, broken))
    assert one is not None
    assert other is not None
    assert one["tests"] == other["tests"]


def test_results_of_other_settings_are_refused(study: Path, boxes: Path, tmp_path: Path) -> None:
    _, cells = read_study(study)
    place = Place(boxes, tmp_path / "out")
    cell = next(cell for cell in cells if cell.recipe is not None)
    run_study([cell], place)
    recipe = tmp_path / "plain.toml"
    recipe.write_text(recipe.read_text().replace("steps = 2", "steps = 3"))
    _, changed = read_study(study)
    with pytest.raises(InputError, match="is of other settings than the study now has"):
        run_study(changed, place)


def test_another_model_of_the_same_name_is_not_taken_for_the_first(
    study: Path, boxes: Path, tmp_path: Path, clip_folder: Path
) -> None:
    from stbir.nn.clip import load_backbone
    from stbir.training.study.run import _fingerprint

    model = tmp_path / "model"
    shutil.copytree(clip_folder, model)
    study.write_text(study.read_text().replace(str(clip_folder), str(model)))
    _, cells = read_study(study)
    place = Place(boxes, tmp_path / "out")
    run_study(cells[:1], place)
    backbone = load_backbone(str(model))
    with torch.no_grad():
        backbone.clip.visual_projection.weight.mul_(1.5)
    backbone.save(model)
    _fingerprint.cache_clear()  # as in another run
    with pytest.raises(InputError, match="is of other settings than the study now has"):
        read_result(cells[0], place.to)


def test_p_values_are_adjusted_for_the_number_of_entrants() -> None:
    data = {"source": "pairs", "sets": [{"name": "folder", "folder": "x"}]}
    task = {"name": "t", "folds": 2, "data": data}
    names = ["a", "b", "c", "d"]
    study = Study.model_validate({"name": "s", "seeds": [0], "models": names, "against": ["a"], "tasks": [task]})
    rng = np.random.default_rng(0)
    results: dict[Cell, Any] = {}
    for place, name in enumerate(names):
        ranks = [1 + int(rng.random() < 0.5 - 0.12 * place) for _ in range(60)]
        asked = {"both": {"query": [*range(60)], "target": [f"{i}" for i in range(60)], "rank": ranks}}
        results[Cell(study.tasks[0], name, None, 0, 0)] = {"tests": {"x": {"clean": asked, "degraded": {}}}}

    def found(some: list[str]) -> dict[str, float]:
        only = study.model_copy(update={"models": ("a", *some)})
        rows = summarise_study(only, {cell: one for cell, one in results.items() if cell.entrant in ("a", *some)})
        return {row.entrant: row.against["a"].p for row in rows if row.measure == "acc@1" and row.entrant != "a"}

    plain = {name: found([name])[name] for name in names[1:]}
    assert found(names[1:]) == dict(zip(plain, holm([*plain.values()]), strict=True))
    assert found(names[1:])["d"] == pytest.approx(3 * plain["d"])


def test_the_command_prints_what_the_results_say(
    study: Path, boxes: Path, tmp_path: Path, clip_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    arguments = ["study", str(study), "--data", str(boxes), "--to", str(out)]
    assert main([*arguments, "--json", str(tmp_path / "all.json"), "--measure", "mrr"]) == 0
    said = capsys.readouterr().out
    plan, cells = read_study(study)
    found = results_of(cells, out)
    rows = json.loads((tmp_path / "all.json").read_text())["rows"]
    for entrant in plan.entrants:
        (row,) = [
            row
            for row in rows
            if (row["entrant"], row["condition"], row["modality"], row["measure"]) == (entrant, "clean", "both", "mrr")
        ]
        by_seed = [
            [1 / rank for cell, one in found.items() if (cell.entrant, cell.seed) == (entrant, seed)
             for rank in one["tests"]["folder"]["clean"]["both"]["rank"]]
            for seed in (0, 1)
        ]  # fmt: skip
        means = [sum(values) / len(values) for values in by_seed]
        assert row["mean"] == pytest.approx(sum(means) / 2)
        assert row["deviation"] == pytest.approx(abs(means[0] - means[1]) / 2**0.5)
        assert row["interval"][0] <= row["mean"] <= row["interval"][1]
        assert (row["queries"], row["seeds"]) == (2 * COUNT, 2)
        assert f"{100 * row['mean']:.1f} ±{100 * row['deviation']:.1f}" in said
    assert f"difference to {clip_folder}" in said
    assert "8 cells of 8 done" in said
    _, costs = said.split("\ncosts ")
    head, model, recipe, *_ = costs.splitlines()
    assert " ".join(head.split()) == "parameters trained ms per query bytes per photo CPU hours"
    size = sum(parameter.numel() for parameter in stbir.load(clip_folder).parameters())
    assert model.split()[1:3] == [f"{size:,}", "0"]
    assert recipe.split()[:3] == ["plain", f"{size:,}", f"{size:,}"]
    assert recipe.split()[4] == "128", "32 numbers of 4 bytes"
    written = json.loads((tmp_path / "all.json").read_text())
    assert sum(written["cpu_hours"].values()) == pytest.approx(
        sum(one["cpu_seconds"] for one in found.values()) / 3600, rel=1e-6
    )
    assert all(cost["ms_per_query"] > 0 for cost in written["costs"])
    assert "over seeds (0, 1)" in said
    assert main([*arguments, "--table"]) == 0
    shutil.rmtree(out)
    assert main([*arguments, "--table"]) == 2
    assert "holds no result" in capsys.readouterr().err


def test_costs_are_counted(clip_folder: Path, boxes: Path) -> None:
    """Only what a stage moves is trained, once however many stages move it; tokens take room beside the vector."""
    method = stbir.load(clip_folder)
    names = {name: value.numel() for name, value in method.named_parameters()}
    stages = [{"name": free, "free": [free], "steps": 1} for free in ("*layers.0*", "*layers.0*bias", "*projection*")]
    plan = Recipe.model_validate({"name": "x", "start": {"weights": str(clip_folder)}, "stages": stages})
    split = sets.load("folder", boxes / "boxes", "all")
    plain, trained = (costs_of_cell(method, one, [split]) for one in (None, plan))
    assert plain["trained"] == 0
    assert trained["trained"] == sum(n for name, n in names.items() if "layers.0" in name or "projection" in name)
    assert plain["bytes_per_photo"] == 4 * method.dimension

    def with_tokens(photos: Sequence[Photo], *, batch_size: int = 64) -> Encoded:
        shape = (len(photos), 3, 5)
        return Encoded(np.zeros((len(photos), 8), np.float32), np.zeros(shape, np.float32), np.ones(shape[:2], bool))

    method.encode_photos = with_tokens  # type: ignore[method-assign]
    assert costs_of_cell(method, None, [split])["bytes_per_photo"] == 4 * (8 + 15) + 3


def test_costs_of_older_results_are_left_open() -> None:
    data = {"source": "pairs", "sets": [{"name": "folder", "folder": "x"}]}
    task = Task.model_validate({"name": "t", "folds": 2, "data": data})
    old = {"parameters": 7, "cpu_seconds": 1800}
    new = old | {"trained": 3, "ms_per_query": 2.0, "bytes_per_photo": 16}
    cells = [Cell(task, "a", None, 0, fold) for fold in range(3)] + [Cell(task, "b", None, 0, 0)]
    found = costs(dict(zip(cells, [new, new | {"ms_per_query": 4.0, "trained": 5}, old, old], strict=True)))
    assert found == [Cost("a", 7, 5, 3.0, 16, 1.5), Cost("b", 7, None, None, None, 0.5)]
    assert readable_costs(found).splitlines()[2].split() == ["b", "7", "-", "-", "-", "0.50"]


def test_differences_are_of_the_same_queries() -> None:
    """Hand-made ranks: the trained one is first for three of four, the other for one; one cell of it is missing."""
    data = {"source": "pairs", "sets": [{"name": "folder", "folder": "x"}]}
    task = {"name": "t", "folds": 2, "data": data}
    study = Study.model_validate({"name": "s", "seeds": [0], "models": ["a", "b"], "against": ["a"], "tasks": [task]})

    def result(ranks: list[int], targets: list[str]) -> dict[str, Any]:
        asked = {"both": {"query": [*range(1, 1 + len(ranks))], "target": targets, "rank": ranks}}
        return {"tests": {"x": {"gallery": 9, "clean": asked, "degraded": {}}}}

    cells = {(name, fold): Cell(study.tasks[0], name, None, 0, fold) for name in "ab" for fold in (0, 1)}
    rows = summarise_study(
        study,
        {
            cells["a", 0]: result([1, 2], ["p", "q"]),
            cells["b", 0]: result([1, 1], ["p", "q"]),
            cells["b", 1]: result([1, 5], ["r", "s"]),
        },
    )
    found = {(row.entrant, row.measure): row for row in rows}
    assert {key: row.mean for key, row in found.items() if key[1] != "acc@10"} == {
        ("a", "acc@1"): 0.5, ("b", "acc@1"): 0.75, ("a", "mrr"): 0.75, ("b", "mrr"): 0.8,
    }  # fmt: skip
    assert found["b", "acc@1"].against["a"].mean == 0.5, "over the two queries that both were asked"
    assert found["a", "acc@1"].against == {}
    assert found["b", "acc@1"].deviation is None


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("seeds = [0, 1]", "seeds = [0, 0]", "seeds are different numbers from 0 on"),
        ("seeds = [0, 1]", "seeds = [-1]", "seeds are different numbers from 0 on"),
        (
            "folds = 2",
            'folds = 1\ntests = [{ name = "folder", folder = "x" }]',
            "needs either folds, 2 or more, or tests",
        ),
        ("validation = 0", "folds = 3", "task 'boxes': the folds of a st"),
        ('recipes = ["plain.toml"]', 'recipes = ["scratch.toml"]', "a new CLIP learns its words from drawn objects"),
        ("folds = 2", "", "needs either folds, 2 or more, or tests"),
        ("folds = 2", "folds = 2\nonly_folds = [2]", "different numbers from 0 to below folds = 2, given: 2"),
        ("folds = 2", "folds = 2\nonly_folds = [0, 0]", "different numbers from 0 to below folds = 2, given: 0, 0"),
        ("against = [", 'against = ["nobody", ', "against names 'nobody', which is none of"),
        ('recipes = ["plain.toml"]', 'recipes = ["plain.toml", "plain.toml"]', "two of a name"),
        ('recipes = ["plain.toml"]', 'recipes = ["other.toml"]', "cannot read"),
    ],
)
def test_studies_that_make_no_sense(study: Path, old: str, new: str, says: str) -> None:
    study.write_text(study.read_text().replace(old, new, 1))
    scratch = study.with_name("plain.toml").read_text().replace('source = "pairs"\n', "").partition("[data]")[0]
    scratch = re.sub(r"weights = .*", "[start.scratch]\nside = 64", scratch)
    study.with_name("scratch.toml").write_text(f"{scratch}\n[[stages]]\nsteps = 1\n")
    with pytest.raises(ConfigError) as caught:
        read_study(study)
    assert says in str(caught.value)


def test_a_recipe_keeps_of_its_data_what_it_may_decide(study: Path) -> None:
    recipe = study.with_name("plain.toml")
    recipe.write_text(recipe.read_text().replace("[[stages]]", "unpaired = true\nmirror = true\n[[stages]]", 1))
    recipe.write_text(recipe.read_text().replace('split = "all" }]\n', 'split = "all" }]\n', 1))
    assert not any(data["unpaired"] for data in planned(study))
    study.write_text(study.read_text().replace("folds = 2", 'folds = 2\nrecipes_decide = ["unpaired"]'))
    assert all(data["unpaired"] and not data["mirror"] for data in planned(study))
    assert {data["sets"][0]["folder"] for data in planned(study)} == {"boxes"}


def test_some_folds_of_each_seed_can_be_left_out(study: Path) -> None:
    everything = read_study(study)[1]
    study.write_text(study.read_text().replace("folds = 2", "folds = 2\nonly_folds = [1]"))
    cells = read_study(study)[1]
    assert [cell.place for cell in cells] == [cell.place for cell in everything if cell.fold == 1]
    assert [cell.data for cell in cells] == [cell.data for cell in everything if cell.fold == 1]


def test_a_task_says_by_what_runs_are_judged(study: Path) -> None:
    recipe = study.with_name("plain.toml")
    recipe.write_text(recipe.read_text() + 'validation = { metric = "text/mrr" }\n[validation]\nmetric = "both/mrr"\n')
    study.write_text(study.read_text().replace("validation = 0", "validation = 0.2"))

    def metrics() -> set[tuple[str, str]]:
        plans = [cell.plan for cell in read_study(study)[1] if cell.plan]
        return {(p.validation.metric, p.stages[0].validation.metric) for p in plans if p.validation}  # type: ignore[union-attr]

    assert metrics() == {("both/mrr", "text/mrr")}
    study.write_text(study.read_text().replace("folds = 2", 'folds = 2\nmetric = "sketch/mrr"'))
    assert metrics() == {("sketch/mrr", "sketch/mrr")}
    recipe.write_text(recipe.read_text().replace("both/mrr", "loss"))
    assert metrics() == {("loss", "sketch/mrr")}
    study.write_text(study.read_text().replace("sketch/mrr", "smell/mrr"))
    with pytest.raises(ConfigError, match="smell"):
        read_study(study)


def planned(study: Path) -> list[dict[str, Any]]:
    """The data of each training of a study."""
    return [cell.plan.model_dump()["data"] for cell in read_study(study)[1] if cell.plan]

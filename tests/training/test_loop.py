"""The loop follows its recipe, can be killed and resumed, and never mixes runs up."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
import torch
from safetensors.torch import load_file
from torch import nn
from torch.utils.data import Dataset

import stbir
from stbir.config import Settings
from stbir.data import drawn
from stbir.errors import ConfigError, InputError, UnknownName
from stbir.functional.contours import contours
from stbir.methods.base import Method
from stbir.methods.batch import Batch
from stbir.methods.late_fusion import LateFusion, LateFusionConfig
from stbir.methods.two_views import TwoViews
from stbir.nn.clip import Backbone
from stbir.training import checkpoint
from stbir.training.batches import DrawnBatches, family_weights, stream
from stbir.training.loop import train
from stbir.training.recipe import DrawnData, Stage
from stbir.training.source import DrawnSource


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model" / "model.safetensors")


def test_a_run_leaves_a_model_and_a_log(recipe: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    model = train(recipe, to=folder, workers=0)
    assert stbir.load(model).name == "late_fusion"
    rows = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    assert [(row["stage"], row["step"]) for row in rows] == [
        ("first", 2), ("first", 3), ("second", 2), ("second", 4), ("second", 5),
    ]  # fmt: skip
    assert {"sketch", "text", "both"} <= set(rows[0])
    assert train(recipe, to=folder, resume=True) == model


@pytest.mark.parametrize("stop", [1, 2, 4, 6])
def test_resumed_equals_unbroken_bit_for_bit(
    recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: int
) -> None:
    """The power goes at step `stop`, counted over both stages; the second run goes on from the last checkpoint."""
    train(recipe, to=tmp_path / "unbroken", workers=0)
    steps = 0

    def failing(*args: object, **kwargs: object) -> object:
        nonlocal steps
        steps += 1
        if steps > stop:
            raise KeyboardInterrupt
        return original(*args, **kwargs)

    original = torch.nn.utils.clip_grad_norm_
    with monkeypatch.context() as patch:
        patch.setattr(torch.nn.utils, "clip_grad_norm_", failing)
        with pytest.raises(KeyboardInterrupt):
            train(recipe, to=tmp_path / "broken", workers=0)
    resume = (tmp_path / "broken" / "checkpoint.safetensors").exists()
    assert resume == (stop >= 2)
    train(recipe, to=tmp_path / "broken", workers=0, resume=resume)
    torch.testing.assert_close(weights(tmp_path / "unbroken"), weights(tmp_path / "broken"), rtol=0, atol=0)


class Unsteady(LateFusion):
    """Drops units in training, and counts its steps in a buffer as a batch norm does."""

    def __init__(self, backbone: Backbone, config: LateFusionConfig) -> None:
        super().__init__(backbone, config)
        self.register_buffer("seen", torch.zeros(1))

    def loss(self, batch: Batch, objective: Settings | None = None) -> dict[str, torch.Tensor]:
        self.seen += 1
        terms = super().loss(batch, objective)
        return {name: nn.functional.dropout(term[None], 0.5)[0] for name, term in terms.items()}


def test_resuming_repeats_dropout_and_averaging_keeps_statistics(
    recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "stbir.training.loop.build", lambda _, backbone, settings: Unsteady(backbone, LateFusionConfig(**settings))
    )
    left = 6  # with a checkpoint after step 2 of the second stage

    def failing(*args: object, **kwargs: object) -> object:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        return original(*args, **kwargs)

    train(recipe, to=tmp_path / "unbroken", workers=2)
    original = torch.nn.utils.clip_grad_norm_
    with monkeypatch.context() as patch:
        patch.setattr(torch.nn.utils, "clip_grad_norm_", failing)
        with pytest.raises(KeyboardInterrupt):
            train(recipe, to=tmp_path / "broken", workers=1)
    torch.rand(7)
    train(recipe, to=tmp_path / "broken", workers=1, resume=True)
    torch.testing.assert_close(weights(tmp_path / "unbroken"), weights(tmp_path / "broken"), rtol=0, atol=0)
    own = load_file(tmp_path / "unbroken" / "model" / "method.safetensors")
    assert float(own["seen"]) == 8


class Informed(LateFusion):
    """Is told how many classes there are, and by each stage how hard to pull."""

    class Config(LateFusionConfig):
        classes: int = 0

    class Objective(Settings):
        pull: float = 1.0

    told: ClassVar[list[tuple[int, float]]] = []

    def loss(self, batch: Batch, objective: Settings | None = None) -> dict[str, torch.Tensor]:
        assert isinstance(objective, Informed.Objective)
        assert isinstance(self.config, Informed.Config)
        self.told.append((self.config.classes, objective.pull))
        return super().loss(batch)


class Classed(DrawnSource):
    """Has seven fine classes."""

    @property
    def classes(self) -> int:
        return 7


@pytest.mark.parametrize(("asked", "classes"), [("", 7), ("[start.settings]\nclasses = 9", 9)])
def test_a_method_is_told_the_classes_of_the_data_and_the_objective_of_the_stage(
    recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str, classes: int
) -> None:
    monkeypatch.setattr("stbir.training.loop.build", lambda _, b, settings: Informed(b, Informed.Config(**settings)))
    monkeypatch.setattr("stbir.training.loop.open_source", lambda plan, **_: Classed(plan.data, plan.seed))
    monkeypatch.setattr(Informed, "told", [])
    text = recipe.read_text().replace("[data]", f"{asked}\n[data]") + "objective = { pull = 3.0 }\n"
    recipe.write_text(text)
    train(recipe, to=tmp_path / "run", workers=0)
    assert Informed.told == [(classes, 1.0)] * 3 + [(classes, 3.0)] * 5


def test_fewer_classes_than_the_data_has_are_refused(
    recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stbir.training.loop.build", lambda _, b, settings: Informed(b, Informed.Config(**settings)))
    monkeypatch.setattr("stbir.training.loop.open_source", lambda plan, **_: Classed(plan.data, plan.seed))
    recipe.write_text(recipe.read_text().replace("[data]", "[start.settings]\nclasses = 3\n[data]"))
    with pytest.raises(ConfigError, match="say classes = 3, but the data has 7"):
        train(recipe, to=tmp_path / "run", workers=0)


def test_a_log_without_a_checkpoint_is_begun_anew(recipe: Path, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/log.jsonl").write_text('{"stage": "of a run that was killed at once", "step": 1}\n')
    train(recipe, to=tmp_path / "run", workers=0)
    assert "killed" not in (tmp_path / "run/log.jsonl").read_text()


@pytest.mark.parametrize(("cores", "threads"), [(1, 3), (4, 1)])
def test_it_computes_on_what_is_allowed_and_afterwards_on_all_again(
    recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cores: int, threads: int
) -> None:
    used: set[int] = set()
    original = torch.nn.utils.clip_grad_norm_

    def watched(*args: object, **kwargs: object) -> object:
        used.add(torch.get_num_threads())
        return original(*args, **kwargs)

    monkeypatch.setattr(torch.nn.utils, "clip_grad_norm_", watched)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)), raising=False)
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        train(recipe, to=tmp_path / "run", workers=0)
        assert used == {1}
        assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)


class Failing(Dataset[Batch]):
    def __getitem__(self, step: int) -> Batch:
        raise UnknownName("family", "teepot", ["teapot"], hint="look again")


@pytest.mark.parametrize("workers", [0, 1])
def test_what_goes_wrong_in_a_worker_is_still_one_line(workers: int) -> None:
    with pytest.raises(UnknownName) as caught:
        next(stream(Failing(), first=0, stop=3, workers=workers))
    assert str(caught.value) == "unknown family 'teepot', did you mean 'teapot'? (known: teapot); look again"


def test_killed_it_goes_on_and_leaves_no_worker(recipe: Path, tmp_path: Path) -> None:
    longer = recipe.read_text().replace("steps = 5", 'steps = 12\nkeep = "best"').replace("ramp = 4", "held_out = 2")
    recipe.write_text(longer + '[validation]\nunit = "steps"\nevery = 3\nmetric = "loss"\npatience = 2\n')
    folder = tmp_path / "killed"
    code = "import sys; from stbir.training.loop import train; train(sys.argv[1], to=sys.argv[2], workers=2)"
    process = subprocess.Popen([sys.executable, "-c", code, str(recipe), str(folder)], stderr=subprocess.DEVNULL)
    state = folder / "checkpoint.safetensors"
    until = time.monotonic() + 60
    while not state.exists() and time.monotonic() < until:
        time.sleep(0.02)
    workers = children(process.pid)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (folder / "model").exists()
    (folder / ".tmpA1b2C3").write_bytes(b"what a save leaves behind that is killed half-way")
    train(recipe, to=folder, workers=2, resume=True)
    train(recipe, to=tmp_path / "unbroken", workers=2)
    torch.testing.assert_close(weights(folder), weights(tmp_path / "unbroken"), rtol=0, atol=0)
    assert measurements(folder) == measurements(tmp_path / "unbroken")
    assert not list(folder.glob(".tmp*"))
    until = time.monotonic() + 20
    while any(runs(worker) for worker in workers) and time.monotonic() < until:
        time.sleep(0.1)
    assert not any(runs(worker) for worker in workers)


def measurements(folder: Path) -> dict[tuple[str, int], float]:
    rows = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    found = [row for row in rows if row.get("stage") and "validation" in row]
    assert len({(row["stage"], row["step"]) for row in found}) == len(found) > 0
    return {(row["stage"], row["step"]): row["validation"]["loss"] for row in found}


def children(pid: int) -> list[int]:
    """The processes that `pid` started; none where the system does not tell."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_stage_moves_what_it_names(recipe: Path, clip_folder: Path, tmp_path: Path) -> None:
    text = recipe.read_text()
    recipe.write_text(text[: text.index('[[stages]]\nname = "second"')])
    train(recipe, to=tmp_path / "run", workers=0)
    before, after = load_file(clip_folder / "model.safetensors"), weights(tmp_path / "run")
    moved = {name for name in after if not torch.equal(before[name], after[name])}
    assert moved
    assert all("layer_norm" in name or name == "logit_scale" for name in moved)


def test_a_run_from_before_a_setting_existed_is_still_its_own(
    recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    final = train(recipe, to=tmp_path / "run", workers=0)
    begun = checkpoint.progress_of(tmp_path / "run/checkpoint.safetensors")

    def told(recipe: dict[str, Any]) -> None:
        monkeypatch.setattr(checkpoint, "progress_of", lambda _: replace(begun, recipe=recipe))

    plan = dict(begun.recipe)
    assert plan.pop("select") == "stage"
    told(plan)
    assert train(recipe, to=tmp_path / "run", workers=0, resume=True) == final
    for other in (plan | {"select": "overall"}, {"no": "recipe"}):
        told(other)
        with pytest.raises(InputError, match="follows another recipe"):
            train(recipe, to=tmp_path / "run", workers=0, resume=True)


def test_a_run_is_not_overwritten(recipe: Path, tmp_path: Path) -> None:
    train(recipe, to=tmp_path / "run", workers=0)
    with pytest.raises(InputError, match="holds a run already; go on with --resume"):
        train(recipe, to=tmp_path / "run", workers=0)
    recipe.write_text(recipe.read_text().replace("seed = 3", "seed = 4"))
    with pytest.raises(InputError, match="follows another recipe"):
        train(recipe, to=tmp_path / "run", workers=0, resume=True)
    (tmp_path / "run" / "checkpoint.safetensors").write_bytes(b"damaged")
    with pytest.raises(InputError, match="is damaged"):
        train(recipe, to=tmp_path / "run", workers=0, resume=True)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("seed = 3", "sead = 3", "unknown key 'sead', did you mean 'seed'"),
        ("steps = 5", "step = 5", r"stages.1.step.*did you mean 'steps'|'stages.1.steps' is missing"),
        ("steps = 5", "steps = 0", "'stages.1.steps'"),
        ("[start]", "[start]\nscratch = {}", "recipe.toml: 'start': give either weights"),
        ('"second"', '"first"', "every stage needs a name of its own, given: first, first"),
        ('free = ["*layer_norm*"', 'free = ["*layer-norm*"', "matches no parameter"),
        ("seed = 3", "seed = ", "is not valid TOML"),
    ],
)
def test_a_wrong_recipe_is_one_clear_line(recipe: Path, tmp_path: Path, old: str, new: str, message: str) -> None:
    recipe.write_text(recipe.read_text().replace(old, new))
    with pytest.raises(ConfigError, match=message) as caught:
        train(recipe, to=tmp_path / "run", workers=0)
    assert "\n" not in str(caught.value)


def test_a_missing_recipe_and_a_held_out_family(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read"):
        train(tmp_path / "missing.toml")
    with pytest.raises(UnknownName, match="unknown family to train on 'teapot'"):
        family_weights(DrawnData(families={"teapot": 1.0}))


def test_batches_are_a_function_of_the_step(clip_folder: Path) -> None:
    preprocessing = stbir.load(clip_folder).backbone.preprocessing
    data = DrawnData(families={"bag": 1.0, "boot": 1.0}, ramp=0, one_family=0.6)
    batches = DrawnBatches(data, Stage(steps=6, batch_size=6), preprocessing, family_weights(data), Method.look, 0)
    straight = list(stream(batches, first=0, stop=6, workers=0))
    late = list(stream(batches, first=4, stop=6, workers=1))
    assert [batch.instances for batch in straight[4:]] == [batch.instances for batch in late]
    assert (straight[5].photos == late[1].photos).all()
    assert torch.equal(straight[5].ids, late[1].ids)
    assert straight[0].instances != straight[1].instances
    kinds = [len(set(batch.categories)) for batch in straight]
    assert 1 in kinds
    assert 2 in kinds


def test_training_sees_nothing_that_is_held_out(clip_folder: Path) -> None:
    preprocessing = stbir.load(clip_folder).backbone.preprocessing
    data = DrawnData()
    batches = DrawnBatches(data, Stage(steps=2, batch_size=24), preprocessing, family_weights(data), Method.look, 1)
    names = [name for batch in stream(batches, first=0, stop=2, workers=0) for name in batch.instances]
    seen = {str(name).rpartition("-")[0] for name in names}
    assert not seen & set(drawn.HELD_OUT_FAMILIES)


def test_some_sketches_are_unfinished_and_some_lines_broad(clip_folder: Path) -> None:
    preprocessing = stbir.load(clip_folder).backbone.preprocessing

    def ink(**settings: float) -> torch.Tensor:
        data = DrawnData(families={"bag": 1.0}, ramp=0, mirror=False, **settings)
        batches = DrawnBatches(data, Stage(steps=1, batch_size=24), preprocessing, {"bag": 1.0}, Method.look, 3)
        return torch.from_numpy(255.0 - batches[0].sketches[..., 0]).sum(dim=(1, 2))

    whole, broad, some = ink(), ink(thick=1.0), ink(thick=0.5)
    assert (broad >= whole).all()
    assert float((broad / whole).mean()) > 1.1
    assert 4 <= int((some > whole).sum()) <= 20
    assert float(ink(unfinished=1.0).mean()) < float(whole.mean())


def test_a_negative_number_of_workers_is_refused(recipe: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="workers is -1"):
        train(recipe, to=tmp_path / "run", workers=-1)


def test_contours_are_found_beside_the_training(clip_folder: Path) -> None:
    """What a worker makes of the photos is what the method would make of them itself, mirrored with them."""
    preprocessing = stbir.load(clip_folder).backbone.preprocessing
    data = DrawnData(families={"bag": 1.0}, ramp=0, mirror=False)
    stage = Stage(steps=1, batch_size=4)
    raw, looked = (
        DrawnBatches(data, stage, preprocessing, {"bag": 1.0}, look, 3)[0].photos
        for look in (Method.look, TwoViews.look)
    )
    assert (looked[..., :3] == raw).all()
    assert (looked[..., 3] == [contours(picture) for picture in raw]).all()

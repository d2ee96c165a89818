"""One step and one stage: portions add up, the best is kept, and a stage ends when nothing gets better."""

import copy
import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import ClassVar

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

import stbir
from stbir.config import Settings, parse
from stbir.methods.base import Method
from stbir.methods.batch import Batch
from stbir.methods.late_fusion import LateFusion, LateFusionConfig
from stbir.nn.freezing import free_only
from stbir.testing.method import ten_pairs
from stbir.training.collapse import Spread
from stbir.training.journal import Journal
from stbir.training.loop import train
from stbir.training.optimisation import optimiser_of
from stbir.training.processes import Processes
from stbir.training.recipe import Recipe
from stbir.training.source import open_source
from stbir.training.steps import Course, learn, tell
from stbir.training.validation import Measured
from stbir.types import Report


class MeanOverRows(LateFusion):
    """How far sketch and words are from their own photo, averaged: no row knows another one."""

    def loss(self, batch: Batch, objective: Settings | None = None) -> dict[str, torch.Tensor]:
        photos, sketches, texts = (self.rows(batch, side) for side in ("photo", "sketch", "text"))
        return {
            "sketch": (1 - (photos * sketches).sum(dim=1)).mean(),
            "text": (1 - (photos * texts).sum(dim=1)).mean(),
        }


@pytest.fixture
def method(clip_folder: Path) -> MeanOverRows:
    return MeanOverRows(stbir.load(clip_folder).backbone, LateFusionConfig())


def one_step(
    method: Method,
    tmp_path: Path,
    *,
    shared: Processes | None = None,
    scaler: torch.amp.GradScaler | None = None,
    **stage: object,
) -> tuple[dict[str, float], dict[str, torch.Tensor]]:
    values = {"steps": 1, "batch_size": 8, "optimiser": "sgd", "learning_rate": 0.1, "warm_up": 0, **stage}
    plan = parse(Recipe, {"name": "some", "start": {"weights": "tiny"}, "stages": [values]}, source="test")
    method = copy.deepcopy(method)
    shared = shared or Processes(0, 1, torch.device("cpu"))
    source = open_source(plan, root=tmp_path, method=method)
    course = Course(plan, method, source, shared, Journal(None), tmp_path / "state", 0)
    free_only(method, plan.stages[0].free)
    terms = learn(
        course,
        plan.stages[0],
        0,
        method.batch(ten_pairs()[:8]),
        objective=Settings(),
        optimiser=optimiser_of(method, plan.stages[0]),
        scaler=scaler or torch.amp.GradScaler("cuda", enabled=False),
    )
    return terms, method.state_dict()


def test_two_portions_of_four_are_one_batch_of_eight(method: MeanOverRows, tmp_path: Path) -> None:
    whole, cut = one_step(method, tmp_path), one_step(method, tmp_path, accumulate=2)
    assert whole[0] == pytest.approx(cut[0], abs=2e-4)
    assert whole[0]["loss"] == pytest.approx(whole[0]["sketch"] + whole[0]["text"], abs=2e-4)
    torch.testing.assert_close(whole[1], cut[1], rtol=0, atol=1e-6)
    moved = [name for name, value in method.state_dict().items() if not torch.equal(value, whole[1][name])]
    assert len(moved) > 20


class Thread(Processes):
    """One of two threads that stand for processes: what one gives, both have."""

    meeting = Barrier(2)
    given: ClassVar[dict[int, torch.Tensor]] = {}

    def summed(self, value: torch.Tensor) -> torch.Tensor:
        self.given[self.number] = value
        self.meeting.wait(timeout=20)
        total = self.given[0] + self.given[1]
        self.meeting.wait(timeout=20)
        return total


@pytest.mark.parametrize("accumulate", [1, 2])
def test_two_that_share_a_step_come_to_the_weights_of_one(
    method: MeanOverRows, tmp_path: Path, accumulate: int
) -> None:
    alone = one_step(method, tmp_path)

    def half(number: int) -> tuple[dict[str, float], dict[str, torch.Tensor]]:
        return one_step(method, tmp_path, shared=Thread(number, 2, torch.device("cpu")), accumulate=accumulate)

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(half, (0, 1))
    assert first[0] == second[0] == pytest.approx(alone[0], abs=2e-4)
    torch.testing.assert_close(first[1], second[1], rtol=0, atol=0)
    torch.testing.assert_close(first[1], alone[1], rtol=0, atol=1e-6)


def test_a_clip_shortens_the_gradient_and_0_leaves_it(method: MeanOverRows, tmp_path: Path) -> None:
    before = method.state_dict()

    def length(**stage: object) -> float:
        after = one_step(method, tmp_path, weight_decay=0.0, momentum=0.0, **stage)[1]
        return float(sum(((after[name] - before[name]) ** 2).sum() for name in before)) ** 0.5

    assert length(clip=0.01) == pytest.approx(0.1 * 0.01, rel=1e-3)
    assert length(clip=0.0) > 2 * length(clip=0.01)


def test_a_scaled_loss_moves_weights_as_far(method: MeanOverRows, tmp_path: Path) -> None:
    """What fp16 needs on a GPU; the clip must see gradients that are no longer scaled."""
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    plain, scaled = (one_step(method, tmp_path, clip=0.01, scaler=some)[1] for some in (None, scaler))
    torch.testing.assert_close(plain, scaled, rtol=0, atol=1e-6)
    untouched = one_step(method, tmp_path, scaler=torch.amp.GradScaler("cpu", init_scale=float("inf")))[1]
    torch.testing.assert_close(untouched, method.state_dict(), rtol=0, atol=0)


RECIPE = """
name = "test"
save_every = 2
select = "{select}"
[start]
weights = "{clip}"
[data]
families = {{ bag = 1.0 }}
ramp = 0
held_out = 4
[validation]
unit = "steps"
every = {every}
metric = "both/mrr"
patience = {patience}
[[stages]]
name = "first"
free = ["*layer_norm*"]
steps = 4
batch_size = 2
keep = "{keep}"
average = 0.5
[[stages]]
name = "second"
free = ["*layer_norm*"]
steps = 6
batch_size = 4
keep = "{keep}"
optimiser = "sgd"
schedule = "cosine"
accumulate = 2
"""


def written(clip: Path, folder: Path, **options: object) -> Path:
    path = folder / "recipe.toml"
    options = {"select": "stage", "keep": "last", "every": 1, "patience": 0, **options}
    path.write_text(RECIPE.format(clip=clip, **options))
    return path


class Script:
    """Measures what it is told to, and remembers the weights it saw."""

    def __init__(self, values: Iterable[float]) -> None:
        self.values = list(values)
        self.seen: list[dict[str, torch.Tensor]] = []

    def __call__(self, method: Method, *_: object, **__: object) -> Measured:
        self.seen.append({name: value.clone() for name, value in method.state_dict().items()})
        return Measured({"both/mrr": self.values[len(self.seen) - 1]}, {}, Report({}, {}))


def scripted(monkeypatch: pytest.MonkeyPatch, values: Iterable[float]) -> Script:
    script = Script(values)
    monkeypatch.setattr("stbir.training.steps.validate", script)
    return script


def saved(folder: Path) -> dict[str, torch.Tensor]:
    return stbir.load(folder / "model").state_dict()


def measured_at(folder: Path) -> list[tuple[str, int]]:
    rows = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return [(row["stage"], row["step"]) for row in rows if "validation" in row and row["stage"]]


def test_a_stage_keeps_its_best_and_the_next_goes_on_from_it(
    clip_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = scripted(monkeypatch, [0.1, 0.6, 0.6, 0.2, *[0.3] * 6])
    train(written(clip_folder, tmp_path, keep="best"), to=tmp_path / "run", workers=0)
    # the second stage's first measurement is one small step after what it began with
    began, best, last = script.seen[4], script.seen[1], script.seen[3]
    name = "backbone.clip.text_model.final_layer_norm.weight"
    assert float((began[name] - best[name]).abs().max()) < 0.2 * float((last[name] - best[name]).abs().max())
    torch.testing.assert_close(saved(tmp_path / "run"), script.seen[4], rtol=0, atol=0)


@pytest.mark.parametrize(("select", "expected"), [("stage", 9), ("overall", 1)])
def test_the_last_or_the_best_of_all_stages_is_saved(
    clip_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, select: str, expected: int
) -> None:
    script = scripted(monkeypatch, [0.1, 0.6, 0.3, 0.2, 0.5, 0.6, *[0.3] * 4])
    train(written(clip_folder, tmp_path, select=select), to=tmp_path / "run", workers=0)
    torch.testing.assert_close(saved(tmp_path / "run"), script.seen[expected], rtol=0, atol=0)


def test_a_stage_ends_when_patience_does(clip_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scripted(monkeypatch, [0.5, 0.4, 0.5, 0.3, 0.2, 0.2])
    train(written(clip_folder, tmp_path, patience=2), to=tmp_path / "run", workers=0)
    assert measured_at(tmp_path / "run") == [
        ("first", 1), ("first", 2), ("first", 3), ("second", 1), ("second", 2), ("second", 3)
    ]  # fmt: skip


def test_measured_every_so_often_and_at_the_end(
    clip_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted(monkeypatch, [0.5] * 4)
    train(written(clip_folder, tmp_path, every=4), to=tmp_path / "run", workers=0)
    assert measured_at(tmp_path / "run") == [("first", 4), ("second", 4), ("second", 6)]


@pytest.mark.parametrize("options", [{"keep": "best", "patience": 3}, {"select": "overall"}], ids=str)
@pytest.mark.parametrize("stop", [3, 7])
def test_resumed_with_all_of_it_equals_unbroken(
    clip_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, object], stop: int
) -> None:
    recipe = written(clip_folder, tmp_path, **options)

    # by weights, so that what is measured twice is the same both times
    def value(method: Method, *_: object, **__: object) -> Measured:
        weight = float(method.state_dict()["backbone.clip.text_model.final_layer_norm.weight"].sum())
        return Measured({"both/mrr": float(np.sin(weight * 1e4))}, {}, Report({}, {}))

    monkeypatch.setattr("stbir.training.steps.validate", value)
    train(recipe, to=tmp_path / "unbroken", workers=0)
    original, steps = torch.nn.utils.clip_grad_norm_, 0

    def failing(*args: object, **kwargs: object) -> object:
        nonlocal steps
        steps += 1
        if steps > stop:
            raise KeyboardInterrupt
        return original(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(torch.nn.utils, "clip_grad_norm_", failing)
        with pytest.raises(KeyboardInterrupt):
            train(recipe, to=tmp_path / "broken", workers=0)
    train(recipe, to=tmp_path / "broken", workers=0, resume=True)
    for file in ("model/model.safetensors", "checkpoint.safetensors"):
        torch.testing.assert_close(
            load_file(tmp_path / "unbroken" / file), load_file(tmp_path / "broken" / file), rtol=0, atol=0
        )
    assert measured_at(tmp_path / "broken") == measured_at(tmp_path / "unbroken")


def test_it_warns_when_vectors_run_together_but_not_of_how_it_began(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = Measured({}, {"photo": Spread(9.0, 0.1, 0.1, 32), "sketch": Spread(1.0, 1.0, 0.0, 32)}, Report({}, {}))
    journal = Journal(tmp_path / "log.jsonl")
    tell(journal, found, stage=None, step=0, at=0)
    assert capsys.readouterr().err == ""
    for step in (5, 10):
        tell(journal, found, stage="one", step=step, at=step)
    journal.close()
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "the sketch vectors collapse at step 5 of stage 'one': they lie along about 1.0 directions of 32" in said

"""The one training loop: from a recipe to a folder that `stbir.load` reads."""

from __future__ import annotations

import copy
import json
import math
import os
import random
import shutil
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import torch
from torch import nn
from tqdm import tqdm

from stbir.config import read_toml
from stbir.errors import InputError, ModelError
from stbir.methods import build, load
from stbir.methods.base import Method
from stbir.nn.freezing import free_only
from stbir.training import checkpoint
from stbir.training.batches import DrawnBatches, family_weights, stream, vocabulary
from stbir.training.recipe import Recipe, Stage


def train(
    recipe: str | Path, *, to: str | Path | None = None, resume: bool = False, workers: int | None = None
) -> Path:
    """Follow a recipe and return the folder of the trained model.

    The run lives in `to` (default `runs/<name>`): `checkpoint.safetensors` while it goes on,
    `log.jsonl`, and `model/` at the end. Batches are drawn by `workers` processes (default: all
    cores but one), and the rest of the cores compute; what is drawn does not depend on it, but sums
    on more cores round differently.

    Raises:
        ConfigError: the recipe is missing or wrong.
        InputError: the folder holds a run already and `resume` is not set, or another recipe's run; or
            `workers` is negative.
        ModelError: the loss stopped being a number.
    """
    if workers is not None and workers < 0:
        raise InputError(f"workers is {workers}; give how many processes draw, or 0 to draw between the steps")
    plan = read_toml(recipe, Recipe)
    folder = Path(to) if to is not None else Path("runs") / plan.name
    state = folder / "checkpoint.safetensors"
    final = folder / "model"
    begun = _begun(state, folder, plan, resume=resume)
    if begun and begun.stage == len(plan.stages) and final.exists():
        return final
    folder.mkdir(parents=True, exist_ok=True)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    workers = max(1, cores - 1) if workers is None else workers
    with _computing_on(max(1, cores - workers)), (folder / "log.jsonl").open("a") as log:
        torch.manual_seed(plan.seed)
        method = start(plan, workers=workers)
        method.to("cuda" if torch.cuda.is_available() else "cpu")
        if begun:
            checkpoint.restore(state, method, None, None)
        for index in range(begun.stage if begun else 0, len(plan.stages)):
            first = begun.step if begun and begun.stage == index else 0
            _stage(plan, index, method, state=state, log=log, first=first, workers=workers)
    fresh = folder / "model.part"
    shutil.rmtree(fresh, ignore_errors=True)
    method.eval().save(fresh, dtype=torch.float16 if plan.save_as == "fp16" else torch.float32)
    (fresh / "recipe.json").write_text(json.dumps(plan.model_dump(mode="json"), indent=2) + "\n")
    shutil.rmtree(final, ignore_errors=True)
    os.replace(fresh, final)
    return final


def start(plan: Recipe, *, workers: int = 0) -> Method:
    """Make the method a recipe starts from; the words of a new one are collected by `workers` processes."""
    if plan.start.weights is not None:
        origin = load(plan.start.weights)
        method = build(plan.start.method, origin.backbone, plan.start.settings)
        method.inherit(origin)
        return method
    from stbir.nn.scratch import new_backbone

    assert plan.start.scratch is not None
    backbone = new_backbone(plan.start.scratch, vocabulary(plan.data, workers=workers), seed=plan.seed)
    return build(plan.start.method, backbone, plan.start.settings)


def rate(stage: Stage, step: int) -> float:
    """The learning rate at a step: it rises linearly, stays, and falls linearly to zero at the end.

    >>> stage = Stage(steps=100, learning_rate=1.0, warm_up=10, decay=0.2)
    >>> [round(rate(stage, step), 2) for step in (0, 9, 50, 80, 90, 99)]
    [0.1, 1.0, 1.0, 1.0, 0.5, 0.05]
    """
    rise = min(1.0, (step + 1) / stage.warm_up) if stage.warm_up else 1.0
    tail = stage.decay * stage.steps
    fall = min(1.0, (stage.steps - step) / tail) if tail else 1.0
    return stage.learning_rate * rise * fall


@contextmanager
def _computing_on(cores: int) -> Generator[None]:
    """Leave the other cores to those who draw; what comes after the training has all of them again."""
    before = torch.get_num_threads()
    torch.set_num_threads(cores)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _begun(state: Path, folder: Path, plan: Recipe, *, resume: bool) -> checkpoint.Progress | None:
    if not state.exists():
        if (folder / "model").exists():
            raise InputError(f"{folder} holds a trained model; train to another folder with --to")
        return None
    if not resume:
        raise InputError(f"{folder} holds a run already; go on with --resume, or train to another folder with --to")
    begun = checkpoint.progress_of(state)
    if begun.recipe != plan.model_dump(mode="json"):
        raise InputError(f"the run in {folder} follows another recipe; train to another folder with --to")
    return begun


def _stage(plan: Recipe, index: int, method: Method, *, state: Path, log: TextIO, first: int, workers: int) -> None:
    stage = plan.stages[index]
    free_only(method, stage.free)
    optimiser = _optimiser(method, stage)
    average = copy.deepcopy(method).requires_grad_(False) if stage.average else None
    if first:
        checkpoint.restore(state, method, average, optimiser)
    pictures, families = method.backbone.preprocessing, family_weights(plan.data)
    batches = DrawnBatches(plan.data, stage, pictures, families, method.look, plan.seed)
    bar = tqdm(total=stage.steps, initial=first, desc=f"{plan.name} · {stage.name}", unit="step", disable=None)
    began = time.monotonic()
    for step, batch in enumerate(stream(batches, first=first, stop=stage.steps, workers=workers), start=first):
        for group in optimiser.param_groups:
            group["lr"] = rate(stage, step)
        # Dropout, too, is a function of the step, on every device: a resumed run drops what an unbroken one does.
        torch.manual_seed(random.Random(f"{plan.seed}:{stage.name}:{step}:loss").getrandbits(63))
        with torch.autocast(method.backbone.device.type, dtype=torch.bfloat16, enabled=stage.precision == "bf16"):
            terms = method.loss(batch)
        total = torch.stack(list(terms.values())).sum()
        value = float(total.detach())
        if not math.isfinite(value):
            raise ModelError(f"the loss became {value} at step {step}; lower the learning rate")
        optimiser.zero_grad(set_to_none=True)
        total.backward()
        nn.utils.clip_grad_norm_(method.parameters(), stage.clip)
        optimiser.step()
        if average is not None:
            _follow(average, method, min(stage.average, (1 + step) / (10 + step)))
        values = {name: round(float(value.detach()), 4) for name, value in terms.items()}
        bar.set_postfix(values, refresh=False)
        bar.update()
        done = step + 1
        if done % plan.save_every == 0 or done == stage.steps:
            row = {"stage": stage.name, "step": done, "seconds": round(time.monotonic() - began, 1), **values}
            print(json.dumps(row), file=log, flush=True)
        if done % plan.save_every == 0 and done < stage.steps:
            progress = checkpoint.Progress(index, done, plan.model_dump(mode="json"))
            checkpoint.save(state, progress, method, average, optimiser)
    bar.close()
    if average is not None:
        method.load_state_dict(average.state_dict())
    progress = checkpoint.Progress(index + 1, 0, plan.model_dump(mode="json"))
    checkpoint.save(state, progress, method, None, optimiser)


def _optimiser(method: Method, stage: Stage) -> torch.optim.Optimizer:
    free = [parameter for parameter in method.parameters() if parameter.requires_grad]
    groups = [
        {"params": [p for p in free if p.ndim > 1], "weight_decay": stage.weight_decay},
        {"params": [p for p in free if p.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=stage.learning_rate, betas=(0.9, 0.98))


@torch.no_grad()
def _follow(average: nn.Module, method: nn.Module, keep: float) -> None:
    for slow, fast in zip(average.parameters(), method.parameters(), strict=True):
        slow.lerp_(fast, 1 - keep)
    for slow, fast in zip(average.buffers(), method.buffers(), strict=True):
        slow.copy_(fast)

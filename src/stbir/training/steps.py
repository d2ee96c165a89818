"""The steps of one stage: learn, measure, keep, and leave behind what the next stage goes on from."""

from __future__ import annotations

import copy
import math
import random
import time
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn
from tqdm import tqdm

from stbir.config import Settings
from stbir.errors import ConfigError, InputError, ModelError
from stbir.methods.base import Method
from stbir.methods.batch import Batch
from stbir.nn.freezing import free_only
from stbir.training import checkpoint
from stbir.training.batches import stream
from stbir.training.check import objective_of
from stbir.training.journal import Journal
from stbir.training.optimisation import follow, optimiser_of, rate, set_rate
from stbir.training.portions import onto, portions
from stbir.training.processes import Processes
from stbir.training.recipe import Recipe
from stbir.training.selection import Selection
from stbir.training.source import Source
from stbir.training.stages import Stage, Validation, lower_is_better
from stbir.training.validation import Measured, attention, autocast, interval, validate


@dataclass
class Course:
    """What the stages of a run share, and what changes from one to the next."""

    plan: Recipe
    method: Method
    source: Source
    processes: Processes
    journal: Journal
    state: Path
    workers: int
    selection: Selection = field(default_factory=Selection)
    best: dict[str, Tensor] | None = None

    def save(
        self,
        stage: int,
        step: int,
        *,
        average: nn.Module | None = None,
        optimiser: torch.optim.Optimizer | None = None,
        scaler: torch.amp.GradScaler | None = None,
    ) -> None:
        """Write the checkpoint; only the main process does."""
        if self.processes.main:
            progress = checkpoint.Progress(
                stage,
                step,
                self.plan.model_dump(mode="json"),
                self.selection.values(),
                scaler.state_dict() if scaler else {},
            )
            checkpoint.save(self.state, progress, self.method, average=average, optimiser=optimiser, best=self.best)


def run_stage(course: Course, index: int, *, first: int) -> None:
    """Run a stage from step `first` on; what came before that is in the checkpoint.

    Raises:
        ModelError: the loss stopped being a number.
        InputError: the data cannot be read, or has a batch that cannot be shared.
    """
    plan, method, source = course.plan, course.method, course.source
    stage = plan.stages[index]
    steps, before = source.steps(stage), sum(source.steps(one) for one in plan.stages[:index])
    objective, how = objective_of(method, stage), plan.validation_of(stage)
    every = interval(source, stage, how) if how else 0
    free_only(method, stage.free)
    optimiser = optimiser_of(method, stage)
    scaler = torch.amp.GradScaler("cuda", enabled=stage.precision == "fp16")
    average = copy.deepcopy(method).requires_grad_(False) if stage.average else None
    if first:
        checkpoint.restore(course.state, method, average, optimiser)
        scaler.load_state_dict(dict(checkpoint.progress_of(course.state).scaler))
    shown: dict[str, str] = {}
    began = time.monotonic()
    batches = stream(source.batches(method, stage), first=first, stop=steps, workers=course.workers)
    bar = tqdm(
        total=steps,
        initial=first,
        desc=f"{plan.name} · {stage.name}",
        unit="step",
        disable=True if course.journal.silent else None,
    )
    with closing(batches), bar:
        for step, batch in enumerate(batches, start=first):
            set_rate(optimiser, rate(stage, step, steps=steps))
            terms = learn(course, stage, step, batch, objective=objective, optimiser=optimiser, scaler=scaler)
            if average is not None:
                follow(average, method, min(stage.average, (1 + step) / (10 + step)))
            done = step + 1
            if how and (done % every == 0 or done == steps):
                at = before + done
                value = _measured(course, stage, done, at=at, how=how, objective=objective, average=average)
                shown[how.metric] = f"{value:.4g}"
            ends = done == steps or bool(how and how.patience and course.selection.here.since >= how.patience)
            shown["loss"] = f"{terms['loss']:.4g}"
            bar.set_postfix(shown, refresh=False)
            bar.update()
            if done % plan.save_every == 0 or ends:
                rates = {"rate": rate(stage, step, steps=steps), "seconds": round(time.monotonic() - began, 1)}
                course.journal.train(stage.name, done, at=before + done, values={**rates, **terms})
            if ends:
                break
            if done % plan.save_every == 0:
                course.save(index, done, average=average, optimiser=optimiser, scaler=scaler)
    if average is not None:
        method.load_state_dict(average.state_dict())
    if stage.keep == "best" and course.best is not None:
        method.load_state_dict(course.best)
        course.best = None
    course.selection = course.selection.next_stage()
    course.save(index + 1, 0)


def learn(
    course: Course,
    stage: Stage,
    step: int,
    batch: Batch,
    *,
    objective: Settings,
    optimiser: torch.optim.Optimizer,
    scaler: torch.amp.GradScaler,
) -> dict[str, float]:
    """Take one step and return the loss with its terms, averaged over all rows of the batch.

    Raises:
        InputError: the batch has fewer rows than there are processes.
        ModelError: the loss is no number.
    """
    method, shared = course.method, course.processes
    if len(batch.instances) < shared.count:
        raise InputError(f"a batch of {len(batch.instances)} rows cannot be shared by {shared.count} processes")
    optimiser.zero_grad(set_to_none=True)
    found: list[Tensor] = []
    names: list[str] = []
    own = portions(batch, process=shared.number, processes=shared.count, each=stage.accumulate)
    for number, (some, share) in enumerate(own, start=shared.number * stage.accumulate):
        # Dropout, too, is a function of the step, on every device: a resumed run drops what an unbroken one does.
        what = f"{course.plan.seed}:{stage.name}:{step}:loss" + (f":{number}" if number else "")
        torch.manual_seed(random.Random(what).getrandbits(63))
        with autocast(method, stage.precision), attention(method, stage.precision):
            terms = method.loss(onto(some, shared.device), objective)
        names = [*terms]
        values = torch.stack([value.float() for value in terms.values()])
        if not values.requires_grad:
            raise ConfigError(
                f"the loss of stage {stage.name!r} ({', '.join(names)}) does not depend on anything that it frees "
                f"({', '.join(stage.free)}); free other parts, or change its objective"
            )
        scaler.scale(share * torch.stack(list(terms.values())).sum()).backward()
        found.append(share * values.detach())
    mean = shared.summed(torch.stack(found).sum(dim=0)).tolist()
    total = math.fsum(mean)
    if not math.isfinite(total):
        raise ModelError(f"the loss became {total} at step {step}; lower the learning rate")
    shared.sum_gradients(method.parameters())
    scaler.unscale_(optimiser)
    if stage.clip:
        nn.utils.clip_grad_norm_(method.parameters(), stage.clip)
    scaler.step(optimiser)
    scaler.update()
    return {"loss": round(total, 4)} | {name: round(value, 4) for name, value in zip(names, mean, strict=True)}


def _measured(
    course: Course,
    stage: Stage,
    step: int,
    *,
    at: int,
    how: Validation,
    objective: Settings,
    average: nn.Module | None,
) -> float:
    """Measure what the stage would leave behind now, and keep it where it is the best so far."""
    seen = course.method if average is None else average
    assert isinstance(seen, Method)
    value = math.nan
    if course.processes.main:
        found = validate(seen, course.source, stage, how=how, objective=objective)
        value = found.value(how.metric)
        tell(course.journal, found, stage=stage.name, step=step, at=at)
    value = course.processes.told(value)
    free_only(course.method, stage.free)  # measuring left it in eval mode
    lower = lower_is_better(how.metric)
    course.selection = course.selection.after(value, stage=stage.name, step=step, lower=lower)
    deciding = course.selection.overall if course.plan.select == "overall" else course.selection.here
    wanted = stage.keep == "best" or course.plan.select == "overall"
    if wanted and deciding.best is not None and deciding.since == 0:
        course.best = {name: value.detach().cpu().clone() for name, value in seen.state_dict().items()}
    return value


def tell(journal: Journal, found: Measured, *, stage: str | None, step: int, at: int) -> None:
    """Write a measurement down, and warn where the vectors of a side have run together."""
    spreads = {side: asdict(spread) for side, spread in found.spreads.items()}
    journal.measured(stage, step, at=at, numbers=found.numbers, spreads=spreads)
    if stage is None:
        return
    for side, spread in found.spreads.items():
        trouble = spread.trouble()
        if trouble:
            journal.warn(
                f"collapse of {side}",
                f"the {side} vectors collapse at step {step} of stage {stage!r}: {trouble}; "
                "lower the learning rate, or train fewer parts at once",
            )

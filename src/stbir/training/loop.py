"""The one training loop: from a recipe to a folder that `stbir.load` reads."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import torch

from stbir.errors import ConfigError, InputError
from stbir.methods import build, load
from stbir.methods.base import Method
from stbir.training import checkpoint
from stbir.training.batches import vocabulary
from stbir.training.check import check_plan
from stbir.training.extends import read_recipe
from stbir.training.journal import Journal, cut_back
from stbir.training.processes import Processes, processes
from stbir.training.recipe import DrawnData, Recipe, completed
from stbir.training.reporters import open_reporter
from stbir.training.selection import Selection
from stbir.training.source import CategorySource, LossSource, Source, WordSource, open_source
from stbir.training.stages import LOSS, Validation, parts
from stbir.training.steps import Course, run_stage, tell
from stbir.training.validation import measure
from stbir.training.verdict import NOT_MEASURED, Verdict, judge, write_verdict
from stbir.types import Report


def train(
    recipe: str | Path | Recipe,
    *,
    to: str | Path | None = None,
    resume: bool = False,
    workers: int | None = None,
    data: str | Path = ".",
    report_to: Sequence[str] = (),
) -> Path:
    """Follow a recipe and return the folder of the trained model.

    The run lives in `to` (default `runs/<name>`): `checkpoint.safetensors` while it goes on,
    `log.jsonl`, and at the end `model/` and `verdict.json`, which says whether the model is better than
    at the start. Batches are made by `workers` processes (default: all cores but one), and the rest of the
    cores compute; what is in them does not depend on it, but sums on more cores round differently. Under
    `accelerate launch` several processes share every step.

    Args:
        recipe: a TOML file, or what it says.
        to: the folder of the run.
        resume: go on from the checkpoint of an interrupted run.
        workers: processes that make batches, 0 to make them between the steps.
        data: folders in the recipe are relative to this one.
        report_to: reporters beside the log: "tensorboard", or "package.module:function".

    Raises:
        ConfigError: the recipe is missing or wrong, or asks for what its method or data cannot give.
        InputError: the folder holds a run already and `resume` is not set, or another recipe's run; or
            `workers` is negative; or data or what a reporter needs is missing.
        ModelError: the loss stopped being a number.
    """
    if workers is not None and workers < 0:
        raise InputError(f"workers is {workers}; give how many processes draw, or 0 to draw between the steps")
    plan = recipe if isinstance(recipe, Recipe) else read_recipe(recipe)
    folder = Path(to) if to is not None else Path("runs") / plan.name
    state = folder / "checkpoint.safetensors"
    final = folder / "model"
    shared = processes()
    begun = _begun(state, folder, plan, resume=resume)
    shared.wait()
    if begun and begun.stage == len(plan.stages) and final.exists():
        return final
    folder.mkdir(parents=True, exist_ok=True)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    cores = max(1, cores // shared.count)
    workers = max(1, cores - 1) if workers is None else workers
    # never more than somebody allowed, such as by OMP_NUM_THREADS on a shared machine
    with _computing_on(max(1, min(cores - workers, torch.get_num_threads()))):
        method, source = start(plan, root=Path(data), workers=workers)
        method.to(shared.device)
        check_plan(plan, method=method, source=source, processes=shared)
        with closing(_journal(plan, folder, begun, source=source, shared=shared, report_to=report_to)) as journal:
            if source.skipped:
                words = f"{source.skipped:,} photos are not trained on: they have no sketch or no words"
                journal.warn("skipped", words)
            course = Course(plan, method, source, shared, journal, state, workers)
            before = _at_start(course)
            if begun:
                checkpoint.restore(state, method, None, None)
                course.best = checkpoint.best_of(state)
                course.selection = Selection.read(begun.selection)
            for index in range(begun.stage if begun else 0, len(plan.stages)):
                run_stage(course, index, first=begun.step if begun and begun.stage == index else 0)
            if plan.select == "overall" and course.best is not None:
                method.load_state_dict(course.best)
            if shared.main:
                write_verdict(folder, _verdict(course, before))
                _save(plan, method, final)
    shared.wait()
    return final


def start(plan: Recipe, *, root: Path = Path(), workers: int = 0) -> tuple[Method, Source]:
    """Make the method a recipe starts from, and open its data as that method sees it.

    A method that wants to know the number of fine `classes` and was not told gets that of the data. What a method adds
    to its CLIP, such as a head, starts alike for every seed. The words of a new CLIP are collected by `workers`
    processes.

    Raises:
        ConfigError: a setting of the method is wrong, or does not fit the data; or there are new words for a method
            without a vocabulary of whole words.
        UnknownName: there is no such model, method, data set or family.
        ModelError: the model to start from cannot be used.
        InputError: files of the data are missing.
    """
    origin = load(plan.start.weights) if plan.start.weights is not None else None
    if origin is not None:
        backbone = origin.backbone
    else:
        from stbir.nn.scratch import new_backbone

        assert plan.start.scratch is not None
        assert isinstance(plan.data, DrawnData), "the recipe was checked"
        backbone = new_backbone(plan.start.scratch, vocabulary(plan.data, workers=workers), seed=plan.seed)

    def made(**told: int) -> Method:
        method = build(plan.start.method, backbone, {**plan.start.settings, **told})
        if origin is not None:
            method.inherit(origin)
        return method

    method = made()
    source = open_source(plan, root=root, method=method)
    if isinstance(source, WordSource) and (words := source.new_words(method)):
        backbone.add_words(words)
    told = getattr(method.config, "classes", None)
    if told == 0 and source.classes:
        method = made(classes=source.classes)
    elif told and told < source.classes:
        raise ConfigError(
            f"settings of {method.name} say classes = {told}, but the data has {source.classes}; leave it out to take "
            "as many as there are"
        )
    if method.meets_categories and isinstance(source, CategorySource):
        source.introduce(method)
    return method, source


def _at_start(course: Course) -> Report | None:
    """Measure the model before its first step; a resumed run does it again, which gives the same."""
    if course.source.held_out is None or not course.processes.main:
        return None
    found = measure(course.method, course.source.held_out, metric=_judged_by(course.plan).metric)
    for stage in course.plan.stages:
        how = course.plan.validation_of(stage)
        if how and how.metric != LOSS and parts(how.metric)[0] not in found.report.results:
            found.value(how.metric)  # refuses now what it would refuse in the middle of the run
        if how and how.metric == LOSS and isinstance(course.source, LossSource):
            if next(iter(course.source.held_out_batches(course.method, stage)), None) is None:
                raise ConfigError(
                    f"stage {stage.name!r} is to be measured by its loss, but no two held-out photos have sketch and "
                    "words; take a metric such as both/acc@1, or hold more back"
                )
    tell(course.journal, found, stage=None, step=0, at=0)
    return found.report


def _verdict(course: Course, before: Report | None) -> Verdict:
    if before is None or course.source.held_out is None:
        return NOT_MEASURED
    metric = _judged_by(course.plan).metric
    after = measure(course.method, course.source.held_out, metric=metric)
    stages = [(stage, course.plan.validation_of(stage)) for stage in course.plan.stages]
    chosen = course.plan.select == "overall" or any(
        how and (stage.keep == "best" or how.patience) for stage, how in stages
    )
    return judge(before, after.report, metric, chosen=chosen, seed=course.plan.seed)


def _judged_by(plan: Recipe) -> Validation:
    """What the last stage is measured by, or what is usual where it is not measured."""
    return plan.validation_of(plan.stages[-1]) or Validation()


def _journal(
    plan: Recipe,
    folder: Path,
    begun: checkpoint.Progress | None,
    *,
    source: Source,
    shared: Processes,
    report_to: Sequence[str],
) -> Journal:
    if not shared.main:
        return Journal(None)
    log, first = folder / "log.jsonl", 0
    if not begun:
        log.unlink(missing_ok=True)  # of a run that was killed before its first checkpoint
    if begun:
        over = plan.stages[: begun.stage]
        running = plan.stages[begun.stage].name if begun.stage < len(plan.stages) else None
        cut_back(log, done=[stage.name for stage in over], stage=running, step=begun.step)
        first = sum(source.steps(stage) for stage in over) + begun.step
    recipe = plan.model_dump(mode="json")
    return Journal(log, [open_reporter(name, folder=folder, recipe=recipe, first=first) for name in report_to])


def _save(plan: Recipe, method: Method, final: Path) -> None:
    fresh = final.with_name("model.part")
    shutil.rmtree(fresh, ignore_errors=True)
    method.eval().save(fresh, dtype=torch.float16 if plan.save_as == "fp16" else torch.float32)
    (fresh / "recipe.json").write_text(json.dumps(plan.model_dump(mode="json"), indent=2) + "\n")
    shutil.rmtree(final, ignore_errors=True)
    os.replace(fresh, final)


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
    # the order of patterns and families counts, so that it is part of the recipe
    if json.dumps(completed(begun.recipe)) != json.dumps(plan.model_dump(mode="json")):
        raise InputError(f"the run in {folder} follows another recipe; train to another folder with --to")
    return begun

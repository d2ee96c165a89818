"""Fill the table of a study, cell by cell; what is there is not made again, so that it can be interrupted."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from tqdm import tqdm

from stbir.config import read_toml
from stbir.data.workers import end_with_parent
from stbir.errors import InputError
from stbir.training.extends import read_recipe
from stbir.training.pairs import PairsData
from stbir.training.recipe import completed
from stbir.training.study import Cell, Study, Test, cells_of
from stbir.training.study.costs import costs_of_cell
from stbir.types import Split

RESULT = "result.json"
CONDITIONS = ("clean", "degraded")


@dataclass(frozen=True)
class Place:
    """Where the data of a study lies, and where its results go."""

    data: Path
    to: Path


def read_study(path: str | Path) -> tuple[Study, list[Cell]]:
    """Read a study, with its recipes, and list its cells.

    Raises:
        ConfigError: it, or a recipe, is missing or wrong.
    """
    path = Path(path)
    study = read_toml(path, Study)
    recipes = {Path(name).stem: read_recipe(path.parent / name) for name in study.recipes}
    cells = cells_of(study, recipes)
    for cell in cells:
        _ = cell.plan  # what is wrong with one is found before any other runs for hours
    return study, cells


def run_study(cells: Iterable[Cell], place: Place, *, processes: int = 1) -> None:
    """Train and test every cell that has no result yet, in `processes` processes at once.

    Raises:
        InputError: a folder holds results of other settings; or data is missing.
    """
    left = [cell for cell in cells if read_result(cell, place.to) is None]
    with tqdm(total=len(left), desc="study", unit="cell", disable=None) as bar:
        if processes < 2:
            for cell in left:
                run_cell(cell, place)
                bar.update()
            return
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes, context, _take_share, (context.Value("i", 0), processes)) as pool:
            try:
                for done in as_completed([pool.submit(run_cell, cell, place) for cell in left]):
                    done.result()
                    bar.update()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise


def read_result(cell: Cell, to: Path) -> dict[str, Any] | None:
    """What a cell found, None where it is not done.

    Raises:
        InputError: the result is of other settings, or is damaged.
    """
    path = to / cell.place / RESULT
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {path}: {error}; delete it to make it again") from None
    if _completed(found.get("settings")) != settings_of(cell):
        raise InputError(f"{path} is of other settings than the study now has; give another folder with --to")
    return found


def settings_of(cell: Cell) -> dict[str, Any]:
    """Everything that decides the result of a cell, but the code and the files of the data."""
    plan = cell.plan
    return {
        "entrant": cell.entrant,
        "start": _fingerprint(cell.entrant if plan is None else str(plan.start.weights)),
        "recipe": plan and plan.model_dump(mode="json"),
        "data": cell.data.model_dump(mode="json"),
        "tests": [test.model_dump(mode="json") for test in cell.task.tests],
        "looks": [look.model_dump(mode="json") for look in cell.task.looks],
    }


def _completed(settings: Any) -> Any:
    """The settings of an older result, with the defaults of what has become a setting since; wrong ones as they are."""
    try:
        recipe = settings["recipe"]
        return settings | {
            "recipe": recipe and completed(recipe),
            "data": PairsData.model_validate(settings["data"]).model_dump(mode="json"),
            "tests": [Test.model_validate(test).model_dump(mode="json") for test in settings["tests"]],
            "looks": settings.get("looks", []),
        }
    except (TypeError, KeyError, ValidationError):
        return settings


@cache
def _fingerprint(model: str) -> str:
    """What a model is that a cell measures or starts from: another one may have taken its name since."""
    from stbir.methods import load

    return json.dumps(load(model).fingerprint(), sort_keys=True)


def run_cell(cell: Cell, place: Place) -> None:
    """Train the recipe of a cell, where it has one, test it, and write what was found.

    Raises:
        StbirError: whatever training or testing refuses.
    """
    import torch

    from stbir.methods import load
    from stbir.training.loop import train

    folder = place.to / cell.place
    began, worked = time.monotonic(), time.process_time()
    run = folder / "run"
    plan = cell.plan
    if plan is None:
        method = load(cell.entrant)
    else:
        method = load(train(plan, to=run, resume=(run / "checkpoint.safetensors").exists(), workers=0, data=place.data))
    trained = time.monotonic()
    splits = tests_of(cell, place.data)
    tests: dict[str, Mapping[str, Any]] = {}
    for name, split in splits.items():
        tests |= _measured(method, split, cell=cell, name=name)
    found = {
        "settings": settings_of(cell),
        "tests": tests,
        "parameters": sum(parameter.numel() for parameter in method.parameters()),
        **costs_of_cell(method, plan, splits.values()),
        "seconds": {"training": round(trained - began, 1), "testing": round(time.monotonic() - trained, 1)},
        "cpu_seconds": round(time.process_time() - worked, 1),
        "threads": torch.get_num_threads(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f"{RESULT}.part"
    fresh.write_text(json.dumps(found) + "\n", encoding="utf-8")
    os.replace(fresh, folder / RESULT)
    # the numbers are kept and the recipe makes the weights again; hundreds of models would fill the disk
    shutil.rmtree(run / "model", ignore_errors=True)
    (run / "checkpoint.safetensors").unlink(missing_ok=True)


def tests_of(cell: Cell, root: Path) -> dict[str, Split]:
    """The splits that a cell is tested on, by name.

    Raises:
        InputError: files are missing.
    """
    from stbir.data import sets
    from stbir.training.pairs.folds import held_out_fold

    if cell.task.folds:
        asked = [label for label in cell.data.labels if label not in cell.data.extras]
        return dict(zip(asked, held_out_fold(cell.data, root=root), strict=True))
    places = [sets.place_of(test.name, None if test.folder is None else root / test.folder) for test in cell.task.tests]
    return {
        test.title: sets.load(test.name, place, test.split, variant=test.variant)
        for test, place in zip(cell.task.tests, places, strict=True)
    }


def _measured(method: Any, split: Split, *, cell: Cell, name: str) -> dict[str, Mapping[str, Any]]:
    """Clean and degraded: for each look and modality the values of each query."""
    from stbir.evaluation.options import Protocol
    from stbir.evaluation.protocol import evaluate
    from stbir.evaluation.vectors import encode_gallery
    from stbir.evaluation.worse import worse

    photos = encode_gallery(method, split.photos)
    looks = {f"{name}, {look.name}": look.protocol for look in cell.looks(name)} or {name: Protocol()}
    found: dict[str, Mapping[str, Any]] = {}
    for title, protocol in looks.items():
        reports = {
            condition: evaluate(method, asked, protocol=protocol, seed=cell.seed, resamples=2, photos=photos)
            for condition, asked in zip(CONDITIONS, (split, worse(split, seed=0)), strict=True)
        }
        found[title] = {
            "gallery": len(split.photos),
            "revision": reports["clean"].protocol["revision"],
            **{condition: report.per_query for condition, report in reports.items()},
        }
    return found


def _take_share(number: Any, processes: int) -> None:
    """Keep a process on its own share of the cores: threads of several on the same ones wait for each other."""
    import cv2
    import torch

    end_with_parent(0)
    with number.get_lock():
        mine = number.value
        number.value += 1
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) >= processes:
            share = cores[mine % processes :: processes]
            os.sched_setaffinity(0, set(share))
            # neither looks at the affinity, and more threads than cores take three times as long as one
            torch.set_num_threads(min(torch.get_num_threads(), len(share)))
            cv2.setNumThreads(len(share))

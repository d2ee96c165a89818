"""The part of a study's results on which nothing was chosen: what settings were tuned on is left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from stbir.training.study import Cell, Study, Task

SUFFIX = ", never chosen on"
"""Behind the name of a test: the same test without the queries for photos on which settings were chosen."""


def chosen_on(task: Task, *, root: Path) -> frozenset[str]:
    """The names of the photos that settings of this task were chosen on; none where the task names none.

    Raises:
        UnknownName: there is no such data set, split or variant.
        InputError: files are missing or cannot be read.
    """
    from stbir.training.pairs.folds import parts_of

    tuned = task.chosen_on
    if tuned is None:
        return frozenset()
    names: set[str] = set()
    for fold in range(tuned.folds):
        folds = {"folds": tuned.folds, "fold": fold, "fold_seed": tuned.fold_seed, "validation": tuned.validation}
        names |= {item.name for item in parts_of(task.data.model_copy(update=folds), root=root).validation}
    return frozenset(names)


def with_untouched(
    study: Study, results: Mapping[Cell, Mapping[str, Any]], *, root: Path
) -> dict[Cell, dict[str, Any]]:
    """Add to the tests of each task that names what was chosen on the same tests without that.

    The galleries stay as they are: a photo that settings were chosen on is still in the way of another.

    Raises:
        UnknownName: there is no such data set, split or variant.
        InputError: files of such a task are missing or cannot be read.
    """
    done = {cell.task.name for cell in results}
    told = [task for task in study.tasks if task.chosen_on is not None and task.name in done]
    touched = {task.name: chosen_on(task, root=root) for task in told}
    return {
        cell: {
            **found,
            "tests": found["tests"]
            | {
                f"{name}{SUFFIX}": _without(test, touched[cell.task.name])
                for name, test in (found["tests"].items() if cell.task.name in touched else ())
            },
        }
        for cell, found in results.items()
    }


def _without(test: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """A test without the queries whose target is one of these."""
    return {key: _rest(value, names) if isinstance(value, Mapping) else value for key, value in test.items()}


def _rest(asked: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    left: dict[str, Any] = {}
    for modality, columns in asked.items():
        places = [place for place, target in enumerate(columns["target"]) if target not in names]
        if places:
            left[modality] = {column: [values[place] for place in places] for column, values in columns.items()}
    return left

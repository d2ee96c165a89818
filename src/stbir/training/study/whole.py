"""All tests of a task as one: each query still among the photos of its own test, but one mean and one interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from stbir.evaluation.options import Protocol
from stbir.training.study import Cell
from stbir.training.study.run import CONDITIONS
from stbir.training.study.untouched import SUFFIX

ALL = "all tests"


def with_whole(results: Mapping[Cell, Mapping[str, Any]]) -> dict[Cell, dict[str, Any]]:
    """Add to the tests of each cell all of them together, where there are several, and what nothing was chosen on.

    A test that is looked at in several ways counts once, as it is measured by default, or not at all. Every query
    weighs the same, so a large test counts for more than a small one (DESIGN).
    """
    return {cell: {**found, "tests": found["tests"] | _wholes(cell, found["tests"])} for cell, found in results.items()}


def _wholes(cell: Cell, tests: Mapping[str, Any]) -> dict[str, Any]:
    default = [name for name in tests if not name.endswith(SUFFIX) and _is_default(cell, name)]
    chosen = {ALL: default, f"{ALL}{SUFFIX}": [f"{name}{SUFFIX}" for name in default if f"{name}{SUFFIX}" in tests]}
    return {name: _joined([tests[one] for one in some]) for name, some in chosen.items() if len(some) > 1}


def _is_default(cell: Cell, test: str) -> bool:
    """Whether a test, by its name in the results, is measured as by default."""
    looks = {
        f"{title}, {look.name}": look
        for title in {one.title for one in cell.task.tests} | set(cell.data.labels)
        for look in cell.looks(title)
    }
    return test not in looks or looks[test].protocol == Protocol()


def _joined(tests: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The queries of several tests, numbered on; a modality that one of them lacks is left out."""
    joined: dict[str, Any] = {}
    for condition in CONDITIONS:
        parts = [test.get(condition, {}) for test in tests]
        joined[condition] = {
            modality: _columns([part[modality] for part in parts])
            for modality in parts[0]
            if all(modality in part for part in parts)
        }
    return joined


def _columns(parts: Sequence[Mapping[str, Sequence[Any]]]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {
        name: [value for part in parts for value in part[name]]
        for name in parts[0]
        if all(name in part for part in parts)
    }
    firsts = accumulate((1 + max(part["query"], default=-1) for part in parts), initial=0)
    columns["query"] = [first + query for first, part in zip(firsts, parts, strict=False) for query in part["query"]]
    return columns

"""All tests of a task as one: the same queries, ranks and pairs, with nothing counted twice."""

from typing import Any

import numpy as np
import pytest

from stbir.config import parse
from stbir.training.study import Cell, Study
from stbir.training.study.summary import summarise_study
from stbir.training.study.untouched import SUFFIX
from stbir.training.study.whole import ALL, with_whole

DATA = {"source": "pairs", "sets": [{"name": "folder", "folder": "boxes", "split": "all"}]}
LOOKS = [{"name": "own photo"}, {"name": "by kind", "options": {"relevance": "category"}}]


def asked(ranks: list[int], name: str, *, first: int = 0) -> dict[str, Any]:
    columns = {
        "query": [first + place for place in range(len(ranks))],
        "target": [f"{name}{place}" for place in range(len(ranks))],
        "rank": ranks,
    }
    return {"gallery": 9, "clean": {"both": columns}, "degraded": {"both": columns | {"rank": [9 for _ in ranks]}}}


def cells_of(looks: list[dict[str, Any]]) -> tuple[Study, list[Cell]]:
    tests = [
        {"name": "folder", "folder": name, "split": name, "looks": looks if name == "b" else []} for name in ("a", "b")
    ]
    plan = {"name": "s", "seeds": [0], "models": ["one", "two"], "against": ["one"]}
    study = parse(Study, plan | {"tasks": [{"name": "t", "data": DATA, "tests": tests}]}, source="test")
    return study, [Cell(study.tasks[0], entrant, None, 0, 0) for entrant in ("one", "two")]


def test_the_queries_of_all_tests_are_averaged_and_compared_as_pairs() -> None:
    study, (one, two) = cells_of([])
    results = {
        one: {"tests": {"folder a": asked([1, 2], "a", first=5), "folder b": asked([3, 1, 4], "b")}},
        two: {"tests": {"folder a": asked([1, 1], "a", first=5), "folder b": asked([1, 1, 4], "b")}},
    }
    whole = with_whole(results)
    columns = whole[one]["tests"][ALL]["clean"]["both"]
    assert columns["rank"] == [1, 2, 3, 1, 4]
    assert len(set(columns["query"])) == 5
    rows = {
        row.entrant: row
        for row in summarise_study(study, whole)
        if (row.test, row.condition, row.measure) == (ALL, "clean", "acc@1")
    }
    assert rows["two"].mean == pytest.approx(4 / 5)
    assert rows["two"].queries == 5
    assert rows["two"].against["one"].mean == pytest.approx(2 / 5)
    assert np.isclose(rows["one"].mean, 2 / 5)
    assert results[one]["tests"].keys() == {"folder a", "folder b"}, "what was given stays as it was"


def test_a_test_counts_once_and_only_as_it_is_measured_by_default() -> None:
    _, (one, _) = cells_of(LOOKS)
    tests = {
        "folder a": asked([1, 2], "a"),
        "folder b, own photo": asked([3], "b"),
        "folder b, by kind": asked([1], "b"),
    }
    found = with_whole({one: {"tests": tests}})[one]["tests"]
    assert found[ALL]["clean"]["both"]["rank"] == [1, 2, 3]
    alone = {name: test for name, test in tests.items() if name != "folder b, own photo"}
    assert ALL not in with_whole({one: {"tests": alone}})[one]["tests"]


def test_what_nothing_was_chosen_on_is_put_together_too() -> None:
    _, (one, _) = cells_of([])
    tests = {"folder a": asked([1, 2], "a"), "folder b": asked([3], "b")}
    tests |= {f"folder a{SUFFIX}": asked([2], "a"), f"folder b{SUFFIX}": asked([3], "b")}
    found = with_whole({one: {"tests": tests}})[one]["tests"]
    assert found[ALL]["clean"]["both"]["rank"] == [1, 2, 3]
    assert found[f"{ALL}{SUFFIX}"]["clean"]["both"]["rank"] == [2, 3]


def test_a_modality_that_a_test_lacks_is_left_out() -> None:
    _, (one, _) = cells_of([])
    silent = asked([3], "b")
    del silent["clean"]["both"]
    found = with_whole({one: {"tests": {"folder a": asked([1], "a"), "folder b": silent}}})[one]["tests"][ALL]
    assert found["clean"] == {}
    assert found["degraded"]["both"]["rank"] == [9, 9]

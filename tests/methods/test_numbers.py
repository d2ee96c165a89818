"""The numbers that ship are those of the reports they name."""

import json
from pathlib import Path

import pytest

from stbir.methods import names
from stbir.methods.numbers import Found, Measurement, found_in, measured, measurements
from stbir.training.extends import read_recipe

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("one", measurements(), ids=lambda one: f"{one.entrant}-{one.task}-{one.test}")
def test_a_number_equals_its_report(one: Measurement) -> None:
    path = ROOT / one.file
    if not path.exists():
        pytest.skip(f"{one.file} is not here")
    report = json.loads(path.read_text())
    assert one.found
    for modality, number in one.found.items():
        if "rows" in report:
            (row,) = [
                row
                for row in report["rows"]
                if (row["entrant"], row["task"], row["test"]) == (one.entrant, one.task, one.test)
                and (row["modality"], row["measure"], row["condition"]) == (modality, one.measure, "clean")
            ]
            value, interval, seeds = row["mean"], row["interval"], row["seeds"]
        else:
            row, protocol = report["results"][modality], report["protocol"]
            value, interval, seeds = row[one.measure], row["intervals"][one.measure], 1
            assert one.test == protocol["table"]
            assert (one.method, one.entrant) == (protocol["model"]["name"], protocol["model"]["source"])
        assert number.value == pytest.approx(value, abs=1e-6)
        assert number.interval == pytest.approx(interval, abs=1e-6)
        assert one.seeds == seeds


@pytest.mark.parametrize("one", measurements(), ids=lambda one: f"{one.entrant}-{one.task}-{one.test}")
def test_a_number_has_a_method_and_a_recipe(one: Measurement) -> None:
    assert one.method in names()
    assert one.command.startswith(("stbir ", "python benchmarks/"))
    path = ROOT / one.recipe
    if path.exists():
        assert read_recipe(path).start.method == one.method


def test_no_number_stands_twice() -> None:
    keys = [(one.method, one.entrant, one.task, one.test, one.measure) for one in measurements()]
    assert len(set(keys)) == len(keys)
    assert measured("two_views")
    assert measured("late_fusion") == []


def test_a_study_gives_its_clean_numbers() -> None:
    row = {"task": "t", "test": "x", "entrant": "mine", "measure": "acc@1", "modality": "both", "seeds": 3}
    rows = [
        row | {"condition": "clean", "mean": 0.51234567, "interval": (0.4, 0.6)},
        row | {"condition": "degraded", "mean": 0.1, "interval": (0.0, 0.2)},
        row | {"condition": "clean", "mean": 0.2, "interval": (0.1, 0.3), "entrant": "other"},
        row | {"condition": "clean", "mean": 0.9, "interval": (0.8, 1.0), "measure": "acc@10"},
    ]
    one = Measurement(
        method="stbir", entrant="mine", task="t", test="x", seeds=3, file="f", recipe="r", command="c", found={}
    )
    assert found_in({"rows": rows}, one) == {"both": Found(value=0.512346, interval=(0.4, 0.6))}

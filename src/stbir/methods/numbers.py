"""The measured numbers of each method, as they ship with the package: `numbers.toml`.

The reports behind them are too large to ship; each entry names its own, and a test compares the two where both are
there. `python benchmarks/method_numbers.py` writes the file anew from the reports.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field

from stbir.config import Settings, read_toml

PLACE = Path(__file__).with_suffix(".toml")


class Found(Settings):
    """A mean over queries and its 95 % interval, as shares and not in percent."""

    value: float
    interval: tuple[float, float]


class Measurement(Settings):
    """What one model of a method reached on one test: a number for each modality that it could be asked by.

    `entrant` is the model or the recipe, `task` what it was trained on in a study, None where a model was tested as it
    is. `file` is the report and `recipe` what made the weights, both relative to the repository; `command` made `file`.
    """

    method: str
    entrant: str
    task: str | None = None
    test: str
    measure: str = "acc@1"
    seeds: int = Field(ge=1, description="how many models were trained")
    file: str
    recipe: str
    command: str
    found: dict[str, Found]


class Numbers(Settings):
    """The whole file."""

    measurements: tuple[Measurement, ...] = ()


@cache
def measurements() -> tuple[Measurement, ...]:
    """Every number that ships.

    Raises:
        ConfigError: the file is damaged.
    """
    return read_toml(PLACE, Numbers).measurements


def measured(method: str) -> list[Measurement]:
    """The numbers of one method; none where nobody has measured it."""
    return [one for one in measurements() if one.method == method]


def found_in(report: Mapping[str, Any], one: Measurement) -> dict[str, Found]:
    """The numbers of a measurement as its report has them: of `stbir study --json` or of `stbir evaluate --json`.

    They are rounded to a millionth.
    """
    taken: list[tuple[str, float, list[float]]]
    if "rows" in report:
        of = {"entrant": one.entrant, "task": one.task, "test": one.test, "measure": one.measure, "condition": "clean"}
        rows = [row for row in report["rows"] if all(row[key] == value for key, value in of.items())]
        taken = [(row["modality"], row["mean"], row["interval"]) for row in rows]
    else:
        taken = [(m, found[one.measure], found["intervals"][one.measure]) for m, found in report["results"].items()]
    return {
        modality: Found(value=round(value, 6), interval=(round(low, 6), round(high, 6)))
        for modality, value, (low, high) in taken
    }

"""What `stbir evaluate --json` wrote, read back and checked: it may come from another machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Never

from pydantic import BaseModel, ConfigDict, FiniteFloat, ValidationError

from stbir.errors import InputError
from stbir.types import Report

MOST_BYTES = 500_000_000
"""A report is some kilobytes, with a value for each query some megabytes; what is larger is something else."""

Interval = tuple[FiniteFloat, FiniteFloat]


class _Read(BaseModel):
    # later versions will say more; what is unknown here is no reason to refuse the rest
    model_config = ConfigDict(frozen=True, extra="allow")


class Measured(_Read):
    """Values by the names of their measures, some of them with an interval."""

    intervals: dict[str, Interval] = {}

    def value(self, measure: str) -> float | None:
        """The value of a measure, None where it was not measured."""
        found = (self.model_extra or {}).get(measure)
        return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


class Result(Measured):
    """The averages of one modality."""

    queries: int


class Step(Measured):
    """One point of a curve: a share of the drawing, or the strength of a degradation."""

    share: FiniteFloat = 0.0
    strength: FiniteFloat = 0.0


class Progress(Result):
    """A modality on the first part of every sketch."""

    curve: list[Step]


class Robust(_Read):
    """A modality under one degradation."""

    queries: int
    not_applicable: int = 0
    area: dict[str, FiniteFloat]
    kept: dict[str, FiniteFloat | None] = {}
    intervals: dict[str, Interval] = {}
    curve: list[Step]


class ProgressSection(_Read):
    """Search while one draws, by modality."""

    protocol: dict[str, Any]
    results: dict[str, Progress]


class RobustSection(_Read):
    """Degraded queries, by modality and degradation."""

    protocol: dict[str, Any]
    results: dict[str, dict[str, Robust]]


class Findings(_Read):
    """All that one `stbir evaluate` found."""

    protocol: dict[str, Any]
    results: dict[str, Result]
    progressive: ProgressSection | None = None
    robustness: RobustSection | None = None

    @property
    def model(self) -> str:
        """The method and where it was loaded from."""
        said = self.protocol.get("model")
        model: dict[str, Any] = said if isinstance(said, dict) else {}
        return f"{model.get('name', 'a model')} from {model.get('source', 'somewhere')}"


def as_findings(
    report: Report | None, *, progressive: Report | None = None, robustness: Report | None = None
) -> dict[str, Any]:
    """Put the reports of one model on one table together, as `stbir evaluate --json` writes them.

    Raises:
        InputError: no report at all.
    """
    first = report or progressive or robustness
    if first is None:
        raise InputError("nothing was measured, so there is nothing to report")
    found: dict[str, Any] = {"protocol": dict(first.protocol), "results": dict(report.results) if report else {}}
    for name, section in (("progressive", progressive), ("robustness", robustness)):
        if section is not None:
            found[name] = {"protocol": dict(section.protocol), "results": dict(section.results)}
    return found


def check_findings(said: Mapping[str, Any], *, source: str) -> Findings:
    """Check what a report says.

    Args:
        said: as `as_findings` gives it, or as read from JSON.
        source: what to call it in errors.

    Raises:
        InputError: it is no report, or a part of it is not what it must be.
    """
    said = dict(said)
    results = said.get("results")
    if (
        isinstance(results, dict)
        and results
        and all(isinstance(one, dict) and "curve" in one for one in results.values())
    ):
        # of `stbir evaluate --progressive` alone
        said = {"protocol": said.get("protocol"), "results": {}, "progressive": said}
    try:
        found = Findings.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise InputError(
            f"{source} is no report of `stbir evaluate --json`: {where}: {first['msg']}; "
            "measure again with this version"
        ) from None
    if not (found.results or found.progressive or found.robustness):
        raise InputError(f"{source} has no results; measure again with `stbir evaluate --json`")
    return found


def read_findings(path: Path) -> Findings:
    """Read a JSON report.

    Raises:
        InputError: it cannot be read, or is no report.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path} is larger than any report; give what `stbir evaluate --json` wrote")
        said = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse)
    except OSError as error:
        raise InputError(f"cannot read the report {path}: {error.strerror or error}") from None
    except (ValueError, RecursionError):
        raise InputError(f"{path} is not JSON; give what `stbir evaluate --json` wrote") from None
    if not isinstance(said, dict):
        raise InputError(f"{path} is no report; give what `stbir evaluate --json` wrote")
    return check_findings(said, source=str(path))


def _refuse(constant: str) -> Never:
    raise ValueError(constant)

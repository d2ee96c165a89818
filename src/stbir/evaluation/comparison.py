"""Several reports side by side: differences between models, and the spread over seeds of one model."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from stbir.errors import InputError
from stbir.evaluation.intervals import clusters_of
from stbir.evaluation.significance import Difference, compare_paired, holm
from stbir.types import Report

# what may differ between comparable protocols: it names or describes, and decides no number
_NAMES = ("name", "about", "expected_queries", "expected_photos", "measures")


@dataclass(frozen=True)
class Compared:
    """One measure of one report beside the first one; `p` is adjusted for the number of reports compared."""

    report: int
    value: float
    difference: Difference | None
    p: float | None


@dataclass(frozen=True)
class Spread:
    """One measure over several seeds of one model: the mean of the reports, and how far they lie apart.

    `deviation` is the sample standard deviation (over n - 1).
    """

    mean: float
    deviation: float
    low: float
    high: float
    runs: int


def read_report(path: Path) -> Report:
    """Read a report that `stbir evaluate --json` wrote.

    Raises:
        InputError: it cannot be read, or it is no report with the values of each query.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read the report {path}: {error.strerror or error}") from None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"{path} is not JSON: {error}") from None
    parts = [value.get(name) if isinstance(value, dict) else None for name in ("protocol", "results", "per_query")]
    protocol, results, per_query = ({} if not isinstance(part, dict) else part for part in parts)
    if not isinstance(protocol.get("options"), dict) or not _complete(results, per_query):
        raise InputError(f"{path} is no report with the values of each query; write one with stbir evaluate --json")
    return Report(protocol=protocol, results=results, per_query=per_query)


def refuse_unlike(reports: Sequence[Report], *, names: Sequence[str]) -> None:
    """Refuse to compare numbers that mean different things.

    Raises:
        InputError: fewer than two reports, other data, or other options; it says which.
    """
    if len(reports) < 2:
        raise InputError(f"a comparison needs at least 2 reports, got {len(reports)}")
    first = reports[0].protocol
    for report, name in zip(reports[1:], names[1:], strict=True):
        if report.protocol.get("revision") != first.get("revision"):
            raise InputError(
                f"{name} was measured on other data than {names[0]} (revision {report.protocol.get('revision')} and "
                f"{first.get('revision')}); evaluate both on the same table"
            )
        mine, theirs = _deciding(first["options"]), _deciding(report.protocol["options"])
        other = sorted(key for key in mine.keys() | theirs.keys() if mine.get(key) != theirs.get(key))
        if other:
            key = other[0]
            raise InputError(
                f"{name} was measured with {key}={theirs.get(key)} and {names[0]} with {key}={mine.get(key)}; "
                "evaluate both with the same protocol and options"
            )


def refuse_same_weights(reports: Sequence[Report], *, names: Sequence[str]) -> None:
    """Refuse one model counted as several seeds: its spread would look smaller than it is.

    Raises:
        InputError: two reports are of the same weights; it says which.
    """
    seen: dict[str, str] = {}
    for report, name in zip(reports, names, strict=True):
        weights = json.dumps(report.protocol.get("model", {}).get("fingerprint"), sort_keys=True)
        if weights in seen:
            raise InputError(f"{seen[weights]} and {name} are of the same weights; give one report per seed")
        seen[weights] = name


def shared_measures(reports: Sequence[Report]) -> dict[str, list[str]]:
    """Give the measures that all reports have, by modality, in the order of the first one."""
    found: dict[str, list[str]] = {}
    for name, result in reports[0].results.items():
        if all(name in report.results for report in reports):
            among = [one for one in result if one not in ("queries", "intervals")]
            found[name] = [one for one in among if all(one in report.results[name] for report in reports)]
    return found


def compare_models(
    reports: Sequence[Report], *, seed: int, resamples: int = 10_000
) -> dict[str, dict[str, list[Compared]]]:
    """Compare each report with the first one, by modality and measure, query by query.

    Queries that look for one photo are taken together. The p-values are adjusted after Holm over the reports. A median
    has a value but no test.

    Args:
        reports: of the same data and options; see `refuse_unlike`.
        seed: of the tests.
        resamples: of each test.

    Raises:
        InputError: the reports do not have the same queries.
    """
    compared: dict[str, dict[str, list[Compared]]] = {}
    for name, measures in shared_measures(reports).items():
        queries = [[*report.per_query.get(name, {}).get("query", [])] for report in reports]
        if any(some != queries[0] for some in queries):
            raise InputError(f"the reports do not have the same {name} queries; evaluate all on the same table")
        clusters = clusters_of(reports[0].per_query[name]["target"])
        compared[name] = {
            measure: _measure(reports, name, measure, clusters=clusters, seed=seed, resamples=resamples)
            for measure in measures
        }
    return compared


def aggregate_seeds(reports: Sequence[Report]) -> dict[str, dict[str, Spread]]:
    """Average the results of several seeds of one model, by modality and measure; no queries are pooled."""
    found: dict[str, dict[str, Spread]] = {}
    for name, measures in shared_measures(reports).items():
        found[name] = {}
        for measure in measures:
            values = np.array([_number(report.results[name][measure]) for report in reports])
            deviation = float(values.std(ddof=1)) if len(values) > 1 else 0.0
            low, high = float(values.min()), float(values.max())
            found[name][measure] = Spread(float(values.mean()), deviation, low, high, len(values))
    return found


def _measure(
    reports: Sequence[Report], name: str, measure: str, *, clusters: Any, seed: int, resamples: int
) -> list[Compared]:
    columns = [report.per_query[name].get(measure) for report in reports]
    values = [_number(report.results[name][measure]) for report in reports]
    if any(column is None for column in columns):  # as the median rank
        return [Compared(number, value, None, None) for number, value in enumerate(values)]
    arrays = [np.array(column, dtype=np.float64) for column in columns]
    differences = [
        compare_paired(arrays[0], array, seed=seed, clusters=clusters, resamples=resamples) for array in arrays[1:]
    ]
    adjusted = holm([difference.p for difference in differences])
    later = [
        Compared(number, values[number], difference, p)
        for number, (difference, p) in enumerate(zip(differences, adjusted, strict=True), start=1)
    ]
    return [Compared(0, values[0], None, None), *later]


def _complete(results: Mapping[str, Any], per_query: Mapping[str, Any]) -> bool:
    """Whether every modality has its averages and one value per query in each column."""
    for name, result in results.items():
        columns = per_query.get(name)
        if not isinstance(result, dict) or not isinstance(columns, dict) or not {"query", "target"} <= columns.keys():
            return False
        if any(not isinstance(column, list) or len(column) != result.get("queries") for column in columns.values()):
            return False
    return bool(results)


def _deciding(options: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in options.items() if key not in _NAMES}


def _number(value: Any) -> float:
    return float("inf") if value is None else float(value)

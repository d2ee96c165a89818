"""Whether the models on a page really differ: paired tests on the same queries, as tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stbir.evaluation.comparison import Compared, compare_models
from stbir.evaluation.report.findings import Findings
from stbir.evaluation.report.page import safe, table
from stbir.evaluation.report.wording import figure, heading, modality
from stbir.types import Report

SEED, RESAMPLES = 0, 2_000
TESTED = (
    "Each model against the first one on the same queries: the mean difference, its 95 % paired bootstrap interval, "
    f"and p of a two-sided randomisation test, queries of one photo together ({RESAMPLES:,} resamples, seed {SEED}); "
    "p is adjusted after Holm over the models."
)


def differences(reports: Sequence[Findings], names: Sequence[str]) -> list[str]:
    """A table per modality; nothing where a report does not have the values of each query, or has other queries."""
    found = [_with_values(one) for one in reports]
    if not all(one.per_query for one in found) or not _same_queries(found):
        return []
    tables: list[str] = []
    for name, measures in compare_models(found, seed=SEED, resamples=RESAMPLES).items():
        tested = {measure: rows for measure, rows in measures.items() if all(row.difference for row in rows[1:])}
        rows = [
            [safe(names[number]), *(_cell(measure, rows[number]) for measure, rows in tested.items())]
            for number in range(1, len(names))
        ]
        if tested:
            caption = f"Differences to {safe(names[0])}, {modality(name)}"
            tables.append(table(["model", *map(heading, tested)], rows, caption=caption))
    return tables


def _with_values(found: Findings) -> Report:
    values: Any = (found.model_extra or {}).get("per_query")
    results = {name: result.model_dump() for name, result in found.results.items()}
    complete = isinstance(values, dict) and all(
        {"query", "target"} <= values.get(name, {}).keys() and _equally_long(values[name], result["queries"])
        for name, result in results.items()
    )
    return Report(protocol=found.protocol, results=results, per_query=values if complete else {})


def _equally_long(columns: dict[str, Any], count: int) -> bool:
    return all(isinstance(column, list) and len(column) == count for column in columns.values())


def _same_queries(reports: Sequence[Report]) -> bool:
    first = reports[0].per_query
    return all(
        one.per_query[name]["query"] == first[name]["query"]
        for one in reports
        for name in first.keys() & one.per_query.keys()
    )


def _cell(measure: str, row: Compared) -> str:
    assert row.difference is not None, "only tested measures are shown"
    low, high = (figure(measure, one, signed=True) for one in (row.difference.low, row.difference.high))
    mean = figure(measure, row.difference.mean, signed=True)
    return f"{mean}<small>{low} to {high}</small><small>p {row.p:.4f}</small>"

"""Several models on the same table, side by side, with their differences to the first one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from stbir.errors import InputError
from stbir.evaluation.report.chart import Point, Series, chart, key
from stbir.evaluation.report.differences import TESTED, differences
from stbir.evaluation.report.findings import Findings, ProgressSection, Result, RobustSection, Step, check_findings
from stbir.evaluation.report.page import page, safe, section, table, write_page
from stbir.evaluation.report.single import DRAWING, HOW, WORSE, about, misleads, notice
from stbir.evaluation.report.wording import (
    ABOUT,
    COUNTS,
    facts,
    figure,
    heading,
    measures_of,
    modality,
    summary,
    with_interval,
)

MOST = 8
"""More curves in one chart cannot be told apart."""

MUST_AGREE = ("revision", "gallery", "queries", "distractors", "within", "ties", "aggregation", "options")
"""Reports that differ in one of these measured something else."""
MAY_DIFFER = ("model", "stbir", "torch", "python", "hardware", "seed", "resamples")
"""What may differ without a word; all the rest is said on the page."""

DIFFERENCES = (
    "Differences are to the first model. An interval that overlaps another one does not show that the models are "
    "alike, nor a difference of averages that they are not: that takes a test on the ranks that both give each query, "
    "below where the reports hold them."
)


def compare_html(reports: Sequence[Mapping[str, Any]], path: str | Path, *, names: Sequence[str] | None = None) -> None:
    """Write a comparison of several models on the same table as a single HTML file.

    Args:
        reports: two to eight, as `stbir evaluate --json` writes them; the first is what the others are compared to.
        path: the file to write.
        names: what to call the models, in the same order; by default the method and where it was loaded from.

    Raises:
        InputError: too few or too many, one that is no report, reports of different tables, or a place that cannot
            be written.
    """
    if names is not None and len(names) != len(reports):
        raise InputError(f"{len(reports)} reports need as many names, got {len(names)}")
    sources = names or [f"report {number}" for number in range(1, len(reports) + 1)]
    found = [check_findings(one, source=source) for one, source in zip(reports, sources, strict=True)]
    write_page(render_comparison(found, names=names), Path(path))


def render_comparison(reports: Sequence[Findings], *, names: Sequence[str] | None = None) -> str:
    """The page of several models as HTML.

    Raises:
        InputError: too few or too many, or reports of different tables.
    """
    if not 2 <= len(reports) <= MOST:
        raise InputError(f"a comparison takes 2 to {MOST} reports, got {len(reports)}")
    names = list(names or _names(reports))
    differing = _differing(reports, names=names)
    parts = [notice(reports[0])]
    if differing:
        listed = "; ".join(differing)
        parts.append(f'<p class="notice">The reports do not agree in everything: {listed}.</p>')
    asked = dict.fromkeys(name for one in reports for name in one.results)
    if asked:
        parts.append(
            section(
                "Results",
                *(_table([one.results.get(name) for one in reports], names, caption=modality(name)) for name in asked),
                note=safe(DIFFERENCES, most=1000),
            )
        )
    tested = differences(reports, names)
    if tested:
        parts.append(section("Differences", *tested, note=safe(TESTED, most=1000)))
    drawing = [one.progressive for one in reports]
    if any(drawing):
        parts.append(section("Search while one draws", *_progressive(drawing, names), note=safe(DRAWING)))
    worse = [one.robustness for one in reports]
    if any(worse):
        parts.append(section("Worse queries", *_robustness(worse, names), note=safe(WORSE, most=1000)))
    protocols = [f"<h3>{safe(name)}</h3>{facts(one.protocol)}" for name, one in zip(names, reports, strict=True)]
    parts.append(section("How these numbers were made", *protocols, note=safe(HOW, most=1000)))
    title = f"{len(reports)} models on {reports[0].protocol.get('table', 'a table')}"
    return page(title, subtitle=summary(reports[0]), sections=parts)


def _names(reports: Sequence[Findings]) -> list[str]:
    """The models by name, with their number where several have the same."""
    names = [one.model for one in reports]
    return [f"{name} ({number})" if names.count(name) > 1 else name for number, name in enumerate(names, start=1)]


def _differing(reports: Sequence[Findings], *, names: Sequence[str]) -> list[str]:
    """Say in which facts of the protocol the reports differ, where that does not make them incomparable."""
    first = reports[0].protocol
    said: list[str] = []
    for number, one in enumerate(reports[1:], start=1):
        for fact in dict.fromkeys([*first, *one.protocol]):
            ours, theirs = first.get(fact), one.protocol.get(fact)
            if ours == theirs or fact in MAY_DIFFER:
                continue
            # a report of an older version may not say it
            if fact in MUST_AGREE and fact in first and fact in one.protocol:
                raise InputError(
                    f"the reports of {names[0]} and {names[number]} cannot be compared: {ABOUT.get(fact, fact)} is "
                    f"{ours!r} and {theirs!r}; measure both on the same table in the same way"
                )
            shown = f"{safe(ABOUT.get(fact, fact))} is {safe(ours)} for {safe(names[0])}"
            said.append(f"{shown} and {safe(theirs)} for {safe(names[number])}")
    return said


def _table(results: Sequence[Result | None], names: Sequence[str], *, caption: str) -> str:
    """A row per model: each measure with its interval, and the difference to the first model."""
    known = [result for result in results if result]
    measures = measures_of(known)
    rows: list[list[str]] = []
    for name, result in zip(names, results, strict=True):
        cells = [f"{result.queries:,}" if result else "–"]
        for measure in measures:
            value = result.value(measure) if result else None
            first = results[0].value(measure) if results[0] else None
            interval = result.intervals.get(measure) if result else None
            against = "" if result is results[0] else _difference(measure, value, first)
            cells.append(with_interval(measure, value, interval) + against)
        rows.append([safe(name), *cells])
    best = _best([[result.value(m) if result else None for m in measures] for result in results], measures)
    return table(
        ["model", "queries", *map(heading, measures)], rows, caption=caption, best=[(r, c + 2) for r, c in best]
    )


def _difference(measure: str, value: float | None, first: float | None, *, merit: bool = True) -> str:
    if value is None or first is None:
        return ""
    better = value < first if measure in COUNTS else value > first
    return f"<small{' class=up' if better else ''}>{figure(measure, value - first, signed=True)}</small>"


def _best(values: Sequence[Sequence[float | None]], measures: Sequence[str]) -> list[tuple[int, int]]:
    """(row, column) of the best value of each measure, and of those that equal it."""
    found: list[tuple[int, int]] = []
    for column, measure in enumerate(measures):
        there = [row[column] for row in values if row[column] is not None]
        numbers = [one for one in there if one is not None]
        if numbers:
            top = min(numbers) if measure in COUNTS else max(numbers)
            found += [(number, column) for number, row in enumerate(values) if row[column] == top]
    return found


def _progressive(parts: Sequence[ProgressSection | None], names: Sequence[str]) -> list[str]:
    blocks: list[str] = []
    for asked in dict.fromkeys(name for part in parts if part for name in part.results):
        results = [part.results.get(asked) if part else None for part in parts]
        charts = [
            chart(title, _series([r.curve if r else [] for r in results], names, measure), axis="share of the drawing",
                  percent=True)
            for measure, title in (("percentile", "ranking percentile"), ("mrr", "1 / rank"), ("acc@1", "Acc@1"))
        ]  # fmt: skip
        blocks.append(
            f'<h3>{modality(asked)}</h3>{key(dict(enumerate(names)))}<div class="charts">{"".join(charts)}</div>'
        )
        blocks.append(_table(results, names, caption=f"Areas under the curves, {modality(asked)}"))
    return blocks


def _robustness(parts: Sequence[RobustSection | None], names: Sequence[str]) -> list[str]:
    blocks: list[str] = []
    for asked in dict.fromkeys(name for part in parts if part for name in part.results):
        of_models = [part.results.get(asked, {}) if part else {} for part in parts]
        degradations = dict.fromkeys(name for curves in of_models for name in curves)
        told = next(part for part in parts if part and asked in part.results)
        charts = [
            chart(
                name,
                _series([curves[name].curve if name in curves else [] for curves in of_models], names, "mrr"),
                axis="strength (height: MRR)",
                about=about(told, name),
            )
            for name in degradations
        ]
        rows: list[list[str]] = []
        values: list[list[float | None]] = []
        for name in degradations:
            # where queries are misleading the larger area is not the better one, so none stands out
            merit = not misleads(told, name)
            areas = [curves[name].area.get("mrr") if name in curves else None for curves in of_models]
            cells: list[str] = []
            for number, (curves, area) in enumerate(zip(of_models, areas, strict=True)):
                interval = curves[name].intervals.get("mrr") if name in curves else None
                against = _difference("mrr", area, areas[0], merit=merit) if number else ""
                cells.append(with_interval("mrr", area, interval) + against)
            rows.append([safe(name), *cells])
            values.append(areas if merit else [])
        caption = f"Area under the curve of MRR, {modality(asked)}"
        blocks.append(
            f'<h3>{modality(asked)}</h3>{key(dict(enumerate(names)))}<div class="charts">{"".join(charts)}</div>'
        )
        blocks.append(table(["degradation", *map(safe, names)], rows, caption=caption, best=_best_of_rows(values)))
    return blocks


def _best_of_rows(values: Sequence[Sequence[float | None]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for number, row in enumerate(values):
        numbers = [one for one in row if one is not None]
        found += [(number, column + 1) for column, one in enumerate(row) if numbers and one == max(numbers)]
    return found


def _series(curves: Sequence[Sequence[Step]], names: Sequence[str], measure: str) -> list[Series]:
    return [
        Series(name, points, number)
        for number, (name, curve) in enumerate(zip(names, curves, strict=True))
        if (
            points := [
                Point(step.strength or step.share, value)
                for step in curve
                if (value := step.value(measure)) is not None
            ]
        )
    ]

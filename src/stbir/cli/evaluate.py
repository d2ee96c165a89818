"""Measure a model on a table of queries."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stbir.cli.sections import more_sections, vectors_for_all, write_html
from stbir.cli.wording import as_json, counted, place, refuse_unwritable, shown, table
from stbir.errors import InputError

if TYPE_CHECKING:
    from stbir.types import Report

MODALITIES = {"sketch": "sketch", "both": "sketch + words"}
RATES = {"acc@1": "Acc@1 %", "acc@5": "Acc@5 %", "acc@10": "Acc@10 %"}


def define(parser: argparse.ArgumentParser) -> None:
    """Name the options of `stbir evaluate`."""
    parser.add_argument("model", metavar="MODEL", help="a bundled name, a folder, or a hub id")
    parser.add_argument(
        "table", metavar="TABLE", type=place, help="CSV with the columns sketch, text, photo and maybe category"
    )
    parser.add_argument("--within", choices=["category"], help="rank only against photos of the query's category")
    parser.add_argument(
        "--progressive", action="store_true", help="measure on the first 10, 20, ... 100 %% of each sketch"
    )
    parser.add_argument("--robustness", action="store_true", help="also measure on degraded sketches and words")
    parser.add_argument("--html", metavar="FILE", type=place, help="also write a page with tables, curves and examples")
    parser.add_argument("--json", metavar="FILE", type=place, help="also write the report as JSON")
    parser.add_argument(
        "--seed", metavar="N", type=int, default=0, help="of intervals and degraded queries (default: 0)"
    )


def run(options: argparse.Namespace) -> int:
    """Measure, print the table, and write the report."""
    if options.seed < 0:
        raise InputError(f"--seed must be at least 0, got {options.seed}")
    # what is wrong with the arguments is better said before the long run than after it
    refuse_unwritable(options.json)
    refuse_unwritable(options.html)

    from stbir.data.table import read_table
    from stbir.evaluation.progressive import evaluate_progressive
    from stbir.evaluation.protocol import evaluate
    from stbir.methods import load

    split = read_table(options.table)
    method = load(options.model)
    # these come on top of the usual measures, progressive ones instead of them
    more = options.robustness or options.html
    photos = vectors_for_all(method, split, progressive=options.progressive) if more else None
    alone = options.progressive and not more
    measure = evaluate_progressive if alone else evaluate
    progress = sys.stderr.isatty()
    report = measure(method, split, within=options.within, seed=options.seed, progress=progress, photos=photos)
    # printed first: what took long to measure must not be lost to a file that cannot be written
    print(readable_progressive(report) if alone else readable(report))
    found: dict[str, Any] = {"protocol": dict(report.protocol), "results": dict(report.results)}
    if photos is not None:
        found |= more_sections(method, split, options=options, photos=photos)
    if options.json:
        options.json.write_text(as_json(found) + "\n", encoding="utf-8")
    if options.html:
        write_html(method, split, found=found, options=options, photos=photos)
    return 0


def readable(report: Report) -> str:
    """The report as a table, a row per modality, and its protocol in a line."""
    header = ["", "queries", *RATES.values(), "MRR", "median rank"]
    rows = [header]
    for name, result in report.results.items():
        rates = [_with_interval(result, measure, scale=100, digits=1) for measure in RATES]
        mrr = _with_interval(result, "mrr", scale=1, digits=3)
        rows.append([name, f"{result['queries']:,}", *rates, mrr, f"{result['median_rank']:,g}"])
    return f"{table(rows, right=range(1, len(header)))}\n\n{'; '.join(_facts(report.protocol))}"


def readable_progressive(report: Report) -> str:
    """The report as a table for each modality, a row per share of the drawing, and its protocol in a line."""
    blocks: list[str] = []
    for name, result in report.results.items():
        header = [MODALITIES[name], "percentile %", "1/rank", *RATES.values(), "median rank"]
        rows = [header]
        for step in result["curve"]:
            rates = [f"{100 * step[measure]:.1f}" for measure in RATES]
            measures = [f"{100 * step['percentile']:.1f}", f"{step['mrr']:.3f}", *rates, f"{step['median_rank']:,g}"]
            rows.append([f"{100 * step['share']:.0f} %", *measures])
        areas = [
            f"{area} {_with_interval(result, area, scale=scale, digits=digits)}"
            for area, scale, digits in (("m@A", 100, 1), ("m@B", 1, 3))
        ]
        lines = table(rows, right=range(1, len(header)))
        blocks.append(f"{lines}\n{' ' * 2}area: {', '.join(areas)}; {counted(result['queries'], 'drawing')}")
    said = report.protocol
    facts = _facts(said)
    facts.insert(2, "% of the length of all lines in drawing order, framed like a finished drawing")
    if said["without_strokes"]:
        facts.insert(3, f"{counted(said['without_strokes'], 'query')} left out, whose sketch is a picture")
    blocks.append("; ".join(facts))
    return "\n\n".join(blocks)


def _facts(said: Mapping[str, Any]) -> list[str]:
    against = "photos of the same category" if said["within"] else "all photos"
    return [
        f"{shown(said['table'])}: {counted(said['gallery'], 'photo')} ({said['distractors']:,} never asked for)",
        f"ranked against {against}",
        "ties count against the target",
        f"[95 % bootstrap interval, {said['resamples']:,} resamples, seed {said['seed']}]",
        f"{said['model']['name']} from {shown(said['model']['source'])}",
    ]


def _with_interval(result: Mapping[str, Any], measure: str, *, scale: float, digits: int) -> str:
    low, high = result["intervals"][measure]
    return f"{scale * result[measure]:.{digits}f} [{scale * low:.{digits}f}, {scale * high:.{digits}f}]"

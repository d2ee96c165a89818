"""Compare reports of several models, or of several seeds of one."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from stbir.cli.evaluate import label
from stbir.cli.wording import as_json, place, shown, table
from stbir.errors import InputError

if TYPE_CHECKING:
    from stbir.evaluation.comparison import Compared, Spread

RESAMPLES = 10_000


def define(parser: argparse.ArgumentParser) -> None:
    """Name the options of `stbir compare`."""
    parser.add_argument(
        "reports",
        metavar="REPORT",
        nargs="+",
        type=place,
        help="what stbir evaluate --json wrote; the others are compared with the first",
    )
    parser.add_argument(
        "--seeds", action="store_true", help="the reports are seeds of one model: print their mean and spread"
    )
    parser.add_argument("--json", metavar="FILE", type=place, help="also write the comparison as JSON")
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="of the tests (default: 0)")


def run(options: argparse.Namespace) -> int:
    """Read the reports, refuse what cannot be compared, and print a table."""
    if options.seed < 0:
        raise InputError(f"--seed must be at least 0, got {options.seed}")
    if options.json and (options.json.is_dir() or not options.json.absolute().parent.is_dir()):
        reason = "it is a folder" if options.json.is_dir() else f"there is no folder {options.json.parent}"
        raise InputError(f"cannot write {options.json}: {reason}")

    from stbir.evaluation.comparison import (
        aggregate_seeds,
        compare_models,
        read_report,
        refuse_same_weights,
        refuse_unlike,
    )

    reports = [read_report(path) for path in options.reports]
    names = [str(path) for path in options.reports]
    refuse_unlike(reports, names=names)
    queries = {name: result["queries"] for name, result in reports[0].results.items()}
    written: dict[str, Any] = {"reports": names, "revision": reports[0].protocol["revision"]}
    if options.seeds:
        refuse_same_weights(reports, names=names)
        spreads = aggregate_seeds(reports)
        print(readable_seeds(spreads, queries=queries))
        results = {name: {one: asdict(spread) for one, spread in some.items()} for name, some in spreads.items()}
        written |= {"seeds": results}
    else:
        compared = compare_models(reports, seed=options.seed, resamples=RESAMPLES)
        print(readable(compared, names=names, queries=queries, seed=options.seed))
        results = {
            name: {one: [asdict(row) for row in rows] for one, rows in some.items()} for name, some in compared.items()
        }
        written |= {"seed": options.seed, "resamples": RESAMPLES, "models": results}
    if options.json:
        options.json.write_text(as_json(written) + "\n", encoding="utf-8")
    return 0


def readable(
    compared: dict[str, dict[str, list[Compared]]], *, names: list[str], queries: dict[str, int], seed: int
) -> str:
    """A table per modality: a row per measure and report, with the difference from the first report."""
    blocks: list[str] = []
    for modality, measures in compared.items():
        rows = [[f"{modality}, {queries[modality]:,} queries", "report", "", "difference [95 %]", "p"]]
        for measure, found in measures.items():
            for row in found:
                first = label(measure) if row.report == 0 else ""
                rows.append([first, shown(names[row.report]), _number(measure, row.value), *_tested(measure, row)])
        blocks.append(table(rows, right=(2, 3, 4)))
    blocks.append(
        f"difference from {shown(names[0])}, paired by query; interval: bootstrap, p: two-sided randomisation test, "
        f"each with queries of one photo together, {RESAMPLES:,} resamples, seed {seed}"
        + ("; p adjusted for several reports (Holm)" if len(names) > 2 else "")
    )
    return "\n\n".join(blocks)


def readable_seeds(spreads: dict[str, dict[str, Spread]], *, queries: dict[str, int]) -> str:
    """A table per modality: a row per measure with mean, standard deviation, least and most."""
    blocks: list[str] = []
    runs = 0
    for modality, measures in spreads.items():
        rows = [[f"{modality}, {queries[modality]:,} queries", "mean", "sd", "least", "most"]]
        for measure, spread in measures.items():
            runs = spread.runs
            parts = (spread.mean, spread.deviation, spread.low, spread.high)
            rows.append([label(measure), *(_number(measure, part) for part in parts)])
        blocks.append(table(rows, right=range(1, 5)))
    blocks.append(f"{runs} reports; sd is the sample standard deviation of the reports (over n - 1)")
    return "\n\n".join(blocks)


def _tested(measure: str, row: Compared) -> list[str]:
    if row.difference is None or row.p is None:
        return ["", ""]
    scale, digits = _scale(measure)
    mean, low, high = (scale * part for part in (row.difference.mean, row.difference.low, row.difference.high))
    return [f"{mean:+.{digits}f} [{low:+.{digits}f}, {high:+.{digits}f}]", f"{row.p:.4f}"]


def _number(measure: str, value: float) -> str:
    if measure == "median_rank":
        return f"{value:,.4g}"
    scale, digits = _scale(measure)
    return f"{scale * value:.{digits}f}"


def _scale(measure: str) -> tuple[float, int]:
    return (100, 1) if "@" in measure else (1, 3)

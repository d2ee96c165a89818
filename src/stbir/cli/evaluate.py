"""Measure a model on a table of queries, or on a data set."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stbir.cli.queries import define_queries, read_queries
from stbir.cli.sections import more_sections, photos_for_all, write_html
from stbir.cli.wording import as_json, counted, place, refuse_unwritable, reranking, shown, table
from stbir.errors import InputError

if TYPE_CHECKING:
    from stbir.evaluation.options import Protocol
    from stbir.types import Report

MODALITIES = {"sketch": "sketch", "both": "sketch + words"}
RATES = {"acc@1": "Acc@1 %", "acc@5": "Acc@5 %", "acc@10": "Acc@10 %"}
DEPTH = 1000

_KINDS = {"acc": "Acc", "map": "mAP", "p": "P", "r": "R"}


def define(parser: argparse.ArgumentParser) -> None:
    """Name the options of `stbir evaluate`."""
    parser.add_argument("model", metavar="MODEL", help="a bundled name, a folder, or a hub id")
    define_queries(parser)
    parser.add_argument("--within", choices=["category"], help="rank only against photos of the query's category")
    parser.add_argument(
        "--protocol", metavar="NAME", help="a published protocol, such as sketchy-21; a wrong name lists all"
    )
    parser.add_argument(
        "--option",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help="change a choice of the protocol, such as measures=map@all,p@100 or ties=average; a wrong key lists all",
    )
    parser.add_argument(
        "--progressive", action="store_true", help="measure on the first 10, 20, ... 100 %% of each sketch"
    )
    parser.add_argument("--robustness", action="store_true", help="also measure on degraded sketches and words")
    parser.add_argument("--html", metavar="FILE", type=place, help="also write a page with tables, curves and examples")
    parser.add_argument("--json", metavar="FILE", type=place, help="also write the report as JSON")
    parser.add_argument("--csv", metavar="FILE", type=place, help="also write a table with a row per query")
    parser.add_argument("--trec", metavar="FOLDER", type=place, help="also write TREC runs and qrels")
    parser.add_argument("--beir", metavar="FOLDER", type=place, help="also write queries and photos as a BEIR data set")
    parser.add_argument(
        "--depth",
        metavar="N",
        type=int,
        default=DEPTH,
        help=f"photos per query in a TREC run (default: {DEPTH:,}); mAP@all and MRR need the whole gallery",
    )
    parser.add_argument(
        "--seed", metavar="N", type=int, default=0, help="of intervals and degraded queries (default: 0)"
    )


def run(options: argparse.Namespace) -> int:
    """Measure, print the table, and write the report."""
    _refuse(options)

    from stbir.evaluation.export import write_beir, write_queries, write_trec
    from stbir.evaluation.progressive import evaluate_progressive
    from stbir.evaluation.protocol import evaluate_in_full
    from stbir.methods import load

    protocol = _protocol(options)
    split = read_queries(options)
    method = load(options.model)
    progress = sys.stderr.isatty()
    # these come on top of the usual measures, progressive ones instead of them
    more = options.robustness or options.html
    if options.progressive and not more:
        report = evaluate_progressive(method, split, within=options.within, seed=options.seed, progress=progress)
        print(readable_progressive(report))
        if options.json:
            write_report(options.json, report)
        return 0
    photos = photos_for_all(method, split, progressive=options.progressive) if more else None
    depth = options.depth if options.trec else 1 if options.csv else 0
    found = evaluate_in_full(
        method, split, protocol=protocol, depth=depth, seed=options.seed, progress=progress, photos=photos
    )
    # printed first: what took long to measure must not be lost to a file that cannot be written
    print(readable(found.report))
    sections = {} if photos is None else more_sections(method, split, options=options, photos=photos)
    if options.json:
        write_report(options.json, found.report, sections=sections)
    if options.html:
        said = {"protocol": found.report.protocol, "results": found.report.results, **sections}
        write_html(method, split, found=said, options=options, photos=photos)
    if options.csv:
        write_queries(options.csv, found)
    if options.trec:
        write_trec(options.trec, found)
    if options.beir:
        write_beir(options.beir, found.trial)
    return 0


def _refuse(options: argparse.Namespace) -> None:
    """Say what is wrong with the arguments: better before the long run than after it."""
    for name, least in (("seed", 0), ("depth", 1)):
        if getattr(options, name) < least:
            raise InputError(f"--{name} must be at least {least}, got {getattr(options, name)}")
    for file in (options.json, options.csv, options.html):
        refuse_unwritable(file)
    for folder in (options.trec, options.beir):
        if folder and ((folder.exists() and not folder.is_dir()) or not folder.absolute().parent.is_dir()):
            reason = "it is a file" if folder.exists() else f"there is no folder {folder.parent}"
            raise InputError(f"cannot write to the folder {folder}: {reason}")
    alone = options.progressive and not (options.robustness or options.html)
    for name in ("progressive", "robustness", "html"):
        refused = ("protocol", "option", "csv", "trec", "beir") if alone else ("protocol", "option")
        given = [one for one in refused if getattr(options, one)]
        if getattr(options, name) and given:
            raise InputError(f"--{name} has its own protocol and report; leave out --{given[0]}, or --{name}")


def _protocol(options: argparse.Namespace) -> Protocol:
    """Put the protocol together from its name and the options that change it."""
    from stbir.evaluation.presets import preset

    changes: dict[str, str] = {}
    for given in options.option:
        key, equals, value = given.partition("=")
        if not equals:
            raise InputError(f"--option takes KEY=VALUE, such as ties=average, got {given!r}")
        if key in changes:
            raise InputError(f"--option {key} is given twice; give it once")
        changes[key] = value
    if options.within:
        if changes.get("within", options.within) != options.within:
            raise InputError("--within and --option within contradict each other; give one")
        changes["within"] = options.within
    protocol = preset(options.protocol or "fine-grained", **changes)
    if options.trec and protocol.ties == "average":
        raise InputError("--trec writes one order of the photos, and with ties=average there is none; give other ties")
    if options.beir and protocol.sketches == "averaged":
        raise InputError("--beir writes one sketch per query; give it without sketches=averaged")
    return protocol


def write_report(path: Path, report: Report, *, sections: Mapping[str, Any] | None = None) -> None:
    """Write a report as JSON; the values of each query on one line, for they are many."""
    text = as_json({"protocol": dict(report.protocol), "results": dict(report.results), **(sections or {})})
    if report.per_query:
        values = json.dumps(report.per_query, allow_nan=False)
        text = f'{text.removesuffix("}").rstrip()},\n  "per_query": {values}\n}}'
    path.write_text(text + "\n", encoding="utf-8")


def label(measure: str) -> str:
    """Spell a measure as papers do.

    >>> label("acc@1"), label("map@200"), label("mrr")
    ('Acc@1 %', 'mAP@200 %', 'MRR')
    """
    kind, at, k = measure.partition("@")
    if not at:
        return {"mrr": "MRR", "median_rank": "median rank"}.get(measure, measure)
    return f"{_KINDS.get(kind, kind)}@{k} %"


def readable(report: Report) -> str:
    """The report as a table, a row per modality, and its protocol below it."""
    measures = report.protocol["options"]["measures"]
    header = ["", "queries", *(label(measure) for measure in measures)]
    rows = [header]
    for name, result in report.results.items():
        rows.append([name, f"{result['queries']:,}", *(_value(result, measure) for measure in measures)])
    said = report.protocol
    lines = [table(rows, right=range(1, len(header))), ""]
    lines += [f"not as published: {'; '.join(said['deviations'])}"] if said["deviations"] else []
    lines += reranking(said)
    options = said["options"]
    lines += [f"protocol {options['name']} ({options['about']})", "; ".join(said["said"]), "; ".join(_facts(said))]
    return "\n".join(lines)


def _value(result: Mapping[str, Any], measure: str) -> str:
    if measure == "median_rank":
        return "never" if result[measure] is None else f"{result[measure]:,g}"
    if measure == "mrr":
        return _with_interval(result, measure, scale=1, digits=3)
    return _with_interval(result, measure, scale=100, digits=1)


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
    blocks.append("\n".join([*reranking(said), "; ".join(facts)]))
    return "\n\n".join(blocks)


def _facts(said: Mapping[str, Any]) -> list[str]:
    against = "photos of the same category" if said["within"] else "all photos"
    return [
        f"{shown(said['table'])}: {counted(said['gallery'], 'photo')} ({said['distractors']:,} never asked for)",
        f"ranked against {against}",
        f"ties count {str(said['ties']).partition(' (')[0]}",
        f"[95 % bootstrap interval, {said['resamples']:,} resamples, seed {said['seed']}]",
        f"{said['model']['name']} from {shown(said['model']['source'])}",
    ]


def _with_interval(result: Mapping[str, Any], measure: str, *, scale: float, digits: int) -> str:
    low, high = result["intervals"][measure]
    return f"{scale * result[measure]:.{digits}f} [{scale * low:.{digits}f}, {scale * high:.{digits}f}]"

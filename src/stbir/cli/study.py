"""Fill the table of a study: recipes on tasks, over seeds and folds."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stbir.cli.wording import as_json, counted, place, refuse_unwritable, shown, table
from stbir.errors import InputError, UnknownName

if TYPE_CHECKING:
    from stbir.training.study import Study
    from stbir.training.study.costs import Cost
    from stbir.training.study.summary import Row

CHANCE = 0.05
HEADS = {"sketch": "sketch", "text": "words", "both": "both", "photo": "photo", "composed": "composed"}


def define(parser: argparse.ArgumentParser) -> None:
    """Name the options of `stbir study`."""
    parser.add_argument("study", metavar="STUDY", type=place, help="a TOML file: recipes, models, tasks, seeds")
    parser.add_argument(
        "--data", metavar="DIR", type=place, default=Path(), help="folders in the study are relative to this one"
    )
    parser.add_argument(
        "--to", metavar="FOLDER", type=place, help="where the results go (default: runs/ and the name of the study)"
    )
    parser.add_argument(
        "--processes", metavar="N", type=int, default=1, help="cells at once, each on its share of the cores"
    )
    parser.add_argument(
        "--task", metavar="NAME", action="append", help="only this task of the study; may be given several times"
    )
    parser.add_argument(
        "--seed", metavar="N", type=int, action="append", help="only this seed of the study; may be given several times"
    )
    parser.add_argument("--table", action="store_true", help="only print what is there already")
    parser.add_argument(
        "--measure",
        metavar="M",
        default="acc@1",
        help="what is printed: acc@1 (default), acc@10, mrr, or what a look of the study measures, such as map@all",
    )
    parser.add_argument("--json", metavar="FILE", type=place, help="also write all numbers as JSON")


def run(options: argparse.Namespace) -> int:
    """Run what is missing, print the table, and write it."""
    from stbir.training.study.costs import costs
    from stbir.training.study.run import Place, read_result, read_study, run_study
    from stbir.training.study.summary import as_plain, summarise_study
    from stbir.training.study.untouched import with_untouched
    from stbir.training.study.whole import with_whole

    _check_measure(options.measure)
    if options.processes < 1:
        raise InputError(f"--processes must be at least 1, got {options.processes}")
    refuse_unwritable(options.json)
    study, cells = read_study(options.study)
    if options.task:
        known_tasks = [task.name for task in study.tasks]
        for name in options.task:
            if name not in known_tasks:
                raise UnknownName("task", name, known_tasks)
        cells = [cell for cell in cells if cell.task.name in options.task]
    if options.seed:
        if strange := sorted(set(options.seed) - set(study.seeds)):
            raise InputError(
                f"there is no seed {strange[0]} in {shown(options.study)} (known: {', '.join(map(str, study.seeds))})"
            )
        cells = [cell for cell in cells if cell.seed in options.seed]
    to: Path = options.to or Path("runs") / study.name
    if not options.table:
        run_study(cells, Place(options.data, to), processes=options.processes)
    found = {cell: result for cell in cells if (result := read_result(cell, to)) is not None}
    if not found:
        raise InputError(f"{to} holds no result of {shown(options.study)}; leave out --table to make them")
    try:
        found = with_untouched(study, found, root=options.data)
    except InputError as error:
        if not options.table:
            raise
        print(
            f"without the tests of what nothing was chosen on; --data tells where its data lies: {error}",
            file=sys.stderr,
        )
    rows = summarise_study(study, with_whole(found))
    if options.measure not in (measured := list(dict.fromkeys(row.measure for row in rows))):
        raise InputError(f"nothing in this study was measured by {options.measure} (known: {', '.join(measured)})")
    seeds = sorted({cell.seed for cell in found})
    print(readable(study, rows, measure=options.measure, seeds=seeds))
    spent = costs(found)
    print("", readable_costs(spent), sep="\n")
    hours = {cost.entrant: cost.cpu_hours for cost in spent}
    print(f"\n{counted(len(found), 'cell')} of {len(cells)} done; CPU hours: {sum(hours.values()):.2f}")
    if options.json:
        written = {
            "study": study.model_dump(mode="json"),
            "cpu_hours": hours,
            "costs": [asdict(cost) for cost in spent],
        }
        options.json.write_text(as_lines(written, as_plain(rows)) + "\n", encoding="utf-8")
    return 0


def as_lines(said: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    """JSON with a line for each of the rows, of which a study has thousands.

    >>> print(as_lines({"study": 1}, [{"mean": 0.5}, {"mean": 0.25}]))
    {
      "study": 1,
      "rows": [
        {"mean": 0.5},
        {"mean": 0.25}
      ]
    }
    """
    lines = ",\n".join(f"    {json.dumps(row, allow_nan=False)}" for row in rows)
    return as_json({**said, "rows": []}).removesuffix("[]\n}") + f"[\n{lines}\n  ]\n}}"


def _check_measure(measure: str) -> None:
    from stbir.evaluation.options import read_measure

    try:
        read_measure(measure)
    except ValueError as error:
        raise InputError(str(error)) from None


def readable(study: Study, rows: Sequence[Row], *, measure: str, seeds: Sequence[int]) -> str:
    """A table per task and test: a row per entrant, a column per modality, clean and degraded."""
    blocks: list[str] = []
    chosen = [row for row in rows if row.measure == measure]
    for task, test in dict.fromkeys((row.task, row.test) for row in chosen):
        here = [row for row in chosen if (row.task, row.test) == (task, test)]
        columns = list(dict.fromkeys((row.condition, row.modality) for row in here))
        lines = [[f"{task}: {test}", *(f"{condition}: {HEADS[modality]}" for condition, modality in columns)]]
        for entrant in dict.fromkeys(row.entrant for row in here):
            cells = {(row.condition, row.modality): _cell(row) for row in here if row.entrant == entrant}
            lines.append([entrant, *(cells.get(column, "") for column in columns)])
        blocks.append(table(lines, right=range(1, len(lines[0]))))
        blocks += _tests(study, here)
    scale = "in percent" if "@" in measure else "x 100"
    blocks.append(
        f"{measure} {scale}: mean ± standard deviation over seeds ({', '.join(map(str, seeds))}) "
        "[95 % bootstrap interval, queries of one photo together]; * after a difference: its interval leaves out 0, "
        f"and p of a paired randomisation test, adjusted for the number of entrants (Holm), is at most {CHANCE}"
    )
    return "\n\n".join(blocks)


def readable_costs(spent: Sequence[Cost]) -> str:
    """A row per entrant: parameters in all and trained, time to embed a query, bytes of a photo, CPU hours."""
    lines = [["costs", "parameters", "trained", "ms per query", "bytes per photo", "CPU hours"]]
    for cost in spent:
        numbers = [cost.parameters, cost.trained, cost.ms_per_query, cost.bytes_per_photo, cost.cpu_hours]
        forms = [",d", ",d", ".1f", ",d", ".2f"]
        cells = ["-" if n is None else format(n, form) for n, form in zip(numbers, forms, strict=True)]
        lines.append([cost.entrant, *cells])
    return table(lines, right=range(1, 6))


def _tests(study: Study, rows: Sequence[Row]) -> list[str]:
    """For each entrant that the others are compared with, their differences to it."""
    blocks: list[str] = []
    for base in study.against:
        columns = list(dict.fromkeys((row.condition, row.modality) for row in rows))
        lines = [[f"difference to {base}", *(f"{condition}: {HEADS[modality]}" for condition, modality in columns)]]
        for entrant in dict.fromkeys(row.entrant for row in rows if base in row.against):
            cells: dict[tuple[str, str], str] = {}
            for row in rows:
                if row.entrant == entrant and base in row.against:
                    one = row.against[base]
                    mark = "*" if (one.low > 0 or one.high < 0) and one.p <= CHANCE else ""
                    cells[row.condition, row.modality] = (
                        f"{100 * one.mean:+.1f}{mark} [{100 * one.low:+.1f}, {100 * one.high:+.1f}]"
                    )
            lines.append([entrant, *(cells.get(column, "") for column in columns)])
        if len(lines) > 1:
            blocks.append(table(lines, right=range(1, len(lines[0]))))
    return blocks


def _cell(row: Row) -> str:
    spread = "" if row.deviation is None else f" ±{100 * row.deviation:.1f}"
    low, high = row.interval
    return f"{100 * row.mean:.1f}{spread} [{100 * low:.1f}, {100 * high:.1f}]"

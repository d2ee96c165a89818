"""Write `src/stbir/methods/numbers.toml`, the numbers that `stbir methods` shows, anew from the reports it names.

    python benchmarks/method_numbers.py
    python benchmarks/method_numbers.py --study results/stbir/study.json recipes/stbir/study.toml

The second form takes over, before that, every recipe of a study: clean queries only; one entry per task, of all its
tests together, where they are asked alike, else one per test; where settings were chosen on some of the photos, without
these.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stbir.methods.numbers import PLACE, Measurement, found_in, measurements
from stbir.training.extends import read_recipe
from stbir.training.study.untouched import SUFFIX
from stbir.training.study.whole import ALL

ROOT = Path(__file__).parents[1]
BY_CATEGORY = "map@all"
"""What is told of a test by category; of the others Acc@1."""
HEAD = "# What `stbir methods` shows. Written by benchmarks/method_numbers.py from the reports, not by hand.\n"


def of_study(report: Path, study: Path) -> list[Measurement]:
    """The entries of a study, still without their numbers."""
    written = json.loads(report.read_text(encoding="utf-8"))
    known = {Path(name).stem: study.parent / name for name in written["study"]["recipes"]}
    rows = {(row["entrant"], row["task"], row["test"]): row["seeds"] for row in written["rows"]}
    asked = {key: {row["modality"] for row in written["rows"] if row_of(row) == key} for key in rows}
    ranked = {row_of(row) for row in written["rows"] if row["measure"] == BY_CATEGORY}

    def told(entrant: str, task: str, test: str) -> bool:
        """Whether a test has an entry: all tests together, where that leaves out no way of asking, or each of them."""
        whole = asked.get((entrant, task, ALL), set())
        parts = [asked[key] for key in rows if key[:2] == (entrant, task) and not key[2].startswith(ALL)]
        together = bool(whole) and all(part <= whole for part in parts)
        return (entrant, task, f"{test}{SUFFIX}") not in rows and test.startswith(ALL) == together

    return [
        Measurement(
            method=read_recipe(known[entrant]).start.method,
            entrant=entrant,
            task=task,
            test=test,
            measure=BY_CATEGORY if (entrant, task, test) in ranked else "acc@1",
            seeds=seeds,
            file=str(report.resolve().relative_to(ROOT)),
            recipe=str(known[entrant].resolve().relative_to(ROOT)),
            command=f"stbir study {study.resolve().relative_to(ROOT)} --data DIR --json FILE",
            found={},
        )
        for (entrant, task, test), seeds in rows.items()
        if entrant in known and told(entrant, task, test)
    ]


def row_of(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """What a row of a report is about."""
    return row["entrant"], row["task"], row["test"]


def as_toml(one: Measurement) -> str:
    """One entry; JSON's strings, numbers and lists are TOML's too."""
    lines = ["", "[[measurements]]"]
    plain = one.model_dump(mode="json", exclude_none=True)
    found = plain.pop("found")
    lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in plain.items()]
    lines += ["", "[measurements.found]"]
    lines += [f"{name} = {{ value = {row['value']}, interval = {row['interval']} }}" for name, row in found.items()]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Read, renew and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--study", nargs=2, type=Path, metavar=("REPORT", "STUDY"), help="take over a study's recipes")
    options = parser.parse_args()
    entries = {(one.file, one.entrant, one.task, one.test): one for one in (measurements() if PLACE.exists() else ())}
    if options.study:
        taken = of_study(*options.study)
        entries = {key: one for key, one in entries.items() if one.file not in {new.file for new in taken}}
        entries |= {(one.file, one.entrant, one.task, one.test): one for one in taken}
    fresh: list[Measurement] = []
    for one in entries.values():
        report = json.loads((ROOT / one.file).read_text(encoding="utf-8"))
        fresh.append(one.model_copy(update={"found": found_in(report, one)}))
    PLACE.write_text(HEAD + "".join(map(as_toml, fresh)), encoding="utf-8")
    print(f"{len(fresh)} measurements in {PLACE}")


if __name__ == "__main__":
    main()

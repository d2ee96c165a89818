"""The data sets of the field on the command line: named, checked, and the one that we draw ourselves."""

from __future__ import annotations

import argparse

from stbir.cli.wording import counted, place, shown, table
from stbir.errors import InputError

INCOMPLETE = 3
"""The exit code where a data set lacks something."""


def define_list(_parser: argparse.ArgumentParser) -> None:
    """`stbir data list` has no options."""


def run_list(_options: argparse.Namespace) -> int:
    """Print every data set with one line."""
    from stbir.data import sets

    print(table([["name", "what it is"], *([name, sets.summary(name)] for name in sets.names())]))
    return 0


def define_check(parser: argparse.ArgumentParser) -> None:
    """Name the options of `stbir data check`."""
    parser.add_argument("name", metavar="NAME", help="a data set; `stbir data list` names them")
    parser.add_argument(
        "folder",
        metavar="DIR",
        type=place,
        nargs="?",
        help="where it lies (drawn-bench: the cache, if left out; drawn-tasks: nowhere)",
    )
    parser.add_argument("--variant", metavar="V", help="one of several published splits, such as 100-25 of sketchy")
    parser.add_argument(
        "--quick", action="store_true", help="do not open the photos to look for near-duplicates across splits"
    )


def run_check(options: argparse.Namespace) -> int:
    """Print what is there, what is wrong and what is worth knowing; 1 if anything is wrong."""
    from stbir.data import sets
    from stbir.data.inspection import inspect

    folder = sets.place_of(options.name, options.folder)
    data = sets.open_set(options.name, folder, variant=options.variant)
    findings = inspect(data, pictures=not options.quick)
    for mark, lines in (("found", findings.found), ("note", findings.notes), ("fault", findings.faults)):
        for line in lines:
            print(f"{mark:5}  {shown(line)}")
    result = counted(len(findings.faults), "fault") if findings.faults else "complete"
    where = "" if data.in_memory else f" in {shown(folder)}"
    print(f"{options.name}{where}: {result}")
    return INCOMPLETE if findings.faults else 0


def define_bench(parser: argparse.ArgumentParser) -> None:
    """Name the options of `stbir data draw-bench`."""
    parser.add_argument(
        "--to",
        metavar="DIR",
        type=place,
        help="the folder to draw into (default: $XDG_CACHE_HOME/stbir, ~/.cache/stbir)",
    )
    parser.add_argument("--processes", metavar="N", type=int, help="how many draw at once (default: one per core)")


def run_bench(options: argparse.Namespace) -> int:
    """Draw the benchmark, or what is missing of it, and say what to do with it."""
    if options.processes is not None and options.processes < 1:
        raise InputError(f"--processes must be at least 1, got {options.processes}")
    from stbir.data.drawn.bench import NAME, PARTS, VERSION
    from stbir.data.drawn.bench_folder import bench_cache, differences, write_bench

    folder = options.to or bench_cache()
    digests = write_bench(folder, workers=options.processes)
    print(f"{NAME} version {VERSION} is in {shown(folder)}")
    faults, notes = differences(digests)
    for line in (*faults, *notes) or ("its contents are those of every other machine: compare the numbers",):
        print(line)
    for part in PARTS:
        where = f" --at {shown(folder)}" if options.to else ""
        print(f"measure a model with: stbir evaluate MODEL {NAME} --split {part}-test{where}")
    return 0

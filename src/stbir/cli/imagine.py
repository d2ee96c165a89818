"""Draw what a model imagines for queries, and look for the photos that are nearest to the drawings: Duet."""

from __future__ import annotations

import argparse
from pathlib import Path

from stbir.cli.queries import define_queries, read_queries
from stbir.cli.wording import counted, place, refuse_unwritable, shown
from stbir.errors import InputError

ROWS = 12


def define(parser: argparse.ArgumentParser) -> None:
    """Name the options of `stbir imagine`."""
    parser.add_argument("model", metavar="MODEL", help="a model of a method that draws, as duet does: a folder")
    define_queries(parser)
    parser.add_argument(
        "--sheet",
        metavar="FILE",
        type=place,
        default=Path("imagined.png"),
        help="where the drawings and what they find go (default: imagined.png)",
    )
    parser.add_argument(
        "--rows",
        metavar="N",
        type=int,
        default=ROWS,
        help=f"how many queries the sheet shows (default: {ROWS}, at most 20)",
    )


def run(options: argparse.Namespace) -> int:
    """Draw every query, say how well drawings find their photo and follow their query, and write some on a sheet."""
    if not 1 <= options.rows <= 20:
        raise InputError(f"--rows must be from 1 to 20, got {options.rows}")
    refuse_unwritable(options.sheet)
    if options.sheet.suffix.lower() != ".png":
        raise InputError(f"a sheet is a PNG, so its name must end in .png, got {options.sheet}")

    from stbir.evaluation.imagined import imagine
    from stbir.evaluation.swaps import follows
    from stbir.methods import load
    from stbir.methods.duet import Duet

    method = load(options.model)
    if not isinstance(method, Duet):
        raise InputError(f"{shown(options.model)} is a model of {method.name}, which does not draw; give one of duet")
    split = read_queries(options)
    found = imagine(method, split)
    print(
        f"the nearest of {counted(len(split.photos), 'photo')} is the one that was meant for "
        f"{100 * found.first:.1f} % of {counted(len(found.targets), 'drawing')}"
    )
    try:
        followed = follows(method, split)
    except InputError as error:
        print(f"whether shape follows the sketch and colour the words was not judged: {error}")
    else:
        print(
            f"shape follows the sketch in {100 * followed.shape:.1f} %, colour the words in "
            f"{100 * followed.colour:.1f} % of {counted(followed.swaps, 'swap')}; by chance in 50 %"
        )
    found.sheet(options.sheet, title=f"{split.name}, imagined", rows=options.rows)
    print(f"drawn to {shown(options.sheet)}")
    return 0

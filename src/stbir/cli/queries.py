"""What a model is measured on: a table, or a split of a data set by its name."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from stbir.cli.wording import place
from stbir.errors import InputError, UnknownName

if TYPE_CHECKING:
    from stbir.types import Split

DRAWN = "drawn-bench"
"""The one data set that has a place of its own."""
OPTIONS = ("at", "split", "variant")


def define_queries(parser: argparse.ArgumentParser) -> None:
    """Name the table or data set, and where and what of it."""
    parser.add_argument(
        "data",
        metavar="DATA",
        type=place,
        help="a CSV with the columns sketch, text, photo and maybe category; or a data set of `stbir data list`",
    )
    parser.add_argument(
        "--at", metavar="DIR", type=place, help=f"where the data set lies ({DRAWN}: the cache, if left out)"
    )
    parser.add_argument("--split", metavar="NAME", help="which of its splits (default: test); a wrong name lists all")
    parser.add_argument("--variant", metavar="V", help="one of several published ways to split it")


def read_queries(options: argparse.Namespace) -> Split:
    """Read what `define_queries` named.

    Raises:
        UnknownName: there is neither such a file nor such a data set, split or variant.
        InputError: files are missing or cannot be read, or what belongs to a data set was said of a table.
    """
    from stbir.data import sets
    from stbir.data.table import read_table

    table: Path = options.data
    if str(table) not in sets.names() or table.is_file():
        for name in OPTIONS:
            if getattr(options, name) is not None:
                raise InputError(f"--{name} is for data sets ({', '.join(sets.names())}), and {table} is a table")
        if not table.suffix and not table.exists():
            raise UnknownName("data set", str(table), sets.names(), hint="or give a CSV table")
        return read_table(table)
    found = sets.open_set(str(table), at(str(table), options.at), variant=options.variant)
    return found.split(options.split or "test")


def at(name: str, folder: Path | None) -> Path:
    """Where a data set lies: the folder that was given, or the cache of what we draw ourselves.

    Raises:
        UnknownName: there is no such data set.
        InputError: no folder was given for a data set that has to be got by hand.
    """
    if folder is not None:
        return folder
    from stbir.data import sets

    sets.summary(name)  # a name that does not exist is the first thing to say
    if name != DRAWN:
        raise InputError(f"say in which folder {name} lies; `stbir data check {name} DIR` says what belongs there")
    from stbir.data.drawn.bench_folder import bench_cache

    return bench_cache()

"""What a model is measured on: a table, or a split of a data set by its name."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from stbir.cli.wording import place
from stbir.errors import InputError, UnknownName

if TYPE_CHECKING:
    from stbir.types import Split

OPTIONS = ("at", "split", "variant")


def define_queries(parser: argparse.ArgumentParser) -> None:
    """Name the table or data set, and where and what of it."""
    parser.add_argument(
        "data",
        metavar="DATA",
        type=place,
        help="a CSV with the columns sketch, text, photo and maybe category and reference, a photo that the query "
        "shows; or a data set of `stbir data list`",
    )
    parser.add_argument(
        "--at",
        metavar="DIR",
        type=place,
        help="where the data set lies (drawn-bench: the cache, if left out; drawn-tasks: nowhere)",
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
    name = str(table).lower().replace("_", "-")
    if name in sets.names() and not table.is_file():
        found = sets.open_set(name, sets.place_of(name, options.at), variant=options.variant)
        return found.split(options.split or "test")
    if not table.suffix and not table.exists():
        raise UnknownName("data set", str(table), sets.names(), hint="or give a CSV table")
    for option in OPTIONS:
        if getattr(options, option) is not None:
            raise InputError(f"--{option} is for data sets ({', '.join(sets.names())}), and {table} is a table")
    return read_table(table)

"""The options that say which columns of a table are what, for every verb that reads the photos of one."""

from __future__ import annotations

import argparse


def define_columns(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    table = parser.add_argument_group("columns of a table, where their names do not say what they are")
    table.add_argument("--image-column", metavar="NAME", help="the file of the picture, or several of one object")
    table.add_argument("--id-column", metavar="NAME", help="what a photo is called")
    table.add_argument("--object-column", metavar="NAME", help="what object it shows; one hit for each object")
    table.add_argument("--title-column", metavar="NAME", help="what it is called on the page")


def columns_of(options: argparse.Namespace) -> dict[str, str]:
    """The columns that were given, by what they are."""
    columns = {
        "image": options.image_column,
        "id": options.id_column,
        "instance": options.object_column,
        "title": options.title_column,
    }
    return {name: column for name, column in columns.items() if column is not None}

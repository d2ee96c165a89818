"""Write the vectors and metadata of a gallery as one Parquet file."""

from __future__ import annotations

import argparse

from stbir.cli.wording import counted, place, shown


def define(parser: argparse.ArgumentParser) -> None:
    """Name the options of `stbir export`."""
    parser.add_argument(
        "place", metavar="GALLERY|PHOTOS", type=place, help="a gallery, or the folder or table that has one"
    )
    parser.add_argument("file", metavar="PARQUET", type=place, help="the file to write")
    parser.add_argument("--to", metavar="GALLERY", type=place, help="where the gallery of PHOTOS is, if elsewhere")
    parser.add_argument("--model", metavar="MODEL", help="the model the gallery was made with, if it has moved")


def run(options: argparse.Namespace) -> int:
    """Write the file and say how many records it has."""
    from stbir.gallery import Gallery
    from stbir.gallery.export import export

    gallery = Gallery.open(options.place, options.model, to=options.to, update=False)
    count = export(gallery, options.file)
    print(f"{counted(count, 'photo')} written to {shown(options.file)}")
    return 0

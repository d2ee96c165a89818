"""Make a folder or a catalogue of photos searchable; a second run takes only what is new."""

from __future__ import annotations

import argparse
import sys

from stbir.cli.columns import columns_of, define_columns
from stbir.cli.wording import counted, place, reachable, shown


def define(parser: argparse.ArgumentParser) -> None:
    """Name the options of `stbir index`."""
    parser.add_argument(
        "photos",
        metavar="PHOTOS",
        type=place,
        help="a folder of pictures, subfolders included, or a table of them (.csv, .tsv, .jsonl, .parquet)",
    )
    parser.add_argument(
        "--to", metavar="GALLERY", type=place, help="where the gallery goes (default: PHOTOS/.stbir, TABLE.stbir)"
    )
    parser.add_argument("--model", metavar="MODEL", help="what encodes; by default what the gallery has, else tiny")
    parser.add_argument(
        "--check-content", action="store_true", help="compare every file by content, not only by size and time"
    )
    define_columns(parser)


def run(options: argparse.Namespace) -> int:
    """Bring the gallery of a folder or a table up to date and say what happened."""
    from stbir.gallery import Gallery

    gallery = Gallery.open(
        options.photos,
        options.model,
        to=options.to,
        columns=columns_of(options),
        check_content=options.check_content,
        progress=sys.stderr.isatty(),
    )
    changes, broken = gallery.changes, gallery.problems
    parts = [f"{counted(changes.indexed, 'photo')} indexed"]
    if changes.renamed:
        parts.append(f"{changes.renamed:,} renamed or described anew")
    parts += [f"{changes.unchanged:,} unchanged", f"{changes.removed:,} removed"]
    if broken:
        parts.append(f"{len(broken):,} broken")
    rate = f" ({changes.indexed / changes.seconds:,.0f} photos/s)" if changes.indexed else ""
    print(f"{', '.join(parts)}{rate}")
    print(f"gallery: {shown(reachable(gallery.home))}")
    sys.stdout.flush()
    for column, remark in gallery.notes:
        print(f"column {shown(column)}: {shown(remark)}", file=sys.stderr)
    for name, reason in broken:
        print(f"broken: {shown(name)}: {shown(reason)}", file=sys.stderr)
    return 0

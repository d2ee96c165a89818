"""Make the categories of a folder or a catalogue known to a model, from a few photos of each: DP-CLIP."""

from __future__ import annotations

import argparse
import os
import sys

from stbir.cli.columns import columns_of, define_columns
from stbir.cli.wording import counted, place, reachable, shown
from stbir.errors import InputError


def define(parser: argparse.ArgumentParser) -> None:
    """Name the options of `stbir adapt`."""
    parser.add_argument("model", metavar="MODEL", help="a model of a method that looks at categories, as dp_clip does")
    parser.add_argument(
        "photos",
        metavar="PHOTOS|GALLERY",
        type=place,
        help="a folder with a subfolder for each category, a table with a column 'category', or their gallery",
    )
    parser.add_argument(
        "--to", metavar="FOLDER", type=place, required=True, help="where the adapted model goes: a new folder"
    )
    parser.add_argument(
        "--category",
        metavar="NAME",
        action="append",
        default=[],
        help="learn this one, anew if it is known (default: all that MODEL does not know yet)",
    )
    parser.add_argument(
        "--supports", metavar="N", type=int, help="photos of each category (default: as many as the method can use)"
    )
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="decides which photos (default: 0)")
    define_columns(parser)


def run(options: argparse.Namespace) -> int:
    """Choose the photos, let the model meet them, save it, and say which they were."""
    if options.seed < 0:
        raise InputError(f"--seed must be at least 0, got {options.seed}")
    if options.to.exists() and (not options.to.is_dir() or os.listdir(options.to)):
        raise InputError(f"{options.to} is there already: give a new folder with --to")

    from stbir.config import parse
    from stbir.gallery.adaptation import adapt
    from stbir.gallery.places import source_at
    from stbir.gallery.source import Columns
    from stbir.methods import load

    source = source_at(options.photos, parse(Columns, columns_of(options), source="the columns"))
    listing = source.read()
    method = load(options.model)
    found = adapt(method, listing.photos, categories=options.category, supports=options.supports, seed=options.seed)
    for support in found.met:
        photos = ", ".join(shown(id) for id in support.photos)
        print(f"{shown(support.category)}: {photos} (of {counted(support.of, 'photo')})")
    if found.kept:
        names = ", ".join(shown(name) for name in found.kept)
        print(f"known already and left as they are: {names} (--category NAME learns one anew)")
    if found.met:
        method.save(options.to)
        print(f"model: {shown(options.to)} (knows {len(method.categories):,} categories)")
        print(f"index with it: stbir index {shown(reachable(source.path))} --model {shown(options.to)}")
    else:
        print("nothing to learn, so that nothing was written")
    sys.stdout.flush()
    for name, reason in (*listing.problems, *found.problems):
        print(f"broken: {shown(name)}: {shown(reason)}", file=sys.stderr)
    return 0

"""Check a gallery from end to end: model, vectors, ids, files."""

from __future__ import annotations

import argparse

from stbir.cli.wording import as_json, place, shown
from stbir.errors import InputError

FAULTY = 3
"""The exit code when something is not as it should be."""


def define(parser: argparse.ArgumentParser) -> None:
    """Name the options of `stbir verify`."""
    parser.add_argument(
        "place", metavar="GALLERY|PHOTOS", type=place, help="a gallery, or the folder or table that has one"
    )
    parser.add_argument("--to", metavar="GALLERY", type=place, help="where the gallery of PHOTOS is, if elsewhere")
    parser.add_argument("--model", metavar="MODEL", help="check against this model instead of the gallery's own")
    parser.add_argument(
        "--sample", metavar="N", type=int, default=64, help="photos that are encoded again (default: 64)"
    )
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="of that sample (default: 0)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Check a gallery, print what is wrong, and return 3 if anything is."""
    if options.sample < 0 or options.seed < 0:
        raise InputError("--sample and --seed must be at least 0")

    from stbir.gallery.verify import verify

    findings = verify(options.place, options.model, to=options.to, sample=options.sample, seed=options.seed)
    if options.json:
        print(as_json({"findings": [{"kind": found.kind, "message": found.message} for found in findings]}))
    elif findings:
        print("\n".join(f"{found.kind}: {shown(found.message)}" for found in findings))
    else:
        print("all is well")
    return FAULTY if findings else 0

"""Draw where photos and sketches lie in a model's space (t-SNE), before and after what it does to them."""

from __future__ import annotations

import argparse
from pathlib import Path

from stbir.cli.queries import define_queries, read_queries
from stbir.cli.wording import counted, place, refuse_unwritable, shown
from stbir.errors import InputError


def define(parser: argparse.ArgumentParser) -> None:
    """Name the options of `stbir map`."""
    parser.add_argument("model", metavar="MODEL", help="a bundled name, a folder, or a hub id")
    define_queries(parser)
    parser.add_argument(
        "--svg", metavar="FILE", type=place, default=Path("map.svg"), help="where to (default: map.svg)"
    )
    parser.add_argument(
        "--most", metavar="N", type=int, default=300, help="so many photos and so many sketches (default: 300)"
    )
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="of the choice and the map (default: 0)")


def run(options: argparse.Namespace) -> int:
    """Choose photos and sketches, embed and place them, and write the picture."""
    for name, least in (("most", 2), ("seed", 0)):
        if getattr(options, name) < least:
            raise InputError(f"--{name} must be at least {least}, got {getattr(options, name)}")
    refuse_unwritable(options.svg)

    from stbir.evaluation.maps import maps_of, maps_svg, sample
    from stbir.methods import load

    chosen = sample(read_queries(options), most=options.most, seed=options.seed)
    maps = maps_of(load(options.model), chosen, seed=options.seed)
    options.svg.write_text(maps_svg(maps, chosen), encoding="utf-8")
    count = f"{counted(len(chosen.photos), 'photo')} and {counted(len(chosen.sketches), 'sketch')}"
    print(f"{', '.join(one.name for one in maps)}: {count} drawn to {shown(options.svg)}")
    return 0

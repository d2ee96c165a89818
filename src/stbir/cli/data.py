"""Make data to search and to train on, and look over the data sets of the field."""

from __future__ import annotations

import argparse

from stbir.cli import data_sets, describe
from stbir.cli.wording import counted, place, shown
from stbir.errors import InputError


def define(parser: argparse.ArgumentParser) -> None:
    """Name the actions of `stbir data`."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", dest="action", required=True)
    for name, (about, name_options, act) in ACTIONS.items():
        action = actions.add_parser(name, help=about, description=about, allow_abbrev=False)
        name_options(action)
        action.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        action.set_defaults(act=act)
    describe.define(actions.add_parser)


def run(options: argparse.Namespace) -> int:
    """Run the action that was named."""
    return options.act(options)


def define_draw(draw: argparse.ArgumentParser) -> None:
    """Name the options of `stbir data draw`."""
    draw.add_argument("--to", metavar="DIR", type=place, required=True, help="the folder to draw into")
    draw.add_argument("--count", metavar="N", type=int, default=500, help="how many objects (default: 500)")
    draw.add_argument("--seed", metavar="N", type=int, default=0, help="the same seed draws the same (default: 0)")
    draw.add_argument("--size", metavar="PIXELS", type=int, default=256, help="side of a photo (default: 256)")
    draw.add_argument("--families", metavar="A,B", help="only these kinds of objects")
    draw.add_argument(
        "--combinations",
        choices=("all", "train", "held-out"),
        default="all",
        help="colours with textures: all, only those that training draws, or only those it never draws",
    )


def run_draw(options: argparse.Namespace) -> int:
    """Draw a gallery and say what to do with it."""
    if options.seed < 0:
        raise InputError(f"--seed must be at least 0, got {options.seed}")
    families = None
    if options.families is not None:
        families = [name.strip() for name in options.families.split(",") if name.strip()]
        if not families:
            raise InputError("--families names no family; leave it out for all of them")
    from stbir.data.drawn.folder import TABLE, write_gallery

    write_gallery(
        options.to,
        count=options.count,
        seed=options.seed,
        size=options.size,
        families=families,
        combinations=options.combinations,
    )
    print(f"drew {counted(options.count, 'object')} in {shown(options.to)}")
    print(f"make them searchable with: stbir index {shown(options.to / 'photos')}")
    print(f"measure a model on them with: stbir evaluate MODEL {shown(options.to / TABLE)}")
    return 0


ACTIONS = {
    "list": ("Name the data sets.", data_sets.define_list, data_sets.run_list),
    "check": ("Say whether a data set is complete, and what is missing.", data_sets.define_check, data_sets.run_check),
    "draw": ("Draw photos of objects, a sketch of each, and words for each.", define_draw, run_draw),
    "draw-bench": (
        "Draw the benchmark of near twins, the same on every machine.",
        data_sets.define_bench,
        data_sets.run_bench,
    ),
}
"""What each action is for, who names its options, and who runs it."""

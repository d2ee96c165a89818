"""Train a model from a recipe."""

from __future__ import annotations

import argparse

from stbir.cli.wording import place, shown


def define(parser: argparse.ArgumentParser) -> None:
    """Name the options of `stbir train`."""
    parser.add_argument("recipe", metavar="RECIPE", type=place, help="a TOML file that says what to train, on what")
    parser.add_argument(
        "--to", metavar="FOLDER", type=place, help="where the model goes (default: runs/ and the name in the recipe)"
    )
    parser.add_argument(
        "--workers", metavar="N", type=int, help="processes that draw the batches (default: all cores but one)"
    )
    parser.add_argument("--resume", action="store_true", help="go on where an interrupted training stopped")


def run(options: argparse.Namespace) -> int:
    """Train and say where the model is."""
    from stbir.training.loop import train

    folder = train(options.recipe, to=options.to, resume=options.resume, workers=options.workers)
    print(f"the model is in {shown(folder)}")
    print(f"measure it with: stbir evaluate {shown(folder)} TABLE.csv")
    return 0

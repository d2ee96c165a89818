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
        "--data",
        metavar="DIR",
        type=place,
        default=".",
        help="folders in the recipe are relative to it (default: here)",
    )
    parser.add_argument(
        "--report-to",
        metavar="NAME",
        action="append",
        default=[],
        help="where the numbers go beside the log: tensorboard, or package.module:function; may be given several times",
    )
    parser.add_argument(
        "--workers", metavar="N", type=int, help="processes that make the batches (default: all cores but one)"
    )
    parser.add_argument("--resume", action="store_true", help="go on where an interrupted training stopped")


def run(options: argparse.Namespace) -> int:
    """Train and say where the model is."""
    from stbir.training.loop import train
    from stbir.training.processes import is_main
    from stbir.training.verdict import read_verdict

    folder = train(
        options.recipe,
        to=options.to,
        resume=options.resume,
        workers=options.workers,
        data=options.data,
        report_to=options.report_to,
    )
    if not is_main():
        return 0
    print(f"the model is in {shown(folder)}")
    verdict = read_verdict(folder.parent)
    if verdict is not None:
        print(verdict.words)
    print(f"measure it with: stbir evaluate {shown(folder)} TABLE.csv")
    return 0

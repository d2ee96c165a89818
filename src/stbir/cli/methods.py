"""List the retrieval methods."""

from __future__ import annotations

import argparse

from stbir.cli.wording import table


def define(parser: argparse.ArgumentParser) -> None:
    """Name the options of `stbir methods`: there are none."""


def run(options: argparse.Namespace) -> int:
    """Print each method and what it does in a line."""
    from stbir.methods import names, summary

    print(table([["method", "what it does"], *([name, summary(name)] for name in names())]))
    return 0

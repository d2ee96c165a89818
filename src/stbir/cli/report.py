"""Turn reports of evaluations into one HTML page, several models side by side."""

from __future__ import annotations

import argparse

from stbir.cli.wording import counted, place, refuse_unwritable, shown


def define(parser: argparse.ArgumentParser) -> None:
    """Name the options of `stbir report`."""
    parser.add_argument(
        "reports",
        metavar="JSON",
        type=place,
        nargs="+",
        help="written by stbir evaluate --json; the first is compared to",
    )
    parser.add_argument("--html", metavar="FILE", type=place, required=True, help="the page to write")


def run(options: argparse.Namespace) -> int:
    """Read the reports and write the page."""
    refuse_unwritable(options.html)
    from stbir.evaluation.report.comparison import render_comparison
    from stbir.evaluation.report.findings import read_findings
    from stbir.evaluation.report.page import write_page
    from stbir.evaluation.report.single import render

    found = [read_findings(path) for path in options.reports]
    write_page(render(found[0]) if len(found) == 1 else render_comparison(found), options.html)
    print(f"{counted(len(found), 'model')} written to {shown(options.html)}")
    return 0

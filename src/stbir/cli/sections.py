"""What `stbir evaluate` measures on top of the usual: curves, degraded queries, and the page that shows them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stbir.errors import InputError

if TYPE_CHECKING:
    from stbir.methods.base import Method
    from stbir.types import Encoded, Report, Split


def photos_for_all(method: Method, split: Split, *, progressive: bool) -> Encoded:
    """Embed the photos once for everything that is measured.

    Raises:
        InputError: a sketch or a photo cannot be read, or no sketch has the strokes that `progressive` needs.
    """
    from stbir.evaluation.vectors import encode_gallery

    # every sketch is read: a broken one is found before the long run over the photos
    with_strokes = sum(any(sketch.strokes for sketch in query.sketches) for query in split.queries)
    if progressive and not with_strokes:
        raise InputError(f"{split.name} has no sketch with strokes, which --progressive needs; leave it out")
    return encode_gallery(method, split.photos, progress=sys.stderr.isatty())


def more_sections(method: Method, split: Split, *, options: argparse.Namespace, photos: Encoded) -> dict[str, Any]:
    """Measure what else was asked for, print it, and give it as further parts of the JSON report."""
    from stbir.cli.evaluate import readable_progressive
    from stbir.cli.robustness import readable_robustness
    from stbir.evaluation.progressive import evaluate_progressive
    from stbir.evaluation.robustness import evaluate_robustness

    found: dict[str, Report] = {}
    progress = sys.stderr.isatty()
    if options.progressive:
        found["progressive"] = evaluate_progressive(
            method, split, within=options.within, seed=options.seed, progress=progress, photos=photos
        )
        print("", readable_progressive(found["progressive"]), sep="\n")
    if options.robustness:
        found["robustness"] = evaluate_robustness(
            method, split, within=options.within, seed=options.seed, progress=progress, photos=photos
        )
        print("", readable_robustness(found["robustness"]), sep="\n")
    return {name: {"protocol": dict(one.protocol), "results": dict(one.results)} for name, one in found.items()}


def write_html(
    method: Method,
    split: Split,
    *,
    found: Mapping[str, Any],
    options: argparse.Namespace,
    photos: Encoded | None,
) -> None:
    """Write the page, with the best and the worst queries."""
    from stbir.evaluation.examples import find_examples
    from stbir.evaluation.report import report_html

    report_html(found, options.html, examples=find_examples(method, split, within=options.within, photos=photos))

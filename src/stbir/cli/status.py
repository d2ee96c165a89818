"""Say how a gallery is: what can be searched, whose vectors it has, how well they are found."""

from __future__ import annotations

import argparse
import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from stbir.cli.wording import as_json, counted, place, reachable, shown, table
from stbir.errors import InputError

if TYPE_CHECKING:
    from stbir.gallery.status import Recall, Status


def define(parser: argparse.ArgumentParser) -> None:
    """Name the options of `stbir status`."""
    parser.add_argument(
        "place", metavar="GALLERY|PHOTOS", type=place, help="a gallery, or the folder or table that has one"
    )
    parser.add_argument("--to", metavar="GALLERY", type=place, help="where the gallery of PHOTOS is, if elsewhere")
    parser.add_argument("--model", metavar="MODEL", help="the model the gallery was made with, if it has moved")
    parser.add_argument(
        "--queries", metavar="N", type=int, default=100, help="queries that the recall is measured with (default: 100)"
    )
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="of those queries (default: 0)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Look at a gallery and print what was seen."""
    if options.queries < 1 or options.seed < 0:
        raise InputError("--queries must be at least 1 and --seed at least 0")

    from stbir.gallery import Gallery
    from stbir.gallery.status import status_of

    gallery = Gallery.open(options.place, options.model, to=options.to, update=False)
    status = status_of(gallery, queries=options.queries, seed=options.seed)
    print(as_json(flat(status)) if options.json else readable(status))
    return 0


def readable(status: Status) -> str:
    """The status as a table of two columns."""
    todo = [
        f"{count:,} {what}"
        for count, what in (
            (status.waiting, "new or changed"),
            (status.renamed, "renamed or described anew"),
            (status.gone, "gone"),
        )
        if count
    ]
    rows = [
        ["gallery", shown(reachable(status.home))],
        ["photos", shown(reachable(status.source))],
        ["searchable", _coverage(status)],
        ["to do", status.trouble or (f"{', '.join(todo)}: run stbir index" if todo else "nothing")],
        ["broken", f"{len(status.broken):,}" if status.broken else "none"],
        ["model", f"{shown(status.model)}, {status.dimension} numbers a vector"],
        *[[f"  {part}", shown(value)] for part, value in status.fingerprint.items()],
        ["fields", ", ".join(f"{shown(f)} ({kind.__name__})" for f, kind in status.fields.items()) or "none"],
        ["answers", ENGINES[status.engine]],
        ["generation", f"{status.generation:,}, written {_when(status.written)}"],
        ["on disk", f"{status.bytes / 1e6:,.1f} MB; {_of_a_photo(status)}"],
        ["recall@10", _recall(status.recall)],
    ]
    lines = table(rows)
    named = [f"broken: {shown(name)}: {shown(reason)}" for name, reason in status.broken]
    return "\n".join([lines, *named])


ENGINES = {"exact": "from memory, every vector scored", "lance": "from disk, by the vector index"}


def flat(status: Status) -> dict[str, object]:
    """The status as plain values for JSON."""
    return {
        **{
            name: getattr(status, name)
            for name in ("listed", "embedded", "waiting", "renamed", "gone", "model", "trouble")
        },
        "gallery": str(status.home),
        "photos": str(status.source),
        "broken": [{"path": name, "reason": reason} for name, reason in status.broken],
        "fingerprint": dict(status.fingerprint),
        "dimension": status.dimension,
        "fields": {field: kind.__name__ for field, kind in status.fields.items()},
        "engine": status.engine,
        "generation": status.generation,
        "written": _when(status.written),
        "bytes": status.bytes,
        "bytes_per_photo": {"vector": status.vector_bytes, "tokens": status.token_bytes},
        "reranked": status.shortlist,
        "recall": {
            "k": status.recall.k,
            "queries": status.recall.queries,
            "plain": status.recall.plain,
            "filtered": status.recall.filtered,
        },
    }


def _coverage(status: Status) -> str:
    if status.listed is None:
        return counted(status.embedded, "photo")
    # rounded down, so that only all is 100 %
    share = f" ({math.floor(1000 * status.embedded / status.listed) / 10:.1f}%)" if status.listed else ""
    return f"{status.embedded:,} of {counted(status.listed, 'photo')}{share}"


def _of_a_photo(status: Status) -> str:
    """What a photo takes in the index, and what for."""
    if not status.token_bytes:
        return f"{status.vector_bytes:,} bytes of vector a photo"
    what = f"{status.vector_bytes:,} bytes of vector and {status.token_bytes:,} of tokens a photo"
    return f"{what}, by which the best {status.shortlist:,} are ranked again" if status.shortlist else what


def _recall(recall: Recall) -> str:
    if recall.plain is None:
        return "not measured, too few photos"
    filtered = "" if recall.filtered is None else f", {recall.filtered:.3f} with a filter"
    return f"{recall.plain:.3f}{filtered} (against a plain scan, {recall.queries:,} queries)"


def _when(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")

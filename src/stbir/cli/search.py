"""Find photos by sketch, words, or both."""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stbir.cli.wording import as_json, place, shown, spoken, table
from stbir.errors import EmptyQuery, InputError, UnknownName

if TYPE_CHECKING:
    from stbir.gallery import Gallery
    from stbir.types import Hit, Query, Sketch

WEIGHTS = {"sketch": "sketch", "text": "text", "photo": "photo", "avoid": "avoid", "not": "avoid"}
STDIN = "-"


def define(parser: argparse.ArgumentParser) -> None:
    """Name the options of `stbir search`."""
    parser.add_argument(
        "place", metavar="GALLERY|PHOTOS", type=place, help="a gallery, or the folder of photos that has one"
    )
    asked = parser.add_argument_group("what to look for (at least one of --sketch, --text, --photo)")
    asked.add_argument(
        "--sketch", metavar="FILE|-", action="append", default=[], help="a drawing; - reads it from stdin"
    )
    asked.add_argument("--text", metavar="WORDS", help='colour, material, details: "red leather, wooden arms"')
    asked.add_argument("--photo", metavar="ID|FILE", help="a photo that looks alike")
    asked.add_argument("--not", metavar="WORDS", dest="avoid", action="append", default=[], help="what to avoid")
    asked.add_argument(
        "--weight", metavar="NAME=NUMBER", action="append", default=[], help="sketch, text, photo or not; 1 by default"
    )
    asked.add_argument(
        "--where", metavar="FILTER", action="append", default=[], help="a condition on the photos: 'category=boots'"
    )
    asked.add_argument("--top", metavar="N", type=int, default=10, help="how many photos (default: 10)")
    parser.add_argument("--to", metavar="GALLERY", type=place, help="where the gallery of PHOTOS is, if elsewhere")
    parser.add_argument("--model", metavar="MODEL", help="the model the gallery was made with, if it has moved")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--paths-only", action="store_true", help="print one path per line")
    parser.add_argument("--sheet", metavar="PNG", type=place, help="also draw the answer as a contact sheet")


def run(options: argparse.Namespace) -> int:
    """Search a gallery and print what was found."""
    if options.top < 1:
        raise InputError(f"--top must be at least 1, got {options.top}")
    weights = _weights(options.weight)
    text = spoken(options.text or "", option="--text") or None
    avoid = [words for given in options.avoid if (words := spoken(given, option="--not"))]
    if not (options.sketch or text or options.photo):
        raise EmptyQuery("nothing to look for; give --sketch FILE, --text WORDS or --photo FILE (or several of them)")
    sketches = _sketches(options.sketch)

    from stbir.gallery import Gallery
    from stbir.methods import load
    from stbir.types import Query

    method = load(options.model) if options.model else None
    gallery = Gallery.open(options.place, method, to=options.to, update=False)
    answer = gallery.timed_search(
        sketch=sketches or None,
        text=text,
        photo=options.photo,
        avoid=avoid or None,
        weights=weights or None,
        # an index may make room for all k
        k=min(options.top, max(1, len(gallery))),
        where=options.where or None,
    )
    paths = [_path(hit, folder=gallery.folder, typed=options.place) for hit in answer.hits]
    if options.sheet:
        query = Query(sketches=tuple(sketches), text=text, avoid=tuple(avoid))
        _draw_sheet(options.sheet, query, reference=options.photo, gallery=gallery, hits=answer.hits)
    if options.json:
        echo = {"sketch": options.sketch, "text": text, "photo": options.photo, "not": avoid, "weights": weights}
        echo |= {"where": options.where, "top": options.top}
        hits = [_flat(hit, path) for hit, path in zip(answer.hits, paths, strict=True)]
        took = {stage: round(milliseconds, 2) for stage, milliseconds in answer.took_ms.items()}
        print(as_json({"query": echo, "hits": hits, "took_ms": took}))
    elif options.paths_only:
        print("".join(f"{path}\n" for path in paths), end="")
    elif answer.hits:
        rows = [[str(hit.rank), f"{hit.score:.3f}", shown(path)] for hit, path in zip(answer.hits, paths, strict=True)]
        print(table([["rank", "score", "path"], *rows], right=[0, 1]))
    else:
        print("no photo passes the filter" if options.where else "the gallery is empty")
    return 0


def _weights(given: list[str]) -> dict[str, float]:
    weights: dict[str, float] = {}
    for text in given:
        name, equals, number = text.partition("=")
        if not equals:
            raise InputError(f"--weight is written NAME=NUMBER, for example sketch=0.7, got {text!r}")
        if name.strip() not in WEIGHTS:
            raise UnknownName("weight", name.strip(), WEIGHTS)
        try:
            value = float(number)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and value >= 0):
            raise InputError(f"--weight {name.strip()} must be a finite number of at least 0, got {number!r}")
        weights[WEIGHTS[name.strip()]] = value
    return weights


def _sketches(sources: list[str]) -> list[Sketch]:
    from stbir.data.sketch_files import MAX_BYTES, read_sketch

    if "" in sources:
        raise InputError("--sketch names no file; name one, or give - to read a drawing from stdin")
    if sources.count(STDIN) > 1:
        raise InputError("--sketch - can be given once; stdin holds one drawing")
    sketches: list[Sketch] = []
    for source in sources:
        if source != STDIN:
            sketches.append(read_sketch(Path(source)))
            continue
        if sys.stdin.isatty():
            raise InputError("--sketch - reads a drawing from stdin; pipe one in, or name a file")
        sketches.append(read_sketch(sys.stdin.buffer.read(MAX_BYTES + 1)))
    return sketches


def _path(hit: Hit, *, folder: Path, typed: Path) -> str:
    """Where the photo is: below the folder as it was typed, so that it opens from where the user stands."""
    path = hit.photo.path
    if path is None:
        return hit.photo.id
    if path.is_relative_to(folder) and folder == typed.absolute():
        return str(typed / path.relative_to(folder))
    return str(path)


def _flat(hit: Hit, path: str) -> dict[str, Any]:
    """One hit as JSON; metadata stands beside our own keys and never replaces one."""
    ours: dict[str, Any] = {"rank": hit.rank, "id": hit.photo.id, "path": path, "score": round(hit.score, 6)}
    ours["category"] = hit.photo.category
    return {**ours, **{name: value for name, value in hit.photo.metadata.items() if name not in ours}}


def _draw_sheet(path: Path, query: Query, *, reference: str | None, gallery: Gallery, hits: list[Hit]) -> None:
    from stbir.evaluation.sheet import SheetRow, contact_sheet
    from stbir.types import Photo

    if reference:
        known = (photo for photo in gallery.photos if photo.id == reference)
        query = replace(query, photo=next(known, Photo(id=reference, path=Path(reference))))
    contact_sheet([SheetRow(query, hits)], path=path)

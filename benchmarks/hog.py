"""A training-free floor for sketches: histograms of gradients on edges, alone and with a model's words.

    python benchmarks/hog.py FOLDER --model tiny

FOLDER is laid out as for `real_sketches.py`. Photos become Canny edges, sketches are ink already; both are cut to what
is drawn, made square, blurred a little and described by histograms of oriented gradients (Dalal and Triggs 2005: nine
bins, cells of 32 of 128 pixels, blocks of 2 x 2 cells), compared by cosine. Two ways to make them square are measured:
stretched, and padded. With words, the scores of both are standardised per query and added. The model's own rows stand
beside them, from the same photos and queries.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from real_sketches import HALVES, tables

import stbir
from stbir.cli.wording import table
from stbir.data.pictures import open_picture
from stbir.evaluation.intervals import bootstrap
from stbir.functional.metrics import hit_at, target_ranks
from stbir.types import Floats, Pixels, Query, Split

SIDE, CELL, BINS = 128, 32, 9
BLUR = 1.5


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="tiny")
    parser.add_argument("--halves", nargs="+", choices=list(HALVES), default=["even", "all"])
    options = parser.parse_args()
    method = stbir.load(options.model)
    for kind, half, split in tables(options.folder, options.halves):
        rows = [[f"{kind}, {half}", "Acc@1 %", "Acc@10 %"]]
        rows += [measured(name, scores) for name, scores in all_scores(split, method).items()]
        print(f"\n{table(rows, right=(1, 2))}", flush=True)


def all_scores(split: Split, method: stbir.Method) -> dict[str, Floats]:
    """The score of every query (rows, in the order of the photos they look for) for every photo."""
    photos = {photo.instance: photo for photo in split.photos}
    found = [photos[query.instance] for query in split.queries]
    queries = [replace(query, sketches=tuple(query.sketches)) for query in split.queries]  # each is read once
    ink = [255 - raster(query) for query in queries]
    edges = [edges_of(np.asarray(open_picture(photo.path))) for photo in found if photo.path]
    vectors = method.encode_photos(found).vectors
    words, sketches, both = (
        method.encode_queries(asked).vectors @ vectors.T
        for asked in (
            [Query(text=query.text) for query in queries],
            [Query(sketches=query.sketches) for query in queries],
            queries,
        )
    )
    scores: dict[str, Floats] = {}
    for name, padded in (("stretched", False), ("padded", True)):
        one, other = (np.stack([histograms(square(lines, padded=padded)) for lines in side]) for side in (ink, edges))
        scores[f"HOG, {name}"] = one @ other.T
        scores[f"HOG, {name}, + words"] = standardised(one @ other.T) + standardised(words)
    return scores | {"model: words": words, "model: sketch": sketches, "model: sketch + words": both}


def raster(query: Query) -> Pixels:
    picture = query.sketches[0].raster
    assert picture is not None, "the sketches of this data are pictures"
    return picture


def edges_of(photo: Pixels) -> Pixels:
    """Canny edges of any colour channel: 255 on black."""
    smooth = cv2.GaussianBlur(photo, (3, 3), 0)
    edges = [cv2.Canny(np.ascontiguousarray(smooth[..., channel]), 50, 130) for channel in range(3)]
    return np.asarray(np.maximum.reduce(edges), np.uint8)


def square(lines: Pixels, *, padded: bool) -> Floats:
    """Cut to what is drawn and bring to SIDE x SIDE."""
    rows, columns = np.flatnonzero((lines > 60).any(axis=1)), np.flatnonzero((lines > 60).any(axis=0))
    if not len(rows):
        return np.zeros((SIDE, SIDE), np.float32)
    cut = lines[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    if padded:
        space = max(cut.shape) - np.array(cut.shape)
        cut = np.pad(cut, [(edge // 2, edge - edge // 2) for edge in space])
    small = cv2.resize(cut, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), BLUR), np.float32)


def histograms(picture: Floats) -> Floats:
    """Histograms of gradient directions, normalised by blocks of 2 x 2 cells: one unit vector."""
    across, down = (np.asarray(cv2.Sobel(picture, cv2.CV_32F, *step, ksize=1)) for step in ((1, 0), (0, 1)))
    place = np.arctan2(down, across) % np.pi / np.pi * BINS
    low = np.floor(place)
    length, share = np.hypot(across, down), place - low
    cells = np.zeros((SIDE // CELL, SIDE // CELL, BINS), np.float32)
    y, x = np.mgrid[:SIDE, :SIDE] // CELL
    np.add.at(cells, (y, x, low.astype(int) % BINS), length * (1 - share))
    np.add.at(cells, (y, x, (low.astype(int) + 1) % BINS), length * share)
    blocks = np.concatenate([cells[:-1, :-1], cells[1:, :-1], cells[:-1, 1:], cells[1:, 1:]], axis=-1)
    blocks /= np.sqrt((blocks**2).sum(axis=-1, keepdims=True) + 1e-2)
    clipped = np.minimum(blocks, 0.2)
    whole = (clipped / np.sqrt((clipped**2).sum(axis=-1, keepdims=True) + 1e-6)).ravel()
    return whole / max(float(np.linalg.norm(whole)), 1e-9)


def standardised(scores: Floats) -> Floats:
    return (scores - scores.mean(axis=1, keepdims=True)) / scores.std(axis=1, keepdims=True)


def measured(name: str, scores: Floats) -> list[str]:
    ranks = target_ranks(np.round(scores.astype(np.float64), 6), np.eye(len(scores), dtype=bool))
    values = {f"acc@{k}": hit_at(ranks, k) for k in (1, 10)}
    intervals = bootstrap(values, seed=0)
    cells = ((100 * values[name].mean(), *(100 * end for end in intervals[name])) for name in values)
    return [name, *(f"{value:.1f} [{low:.1f}, {high:.1f}]" for value, low, high in cells)]


if __name__ == "__main__":
    main()

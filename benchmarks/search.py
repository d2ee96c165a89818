"""How long a search takes, against encoding the query alone, in the same run.

    python benchmarks/search.py [--model tiny] [--photos 10000] [--queries 200]

The photos are random vectors: what a search costs does not depend on what they show. Every query is a
drawing with words; encoding alone and searching take turns, so that both see the same machine.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

import stbir
from stbir.data.drawn import draw, families
from stbir.methods.base import Method
from stbir.types import Floats


def unit(rng: np.random.Generator, count: int, dimension: int) -> Floats:
    rows = rng.standard_normal((count, dimension), dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--model", default="tiny")
    parser.add_argument("--photos", type=int, default=10_000)
    parser.add_argument("--queries", type=int, default=200)
    wanted = parser.parse_args()
    method = stbir.load(wanted.model)
    queries = [draw(families()[n % len(families())], n, size=64).pair()[0] for n in range(wanted.queries)]
    with tempfile.TemporaryDirectory() as work:
        gallery = gallery_of_random_photos(Path(work), method, wanted.photos)
        where = [f"category=c{number}" for number in range(5)]
        for query in queries[:5]:
            gallery.search_query(query)
        took: dict[str, list[float]] = {"encoding the query": [], "search": [], "search, filtered": []}
        for number, query in enumerate(queries):
            start = time.perf_counter()
            method.encode_queries([query])
            encoded = time.perf_counter()
            gallery.search(sketch=query.sketches, text=query.text, k=10)
            searched = time.perf_counter()
            gallery.search(sketch=query.sketches, text=query.text, k=10, where=where[number % len(where)])
            filtered = time.perf_counter()
            for name, seconds in zip(took, np.diff([start, encoded, searched, filtered]), strict=True):
                took[name].append(seconds * 1000)
    print(f"{wanted.photos} photos, {wanted.queries} queries, model {wanted.model}, ms:")
    for name, times in took.items():
        p50, p99 = np.percentile(times, [50, 99])
        against = p50 / np.median(took["encoding the query"])
        print(f"  {name:20} p50 {p50:7.2f}   p99 {p99:7.2f}   {against:.2f} x encoding")


def gallery_of_random_photos(folder: Path, method: Method, count: int) -> stbir.Gallery:
    rng = np.random.default_rng(0)
    photos = folder / "photos"
    photos.mkdir()
    Image.new("RGB", (1, 1)).save(photos / "one.png")  # there is no gallery of no photos
    gallery = stbir.Gallery.open(photos, method, to=folder / "gallery", update=False, create=True)
    names = [f"c{number % 5}/{number:06}.jpg" for number in range(count)]
    metadata = [{"path": name, "category": name[:2], "name": name[3:-4]} for name in names]
    gallery.index.add(names, unit(rng, count, method.dimension), metadata)
    return gallery


if __name__ == "__main__":
    main()

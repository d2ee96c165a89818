"""How fast, how complete and how large each index is, side by side in one run.

    python benchmarks/index.py [--sizes 10000 100000] [--dimension 192] [--queries 200] [--engines exact lance gallery]

The vectors lie in 2,000 clusters of a 64-dimensional space, as embeddings do; they arrive in commits of 512 as a
gallery writes them. `lance` is the table on disk alone, with the vector index that its upkeep builds (`lance-scan`:
without); `gallery` is what a user has, `stbir.Gallery`, searched with drawings and words that the bundled model encodes
(it decides the dimension there). Writing and reading are processes of their own; RSS is what the reader takes for the
index after it has searched, without its model. Recall is against a plain scan of all vectors; filters let 10 % and 2 %
pass.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import stbir
from stbir.data.drawn import draw, families
from stbir.evaluation.protocol import hardware
from stbir.gallery import store
from stbir.index.base import Match
from stbir.index.exact import Exact
from stbir.index.filters import Equals, Filter, Range
from stbir.index.lance import Lance
from stbir.index.upkeep import tend
from stbir.types import Encoded, Floats, Photo, Query, Value

CLUSTERS, LATENT, BUCKETS = 2000, 64, 50
FILTERS = {"": None, " 10%": Filter((Range("bucket", high=4),)), " 2%": Filter((Equals("bucket", 3),))}
Find = Callable[[int, Filter | None], tuple[Sequence[str], dict[str, float]]]


class Vectors:
    """Clustered vectors that are made again whenever they are needed, so that they take no memory of their own."""

    def __init__(self, dimension: int) -> None:
        rng = np.random.default_rng(0)
        self._centres = rng.standard_normal((CLUSTERS, LATENT), dtype=np.float32)
        self._up = rng.standard_normal((LATENT, dimension), dtype=np.float32)

    def rows(self, place: int, count: int = store.COMMIT_PHOTOS) -> Floats:
        """The first `count` of a commit."""
        rng = np.random.default_rng([1, place])
        latent = self._centres[rng.integers(CLUSTERS, size=max(count, store.COMMIT_PHOTOS))]
        latent = latent + 0.5 * rng.standard_normal(latent.shape, dtype=np.float32)
        rows = (latent @ self._up)[:count]
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def commits(self, size: int) -> Iterator[tuple[list[str], Floats, list[dict[str, Value]]]]:
        for start in range(0, size, store.COMMIT_PHOTOS):
            numbers = range(start, min(start + store.COMMIT_PHOTOS, size))
            yield [name(n) for n in numbers], self.rows(start, len(numbers)), [record(n) for n in numbers]

    def best(self, queries: Floats, size: int, where: Filter | None) -> list[set[str]]:
        """The true ten of each query."""
        scores = [np.empty((len(queries), 0), np.float32)]
        names: list[str] = []
        for ids, rows, metadata in self.commits(size):
            passing = [place for place, values in enumerate(metadata) if where is None or where.accepts(values)]
            names += [ids[place] for place in passing]
            scores.append(queries @ rows[passing].T)
        order = np.argsort(-np.concatenate(scores, axis=1), axis=1, kind="stable")[:, :10]
        return [{names[place] for place in places} for places in order.tolist()]


class Known:
    """The bundled model, to which every photo is a vector that is known already."""

    def __init__(self, vectors: Vectors) -> None:
        self._model = stbir.load("tiny")
        self._vectors = vectors
        self._commit: tuple[int, Floats] = (-1, np.empty((0, 0), np.float32))
        self.name, self.source = self._model.name, self._model.source
        self.dimension, self.decode_side = self._model.dimension, self._model.decode_side

    def encode_photos(self, photos: Sequence[Photo], *, batch_size: int = 64) -> Encoded:
        rows = []
        for photo in photos:
            number = int(photo.id[-11:-4])
            start = number - number % store.COMMIT_PHOTOS
            if self._commit[0] != start:
                self._commit = (start, self._vectors.rows(start))
            rows.append(self._commit[1][number - start])
        return Encoded(np.stack(rows))

    def encode_queries(self, queries: Sequence[Query]) -> Encoded:
        return self._model.encode_queries(queries)

    def fingerprint(self) -> dict[str, str]:
        return self._model.fingerprint()


def name(number: int) -> str:
    return f"c{number % 5}/{number:07}.jpg"


def record(number: int) -> dict[str, Value]:
    return {
        "category": f"c{number % 5}",
        "name": f"{number:07}",
        "bucket": number * 7919 % BUCKETS,
        "price": number / 7,
    }


def resident() -> float:
    """Megabytes of this process that are in memory now, or where nobody tells that, the most there ever were."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def on_disk(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def fill(engine: str, folder: Path, size: int, vectors: Vectors, dimension: int) -> Exact | Lance:
    if engine == "exact":
        index: Exact | Lance = Exact(dimension)
        for commit in vectors.commits(size):
            index.add(*commit)
        return index
    index = Lance.create(folder, dimension)
    indexed = {"vectors_from": 10**9} if engine == "lance-scan" else {}
    for number, commit in enumerate(vectors.commits(size), start=1):
        index.add(*commit)
        if number % store.TEND_EVERY == 0:
            tend(index, **indexed)
    tend(index, **(indexed or {"vectors_from": 0}))
    return index


def fill_gallery(folder: Path, size: int, method: Any) -> None:
    (folder / "photos").mkdir(parents=True)
    picture = Image.new("RGB", (1, 1))
    picture.save(folder / "photos" / "one.png")  # there is no gallery of no photos
    photos = [Photo(name(n), category=f"c{n % 5}", metadata=record(n), image=picture) for n in range(size)]
    gallery = stbir.Gallery.open(folder / "photos", method, to=folder / "gallery", update=False, create=True)
    gallery.add(photos)


def write(engine: str, folder: Path, size: int, dimension: int) -> dict[str, float]:
    """Put so many vectors into an index in a folder."""
    import lancedb  # noqa: F401  (what importing it takes is no part of writing)

    method: Any = Known(Vectors(dimension)) if engine == "gallery" else None
    vectors = Vectors(dimension)
    vectors.rows(0)
    start = time.perf_counter()
    if method is None:
        fill(engine, folder, size, vectors, dimension)
    else:
        fill_gallery(folder, size, method)
    return {"ingest": time.perf_counter() - start, "disk": on_disk(folder)}


def read(engine: str, folder: Path, size: int, dimension: int, count: int) -> dict[str, float]:
    """Open what was written (`exact` is in memory only, and filled again) and search it."""
    vectors = Vectors(dimension)
    method: Any = Known(vectors) if engine == "gallery" else None
    vectors.rows(0)
    before = resident()
    find: Find
    if method is None:
        index = fill(engine, folder, size, vectors, dimension) if engine == "exact" else Lance.open(folder)
        queries = vectors.rows(10**9, count)

        def find(number: int, where: Filter | None) -> tuple[Sequence[str], dict[str, float]]:
            start = time.perf_counter()
            matches: list[Match] = index.search(queries[number : number + 1], 10, where=where)[0]
            return [match.id for match in matches], {"search": (time.perf_counter() - start) * 1000}

    else:
        drawn = [draw(families()[n % len(families())], n, size=64).pair()[0] for n in range(count)]
        queries = method.encode_queries(drawn).vectors
        before = resident()
        gallery = stbir.Gallery.open(folder / "gallery", method, update=False)

        def find(number: int, where: Filter | None) -> tuple[Sequence[str], dict[str, float]]:
            query = drawn[number]
            found = gallery.timed_search(sketch=query.sketches, text=query.text, k=10, where=where)
            return [hit.photo.id for hit in found.hits], dict(found.took_ms)

    for number in range(min(5, count)):
        find(number, None)
    row: dict[str, float] = {}
    answers: dict[str, list[Sequence[str]]] = {}
    for kind, where in FILTERS.items():
        found = [find(number, where) for number in range(count)]
        answers[kind] = [ids for ids, _ in found]
        for stage in ("search", "total"):
            times = [took[stage] for _, took in found if stage in took]
            if times:
                row[f"{stage} p50{kind}"], row[f"{stage} p99{kind}"] = np.percentile(times, [50, 99])
    row["rss"] = resident() - before
    for kind, where in FILTERS.items():
        true = vectors.best(queries, size, where)
        right = [len(ten & set(ids)) / len(ten) for ten, ids in zip(true, answers[kind], strict=True)]
        row[f"recall{kind}"] = float(np.mean(right))
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--dimension", type=int, default=192)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--engines", nargs="+", default=["exact", "lance", "gallery"],
                        choices=["exact", "lance", "lance-scan", "gallery"])  # fmt: skip
    parser.add_argument("--step", choices=["write", "read"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.step:
        what = (wanted.engines[0], wanted.folder, wanted.sizes[0], wanted.dimension)
        print(json.dumps(write(*what) if wanted.step == "write" else read(*what, wanted.queries)))
        return
    print(
        f"{hardware()}, OMP_NUM_THREADS={os.environ.get('OMP_NUM_THREADS', 'unset')}; {wanted.queries} queries, k = 10"
    )
    print("milliseconds without encoding: p50/p99; in brackets with all that a search does, encoding included\n")
    titles = ("", "ingest s", "RSS MB", "disk MB", *(f"recall{kind}" for kind in FILTERS), *(f"ms{k}" for k in FILTERS))
    widths = (18, 9, 8, 8, 8, 12, 11, 26, 26, 26)
    print("".join(f"{title:>{width}}" for title, width in zip(titles, widths, strict=True)))
    for size in wanted.sizes:
        for engine in wanted.engines:
            with tempfile.TemporaryDirectory() as work:
                row = alone("write", engine, size, Path(work), wanted) | alone("read", engine, size, Path(work), wanted)
            cells = [f"{engine} {size:,}", f"{row['ingest']:.1f}", f"{row['rss']:.0f}", f"{row['disk']:.0f}"]
            cells += [f"{row[f'recall{kind}']:.4f}" for kind in FILTERS]
            cells += [times(row, kind) for kind in FILTERS]
            print("".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)), flush=True)


def alone(step: str, engine: str, size: int, folder: Path, wanted: argparse.Namespace) -> dict[str, float]:
    """One step in a process of its own."""
    dimension = stbir.load("tiny").dimension if engine == "gallery" else wanted.dimension
    options = {"step": step, "engines": engine, "sizes": size, "folder": folder}
    options |= {"dimension": dimension, "queries": wanted.queries}
    arguments = [text for option, value in options.items() for text in (f"--{option}", str(value))]
    ended = subprocess.run([sys.executable, __file__, *arguments], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(ended.stdout)


def times(row: dict[str, float], kind: str) -> str:
    text = f"{row[f'search p50{kind}']:.1f}/{row[f'search p99{kind}']:.1f}"
    if f"total p50{kind}" in row:
        text += f" ({row[f'total p50{kind}']:.1f}/{row[f'total p99{kind}']:.1f})"
    return text


if __name__ == "__main__":
    main()

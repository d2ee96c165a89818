"""A folder of drawn pictures with their sketches and a table of queries, as a gallery to index and to measure on."""

from __future__ import annotations

import csv
import io
import json
import multiprocessing
import os
import random
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

from PIL import Image
from tqdm import tqdm

from stbir.data import drawn
from stbir.data.sketch_files import write_strokes
from stbir.data.workers import end_with_parent
from stbir.errors import InputError, UnknownName
from stbir.types import Sketch

TABLE = "queries.csv"
HEADER = ("sketch", "text", "photo", "category")
MARK = ".drawn"
"""The empty file that says a folder was drawn by us, so that drawing again may replace what is in it."""

QUALITY = 92
FEWEST_PER_PROCESS = 50


@dataclass(frozen=True)
class Item:
    """One picture to draw: the `number`-th of its family, from `seed`."""

    family: str
    number: int
    seed: int

    @property
    def photo(self) -> str:
        return f"photos/{self.family}/{self.family}-{self.number:05d}.jpg"

    @property
    def sketch(self) -> str:
        return f"sketches/{self.family}-{self.number:05d}.json"


def write_gallery(
    folder: str | Path,
    *,
    count: int,
    seed: int = 0,
    size: int = 256,
    families: Sequence[str] | None = None,
    combinations: drawn.Combinations = "all",
    workers: int | None = None,
) -> None:
    """Draw `count` objects into `folder`: photos, sketches and `queries.csv`, the same bytes for the same arguments.

    Photos are `photos/<family>/<family>-00001.jpg`, sketches are stroke JSON, and the table has one row
    per photo with paths relative to it. It is written last, so a folder with a table is complete.

    Raises:
        InputError: `count` is not positive, `size` is out of range, or `folder` holds something that was
            not drawn by this function.
        UnknownName: one of `families` does not exist.
    """
    folder = Path(folder)
    items = plan(count, seed=seed, families=families)
    drawn.check_size(size)
    _claim(folder)
    _forget(folder, items)
    for item in items:
        (folder / item.photo).parent.mkdir(parents=True, exist_ok=True)
    (folder / "sketches").mkdir(exist_ok=True)
    texts = _drawn(folder, items, size=size, combinations=combinations, workers=workers)
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows((item.sketch, text, item.photo, item.family) for item, text in zip(items, texts, strict=True))
    _replace(folder / TABLE, table.getvalue().encode())


def plan(count: int, *, seed: int = 0, families: Sequence[str] | None = None) -> list[Item]:
    """What is drawn: the families in turn, each object from a seed of its own.

    Raises:
        InputError: `count` is not positive.
        UnknownName: one of `families` does not exist.
    """
    if count < 1:
        raise InputError(f"count is {count}; draw at least one picture")
    known = drawn.families()
    names = tuple(families) if families else known
    for name in names:
        if name not in known:
            raise UnknownName("family", name, known)
    items: list[Item] = []
    for index in range(count):
        family, number = names[index % len(names)], index // len(names) + 1
        items.append(Item(family, number, random.Random(f"{seed}:{family}:{number}").getrandbits(31)))
    return items


def stroke_json(sketch: Sketch) -> str:
    """The strokes as `{"canvas": [w, h], "strokes": [[[x, ...], [y, ...], [t, ...]], ...]}`."""
    return json.dumps(write_strokes(sketch, decimals=1), separators=(",", ":"))


def _claim(folder: Path) -> None:
    """Make `folder` ours, or refuse when it holds something else."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()) and not (folder / MARK).exists():
            raise InputError(f"{folder} is not empty and was not drawn before; give a new or an empty folder")
        (folder / TABLE).unlink(missing_ok=True)
        (folder / MARK).touch()
    except OSError as error:
        raise InputError(f"cannot write to {folder}: {error.strerror or error}; give another folder") from None


def _forget(folder: Path, items: list[Item]) -> None:
    """Remove what an earlier, larger drawing left behind."""
    kept = {folder / item.photo for item in items} | {folder / item.sketch for item in items}
    for path in (*folder.glob("photos/*/*-[0-9]*.jpg"), *folder.glob("sketches/*-[0-9]*.json")):
        if path not in kept:
            path.unlink()


def _drawn(
    folder: Path, items: list[Item], *, size: int, combinations: drawn.Combinations, workers: int | None
) -> list[str]:
    wanted = workers or min(os.cpu_count() or 1, len(items) // FEWEST_PER_PROCESS)
    quiet = not sys.stderr.isatty()
    if wanted <= 1:
        return [_draw_one(folder, item, size, combinations) for item in tqdm(items, unit="picture", disable=quiet)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(wanted, mp_context=context, initializer=end_with_parent) as pool:
        jobs = pool.map(_draw_one, repeat(folder), items, repeat(size), repeat(combinations), chunksize=8)
        return list(tqdm(jobs, total=len(items), unit="picture", disable=quiet))


def _draw_one(folder: Path, item: Item, size: int, combinations: drawn.Combinations) -> str:
    triple = drawn.draw(item.family, item.seed, size=size, combinations=combinations)
    packed = io.BytesIO()
    Image.fromarray(triple.photo).save(packed, "JPEG", quality=QUALITY)
    _replace(folder / item.photo, packed.getvalue())
    _replace(folder / item.sketch, stroke_json(triple.sketch).encode())
    return triple.words


def _replace(path: Path, content: bytes) -> None:
    """Write `path` whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)

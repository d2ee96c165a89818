"""How a model does on real sketches: QMUL Shoe and Chair V1, one human sketch for each shop photo.

The data is not part of this project. FOLDER holds `shoes/` and `chairs/`, each with `photo/NNN.jpg`, `sketch/NNN.png`
and `captions.csv` (columns id, appearance); the words are `appearance`, what a line drawing hides. Odd numbers are for
looking and tuning, even numbers for reporting; each half, and all together, is ranked against its own photos.

    python benchmarks/real_sketches.py FOLDER --model tiny [--sheets DIR]

With --sheets, twelve queries of each half, evenly spaced, are drawn with the five photos found first.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

import stbir
from stbir.cli.evaluate import readable
from stbir.data.table import read_table
from stbir.evaluation.protocol import evaluate
from stbir.evaluation.sheet import SheetRow, contact_sheet
from stbir.types import Hit, Split

HALVES = {"even": (0,), "odd": (1,), "all": (0, 1)}


def write_table(kind: Path, half: str, path: Path) -> None:
    with (kind / "captions.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if int(row["id"]) % 2 in HALVES[half]]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["sketch", "text", "photo"])
        for row in rows:
            sketch, photo = kind / "sketch" / f"{row['id']}.png", next((kind / "photo").glob(f"{row['id']}.*"))
            writer.writerow([sketch.resolve(), row["appearance"], photo.resolve()])


def tables(folder: Path, halves: Sequence[str]) -> Iterator[tuple[str, str, Split]]:
    """Each kind and each half of it, as queries and their photos."""
    with tempfile.TemporaryDirectory() as place:
        for kind in ("shoes", "chairs"):
            for half in halves:
                table = Path(place) / f"qmul-v1-{kind}-{half}.csv"
                write_table(folder / kind, half, table)
                yield kind, half, read_table(table)


def draw_sheet(split: Split, method: stbir.Method, path: Path, *, rows: int = 12) -> None:
    """Draw some queries with their answers, sketch and words together."""
    chosen = [split.queries[number * len(split.queries) // rows] for number in range(rows)]
    scores = method.encode_queries(chosen).vectors @ method.encode_photos(split.photos).vectors.T
    answers: list[SheetRow] = []
    for query, row in zip(chosen, scores, strict=True):
        best = np.argsort(-row, kind="stable")[:5].tolist()
        hits = [Hit(split.photos[place], float(row[place]), rank) for rank, place in enumerate(best, start=1)]
        target = next(photo.id for photo in split.photos if photo.instance == query.instance)
        answers.append(SheetRow(query, hits, target=target))
    contact_sheet(answers, path=path, title=path.stem)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="tiny")
    parser.add_argument("--halves", nargs="+", choices=list(HALVES), default=["even", "all"])
    parser.add_argument("--sheets", type=Path, metavar="DIR")
    options = parser.parse_args()
    method = stbir.load(options.model)
    for kind, half, split in tables(options.folder, options.halves):
        if options.sheets is not None:
            options.sheets.mkdir(parents=True, exist_ok=True)
            draw_sheet(split, method, options.sheets / f"{kind}-{half}.png")
        print(f"\n{readable(evaluate(method, split))}", flush=True)


if __name__ == "__main__":
    main()

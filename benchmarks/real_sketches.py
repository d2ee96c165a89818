"""How a model does on real sketches: QMUL Shoe and Chair V1, one human sketch for each shop photo.

The data is not part of this project. FOLDER holds `shoes/` and `chairs/`, each with `photo/NNN.jpg`, `sketch/NNN.png`
and `captions.csv` (columns id, appearance); the words are `appearance`, what a line drawing hides. Odd numbers are for
looking and tuning, even numbers for reporting; each half, and all together, is ranked against its own photos.

    python benchmarks/real_sketches.py FOLDER --model tiny
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import stbir
from stbir.cli.evaluate import readable
from stbir.data.table import read_table
from stbir.evaluation.protocol import evaluate
from stbir.types import Split

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


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="tiny")
    parser.add_argument("--halves", nargs="+", choices=list(HALVES), default=["even", "all"])
    options = parser.parse_args()
    method = stbir.load(options.model)
    for _, _, split in tables(options.folder, options.halves):
        print(f"\n{readable(evaluate(method, split))}", flush=True)


if __name__ == "__main__":
    main()

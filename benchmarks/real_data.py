"""How a model does on other real photos: other people's sketches, written descriptions, titles, classes.

The data is not part of this project. FOLDER holds `qmul-v1/shoes`, `qmul-shoes-3views` (three more sketches of each of
these shoes), `shoe-v2` (photos with descriptions), `fashion` (photos with titles), `grocery` (product pictures with
descriptions) and `sketchy` (`pairs.csv`: class, sketch, photo). What is missing is passed over. In Sketchy the one
photo is ranked among those of its class, nobody's targets included, and any photo of the class among all photos.

    python benchmarks/real_data.py FOLDER --model tiny [--json DIR]

With --json the report of each set is kept, with curves over degraded queries where there are not too many.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import stbir
from stbir.cli.evaluate import readable, write_report
from stbir.data.table import read_table
from stbir.evaluation.presets import preset
from stbir.evaluation.protocol import evaluate
from stbir.evaluation.robustness import evaluate_robustness
from stbir.evaluation.vectors import encode_gallery
from stbir.types import Split

Row = dict[str, object]
MOST = 2_520
"""Curves over degraded queries take six times thirteen searches for each."""
COLUMNS = ("sketch", "text", "photo", "category")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="tiny")
    parser.add_argument("--sets", nargs="+", choices=list(SETS), default=list(SETS))
    parser.add_argument("--json", type=Path, metavar="DIR")
    options = parser.parse_args()
    folder: Path = options.folder.resolve()
    method = stbir.load(options.model)
    with tempfile.TemporaryDirectory() as place:
        for name, read in SETS.items():
            if name not in options.sets or not (folder / name).is_dir():
                continue
            split = table_of(read(folder), Path(place) / f"{name}.csv", folder)
            within: Literal["category"] | None = "category" if name == "sketchy" else None
            photos = encode_gallery(method, split.photos)
            report = evaluate(method, split, within=within, photos=photos)
            print(f"\n{readable(report)}", flush=True)
            if name == "sketchy":
                by_class = preset("fine-grained", relevance="category")
                print(f"\n{readable(evaluate(method, split, protocol=by_class, photos=photos))}", flush=True)
            if options.json:
                sections: dict[str, object] = {}
                if len(split.queries) <= MOST:
                    curves = evaluate_robustness(method, split, within=within, photos=photos)
                    sections = {"robustness": {"protocol": dict(curves.protocol), "results": dict(curves.results)}}
                options.json.mkdir(parents=True, exist_ok=True)
                write_report(options.json / f"{name}.json", report, sections=sections)


def table_of(rows: Iterator[Row], path: Path, folder: Path) -> Split:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    split = read_table(path)
    # a report names photos by where they are in the folder, which says nothing of the machine
    shown = tuple(replace(photo, id=photo.path.relative_to(folder).as_posix()) for photo in split.photos if photo.path)
    return replace(split, photos=shown)


def three_views(folder: Path) -> Iterator[Row]:
    for row in listed(folder / "qmul-v1" / "shoes" / "captions.csv"):
        for sketch in sorted((folder / "qmul-shoes-3views" / "sketch").glob(f"{row['id']}-*.png")):
            photo = folder / "qmul-v1" / "shoes" / "photo" / f"{row['id']}.jpg"
            yield {"sketch": sketch, "text": row["appearance"], "photo": photo}


def shoe_v2(folder: Path) -> Iterator[Row]:
    for row in listed(folder / "shoe-v2" / "descriptions.tsv", delimiter="\t"):
        for photo in (folder / "shoe-v2" / "photo").glob(f"{row['id']}.*"):
            yield {"text": row["description"], "photo": photo}


def fashion(folder: Path) -> Iterator[Row]:
    for row in listed(folder / "fashion" / "styles.csv"):
        for photo in (folder / "fashion" / "images").glob(f"{row['id']}.*"):
            yield {"text": row["productDisplayName"], "photo": photo}


def grocery(folder: Path) -> Iterator[Row]:
    for row in listed(folder / "grocery" / "classes.csv"):
        image, text = (
            folder / "grocery" / row[column].replace("/iconic-images-and-descriptions/", "iconic/")
            for column in ("Iconic Image Path (str)", "Product Description Path (str)")
        )
        yield {"text": text.read_text(encoding="utf-8").strip(), "photo": image}


def sketchy(folder: Path) -> Iterator[Row]:
    asked: set[Path] = set()
    for row in listed(folder / "sketchy" / "pairs.csv"):
        sketch, photo = (folder / "sketchy" / row[column] for column in ("sketch", "photo"))
        asked.add(photo)
        yield {"sketch": sketch, "photo": photo, "category": row["class"]}
    for photo in sorted((folder / "sketchy" / "photo").glob("*/*.jpg")):
        if photo not in asked:
            yield {"photo": photo, "category": photo.parent.name}


SETS = {
    "qmul-shoes-3views": three_views,
    "shoe-v2": shoe_v2,
    "fashion": fashion,
    "grocery": grocery,
    "sketchy": sketchy,
}


def listed(path: Path, *, delimiter: str = ",") -> Iterator[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file, delimiter=delimiter)


if __name__ == "__main__":
    main()

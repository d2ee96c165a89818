"""CSTBIR: about 2 million queries of a QuickDraw sketch and a sentence for 108,000 photos of Visual Genome.

One CSV table with the columns text, image_filename, sketch_filename, object_category and split lies in the folder;
photos are in `images/`, sketches in `sketches/`, under the names that the table gives. The splits are those that the
table names, among them `train` and `val` (the paper tests on galleries of 1,000, of 5,000 and on an open one).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from stbir.data.asked import Asked, AskedQueries
from stbir.data.sets.base import DataSet, Need, named
from stbir.errors import InputError
from stbir.types import Photo, Split

PAGE = "the links in the README of github.com/vl2g/CSTBIR"
COLUMNS = ("text", "image_filename", "sketch_filename", "object_category", "split")


class Cstbir(DataSet):
    """A query is a sketch of one object with a sentence about it; the gallery is the distinct photos of the split."""

    needs: ClassVar[tuple[Need, ...]] = (
        Need("table of queries", ("*.csv",), None, PAGE),
        Need(
            "photos of Visual Genome",
            ("images/**/*.[jJpP]*",),
            108_000,
            "homes.cs.washington.edu/~ranjay/visualgenome",
            certain=False,
        ),
        Need(
            "sketches, rendered from QuickDraw,",
            ("sketches/**/*.*",),
            None,
            "github.com/googlecreativelab/quickdraw-dataset",
        ),
    )

    @cached_property
    def splits(self) -> tuple[str, ...]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The values of the column `split`."""
        return tuple(dict.fromkeys(row["split"] for row in self._rows()))

    def faults(self) -> list[str]:
        """Files that the table names and that are not there."""
        faults: list[str] = []
        for column, place in (("image_filename", "images"), ("sketch_filename", "sketches")):
            files = dict.fromkeys(row[column] for row in self._rows())
            if missing := [name for name in files if not (self.folder / place / name).is_file()]:
                faults.append(named(f"of {len(files):,} files are missing in {place}", missing))
        return faults

    def _rows(self) -> Iterator[dict[str, str]]:
        for path in self.needs[0].files(self.folder):
            try:
                with path.open(newline="", encoding="utf-8-sig") as file:
                    reader = csv.DictReader(file)
                    if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
                        raise InputError(f"{path} lacks the columns {', '.join(missing)} (known: {', '.join(COLUMNS)})")
                    for row in reader:
                        if any(row[name] is None for name in COLUMNS):  # pyright: ignore[reportUnnecessaryComparison]
                            raise InputError(f"{path}, line {reader.line_num}: too few fields")
                        yield row
            except (OSError, UnicodeDecodeError, csv.Error) as error:
                raise InputError(f"cannot read the table {path}: {error}") from None

    def _split(self, name: str) -> Split:
        asked: list[Asked] = []
        photos: dict[str, Photo] = {}
        for row in self._rows():
            if row["split"] == name:
                path: Path = self.folder / "images" / row["image_filename"]
                photos.setdefault(row["image_filename"], Photo(row["image_filename"], path, str(path)))
                sketch = self.folder / "sketches" / row["sketch_filename"]
                asked.append(Asked(sketch, row["text"] or None, str(path), row["object_category"] or None))
        return Split(f"CSTBIR {name}", AskedQueries(asked), tuple(photos.values()))

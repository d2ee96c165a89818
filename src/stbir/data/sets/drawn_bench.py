"""`drawn-bench`: our own STBIR-style benchmark of drawn shoes, chairs and 16 other kinds, the same on every machine.

Made by `stbir data draw-bench`. Per group of near twins (see `stbir.data.drawn.bench`) there are four photos with five
sketches each. Splits are by group, "<part>-<split>": "shoes-test", "chairs-train", "many-validation"; "many-unseen"
holds the families that training never draws. A group is the `virtual_class` of its photos.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import ClassVar

from stbir.data.drawn.bench import DISTORTIONS, NAME, PARTS, VERSION, splits_of
from stbir.data.drawn.bench_folder import SUMMARY, damaged, differences, read_summary
from stbir.data.sets.base import DataSet, Need, named
from stbir.data.table import read_table
from stbir.types import Split

DRAW = "`stbir data draw-bench --to DIR`"
PHOTOS = 1_400


class DrawnBench(DataSet):
    """Every split is a table that `stbir evaluate` reads."""

    needs: ClassVar[tuple[Need, ...]] = (
        Need("summary", (SUMMARY,), 1, DRAW),
        Need("photos", ("photos/*.jpg",), PHOTOS, DRAW),
        Need("sketches", ("sketches/*.json",), PHOTOS * len(DISTORTIONS), DRAW),
        Need("tables", ("*.csv",), sum(len(splits_of(part)) for part in PARTS), DRAW),
    )

    @property
    def splits(self) -> tuple[str, ...]:
        """A split of each part."""
        return tuple(f"{part}-{split}" for part in PARTS for split in splits_of(part))

    def faults(self) -> list[str]:
        """Files that changed since they were drawn, another version, and digests that are not ours."""
        summary = read_summary(self.folder) or {}
        if summary.get("version") != VERSION:
            return [f"{self.folder} holds version {summary.get('version')} of {NAME}, this is version {VERSION}"]
        if changed := damaged(self.folder):
            return [named("files are missing or damaged; draw again to repair them", changed)]
        return differences(summary.get("digests", {}))[0]

    def notes(self) -> list[str]:
        """Photos that are the same to the eye only."""
        return differences((read_summary(self.folder) or {}).get("digests", {}))[1]

    def _split(self, name: str) -> Split:
        part, _, split = name.partition("-")
        found = read_table(self.folder / f"{part}-{split}.csv")
        photos = [replace(photo, metadata={"virtual_class": group_of(photo.id)}) for photo in found.photos]
        return replace(found, name=f"{NAME} {name}", photos=photos)


def group_of(photo: str) -> str:
    """The group of near twins that a photo, by its id, belongs to.

    >>> group_of("photos/shoes-shoe-000-3.jpg")
    'shoes-shoe-000'
    """
    return PurePosixPath(photo).stem.rpartition("-")[0]

"""QuickDraw-Ext: about 330,000 sketches and 204,000 photos of 110 classes, 30 of them unseen.

The unseen classes are those of ZSE-SBIR's list (92,291 sketches and 54,151 photos). Folders are `sketches/<class>/`
(the drawings rendered as PNG; the original strokes are ndjson files of Google's quickdraw-dataset) and
`images/<class>/`, as in the lists of that repository.
"""

from __future__ import annotations

from typing import ClassVar

from stbir.data.categories import class_faults, zero_shot
from stbir.data.sets.base import DataSet, Need
from stbir.types import Split

CLASSES = 110

UNSEEN = (
    *("bat", "cow", "dolphin", "door", "giraffe", "helicopter", "mouse", "raccoon", "rhinoceros", "saw", "scissors"),
    *("skyscraper", "tree", "windmill", "feather", "campfire", "palm tree", "fire_hydrant", "bread", "beach"),
    *("megaphone", "cactus", "zebra", "tiger", "shark", "frog", "banana", "cake", "hamburger", "fan"),
)
"""Not verified: the published list was not at hand, so numbers on these classes need not be comparable with a table."""


class QuickDraw(DataSet):
    """Splits "train" (80 classes), "unseen" (30) and "unseen-generalised" (a fifth of the seen photos added)."""

    needs: ClassVar[tuple[Need, ...]] = (
        Need(
            "sketches of 110 classes",
            ("sketches/*/*.png",),
            330_000,
            "github.com/googlecreativelab/quickdraw-dataset, rendered under the names in the lists of ZSE-SBIR",
            certain=False,
        ),
        Need(
            "photos of 110 classes",
            ("images/*/*.[jJpP]*",),
            204_000,
            "the links in the README of github.com/buptLinfy/ZSE-SBIR",
            certain=False,
        ),
    )

    @property
    def splits(self) -> tuple[str, ...]:
        """Category level; no validation split was published."""
        return "train", "unseen", "unseen-generalised"

    def faults(self) -> list[str]:
        """Class folders that are missing or empty."""
        return class_faults(self.folder / "sketches", self.folder / "images", classes=CLASSES, unseen=UNSEEN)

    def _split(self, name: str) -> Split:
        sketches, photos = self.folder / "sketches", self.folder / "images"
        return zero_shot("QuickDraw-Ext", sketches=sketches, photos=photos, unseen=UNSEEN, kind=name)

"""QuickDraw-Ext: about 330,000 sketches and 204,000 photos of 110 classes, 30 of them unseen.

Folders are `sketches/<class>/` (the drawings rendered as PNG; the original strokes are ndjson files of Google's
quickdraw-dataset) and `images/<class>/`, as in the lists of ZSE-SBIR, whose unseen classes have 92,291 sketches and
54,151 photos. Which classes are unseen is read from `unseen.txt` in the folder, one class per line; without it a list
is used that nobody has checked against the published one.
"""

from __future__ import annotations

from typing import ClassVar

from stbir.data.categories import class_faults, same_class, zero_shot
from stbir.data.sets.base import DataSet, Need
from stbir.errors import InputError
from stbir.types import Split

CLASSES = 110
LIST = "unseen.txt"

UNSEEN = (
    *("bat", "cow", "dolphin", "door", "giraffe", "helicopter", "mouse", "raccoon", "rhinoceros", "saw", "scissors"),
    *("skyscraper", "tree", "windmill", "feather", "campfire", "palm tree", "fire_hydrant", "bread", "beach"),
    *("megaphone", "cactus", "zebra", "tiger", "shark", "frog", "banana", "cake", "hamburger", "fan"),
)
"""Not verified: the published list was not at hand, so numbers on these classes need not be comparable with a table."""


class QuickDraw(DataSet):
    """Splits "train" (80 classes), "unseen" (30) and "unseen-generalised" (a fifth of the seen photos added).

    In `unseen.txt` empty lines and those that begin with `#` say nothing.
    """

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
        return class_faults(self.folder / "sketches", self.folder / "images", classes=CLASSES, unseen=self._unseen())

    def notes(self) -> list[str]:
        """Where the unseen classes come from, if nobody has verified them."""
        if (self.folder / LIST).exists():
            return []
        return [
            f"which {len(UNSEEN)} classes are unseen was not verified against the published list; put that list into "
            f"{self.folder / LIST}, one class per line, before comparing with published numbers"
        ]

    def _split(self, name: str) -> Split:
        sketches, photos = self.folder / "sketches", self.folder / "images"
        return zero_shot("QuickDraw-Ext", sketches=sketches, photos=photos, unseen=self._unseen(), kind=name)

    def _unseen(self) -> tuple[str, ...]:
        """The unseen classes: those of the list in the folder, else `UNSEEN`."""
        path = self.folder / LIST
        if not path.exists():
            return UNSEEN
        try:
            lines = [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines()]
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from None
        named = tuple(dict.fromkeys(same_class(line) for line in lines if line and not line.startswith("#")))
        if not named:
            raise InputError(f"{path} names no class; write one per line, or delete it")
        return named

"""TU-Berlin-Ext: 20,000 sketches and 204,000 photos of 250 classes, 30 of them unseen.

Two lists of unseen classes are in use under the same name; they share one class, so numbers on one say nothing about
the other. Both are variants: "zse" (the list of ZSE-SBIR and of most earlier work; 2,400 sketches, 27,989 photos) and
"ma" (of MA-SBIR; 2,400 sketches, 25,708 photos). Folders are `png_ready/<class>/` and `ImageResized_ready/<class>/`.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from stbir.data.categories import class_faults, zero_shot
from stbir.data.sets.base import DataSet, Need
from stbir.types import Split

CLASSES = 250

ZSE = (
    *("banana", "bus", "tractor", "suitcase", "streetlight", "telephone", "bottle_opener", "canoe", "fan", "teacup"),
    *("penguin", "laptop", "shoe", "lighter", "hot_air_balloon", "pizza", "brain", "ant", "t-shirt", "trombone"),
    *("windmill", "snowboard", "table", "rollerblades", "parachute", "space_shuttle", "bridge", "frying-pan"),
    *("bread", "horse"),
)
MA = (
    *("backpack", "bicycle", "bookshelf", "cabinet", "calculator", "castle", "couch", "dolphin", "door_handle"),
    *("duck", "eyeglasses", "fire_hydrant", "flying_saucer", "foot", "hedgehog", "knife", "octopus", "pear"),
    *("purse", "rollerblades", "sailboat", "snail", "snake", "snowman", "swan", "tablelamp", "traffic_light"),
    *("truck", "umbrella", "walkie_talkie"),
)
UNSEEN = {"zse": ZSE, "ma": MA}


class TUBerlin(DataSet):
    """Splits "train" (220 classes), "unseen" (30) and "unseen-generalised" (a fifth of the seen photos added)."""

    variants: ClassVar[tuple[str, ...]] = ("zse", "ma")
    needs: ClassVar[tuple[Need, ...]] = (
        Need(
            "sketches, 80 of each of 250 classes",
            ("png_ready/*/*.png",),
            20_000,
            "cybertron.cg.tu-berlin.de/eitz/projects/classifysketch",
        ),
        Need(
            "photos of the extended set",
            ("ImageResized_ready/*/*.[jJpP]*",),
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
        return class_faults(*self._folders(), classes=CLASSES, unseen=UNSEEN[self.variant])

    def _folders(self) -> tuple[Path, Path]:
        return self.folder / "png_ready", self.folder / "ImageResized_ready"

    def _split(self, name: str) -> Split:
        sketches, photos = self._folders()
        title = f"TU-Berlin-Ext ({self.variant} list)"
        return zero_shot(title, sketches=sketches, photos=photos, unseen=UNSEEN[self.variant], kind=name)

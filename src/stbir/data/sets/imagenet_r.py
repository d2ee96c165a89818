"""ImageNet-R: 30,000 renditions (cartoons, origami, toys, sketches, ...) of 200 classes of ImageNet.

Files are `<class>/<style>_<number>.jpg`, with the ids of ImageNet as classes. The protocol is ours (DESIGN): Duet shows
"domain attribute transfer" on this set but does not publish how it is measured. A query is a sketch of a class together
with the name of another style, and what has the same class and that style is relevant.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from stbir.data.asked import Asked, AskedQueries
from stbir.data.sets.base import DataSet, Need
from stbir.types import Photo, Split

STYLES = ("cartoon", "origami", "toy", "sculpture")
"""The styles asked for; those that work on composed retrieval (Pic2Word) asks for."""
CLASSES = 200
DRAWN = "sketch"


class ImageNetR(DataSet):
    """Split "test": the category of queries and photos is `<class>/<style>`; there is nothing to train on."""

    needs: ClassVar[tuple[Need, ...]] = (
        Need(
            "renditions of 200 classes",
            ("*/*.[jJpP]*", "imagenet-r/*/*.[jJpP]*"),
            30_000,
            "the link in the README of github.com/hendrycks/imagenet-r",
        ),
    )

    @property
    def splits(self) -> tuple[str, ...]:
        """It was made to test on."""
        return ("test",)

    def faults(self) -> list[str]:
        """Another number of classes, or names that say no style."""
        files = self.needs[0].files(self.folder)
        classes = {path.parent.name for path in files}
        faults = [] if len(classes) == CLASSES else [f"{len(classes)} class folders of {CLASSES}"]
        missing = [style for style in (DRAWN, *STYLES) if not any(_style(path) == style for path in files)]
        return faults + ([f"no file is named after the styles {', '.join(missing)}"] if missing else [])

    def _split(self, name: str) -> Split:
        files = self.needs[0].files(self.folder)
        photos = tuple(
            Photo(f"{path.parent.name}/{path.name}", path, str(path), f"{path.parent.name}/{_style(path)}")
            for path in files
            if _style(path) in STYLES
        )
        kinds = {photo.category for photo in photos}
        asked = [
            Asked(path, text=style, category=f"{path.parent.name}/{style}")
            for path in files
            if _style(path) == DRAWN
            for style in STYLES
            if f"{path.parent.name}/{style}" in kinds
        ]
        return Split(f"ImageNet-R {name}", AskedQueries(asked), photos)


def _style(path: Path) -> str:
    """The style that a file is named after.

    >>> _style(Path("n01443537/sketch_12.jpg"))
    'sketch'
    """
    return path.stem.rpartition("_")[0]

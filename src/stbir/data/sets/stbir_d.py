"""STBIR-D: Sketchy's 125 daily objects with a description of each photo; size and split are ours.

The paper publishes neither; that it is built on Sketchy is inferred from a later repository of its authors, which has
125 classes, takes the category as virtual class, and keys its texts by `tx_.../<class>/<photo>.jpg`. DESIGN: every
described photo; per class a tenth is held back to test on and a tenth to validate on, chosen by the checksum of the
name, so that the split is the same everywhere. A `<sketch>` in a text becomes the name of the category.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from stbir.data.categories import class_folders, pictures_in, same_class
from stbir.data.pairs import held_back, paired_split, read_texts
from stbir.data.qmul import AUTHORS
from stbir.data.sets.base import DataSet, Need, named
from stbir.data.sets.sketchy import PHOTO, SKETCH, tree
from stbir.types import Split

SHARE = 0.1
PLACEHOLDER = "<sketch>"
TEXTS = Need("files with the descriptions", ("texts/*.txt", "texts/*.tsv"), None, AUTHORS)


class StbirD(DataSet):
    """Splits "train", "validation" and "test" by photo; one query per sketch, the gallery is the split's photos."""

    needs: ClassVar[tuple[Need, ...]] = (SKETCH, PHOTO, TEXTS)

    @property
    def splits(self) -> tuple[str, ...]:
        """By instance, within every class."""
        return "train", "validation", "test"

    def faults(self) -> list[str]:
        """Photos without a text."""
        texts = self._texts()
        silent = [
            key for folder in self._photos().values() for key in map(_key, pictures_in(folder)) if key not in texts
        ]
        return [named("photos without a text", silent)] if silent else []

    def _photos(self) -> dict[str, Path]:
        return class_folders(tree(PHOTO, self.folder))

    def _texts(self) -> dict[str, str]:
        texts = read_texts(TEXTS.files(self.folder), key=lambda name: _key(Path(name)))
        return {key: text.replace(PLACEHOLDER, key.partition("/")[0]) for key, text in texts.items()}

    def _split(self, name: str) -> Split:
        texts, photos = self._texts(), self._photos()
        sketches = class_folders(tree(SKETCH, self.folder))
        chosen: list[Path] = []
        for folder in photos.values():
            described = {_key(path): path for path in pictures_in(folder) if _key(path) in texts}
            test = held_back(described, SHARE)
            validation = held_back(described.keys() - test, SHARE / (1 - SHARE))
            part = {"test": test, "validation": validation, "train": described.keys() - test - validation}[name]
            chosen += [path for key, path in described.items() if key in part]
        return paired_split(
            f"STBIR-D (our split) {name}",
            sketches=[sketch for place in sketches.values() for sketch in pictures_in(place)],
            photos=chosen,
            below=self.folder,
            category=lambda path: same_class(path.parent.name),
            texts=texts,
            key=_key,
            classes={_key(path): same_class(path.parent.name) for path in chosen},
        )


def _key(path: Path) -> str:
    """A photo or a sketch by its class and its name."""
    return f"{same_class(path.parent.name)}/{path.stem}"

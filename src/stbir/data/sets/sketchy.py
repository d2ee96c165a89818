"""Sketchy and Sketchy-Extended: 75,471 sketches of 12,500 photos of 125 classes, and 60,502 photos more.

Variants are the two zero-shot splits: "104-21" (12,694 unseen sketches; 10,453 photos) and "100-25" (15,229; 17,101).
Sketches are `<photo>-<n>.png`, photos `<photo>.jpg`, in `256x256/{sketch,photo}/tx_000000000000/<class>/`; the extended
photos, which hold the 12,500 originals too, in `extended_photo/<class>/`.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from stbir.data.asked import Asked, AskedQueries
from stbir.data.categories import asked_of, class_folders, photos_of, pictures_in, same_class, some_of
from stbir.data.pairs import photo_stem
from stbir.data.sets.base import DataSet, Need
from stbir.errors import InputError
from stbir.types import Photo, Split

CLASSES = 125

UNSEEN_21 = (
    *("bat", "cabin", "cow", "dolphin", "door", "giraffe", "helicopter", "mouse", "pear", "raccoon", "rhinoceros"),
    *("saw", "scissors", "seagull", "skyscraper", "songbird", "sword", "tree", "wheelchair", "windmill", "window"),
)
UNSEEN_25 = (
    *("cup", "swan", "harp", "squirrel", "snail", "ray", "pineapple", "volcano", "rifle", "scissors", "parrot"),
    *("windmill", "teddy_bear", "tree", "wine_bottle", "deer", "chicken", "airplane", "wheelchair", "tank"),
    *("umbrella", "butterfly", "camel", "horse", "bell"),
)
UNSEEN = {"104-21": UNSEEN_21, "100-25": UNSEEN_25}
COUNTS = {"104-21": (12_694, 10_453), "100-25": (15_229, 17_101)}
"""Unseen sketches and unseen photos of the extended gallery."""

SKETCH = Need(
    "sketches of 125 classes",
    ("256x256/sketch/tx_000000000000/*/*.png", "sketch/tx_000000000000/*/*.png", "sketch/*/*.png"),
    75_471,
    "sketchy.eye.gatech.edu (Sketches and Photos)",
)
PHOTO = Need(
    "photos of 125 classes, 100 each",
    (
        "256x256/photo/tx_000000000000/*/*.jpg",
        "photo/tx_000000000000/*/*.jpg",
        "photo_basic/*/*.jpg",
        "photo/*/*.jpg",
    ),
    12_500,
    "sketchy.eye.gatech.edu (Sketches and Photos)",
)
EXTENDED = Need(
    "photos of the extended set, the 12,500 originals among them,",
    ("256x256/extended_photo/*/*.[jJ]*", "extended_photo/*/*.[jJ]*"),
    73_002,
    "the links in the READMEs of github.com/buptLinfy/ZSE-SBIR and github.com/aneeshan95/Sketch_LVM",
    required=False,
)


class Sketchy(DataSet):
    """The zero-shot splits, at category level and fine-grained.

    - "train": the seen classes; a query seeks the very photo that its sketch shows, among the original photos.
    - "unseen": category level; the gallery is the extended photos of the unseen classes, each once.
    - "unseen-twice": the same with the originals a second time, as the list of ZSE-SBIR has them (12,553 photos).
    - "unseen-generalised": "unseen" with a fifth of the seen classes' extended photos (DESIGN) in the gallery.
    - "unseen-fine": fine-grained; original photos only, to be ranked within the category (100 photos each).
    """

    variants: ClassVar[tuple[str, ...]] = ("104-21", "100-25")
    needs: ClassVar[tuple[Need, ...]] = (SKETCH, PHOTO, EXTENDED)

    @property
    def splits(self) -> tuple[str, ...]:
        """No validation split was published: hold out some of the seen classes."""
        return "train", "unseen", "unseen-twice", "unseen-generalised", "unseen-fine"

    def faults(self) -> list[str]:
        """Classes that are missing, and galleries of another size than published."""
        faults: list[str] = []
        for need in self.needs:
            if need.pattern(self.folder) is None:
                continue
            folders = class_folders(tree(need, self.folder))
            if len(folders) != CLASSES:
                faults.append(f"{tree(need, self.folder)} has {len(folders)} class folders of {CLASSES}")
            if missing := sorted({same_class(name) for name in UNSEEN[self.variant]} - folders.keys()):
                faults.append(f"{tree(need, self.folder)} lacks the unseen classes {', '.join(missing)}")
        if faults or EXTENDED.pattern(self.folder) is None:
            return faults
        split = self.split("unseen")
        for what, found, expected in zip(
            ("unseen sketches", "unseen extended photos"),
            (len(split.queries), len(split.photos)),
            COUNTS[self.variant],
            strict=True,
        ):
            if found != expected:
                faults.append(f"the {self.variant} split has {found:,} {what} of {expected:,}")
        return faults

    def _split(self, name: str) -> Split:
        sketches, photos = class_folders(tree(SKETCH, self.folder)), class_folders(tree(PHOTO, self.folder))
        held = {same_class(name) for name in UNSEEN[self.variant]}
        seen = [name for name in sketches if name not in held and name in photos]
        title = f"Sketchy {self.variant} {name}"
        if name == "train":
            return fine(title, sketches, photos, seen, below=self.folder)
        if missing := sorted(held - (sketches.keys() & photos.keys())):
            raise InputError(f"{self.folder} lacks the unseen classes {', '.join(missing)} of the {self.variant} split")
        unseen = sorted(held)
        if name == "unseen-fine":
            return fine(title, sketches, photos, unseen, below=self.folder)
        gallery = self._extended(unseen)
        if name == "unseen-twice":
            gallery += photos_of(photos, unseen, below=self.folder)
        if name == "unseen-generalised":
            gallery += some_of(self._extended(seen))
        return Split(title, AskedQueries(asked_of(sketches, unseen)), tuple(gallery))

    def _extended(self, classes: list[str]) -> list[Photo]:
        if EXTENDED.pattern(self.folder) is None:
            raise InputError(f"{self.folder} lacks {EXTENDED.wanted(self.folder)}; without them there is 'unseen-fine'")
        folders = class_folders(tree(EXTENDED, self.folder))
        if missing := sorted(set(classes) - folders.keys()):
            raise InputError(f"{tree(EXTENDED, self.folder)} lacks the classes {', '.join(missing)}")
        return photos_of(folders, classes, below=self.folder)


def tree(need: Need, folder: Path) -> Path:
    """The folder that holds the class folders of one kind of file.

    Raises:
        InputError: there is none.
    """
    files = need.files(folder)
    if not files:
        raise InputError(f"{folder} lacks {need.wanted(folder)}")
    return files[0].parent.parent


def fine(title: str, sketches: dict[str, Path], photos: dict[str, Path], classes: list[str], *, below: Path) -> Split:
    """A split in which every sketch seeks the one photo that it was drawn of; its name begins with the photo's."""
    asked: list[Asked] = []
    for name in classes:
        known = {path.stem: path for path in pictures_in(photos[name])}
        for sketch in pictures_in(sketches[name]):
            stem = photo_stem(sketch.stem, known)
            if stem is not None:
                asked.append(Asked(sketch, instance=str(known[stem]), category=name))
    return Split(title, AskedQueries(asked), tuple(photos_of(photos, classes, below=below)))

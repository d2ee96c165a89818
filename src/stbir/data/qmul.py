"""The fine-grained shoes and chairs of QMUL, and the benchmarks of STBIR that describe them in words."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import ClassVar

from stbir.data.pairs import held_back, pair_faults, paired_split, read_classes, read_texts
from stbir.data.sets.base import DataSet, Need, named
from stbir.errors import InputError
from stbir.types import Split

SKETCHX = "SketchX (sketchx.ai) or the links in public repositories that use it; no licence is stated, research only"
AUTHORS = "the authors of STBIR, or write them yourself, one line <photo><tab><text> each"
VALIDATION = 0.1
"""The share of the training photos that STBIR validates on. Which ones is not published, so ours are DESIGN."""


def v2_needs(name: str, *, train: tuple[int, int], test: tuple[int, int]) -> tuple[Need, ...]:
    """The four folders of `ShoeV2` or `ChairV2`, each with its number of files; (photos, sketches) of each split."""
    counts = {"trainA": train[1], "trainB": train[0], "testA": test[1], "testB": test[0]}
    return tuple(
        Need(
            f"{'sketches' if place[-1] == 'A' else 'photos'} of {name}",
            (f"{place}/*.png", f"{name}/{place}/*.png"),
            count,
            SKETCHX,
        )
        for place, count in counts.items()
    )


class QmulV2(DataSet):
    """Splits "train" and "test" as published: sketches in `trainA` and `testA`, photos in `trainB` and `testB`.

    A query is one sketch, `<id>_<n>.png`; the gallery is all photos of the split, `<id>.png`. The strokes come as a
    pickle, `ShoeV2_Coordinate` or `ChairV2_Coordinate`, which we do not read, because reading a pickle runs code:
    take the pictures.
    """

    title: ClassVar[str]
    category: ClassVar[str]

    @property
    def splits(self) -> tuple[str, ...]:
        """No validation split was published."""
        return "train", "test"

    def faults(self) -> list[str]:
        """Sketches and photos that do not belong together."""
        return [
            named(what, names)
            for split in ("train", "test")
            for what, names in pair_faults(*self._files(split), where=split)
        ]

    def _files(self, split: str) -> tuple[list[Path], list[Path]]:
        """The sketches and the photos of "train" or "test"."""
        found = {need.at[0].partition("/")[0]: need for need in self.needs}
        return found[f"{split}A"].files(self.folder), found[f"{split}B"].files(self.folder)

    def _split(self, name: str) -> Split:
        sketches, photos = self._files(name)
        return paired_split(
            f"{self.title} {name}", sketches=sketches, photos=photos, below=self.folder, category=self.category
        )


def text_need(count: int) -> Need:
    """The files of descriptions that a STBIR benchmark adds to a set of photos."""
    return Need(f"files with {count:,} descriptions", ("texts/*.txt", "texts/*.tsv"), None, AUTHORS)


class StbirQmul(QmulV2):
    """The same photos and sketches with a text per photo and, where sorted, its virtual class.

    Texts are `<photo><tab><text>` lines in `texts/*.txt`; virtual classes are folders `<category>_cls/<class>/<photo>`,
    kept as `virtual_class` in a photo's metadata. The default protocol (DESIGN, the paper's is not known) is one query
    per sketch with the photo's text, ranked against the photos of the same split. A tenth of the training photos is
    held back for "validation", as the authors' code does; which ones is DESIGN.
    """

    @property
    def splits(self) -> tuple[str, ...]:
        """By instance."""
        return "train", "validation", "test"

    def faults(self) -> list[str]:
        """What is wrong with the pairs, and photos that nobody has described."""
        texts = self._texts()
        every = [path for split in ("train", "test") for path in self._files(split)[1]]
        silent = [path.name for path in every if path.stem not in texts]
        return super().faults() + ([named("photos without a text", silent)] if silent else [])

    def _texts(self) -> dict[str, str]:
        (need,) = (need for need in self.needs if need.at[0].startswith("texts/"))
        return read_texts(need.files(self.folder))

    def _split(self, name: str) -> Split:
        sketches, photos = self._files("test" if name == "test" else "train")
        if name != "test":
            held = held_back((path.stem for path in photos), VALIDATION)
            photos = [path for path in photos if (path.stem in held) == (name == "validation")]
        return paired_split(
            f"{self.title} {name}",
            sketches=sketches,
            photos=photos,
            below=self.folder,
            category=self.category,
            texts=self._texts(),
            classes=read_classes(self.folder),
        )


def v1_needs(train: int, test: int) -> tuple[Need, ...]:
    """Sketches and photos of both splits; only the training half is needed to train."""
    needs: list[Need] = []
    for split, count in (("train", train), ("test", test)):
        for kind in ("photo", "sketch"):
            at = (f"{split}/{kind}/*.[jJpP]*", *((f"{kind}/*.[jJpP]*",) if split == "train" else ()))
            needs.append(
                Need(
                    f"{split} {kind}{'s' if kind == 'photo' else 'es'}",
                    at,
                    count,
                    SKETCHX,
                    certain=False,
                    required=split == "train",
                )
            )
    return tuple(needs)


class QmulV1(DataSet):
    """Splits "train" and "test", one sketch per photo, of the same name.

    How the published archive is laid out we could not verify: put the files into `train/photo`, `train/sketch`,
    `test/photo` and `test/sketch`. A folder with `photo` and `sketch` alone is a training split. Where `captions.csv`
    (columns `id` and `appearance`) lies beside them, its words become the texts of the queries.
    """

    title: ClassVar[str]
    category: ClassVar[str]

    @property
    def splits(self) -> tuple[str, ...]:
        """No validation split was published; a test split only where its files are."""
        return ("train", "test") if self.needs[2].pattern(self.folder) else ("train",)

    def faults(self) -> list[str]:
        """Sketches and photos that do not belong together."""
        return [
            named(what, names) for split in self.splits for what, names in pair_faults(*self._files(split), where=split)
        ]

    def _files(self, split: str) -> tuple[list[Path], list[Path]]:
        photos, sketches = self.needs[:2] if split == "train" else self.needs[2:]
        return sketches.files(self.folder), photos.files(self.folder)

    def _split(self, name: str) -> Split:
        sketches, photos = self._files(name)
        return paired_split(
            f"{self.title} {name}",
            sketches=sketches,
            photos=photos,
            below=self.folder,
            category=self.category,
            texts=_captions(photos[0].parent.parent / "captions.csv"),
        )


def _captions(path: Path) -> dict[str, str]:
    """What `captions.csv` says looks how; nothing where there is no such file."""
    if not path.exists():
        return {}
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            return {row["id"]: row["appearance"] for row in csv.DictReader(file)}
    except (OSError, UnicodeDecodeError, KeyError, csv.Error) as error:
        raise InputError(f"{path} is not a CSV table with the columns id and appearance: {error}") from None

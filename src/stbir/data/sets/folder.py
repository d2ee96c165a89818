"""Any folder of yours: `photos/`, `sketches/` named after them, and maybe `texts.tsv`; or just photos.

A sketch is `<photo>.<suffix>` or `<photo>_<n>.<suffix>`, a picture, SVG or stroke JSON. `texts.tsv` has lines
`<photo><tab><text>`. A photo's category is the folder it is in below `photos/`.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from stbir.data.pairs import pair_faults, paired_split, read_texts
from stbir.data.pictures import SUFFIXES, list_pictures
from stbir.data.sets.base import DataSet, Need, named
from stbir.errors import InputError
from stbir.types import Photo, Split

SKETCH_SUFFIXES = (*SUFFIXES, ".json", ".ndjson", ".svg")


class Folder(DataSet):
    """One split, "all"; without `sketches/` it is a gallery that nobody asks anything."""

    needs: ClassVar[tuple[Need, ...]] = ()

    @property
    def splits(self) -> tuple[str, ...]:
        """Split it yourself: write tables."""
        return ("all",)

    def require(self) -> None:
        """Refuse a folder without pictures.

        Raises:
            InputError: there is no such folder, or no picture in it.
        """
        if not list_pictures(self._photos()).pictures:
            raise InputError(f"{self._photos()} has no pictures ({', '.join(SUFFIXES)})")

    def faults(self) -> list[str]:
        """Sketches that show no photo, and two photos of one name."""
        photos = list_pictures(self._photos()).pictures
        stems = [path.stem for path in photos]
        faults = [
            named(what, names)
            for what, names in pair_faults(self._sketches(), photos, where=self.folder.name)
            if "without a photo" in what
        ]
        twice = sorted({stem for stem in stems if stems.count(stem) > 1}) if self._sketches() else []
        return faults + ([named("names of more than one photo", twice)] if twice else [])

    def _photos(self) -> Path:
        inner = self.folder / "photos"
        return inner if inner.is_dir() else self.folder

    def _sketches(self) -> list[Path]:
        place = self.folder / "sketches"
        return sorted(path for path in place.rglob("*") if path.suffix.lower() in SKETCH_SUFFIXES)

    def _split(self, name: str) -> Split:
        root = self._photos()
        photos = list_pictures(root).pictures
        if not self._sketches():
            shown = tuple(Photo(p.relative_to(root).as_posix(), p, str(p), _category(p, root)) for p in photos)
            return Split(self.folder.name, (), shown)
        texts = self.folder / "texts.tsv"
        return paired_split(
            self.folder.name,
            sketches=self._sketches(),
            photos=photos,
            below=root,
            category=lambda path: _category(path, root),
            texts=read_texts([texts]) if texts.exists() else None,
        )


def _category(path: Path, root: Path) -> str | None:
    return None if path.parent == root else path.parent.relative_to(root).as_posix()

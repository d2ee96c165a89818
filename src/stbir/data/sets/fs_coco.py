"""FS-COCO: 10,000 sketches of whole scenes by 100 people, each with a caption and the photo it shows.

Files are `raster_sketches/<person>/<id>.jpg`, `images/<person>/<id>.jpg` and `text/<person>/<id>.txt`. Variants are the
two published lists of test ids: "normal" (`val_normal.txt`) and "unseen-user" (`val_unseen_user.txt`). That the first
leaves 7,000 to train on and 3,000 to test on is general knowledge that we could not verify.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from stbir.data.asked import Asked, AskedQueries
from stbir.data.sets.base import DataSet, Need, named
from stbir.errors import InputError
from stbir.types import Photo, Split

SOURCE = "the project page of FS-COCO (github.com/pinakinathc/fscoco)"
LISTS = {"normal": "val_normal.txt", "unseen-user": "val_unseen_user.txt"}
KINDS = {"raster_sketches": "sketches", "images": "photos", "text": "captions"}


class FsCoco(DataSet):
    """Splits "train" and "test": a query is a scene sketch with its caption, the gallery is all photos of the split."""

    variants: ClassVar[tuple[str, ...]] = tuple(LISTS)
    needs: ClassVar[tuple[Need, ...]] = (
        *(
            Need(what, (f"{place}/*/*.{'txt' if place == 'text' else 'jpg'}",), 10_000, SOURCE)
            for place, what in KINDS.items()
        ),
        Need("list of test ids", ("val_normal.txt",), 1, SOURCE, required=False),
        Need("list of the test ids of unseen people", ("val_unseen_user.txt",), 1, SOURCE, required=False),
    )

    @property
    def splits(self) -> tuple[str, ...]:
        """No validation split was published; what the authors call `val` is what they test on."""
        return "train", "test"

    def faults(self) -> list[str]:
        """Scenes that lack a photo or a caption, and ids of the list that have no sketch."""
        sketches, photos, texts = (self._files(place) for place in KINDS)
        lost = [
            named(f"sketches without {what}", sorted(sketches.keys() - other.keys()))
            for what, other in (("a photo", photos), ("a caption", texts))
            if sketches.keys() - other.keys()
        ]
        unknown = sorted(self._test_ids() - sketches.keys())
        return lost + ([named(f"ids of {LISTS[self.variant]} without a sketch", unknown)] if unknown else [])

    def _files(self, place: str) -> dict[str, Path]:
        (need,) = (need for need in self.needs if need.at[0].startswith(f"{place}/"))
        return {path.stem: path for path in need.files(self.folder)}

    def _test_ids(self) -> set[str]:
        path = self.folder / LISTS[self.variant]
        try:
            return set(path.read_text(encoding="utf-8").split())
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                f"cannot read {path}, the ids of the test scenes, one a line, from {SOURCE}: {error}"
            ) from None

    def _split(self, name: str) -> Split:
        sketches, photos, texts = (self._files(place) for place in KINDS)
        test = self._test_ids()
        chosen = [id for id in sketches if (id in test) == (name == "test") and id in photos]
        asked = [Asked(sketches[id], text=_caption(texts.get(id)), instance=str(photos[id])) for id in chosen]
        gallery = tuple(Photo(id=id, path=photos[id], instance=str(photos[id])) for id in chosen)
        return Split(f"FS-COCO ({self.variant}) {name}", AskedQueries(asked), gallery)


def _caption(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return " ".join(path.read_text(encoding="utf-8", errors="replace").split()) or None
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from None

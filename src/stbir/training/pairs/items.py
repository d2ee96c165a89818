"""What sets of pairs hold: each photo with the sketches and the words that belong to it; no sketch is read yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np

from stbir.data import sets, table
from stbir.data.asked import Asked, AskedQueries
from stbir.data.pairs import photo_stem
from stbir.data.pictures import open_picture
from stbir.data.sketch_files import read_sketch
from stbir.errors import InputError
from stbir.functional.contours import contours
from stbir.methods.batch import path_of
from stbir.nn.captions import spoken
from stbir.training.pairs import PairsData, PairSet
from stbir.types import Photo, Query, Sketch, Split

DETAIL = 256
"""Contours are those of a photo whose shorter side is about so long, in pixels."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """A sketch where it lies: a query of its set, a file, or a photo's contours; `words` are those of that query."""

    of: Query | Path | Photo
    words: str | None = None

    def read(self) -> Sketch:
        """Read it.

        Raises:
            InputError: it cannot be read.
        """
        if isinstance(self.of, Photo):
            picture = (self.of.image or open_picture(path_of(self.of), at_least=DETAIL)).copy()
            picture.thumbnail((2 * DETAIL, 2 * DETAIL))  # finer lines than these are grain
            return Sketch(raster=contours(np.asarray(picture)))
        return read_sketch(self.of) if isinstance(self.of, Path) else self.of.sketches[0]


@dataclass(frozen=True, eq=False)
class Item:
    """One photo and what shows or tells it.

    `name` is unique among all sets of a run and follows from the set and the photo's id alone. `own` are the sketches
    of the set, `more` those of further folders, `words` the different texts about the photo.
    """

    name: str
    label: str
    """The set it is of."""
    photo: Photo
    own: tuple[Drawn, ...]
    more: tuple[Drawn, ...]
    words: tuple[str, ...]


def read_items(data: PairsData, *, root: Path) -> list[Item]:
    """Read the lists of all sets, sorted by name, so that no order of files decides anything.

    Raises:
        UnknownName: there is no such data set, split or variant.
        InputError: files are missing, or further sketches show no photo.
    """
    items = [
        item for label, each in zip(data.labels, data.sets, strict=True) for item in _items(each, label, root, data)
    ]
    return sorted(items, key=lambda item: item.name)


def trainable(items: Sequence[Item], data: PairsData) -> list[Item]:
    """Those that one can train on: there are words and a sketch, or with `unpaired` one of the same category.

    Where the recipe says so, those without words are told by their category, or all of them are silent.
    """
    if data.words == "category":
        items = [
            item if item.words or not item.photo.category else replace(item, words=(_caption(item.photo.category),))
            for item in items
        ]
    if data.words == "none":
        items = [replace(item, words=("",)) for item in items]
    drawn = {item.photo.category for item in items if item.own or item.more}
    return [
        item
        for item in items
        if item.words and (item.own or item.more or (data.unpaired and item.photo.category in drawn))
    ]


def split_of(items: Sequence[Item], *, name: str) -> Split:
    """Ask for every item with each of its own sketches, not with those of further folders.

    The photos of all items are the gallery, those without a sketch as distractors. Ids and instances carry the name
    of their set, so that items of several sets can stand in one gallery.
    """
    asked = [
        (drawn, drawn.words or next(iter(item.words), None), _instance(item), item.photo.category)
        for item in items
        for drawn in item.own
    ]
    files = [Asked(drawn.of, *rest) for drawn, *rest in asked if isinstance(drawn.of, Path)]
    queries: Sequence[Query] = AskedQueries(files)
    if len(files) < len(asked):
        queries = tuple(
            Query((drawn.read(),), words, instance=instance, category=category)
            for drawn, words, instance, category in asked
        )
    photos = tuple(replace(item.photo, id=item.name, instance=_instance(item)) for item in items)
    return Split(name, tuple(queries), photos)


def _instance(item: Item) -> str:
    return f"{item.label}/{item.photo.instance}" if item.photo.instance else item.name


def _caption(category: str) -> str:
    return f"a photo of a {spoken(category)}"


def _items(each: PairSet, label: str, root: Path, data: PairsData) -> list[Item]:
    folder = sets.place_of(each.name, None if each.folder is None else root / each.folder)
    split = sets.load(each.name, folder, each.split, variant=each.variant)
    drawn: dict[str, list[Drawn]] = {}
    told: dict[str, list[str]] = {}
    loose: dict[str | None, list[Drawn]] = {}
    for instance, category, words, sketch in sorted(_told(split.queries), key=_place):
        if instance is not None:
            if sketch is not None:
                drawn.setdefault(instance, []).append(Drawn(sketch, words))
            if words:
                told.setdefault(instance, []).append(words)
        elif sketch is not None:
            loose.setdefault(category, []).append(Drawn(sketch, words))
    further = _further(each, split.photos, root)
    if data.unpaired:
        _keep(loose, further, split.photos)
    items: list[Item] = []
    for photo in split.photos:
        instance = photo.instance or ""
        more = further.get(photo.id, [])
        if each.contours and not more and instance not in drawn:
            more = [Drawn(photo)]
        items.append(
            Item(
                name=f"{label}/{photo.id}",
                label=label,
                photo=photo,
                own=tuple(drawn.get(instance, ())),
                more=tuple(more),
                words=tuple(dict.fromkeys((*photo.captions, *told.get(instance, ())))),
            )
        )
    return items


def _keep(loose: dict[str | None, list[Drawn]], further: dict[str, list[Drawn]], photos: Sequence[Photo]) -> None:
    """Have the photos of a category keep the sketches that are nobody's, in turn; whose they are is not asked later."""
    for category, some in loose.items():
        keepers = sorted(photo.id for photo in photos if photo.category == category)
        for place, one in enumerate(some if keepers else ()):
            further.setdefault(keepers[place % len(keepers)], []).append(one)


_Told: TypeAlias = tuple[str | None, str | None, str | None, Query | Path | None]
"""Instance, category, words and sketch of a query."""


def _told(queries: Sequence[Query]) -> list[_Told]:
    """What each query asks with, without reading a sketch where that can wait.

    Words beside a reference photo say how the sought one differs from it and not what it is: they are left out.
    """
    if isinstance(queries, AskedQueries):
        return [(one.instance, one.category, one.text, one.sketch) for one in queries.asked]
    if isinstance(queries, table.Queries):
        return [(str(row.photo), row.category, None if row.reference else row.text, row.sketch) for row in queries.rows]
    return [(q.instance, q.category, None if q.photo else q.text, q if q.sketches else None) for q in queries]


def _place(told: _Told) -> tuple[str, str]:
    """What queries are sorted by, so that their order decides nothing."""
    _, _, words, sketch = told
    return (str(sketch) if isinstance(sketch, Path) else "", words or "")


def _further(each: PairSet, photos: Sequence[Photo], root: Path) -> dict[str, list[Drawn]]:
    """The sketches of the further folders by the id of their photo."""
    stems = Counter(photo.path.stem for photo in photos if photo.path)
    known = {photo.path.stem: photo for photo in photos if photo.path}
    found: dict[str, list[Drawn]] = {}
    for name in each.more_sketches:
        folder = root / name
        if not folder.is_dir():
            raise InputError(f"there is no folder {folder} of further sketches")
        files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
        shown = [(path, photo_stem(path.stem, known)) for path in files]
        if not any(stem for _, stem in shown):
            raise InputError(f"{folder} has no sketch that is named after a photo of {each.name} {each.split}")
        for path, stem in shown:
            if stem is None:
                continue
            if stems[stem] > 1:
                raise InputError(
                    f"{path} is named after {stems[stem]} photos of {each.name}; such names cannot be used"
                )
            found.setdefault(known[stem].id, []).append(Drawn(path))
    return found

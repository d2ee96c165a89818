"""Data sets of categories: a folder of sketches and one of photos per class, some classes unseen in training."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from stbir.data.asked import Asked, AskedQueries
from stbir.data.pictures import SUFFIXES
from stbir.errors import InputError
from stbir.types import Photo, Split

GENERALISED_SHARE = 0.2
"""How much of the seen classes' photos a generalised gallery also holds. Not published; common practice, so DESIGN."""
GENERALISED_SEED = 0


def same_class(name: str) -> str:
    """Spell a class one way: the published lists and the folders differ in case, spaces, dashes and underscores.

    >>> same_class("Hot-air_balloon"), same_class("hot air balloon")
    ('hot air balloon', 'hot air balloon')
    """
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())


def class_folders(root: Path) -> dict[str, Path]:
    """The folders below `root` by the class they are named after.

    Raises:
        InputError: `root` cannot be read.
    """
    try:
        return {same_class(path.name): path for path in sorted(root.iterdir()) if path.is_dir() and path.name[0] != "."}
    except OSError as error:
        raise InputError(f"cannot read the folder {root}: {error.strerror or error}") from None


def pictures_in(folder: Path) -> list[Path]:
    """The pictures directly in a folder, sorted."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.name[0] != ".")


def asked_of(folders: Mapping[str, Path], classes: Iterable[str]) -> list[Asked]:
    """One query per sketch of the classes, that seeks its category."""
    return [Asked(sketch, category=name) for name in classes for sketch in pictures_in(folders[name])]


def photos_of(folders: Mapping[str, Path], classes: Iterable[str], *, below: Path) -> list[Photo]:
    """The photos of the classes; the id is the path below a folder, the instance the path itself."""
    return [
        Photo(id=path.relative_to(below).as_posix(), path=path, instance=str(path), category=name)
        for name in classes
        for path in pictures_in(folders[name])
    ]


def some_of(photos: Sequence[Photo], *, share: float = GENERALISED_SHARE, seed: int = GENERALISED_SEED) -> list[Photo]:
    """A share of some photos, the same for the same seed, in their order."""
    chosen = random.Random(seed).sample(range(len(photos)), round(share * len(photos)))
    return [photos[index] for index in sorted(chosen)]


def zero_shot(name: str, *, sketches: Path, photos: Path, unseen: Collection[str], kind: str) -> Split:
    """One split of a zero-shot data set: "train", "unseen" or "unseen-generalised".

    Queries are all sketches of the classes, the gallery is all their photos; relevant is what has the same class. The
    generalised gallery also holds 20 % of the seen classes' photos.

    Raises:
        InputError: a class has sketches but no photos, or an unseen class is not there at all.
    """
    drawn, shown = class_folders(sketches), class_folders(photos)
    held = {same_class(name) for name in unseen}
    missing = sorted(held - (drawn.keys() & shown.keys()))
    if missing:
        raise InputError(
            f"{sketches.parent} lacks the unseen classes {', '.join(missing)}; every class needs a folder in "
            f"{sketches} and in {photos}"
        )
    seen = [name for name in drawn if name not in held and name in shown]
    classes = seen if kind == "train" else sorted(held)
    gallery = photos_of(shown, classes, below=photos.parent)
    if kind == "unseen-generalised":
        gallery += some_of(photos_of(shown, seen, below=photos.parent))
    return Split(f"{name} {kind}", AskedQueries(asked_of(drawn, classes)), tuple(gallery))


def class_faults(sketches: Path, photos: Path, *, classes: int, unseen: Collection[str]) -> list[str]:
    """What is wrong with the folders of the classes: their number, unseen ones missing, one side missing, empty."""
    drawn, shown = class_folders(sketches), class_folders(photos)
    faults: list[str] = []
    for where, folders in ((sketches, drawn), (photos, shown)):
        if len(folders) != classes:
            faults.append(f"{where} has {len(folders)} class folders of {classes}")
        if missing := sorted({same_class(name) for name in unseen} - folders.keys()):
            faults.append(f"{where} lacks the unseen classes {', '.join(missing)}")
        if empty := [name for name, path in folders.items() if not pictures_in(path)]:
            faults.append(f"{where} has nothing in the classes {', '.join(empty)}")
    if alone := sorted(drawn.keys() ^ shown.keys()):
        faults.append(f"classes with sketches or photos only: {', '.join(alone)}")
    return faults

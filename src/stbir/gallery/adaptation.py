"""A method meets the categories of a gallery: from the name and a few photos of each, chosen by a seed alone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stbir.data.categories import same_class
from stbir.data.pictures import open_picture
from stbir.errors import InputError, UnknownName
from stbir.methods import not_adaptable
from stbir.methods.batch import path_of
from stbir.types import Photo

if TYPE_CHECKING:
    from stbir.methods.base import Method


@dataclass(frozen=True)
class Support:
    """The photos that stand for a category, by id, of how many it has."""

    category: str
    photos: tuple[str, ...]
    of: int


@dataclass(frozen=True)
class Adaptation:
    """What a method has met, which categories it knew and kept, and (id, reason) of photos that cannot be read."""

    met: tuple[Support, ...]
    kept: tuple[str, ...]
    problems: tuple[tuple[str, str], ...]


def adapt(
    method: Method,
    photos: Sequence[Photo],
    *,
    categories: Sequence[str] = (),
    supports: int | None = None,
    seed: int = 0,
) -> Adaptation:
    """Make the categories of some photos known to a method, in place.

    Which photos stand for a category depends on the seed and their ids, not on their order, other categories or the
    machine; one that cannot be read gives way to the next.

    Args:
        method: what is to know them.
        photos: of a gallery or a catalogue; those without a category are passed over.
        categories: the ones to learn, known or not; by default all that the method does not know yet.
        supports: how many photos of each; by default as many as the method has use for.
        seed: of the choice.

    Raises:
        InputError: the method cannot be adapted, there are no categories, or no photo of one can be read.
        UnknownName: a category that no photo has.
    """
    most = method.support_photos
    if not most:
        raise not_adaptable(method.name)
    supports = most if supports is None else supports
    if not 1 <= supports <= most:
        raise InputError(f"{method.name} takes 1 to {most} photos of a category (given: {supports})")
    there = by_category(photos)
    wanted = list(dict.fromkeys(same_class(name) for name in categories))
    for name in wanted:
        if name not in there:
            raise UnknownName("category", name, there, hint="give one that the photos have")
    known = set(method.categories)
    kept = [] if wanted else [name for name in there if name in known]
    problems: list[tuple[str, str]] = []
    chosen: dict[str, list[Photo]] = {}
    for name in wanted or [name for name in there if name not in known]:
        some = _first(there[name], supports, side=method.decode_side, seed=seed, problems=problems)
        if not some:
            raise InputError(f"no photo of {name!r} can be read (the last one tried: {': '.join(problems[-1])})")
        chosen[name] = some
    # only now, so that a method that cannot learn all of them has learned none
    for name, some in chosen.items():
        method.adapt(name, photos=some)
    met = [Support(name, tuple(photo.id for photo in some), len(there[name])) for name, some in chosen.items()]
    return Adaptation(tuple(met), tuple(kept), tuple(problems))


def by_category(photos: Sequence[Photo]) -> dict[str, list[Photo]]:
    """Photos by the name of their category, spelled one way, in the order of the names.

    Raises:
        InputError: no photo has one.
    """
    found: dict[str, list[Photo]] = {}
    for photo in photos:
        if photo.category is not None and (name := same_class(photo.category)):
            found.setdefault(name, []).append(photo)
    if not found:
        raise InputError(
            f"none of the {len(photos)} photos has a category: put them into a subfolder for each, or give their table "
            "a column 'category'"
        )
    return dict(sorted(found.items()))


def lot(id: str, seed: int) -> bytes:
    """What decides which photos are chosen: of two, the one with the smaller lot."""
    return hashlib.blake2b(f"{seed}\0{id}".encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _first(
    photos: Sequence[Photo], count: int, *, side: int, seed: int, problems: list[tuple[str, str]]
) -> list[Photo]:
    """The first `count` photos by their lots, opened; those that cannot be are put on the list of problems."""
    found: list[Photo] = []
    for photo in sorted(photos, key=lambda photo: (lot(photo.id, seed), photo.id)):
        if len(found) == count:
            break
        try:
            image = photo.image or open_picture(path_of(photo), at_least=side)
        except InputError as error:
            problems.append((photo.id, str(error)))
        else:
            found.append(replace(photo, image=image))
    return found

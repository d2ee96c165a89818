"""Which objects are trained on, validated on and tested on: by object, never by photo or by sketch.

Several published sets show one object in two photos. A model that has trained on one of them is not measured by the
other part of its data, so near duplicates count as one object. Splits that a study names as tests are not looked at.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from stbir.data.pictures import open_picture
from stbir.errors import ConfigError, InputError
from stbir.functional.likeness import SIDE, alike, difference_hash, small_picture, united
from stbir.methods.batch import path_of
from stbir.training.pairs import PairsData
from stbir.training.pairs.items import Item, read_items, split_of
from stbir.types import Pixels, Split


@dataclass(frozen=True, eq=False)
class Parts:
    """The items of each side, and the object that each item shows, by the item's name."""

    train: tuple[Item, ...]
    validation: tuple[Item, ...]
    test: tuple[Item, ...]
    objects: dict[str, str]


def parts_of(data: PairsData, *, root: Path) -> Parts:
    """Deal out the items of all sets.

    Raises:
        UnknownName: there is no such data set, split or variant.
        InputError: files are missing or cannot be read; or a photo has no category where these are dealt out.
    """
    items = read_items(data, root=root)
    twins = {label for label, each in zip(data.labels, data.sets, strict=True) if not each.near_duplicates}
    extras = data.extras
    objects = objects_of(items, twins=twins, last=extras)
    units = (
        _categories_of(items, objects) if data.folds_of == "categories" else {name: name for name in objects.values()}
    )
    dealt_units = dealt(
        units.values(), folds=data.folds, fold=data.fold, seed=data.fold_seed, validation=data.validation
    )
    sides = {name: dealt_units[unit] for name, unit in units.items()}
    judging = {label for label, each in zip(data.labels, data.sets, strict=True) if each.part == "validation"}
    for item in items:
        if item.label in judging and sides[objects[item.name]] == "train":
            sides[objects[item.name]] = "validation"
    asked = {objects[item.name] for item in items if item.label not in extras}
    by_side: dict[str, list[Item]] = {"train": [], "validation": [], "test": []}
    for item in items:
        name = objects[item.name]
        side = sides[name] if name in asked else "train"
        if side == "train" or item.label not in extras:
            by_side[side].append(item)
    return Parts(tuple(by_side["train"]), tuple(by_side["validation"]), tuple(by_side["test"]), objects)


def held_out_fold(data: PairsData, *, root: str | Path) -> tuple[Split, ...]:
    """The test part, one split per set but the extra ones, in their order; neither trained nor validated on.

    Every own sketch of a held-out object asks with the photo's words for its photo among all held-out photos of the
    set; the sketches of further folders do not ask.

    Raises:
        ConfigError: the data holds no fold out.
        UnknownName: there is no such data set, split or variant.
        InputError: files are missing or cannot be read.
    """
    if not data.folds:
        raise ConfigError("these pairs hold nothing back for testing; set folds to 2 or more")
    test = parts_of(data, root=Path(root)).test
    by_set: dict[str, list[Item]] = defaultdict(list)
    for item in test:
        by_set[item.label].append(item)
    return tuple(
        split_of(by_set[label], name=f"{label} {each.split}, fold {data.fold} of {data.folds}")
        for label, each in zip(data.labels, data.sets, strict=True)
        if label not in data.extras
    )


def dealt(objects: Iterable[str], *, folds: int, fold: int, seed: int, validation: float) -> dict[str, str]:
    """Whether each object is for "train", "validation" or "test": a function of the names and the seed.

    Each set, the part of a name before its first slash, is dealt out for itself: what else is trained on does not
    change which of its objects are tested on.

    >>> sides = dealt((f"set/{i}" for i in range(10)), folds=5, fold=0, seed=0, validation=0.25)
    >>> sorted(sides.values())
    ['test', 'test', 'train', 'train', 'train', 'train', 'train', 'train', 'validation', 'validation']
    """
    by_set: dict[str, list[str]] = defaultdict(list)
    for name in sorted(set(objects)):
        by_set[name.partition("/")[0]].append(name)
    sides: dict[str, str] = {}
    for names in by_set.values():
        tested = set(_shuffled(names, f"{seed}:fold")[fold::folds]) if folds else set[str]()
        rest = _shuffled([name for name in names if name not in tested], f"{seed}:validation")
        held = max(1, round(validation * len(rest))) if validation and len(rest) > 1 else 0
        sides |= dict.fromkeys(tested, "test") | dict.fromkeys(rest[:held], "validation")
        sides |= dict.fromkeys(rest[held:], "train")
    return sides


def objects_of(items: Sequence[Item], *, twins: Collection[str] = (), last: Collection[str] = ()) -> dict[str, str]:
    """The object that each item shows, named after the first of its items; by the item's name.

    Two photos are of one object where the set says so or where one nearly is a copy of the other; photos of the sets
    `twins`, by their labels, are never taken for copies. Items of the sets `last` come after all others.

    Raises:
        InputError: a photo cannot be read.
    """
    items = sorted(items, key=lambda item: (item.label in last, item.name))
    pairs = [pair for same in _told(items).values() for pair in pairwise(same)]
    places = [place for place, item in enumerate(items) if item.label not in twins]
    pictures = [_picture(items[place]) for place in places]
    if pictures:
        hashes = np.stack([difference_hash(picture) for picture in pictures])
        small = np.stack([small_picture(picture) for picture in pictures])
        pairs += [(places[one], places[other]) for one, other in alike(hashes, hashes, (small, small))]
    return {item.name: items[first].name for item, first in zip(items, united(len(items), pairs), strict=True)}


def _categories_of(items: Sequence[Item], objects: Mapping[str, str]) -> dict[str, str]:
    """The category that each object is dealt out with, by the name of the object, after the name of its set.

    Where near duplicates stand in two categories, that of the first photo counts.
    """
    first = {item.name: item for item in items}
    if nameless := [name for name in objects.values() if not first[name].photo.category]:
        raise InputError(f"{nameless[0]} has no category, but whole categories are to be held out; hold out objects")
    return {name: f"{first[name].label}/{first[name].photo.category}" for name in objects.values()}


def _told(items: Sequence[Item]) -> dict[tuple[str, str], list[int]]:
    """The places of the items by the object that their set says they show."""
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        places[item.label, item.photo.instance or item.name].append(place)
    return places


def _picture(item: Item) -> Pixels:
    return np.asarray(item.photo.image or open_picture(path_of(item.photo), at_least=4 * SIDE))


def _shuffled(names: Iterable[str], salt: str) -> list[str]:
    """Order names by chance, but the same wherever they come from."""
    return sorted(names, key=lambda name: hashlib.sha256(f"{salt}:{name}".encode()).digest())

"""Other ways to ask for drawn objects: like this one but red; this in another style; the scene that has this in it.

Small stand-ins, in memory, for what Duet shows on FashionIQ, ImageNet-R and FS-COCO, whose files must be obtained by
hand and whose protocols it does not publish. All of this is our design. The same arguments give the same splits.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Literal

import numpy as np
from PIL import Image

from stbir.data import drawn
from stbir.data.drawn.bench import Group, hidden_words, scenes_of
from stbir.data.drawn.hand import sketch
from stbir.data.drawn.photograph import photograph
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.styles import STYLES
from stbir.errors import InputError
from stbir.types import Photo, Pixels, Query, Split

BEYOND = 10**13
"""Objects from this number on are neither trained on nor in drawn-bench."""


def changed_objects(count: int, *, seed: int, size: int, reference: Literal["photo", "sketch"] = "photo") -> Split:
    """Composed retrieval: "like this, but" in words; the answer has the shape of the reference and the words' look.

    Of each object the gallery shows three changes: another colour, another material, another shape of one part. A query
    is a photo of the object itself, which is not in the gallery, or a sketch of it, with the words for one of the first
    two. The photo alone is nearest to the changed shape, the words alone say nothing of the shape.

    Raises:
        InputError: there is no object, or `size` is none that is drawn.
    """
    queries: list[Query] = []
    photos: list[Photo] = []
    for number, family in enumerate(_families(count, seed, size=size)):
        group = Group("many", "test", family, BEYOND + 10_000 * seed + number)
        (_, own), *changes = scenes_of(group)
        name, twins = group.id, [scene for _, scene in changes]
        for index, (change, scene) in enumerate(changes):
            id = f"{name}-{index}"
            photos.append(_photo(id, _taken(scene, f"{group.seed}:photo", size=size), category=family))
            if change == "shape":
                continue
            words = hidden_words(scene, f"{group.seed}:{index}:words", style="list", twins=[own, *twins])
            query = Query(text=words, instance=id, category=family)
            if reference == "photo":
                shown = Query(photo=_photo(f"{name}-reference", _taken(own, f"{group.seed}:own", size=size)))
            else:
                shown = Query((sketch(own, random.Random(f"{group.seed}:sketch"), distortion=1.0),))
            queries.append(Query(shown.sketches, words, shown.photo, instance=query.instance, category=family))
    return Split(f"{count} changed objects by {reference}", queries, photos)


def styled_objects(count: int, *, seed: int, size: int, styles: Sequence[str] = tuple(STYLES)) -> Split:
    """Domain attribute transfer: a sketch and the name of a style; relevant is the same family in that style.

    The category of queries and photos is `<family>/<style>`, as in `stbir.data.sets.imagenet_r`, so that the protocol
    is `relevance = "category"`. The sketch is of another object of the family than the photos.

    Raises:
        InputError: there is no object, or `size` is none that is drawn.
    """
    queries: list[Query] = []
    photos: list[Photo] = []
    for number, family in enumerate(_families(count, seed, size=size)):
        one, other = (drawn.draw(family, 2 * (BEYOND + 10_000 * seed + number) + i, size=size) for i in (0, 1))
        for style in styles:
            kind = f"{family}/{style}"
            photos.append(_photo(f"{one.id}-{style}", STYLES[style](one.photo), category=kind))
            queries.append(Query((other.sketch,), style, category=kind))
    return Split(f"{count} objects in {len(styles)} styles", queries, photos)


def shelves(count: int, *, seed: int, size: int) -> Split:
    """Scene retrieval by an object: each photo shows four objects; a query is the sketch of one, the words of another.

    Raises:
        InputError: there is no scene, or `size` is none that is drawn.
    """
    queries: list[Query] = []
    photos: list[Photo] = []
    families = _families(4 * count, seed, size=size)
    half = max(drawn.SIZES[0], size // 2)
    for number in range(count):
        first = 4 * (BEYOND + 10_000 * seed + number)
        things = [
            drawn.draw(family, first + place, size=half)
            for place, family in enumerate(families[4 * number : 4 * number + 4])
        ]
        rows = [np.concatenate([thing.photo for thing in some], axis=1) for some in (things[:2], things[2:])]
        name = f"shelf-{number:03d}"
        photos.append(_photo(name, np.concatenate(rows)))
        queries += [
            Query((thing.sketch,), things[(place + 1) % 4].words, instance=name) for place, thing in enumerate(things)
        ]
    return Split(f"{count} shelves of four objects", queries, photos)


def _families(count: int, seed: int, *, size: int) -> list[str]:
    """The family of each object, no two alike before all had their turn."""
    if count < 1:
        raise InputError(f"count is {count}; draw at least 1")
    drawn.check_size(size)
    names = list(drawn.train_families())
    random.Random(f"tasks:{seed}").shuffle(names)
    return [names[number % len(names)] for number in range(count)]


def _taken(scene: Scene, seed: str, *, size: int) -> Pixels:
    return photograph(scene, random.Random(seed), size=size)


def _photo(id: str, picture: Pixels, *, category: str | None = None) -> Photo:
    return Photo(id, instance=id, category=category, image=Image.fromarray(picture))

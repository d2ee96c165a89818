"""Drawn objects: triples of a photo, a sketch and words, made by rules from a seed, with no real picture involved.

>>> triple = draw("bag", 7, size=64)
>>> triple.photo.shape, len(triple.sketch.strokes) > 0, bool(triple.words)
((64, 64, 3), True, True)
"""

from __future__ import annotations

import importlib
import pkgutil
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from PIL import Image

from stbir.data.drawn.hand import sketch
from stbir.data.drawn.materials import held_out_combinations
from stbir.data.drawn.photograph import photograph
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.words import Style, describe
from stbir.errors import InputError, UnknownName
from stbir.types import Photo, Pixels, Query, Sketch

Combinations: TypeAlias = Literal["train", "held-out", "all"]

HELD_OUT_FAMILIES = ("teapot", "hat")
"""Families that training never draws."""

HELD_OUT_COMBINATIONS = held_out_combinations()
"""Pairs of (colour, texture) of the main material that training never draws."""

SIZES = (32, 2048)
MOST_REDRAWS = 5000

# The folder is imported before the function of the same name is defined: an import binds the name in its parent
# once, and what is defined later keeps it.
FOLDER = str(Path(importlib.import_module("stbir.data.drawn.families").__file__ or "").parent)


@dataclass(frozen=True, eq=False)
class Triple:
    """One drawn object: `photo` is uint8 RGB of shape (size, size, 3); `colour` and `texture` are of its main part."""

    photo: Pixels
    sketch: Sketch
    words: str
    family: str
    colour: str
    texture: str
    seed: int

    @property
    def id(self) -> str:
        return f"{self.family}-{self.seed:05d}"

    def pair(self) -> tuple[Query, Photo]:
        """The sketch and the words as a query, and the photo that answers it."""
        query = Query(sketches=(self.sketch,), text=self.words, instance=self.id, category=self.family)
        photo = Photo(self.id, image=Image.fromarray(self.photo), instance=self.id, category=self.family)
        return query, photo


def families() -> tuple[str, ...]:
    """The names of everything that can be drawn, in alphabetical order."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules([FOLDER])))


def train_families() -> tuple[str, ...]:
    """The families that training may draw."""
    return tuple(family for family in families() if family not in HELD_OUT_FAMILIES)


def draw(
    family: str,
    seed: int,
    *,
    size: int = 256,
    distortion: float = 1.0,
    combinations: Combinations = "all",
    style: Style | None = None,
) -> Triple:
    """Draw one object of `family`; the same arguments give the same bytes, in any process and any order.

    The object depends on `family`, `seed` and `combinations` only: another `size` or `distortion` shows
    the same thing. `distortion` scales how wrong the sketch is, see `hand.sketch`.

    Raises:
        UnknownName: there is no such family.
        InputError: `size` is out of range, or `combinations` is none of the three, or the family has no such draw.
    """
    build = _builder(family)
    check_size(size)
    if combinations not in ("train", "held-out", "all"):
        raise InputError(f"combinations is {combinations!r}; it is one of 'train', 'held-out', 'all'")
    scene = _scene(build, family, seed, combinations)
    return Triple(
        photo=photograph(scene, random.Random(f"{family}:{seed}:photo"), size=size),
        sketch=sketch(scene, random.Random(f"{family}:{seed}:sketch"), distortion=distortion),
        words=describe(scene, random.Random(f"{family}:{seed}:words"), style=style),
        family=family,
        colour=scene.main.colour,
        texture=scene.main.texture,
        seed=seed,
    )


def check_size(size: int) -> None:
    """Refuse a size no picture is drawn in.

    Raises:
        InputError: `size` is out of range.
    """
    if not SIZES[0] <= size <= SIZES[1]:
        raise InputError(f"size is {size}; a picture can be {SIZES[0]} to {SIZES[1]} pixels wide")


def scene_of(family: str, seed: int, *, combinations: Combinations = "all") -> Scene:
    """The object that `draw` shows for the same arguments.

    Raises:
        UnknownName: there is no such family.
    """
    return _scene(_builder(family), family, seed, combinations)


def _scene(build: Callable[[random.Random], Scene], family: str, seed: int, combinations: Combinations) -> Scene:
    for attempt in range(MOST_REDRAWS):
        scene = build(random.Random(f"{family}:{seed}" if attempt == 0 else f"{family}:{seed}:{attempt}"))
        held_out = (scene.main.colour, scene.main.texture) in HELD_OUT_COMBINATIONS
        if combinations == "all" or held_out == (combinations == "held-out"):
            return scene
    raise InputError(f"{family} {seed} has no {combinations} combination of colour and texture; take another family")


@cache
def _builder(family: str) -> Callable[[random.Random], Scene]:
    known = families()
    if family not in known:
        raise UnknownName("family", family, known)
    return importlib.import_module(f"stbir.data.drawn.families.{family}").build

"""What `drawn-bench` consists of: a benchmark of drawn objects with near twins, the same on every machine.

Objects come in groups of four that one sketch, or one description, cannot tell apart: an object; the same in another
colour; the same in another material; and one of the same materials with another shape of one detail. Each has a photo,
five sketches from good to poor, and words for what no sketch shows. All of this is our design; the benchmarks of STBIR
that it stands in for (shoes, chairs and daily objects) need files that must be obtained by hand.
"""

from __future__ import annotations

import importlib
import io
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from PIL import Image

from stbir.data import drawn
from stbir.data.drawn.finishes import TEXTURES
from stbir.data.drawn.folder import stroke_json
from stbir.data.drawn.hand import sketch
from stbir.data.drawn.photograph import photograph
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.variation import Change, recoloured, rematerialed, reshaped
from stbir.data.drawn.words import Style, describe

NAME = "drawn-bench"
VERSION = 1
"""To be raised whenever anything that is drawn changes; numbers of two versions are not comparable."""

SIZE = 256
QUALITY = 92
DISTORTIONS = (0.3, 0.65, 1.0, 1.5, 2.1)
"""How wrong the five sketches of a photo are; 1 is how people draw, see `hand.sketch`."""

Part: TypeAlias = Literal["shoes", "chairs", "many"]
SplitName: TypeAlias = Literal["train", "validation", "test", "unseen"]

PARTS: tuple[Part, ...] = ("shoes", "chairs", "many")
COUNTS: dict[SplitName, int] = {"train": 60, "validation": 10, "test": 30}
"""Groups of shoes, and of chairs."""
COUNTS_OF_MANY: dict[SplitName, int] = {"train": 5, "validation": 1, "test": 3}
"""Groups of each other family that training may draw."""
UNSEEN = 12
"""Groups of each family that training never draws."""

CHANGES: tuple[Change, ...] = ("colour", "material", "shape")
STYLES: tuple[Style, ...] = ("list", "appearance")
MOST_REDRAWS = 500


@dataclass(frozen=True)
class Group:
    """Four objects of one family, of which three differ from the first in one attribute each."""

    part: Part
    split: SplitName
    family: str
    number: int

    @property
    def id(self) -> str:
        return f"{self.part}-{self.family}-{self.number:03d}"

    @property
    def seed(self) -> str:
        """Names its own stream of random numbers, which training cannot meet: its seeds are plain numbers."""
        return f"{NAME} {VERSION}: {self.id}"


@dataclass(frozen=True, eq=False)
class Item:
    """One photo with its words and sketches; `change` is how it differs from the first of its group."""

    id: str
    change: Change | Literal[""]
    words: str
    photo: bytes
    sketches: tuple[bytes, ...]


def plan() -> list[Group]:
    """All groups, in the order of the tables."""
    groups: list[Group] = []
    groups += _counted("shoes", "shoe", COUNTS)
    groups += _counted("chairs", "chair", COUNTS)
    for family in drawn.families():
        if family in drawn.HELD_OUT_FAMILIES:
            groups += _counted("many", family, {"unseen": UNSEEN})
        elif family not in ("shoe", "chair"):
            groups += _counted("many", family, COUNTS_OF_MANY)
    return groups


def splits_of(part: Part) -> tuple[SplitName, ...]:
    """The names of the splits of one part; only the part of many families has an unseen one."""
    return ("train", "validation", "test", "unseen") if part == "many" else ("train", "validation", "test")


def draw_group(group: Group) -> list[Item]:
    """Draw the four objects of a group; the same bytes in any process and any order.

    The photos share their light and background, as pictures of one shop do. Where an object cannot be changed in the
    way asked for, as wood that has no other material of its colour, it is changed in colour once more.
    """
    scenes = scenes_of(group)
    items: list[Item] = []
    for index, (change, scene) in enumerate(scenes):
        name = f"{group.id}-{index}"
        picture = photograph(scene, random.Random(f"{group.seed}:photo"), size=SIZE)
        packed = io.BytesIO()
        Image.fromarray(picture).save(packed, "JPEG", quality=QUALITY)
        drawings = tuple(
            stroke_json(sketch(scene, random.Random(f"{group.seed}:{index}:sketch:{level}"), distortion=distortion))
            for level, distortion in enumerate(DISTORTIONS, 1)
        )
        twins = [other for _, other in scenes if other is not scene]
        style = STYLES[group.number % len(STYLES)]
        words = hidden_words(scene, f"{group.seed}:{index}:words", style=style, twins=twins)
        items.append(Item(name, change, words, packed.getvalue(), tuple(drawing.encode() for drawing in drawings)))
    return items


def scenes_of(group: Group) -> list[tuple[Change | Literal[""], Scene]]:
    """The first object of a group and what it was changed into, with the name of the change."""
    build: Callable[[random.Random], Scene] = importlib.import_module(f"stbir.data.drawn.families.{group.family}").build
    avoid = drawn.HELD_OUT_COMBINATIONS if group.split == "train" else frozenset[tuple[str, str]]()
    first, seed = _first(build, group.seed, avoid)
    scenes: list[tuple[Change | Literal[""], Scene]] = [("", first)]
    for change in CHANGES:
        rng = random.Random(f"{group.seed}:{change}")
        other: Scene | None = None
        taken = {(scene.main.colour, scene.main.texture) for _, scene in scenes}
        if change == "material":
            other = rematerialed(first, rng, avoid=avoid)
        elif change == "shape":
            other = reshaped(build, seed, first, rng)
        scenes.append(("colour", recoloured(first, rng, avoid=avoid | taken)) if other is None else (change, other))
    return scenes


def hidden_words(scene: Scene, seed: str, *, style: Style, twins: Sequence[Scene] = ()) -> str:
    """What a line drawing hides: the main colour and material, and the colours of parts; no shape, no name.

    The surface is said where it has a name, and so is a colour that the twins of another colour are not called by, or
    nobody could tell them apart.
    """
    silent = Scene(scene.family, scene.names, scene.main)
    silent.shapes = scene.shapes
    main = scene.main
    wanted = [_single(main.words) - _single(twin.main.words) for twin in twins if twin.main.colour != main.colour]
    if "" not in TEXTURES[main.texture]:
        wanted.append(_single(TEXTURES[main.texture]) | (_single(main.words) if main.texture in _GROWN else set()))
    text = ""
    for attempt in range(MOST_REDRAWS):
        text = describe(silent, random.Random(f"{seed}:{attempt}"), style=style)
        said = _single([text.replace(",", " ").replace("/", " ")])
        if all(said & words for words in wanted if words):
            break
    return text


def _single(phrases: Iterable[str]) -> set[str]:
    return {word for phrase in phrases for word in phrase.split()}


_GROWN = ("wood", "metal")
"""Textures that the names of their colours say already."""


def _counted(part: Part, family: str, counts: dict[SplitName, int]) -> list[Group]:
    splits: list[SplitName] = [split for split, count in counts.items() for _ in range(count)]
    return [Group(part, split, family, number) for number, split in enumerate(splits)]


def _first(build: Callable[[random.Random], Scene], seed: str, avoid: frozenset[tuple[str, str]]) -> tuple[Scene, str]:
    """An object without the combinations to avoid, and the seed that it came from."""
    for attempt in range(MOST_REDRAWS):
        scene = build(random.Random(f"{seed}:{attempt}"))
        if (scene.main.colour, scene.main.texture) not in avoid:
            return scene, f"{seed}:{attempt}"
    raise AssertionError(f"{seed} never came in a combination that training draws")

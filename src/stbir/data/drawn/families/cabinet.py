"""Furniture that stores: chests of drawers, sideboards, wardrobes, bookcases, bedside tables, display cabinets."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from stbir.data.drawn.camera import shop_camera
from stbir.data.drawn.materials import Material, metal, pick, wood
from stbir.data.drawn.phrases import made_of
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.solids import Solids
from stbir.data.drawn.storage import Front

BODIES = ("wood", "wood", "wood", "wood", "plain", "plain", "plastic", "metal", "wicker")
NUMBERS = ("no", "one", "two", "three", "four", "five", "six")


class Kind(NamedTuple):
    """A sort of cabinet: its size, and the ways it is divided, each a row of columns."""

    names: tuple[str, ...]
    wide: tuple[float, float]
    deep: tuple[float, float]
    tall: tuple[float, float]
    columns: tuple[str, ...]


# a column is d: drawers, D: a door, o: open shelves, g: a glass door, m: drawers under a door, s: a shelf under drawers
KINDS = {
    "chest": Kind(("chest of drawers", "dresser", "drawers", "drawer unit", "commode"), (0.6, 0.95), (0.4, 0.5),
                  (0.75, 1.3),
                  ("d", "d", "d", "dd")),
    "wide chest": Kind(("chest of drawers", "dresser", "sideboard", "double dresser"), (1.1, 1.6), (0.4, 0.5),
                       (0.65, 0.9),
                       ("dd", "dd", "ddd")),
    "sideboard": Kind(("sideboard", "buffet", "cabinet", "credenza", "cupboard"), (1.1, 1.7), (0.35, 0.48), (0.6, 0.85),
                      ("DdD", "DD", "DDd", "DDDD", "dDD", "DoD", "mm", "DDo")),
    "wardrobe": Kind(("wardrobe", "closet", "armoire", "cupboard"), (0.8, 1.5), (0.5, 0.6), (1.7, 2.1),
                     ("DD", "DD", "DDD", "mm", "DDo", "dDD")),
    "cupboard": Kind(("cupboard", "cabinet", "storage cabinet"), (0.6, 0.9), (0.35, 0.45), (0.8, 1.4),
                     ("DD", "D", "mm", "m", "gg")),
    "bookcase": Kind(("bookcase", "bookshelf", "shelf", "shelving unit", "book shelves"), (0.6, 1.0), (0.25, 0.35),
                     (1.2, 2.0),
                     ("o", "o", "oo")),
    "cubes": Kind(("shelving unit", "cube shelf", "bookcase", "shelf"), (0.8, 1.4), (0.3, 0.4), (0.75, 1.4),
                  ("oo", "ooo")),
    "bedside": Kind(("bedside table", "nightstand", "bedside cabinet", "night table"), (0.4, 0.55), (0.35, 0.45),
                    (0.42, 0.6),
                    ("d", "s", "s", "D", "o")),
    "display": Kind(("display cabinet", "glass cabinet", "vitrine", "china cabinet"), (0.7, 1.1), (0.35, 0.45),
                    (1.5, 2.0),
                    ("gg", "g", "gg")),
    "tv": Kind(("tv unit", "tv stand", "media unit", "low cabinet", "tv cabinet"), (1.2, 1.8), (0.35, 0.45),
               (0.3, 0.45),
               ("DoD", "dod", "oo", "ooD", "do")),
    "filing": Kind(("filing cabinet", "office drawers", "drawer unit"), (0.4, 0.5), (0.5, 0.6), (0.6, 1.3), ("d",)),
}  # fmt: skip


def build(rng: random.Random) -> Scene:
    """One cabinet."""
    name = rng.choice(list(KINDS))
    kind = KINDS[name]
    wide, deep, tall = rng.uniform(*kind.wide), rng.uniform(*kind.deep), rng.uniform(*kind.tall)
    body = metal(rng) if name == "filing" else pick(rng, BODIES)
    camera = shop_camera(rng, height=tall / 2, low=3, high=24, frontal=0.35, sideways=0.0, turned=(10, 42), nearest=4.0)
    solids = Solids(camera, strokes=rng.random() < 0.6)
    scene = Scene("cabinet", kind.names, body)
    two_toned = rng.random() < 0.25
    facing = pick(rng, ("wood", "plain", "plain")) if two_toned else body
    low = _legs(rng, solids, scene, body, wide, deep, legged=name not in ("wardrobe", "filing", "cubes", "bookcase"))
    tall += 0.4 * low
    solids.box((0, 0, (low + tall) / 2), (wide, deep, tall - low), body, "body")
    if rng.random() < 0.45:
        over, thick = rng.uniform(0.0, 0.03), rng.uniform(0.025, 0.05)
        top = pick(rng, ("wood", "marble", "plain")) if rng.random() < 0.3 else body
        solids.box((0, 0, tall + thick / 2), (wide + 2 * over, deep + 2 * over, thick), top, "top", bias=-0.4)
        if top is not body:
            scene.say(*made_of(rng, top, "top"))
    front = Front(rng, solids, -deep / 2, body, facing)
    _divide(rng, front, rng.choice(kind.columns), name, (wide, deep, low, tall))
    solids.add(camera.depth((0, -deep / 2, tall / 2)) - 0.8, front.marks)
    _words(rng, scene, front)
    if two_toned:
        scene.say(*made_of(rng, facing, "fronts", "drawer fronts" if front.count["drawer"] else "front"))
    solids.emit(scene)
    return scene


def _divide(rng: random.Random, front: Front, columns: str, name: str, size: tuple[float, float, float, float]) -> None:
    wide, deep, low, tall = size
    frame = rng.uniform(0.015, 0.04)
    rows = max(
        1,
        min(
            6,
            round((tall - low) / (rng.uniform(0.3, 0.42) if name in ("bookcase", "cubes") else rng.uniform(0.18, 0.3))),
        ),
    )
    edges = np.linspace(-wide / 2 + frame, wide / 2 - frame, len(columns) + 1).tolist()
    filled = rng.choice((0.0, 0.0, 0.5, 0.8))
    base, top = low + frame, tall - frame
    heights = np.linspace(base, top, rows + 1).tolist()
    for index, column in enumerate(columns):
        left, right = edges[index], edges[index + 1]
        hinge = -1 if index % 2 == 0 else 1
        cells = list(pairwise(heights))
        if column in "Dg":
            front.door((left, right, base, top), hinge=hinge, glass=column == "g")
        elif column == "m":
            split = base + (top - base) * rng.choice((0.25, 0.72))
            ends = ((base, split), (split, top))
            drawer, door = ends if split < (base + top) / 2 else ends[::-1]
            front.drawer((left, right, *drawer))
            front.door((left, right, *door), hinge=hinge)
        elif column == "s":
            split = base + 0.6 * (top - base)
            front.drawer((left, right, split, top))
            front.opening((left + 0.01, right - 0.01, base, split - 0.01), deep * 0.9, filled=filled)
        else:
            for bottom, upper in cells:
                if column == "d":
                    front.drawer((left, right, bottom, upper))
                else:
                    box = (left + 0.01, right - 0.01, bottom + 0.01, upper - 0.01)
                    front.opening(box, deep * 0.9, filled=filled)


def _legs(
    rng: random.Random, solids: Solids, scene: Scene, body: Material, wide: float, deep: float, *, legged: bool
) -> float:
    """Stand it on something; how high its body begins."""
    form = rng.choice(
        ("legs", "splayed", "metal", "feet", "plinth", "none") if legged else ("plinth", "none", "none", "feet")
    )
    if form == "none":
        return 0.0
    if form == "plinth":
        solids.box((0, 0.02, 0.03), (wide * 0.96, deep * 0.9, 0.06), body.darker(0.8), "plinth", bias=0.3)
        return 0.06
    high = rng.uniform(0.04, 0.08) if form == "feet" else rng.uniform(0.12, 0.26)
    own = metal(rng) if form == "metal" else (body if rng.random() < 0.5 else wood(rng))
    for index, (x, y) in enumerate(((-1, -1), (1, -1), (1, 1), (-1, 1))):
        top = np.array([x * (wide / 2 - 0.06), y * (deep / 2 - 0.06), high + 0.01])
        foot = top * [1, 1, 0]
        if form == "splayed":
            foot = foot + np.array([x * 0.06, y * 0.05, 0.0])
        radius = {"legs": 0.026, "splayed": 0.024, "metal": 0.011, "feet": 0.035}[form]
        solids.rod(top, foot, radius, own, f"leg{index}", taper=0.6 if form == "splayed" else 1.0, bias=0.35)
    noun = "feet" if form == "feet" else "legs"
    words = {"splayed": "angled legs", "metal": "thin metal legs", "legs": "straight legs", "feet": "short feet"}
    scene.say(words[form], f"on {noun}", *made_of(rng, own, noun))
    return high


def _words(rng: random.Random, scene: Scene, front: Front) -> None:
    nouns = {"drawer": "drawers", "door": "doors", "shelf": "shelves", "glass": "glass doors"}
    for part, count in front.count.items():
        if count:
            singular = "glass door" if part == "glass" else part
            number = NUMBERS[count] if count < len(NUMBERS) else "many"
            noun = singular if count == 1 else nouns[part]
            scene.say(f"{number} {noun}", f"with {number} {noun}", noun, f"{count} {noun}")
    if front.count["shelf"]:
        scene.say("open shelves", "open compartments", "open front")
    if front.count["drawer"] + front.count["door"] + front.count["glass"]:
        if front.handle in ("knob", "ring"):
            scene.say(*made_of(rng, front.metal, "knobs", "round handles"))
        elif front.handle in ("bar", "cup"):
            kind = "bar handles" if front.handle == "bar" else "cup handles"
            scene.say(*made_of(rng, front.metal, "handles", kind), kind)
        else:
            scene.say("no handles", "handleless", "without handles") if front.handle == "none" else scene.say(
                "cut out handles"
            )
    if front.panelled and front.count["door"]:
        scene.say("panelled doors", "framed doors", "shaker style")

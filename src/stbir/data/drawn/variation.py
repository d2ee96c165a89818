"""The same object with one attribute changed: another colour, another material, or another shape of one part.

A scene is made from a stream of random numbers. Colour and material are changed on the finished scene; a shape is
changed by playing the same stream again with one number replaced, and keeping what came out where little else moved.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Literal, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from stbir.data.drawn.colours import COLOURS, METALS, WOODS
from stbir.data.drawn.finishes import TWO_COLOURED
from stbir.data.drawn.materials import DARK, DARK_GAIN, Material, colours_of, metal, pick, wood
from stbir.data.drawn.scene import Scene, Shape

Change: TypeAlias = Literal["colour", "material", "shape"]
Pair: TypeAlias = tuple[str, str]
"""A colour and a texture."""

SOFT_FAMILIES = ("bag", "boot", "chair", "dress", "hat", "shoe", "sofa", "top", "trousers")
"""Families whose main material is leather or cloth more often than not."""
SOFT = (
    *("patent", "quilted", "knit", "fur", "glitter", "corduroy", "striped", "dots", "plaid", "floral"),
    *("leopard", "snake", "zebra", "crocodile", "woven", "tweed"),
)
"""What plain leather or cloth may turn into: it shows at the size of a thumbnail."""
PLAIN_SOFT = ("leather", "fabric", "suede")
HARD = ("metal", "speckled", "marble", "striped", "dots")
PLAIN_HARD = ("plastic", "ceramic")

APART = 60.0
"""How much at least one channel of a changed colour differs."""
SIDE = 64
LEAST, MOST = 0.07, 0.35
"""The share of the object's pixels that may belong to another part once a shape has been changed."""
INKED = 0.5
"""Only shapes whose outline people draw at least so often count, or the change would show in no sketch."""
MOST_TRIES = 150


class Replayed(random.Random):
    """A stream of random numbers with one of them replaced: number `at`, counted from 0; none where it is negative."""

    at = -1
    count = 0

    def random(self) -> float:
        """The next number in [0, 1); the replaced one is half a turn away."""
        value = super().random()
        return (value + 0.5) % 1.0 if self._replaced() else value

    def getrandbits(self, k: int, /) -> int:
        """The next `k` bits; the replaced ones differ in the last."""
        value = super().getrandbits(k)
        return value ^ 1 if self._replaced() and k else value

    def _replaced(self) -> bool:
        self.count += 1
        return self.count - 1 == self.at


def recoloured(scene: Scene, rng: random.Random, *, avoid: Collection[Pair] = ()) -> Scene:
    """The same object, its main material in another colour that nobody takes for the old one."""
    main = scene.main
    table = {"wood": WOODS, "metal": METALS}.get(main.texture, COLOURS)
    names = [
        name
        for name in colours_of(main.texture)
        if _apart(table[name][0], main.rgb)
        and (name, main.texture) not in avoid
        and table[name][2] != main.second_words
        and (main.second_rgb is None or _apart(table[name][0], main.second_rgb))
    ]
    if not names:  # a texture that comes in a few similar colours only: the farthest of them
        names = sorted(colours_of(main.texture), key=lambda name: -_difference(table[name][0], main.rgb))[:1]
    fresh = _made(rng, main.texture, rng.choice(names))
    return repainted(scene, replace(fresh, second_rgb=main.second_rgb, second_words=main.second_words))


def rematerialed(scene: Scene, rng: random.Random, *, avoid: Collection[Pair] = ()) -> Scene | None:
    """The same object in the same colour, its main material with another surface; None where no surface has it.

    Wood has colours of its own, so nothing else is as brown as wood: a wooden object has no such change.
    """
    main = scene.main
    plain, marked = (PLAIN_SOFT, SOFT) if scene.family in SOFT_FAMILIES else (PLAIN_HARD, HARD)
    textures = [
        texture
        for texture in (plain if main.texture in TWO_COLOURED else marked)
        if texture != main.texture and main.colour in colours_of(texture) and (main.colour, texture) not in avoid
    ]
    if not textures:
        return None
    fresh = _made(rng, rng.choice(textures), main.colour)
    return repainted(scene, replace(fresh, rgb=main.rgb, words=main.words))


def reshaped(build: Callable[[random.Random], Scene], seed: str, scene: Scene, rng: random.Random) -> Scene | None:
    """Build `scene` again, of the same materials, with another shape of one detail; None where that cannot be done.

    `scene` is what `build` made of `random.Random(seed)`. Tried are a number of single changes to the random numbers;
    taken is the first that moves between 7 and 35 % of what a sketch shows.
    """
    whole = Replayed(seed)
    build(whole)
    low, high = _bounds(scene)
    before = _owners(scene.shapes, low, high)
    for at in rng.sample(range(whole.count), min(MOST_TRIES, whole.count)):
        stream = Replayed(seed)
        stream.at = at
        other = build(stream)
        if _materials(other) != _materials(scene) or other.main != scene.main or other.names != scene.names:
            continue
        after = _owners(other.shapes, low, high)
        # a mirror image is the same shape
        if LEAST <= _moved(before, after) <= MOST and _moved(before[:, ::-1], after) >= LEAST:
            return other
    return None


def repainted(scene: Scene, material: Material) -> Scene:
    """The same object with `material` wherever its main material was, in the same light and shadow."""
    other = Scene(scene.family, scene.names, material)
    other.details = list(scene.details)
    old = (scene.main.colour, scene.main.texture)
    for shape in scene.shapes:
        same = (shape.material.colour, shape.material.texture) == old
        fresh = _in_light(material, shape.material, scene.main) if same else shape.material
        other.shapes.append(replace(shape, material=fresh))
    return other


def _in_light(material: Material, shown: Material, main: Material) -> Material:
    """`material` as bright as `shown` is, compared with the material `main` that it was made from."""
    factor = sum(shown.rgb) / max(sum(main.rgb), 1.0)
    if factor <= 1.0:
        return material.darker(factor)
    # dark materials answer more to light; what they gained is taken back before the new one gains its own
    return material.lit(1.0 + (factor - 1.0) / (DARK_GAIN if max(main.rgb) < DARK else 1.0))


def _made(rng: random.Random, texture: str, colour: str) -> Material:
    if texture == "wood":
        return wood(rng, colour)
    return metal(rng, colour) if texture == "metal" else pick(rng, texture, colour)


def _difference(first: tuple[float, ...], second: tuple[float, ...]) -> float:
    return max(abs(a - b) for a, b in zip(first, second, strict=True))


def _apart(first: tuple[float, ...], second: tuple[float, ...]) -> bool:
    return _difference(first, second) >= APART


def _moved(before: npt.NDArray[np.str_], after: npt.NDArray[np.str_]) -> float:
    """The share of what is shown that belongs to another part afterwards."""
    shown = (before != "") | (after != "")
    return float((before != after).sum()) / max(int(shown.sum()), 1)


def _materials(scene: Scene) -> set[Pair]:
    return {(shape.material.colour, shape.material.texture) for shape in scene.shapes}


def _bounds(scene: Scene) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    every = np.concatenate([shape.points for shape in scene.shapes])
    return every.min(axis=0), every.max(axis=0)


def _owners(shapes: list[Shape], low: npt.NDArray[np.float64], high: npt.NDArray[np.float64]) -> npt.NDArray[np.str_]:
    """The name of the part that each pixel of a small picture shows, with a margin for what sticks out."""
    scale = 0.75 * SIDE / max(float((high - low).max()), 1e-9)
    canvas = np.zeros((SIDE, SIDE), np.float32)
    for number, shape in enumerate(shapes, 1):
        if shape.ink < INKED:
            continue
        outline = np.round((shape.points - (low + high) / 2) * scale + SIDE / 2).clip(-999, 999).astype(np.int32)
        if shape.closed:
            cv2.fillPoly(canvas, [outline], number)
        else:
            cv2.polylines(canvas, [outline], False, number, max(1, round(shape.width * scale)))
    names = np.array(["", *(shape.part for shape in shapes)])
    return names[canvas.astype(np.intp)]

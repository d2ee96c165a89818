"""Mugs and cups: a turned body with a handle, a rim, a print, perhaps a saucer or a travel lid."""

from __future__ import annotations

import math
import random

import numpy as np

from stbir.data.drawn.camera import Camera
from stbir.data.drawn.families.vase import decorate, motif
from stbir.data.drawn.lathe import Lathe, turned
from stbir.data.drawn.materials import Material, pick
from stbir.data.drawn.phrases import made_of
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.solids import Mark, Solids, smooth_path

BODIES = ("ceramic", "ceramic", "ceramic", "speckled", "plain", "glass", "metal", "dots", "striped", "floral", "marble")
SHAPES: dict[str, tuple[float, ...]] = {
    "straight mug": (0.96, 1.0, 1.0, 1.0, 1.0),
    "tapered mug": (0.75, 0.83, 0.9, 0.96, 1.02),
    "round mug": (0.7, 1.0, 1.1, 1.05, 0.92),
    "tea cup": (0.48, 0.8, 0.95, 1.05, 1.14),
    "bell mug": (1.05, 0.95, 0.88, 0.9, 1.02),
    "wide cup": (0.6, 1.05, 1.25, 1.32, 1.35),
    "conical cup": (1.12, 1.05, 0.97, 0.9, 0.84),
}
PRINTS = ("heart", "star", "circle", "flower", "leaf")


def build(rng: random.Random) -> Scene:
    """One mug."""
    form = rng.choice(list(SHAPES))
    travel = rng.random() < 0.15
    tall = rng.uniform(1.4, 1.9) if travel else rng.uniform(0.75, 1.15)
    if form in ("tea cup", "wide cup") and not travel:
        tall = rng.uniform(0.55, 0.8)
    girth = rng.uniform(0.37, 0.46)
    radii = [girth * radius * rng.uniform(0.98, 1.02) for radius in SHAPES[form]]
    knots = [(radii[0] * 0.94, 0.0), *zip(radii, np.linspace(0.03 * tall, tall, 5), strict=True)]
    profile = turned(knots, straight=form == "conical cup")
    material = pick(rng, BODIES)
    elevation = math.radians(rng.uniform(6, 34))
    camera = Camera(azimuth=0.0, elevation=elevation, distance=rng.uniform(3.5, 8.0), target=(0.0, 0.0, tall / 2))
    solids = Solids(camera, strokes=False)
    lathe = Lathe(camera, profile)
    names = ("travel mug", "thermal mug", "mug") if travel else ("mug", "coffee mug", "cup", form)
    scene = Scene("mug", names, material)
    marks = lathe.body(material, "body", shine=1.25)
    _print(rng, scene, lathe, marks, tall)
    if travel:
        _lid(rng, solids, scene, lathe, radii[-1], tall)
    else:
        inside = pick(rng, ("plain", "ceramic")) if rng.random() < 0.4 else None
        marks += lathe.opening(material, "rim", thickness=rng.uniform(0.88, 0.95), inside=inside and inside.darker(1.3))
        if inside is not None:
            scene.say(*made_of(rng, inside, "inside", "interior"))
        if rng.random() < 0.25:
            drink = pick(rng, "plain", ("dark brown", "brown", "tan", "cream"))
            marks.append(Mark(lathe.ring(tall * 0.97, scale=0.78), drink, "drink", 0.3, 0.0, 0.0, True))
    solids.add(lathe.depth, marks)
    if not travel or rng.random() < 0.6:
        _handle(rng, solids, scene, lathe, material, tall)
    else:
        scene.say("no handle", "without handle")
    if not travel and rng.random() < (0.5 if form in ("tea cup", "wide cup") else 0.06):
        _saucer(rng, solids, scene, material, radii[0])
    solids.emit(scene)
    return scene


def _handle(rng: random.Random, solids: Solids, scene: Scene, lathe: Lathe, material: Material, tall: float) -> None:
    own = pick(rng, ("ceramic", "plain", "wood", "metal")) if rng.random() < 0.3 else material
    angle = rng.choice((1, -1)) * rng.uniform(0.0, 0.75)
    side = rng.choice((1.0, 1.0, -1.0))
    direction = np.array([side * math.cos(angle), -math.sin(angle) * 0.9, 0.0])
    low, high = tall * rng.uniform(0.1, 0.3), tall * rng.uniform(0.72, 0.92)
    reach = rng.uniform(0.2, 0.34)
    form = rng.choice(("c", "c", "ear", "square", "ring"))
    inner, outer = lathe.radius(low) * 0.97, lathe.radius(high) * 0.97
    out = max(inner, outer) + reach
    if form == "ear":
        knots = [(inner, low), ((inner + out) / 2, low + 0.2 * tall), (out, high - 0.12 * tall), (outer, high)]
    elif form == "square":
        knots = [
            (inner, low),
            (out * 0.97, low),
            (out, low + 0.06),
            (out, high - 0.06),
            (out * 0.97, high),
            (outer, high),
        ]
    elif form == "ring":
        spin = np.linspace(-2.2, 2.2, 9)
        size, middle = (high - low) * 0.36, (low + high) / 2
        knots = [(lathe.radius(middle) + size * (0.55 + math.cos(t)), middle + size * math.sin(t)) for t in spin]
    else:
        knots = [
            (inner, low),
            (out * 0.9, low + 0.05 * tall),
            (out, (low + high) / 2 + 0.04),
            (out * 0.92, high),
            (outer, high),
        ]
    path = smooth_path([(r * direction[0], r * direction[1], z) for r, z in knots], 5)
    bias = 0.01 if angle <= 0 else -0.6
    solids.tube(path, rng.uniform(0.028, 0.055), own, "handle", bias=bias)
    if own is not material:
        scene.say(*made_of(rng, own, "handle"))
    else:
        nouns = {"c": "curved handle", "ear": "ear shaped handle", "square": "square handle", "ring": "round handle"}
        scene.say("handle", nouns[form], "with handle")


def _print(rng: random.Random, scene: Scene, lathe: Lathe, marks: list[Mark], tall: float) -> None:
    choice = rng.random()
    if choice < 0.28:
        colour = pick(rng, "plain")
        form = rng.choice(PRINTS)
        motif(rng, lathe, marks, colour, angle=rng.uniform(-0.3, 0.3), height=tall * rng.uniform(0.4, 0.6),
              size=tall * rng.uniform(0.14, 0.28), form=form)  # fmt: skip
        scene.say(*made_of(rng, colour, form, f"{form} print"), f"with a {form}")
    elif choice < 0.4:
        colour = pick(rng, "plain", ("black", "white", "red", "navy", "gold"))
        low, high = (
            lathe.patch((-0.6, 0.6), (tall * 0.4, tall * 0.46)),
            lathe.patch((-0.5, 0.5), (tall * 0.55, tall * 0.61)),
        )
        marks += [Mark(low, colour, "print", 0.5, 0.2, 0.0, True), Mark(high, colour, "print", 0.5, 0.2, 0.0, True)]
        scene.say("text", "writing", "lettering", "slogan", "printed words")
    elif choice < 0.85:
        decorate(rng, scene, lathe, marks, tall=tall, often=1.0)
    if rng.random() < 0.15:
        rim = pick(rng, "plain")
        marks += lathe.band(rim, "rim", tall * 0.95, tall)
        scene.say(*made_of(rng, rim, "rim", "edge"))


def _lid(rng: random.Random, solids: Solids, scene: Scene, lathe: Lathe, wide: float, tall: float) -> None:
    material = pick(rng, ("plastic", "plastic", "metal", "plain"))
    knots = [(wide * 1.03, tall), (wide * 1.03, tall * 1.05), (wide * 0.88, tall * 1.06), (wide * 0.86, tall * 1.11)]
    lid = Lathe(solids.camera, turned(knots, straight=True))
    solids.add(lathe.depth - 0.3, [*lid.body(material, "lid"), *lid.opening(material, "lid", thickness=1.0)])
    scene.say(*made_of(rng, material, "lid", "cover", "top"))


def _saucer(rng: random.Random, solids: Solids, scene: Scene, material: Material, foot: float) -> None:
    wide = foot * rng.uniform(2.0, 2.8)
    plate = Lathe(solids.camera, turned([(foot, -0.06), (wide * 0.8, -0.02), (wide, 0.03)], straight=True))
    inner = plate.ring(0.0, scale=0.6)
    marks = [*plate.body(material, "saucer", shine=1.0), *plate.opening(material, "saucer", thickness=1.0)]
    marks.append(Mark(inner, material.darker(0.9), "saucer", 0.5, 0.3, 0.0, True))
    solids.add(plate.depth + 1.0, marks)
    scene.say("saucer", "with saucer", "with plate")

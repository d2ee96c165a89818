"""Teapots and kettles: a round body with a lid, a knob, a spout and a handle at the back or over the top."""

from __future__ import annotations

import math
import random

import numpy as np

from stbir.data.drawn.camera import Camera
from stbir.data.drawn.families.vase import decorate
from stbir.data.drawn.lathe import Lathe, turned
from stbir.data.drawn.materials import Material, pick
from stbir.data.drawn.phrases import made_of
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.solids import Solids, smooth_path

BODIES = ("ceramic", "ceramic", "ceramic", "speckled", "metal", "metal", "plain", "glass", "floral", "dots", "marble")
SHAPES: dict[str, tuple[float, ...]] = {
    "round teapot": (0.32, 0.56, 0.66, 0.6, 0.3),
    "squat teapot": (0.5, 0.74, 0.78, 0.66, 0.36),
    "tall teapot": (0.42, 0.5, 0.48, 0.4, 0.27),
    "conical teapot": (0.62, 0.58, 0.5, 0.41, 0.3),
    "pear shaped teapot": (0.4, 0.62, 0.58, 0.4, 0.24),
    "straight teapot": (0.5, 0.53, 0.53, 0.52, 0.46),
}


def build(rng: random.Random) -> Scene:
    """One teapot."""
    form = rng.choice(list(SHAPES))
    tall = rng.uniform(0.75, 1.05) * (1.3 if form in ("tall teapot", "conical teapot") else 0.95)
    girth = rng.uniform(0.9, 1.1)
    radii = [girth * radius * rng.uniform(0.97, 1.03) for radius in SHAPES[form]]
    profile = turned(np.column_stack([radii, np.linspace(0, tall, 5)]), straight=form == "conical teapot")
    material = pick(rng, BODIES)
    elevation = math.radians(rng.uniform(3, 26))
    camera = Camera(azimuth=0.0, elevation=elevation, distance=rng.uniform(4.0, 9.0), target=(0.0, 0.0, tall / 2))
    solids = Solids(camera, strokes=False)
    lathe = Lathe(camera, profile)
    kettle = material.texture == "metal" and rng.random() < 0.5
    names = ("kettle", "tea kettle", "metal kettle") if kettle else ("teapot", "tea pot", form)
    scene = Scene("teapot", names, material)
    marks = lathe.body(material, "body", shine=1.28)
    decorate(rng, scene, lathe, marks, tall=tall * 0.9, often=0.5)
    solids.add(lathe.depth, marks)
    side = rng.choice((-1.0, 1.0))
    turn = rng.uniform(-0.45, 0.45)
    forward = np.array([side * math.cos(turn), math.sin(turn), 0.0])
    _spout(rng, solids, scene, lathe, material, forward, tall)
    own = pick(rng, ("wood", "metal", "plastic", "ceramic", "wicker")) if rng.random() < 0.35 else material
    _handle(rng, solids, scene, lathe, own, forward, tall, over=kettle or rng.random() < 0.2)
    _lid(rng, solids, scene, lathe, material, own, radii[-1], tall)
    if own is not material:
        scene.say(*made_of(rng, own, "handle"))
    solids.emit(scene)
    return scene


def _spout(
    rng: random.Random, solids: Solids, scene: Scene, lathe: Lathe, material: Material, forward: np.ndarray, tall: float
) -> None:
    low = tall * rng.uniform(0.25, 0.5)
    start, reach = lathe.radius(low) * 0.92, rng.uniform(0.28, 0.5)
    tip = tall * rng.uniform(0.8, 1.05)
    if rng.random() < 0.6:
        knots = [
            (start, low),
            (start + reach * 0.55, low + 0.12 * tall),
            (start + reach * 0.72, tip - 0.12),
            (start + reach, tip),
        ]
        scene.say("curved spout", "spout", "long curved spout", "swan neck spout")
    else:
        knots = [(start, low), (start + reach * 0.5, (low + tip) / 2), (start + reach * 0.95, tip)]
        scene.say("straight spout", "spout", "short spout")
    path = smooth_path([(*(radius * forward[:2]), height) for radius, height in knots], 5)
    bias = -0.25 if forward[1] < 0 else 0.02
    solids.tube(path, rng.uniform(0.12, 0.17), material.darker(0.96), "spout", taper=rng.uniform(0.3, 0.5), bias=bias)


def _handle(
    rng: random.Random,
    solids: Solids,
    scene: Scene,
    lathe: Lathe,
    material: Material,
    forward: np.ndarray,
    tall: float,
    *,
    over: bool,
) -> None:
    thick = rng.uniform(0.028, 0.05)
    if over:
        wide, rise = lathe.radius(tall * 0.85), tall + rng.uniform(0.35, 0.6)
        knots = [(-wide, tall * 0.85), (-wide * 1.05, (tall + rise) / 2), (0.0, rise), (wide * 1.05, (tall + rise) / 2)]
        knots.append((wide, tall * 0.85))
        scene.say("top handle", "handle on top", "bail handle", "arched handle")
    else:
        low, high = tall * rng.uniform(0.12, 0.3), tall * rng.uniform(0.74, 0.9)
        out = max(lathe.radius(low), lathe.radius(high)) + rng.uniform(0.24, 0.4)
        inner, outer = lathe.radius(low) * 0.97, lathe.radius(high) * 0.97
        knots = [
            (-inner, low),
            (-out * 0.92, low + 0.12 * tall),
            (-out, (low + high) / 2 + 0.1),
            (-out * 0.85, high + 0.03),
        ]
        knots.append((-outer, high))
        scene.say("side handle", "curved handle", "handle", "loop handle")
    path = smooth_path([(*(radius * forward[:2]), height) for radius, height in knots], 5)
    bias = -0.3 if over or forward[1] > 0.1 else 0.02
    solids.tube(path, thick, material, "handle", bias=bias)


def _lid(
    rng: random.Random,
    solids: Solids,
    scene: Scene,
    lathe: Lathe,
    material: Material,
    trim: Material,
    wide: float,
    tall: float,
) -> None:
    own = pick(rng, ("ceramic", "wood", "plain")) if rng.random() < 0.2 else material
    rise = tall + rng.uniform(0.05, 0.2)
    dome = turned([(wide * 1.02, tall * 0.98), (wide * 0.95, tall + 0.02), (wide * 0.6, rise - 0.03), (0.03, rise)])
    lid = Lathe(solids.camera, dome)
    solids.add(lathe.depth - 0.2, lid.body(own, "lid", shine=1.15))
    size = rng.uniform(0.04, 0.08)
    form = rng.choice(("ball", "disc", "point"))
    knots = {
        "ball": [
            (size * 0.4, rise - 0.01),
            (size, rise + size),
            (size * 0.6, rise + size * 1.7),
            (0.01, rise + size * 2),
        ],
        "disc": [
            (size * 0.5, rise - 0.01),
            (size * 0.6, rise + size),
            (size * 1.3, rise + size * 1.1),
            (size, rise + size * 1.5),
        ],
        "point": [
            (size, rise - 0.01),
            (size * 0.7, rise + size),
            (size * 0.4, rise + size * 2),
            (0.005, rise + size * 2.6),
        ],
    }[form]
    knob = Lathe(solids.camera, turned(knots))
    solids.add(lathe.depth - 0.22, knob.body(trim if rng.random() < 0.5 else own, "knob"))
    if own is not material:
        scene.say(*made_of(rng, own, "lid"))
    else:
        scene.say("lid", "with lid", f"{form} knob" if form == "ball" else "knob on lid", "lid with knob")

"""Lamps: table and floor lamps with a shade, pendants, and jointed desk lamps."""

from __future__ import annotations

import math
import random

import numpy as np

from stbir.data.drawn.camera import Camera
from stbir.data.drawn.families.vase import SHAPES, decorate
from stbir.data.drawn.lathe import Lathe, frustum, turned
from stbir.data.drawn.materials import Material, metal, pick, wood
from stbir.data.drawn.phrases import made_of
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.solids import Mark, Solids, smooth_path

SHADES = (
    "fabric",
    "fabric",
    "fabric",
    "plain",
    "plain",
    "wicker",
    "striped",
    "floral",
    "metal",
    "plaid",
    "velvet",
    "knit",
)
BASES = ("ceramic", "ceramic", "wood", "metal", "metal", "glass", "speckled", "marble", "plain")
BULB = ("white", "cream", "yellow")


def build(rng: random.Random) -> Scene:
    """One lamp."""
    kind = rng.choices(("table", "floor", "pendant", "desk"), (4, 2.5, 2.5, 2))[0]
    if kind == "table":
        return _table_lamp(rng)
    if kind == "floor":
        return _floor_lamp(rng)
    if kind == "pendant":
        return _pendant(rng)
    return _desk_lamp(rng)


def _camera(rng: random.Random, tall: float, low: float = -8.0, high: float = 16.0) -> Camera:
    elevation = math.radians(rng.uniform(low, high))
    return Camera(
        azimuth=rng.uniform(-0.7, 0.7), elevation=elevation, distance=rng.uniform(4.0, 9.0) * max(1.0, tall / 1.2),
        target=(0.0, 0.0, tall / 2),
    )  # fmt: skip


def shade(
    rng: random.Random,
    solids: Solids,
    scene: Scene,
    material: Material,
    *,
    bottom: float,
    height: float,
    wide: float,
    bias: float = -0.5,
) -> None:
    """A lamp shade around the axis: drum, cone, empire, bell, dome, square-shouldered or pleated."""
    form = rng.choice(("drum", "cone", "empire", "bell", "dome", "bowl", "tapered", "globe"))
    radii = {
        "drum": (1.0, 1.0, 1.0),
        "cone": (1.0, 0.6, 0.18),
        "empire": (1.0, 0.76, 0.52),
        "tapered": (1.0, 0.88, 0.76),
        "bell": (1.0, 0.66, 0.5, 0.42),
        "dome": (1.0, 0.95, 0.72, 0.12),
        "bowl": (0.6, 0.95, 1.0),
        "globe": (0.25, 0.85, 1.0, 0.85, 0.25),
    }[form]
    knots = np.column_stack([np.array(radii) * wide, bottom + np.linspace(0, height, len(radii))])
    lathe = Lathe(solids.camera, turned(knots, straight=form in ("drum", "cone", "empire", "tapered")))
    marks = lathe.body(material, "shade", shine=1.1)
    marks += lathe.opening(material, "shade", thickness=0.93, inside=pick(rng, "plain", BULB).darker(1.4))
    below = solids.camera.project(lathe_ring(wide * radii[0], bottom))[0]
    if solids.camera.position[2] < bottom and form != "globe":
        light = pick(rng, "plain", BULB)
        marks.append(Mark(below, light.darker(1.05), "shade", 0.9, 0.5))
        marks.append(Mark(below.mean(axis=0) + 0.3 * (below - below.mean(axis=0)), light.darker(1.3), "bulb", 0.3, 0.0))
    trim = rng.random()
    if trim < 0.16:
        colour = pick(rng, "plain")
        marks += lathe.band(colour, "trim", bottom, bottom + height * 0.08)
        marks += lathe.band(colour, "trim", bottom + height * 0.92, bottom + height)
        scene.say(*made_of(rng, colour, "trim", "edges", "border"))
    elif trim < 0.32 and form != "globe":
        for angle in np.linspace(-1.4, 1.4, rng.randint(6, 13)):
            levels = np.linspace(bottom, bottom + height, 6)
            marks.append(Mark(lathe.at(angle, levels), material.darker(0.82), "pleat", 0.5, 0.0, 0.01))
        scene.say("pleated shade", "ribbed shade", "pleats", "folded shade")
    solids.add(lathe.depth + bias, marks)
    scene.say(*made_of(rng, material, "shade", "lampshade"))
    words = {
        "drum": ("drum shade", "cylinder shade"),
        "cone": ("cone shade", "conical shade"),
        "globe": ("globe", "round shade", "ball shade"),
    }
    scene.say(*words.get(form, (f"{form} shade", f"{form} shaped shade")))


def lathe_ring(radius: float, height: float, count: int = 28) -> np.ndarray:
    """Points (n, 3) of a level circle around the axis."""
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.column_stack([radius * np.cos(turn), radius * np.sin(turn), np.full(count, height)])


def _table_lamp(rng: random.Random) -> Scene:
    form = rng.choice((*SHAPES, "column", "column", "stick", "stick", "cone"))
    if form in ("bowl", "planter", "flared vase"):
        form = "ginger jar"
    radii = {"column": (0.16, 0.15, 0.07, 0.06, 0.06, 0.05), "stick": (0.22, 0.2, 0.025, 0.025, 0.025, 0.025),
             "cone": (0.26, 0.2, 0.14, 0.08, 0.04)}.get(form) or SHAPES[form]  # fmt: skip
    tall = rng.uniform(0.45, 0.8)
    girth = rng.uniform(0.5, 0.8) if form in SHAPES else rng.uniform(0.8, 1.2)
    heights = (
        [0.0, 0.04, 0.06, *np.linspace(0.3, 1, len(radii) - 3)] if form == "stick" else np.linspace(0, 1, len(radii))
    )
    knots = np.column_stack([np.array(radii) * girth, np.asarray(heights) * tall])
    base = pick(rng, BASES)
    cover = pick(rng, SHADES)
    high = rng.uniform(0.3, 0.55)
    solids = Solids(_camera(rng, tall + high), strokes=rng.random() < 0.6)
    scene = Scene("lamp", ("lamp", "table lamp", "bedside lamp", "desk lamp"), cover if rng.random() < 0.5 else base)
    lathe = Lathe(solids.camera, turned(knots, straight=form == "stick"))
    marks = lathe.body(base, "base", shine=1.25)
    if form in SHAPES:
        decorate(rng, scene, lathe, marks, tall=tall, often=0.4)
    solids.add(lathe.depth, marks)
    gap = rng.uniform(0.02, 0.12)
    solids.rod((0, 0, tall - 0.02), (0, 0, tall + gap + 0.05), 0.018, metal(rng), "stem", bias=-0.1)
    shade(rng, solids, scene, cover, bottom=tall + gap, height=high, wide=rng.uniform(0.26, 0.44))
    scene.say(*made_of(rng, base, "base", "stand", "body"))
    solids.emit(scene)
    return scene


def _floor_lamp(rng: random.Random) -> Scene:
    frame = wood(rng) if rng.random() < 0.4 else metal(rng)
    cover = pick(rng, SHADES)
    tall = rng.uniform(1.1, 1.6)
    solids = Solids(_camera(rng, tall + 0.3), strokes=rng.random() < 0.7)
    scene = Scene("lamp", ("floor lamp", "standing lamp", "lamp"), cover if rng.random() < 0.5 else frame)
    form = rng.choice(("tripod", "tripod", "pole", "pole", "arc"))
    wide = rng.uniform(0.18, 0.32)
    if form == "tripod":
        start = rng.uniform(0, 2)
        reach = rng.uniform(0.25, 0.45)
        for index in range(3):
            angle = start + 2 * math.pi * index / 3
            foot = (reach * math.cos(angle), reach * math.sin(angle), 0)
            solids.rod((foot[0] * 0.08, foot[1] * 0.08, tall), foot, rng.uniform(0.012, 0.03), frame, f"leg{index}")
        scene.say("tripod base", "three legs", "tripod", "tripod legs")
    else:
        foot = rng.uniform(0.14, 0.24)
        frustum(solids, (0, 0, 0), (0, 0, rng.uniform(0.02, 0.06)), (foot, foot), frame, "foot", bias=0.3)
        scene.say("round base", "disc base", "round foot")
        if form == "pole":
            solids.rod((0, 0, 0.02), (0, 0, tall + 0.05), rng.uniform(0.01, 0.022), frame, "pole")
            scene.say("straight pole", "thin pole", "slim stand")
    if form == "arc":
        side = rng.choice((-1, 1))
        reach = rng.uniform(0.5, 0.9)
        knots = [
            (0, 0, 0.02),
            (0, 0, tall * 0.6),
            (side * reach * 0.3, 0, tall),
            (side * reach * 0.8, 0, tall),
            (side * reach, 0, tall * 0.86),
        ]
        solids.tube(smooth_path(knots, 5), 0.014, frame, "pole")
        top = np.array([side * reach, 0, tall * 0.88])
        frustum(solids, top, top - [0, 0, rng.uniform(0.16, 0.26)], (wide * 0.35, wide), cover, "shade",
                inside=pick(rng, "plain", BULB), bias=-0.2)  # fmt: skip
        scene.say("arc lamp", "curved arm", "arched pole")
        scene.say(*made_of(rng, cover, "shade", "lampshade"))
    else:
        shade(rng, solids, scene, cover, bottom=tall, height=rng.uniform(0.22, 0.4), wide=wide)
    scene.say(*made_of(rng, frame, "base", "stand", "legs" if form == "tripod" else "pole"))
    solids.emit(scene)
    return scene


def _pendant(rng: random.Random) -> Scene:
    cover = pick(rng, (*SHADES, "metal", "metal", "glass", "wicker"))
    cord = metal(rng)
    high, wide = rng.uniform(0.25, 0.6), rng.uniform(0.25, 0.5)
    length = rng.uniform(0.3, 0.8)
    count = rng.choice((1, 1, 1, 1, 3))
    solids = Solids(_camera(rng, high + length, low=-22, high=8), strokes=True)
    scene = Scene("lamp", ("pendant lamp", "ceiling lamp", "hanging lamp", "pendant light"), cover)
    top = high + length
    if count == 1:
        shade(rng, solids, scene, cover, bottom=0.0, height=high, wide=wide)
        solids.rod((0, 0, high), (0, 0, top), 0.009, cord, "cord", bias=0.2)
        rose = rng.uniform(0.06, 0.1)
        frustum(solids, (0, 0, top), (0, 0, top + 0.04), (rose, rose * 0.8), cord, "ceiling rose")
    else:
        solids.box((0, 0, top), (1.3, 0.08, 0.04), cord, "bar")
        for index, x in enumerate((-0.5, 0.0, 0.5)):
            low = rng.uniform(0.0, 0.25)
            solids.rod((x, 0, low + high * 0.7), (x, 0, top), 0.007, cord, f"cord{index}", bias=0.2)
            frustum(solids, (x, 0, low + high * 0.7), (x, 0, low), (wide * 0.15, wide * 0.45), cover, "shade",
                    inside=pick(rng, "plain", BULB))  # fmt: skip
        scene.say("three shades", "three lamps", "three pendants", "triple")
        scene.say(*made_of(rng, cover, "shades", "shade"))
    scene.say(*made_of(rng, cord, "cord", "cable", "chain"))
    solids.emit(scene)
    return scene


def _desk_lamp(rng: random.Random) -> Scene:
    frame = metal(rng) if rng.random() < 0.7 else pick(rng, "plain")
    head = frame if rng.random() < 0.6 else pick(rng, ("metal", "plain", "plastic"))
    solids = Solids(_camera(rng, 0.9, low=2, high=24), strokes=rng.random() < 0.6)
    solids.camera = Camera(
        azimuth=rng.uniform(-0.5, 0.5), elevation=solids.camera.elevation, distance=rng.uniform(4, 9)
    )
    scene = Scene("lamp", ("desk lamp", "table lamp", "reading lamp", "office lamp"), head)
    side = rng.choice((-1, 1))
    foot = rng.uniform(0.15, 0.22)
    frustum(
        solids, (0, 0, 0), (0, 0, rng.uniform(0.02, 0.06)), (foot, foot * rng.uniform(0.75, 1)), frame, "foot", bias=0.3
    )
    elbow = np.array([-side * rng.uniform(0.05, 0.3), 0, rng.uniform(0.4, 0.6)])
    tip = np.array([side * rng.uniform(0.15, 0.4), 0, elbow[2] + rng.uniform(0.15, 0.4)])
    thick = rng.uniform(0.012, 0.022)
    if rng.random() < 0.65:
        for shift in (0.0, 0.05) if rng.random() < 0.4 else (0.0,):
            solids.rod((shift, 0, 0.03), elbow + np.array([shift, 0.0, 0.0]), thick, frame, "arm")
            solids.rod(elbow + np.array([shift, 0.0, 0.0]), tip, thick, frame, "arm")
        solids.disc(elbow, thick * 1.9, frame.darker(0.8), "joint", axis=1, bias=-0.1, ink=0.7)
        scene.say("jointed arm", "adjustable arm", "folding arm", "elbow joint", "articulated arm")
    else:
        bend = (0.6 * tip[0], 0.0, tip[2] + 0.08)
        knots = np.array([(0, 0, 0.03), (-side * 0.05, 0, 0.35), (0, 0, tip[2]), bend, tip])
        solids.tube(smooth_path(knots, 5), thick, frame, "arm")
        scene.say("gooseneck", "curved arm", "bent arm", "flexible neck")
    aim = np.array([side * rng.uniform(0.3, 1.0), rng.uniform(-0.4, 0.1), -1.0])
    aim /= np.linalg.norm(aim)
    length, wide = rng.uniform(0.18, 0.3), rng.uniform(0.1, 0.2)
    frustum(solids, tip - aim * 0.08, tip + aim * 0.02, (0.04, 0.045), head, "socket", bias=-0.1)
    frustum(solids, tip, tip + aim * length, (rng.uniform(0.04, 0.09), wide), head, "head", bias=-0.15,
            inside=pick(rng, "plain", BULB))  # fmt: skip
    scene.say(*made_of(rng, frame, "base", "arm", "stand"))
    scene.say(*made_of(rng, head, "shade", "head"))
    solids.emit(scene)
    return scene

"""Tables and desks: square, round or oval tops on legs, hairpins, trestles, a pedestal or a cabinet."""

from __future__ import annotations

import math
import random

import numpy as np

from stbir.data.drawn.camera import shop_camera
from stbir.data.drawn.lathe import Lathe, frustum, turned
from stbir.data.drawn.materials import Material, metal, pick, wood
from stbir.data.drawn.phrases import made_of
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.seating.legs import Seat, stand_on_legs, stand_on_sled
from stbir.data.drawn.solids import Mark, Solids, smooth_path

TOPS = ("wood", "wood", "wood", "wood", "marble", "plain", "plastic", "glass", "metal")

# half the width, half the depth, height, names
KINDS: dict[str, tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[str, ...]]] = {
    "dining": ((0.6, 1.0), (0.38, 0.5), (0.7, 0.78), ("dining table", "table", "kitchen table")),
    "coffee": ((0.4, 0.7), (0.25, 0.4), (0.32, 0.48), ("coffee table", "low table", "table")),
    "side": ((0.18, 0.3), (0.18, 0.3), (0.42, 0.62), ("side table", "end table", "small table", "bedside table")),
    "desk": ((0.5, 0.8), (0.26, 0.36), (0.7, 0.78), ("desk", "writing desk", "office desk", "work table")),
    "console": ((0.45, 0.7), (0.14, 0.2), (0.72, 0.85), ("console table", "hall table", "narrow table")),
    "bar": ((0.25, 0.35), (0.25, 0.35), (0.95, 1.1), ("bar table", "high table", "bistro table")),
}


def build(rng: random.Random) -> Scene:
    """One table."""
    kind = rng.choice(list(KINDS))
    wide, deep, tall, names = KINDS[kind]
    half_x, half_y, height = rng.uniform(*wide), rng.uniform(*deep), rng.uniform(*tall)
    top = pick(rng, TOPS)
    frame = top if rng.random() < 0.4 else (wood(rng) if rng.random() < 0.4 else metal(rng))
    rounded = kind in ("dining", "coffee", "side", "bar") and rng.random() < 0.42
    if rounded and rng.random() < 0.7:
        half_x = half_y
    solids = Solids(shop_camera(rng, height=height / 2, low=6, high=30, frontal=0.2), strokes=rng.random() < 0.7)
    scene = Scene("table", (*names, "round table") if rounded else names, top)
    place = Seat(half_x * 0.9, half_y * 0.88, height, 0.1, 0.0)
    if rounded:
        place = Seat(half_x * 0.62, half_y * 0.62, height, 0.1, 0.0)
    _base(rng, solids, scene, place, frame, rounded=rounded)
    thick = rng.uniform(0.02, 0.06)
    if rounded:
        _round_top(solids, top, half_x, half_y, height, thick)
        scene.say(
            "round top" if half_x == half_y else "oval top", "round" if half_x == half_y else "oval", "curved edge"
        )
    else:
        _square_top(
            rng, solids, scene, top, frame, (half_x, half_y, height), thick, desk=kind in ("desk", "console", "side")
        )
    if frame is not top:
        scene.say(*made_of(rng, top, "top", "tabletop", "surface"))
    solids.emit(scene)
    return scene


def _base(rng: random.Random, solids: Solids, scene: Scene, place: Seat, frame: Material, *, rounded: bool) -> None:
    forms = ("legs", "legs", "splayed", "hairpin", "pedestal", "cross", "sled", "trestle")
    form = rng.choice(("pedestal", "pedestal", "legs", "splayed", "hairpin", "tripod") if rounded else forms)
    noun = "legs"
    if form == "pedestal" and place.width > 0.5 and not rounded:
        form = "trestle"
    if form in ("legs", "splayed", "tripod"):
        splay = rng.uniform(0.04, 0.12) if form != "legs" else 0.0
        radius = rng.uniform(0.012, 0.04)
        count = 3 if form == "tripod" else 4
        stand_on_legs(rng, solids, place, frame, radius=radius, splay=splay, count=count, tied=rng.random() < 0.4)
        words = {"legs": ("straight legs", "four legs"), "splayed": ("angled legs", "splayed legs", "tapered legs")}
        scene.say(*words.get(form, ("three legs", "tripod legs")))
    elif form == "hairpin":
        for index, (x, y) in enumerate(((-1, -1), (1, -1), (1, 1), (-1, 1))):
            foot = (x * place.width * 1.08, y * place.depth * 1.08, 0.0)
            upper = [(x * place.width, y * place.depth * 0.8, place.height), foot]
            upper.append((x * place.width * 0.86, y * place.depth, place.height))
            solids.tube(np.array(upper), 0.007, frame, f"leg{index}", bias=0.3)
        scene.say("hairpin legs", "thin wire legs", "wire legs")
    elif form == "pedestal":
        _pedestal(rng, solids, frame, place)
        scene.say("pedestal base", "single leg", "central column", "round base")
        noun = "base"
    elif form == "cross":
        for index, y in enumerate((place.depth * 0.85, -place.depth * 0.85)):
            for side in (-1, 1):
                ends = (side * place.width, y, 0.0), (-side * place.width, y, place.height)
                solids.rod(ends[0], ends[1], rng.uniform(0.012, 0.028), frame, f"leg{index}{side}", bias=0.3)
        scene.say("crossed legs", "x legs", "x-shaped legs")
    elif form == "sled":
        for index, x in enumerate((-place.width, place.width)):
            corners = [(x, -place.depth, place.height), (x, -place.depth, 0.02), (x, place.depth, 0.02)]
            radius = rng.uniform(0.012, 0.026)
            solids.tube(np.array([*corners, (x, place.depth, place.height)]), radius, frame, f"leg{index}", bias=0.3)
        scene.say("u-shaped legs", "loop legs", "frame legs")
    elif rng.random() < 0.6:
        for index, x in enumerate((-place.width * 0.75, place.width * 0.75)):
            for side in (-1, 1):
                solids.rod(
                    (x, 0, place.height), (x, side * place.depth, 0), 0.022, frame, f"leg{index}{side}", bias=0.3
                )
        z = place.height * 0.35
        solids.rod((-place.width * 0.75, 0, z), (place.width * 0.75, 0, z), 0.018, frame, "stretcher", bias=0.32)
        scene.say("trestle legs", "a-frame legs", "trestle base")
    else:
        stand_on_sled(rng, solids, place, frame, radius=rng.uniform(0.01, 0.02))
        scene.say("sled base", "bent legs")
    scene.say(*made_of(rng, frame, noun, "base" if noun == "base" else "frame"))
    if form in ("legs", "splayed") and not rounded and rng.random() < 0.2:
        z = place.height * rng.uniform(0.2, 0.4)
        solids.box((0, 0, z), (place.width * 1.9, place.depth * 1.9, 0.025), frame, "shelf", bias=0.28)
        scene.say("shelf", "lower shelf", "with shelf underneath")


def _pedestal(rng: random.Random, solids: Solids, frame: Material, place: Seat) -> None:
    foot, stem = place.width * rng.uniform(0.6, 1.0), rng.uniform(0.025, 0.06)
    tall = place.height
    form = rng.choice(("tulip", "disc", "star", "turned", "drum"))
    if form == "star":
        solids.rod((0, 0, 0.1), (0, 0, tall), stem, frame, "column", bias=0.3)
        for index in range(4):
            angle = math.pi * (0.25 + index / 2)
            tip = (foot * math.cos(angle), foot * math.sin(angle), 0.01)
            path = smooth_path([(0, 0, 0.2), (tip[0] * 0.5, tip[1] * 0.5, 0.13), tip], 3)
            solids.tube(path, 0.026, frame, f"foot{index}", bias=0.3, taper=0.7)
        return
    knots = {
        "tulip": [(foot, 0.0), (foot * 0.8, 0.03), (stem, tall * 0.3), (stem, tall * 0.7), (stem * 2, tall)],
        "disc": [(foot, 0.0), (foot, 0.03), (stem, 0.035), (stem, tall)],
        "turned": [
            (foot * 0.7, 0.0),
            (foot * 0.6, 0.08),
            (stem, 0.14),
            (stem * 2.3, tall * 0.4),
            (stem, tall * 0.75),
            (stem * 2, tall),
        ],
        "drum": [(foot, 0.0), (foot * 0.75, tall * 0.5), (foot * 0.9, tall)],
    }[form]
    lathe = Lathe(solids.camera, turned(knots, straight=form == "disc"))
    solids.add(lathe.depth + 0.5, lathe.body(frame, "column"))


def _round_top(solids: Solids, top: Material, half_x: float, half_y: float, height: float, thick: float) -> None:
    if half_x == half_y:
        frustum(solids, (0, 0, height), (0, 0, height + thick), (half_x, half_x), top, "top", bias=-0.3)
        return
    turn = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    ring = np.column_stack([half_x * np.cos(turn), half_y * np.sin(turn), np.full(32, height)])
    solids.face(ring, top.darker(0.75), "top", bias=-0.28)
    solids.face(ring + np.array([0.0, 0.0, thick]), top, "top", bias=-0.3)


def _square_top(
    rng: random.Random,
    solids: Solids,
    scene: Scene,
    top: Material,
    frame: Material,
    half: tuple[float, float, float],
    thick: float,
    *,
    desk: bool,
) -> None:
    x, y, height = half
    solids.box((0, 0, height + thick / 2), (2 * x, 2 * y, thick), top, "top", bias=-0.3)
    if desk and rng.random() < 0.65:
        body = frame if rng.random() < 0.6 else top
        tall = rng.uniform(0.09, 0.14)
        columns = 1 if x < 0.32 else rng.randint(1, 3)
        rows = rng.choice((1, 1, 1, 2, 3)) if columns == 1 else 1
        wide = 1.84 * x if rng.random() < 0.6 or columns > 1 else 0.8 * x
        centre = 0.0 if wide > x else x * 0.5
        solids.box((centre, 0, height - rows * tall / 2), (wide, 1.8 * y, rows * tall), body, "drawers", bias=-0.05)
        knob = metal(rng)
        front = solids.camera.depth((centre, -y, height)) - 0.3
        for row in range(rows):
            for column in range(columns):
                left = centre - wide / 2 + wide * column / columns
                low = height - (row + 1) * tall
                _drawer(solids, body, knob, (left, low, wide / columns, tall, -0.9 * y), front)
        count = rows * columns
        number = ("", "one drawer", "two drawers", "three drawers")[count]
        scene.say(number, f"with {number}", "drawers" if count > 1 else "drawer")
    elif rng.random() < 0.5:
        solids.box((0, 0, height - 0.04), (1.84 * x, 1.8 * y, 0.08), frame, "apron", bias=-0.05)
    elif rng.random() < 0.3:
        for at in np.linspace(-0.8, 0.8, rng.randint(3, 6)):
            z = height + thick + 0.001
            solids.line([(-x, at * y, z), (x, at * y, z)], top.darker(0.7), "planks", bias=-0.6, ink=0.5)
        scene.say("planks", "slatted top", "plank top")


def _drawer(
    solids: Solids,
    body: Material,
    knob: Material,
    at: tuple[float, float, float, float, float],
    depth: float,
) -> None:
    left, low, wide, tall, y = at
    inset = 0.012
    x = np.array([left + inset, left + wide - inset])
    z = np.array([low + inset, low + tall - inset])
    ring = np.column_stack([x[[0, 1, 1, 0]], np.full(4, y), z[[0, 0, 1, 1]]])
    outline, _ = solids.camera.project(ring)
    spin = np.linspace(0, 2 * np.pi, 9, endpoint=False)
    middle = np.column_stack([x.mean() + 0.014 * np.cos(spin), np.full(9, y - 0.01), z.mean() + 0.014 * np.sin(spin)])
    pull, _ = solids.camera.project(middle)
    solids.add(
        depth, [Mark(outline, body.darker(0.95), "drawers", 0.8, 0.7), Mark(pull, knob, "knob", 0.8, 0.4, 0.0, True)]
    )

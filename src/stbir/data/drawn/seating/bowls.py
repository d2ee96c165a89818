"""Round seats that open towards us: swivel bowls, egg shells and folding saucers of cloth."""

from __future__ import annotations

import math
import random

import numpy as np
import numpy.typing as npt

from stbir.data.drawn.materials import Material, metal
from stbir.data.drawn.phrases import made_of
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.seating.covers import cover_of, tubing
from stbir.data.drawn.seating.legs import Seat, stand_on_disc, stand_on_legs, stand_on_star
from stbir.data.drawn.seating.outdoors import PRINTS
from stbir.data.drawn.seating.view import seat_camera
from stbir.data.drawn.solids import Mark, Solids, hull, smooth_path

Points = npt.NDArray[np.float64]


def build_bowl(rng: random.Random) -> Scene:
    """A padded half ball whose opening leans back, with a cushion at its bottom, on a star, a disc or legs."""
    cover = cover_of(rng, *("leather",) * 6, "plastic", "plastic")
    inside = cover if rng.random() < 0.8 else cover_of(rng)
    base = tubing(rng)
    radius, high = rng.uniform(0.3, 0.37), rng.uniform(0.24, 0.36)
    tall, tilt = rng.uniform(0.95, 1.35), math.radians(rng.uniform(38, 60))
    solids = Solids(seat_camera(rng), strokes=False)
    names = ("swivel chair", "round tub chair", "egg chair", "ball chair", "swivel lounge chair", "bucket chair")
    scene = Scene("chair", names, cover)
    seat = Seat(radius * 0.5, radius * 0.5, high, 0.4, 0.0)
    _foot(rng, solids, scene, seat, base)
    turn = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    up = np.array([0.0, math.cos(tilt), math.sin(tilt)])
    away = np.array([0.0, math.sin(tilt), -math.cos(tilt)])
    centre = np.array([0.0, 0.0, high + radius * rng.uniform(0.85, 0.95)])

    def ring(wide: float, deep: float) -> Points:
        stretch = np.where(np.sin(turn) > 0, tall, 1.0)
        around = np.cos(turn)[:, None] * np.array([1.0, 0.0, 0.0]) + (stretch * np.sin(turn))[:, None] * up
        return centre + radius * (wide * around + deep * away)

    project = solids.camera.project
    full = rng.uniform(0.7, 0.95)
    levels = ((1.0, 0.0), (0.97, 0.3 * full), (0.8, 0.65 * full), (0.45, 0.92 * full), (0.15, full))
    outside, depths = project(np.concatenate([ring(wide, deep) for wide, deep in levels]))
    lip = rng.uniform(0.86, 0.94)
    marks = [Mark(hull(outside, rounded=False), cover.darker(0.86), "shell"), Mark(project(ring(1.0, 0.0))[0],
             cover.lit(1.05), "shell", 0.8, 0.5)]  # fmt: skip
    marks.append(Mark(project(ring(lip, 0.02))[0], inside.darker(0.88), "seat", 0.7, 0.5))
    marks.append(Mark(project(ring(lip * 0.8, 0.3))[0], inside.darker(0.95), "seat", 0.0, 0.0))
    middle = float(depths.mean())
    solids.add(middle, marks)
    size = (radius * 1.45, radius * 1.2, 0.11)
    lying = (0, -radius * 0.28, float(centre[2]) - radius * 0.55)
    solids.cushion(lying, size, inside, "cushion", roundness=0.8, tilt=math.radians(6), bias=-0.35, seam=0.6)
    scene.say("round", "curved back", "bowl seat", "rounded shape", "round shell")
    scene.say(*made_of(rng, base, "base", "legs"))
    if inside is not cover:
        scene.say(*made_of(rng, inside, "seat", "inside"))
    solids.emit(scene)
    return scene


def _foot(rng: random.Random, solids: Solids, scene: Scene, seat: Seat, base: Material) -> None:
    kind = rng.choice(("star", "star", "disc", "legs"))
    if kind == "star":
        castors = rng.random() < 0.5
        stand_on_star(rng, solids, seat, base, castors=castors, arms=rng.choice((4, 5)))
        scene.say("star base", "castors" if castors else "swivel base")
    elif kind == "disc":
        stand_on_disc(rng, solids, seat, base)
        scene.say("round base", "disc base", "pedestal base")
    else:
        stand_on_legs(rng, solids, seat, base, radius=rng.uniform(0.008, 0.016), splay=rng.uniform(0.05, 0.14))


def build_saucer(rng: random.Random) -> Scene:
    """A round dish of cloth that faces us, on two folding loops of tube."""
    frame = metal(rng, rng.choice(("silver", "silver", "black", "white", "grey")))
    cover = cover_of(rng, *PRINTS * 4, "fur", "fur", "fur")
    solids = Solids(seat_camera(rng), strokes=rng.random() < 0.5)
    names = ("saucer chair", "moon chair", "folding saucer chair", "papasan chair", "round chair", "folding chair")
    scene = Scene("chair", names, cover)
    radius, tilt, middle = rng.uniform(0.36, 0.45), math.radians(rng.uniform(35, 58)), rng.uniform(0.42, 0.5)
    turn = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    flat = radius * np.column_stack([np.cos(turn), np.sin(turn) * math.cos(tilt), np.sin(turn) * math.sin(tilt)])
    centre = np.array([0.0, 0.0, middle])
    rim = flat + centre
    bowl = np.array([0, math.sin(tilt), -math.cos(tilt)]) * radius * rng.uniform(0.2, 0.4)
    under = flat * 0.6 + centre + bowl
    project = solids.camera.project
    outside, depths = project(np.concatenate([rim, under]))
    dish = project(rim)[0]
    floor = project(flat * 0.62 + centre + bowl * 0.8)[0]
    marks = [Mark(hull(outside), cover.darker(0.7), "back"), Mark(dish, cover, "seat")]
    marks.append(Mark(floor, cover.darker(0.9), "seat", 0.35, 0.3))
    marks.append(Mark(np.concatenate([dish, dish[:1]]), cover.darker(0.8), "rim", 0.3, 0.0, 0.02))
    solids.add(float(depths.mean()), marks)
    wide, pipe = radius * rng.uniform(0.6, 0.8), rng.uniform(0.01, 0.016)
    for forward in (-1, 1):
        reach = forward * radius * 0.75
        up = middle + 0.05
        path = [(-wide, -reach * 0.5, up), (-wide * 0.95, reach, 0.03), (wide * 0.95, reach, 0.03)]
        legs = smooth_path([path[0], path[1], (0, reach, 0.01), path[2], (wide, -reach * 0.5, up)], 4)
        solids.tube(legs, pipe, frame, "leg", bias=0.35)
    scene.say("round seat", "round", "dish shape", "bowl seat")
    scene.say("folding", "folding legs", "foldable")
    scene.say(*made_of(rng, frame, "frame", "legs"))
    solids.emit(scene)
    return scene

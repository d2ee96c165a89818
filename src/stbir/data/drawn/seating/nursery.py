"""Sturdy seats of thick parts: children's chairs and stools, low tables to sit at, plywood benches, foam blocks."""

from __future__ import annotations

import random

import numpy as np
import numpy.typing as npt

from stbir.data.drawn.curves import ellipse, smooth
from stbir.data.drawn.materials import Material, pick, wood
from stbir.data.drawn.phrases import made_of
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.seating.backs import back_panel
from stbir.data.drawn.seating.covers import tinted
from stbir.data.drawn.seating.legs import BEHIND, Seat
from stbir.data.drawn.seating.view import seat_camera
from stbir.data.drawn.solids import Solids

Points = npt.NDArray[np.float64]
STUFF = ("plastic", "plastic", "plastic", "wood")


def build_chunky(rng: random.Random) -> Scene:
    """A chair, a stool or a table with a thick top on thick legs."""
    body = tinted(rng, STUFF)
    legs = body if rng.random() < 0.75 else pick(rng, STUFF)
    kind = rng.choice(("chair", "chair", "stool", "table"))
    wide = rng.uniform(0.3, 0.42) if kind == "table" else rng.uniform(0.17, 0.23)
    seat = Seat(wide, wide * rng.uniform(0.75, 1.0), rng.uniform(0.3, 0.42), rng.uniform(0.3, 0.4), 0.05)
    solids = Solids(seat_camera(rng, height=0.3), strokes=False)
    names = {
        "chair": ("children's chair", "kids chair", "chair", "small chair"),
        "stool": ("stool", "children's stool", "footstool", "step stool"),
        "table": ("side table", "children's table", "small table", "stool"),
    }
    scene = Scene("chair", names[kind], body)
    round_top = rng.random() < (0.5 if kind == "stool" else 0.2)
    _thick_legs(rng, solids, seat, legs, inset=0.72 if round_top else 0.85)
    thick = rng.uniform(0.03, 0.07)
    size = (2.1 * seat.width, 2.1 * seat.depth, thick)
    part = "top" if kind == "table" else "seat"
    if round_top:
        solids.cushion((0, 0, seat.height), size, body, part, roundness=1.0, bias=-0.02, seam=0.9)
        scene.say("round seat", "round top", "round")
    elif rng.random() < 0.5:
        solids.cushion((0, 0, seat.height), size, body, part, roundness=0.25, bias=-0.02, seam=0.9)
    else:
        solids.box((0, 0, seat.height), size, body, part, bias=-0.02)
    if kind == "chair":
        _chunky_back(rng, solids, scene, seat, body)
    scene.say(*made_of(rng, legs, "legs"))
    scene.say("thick legs", "chunky legs", "sturdy legs")
    solids.emit(scene)
    return scene


def _thick_legs(rng: random.Random, solids: Solids, seat: Seat, legs: Material, *, inset: float) -> None:
    radius, taper = rng.uniform(0.022, 0.05), rng.choice((1.0, rng.uniform(1.2, 1.5)))
    splay = rng.choice((0.0, rng.uniform(0.02, 0.06)))
    for index, (x, y) in enumerate(((-1, -1), (1, -1), (1, 1), (-1, 1))):
        top = (x * seat.width * inset, y * seat.depth * inset, seat.height)
        foot = (top[0] + x * splay, top[1] + y * splay, 0)
        solids.rod(top, foot, radius, legs, f"leg{index}", taper=taper, bias=BEHIND)
    if rng.random() < 0.3:
        z = seat.height * rng.uniform(0.3, 0.75)
        x, y = seat.width * inset, seat.depth * inset
        for side in (-1, 1):
            solids.rod((side * x, -y, z), (side * x, y, z), radius * 0.7, legs, "stretcher", bias=BEHIND)
        solids.rod((-x, 0, z), (x, 0, z), radius * 0.7, legs, "stretcher", bias=BEHIND - 0.02)


def _chunky_back(rng: random.Random, solids: Solids, scene: Scene, seat: Seat, body: Material) -> None:
    if rng.random() < 0.45:
        back_panel(rng, solids, seat, body, form=rng.choice(("soft", "round", "arch", "waist")), width=seat.width,
                   height=seat.back, thickness=0.03, scene=scene)  # fmt: skip
        return
    tall, w, h = seat.back * rng.uniform(0.4, 0.6), seat.width, seat.height
    for index, x in enumerate(np.linspace(-0.75, 0.75, rng.randint(2, 4))):
        low, high = (x * w, seat.depth * 0.9, h), (x * w, seat.back_y(tall) * 0.95, h + tall + 0.03)
        solids.rod(low, high, rng.uniform(0.014, 0.026), body, f"slat{index}", bias=0.02)
    back_panel(rng, solids, seat, body, form=rng.choice(("soft", "rect")), width=w * 1.02, height=seat.back - tall,
               lift=tall, thickness=0.04)  # fmt: skip
    scene.say("slat back", "vertical slats", "thick slats")


def build_plywood(rng: random.Random) -> Scene:
    """A bench or chair of flat boards: two cut sides, a seat between them and a back, perhaps with a hole to grip."""
    board = wood(rng) if rng.random() < 0.75 else pick(rng, "plastic")
    wide = rng.uniform(0.2, 0.42)
    seat = Seat(wide, rng.uniform(0.17, 0.21), rng.uniform(0.26, 0.36), rng.uniform(0.26, 0.36), 0.06)
    solids = Solids(seat_camera(rng, height=0.3), strokes=False)
    names = (
        ("children's bench", "bench with back", "bench") if wide > 0.3 else ("children's chair", "chair", "kids chair")
    )
    scene = Scene("chair", names, board)
    d, h = seat.depth, seat.height
    rise = rng.choice((0.0, rng.uniform(0.08, 0.16)))
    gap = h * rng.uniform(0.3, 0.55)
    outer = [(-d * 1.2, 0), (-d * 0.6, 0), (-d * 0.3, gap), (d * 0.3, gap), (d * 0.6, 0), (d * 1.2, 0)]
    outline = smooth([*outer, (d * 1.02, h + rise), (-d * 0.8, h + rise), (-d, h)], 3, closed=True)
    for side in (-1, 1):

        def place(flat: Points, x: float = side * wide) -> Points:
            return np.column_stack([np.full(len(flat), x), flat[:, 0], flat[:, 1]])

        near = -0.15 if side * solids.camera.azimuth > 0 else 0.15
        solids.panel(outline, place, (-side * 0.025, 0, 0), board.darker(0.88), f"leg{side}", bias=near)
    solids.box((0, 0, h), (2 * wide, 2 * d, 0.03), board, "seat", bias=-0.02)

    def stand(flat: Points) -> Points:
        return np.column_stack([flat[:, 0], seat.back_y(0) + 0.2 * flat[:, 1], h + flat[:, 1]])

    hole = [ellipse(0, seat.back * 0.82, wide * 0.3, 0.02, count=12)] if rng.random() < 0.6 else []
    corners = [(-wide, 0.02), (wide, 0.02), (wide, seat.back * 0.8), (wide * 0.8, seat.back), (-wide * 0.8, seat.back)]
    shape = smooth([*corners, (-wide, seat.back * 0.8)], 3, closed=True)
    solids.panel(shape, stand, (0, 0.025, 0), board, "back", holes=hole, bias=0.04)
    if hole:
        scene.say("handle hole", "cut-out back", "hole in the back", "back with hole")
    scene.say("solid sides", "panel sides", "cut-out sides")
    solids.emit(scene)
    return scene

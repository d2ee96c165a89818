"""Moulded chairs: a seat and a back in one bend, on wooden legs, wire, four tubes or a star."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import numpy as np

from stbir.data.drawn.curves import ellipse
from stbir.data.drawn.materials import Material, metal, wood
from stbir.data.drawn.phrases import made_of
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.seating.backs import OUTLINES, back_panel
from stbir.data.drawn.seating.covers import cover_of, tinted, tubing
from stbir.data.drawn.seating.legs import Seat, stand_on_legs, stand_on_sled, stand_on_star
from stbir.data.drawn.seating.view import seat_camera
from stbir.data.drawn.solids import Solids, smooth_path

SHELLS = ("plastic", "plastic", "plastic", "plastic", "fabric", "velvet", "leather", "wood", "wicker", "knit", "mesh")
TOPS = ((1.0, 0.72), (0.95, 0.5), (0.86, 0.55), (1.06, 0.85), (0.8, 0.45))
"""How wide a bent back is in its middle and at its top, in shares of the seat."""


def build_shell(rng: random.Random) -> Scene:
    """A moulded seat and back in one bend, on wooden legs, wire, four tubes or a star."""
    shell = tinted(rng, SHELLS)
    frame = wood(rng) if rng.random() < 0.4 else tubing(rng)
    if rng.random() < 0.1:
        frame = shell
    seat = replace(_measures(rng), back=rng.uniform(0.3, 0.45), rake=rng.uniform(0.03, 0.14))
    solids = Solids(seat_camera(rng), strokes=rng.random() < 0.8)
    scene = Scene(
        "chair",
        ("chair", "shell chair", "plastic chair", "armless shell chair", "stacking chair", "dining chair"),
        shell,
    )
    if shell.texture != "plastic":
        scene.names = ("chair", "shell chair", "modern chair", "dining chair", "accent chair")
    radius = rng.uniform(0.008, 0.018)
    inner = replace(seat, width=seat.width * 0.8, depth=seat.depth * 0.75)
    base = rng.choice(("legs", "legs", "sled", "sled", "star", "tower"))
    if base == "legs":
        stand_on_legs(rng, solids, inner, frame, radius=radius, splay=rng.uniform(0.02, 0.12))
    elif base == "sled":
        stand_on_sled(rng, solids, replace(inner, width=seat.width * 0.95), frame, radius=rng.uniform(0.006, 0.012))
        scene.say("sled base", "wire base", "sled legs", "bent metal frame")
    elif base == "star":
        stand_on_star(rng, solids, seat, frame, castors=rng.random() < 0.6, arms=rng.choice((4, 5)))
        scene.names = ("office chair", "swivel chair", "shell chair", "desk chair")
    else:
        stand_on_legs(rng, solids, inner, frame, radius=radius, splay=rng.uniform(0.04, 0.1))
        for side in (-1, 1):
            ends = ((side * inner.width, -inner.depth, seat.height * 0.7), (-side * inner.width, inner.depth, 0.35))
            solids.rod(ends[0], ends[1], 0.004, metal(rng, "black"), "stretcher", bias=0.3)
        scene.names += ("eiffel chair",)
    if rng.random() < 0.6:
        bent_shell(rng, solids, scene, seat, shell)
    else:
        one_piece(rng, solids, scene, seat, shell)
    scene.say(*made_of(rng, frame, "legs", "base" if base in ("star", "sled") else "legs"))
    solids.emit(scene)
    return scene


def one_piece(rng: random.Random, solids: Solids, scene: Scene, seat: Seat, shell: Material) -> None:
    """The seat and back of a shell chair, perhaps with low sides that become arms."""
    w, d, h = seat.width * rng.uniform(0.95, 1.1), seat.depth, seat.height
    sides = rng.random() < 0.35
    rise = rng.uniform(0.1, 0.24)
    dip = rng.uniform(0.0, 0.025)
    half = [(0, -d * 1.07, h - dip), (0.85 * w, -d, h - dip), (w, -d * 0.5, h), (w * 1.02, d * 0.4, h)]
    half.append((w * 0.94, d, h + dip))
    ring = [*half, *((-x, y, z) for x, y, z in reversed(half[1:]))]
    rim = smooth_path([*ring, ring[0]], 3)
    under = rim - [0, 0, rng.uniform(0.015, 0.04)]
    solids.face(under, shell.darker(0.7), "seat", bias=0.05, ink=0.7)
    solids.face(rim, shell.darker(0.97), "seat")
    if sides:
        for side in (-1, 1):
            near = side * math.sin(solids.camera.azimuth) > 0
            x = side * w
            front = [(x * 0.97, -d * 0.7, h), (x * 1.06, -d * 0.3, h + rise * 0.75), (x * 1.1, d * 0.4, h + rise)]
            wall = smooth_path([*front, (x * 1.02, d * 1.05, h + rise * 1.25), (x * 0.94, d, h), front[0]], 4)
            solids.face(wall, shell.darker(0.92 if near else 0.8), f"side{side}", bias=-0.06 if near else 0.03)
    form = rng.choice(OUTLINES)
    bend = rng.uniform(0.03, 0.1) if sides else rng.uniform(-0.05, 0.06)
    back_panel(rng, solids, seat, shell, form=form, width=w * rng.uniform(0.88, 1.04), height=seat.back, bend=bend,
               thickness=0.015, bias=0.04, scene=scene)  # fmt: skip
    if sides:
        scene.say("bucket seat", "with arms", "curved arms", "moulded arms")
    elif rng.random() < 0.3:
        pad = cover_of(rng)
        solids.cushion((0, 0, h + 0.02), (w * 1.7, d * 1.7, 0.04), pad, "cushion", bias=-0.03)
        scene.say(*made_of(rng, pad, "seat pad", "cushion"))


def bent_shell(rng: random.Random, solids: Solids, scene: Scene, seat: Seat, shell: Material) -> None:
    """A smooth sheet that runs from the front edge through a round bend into the back."""
    w, d, h = seat.width, seat.depth, seat.height
    middle, top = rng.choice(TOPS)
    waist, lip = rng.uniform(0.82, 1.02), rng.uniform(0.0, 0.04)
    profile = [
        (0.8, -d * 1.12, h - lip),
        (1.0, -d * 0.92, h),
        (1.02, d * 0.3, h - 0.01),
        (waist, d * 0.95, h + 0.05),
        (middle, seat.back_y(seat.back * 0.55), h + seat.back * 0.55),
        (top, seat.back_y(seat.back), h + seat.back),
    ]
    left = smooth_path([(-w * wide, y, z) for wide, y, z in profile], 4)
    right = left * [-1, 1, 1]
    arch = np.array([0.0, 0.004, rng.uniform(0.0, 0.05)])
    tip = smooth_path([left[-1], left[-1] * [0.5, 1, 1] + arch, right[-1] * [0.5, 1, 1] + arch, right[-1]], 3)
    front = smooth_path([right[0], (0, right[0][1] - 0.03, right[0][2] - 0.01), left[0]], 3)
    ring = np.concatenate([left, tip, right[::-1], front])
    bend = 2 * len(left) // 5 + 3
    sitting = np.concatenate([left[:bend], right[:bend][::-1], front])
    solids.face(ring - [0, -0.012, rng.uniform(0.012, 0.03)], shell.darker(0.65), "seat", bias=0.05, ink=0.5)
    solids.face(ring, shell.darker(0.96), "back")
    solids.face(sitting, shell.lit(1.04), "seat", bias=-0.06, ink=0.25, edge=0.25)
    if rng.random() < 0.25:
        hole = ellipse(0, 0, w * rng.uniform(0.1, 0.4), 0.022, count=14)
        up = seat.back * 0.84
        spot = np.column_stack([hole[:, 0], np.full(14, seat.back_y(up)), h + up + hole[:, 1]])
        solids.face(spot, shell.darker(0.45), "hole", bias=-0.1, ink=0.9, flat=True)
        scene.say("hole in the back", "back with hole", "cut-out back")
    if rng.random() < 0.2:
        pad = cover_of(rng)
        solids.cushion((0, -0.02, h + 0.02), (w * 1.7, d * 1.6, 0.04), pad, "cushion", bias=-0.1)
        scene.say(*made_of(rng, pad, "seat pad", "cushion"))
    scene.say("moulded seat", "one-piece seat", "curved seat", "molded shell")


def _measures(rng: random.Random) -> Seat:
    return Seat(rng.uniform(0.19, 0.25), rng.uniform(0.19, 0.25), rng.uniform(0.41, 0.48), 0.4, 0.1)

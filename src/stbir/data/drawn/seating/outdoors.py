"""Seats that fold for a trip: camping chairs slung between crossed tubes."""

from __future__ import annotations

import math
import random

import numpy as np

from stbir.data.drawn.materials import metal
from stbir.data.drawn.phrases import made_of
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.seating.covers import cover_of
from stbir.data.drawn.seating.view import seat_camera
from stbir.data.drawn.solids import Solids, smooth_path

PRINTS = ("fabric", "fabric", "fabric", "dots", "striped", "camo", "zigzag", "floral")


def build_camp(rng: random.Random) -> Scene:
    """A camping chair: a seat slung between four thin posts with crosses on all sides."""
    frame = metal(rng, rng.choice(("black", "black", "dark grey", "silver")))
    cover = cover_of(rng, *PRINTS * 3)
    trim = cover_of(rng) if rng.random() < 0.4 else cover
    solids = Solids(seat_camera(rng), strokes=True)
    scene = Scene("chair", ("camping chair", "folding chair", "folding camping chair", "camp chair"), cover)
    w, d = rng.uniform(0.24, 0.29), rng.uniform(0.2, 0.25)
    h, top, rise = rng.uniform(0.36, 0.46), rng.uniform(0.78, 0.95), rng.uniform(0.56, 0.64)
    radius = rng.uniform(0.008, 0.012)
    for side in (-1, 1):
        for y in (-d, d):
            solids.rod((side * w, y, 0.03), (-side * w, y, h), radius, frame, f"leg{side}", bias=0.2)
        solids.rod((side * w, -d, 0.03), (side * w, d, h), radius, frame, f"leg{side}", bias=0.2)
        solids.rod((side * w, d, 0.03), (side * w, -d, h), radius, frame, f"leg{side}", bias=0.2)
        solids.rod((side * w, d, h), (side * w, d * 1.35, top), radius, frame, f"post{side}", bias=0.1)
        solids.rod((side * w, -d, h), (side * w * 1.15, -d, rise), radius, frame, f"arm post{side}", bias=0.02)
        for y in (-d, d):
            solids.disc((side * w, y, 0.02), 0.022, frame.darker(0.7), "foot", bias=0.25)
        near = -0.12 if side * math.sin(solids.camera.azimuth) > 0 else 0.0
        band = [(side * w * 1.15, -d * 1.05, rise), (side * w * 1.1, 0, rise - 0.03), (side * w, d * 1.15, rise)]
        solids.strip(smooth_path(band, 2), (-side * 0.1, 0, 0), trim, f"arm{side}", bias=near)
    t = np.linspace(-1, 1, 7)
    sag = rng.uniform(0.03, 0.07)
    front = np.column_stack([t * w, np.full(7, -d), h - sag * (1 - t * t)])
    solids.strip(front, (0, 2 * d, -0.03), cover.darker(0.9), "seat", bias=-0.02)
    back = np.column_stack([t * w, np.full(7, d * 1.1), np.full(7, h - 0.02)])
    solids.strip(back, (0, d * 0.25, top - h), cover, "back", bias=0.02)
    scene.say("folding", "foldable", "crossed legs", "folding legs")
    scene.say("fabric arms", "arms", "cup holder arms", "with arms")
    scene.say(*made_of(rng, frame, "frame", "legs"))
    solids.emit(scene)
    return scene

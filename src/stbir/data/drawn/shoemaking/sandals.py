"""The upper side of a sandal: straps across a footbed, around the heel and the ankle."""

from __future__ import annotations

import random

import numpy as np

from stbir.data.drawn.curves import Points
from stbir.data.drawn.shoemaking.fabrics import Fabrics
from stbir.data.drawn.shoemaking.last import UP, Last
from stbir.data.drawn.shoemaking.ornaments import add_ornament
from stbir.data.drawn.shoemaking.soles import add_footbed
from stbir.data.drawn.shoemaking.stage import Stage
from stbir.data.drawn.shoemaking.straps import ankle_ring, buckle, counter, loop, sling, slingback
from stbir.data.drawn.shoemaking.vamps import FRONTS, bands, closed_toe, crossed, sport_toe, wide

ALONG_Y = np.array([0.0, 1.0, 0.0])


def add_sandal(stage: Stage, rng: random.Random, base: Last, materials: Fabrics) -> None:
    """Footbed and straps on the last `base`."""
    scene = stage.scene
    add_footbed(stage, base, materials.lining)
    height = rng.uniform(0.09, 0.15)
    ankle = rng.random() < 0.55
    closed_heel = rng.random() < (0.6 if ankle else 0.15)
    front = rng.choice(FRONTS)
    if front in (closed_toe, sport_toe):
        front(stage, rng, base, height, materials)
    instep: Points | None = None
    if ankle or closed_heel or rng.random() < 0.5:
        instep = _heel_part(stage, rng, base, materials, closed=closed_heel, ankle=ankle)
    else:
        scene.say("slide", "mule", "backless", "slip on")
    if instep is not None and rng.random() < 0.45:
        x = 0.36 if front in (closed_toe, sport_toe) else 0.24
        start = np.array([x, float(base.middle(x)), base.at(x) + height])
        middle = 0.45 * start + 0.55 * instep - UP * 0.01
        sling(stage, [start, middle, instep], rng.uniform(0.035, 0.06), materials.main, part="t-bar", across=ALONG_Y)
        scene.say("t-strap", "t-bar", "t strap")
    if front not in (closed_toe, sport_toe):
        front(stage, rng, base, height, materials)
    if front in (bands, wide, crossed) and rng.random() < 0.2:
        x = 0.14 if front is bands else 0.3
        place = np.array([x, float(base.middle(x)), base.at(x) + height + 0.03])
        add_ornament(stage, rng, place, materials)


def _heel_part(
    stage: Stage, rng: random.Random, base: Last, materials: Fabrics, *, closed: bool, ankle: bool
) -> Points | None:
    """What holds the heel; gives back where an ankle strap crosses the instep, if there is one."""
    main = materials.main
    height = rng.uniform(0.2, 0.36) if ankle else rng.uniform(0.16, 0.26)
    width = rng.uniform(0.035, 0.075) if rng.random() < 0.9 else rng.uniform(0.12, 0.2)
    wide, front, back = rng.uniform(0.075, 0.1), rng.uniform(0.6, 0.68), rng.uniform(0.96, 1.01)
    tilt = rng.uniform(-0.02, 0.08)
    if closed:
        counter(stage, base, rng.uniform(0.66, 0.78), height + width * 0.5, main, materials.lining)
        stage.scene.say("closed heel", "closed back", "heel cup")
    elif ankle:
        root = rng.uniform(0.72, 0.86)
        for side in (1.0, -1.0):
            foot = base.edge(root, side)
            end = np.array([rng.uniform(0.8, 0.95), side * wide * 0.8, base.at(1.0) + height])
            path = np.array([foot, 0.5 * (foot + end) + np.array([0, side * 0.01, 0]), end])
            half = np.array([width * 0.45, 0.0, 0.0])
            outer = side < 0
            a, b = (path - half, path + half) if outer else (path + half, path - half)
            stage.strip(a, b, main, part="side strap", inner=main.darker(0.6))
    if not ankle:
        slingback(stage, base, rng.uniform(0.4, 0.6), height, width * 0.9, main, rise=0.0, back=back)
        if rng.random() < 0.4:
            buckle(stage, rng, base.edge(0.78, -0.97, 0.6 * height), 0.026, materials.metal, "buckle")
            stage.scene.say("buckle", f"{materials.metal.short(rng)} buckle", "slingback buckle")
        return None
    rows = rng.choice((1, 1, 1, 1, 2, 3)) if width < 0.1 else 1
    if width > 0.1:
        stage.scene.say("ankle cuff", "wide ankle strap", "cuff")
    for row in reversed(range(rows)):
        ring = ankle_ring(base, height * (1 - 0.32 * row), front=front - 0.03 * row, back=back, wide=wide, tilt=tilt)
        loop(stage, ring, width, main, part=f"ankle {row}")
    if rng.random() < 0.6:
        place = np.array([0.5 * (front + back), -wide, base.at(1.0) + height + tilt * 0.5])
        buckle(stage, rng, place, 0.032, materials.metal, "buckle")
        stage.scene.say("buckle", f"{materials.metal.short(rng)} buckle", "ankle buckle")
    stage.scene.say("ankle strap", "with ankle strap", "ankle straps")
    return np.array([front - 0.03 * (rows - 1), 0.0, base.at(1.0) + height * (1 - 0.32 * (rows - 1)) + tilt])

"""The upper side of a sandal: straps across a footbed, around the heel and the ankle."""

from __future__ import annotations

import random

import numpy as np

from stbir.data.drawn.curves import Points
from stbir.data.drawn.shoemaking.fabrics import Fabrics
from stbir.data.drawn.shoemaking.last import UP, Last
from stbir.data.drawn.shoemaking.loft import Topline, upper
from stbir.data.drawn.shoemaking.soles import add_footbed
from stbir.data.drawn.shoemaking.stage import Stage
from stbir.data.drawn.shoemaking.straps import ankle_ring, band, buckle, counter, loop, sling, slingback
from stbir.data.drawn.shoemaking.trims import add_ornament, add_patch, add_toe_piece

ALONG_Y = np.array([0.0, 1.0, 0.0])


def add_sandal(stage: Stage, rng: random.Random, base: Last, materials: Fabrics) -> None:
    """Footbed and straps on the last `base`."""
    scene = stage.scene
    add_footbed(stage, base, materials.lining)
    height = rng.uniform(0.09, 0.15)
    ankle = rng.random() < 0.55
    closed_heel = rng.random() < (0.6 if ankle else 0.15)
    front = rng.choice((_bands, _bands, _buckled, _crossed, _wide, _thong, _closed_toe))
    if front is _closed_toe:
        front(stage, rng, base, height, materials)
    instep: Points | None = None
    if ankle or closed_heel or rng.random() < 0.5:
        instep = _heel_part(stage, rng, base, materials, closed=closed_heel, ankle=ankle)
    else:
        scene.say("slide", "mule", "backless", "slip on")
    if instep is not None and rng.random() < 0.45:
        x = 0.36 if front is _closed_toe else 0.24
        start = np.array([x, float(base.middle(x)), base.at(x) + height])
        middle = 0.45 * start + 0.55 * instep - UP * 0.01
        sling(stage, [start, middle, instep], rng.uniform(0.035, 0.06), materials.main, part="t-bar", across=ALONG_Y)
        scene.say("t-strap", "t-bar", "t strap")
    if front is not _closed_toe:
        front(stage, rng, base, height, materials)
    if front in (_bands, _wide, _crossed) and rng.random() < 0.2:
        x = 0.14 if front is _bands else 0.3
        place = np.array([x, float(base.middle(x)), base.at(x) + height + 0.03])
        add_ornament(stage, rng, place, materials)


def _bands(stage: Stage, rng: random.Random, base: Last, height: float, materials: Fabrics) -> None:
    """One to four straps side by side."""
    for row in reversed(range(rng.randint(1, 4))):
        at = 0.13 + 0.13 * row + rng.uniform(-0.03, 0.03)
        band(stage, base, at, at + rng.uniform(-0.1, 0.06), height + 0.02 * row, rng.uniform(0.05, 0.12),
             materials.main if rng.random() < 0.8 else materials.second, part=f"band {row}", rise=0.02)  # fmt: skip
    stage.scene.say("straps", "strappy", "bands", "with straps")


def _buckled(stage: Stage, rng: random.Random, base: Last, height: float, materials: Fabrics) -> None:
    """Two broad straps, each with a buckle."""
    for row, at in enumerate((rng.uniform(0.42, 0.48), rng.uniform(0.2, 0.26))):
        width = rng.uniform(0.09, 0.15)
        far = at - rng.uniform(-0.03, 0.05)
        band(stage, base, at, far, height, width, materials.main, part=f"band {row}", rise=0.04)
        buckle(stage, rng, base.edge(at, -0.97, height * 0.65), 0.03, materials.metal, f"buckle {row}")
    stage.scene.say("two straps", "buckle straps", "straps with buckles", f"{materials.metal.short(rng)} buckles")


def _crossed(stage: Stage, rng: random.Random, base: Last, height: float, materials: Fabrics) -> None:
    """Two straps that cross."""
    width = rng.uniform(0.07, 0.13)
    start, end = rng.uniform(0.12, 0.18), rng.uniform(0.36, 0.5)
    first = materials.second if rng.random() < 0.3 else materials.main
    band(stage, base, start, end, height, width, first, part="cross 1", rise=0.04)
    band(stage, base, end, start, height + 0.015, width, materials.main, part="cross 2", rise=0.04)
    stage.scene.say("cross straps", "crossed straps", "crossover straps", "criss cross")


def _wide(stage: Stage, rng: random.Random, base: Last, height: float, materials: Fabrics) -> None:
    """One very broad strap."""
    middle, width = rng.uniform(0.28, 0.36), rng.uniform(0.24, 0.38)
    band(stage, base, middle, middle + rng.uniform(-0.06, 0.04), height + 0.03, width, materials.main, part="band",
         rise=rng.uniform(0.05, 0.12))  # fmt: skip
    if rng.random() < 0.5:
        buckle(stage, rng, base.edge(middle, -0.97, height * 0.6), 0.028, materials.metal, "buckle")
        stage.scene.say("buckle", f"{materials.metal.short(rng)} buckle", "with buckle")
    stage.scene.say("wide strap", "wide band", "broad strap")


def _thong(stage: Stage, rng: random.Random, base: Last, height: float, materials: Fabrics) -> None:
    """Two straps from between the toes."""
    post = np.array([rng.uniform(0.12, 0.18), float(base.middle(0.15)), base.at(0.15) + 0.01])
    width, root = rng.uniform(0.03, 0.07), rng.uniform(0.42, 0.55)
    for side in (1.0, -1.0):
        end = base.edge(root, side)
        middle = 0.5 * (post + end) + np.array([-0.02, side * 0.03, height * 0.75])
        across = np.array([0.6, -0.3 * side, -0.75 * side])
        sling(stage, [post, middle, end], width, materials.main, part="thong", across=across)
    stage.scene.say("thong", "flip flop", "toe post", "t-strap")


def _closed_toe(stage: Stage, rng: random.Random, base: Last, height: float, materials: Fabrics) -> None:
    """A vamp over the toes, some with cut-outs or an opening at the tip."""
    throat = rng.uniform(0.3, 0.45)
    top = Topline(throat, height + 0.06, height * 0.4, 0.02, height, 0.8, 1.6, bare=throat + rng.uniform(0.1, 0.25))
    loft = upper(base, top)
    stage.body(loft, materials.main, part="toe box")
    stage.fill(loft.rim, materials.lining, part="opening", ink=0.9)
    if rng.random() < 0.45:
        add_toe_piece(stage, loft, rng.uniform(0.07, 0.13), rng.uniform(0.3, 0.5), materials.lining, part="peep toe",
                      ink=0.95)  # fmt: skip
        stage.scene.say("peep toe", "open toe")
    else:
        stage.scene.say("closed toe", "covered toe")
    rows = rng.choice((0, 0, 1, 2, 3))
    for row in range(rows):
        left = 0.2 + 0.1 * row
        add_patch(stage, loft, [(left, 0.25), (left + 0.06, 0.25), (left + 0.05, 0.75), (left + 0.01, 0.7)],
                  materials.main.darker(0.4), part="cut out", ink=0.8)  # fmt: skip
    if rows:
        stage.scene.say("cut outs", "with cut outs")


def _heel_part(
    stage: Stage, rng: random.Random, base: Last, materials: Fabrics, *, closed: bool, ankle: bool
) -> Points | None:
    """What holds the heel; gives back where an ankle strap crosses the instep, if there is one."""
    main = materials.main
    height = rng.uniform(0.2, 0.36) if ankle else rng.uniform(0.16, 0.26)
    width = rng.uniform(0.035, 0.075)
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
        return None
    rows = rng.choice((1, 1, 1, 1, 2, 3))
    for row in reversed(range(rows)):
        ring = ankle_ring(base, height * (1 - 0.32 * row), front=front - 0.03 * row, back=back, wide=wide, tilt=tilt)
        loop(stage, ring, width, main, part=f"ankle {row}")
    if rng.random() < 0.6:
        place = np.array([0.5 * (front + back), -wide, base.at(1.0) + height + tilt * 0.5])
        buckle(stage, rng, place, 0.032, materials.metal, "buckle")
        stage.scene.say("buckle", f"{materials.metal.short(rng)} buckle", "ankle buckle")
    stage.scene.say("ankle strap", "with ankle strap", "ankle straps")
    return np.array([front - 0.03 * (rows - 1), 0.0, base.at(1.0) + height * (1 - 0.32 * (rows - 1)) + tilt])

"""The upper side of a sandal: a footbed seen from above, straps across it, around the heel and the ankle."""

from __future__ import annotations

import random

import numpy as np

from stbir.data.drawn.curves import Points, smooth, xy
from stbir.data.drawn.footwear import Fabrics, Last, add_band, add_buckle, add_sole
from stbir.data.drawn.materials import Material
from stbir.data.drawn.scene import Scene


def add_sandal(scene: Scene, rng: random.Random, base: Last, materials: Fabrics) -> None:
    """Footbed, straps and sole on the last `base`."""
    depth = rng.uniform(0.05, 0.17) * (1 if base.lift < 0.2 else 0.6)
    shift = rng.uniform(0.0, 0.06)
    x = np.linspace(0.0, 1.0, 24)
    rise = depth * (np.sin(np.pi * np.clip(x, 0.01, 0.99)) ** 0.55) * (1.15 - 0.3 * x)
    near = np.stack([x, base.top(x)], axis=1)
    far = near + np.stack([shift * np.sin(np.pi * x), rise], axis=1)
    scene.fill(np.concatenate([near, far[::-1]]), materials.lining, part="footbed", ink=0.95)
    add_sole(scene, rng, base, materials)
    height = rng.uniform(0.06, 0.12)
    closed_heel = rng.random() < 0.55
    ankle = rng.random() < 0.55
    instep: tuple[float, float] | None = None
    if ankle or closed_heel or rng.random() < 0.5:
        instep = _heel_part(scene, rng, base, materials, closed=closed_heel, ankle=ankle)
    else:
        scene.say("slide", "mule", "backless", "slip on")
    style = rng.choice(("bands", "bands", "crossed", "wide", "thong", "closed toe"))
    material = materials.main
    if style == "bands":
        for band in range(rng.randint(1, 4)):
            at = 0.1 + 0.13 * band + rng.uniform(-0.03, 0.03)
            _over(
                scene,
                base,
                near,
                far,
                at,
                at + rng.uniform(-0.05, 0.1),
                height + 0.02 * band,
                rng.uniform(0.05, 0.12),
                material if rng.random() < 0.8 else materials.second,
                part=f"band {band}",
            )
        scene.say("straps", "strappy", "bands", "with straps")
    elif style == "crossed":
        width = rng.uniform(0.07, 0.13)
        start, end = rng.uniform(0.1, 0.16), rng.uniform(0.36, 0.5)
        _over(
            scene,
            base,
            near,
            far,
            end,
            start,
            height + 0.05,
            width,
            materials.second if rng.random() < 0.3 else material,
            part="cross 1",
        )
        _over(scene, base, near, far, start, end, height + 0.07, width, material, part="cross 2")
        scene.say("cross straps", "crossed straps", "crossover straps", "criss cross")
    elif style == "wide":
        _wide(scene, rng, base, near, far, height, material)
        if rng.random() < 0.5:
            add_buckle(scene, materials.metal, 0.34, base.at(0.34) + 0.09, size=0.028, part="buckle")
            scene.say("buckle", f"{materials.metal.short(rng)} buckle", "with buckle")
        scene.say("wide strap", "wide band", "slide")
    elif style == "thong":
        toe_post = far[3] * 0.5 + near[4] * 0.5
        for end in (near[12], far[12]):
            middle = (toe_post + end) / 2 + xy(0.02, height * 0.7)
            add_band(scene, [toe_post, middle, end], rng.uniform(0.03, 0.06), material, part="thong")
        scene.say("thong", "flip flop", "toe post", "t-strap")
    else:
        _toe_box(scene, rng, base, height, material)
        scene.say("closed toe", "covered toe", "with cut outs")
    if instep is not None and rng.random() < 0.45:
        start = (0.24, base.at(0.24) + height)
        middle = (0.45, 0.45 * start[1] + 0.55 * instep[1] - 0.01)
        add_band(scene, [start, middle, instep], rng.uniform(0.035, 0.06), material, part="t-bar")
        scene.say("t-strap", "t-bar", "t strap")


def _over(
    scene: Scene, base: Last, near: Points, far: Points, start: float, end: float, height: float, width: float,
    material: Material, *, part: str,
) -> None:  # fmt: skip
    """A strap from the near edge of the footbed at `start` over the foot to the far edge at `end`."""
    low = np.array([start, base.at(start) + 0.005])
    high = np.array([np.interp(end, far[:, 0], far[:, 0]), np.interp(end, far[:, 0], far[:, 1])])
    middle = (low + high) / 2 + xy(-0.01, height)
    add_band(
        scene,
        [low, low * 0.6 + middle * 0.4 + xy(0, height * 0.3), middle, high + xy(0.02, height * 0.35)],
        width,
        material,
        part=part,
    )


def _wide(
    scene: Scene, rng: random.Random, base: Last, near: Points, far: Points, height: float, material: Material
) -> None:
    front, back = rng.uniform(0.08, 0.2), rng.uniform(0.45, 0.6)
    rise = height + rng.uniform(0.03, 0.09)
    outline = smooth(
        [
            (front, base.at(front)),
            (front + 0.03, base.at(front) + rise * 0.8),
            ((front + back) / 2, base.at(0.3) + rise * 1.25),
            (back, base.at(back) + rise * 1.15),
            (back + rng.uniform(-0.06, 0.06), base.at(back)),
        ],
        6,
    )
    scene.fill(outline, material, part="band")


def _toe_box(scene: Scene, rng: random.Random, base: Last, height: float, material: Material) -> None:
    end = rng.uniform(0.3, 0.42)
    top = base.at(end) + height + 0.08
    outline = smooth([(-0.01, base.at(0)), (-0.02, base.at(0) + height * 0.5), (0.06, base.at(0.05) + height),
                      (end * 0.7, top - 0.02), (end, top), (end + 0.06, base.at(end))], 6)  # fmt: skip
    scene.fill(outline, material, part="toe box")
    if rng.random() < 0.5:
        scene.fill(smooth([(end * 0.4, base.at(0.1) + height * 0.4), (end * 0.8, base.at(0.2) + height * 0.9),
                           (end * 0.8, base.at(0.2) + height * 0.3)], 5, closed=True), material.darker(0.4),
                   part="cut out", ink=0.8, flat=True)  # fmt: skip


def _heel_part(
    scene: Scene, rng: random.Random, base: Last, materials: Fabrics, *, closed: bool, ankle: bool
) -> tuple[float, float] | None:
    """What holds the heel; gives back where an ankle strap crosses the instep, if there is one."""
    heel = base.at(1.0)
    height = rng.uniform(0.22, 0.42) if ankle else rng.uniform(0.16, 0.26)
    rear = rng.uniform(0.96, 1.01)
    front = (rng.uniform(0.62, 0.68), heel + height - rng.uniform(0.0, 0.03))
    width = rng.uniform(0.04, 0.085)
    rows = rng.choice((1, 1, 1, 2, 3)) if ankle else 0
    heights = [heel + height * (1 - 0.32 * row) for row in range(rows)]
    for row, y in enumerate(heights):
        behind = [(front[0] + 0.02 * row, y), (0.74, y + 0.05), (0.9, y + 0.06), (rear, y + 0.01)]
        add_band(scene, behind, width * 0.75, materials.main.darker(0.62), part=f"ankle {row}", ink=0.7)
    if closed:
        counter = [(0.74, base.at(0.74)), (0.83, base.at(0.83) + height * 0.55), (rear - 0.05, heel + height),
                   (rear + 0.02, heel + height), (1.03, heel + height * 0.4), (1.0, heel)]  # fmt: skip
        scene.fill(smooth(counter, 6), materials.main, part="counter")
        scene.say("closed heel", "closed back", "heel cup")
    else:
        foot = (rng.uniform(0.74, 0.84), base.at(0.8))
        add_band(scene, [foot, (0.5 * (foot[0] + rear), heel + 0.45 * height), (rear, heel + height)], width * 0.9,
                 materials.main, part="sling")  # fmt: skip
        if ankle and rng.random() < 0.5:
            add_band(scene, [foot, (front[0] + 0.03, heel + 0.6 * height), front], width * 0.8, materials.main,
                     part="side strap")  # fmt: skip
    if not ankle:
        around = [(0.44, base.at(0.46) + 0.13), (0.72, 0.5 * (base.at(0.6) + heel) + 0.17), (rear, heel + height)]
        add_band(scene, around, width * 0.8, materials.main, part="slingback")
        scene.say("slingback", "sling back", "heel strap")
        return None
    for row, y in enumerate(heights):
        before = [(front[0] + 0.02 * row, y), (0.73, y - 0.05), (0.87, y - 0.05), (rear, y)]
        add_band(scene, before, width, materials.main, part=f"ankle {row}")
    if rng.random() < 0.6:
        add_buckle(scene, materials.metal, 0.8, heights[0] - 0.05, size=0.032, part="buckle")
        scene.say("buckle", f"{materials.metal.short(rng)} buckle", "ankle buckle")
    scene.say("ankle strap", "with ankle strap", "ankle straps")
    return front

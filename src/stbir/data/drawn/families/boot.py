"""Boots: ankle boots, tall boots, wedges with laces, high top sneakers, rubber boots, snow boots."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from stbir.data.drawn.curves import ellipse, polyline, smooth, xy
from stbir.data.drawn.footwear import (
    Fabrics,
    Last,
    add_band,
    add_buckle,
    add_heel,
    add_laces,
    add_sole,
    fabrics,
    last,
    seam,
    set_down,
)
from stbir.data.drawn.materials import pick
from stbir.data.drawn.scene import Scene

KINDS: dict[str, tuple[tuple[str, ...], tuple[float, float], tuple[float, float], tuple[float, float], float]] = {
    # names, height of the shaft, lift of the heel, thickness of the sole, how often it has laces
    "ankle": (
        ("ankle boot", "short boot", "bootie", "boot", "ankle bootie"),
        (0.34, 0.52),
        (0.0, 0.42),
        (0.02, 0.1),
        0.25,
    ),
    "heeled": (
        ("heeled boot", "high heel boot", "heeled ankle boot", "boot"),
        (0.4, 0.75),
        (0.2, 0.45),
        (0.015, 0.06),
        0.2,
    ),
    "mid": (("mid calf boot", "boot", "boots", "calf boot"), (0.6, 0.9), (0.0, 0.25), (0.02, 0.08), 0.3),
    "tall": (
        ("tall boot", "knee high boot", "long boot", "boots", "riding boot"),
        (1.0, 1.5),
        (0.0, 0.42),
        (0.02, 0.07),
        0.2,
    ),
    "combat": (
        ("combat boot", "lace up boot", "work boot", "hiking boot", "military boot"),
        (0.4, 0.85),
        (0.0, 0.05),
        (0.05, 0.12),
        1.0,
    ),
    "hitop": (
        ("high top sneaker", "high top trainer", "hi top", "basketball shoe", "high-top"),
        (0.32, 0.46),
        (0.0, 0.0),
        (0.05, 0.11),
        1.0,
    ),
    "wellington": (
        ("rubber boot", "rain boot", "wellington", "wellies", "gumboot"),
        (0.75, 1.1),
        (0.0, 0.0),
        (0.03, 0.06),
        0.0,
    ),
    "snow": (("snow boot", "winter boot", "sheepskin boot", "fur boot"), (0.4, 0.8), (0.0, 0.0), (0.04, 0.08), 0.2),
}


@dataclass(frozen=True)
class Shaft:
    """The part around the leg: `front` and `back` are its upper corners, y = 0 at the ground."""

    front: tuple[float, float]
    back: tuple[float, float]
    ankle_x: float
    heel: float
    height: float


def build(rng: random.Random) -> Scene:
    """One boot of a random kind."""
    kind = rng.choice(list(KINDS))
    names, heights, lifts, thicknesses, laced = KINDS[kind]
    materials = fabrics(rng)
    if kind == "wellington":
        shine = pick(rng, ("plastic", "patent", "dots", "floral", "plaid", "striped", "plain"))
        materials = Fabrics(shine, materials.second, materials.sole, materials.lining, materials.metal)
    if kind == "snow" and rng.random() < 0.5:
        warm = pick(rng, ("suede", "suede", "knit", "fur", "quilted"))
        materials = Fabrics(warm, materials.second, materials.sole, materials.lining, materials.metal)
    scene = Scene("boot", names, materials.main)
    lift = rng.uniform(*lifts)
    base = last(rng, lift=lift if lift > 0.06 else 0.0, thickness=rng.uniform(*thicknesses))
    wedge = rng.random() < 0.3
    add_heel(scene, rng, base, materials, wedge=wedge)
    if wedge and base.lift > 0.1:
        scene.names = (*names, "wedge boot", "wedge ankle boot")
    shaft = _leg(scene, rng, base, materials, height=rng.uniform(*heights), rubber=kind == "wellington")
    add_sole(scene, rng, base, materials)
    _trim(scene, rng, base, materials, shaft, laced=rng.random() < laced, sporty=kind == "hitop", warm=kind == "snow")
    set_down(scene, rng, tall=shaft.height > 0.5)
    return scene


def _leg(scene: Scene, rng: random.Random, base: Last, materials: Fabrics, *, height: float, rubber: bool) -> Shaft:
    heel = base.at(1.0)
    throat_x = rng.uniform(0.42, 0.5)
    throat_y = base.at(throat_x) + rng.uniform(0.19, 0.28)
    toe_height, point, reach = rng.uniform(0.09, 0.18), rng.random(), rng.uniform(-0.06, 0.03)
    toe = smooth(
        [(reach * 0.3, base.at(0.0)), (reach - 0.015 * point, base.at(0.0) + toe_height * 0.45),
         (reach + 0.05 + 0.05 * point, base.at(0.05) + toe_height * (0.95 - 0.25 * point)),
         (throat_x * 0.6, 0.5 * (throat_y + base.at(throat_x * 0.6) + toe_height)), (throat_x, throat_y)], 6,
    )  # fmt: skip
    ankle_x, wide = rng.uniform(0.55, 0.62), rng.uniform(0.0, 0.1) + (0.03 if rubber else 0.0)
    lean, tip = rng.uniform(-0.08, 0.04), rng.uniform(-0.04, 0.03)
    top = heel + height
    ankle_y = max(throat_y + 0.06, heel + 0.3 * min(1.0, height / 0.4))
    front_knots = [(throat_x, throat_y), (ankle_x, ankle_y)]
    if top - ankle_y > 0.12:
        front_knots.append((ankle_x - 0.02 - wide * 0.3, ankle_y + (top - ankle_y) * 0.5))
    front_knots.append((ankle_x - wide + lean, max(top, ankle_y + 0.04)))
    front = smooth(front_knots, 6)
    back = smooth(
        [
            (1.0 + wide * 0.7 + lean, top + tip),
            (1.0 + wide * 0.5, heel + height * 0.65),
            (0.965, heel + min(0.28, height * 0.4)),
            (1.012, heel + 0.1),
            (1.0, heel),
        ],
        6,
    )
    left, right = front[-1], back[0]
    middle = (left + right) / 2
    depth = rng.uniform(0.01, 0.06)
    mouth = smooth([left, middle + xy(0, depth), right, middle - (0, depth)], 6, closed=True)
    scene.fill(mouth, materials.lining, part="mouth", ink=0.9)
    sole = np.linspace(0, 1, 22)
    rim = smooth([left, middle - (0, depth), right], 6)
    outline = [toe, front[1:], rim[1:-1], back, np.stack([sole, base.top(sole)], axis=1)[::-1]]
    scene.fill(np.concatenate(outline), materials.main, part="upper")
    return Shaft((float(left[0]), float(left[1])), (float(right[0]), float(right[1])), ankle_x, heel, height)


def _trim(
    scene: Scene,
    rng: random.Random,
    base: Last,
    materials: Fabrics,
    shaft: Shaft,
    *,
    laced: bool,
    sporty: bool,
    warm: bool,
) -> None:
    heel, height, x = shaft.heel, shaft.height, shaft.ankle_x
    if laced:
        high = (shaft.front[0] + 0.015, shaft.front[1] - 0.03)
        if height > 0.6 and rng.random() < 0.5:
            high = (x - 0.005, min(heel + 0.5, shaft.front[1] - 0.05))
        add_laces(scene, rng, (0.44, base.at(0.44) + 0.19), high, materials.main)
    if rng.random() < (0.75 if warm else 0.22):
        _cuff(scene, rng, materials, shaft, fur=warm or rng.random() < 0.5)
    if not sporty and rng.random() < 0.4:
        for row in range(rng.randint(1, 3)):
            y = heel + rng.uniform(0.12, max(0.2, height - 0.12))
            add_band(scene, [(x - 0.04, y + 0.02), (0.8, y - 0.03), (1.0, y + 0.01)], rng.uniform(0.035, 0.07),
                     materials.second, part=f"strap {row}", ink=0.9)  # fmt: skip
            add_buckle(scene, materials.metal, 0.74, y - 0.02, size=0.034, part=f"buckle {row}")
        scene.say("buckle", "buckles", "with straps and buckle", "buckle strap", f"{materials.metal.short(rng)} buckle")
    if rng.random() < 0.25:
        at = rng.choice((0.83, x + 0.06))
        scene.line(polyline([(at, heel + 0.06), (at, heel + height * 0.92)], 8), materials.metal, width=0.014,
                   part="zip", ink=0.75)  # fmt: skip
        scene.say("zip", "side zip", "zipper", "with zip", f"{materials.metal.short(rng)} zip")
    elif not laced and height < 0.7 and rng.random() < 0.3:
        top = heel + height * 0.96
        gore = [(0.68, top), (0.72, heel + height * 0.55), (0.8, heel + 0.12), (0.88, heel + height * 0.55), (0.9, top)]
        elastic = materials.main.darker(0.55) if rng.random() < 0.6 else materials.second
        scene.fill(smooth(gore, 5), elastic, part="elastic", ink=0.9)
        scene.say("elastic side", "chelsea", "elastic panel", "chelsea boot style")
    if height > 0.6 and rng.random() < 0.25:
        for row in range(rng.randint(2, 4)):
            y = heel + height * (0.2 + 0.15 * row)
            seam(scene, [(x, y), (0.75, y - 0.05), (0.97, y + 0.02)], materials.main, ink=0.6)
        scene.say("ruched", "slouchy", "folds", "slouch shaft")
    if sporty and rng.random() < 0.6:
        scene.fill(ellipse(0.78, heel + 0.16, 0.055, 0.055), pick(rng, "plain"), part="patch", ink=0.75, flat=True)
        scene.say("logo patch", "star patch", "round logo", "ankle patch")
    if rng.random() < 0.35:
        cap = [(0.2, base.at(0.2)), (0.25, base.at(0.2) + 0.1), (0.19, base.at(0.15) + 0.19)]
        seam(scene, cap, materials.main)
    if rng.random() < 0.35:
        seam(
            scene,
            [(0.5, base.at(0.5) + 0.02), (0.62, base.at(0.62) + 0.14), (0.97, heel + 0.2)],
            materials.main,
            ink=0.5,
        )


def _cuff(scene: Scene, rng: random.Random, materials: Fabrics, shaft: Shaft, *, fur: bool) -> None:
    material = pick(rng, "fur", ("cream", "beige", "white", "brown", "grey", "tan")) if fur else materials.second
    deep, out = rng.uniform(0.07, 0.2), rng.uniform(0.01, 0.035)
    left, right = np.array(shaft.front), np.array(shaft.back)
    middle = (left + right) / 2
    corners = [left + xy(-out, 0.02), middle + xy(0, -0.015), right + xy(out, 0.02), right + xy(out, -deep),
               middle + xy(0, -deep - 0.03), left + xy(-out, -deep)]  # fmt: skip
    scene.fill(smooth(corners, 6, closed=True), material, part="cuff", ink=0.95)
    if fur:
        scene.say(f"{material.short(rng)} fur trim", "fur lining", "fur cuff", "fleece lining", "fluffy trim")
    else:
        scene.say("fold over cuff", f"{material.short(rng)} cuff", "cuffed", "turned down top")

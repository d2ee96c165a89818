"""How garments close: necks with their collars, zips, buttons, lapels, and the pockets beside them."""

from __future__ import annotations

import random

import numpy as np

from stbir.data.drawn.curves import polyline, ribbon, rounded, smooth
from stbir.data.drawn.garment import Cut, buttons, mirrored, rib
from stbir.data.drawn.materials import Material, metal, pick
from stbir.data.drawn.scene import Scene

NECKS = {
    "crew": ("round neck", "crew neck", "crewneck"), "v": ("v-neck", "v neck", "v-neckline"),
    "scoop": ("scoop neck", "wide round neck", "low neckline"), "boat": ("boat neck", "wide neck"),
    "square": ("square neck", "square neckline"), "turtle": ("turtleneck", "high neck", "roll neck", "polo neck"),
    "hood": ("hood", "hooded", "with hood", "with a hood"), "collar": ("collar", "with collar", "collared"),
    "stand": ("stand collar", "high collar", "mandarin collar", "band collar"),
    "lapel": ("lapels", "notch lapel", "wide lapels", "with lapels"),
}  # fmt: skip


def fasten(scene: Scene, rng: random.Random, cut: Cut, front: str, trim: Material, length: float) -> None:
    """A placket, a zip, buttons or lapels down the front of a garment that is `length` long."""
    top, low = cut.deep, length * 0.985
    dark = scene.main.darker(0.65)
    if front in ("placket", "henley"):
        end, wide = top + rng.uniform(0.18, 0.3), 0.035
        box = [(-wide, top * 0.8), (wide, top * 0.8), (wide, end), (-wide, end)]
        scene.fill(polyline(box, 2, closed=True), trim, part="placket", ink=0.75)
        heights = np.linspace(top + 0.04, end - 0.04, rng.randint(2, 3))
        buttons(scene, pick(rng, "plastic", ("white", "black", "brown")), 0.0, heights, 0.013)
        scene.say("buttons at the neck", "button placket", "half buttoned", "buttons")
    elif front == "zip":
        teeth = metal(rng, rng.choice(("silver", "black", "gold")))
        scene.line([(0, top - 0.06), (0, low)], teeth, width=rng.uniform(0.016, 0.03), part="zip", ink=0.95)
        scene.say("zip", "zipper", "zip front", "full zip", "with zip", f"{teeth.short(rng)} zip")
    elif front in ("buttons", "open"):
        x = 0.035
        scene.line([(x, top), (x, low)], dark, width=0.008, part="placket", ink=0.8)
        scene.line([(-x, top), (-x, low)], dark, width=0.006, part="placket edge", ink=0.4)
        heights = np.linspace(top + 0.05, low - 0.14, rng.randint(4, 8))
        own = pick(rng, "plastic", ("white", "white", "black", "brown", "beige"))
        buttons(scene, own, 0.0, heights, rng.uniform(0.012, 0.022))
        scene.say("buttons", "button front", "buttoned", "button up", f"{own.short(rng)} buttons")
    elif front == "lapel":
        _lapels(scene, rng, cut, trim, low)


def _lapels(scene: Scene, rng: random.Random, cut: Cut, trim: Material, low: float) -> None:
    wide, deep = cut.neck * rng.uniform(1.7, 2.3), cut.deep
    scene.line([(0.0, deep), (0.03, low)], scene.main.darker(0.6), width=0.01, part="front edge", ink=0.95)
    for side in (1, -1):
        collar = [
            (cut.neck, -0.04),
            (0.02, deep),
            (wide, 0.42 * deep),
            (wide * 0.86, 0.32 * deep),
            (wide * 0.98, 0.27 * deep),
        ]
        scene.fill(polyline(np.array(collar) * [side, 1], 3, closed=True), trim, part=f"lapel{side}")
    double = rng.random() < 0.4
    own = pick(rng, "plastic", ("black", "brown", "gold", "beige"))
    for x in (-0.12, 0.12) if double else (0.0,):
        buttons(scene, own, x, deep + 0.06 + 0.17 * np.arange(rng.randint(1, 4)), 0.022)
    scene.say("double breasted", "two rows of buttons") if double else scene.say("single breasted", "buttons")
    if low > 1.7 and rng.random() < 0.45:
        belt = [(-0.42, 0.86), (0.42, 0.86), (0.42, 0.95), (-0.42, 0.95)]
        scene.fill(polyline(belt, 4, closed=True), trim, part="belt", ink=0.9)
        scene.say("belt", "belted", "with belt", "tie belt")


def pockets(scene: Scene, rng: random.Random, name: str, length: float) -> None:
    """The pockets that a `name` has, if any."""
    dark = scene.main.darker(0.9)
    if name == "hoodie" and rng.random() < 0.8:
        y = length * 0.62
        pocket = [
            (-0.16, y),
            (0.16, y),
            (0.28, y + 0.2),
            (0.28, length * 0.92),
            (-0.28, length * 0.92),
            (-0.28, y + 0.2),
        ]
        scene.fill(polyline(pocket, 3, closed=True), dark.darker(1.05), part="pocket", ink=0.85)
        scene.say("front pocket", "kangaroo pocket", "pouch pocket", "pocket")
    elif name in ("jacket", "coat", "blazer", "gilet", "cardigan") and rng.random() < 0.75:
        y, slant = rng.uniform(0.85, 1.0), rng.choice((0.0, 0.0, 0.08, 0.14))
        for side in (1, -1):
            if slant:
                scene.line(
                    [(side * 0.2, y), (side * 0.3, y + slant)], dark.darker(0.7), width=0.012, part="pockets", ink=0.8
                )
            else:
                tall = 0.05 if name == "blazer" else rng.uniform(0.05, 0.22)
                box = [(0.12, y), (0.32, y), (0.32, y + tall), (0.12, y + tall)]
                scene.fill(polyline(np.array(box) * [side, 1], 3, closed=True), dark, part="pockets", ink=0.85)
        scene.say("pockets", "two pockets", "side pockets", "front pockets", "with pockets")
    elif name in ("shirt", "folded", "t-shirt", "polo", "blouse") and rng.random() < (0.6 if name == "shirt" else 0.2):
        sides = rng.choice(((1,), (1, -1)))
        for side in sides:
            box = [(0.12, 0.4), (0.29, 0.4), (0.29, 0.56), (0.205, 0.6), (0.12, 0.56)]
            scene.fill(
                polyline(np.array(box) * [side, 1], 3, closed=True), dark.darker(1.06), part="chest pocket", ink=0.8
            )
        scene.say("chest pocket" if len(sides) == 1 else "two chest pockets", "breast pocket", "pocket on the chest")


def collar(scene: Scene, rng: random.Random, cut: Cut, neck: str, trim: Material) -> None:
    """The collar or the band around a neck of one of the kinds of `NECKS`, and its words."""
    wide, deep = cut.neck, cut.deep
    scene.say(*NECKS[neck])
    if neck == "collar":
        point, spread = deep + rng.uniform(0.04, 0.14), rng.uniform(0.1, 0.2)
        for side in (1, -1):
            flap = [(0.0, deep), (wide * 0.5, 0.25 * deep), (wide * 0.75, -0.07), (wide * 1.15, 0.01), (spread, point)]
            scene.fill(polyline(np.array(flap) * [side, 1], 3, closed=True), trim, part=f"collar{side}")
    elif neck in ("stand", "turtle"):
        rise = rng.uniform(0.07, 0.12) if neck == "stand" else rng.uniform(0.12, 0.2)
        half = np.array(
            [(0, deep), (wide * 0.7, 0.6 * deep), (wide * 1.1, 0.02), (wide * 0.95, -rise), (0, -rise + 0.02)]
        )
        scene.fill(rounded(mirrored(half)), trim, part="collar")
        if neck == "turtle" and rng.random() < 0.6:
            scene.line([(-wide, -0.4 * rise), (wide, -0.4 * rise)], trim.darker(0.7), width=0.01, part="fold", ink=0.6)
    elif neck == "hood":
        for side in (1, -1):
            path = smooth(
                [(side * 0.05, deep - 0.02), (side * 0.07, deep + 0.14), (side * 0.06, deep + rng.uniform(0.2, 0.34))],
                4,
            )
            scene.fill(ribbon(path, 0.018), trim.darker(0.8), part="strings", ink=0.75, flat=True)
        scene.say("drawstring", "drawstrings", "cords", "strings")
    elif neck != "lapel":
        rib(scene, cut, trim, rng.uniform(0.025, 0.05))

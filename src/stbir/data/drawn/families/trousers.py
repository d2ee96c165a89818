"""Trousers: jeans, chinos, suit and track trousers, leggings, and shorts, with waistbands, pockets and cuffs."""

from __future__ import annotations

import random
from typing import NamedTuple

import numpy as np

from stbir.data.drawn.curves import Points, ellipse, polyline, rounded, smooth
from stbir.data.drawn.garment import settle
from stbir.data.drawn.materials import Material, metal, pick
from stbir.data.drawn.phrases import made_of
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.wearer import Wearer

CLOTH = ("plain", "plain", "plain", "fabric", "fabric", "plaid", "striped")
BLUES = ("denim", "denim", "denim", "navy", "blue", "light blue", "black", "dark grey", "white", "grey")


class Kind(NamedTuple):
    """A sort of trousers; `legs` and `fits` repeat what is common."""

    names: tuple[str, ...]
    surfaces: tuple[str, ...]
    fits: tuple[str, ...]
    lengths: tuple[str, ...]
    waist: str


KINDS = {
    "jeans": Kind(("jeans", "denim jeans", "denims", "jean trousers"), ("fabric",),
                  ("slim", "straight", "straight", "bootcut", "wide", "baggy"),
                  ("long", "long", "long", "cropped"), "fly"),
    "trousers": Kind(("trousers", "pants", "chinos", "formal trousers", "slacks"), (*CLOTH, "felt"),
                     ("slim", "straight", "straight", "wide", "tapered"), ("long", "long", "cropped"), "fly"),
    "track": Kind(("track pants", "joggers", "sweatpants", "jogging bottoms", "tracksuit bottoms"),
                  ("plain", "plain", "fabric", "camo", "plastic"), ("tapered", "straight", "baggy"),
                  ("long", "long", "cropped"), "elastic"),
    "leggings": Kind(("leggings", "tights", "yoga pants", "running tights"),
                     ("plain", "plain", "leopard", "floral", "snake"), ("skinny", "skinny", "bootcut"),
                     ("long", "long", "cropped"), "elastic"),
    "cargo": Kind(("cargo pants", "cargo trousers", "combat trousers", "work trousers"), ("plain", "fabric", "camo"),
                  ("straight", "baggy"), ("long", "knee"), "fly"),
    "shorts": Kind(("shorts", "short pants", "bermuda shorts"), (*CLOTH, "camo", "floral"),
                   ("straight", "wide", "slim"), ("short", "knee", "knee"), "fly"),
    "sports shorts": Kind(("shorts", "sports shorts", "gym shorts", "swim shorts", "running shorts"),
                          ("plain", "plain", "mesh", "floral", "striped"), ("wide", "straight"), ("short", "knee"),
                          "elastic"),
    "dungarees": Kind(("dungarees", "overalls", "bib overalls"), ("fabric", "plain"), ("straight", "baggy"),
                      ("long", "short"), "bib"),
}  # fmt: skip
# width at the knee and at the hem
FITS = {
    "skinny": ((0.13, 0.09), ("skinny", "tight", "skin tight", "stretch")),
    "slim": ((0.155, 0.115), ("slim", "slim fit", "narrow legs", "skinny")),
    "tapered": ((0.18, 0.105), ("tapered", "tapered legs", "narrow at the ankle")),
    "straight": ((0.185, 0.165), ("straight leg", "regular fit", "straight", "straight legs")),
    "bootcut": ((0.15, 0.2), ("bootcut", "flared", "flared legs", "bell bottoms", "flares")),
    "wide": ((0.22, 0.26), ("wide leg", "wide legs", "loose", "palazzo")),
    "baggy": ((0.24, 0.2), ("baggy", "loose fit", "relaxed fit")),
}
LENGTHS = {
    "long": (2.0, ("full length", "long", "long legs")),
    "cropped": (1.55, ("cropped", "three quarter", "capri", "ankle length", "3/4 length")),
    "knee": (0.98, ("knee length", "long shorts", "to the knee")),
    "short": (0.66, ("short", "above the knee", "mini", "very short")),
}
CROTCH = 0.52


def build(rng: random.Random) -> Scene:
    """One pair of trousers."""
    name = rng.choices(list(KINDS), (6, 5, 3, 2, 2, 3, 2, 1))[0]
    kind = KINDS[name]
    denim = name == "jeans" or (name in ("shorts", "dungarees") and rng.random() < 0.4)
    scene = Scene("trousers", kind.names, pick(rng, "fabric", BLUES) if denim else pick(rng, kind.surfaces))
    if denim:
        scene.say("denim", "jeans fabric", "denim fabric")
    fit, reach = rng.choice(kind.fits), rng.choice(kind.lengths)
    length = LENGTHS[reach][0] * rng.uniform(0.95, 1.05)
    scene.say(*FITS[fit][1])
    scene.say(*LENGTHS[reach][1])
    waist, hips = rng.uniform(0.27, 0.34), rng.uniform(0.36, 0.42)
    stance = rng.uniform(0.0, 0.16) * (1.0 if length > 1.2 else 0.5)
    if rng.random() < 0.4 and kind.waist != "bib":
        Wearer(rng).stand(scene, waist=waist, ankle=0.46 * hips + stance, low=length)
    legs = {side: _leg(fit, waist, hips, stance * rng.uniform(0.7, 1.2), length) for side in (1, -1)}
    seat = ellipse(0.0, 0.0, waist, 0.035, count=20)
    scene.fill(seat, scene.main.darker(0.55), part="inside", ink=0.6)
    _legs(scene, rng, legs)
    seam = pick(rng, "plain", ("mustard", "white", "tan")) if denim and rng.random() < 0.6 else scene.main.darker(0.65)
    _waist(scene, rng, kind.waist, waist, seam)
    _pockets(scene, rng, name, hips, seam)
    _ends(scene, rng, name, legs, length)
    settle(scene, rng)
    return scene


def _leg(fit: str, waist: float, hips: float, stance: float, length: float) -> tuple[Points, Points]:
    """The outer and the inner edge of the right leg, from the top down; they end at the hem."""
    (knee, hem), knee_y = FITS[fit][0], 1.15
    low = max(length, 0.6)
    middle = np.interp([CROTCH, knee_y, 2.0], [CROTCH, 2.0], [0.5 * hips, 0.46 * hips + stance])
    thigh = 0.5 * hips if fit in ("skinny", "slim") else 0.52 * hips
    heights = np.array([CROTCH, knee_y, 2.1])
    halves = np.array([thigh, min(knee, 0.9 * thigh) if fit not in ("wide", "baggy") else knee, hem])
    y = np.unique([*np.linspace(CROTCH + 0.06, low, 5), low])
    centre, half = np.interp(y, heights, middle), np.interp(y, heights, halves)
    outer = np.concatenate(
        [[(waist, 0.0), (0.5 * (waist + hips) + 0.015, 0.18), (hips, 0.42)], np.column_stack([centre + half, y])]
    )
    inner = np.concatenate([[(0.0, 0.0), (0.0, CROTCH - 0.02)], np.column_stack([np.maximum(centre - half, 0.012), y])])
    return outer, inner


def _legs(scene: Scene, rng: random.Random, legs: dict[int, tuple[Points, Points]]) -> None:
    """One outline for both legs: people draw them in one go."""
    right, left = legs[1], legs[-1]
    ring = [right[0], right[1][:1:-1], [(0.0, CROTCH)], left[1][2:] * [-1, 1], left[0][::-1] * [-1, 1]]
    scene.fill(rounded(np.concatenate(ring)), scene.main, part="legs", edge=0.8)
    for side, (outer, inner) in legs.items():
        fade = np.linspace(0.0, 0.3, len(inner) - 2)[:, None]
        shade = np.concatenate([(1 - fade) * inner[2:] + fade * outer[-len(inner) + 2 :], inner[:1:-1]]) * [side, 1]
        scene.fill(shade, scene.main.darker(rng.uniform(0.8, 0.93)), part="shade", ink=0.0, edge=0.0)
        if rng.random() < 0.3:
            middle = (0.5 * (inner[2:] + outer[-len(inner) + 2 :])) * [side, 1]
            scene.line(middle[1:], scene.main.darker(0.8), width=0.008, part="crease", ink=0.35)
            if side == 1:
                scene.say("creased", "pressed crease", "front crease", "ironed")


def _waist(scene: Scene, rng: random.Random, form: str, waist: float, seam: Material) -> None:
    tall = rng.uniform(0.06, 0.1)
    band = [(-waist, 0.0), (0.0, 0.015), (waist, 0.0), (waist * 1.04, tall), (0.0, tall + 0.02), (-waist * 1.04, tall)]
    dark = scene.main.darker(0.9)
    if form == "elastic":
        own = pick(rng, "plain") if rng.random() < 0.25 else dark
        scene.fill(polyline(band, 3, closed=True), own, part="waistband", ink=0.85)
        for x in np.linspace(-0.85, 0.85, 9).tolist():
            scene.line([(x * waist, 0.01), (x * waist, tall)], own.darker(0.8), width=0.006, part="gathers", ink=0.15)
        scene.say("elastic waist", "elasticated waistband", "stretch waist", "pull on")
        if rng.random() < 0.6:
            cord = pick(rng, "plain", ("white", "black", "grey"))
            for side in (1, -1):
                path = smooth(
                    [(side * 0.02, 0.5 * tall), (side * 0.06, 0.18), (side * 0.04, rng.uniform(0.22, 0.32))], 4
                )
                scene.line(path, cord, width=0.016, part="cord", ink=0.8)
            scene.say("drawstring", "with drawstring", "cord", f"{cord.short(rng)} drawstring")
        return
    belted = form == "fly" and rng.random() < 0.25
    own = pick(rng, ("leather", "fabric"), ("black", "brown", "tan", "dark brown", "white")) if belted else dark
    scene.fill(polyline(band, 3, closed=True), own, part="waistband", ink=0.9)
    if belted:
        buckle = metal(rng)
        box = [(-0.05, -0.005), (0.05, -0.005), (0.05, tall + 0.025), (-0.05, tall + 0.025)]
        scene.fill(polyline(box, 2, closed=True), buckle, part="buckle", ink=0.85, flat=True)
        scene.say("belt", "with belt", *made_of(rng, own, "belt"))
    else:
        scene.fill(ellipse(0.0, 0.5 * tall, 0.02, 0.02, count=10), metal(rng), part="button", ink=0.8, flat=True)
        for x in (-0.62, 0.62):
            loop = [
                (x * waist - 0.014, -0.005),
                (x * waist + 0.014, -0.005),
                (x * waist + 0.014, tall + 0.02),
                (x * waist - 0.014, tall + 0.02),
            ]
            scene.fill(loop, dark.darker(0.85), part="loops", ink=0.4, flat=True)
        scene.say("button", "belt loops", "waistband")
    scene.line([(0.0, tall), (0.0, CROTCH)], seam, width=0.01, part="front seam", ink=0.85)
    fly = smooth([(0.07, tall), (0.07, 0.3), (0.0, 0.42)], 4)
    scene.line(fly, seam, width=0.008, part="fly", ink=0.75)
    scene.say("fly", "zip fly", "button fly")
    if form == "bib":
        bib = [(-0.17, -0.52), (0.17, -0.52), (0.24, 0.02), (-0.24, 0.02)]
        for side in (1, -1):
            strap = np.array([(0.14, -0.44), (0.2, -0.95), (0.26, -0.95), (0.2, -0.44)]) * [side, 1]
            scene.fill(polyline(strap, 3, closed=True), scene.main.darker(0.92), part=f"strap{side}")
        scene.fill(polyline(bib, 3, closed=True), scene.main, part="bib")
        for side in (1, -1):
            scene.fill(
                ellipse(side * 0.14, -0.46, 0.024, 0.024, count=10), metal(rng), part="button", ink=0.7, flat=True
            )
        box = [(-0.1, -0.36), (0.1, -0.36), (0.1, -0.14), (-0.1, -0.14)]
        scene.fill(polyline(box, 3, closed=True), scene.main.darker(0.93), part="bib pocket", ink=0.8)
        scene.say("bib", "straps", "bib pocket", "with bib and straps")


def _pockets(scene: Scene, rng: random.Random, name: str, hips: float, seam: Material) -> None:
    if name == "leggings" or rng.random() < 0.15:
        return
    slanted = name in ("trousers", "track", "sports shorts", "shorts")
    for side in (1, -1):
        knots = [(0.15, 0.1), (0.24, 0.3)] if slanted else [(0.14, 0.1), (0.17, 0.2), (0.25, 0.24), (hips - 0.04, 0.24)]
        path = smooth(knots, 4) * [hips / 0.4 * side, 1]
        scene.line(path, seam, width=0.012, part="pockets", ink=0.85)
        if name == "cargo":
            y = rng.uniform(0.66, 0.72)
            box = np.array([(0.2, y), (0.4, y), (0.4, y + 0.25), (0.2, y + 0.25)]) * [side, 1]
            scene.fill(polyline(box, 3, closed=True), scene.main.darker(0.9), part="cargo pockets", ink=0.95)
            flap = np.array([(0.19, y - 0.01), (0.41, y - 0.01), (0.41, y + 0.07), (0.19, y + 0.07)]) * [side, 1]
            scene.fill(polyline(flap, 3, closed=True), scene.main.darker(0.95), part="pocket flaps", ink=0.7)
    scene.say("pockets", "side pockets", "front pockets", "slant pockets" if slanted else "curved pockets")
    if name == "cargo":
        scene.say("cargo pockets", "leg pockets", "big side pockets", "pockets on the legs")


def _ends(scene: Scene, rng: random.Random, name: str, legs: dict[int, tuple[Points, Points]], length: float) -> None:
    """Cuffs, side stripes, worn knees."""
    form = rng.random()
    cuffed = form < (0.5 if name == "track" else 0.22)
    ribbed = cuffed and name == "track"
    own = scene.main.darker(1.12 if not ribbed else 0.85)
    striped = name in ("track", "sports shorts", "leggings") and rng.random() < 0.55
    stripe = pick(rng, "plain")
    faded = name == "jeans" and rng.random() < 0.5
    ripped = name == "jeans" and not faded and rng.random() < 0.3
    for side, (outer, inner) in legs.items():
        if striped:
            edge = np.concatenate([outer, (outer - [0.045, 0.0])[::-1]]) * [side, 1]
            scene.fill(edge, stripe, part=f"stripe{side}", ink=0.75, edge=0.2)
        if cuffed:
            tall = 0.09
            (x0, y), x1 = inner[-1], outer[-1, 0]
            box = np.array([(x0 - 0.008, y - tall), (x1 + 0.008, y - tall), (x1 + 0.008, y), (x0 - 0.008, y)]) * [
                side,
                1,
            ]
            scene.fill(polyline(box, 3, closed=True), own, part="cuffs", ink=0.85)
        middle = 0.5 * (inner[2:] + outer[-len(inner) + 2 :])
        if faded:
            for scale in (1.12, 1.22):
                spot = ellipse(middle[1, 0] * side, middle[1, 1] * 0.85, 0.09 / scale**2, 0.28 / scale**2, count=18)
                scene.fill(spot, scene.main.darker(scale), part="faded", ink=0.0, edge=0.0)
        elif ripped:
            x, y = middle[min(2, len(middle) - 1)].tolist()
            tear = ellipse(x * side, y, 0.07, 0.035, count=14)
            scene.fill(tear, pick(rng, "plain", ("white", "beige")), part=f"rip{side}", ink=0.7, edge=0.3)
    if striped:
        scene.say(*made_of(rng, stripe, "side stripes", "side stripe"), "stripe down the leg", "striped sides")
    if cuffed:
        scene.say("ribbed cuffs", "cuffed ankles", "elastic cuffs") if ribbed else scene.say(
            "turn ups", "rolled hem", "cuffs"
        )
    if faded:
        scene.say("faded", "washed", "stone wash", "distressed")
    if ripped:
        scene.say("ripped", "torn", "ripped knees", "distressed", "holes")

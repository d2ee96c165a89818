"""Bags: totes, handbags, satchels, backpacks, clutches, duffels, buckets."""

from __future__ import annotations

import random

import numpy as np

from stbir.data.drawn.curves import Points, ellipse, polyline, ribbon, rounded, smooth
from stbir.data.drawn.materials import Material, metal, pick
from stbir.data.drawn.scene import Scene

SURFACES = (
    "leather", "leather", "leather", "suede", "fabric", "fabric", "plain", "patent", "quilted", "striped", "dots",
    "plaid", "floral", "leopard", "snake", "camo", "zigzag", "knit", "glitter", "wicker", "felt", "velvet", "plastic",
)  # fmt: skip
KINDS = {
    "tote": ("tote bag", "tote", "shopper", "shopping bag", "shoulder bag", "bag"),
    "handbag": ("handbag", "purse", "bag", "hand bag", "top handle bag"),
    "satchel": ("satchel", "messenger bag", "cross body bag", "crossbody", "shoulder bag", "bag"),
    "backpack": ("backpack", "rucksack", "school bag", "bag", "back pack"),
    "clutch": ("clutch", "clutch bag", "evening bag", "purse", "envelope bag"),
    "duffel": ("duffel bag", "holdall", "gym bag", "travel bag", "weekend bag", "sports bag"),
    "bucket": ("bucket bag", "drawstring bag", "pouch", "bag"),
}


def build(rng: random.Random) -> Scene:
    """One bag of a random kind."""
    kind = rng.choice(list(KINDS))
    main = pick(rng, SURFACES)
    trim = pick(rng, ("leather", "leather", "suede", "plain")) if rng.random() < 0.6 else main.darker(0.75)
    scene = Scene("bag", KINDS[kind], main)
    hardware = metal(rng, rng.choice(("gold", "silver", "silver", "black", "bronze")))
    {"tote": _tote, "handbag": _handbag, "satchel": _satchel, "backpack": _backpack, "clutch": _clutch,
     "duffel": _duffel, "bucket": _bucket}[kind](scene, rng, trim, hardware)  # fmt: skip
    if trim.colour != main.colour:
        colour = trim.short(rng)
        scene.say(f"{colour} trim", f"{colour} handles", f"{colour} details", f"with {colour} trim", f"{colour} straps")
    _turn(scene, rng)
    return scene


def _turn(scene: Scene, rng: random.Random) -> None:
    """Look at it slightly from one side, and sometimes from the other."""
    scene.transform([[1.0, rng.uniform(-0.04, 0.04)], [rng.uniform(-0.08, 0.08), -1.0]])
    if rng.random() < 0.5:
        scene.transform([[-1.0, 0.0], [0.0, 1.0]])
    depth = rng.uniform(-0.15, 0.15)
    scene.warp(lambda points: points * (1 + depth * points[:, :1]))


def _body(rng: random.Random, width: float, height: float, *, top: float, sag: float) -> Points:
    """A front seen straight on: `top` is its upper width relative to the lower, `sag` rounds the corners."""
    w, t, r = width, width * top, sag * min(width, height)
    corners = [
        (-w + r, 0), (w - r, 0), (w - 0.2 * r, 0.2 * r), (w, r), (t, height - 0.6 * r), (t - 0.5 * r, height),
        (-t + 0.5 * r, height), (-t, height - 0.6 * r), (-w, r), (-w + 0.2 * r, 0.2 * r),
    ]  # fmt: skip
    return rounded(corners) if sag > 0.12 else polyline(corners, 4, closed=True)


def _side(scene: Scene, main: Material, body: Points, rng: random.Random) -> None:
    """The gusset that shows behind the front."""
    depth = rng.uniform(0.06, 0.26)
    scene.fill(body * [0.96, 0.98] + [depth, rng.uniform(0.0, 0.07)], main.darker(0.68), part="side")


def _handle(
    scene: Scene, material: Material, *, x: float, y: float, rise: float, width: float, part: str, shift: float = 0.0
) -> None:
    middle = smooth(
        [(-x, y), (-x * 0.92 + shift, y + rise * 0.6), (-x * 0.45 + shift, y + rise), (x * 0.45 + shift, y + rise),
         (x * 0.92 + shift, y + rise * 0.6), (x, y)], 6,
    )  # fmt: skip
    scene.fill(ribbon(middle, width), material, part=part)


def _pocket(scene: Scene, rng: random.Random, material: Material, *, x: float, y: float, w: float, h: float) -> None:
    corners = [(x - w, y), (x + w, y), (x + w, y + h), (x - w, y + h)]
    outline = smooth(polyline(corners, 2, closed=True), 3, closed=True)
    scene.fill(outline, material, part="pocket", ink=0.9)
    if rng.random() < 0.5:
        scene.line([(x - 0.9 * w, y + 0.8 * h), (x + 0.9 * w, y + 0.8 * h)], material.darker(0.6), width=0.014,
                   part="pocket", ink=0.7)  # fmt: skip
    scene.say("pocket", "front pocket", "with pocket", "pockets")


def _buckle(scene: Scene, metal_part: Material, x: float, y: float, size: float) -> None:
    scene.fill(ellipse(x, y, size, size * 1.2, count=12), metal_part, part="buckle", ink=0.75, flat=True)
    scene.fill(ellipse(x, y, size * 0.5, size * 0.65, count=10), metal_part.darker(0.45), part="buckle", ink=0.3,
               edge=0.0, flat=True)  # fmt: skip


def _tote(scene: Scene, rng: random.Random, trim: Material, hardware: Material) -> None:
    w, h = rng.uniform(0.34, 0.56), rng.uniform(0.6, 0.9)
    body = _body(rng, w, h, top=rng.uniform(0.95, 1.25), sag=rng.uniform(0.0, 0.25))
    x, rise, strap = w * rng.uniform(0.3, 0.6), rng.uniform(0.25, 0.75), rng.uniform(0.035, 0.075)
    if rng.random() < 0.8:
        _handle(scene, trim.darker(0.7), x=x, y=h * 0.9, rise=rise * 1.08, width=strap, part="far handle", shift=0.05)
    _side(scene, scene.main, body, rng)
    scene.fill(body, scene.main, part="body")
    if rng.random() < 0.4:
        band = h * rng.uniform(0.12, 0.3)
        scene.fill(polyline([(-w * 0.98, 0.0), (w * 0.98, 0.0), (w, band), (-w, band)], 4, closed=True), trim,
                   part="base", ink=0.85)  # fmt: skip
    if rng.random() < 0.35:
        _pocket(scene, rng, scene.main.darker(0.9), x=0.0, y=h * 0.25, w=w * 0.5, h=h * 0.4)
    _handle(scene, trim, x=x, y=h * rng.uniform(0.7, 0.95), rise=rise, width=strap, part="handle")
    scene.say("long handles" if rise > 0.5 else "short handles", "two handles", "with handles")


def _handbag(scene: Scene, rng: random.Random, trim: Material, hardware: Material) -> None:
    w, h = rng.uniform(0.4, 0.6), rng.uniform(0.42, 0.7)
    body = _body(rng, w, h, top=rng.uniform(0.65, 1.0), sag=rng.uniform(0.08, 0.5))
    x, rise = w * rng.uniform(0.3, 0.5), rng.uniform(0.2, 0.5)
    strap = rng.uniform(0.035, 0.065)
    if rng.random() < 0.6:
        _handle(scene, trim.darker(0.7), x=x, y=h * 0.9, rise=rise * 1.1, width=strap, part="far handle", shift=0.04)
    _side(scene, scene.main, body, rng)
    scene.fill(body, scene.main, part="body")
    closing = rng.choice(("flap", "zip", "frame", "none"))
    if closing == "flap":
        _flap(scene, rng, trim if rng.random() < 0.3 else scene.main, hardware, w=w * 0.9, top=h * 0.98, drop=h * 0.5)
    elif closing == "zip":
        scene.line([(-w * 0.7, h * 0.9), (w * 0.7, h * 0.9)], hardware, width=0.02, part="zip", ink=0.7)
        scene.say("zip", "zipper", "zip top", "zipped")
    elif closing == "frame":
        scene.line(smooth([(-w * 0.62, h * 0.93), (0, h * 1.0), (w * 0.62, h * 0.93)], 6), hardware, width=0.04,
                   part="frame", ink=0.9)  # fmt: skip
        scene.say("metal frame", "clasp", f"{hardware.short(rng)} clasp")
    _handle(scene, trim, x=x, y=h * rng.uniform(0.78, 0.95), rise=rise, width=strap, part="handle")
    for side in (-1, 1):
        if rng.random() < 0.5:
            scene.fill(ellipse(side * x, h * 0.88, 0.03, 0.035, count=12), hardware, part="ring", ink=0.6, flat=True)


def _flap(
    scene: Scene, rng: random.Random, material: Material, hardware: Material, *, w: float, top: float, drop: float
) -> None:
    point = rng.choice((0.0, 0.1, 0.35))
    low = top - drop
    outline = [(-w, top), (w, top), (w * 0.97, low + drop * 0.25), (w * 0.6, low), (0, low - drop * point),
               (-w * 0.6, low), (-w * 0.97, low + drop * 0.25)]  # fmt: skip
    points = smooth(outline, 4, closed=True) if rng.random() < 0.6 else polyline(outline, 4, closed=True)
    scene.fill(points, material.darker(1.04), part="flap")
    if rng.random() < 0.75:
        _buckle(scene, hardware, 0.0, low + drop * (0.18 - 0.4 * point), rng.uniform(0.03, 0.055))
        scene.say(f"{hardware.short(rng)} clasp", "clasp", "buckle", f"{hardware.short(rng)} hardware", "lock")
    scene.say("flap", "with flap", "flap over", "fold over flap")


def _satchel(scene: Scene, rng: random.Random, trim: Material, hardware: Material) -> None:
    w, h = rng.uniform(0.4, 0.58), rng.uniform(0.45, 0.68)
    rise = rng.uniform(0.5, 1.0)
    _handle(scene, trim, x=w * 0.92, y=h * 0.85, rise=rise, width=rng.uniform(0.03, 0.07), part="strap")
    body = _body(rng, w, h, top=rng.uniform(0.94, 1.04), sag=rng.uniform(0.03, 0.3))
    _side(scene, scene.main, body, rng)
    scene.fill(body, scene.main, part="body")
    if rng.random() < 0.3:
        _pocket(scene, rng, scene.main.darker(0.92), x=0.0, y=h * 0.08, w=w * 0.7, h=h * 0.4)
    drop = h * rng.uniform(0.4, 0.75)
    _flap(scene, rng, trim if rng.random() < 0.25 else scene.main, hardware, w=w, top=h * 1.01, drop=drop)
    for side in (-1, 1) if rng.random() < 0.55 else ():
        x = side * w * rng.uniform(0.4, 0.6)
        scene.fill(polyline([(x - 0.04, h * 0.9), (x + 0.04, h * 0.9), (x + 0.04, h * 0.15), (x - 0.04, h * 0.15)], 4,
                            closed=True), trim, part=f"belt {side}", ink=0.9)  # fmt: skip
        _buckle(scene, hardware, x, h * 0.3, 0.045)
    if rng.random() < 0.3:
        _handle(scene, trim, x=w * 0.22, y=h * 1.0, rise=0.13, width=0.04, part="handle")
    scene.say("long strap", "shoulder strap", "with strap", "cross body strap")


def _backpack(scene: Scene, rng: random.Random, trim: Material, hardware: Material) -> None:
    w, h = rng.uniform(0.36, 0.5), rng.uniform(0.8, 1.1)
    for side in (-1, 1):
        strap = smooth([(side * w * 0.5, h * 0.96), (side * w * 1.25, h * 0.75), (side * w * 1.3, h * 0.4),
                        (side * w * 0.9, h * 0.12)], 5)  # fmt: skip
        scene.fill(ribbon(strap, rng.uniform(0.06, 0.1)), trim, part=f"strap {side}", ink=0.85)
    _handle(scene, trim, x=w * 0.25, y=h * 0.95, rise=0.13, width=0.045, part="handle")
    arch = rounded([(-w, 0.1), (-w * 0.9, 0.02), (w * 0.9, 0.02), (w, 0.1), (w * 1.0, h * 0.6), (w * 0.75, h * 0.93),
                   (0, h), (-w * 0.75, h * 0.93), (-w, h * 0.6)])  # fmt: skip
    scene.fill(arch, scene.main, part="body")
    if rng.random() < 0.45:
        _flap(scene, rng, trim if rng.random() < 0.3 else scene.main, hardware, w=w * 0.98, top=h * 0.98, drop=h * 0.36)
    else:
        zip_line = smooth([(-w * 0.86, h * 0.5), (-w * 0.72, h * 0.82), (0, h * 0.9), (w * 0.72, h * 0.82),
                           (w * 0.86, h * 0.5)], 5)  # fmt: skip
        scene.line(zip_line, hardware.darker(0.8), width=0.018, part="zip", ink=0.75)
        scene.say("zip", "zipper", "zipped", "with zip")
    pocket = trim if rng.random() < 0.4 else scene.main.darker(0.93)
    _pocket(scene, rng, pocket, x=0.0, y=h * 0.06, w=w * rng.uniform(0.6, 0.8), h=h * rng.uniform(0.25, 0.4))
    for side in (-1, 1) if rng.random() < 0.35 else ():
        scene.fill(
            ellipse(side * w * 1.02, h * 0.22, w * 0.16, h * 0.16, count=18), pocket, part="side pocket", ink=0.8
        )


def _clutch(scene: Scene, rng: random.Random, trim: Material, hardware: Material) -> None:
    w, h = rng.uniform(0.45, 0.62), rng.uniform(0.32, 0.55)
    if rng.random() < 0.4:
        chain = smooth([(-w * 0.9, h * 0.9), (-w * 0.4, h * 1.5), (w * 0.4, h * 1.5), (w * 0.9, h * 0.9)], 6)
        scene.line(chain, hardware, width=0.022, part="chain", ink=0.9)
        scene.say(f"{hardware.short(rng)} chain", "chain strap", "with chain")
    scene.fill(_body(rng, w, h, top=rng.uniform(0.85, 1.05), sag=rng.uniform(0.02, 0.45)), scene.main, part="body")
    closing = rng.random()
    if closing < 0.6:
        _flap(scene, rng, scene.main, hardware, w=w * 0.96, top=h * 0.98, drop=h * rng.uniform(0.4, 0.75))
    else:
        scene.line([(-w * 0.8, h * 0.96), (w * 0.8, h * 0.96)], hardware, width=0.035, part="frame", ink=0.85)
        for side in (-1, 1):
            scene.fill(ellipse(side * 0.03, h * 1.04, 0.035, 0.04, count=12), hardware, part="clasp", flat=True)
        scene.say("kiss lock", f"{hardware.short(rng)} clasp", "clasp")


def _duffel(scene: Scene, rng: random.Random, trim: Material, hardware: Material) -> None:
    w, h = rng.uniform(0.6, 0.85), rng.uniform(0.45, 0.65)
    x, rise = w * rng.uniform(0.25, 0.4), rng.uniform(0.2, 0.42)
    _handle(scene, trim.darker(0.7), x=x, y=h * 0.85, rise=rise * 1.15, width=0.055, part="far handle", shift=0.05)
    body = rounded([(-w, h * 0.1), (-w * 0.9, 0), (w * 0.9, 0), (w, h * 0.1), (w * 1.0, h * 0.55), (w * 0.75, h * 0.97),
                   (-w * 0.75, h * 0.97), (-w * 1.0, h * 0.55)])  # fmt: skip
    scene.fill(body, scene.main, part="body")
    end = ellipse(w * 0.93, h * 0.48, h * 0.22, h * 0.46, count=24)
    scene.fill(end, trim if rng.random() < 0.4 else scene.main.darker(0.75), part="end", ink=0.9)
    scene.line(smooth([(-w * 0.75, h * 0.93), (0, h * 0.88), (w * 0.75, h * 0.93)], 6), hardware, width=0.018,
               part="zip", ink=0.6)  # fmt: skip
    for side in (-1, 1):
        band = [
            (side * x - 0.035, 0.01),
            (side * x + 0.035, 0.01),
            (side * x + 0.035, h * 0.86),
            (side * x - 0.035, h * 0.86),
        ]
        scene.fill(polyline(band, 5, closed=True), trim, part=f"band {side}", ink=0.8)
    _handle(scene, trim, x=x, y=h * 0.8, rise=rise, width=0.06, part="handle")
    scene.say("zip", "zipped", "long zip", "with zip")


def _bucket(scene: Scene, rng: random.Random, trim: Material, hardware: Material) -> None:
    w, h = rng.uniform(0.36, 0.5), rng.uniform(0.65, 0.9)
    _handle(
        scene, trim, x=w * 0.95, y=h * 0.85, rise=rng.uniform(0.35, 0.8), width=rng.uniform(0.04, 0.07), part="strap"
    )
    mouth = ellipse(0, h, w * 1.02, w * 0.18, count=26)
    scene.fill(mouth, scene.main.darker(0.5), part="mouth", ink=0.9)
    near = np.linspace(np.pi, 2 * np.pi, 14)
    rim = np.stack([w * 1.02 * np.cos(near), h + w * 0.18 * np.sin(near)], axis=1)
    base = np.stack([w * 0.92 * np.cos(near), w * 0.16 * np.sin(near)], axis=1)
    scene.fill(np.concatenate([rim, base[::-1]]), scene.main, part="body")
    y = h * 0.86
    cord = rim * [0.99, 1.0] - [0, h - y]
    scene.line(cord, trim, width=0.025, part="cord", ink=0.8)
    for side in (-1, 1):
        scene.line(smooth([(0, y - w * 0.18), (side * 0.06, y - 0.24), (side * 0.1, y - 0.38)], 4), trim, width=0.022,
                   part="cord ends", ink=0.8)  # fmt: skip
    if rng.random() < 0.4:
        band = base + np.array([0, h * 0.16])
        scene.fill(np.concatenate([band, base[::-1]]), trim, part="base", ink=0.8)
    scene.say("drawstring", "with drawstring", "cord", f"{trim.short(rng)} cord")

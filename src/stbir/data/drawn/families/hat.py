"""Hats: caps, fedoras, sun hats, beanies, bowlers, top hats, bucket hats."""

from __future__ import annotations

import random

import numpy as np

from stbir.data.drawn.curves import Points, ellipse, smooth
from stbir.data.drawn.materials import Material, metal, pick
from stbir.data.drawn.scene import Scene

SURFACES = (
    "felt", "felt", "fabric", "fabric", "plain", "leather", "suede", "wicker", "striped", "dots", "plaid", "floral",
    "leopard", "camo", "zigzag", "knit", "velvet", "glitter",
)  # fmt: skip
KINDS = {
    "fedora": ("fedora", "trilby", "felt hat", "hat", "brimmed hat"),
    "sun": ("sun hat", "wide brim hat", "floppy hat", "straw hat", "hat", "beach hat"),
    "bowler": ("bowler hat", "bowler", "derby hat", "hat", "round hat"),
    "top": ("top hat", "tall hat", "hat", "magician hat"),
    "bucket": ("bucket hat", "fishing hat", "hat", "rain hat"),
    "cap": ("baseball cap", "cap", "peaked cap", "sports cap", "hat"),
    "beanie": ("beanie", "knit cap", "bobble hat", "winter hat", "woolly hat", "hat"),
}


def build(rng: random.Random) -> Scene:
    """One hat of a random kind."""
    kind = rng.choice(list(KINDS))
    surfaces = {"beanie": ("knit", "knit", "knit", "fur", "striped", "zigzag"), "sun": (*SURFACES, "wicker", "wicker")}
    main = pick(rng, surfaces.get(kind, SURFACES))
    trim = pick(rng, ("plain", "fabric", "leather", "striped"))
    scene = Scene("hat", KINDS[kind], main)
    if kind == "cap":
        _cap(scene, rng, trim)
    elif kind == "beanie":
        _beanie(scene, rng, trim)
    else:
        _brimmed(scene, rng, kind, trim)
    scene.transform([[1.0, rng.uniform(-0.12, 0.12)], [rng.uniform(-0.1, 0.1), -1.0]])
    if rng.random() < 0.5:
        scene.transform([[-1.0, 0.0], [0.0, 1.0]])
    return scene


def _arc(width: float, depth: float, y: float, *, count: int = 18) -> Points:
    """The near half of a flat ellipse, from left to right."""
    turn = np.linspace(np.pi, 2 * np.pi, count)
    return np.stack([width * np.cos(turn), y + depth * np.sin(turn)], axis=1)


def _brimmed(scene: Scene, rng: random.Random, kind: str, trim: Material) -> None:
    crown = rng.uniform(0.36, 0.46)
    brim = crown * {"sun": rng.uniform(1.8, 2.4), "bowler": rng.uniform(1.25, 1.45)}.get(kind, rng.uniform(1.4, 1.8))
    height = {"top": rng.uniform(0.65, 1.0), "sun": rng.uniform(0.28, 0.42)}.get(kind, rng.uniform(0.36, 0.52))
    tilt = rng.uniform(0.16, 0.34)
    droop = {"bucket": rng.uniform(0.15, 0.25), "sun": rng.uniform(-0.02, 0.1)}.get(kind, rng.uniform(-0.08, 0.04))
    around = ellipse(0, 0, brim, brim * tilt, count=40)
    edge = around - np.stack([np.zeros(40), droop * (around[:, 0] / brim) ** 2], axis=1)
    if kind == "sun":
        wave, turn = rng.uniform(0, 0.035), np.linspace(0, 2 * np.pi, 40, endpoint=False)
        edge[:, 1] += wave * np.sin(turn * rng.choice((3, 4, 5)) + rng.uniform(0, 6))
    scene.fill(edge - np.array([0, 0.025]), scene.main.darker(0.6), part="brim", ink=0.5)
    scene.fill(edge, scene.main.darker(0.94), part="brim")
    base = _arc(crown, crown * tilt, 0.02)
    top = {"top": 1.06, "bucket": 0.8, "bowler": 0.72}.get(kind, rng.uniform(0.72, 0.9)) * crown
    right, left = (crown, 0.02), (-crown, 0.02)
    if kind == "top":
        roof = _arc(top, top * tilt * 0.9, height)
        scene.fill(np.concatenate([base, roof[::-1]]), scene.main, part="crown")
        scene.fill(ellipse(0, height, top, top * tilt * 0.9, count=30), scene.main.darker(1.12), part="roof", ink=0.9)
    elif kind == "fedora":
        dent = rng.uniform(0.03, 0.09)
        over = smooth(
            [
                right,
                (crown * 0.97, height * 0.5),
                (top, height * 0.92),
                (top * 0.55, height),
                (0, height - dent),
                (-top * 0.5, height * 1.03),
                (-top, height * 0.9),
                (-crown * 0.97, height * 0.5),
                left,
            ],
            5,
        )
        scene.fill(np.concatenate([base, over[1:-1]]), scene.main, part="crown")
        scene.line(
            smooth([(top * 0.4, height * 0.97), (top * 0.1, height * 0.72), (-top * 0.1, height * 0.66)], 5),
            scene.main.darker(0.6),
            width=0.02,
            part="dent",
            ink=0.7,
        )
        scene.say("pinched crown", "dented crown", "pinch front")
    else:
        flat = {"bucket": 0.97}.get(kind, 0.85)
        over = smooth(
            [
                right,
                (crown * 0.98, height * 0.45),
                (top, height * flat),
                (top * 0.5, height * 0.99),
                (0, height),
                (-top * 0.5, height * 0.99),
                (-top, height * flat),
                (-crown * 0.98, height * 0.45),
                left,
            ],
            5,
        )
        scene.fill(np.concatenate([base, over[1:-1]]), scene.main, part="crown")
        if kind == "bucket":
            seam = _arc(top * 0.98, top * tilt * 0.7, height * 0.9)
            scene.line(seam, scene.main.darker(0.6), width=0.012, part="seam", ink=0.7)
    if rng.random() < (0.3 if kind == "bucket" else 0.85):
        _band(scene, rng, trim, base, rng.uniform(0.07, 0.14), crown)
    if kind == "sun":
        scene.say("wide brim", "floppy brim", "large brim")
    elif kind == "bucket":
        scene.say("sloping brim", "short brim")


def _band(scene: Scene, rng: random.Random, trim: Material, base: Points, width: float, crown: float) -> None:
    upper = base * np.array([0.985, 1.0]) + np.array([0, width])
    scene.fill(np.concatenate([base, upper[::-1]]), trim, part="band", ink=0.95)
    colour = trim.short(rng)
    scene.say(f"{colour} band", f"{colour} ribbon", f"with {colour} band", "hat band", f"{colour} hatband")
    if rng.random() < 0.4:
        x, y = crown * rng.uniform(0.4, 0.7), width * 0.5 - crown * 0.12
        for side in (-1, 1):
            wing = [(x, y), (x + side * 0.12, y + 0.06), (x + side * 0.12, y - 0.06)]
            scene.fill(smooth(wing, 4, closed=True), trim.darker(0.92), part="bow", ink=0.9)
        scene.say("bow", "with bow", f"{colour} bow")
    elif rng.random() < 0.25:
        x = crown * 0.6
        quill = smooth([(x, 0.0), (x + 0.1, 0.2), (x + 0.08, 0.42), (x + 0.02, 0.3), (x - 0.02, 0.1)], 5, closed=True)
        feather = pick(rng, "plain")
        scene.fill(quill, feather, part="feather", ink=0.95)
        scene.say("feather", f"{feather.short(rng)} feather", "with feather")


def _cap(scene: Scene, rng: random.Random, trim: Material) -> None:
    height, length = rng.uniform(0.42, 0.56), rng.uniform(0.4, 0.6)
    peak_material = trim if rng.random() < 0.4 else scene.main
    dome = smooth(
        [
            (-0.5, 0.0),
            (-0.5, height * 0.45),
            (-0.32, height * 0.88),
            (0.0, height),
            (0.32, height * 0.86),
            (0.5, height * 0.4),
            (0.52, -0.02),
        ],
        6,
    )
    hem = smooth([(0.52, -0.02), (0.1, -0.09), (-0.3, -0.05), (-0.5, 0.0)], 6)
    scene.fill(np.concatenate([dome, hem[1:-1]]), scene.main, part="dome")
    for x in (-0.12, 0.2):
        rib = smooth([(0.0, height), (x * 1.3, height * 0.6), (x * 1.6, -0.07)], 6)
        scene.line(rib, scene.main.darker(0.65), width=0.012, part="seams", ink=0.6)
    peak = smooth(
        [
            (0.12, -0.07),
            (0.35, 0.04),
            (0.52, 0.05),
            (0.5 + length * 0.7, -0.04),
            (0.5 + length, -0.16),
            (0.5 + length * 0.5, -0.17),
            (0.35, -0.13),
        ],
        6,
        closed=True,
    )
    scene.fill(peak, peak_material, part="peak")
    scene.fill(ellipse(0, height + 0.01, 0.045, 0.025, count=14), peak_material, part="button", ink=0.8, flat=True)
    if peak_material is trim:
        colour = trim.short(rng)
        scene.say(f"{colour} peak", f"{colour} brim", f"with {colour} visor", f"{colour} bill")
    if rng.random() < 0.5:
        badge = pick(rng, "plain")
        scene.fill(ellipse(0.24, height * 0.42, 0.1, 0.11, count=20), badge, part="badge", ink=0.85)
        scene.say("logo", f"{badge.short(rng)} logo", "badge", f"{badge.short(rng)} patch", "round patch")
    if rng.random() < 0.3:
        buckle = metal(rng)
        scene.fill(ellipse(-0.42, 0.05, 0.05, 0.04, count=12), buckle, part="buckle", ink=0.6, flat=True)


def _beanie(scene: Scene, rng: random.Random, trim: Material) -> None:
    height = rng.uniform(0.6, 0.85)
    if rng.random() < 0.55:
        bobble = pick(rng, "fur") if rng.random() < 0.6 else trim
        radius = rng.uniform(0.1, 0.18)
        fringe = ellipse(0, height + radius * 0.6, radius, radius, count=26)
        fringe *= 1 + 0.03 * np.cos(np.arange(26) * 2.6)[:, None] * np.array([1.0, 0.3])
        scene.fill(fringe, bobble, part="bobble")
        scene.say("pom pom", "bobble", f"{bobble.short(rng)} pom pom", f"with {bobble.short(rng)} bobble")
    dome = smooth(
        [
            (-0.45, 0.05),
            (-0.46, height * 0.4),
            (-0.3, height * 0.85),
            (0.0, height),
            (0.3, height * 0.85),
            (0.46, height * 0.4),
            (0.45, 0.05),
        ],
        6,
    )
    scene.fill(dome, scene.main, part="dome")
    if rng.random() < 0.8:
        cuff = trim if rng.random() < 0.35 else scene.main.darker(0.88)
        deep = rng.uniform(0.14, 0.26)
        band = [(-0.47, 0.0), (0.0, -0.05), (0.47, 0.0), (0.48, deep), (0.0, deep - 0.05), (-0.48, deep)]
        scene.fill(smooth(band, 6, closed=True), cuff, part="cuff")
        scene.say("folded cuff", "turn up", "cuffed", "rolled edge")
        if rng.random() < 0.4:
            for x in np.linspace(-0.4, 0.4, 9):
                scene.line([(x, 0.0), (x, deep - 0.03)], cuff.darker(0.7), width=0.012, part="ribs", ink=0.55)
    if rng.random() < 0.3:
        for side in (-1, 1):
            flap = smooth([(side * 0.46, 0.1), (side * 0.4, -0.2), (side * 0.28, -0.22), (side * 0.22, 0.02)], 5)
            scene.fill(flap, scene.main.darker(0.9), part=f"ear flap {side}", ink=0.9)
        scene.say("ear flaps", "with ear flaps")

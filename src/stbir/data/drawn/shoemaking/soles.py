"""Soles and heels."""

from __future__ import annotations

import random

import numpy as np

from stbir.data.drawn.curves import Points, ease
from stbir.data.drawn.materials import Material, pick, wood
from stbir.data.drawn.shoemaking.fabrics import Fabrics
from stbir.data.drawn.shoemaking.last import ALONG, HALF, UP, Last
from stbir.data.drawn.shoemaking.stage import Stage


def add_bottom(
    stage: Stage, rng: random.Random, base: Last, materials: Fabrics, *, wedge: bool, slim: bool = False
) -> None:
    """Sole and heel in one of many shapes: a low block under some flat soles, a wedge under some lifted ones.

    A `slim` heel is thin.
    """
    if base.lift < 0.04:
        if rng.random() < 0.5:
            front, depth = rng.uniform(0.68, 0.78), rng.uniform(0.015, 0.05)
            seat = _seat(base, front, 0.005)
            block = [seat + UP * 0.02, (seat - np.array([1, 0, 0])) * (0.97, 0.97, 1) + np.array([0.995, 0, -depth])]
            stage.solid(block, materials.sole.darker(0.85), part="heel")
        _add_sole(stage, rng, base, materials.sole)
    elif not wedge:
        _add_heel(stage, rng, base, materials, slim=slim)
        _add_sole(stage, rng, base, materials.sole)
    else:
        material = _wedge_material(stage, rng, base, materials)
        if rng.random() < 0.6:
            _add_sole(stage, rng, base, material, solid=True)
            upper, lower = base.ring(0.01), base.ring(0.01) * (1, 1, 0)
            _coil(stage, rng, upper, lower, material)
        else:
            _add_wedge(stage, rng, base, material)
            _add_sole(stage, rng, base, materials.sole)


def _seat(base: Last, front: float, grow: float) -> Points:
    """The part of the lower side of the sole that a heel carries."""
    ring = base.ring(grow)[front < ALONG]
    ring[:, 2] = base.ground(np.clip(ring[:, 0], 0, 1))
    return ring


def _wedge_material(stage: Stage, rng: random.Random, base: Last, materials: Fabrics) -> Material:
    chance = rng.random()
    if chance < 0.3:
        stage.scene.say("rope wedge", "espadrille wedge", "rope sole", "natural rope sole", "natural rope wedge")
        return pick(rng, "jute", ("beige", "tan", "cream", "camel"))
    if chance < 0.4:
        stage.scene.say("cork wedge", "cork sole", "cork heel", "natural cork wedge")
        return pick(rng, "cork")
    if chance < 0.48:
        stage.scene.say("wood wedge", "wooden sole", "wooden platform", "wood heel", "stacked wedge")
        return wood(rng)
    material = materials.sole if rng.random() < 0.7 else materials.main
    if base.lift > 0.22:
        stage.scene.say("high wedge", "wedge heel", "tall wedge", f"{material.short(rng)} wedge")
    else:
        stage.scene.say("low wedge", "wedge", "wedge sole", f"{material.short(rng)} wedge")
    return material


def _add_wedge(stage: Stage, rng: random.Random, base: Last, material: Material) -> None:
    """What fills the space between the ground and the sole behind the ball of the foot."""
    start = base.arch_from + rng.uniform(0.0, 0.1)
    upper = _seat(base, start, 0.008) + UP * 0.004
    back, front, inset = rng.uniform(0.0, 0.07), rng.uniform(0, 0.06), rng.uniform(0.9, 1.08)
    along = (upper[:, 0] - start) / (1 - start)
    lower = upper * (1, inset, 0)
    lower[:, 0] += front * (1 - along) - back * along
    stage.strip(upper, lower, material, part="wedge", inner=material.darker(0.6))
    _coil(stage, rng, upper, lower, material)


def _coil(stage: Stage, rng: random.Random, upper: Points, lower: Points, material: Material) -> None:
    """Level lines on the near side of a wedge of rope or of stacked layers."""
    if not (material.texture == "jute" or (material.texture in ("wood", "plain") and rng.random() < 0.2)):
        return
    near = len(upper) // 2 + 1
    for share in np.linspace(0, 1, rng.randint(4, 7))[1:-1]:
        line = upper[:near] * (1 - share) + lower[:near] * share
        stage.line(line, material.darker(0.65), width=0.007, part="coil", ink=0.25)


def _add_heel(stage: Stage, rng: random.Random, base: Last, materials: Fabrics, *, slim: bool) -> None:
    thin = rng.uniform(0.025, 0.05)
    tip = thin if slim else rng.choice((thin, rng.uniform(0.08, 0.14), rng.uniform(0.15, 0.24)))
    length = max(rng.uniform(0.16, 0.27), tip)
    back = 1 - rng.uniform(0.0, 0.06)
    material = materials.sole if rng.random() < 0.5 else materials.main.darker(0.9)
    if rng.random() < 0.12:
        material = wood(rng) if rng.random() < 0.6 else materials.metal
        stage.scene.say(f"{material.short(rng)} heel", f"{material.short(rng)} heel", "stacked heel")
    top = _seat(base, 1 - length, 0.0)
    wide = min(0.5 * tip + 0.012, float(base.half_width(0.85, -1.0)))
    turn = np.arctan2(top[:, 1] - base.middle(0.9), top[:, 0] - (1 - length / 2))
    foot = np.stack([back - tip / 2 + tip / 2 * np.cos(turn), wide * np.sin(turn), np.zeros(len(turn))], axis=1)
    hollow = rng.uniform(1.4, 2.6) if tip < 0.1 else rng.uniform(1.0, 1.6)
    rings: list[Points] = []
    for level in (0.0, 0.25, 0.5, 0.75, 1.0):
        narrowed = 1 - (1 - level) ** hollow
        ring = top * (1 - narrowed) + foot * narrowed
        ring[:, 2] = top[:, 2] * (1 - level) + 0.004
        rings.append(ring)
    stage.solid(rings, material, part="heel")
    if tip < 0.07:
        words = (
            ("stiletto heel", "high heel", "thin heel")
            if base.lift > 0.2
            else ("kitten heel", "low heel", "small heel")
        )
    else:
        words = ("block heel", "chunky heel", "high block heel") if base.lift > 0.2 else ("low block heel", "low heel")
    stage.scene.say(*words)


def _add_sole(stage: Stage, rng: random.Random, base: Last, material: Material, *, solid: bool = False) -> None:
    """The sole along the whole foot, sometimes with a coloured line or a tread; `solid` down to the ground."""
    scene, thick = stage.scene, base.thickness
    upper = base.ring(rng.uniform(0.004, 0.018) if thick > 0.04 else 0.003)
    lower = upper.copy()
    lower[:, 2] = base.ground(ALONG)
    if solid:
        lower[:, 2] = base.ground(np.minimum(ALONG, base.arch_from))
        lower[:, 0] -= rng.uniform(-0.02, 0.07) * ease((ALONG - 0.5) / 0.5)
    elif thick > 0.06 and base.lift < 0.1 and rng.random() < 0.2:
        lower[1::2, 2] += rng.uniform(0.006, 0.014)
    stage.fill(upper, material, part="sole", ink=0.6)
    stage.strip(upper, lower, material, part="wedge" if solid else "sole", closed=True)
    if thick > 0.05 and rng.random() < 0.25:
        stripe = pick(rng, "plain", ("white", "white", "black", "black", "grey", "brown", "red"))
        height = upper * (1, 1, 0) + UP * (base.ground(ALONG) + 0.55 * thick)[:, None]
        stage.line(height[1:HALF], stripe, width=rng.uniform(0.006, 0.02), part="sole", ink=0.5)
    if thick > 0.05 and not solid and base.lift < 0.1 and rng.random() < 0.35:
        _add_lugs(stage, rng, upper, lower, material)
    if thick > 0.06:
        scene.say(f"thick {material.short(rng)} sole", "thick sole", "platform sole", "chunky sole")
    else:
        scene.say(f"{material.short(rng)} sole", f"with {material.short(rng)} sole")


def _add_lugs(stage: Stage, rng: random.Random, upper: Points, lower: Points, material: Material) -> None:
    """Notches in the lower part of the near side of a sole."""
    high, dark = rng.uniform(0.35, 0.7), material.darker(0.45 if sum(material.rgb) > 150 else 2.0)
    for place in np.linspace(2, HALF - 1, rng.randint(8, 16)):
        k = int(place)
        a = place - k
        foot, top = (path[k] * (1 - a) + path[k + 1] * a for path in (lower, upper))
        stage.line(np.stack([foot, foot * (1 - high) + top * high]), dark, width=0.012, part="lug", ink=0.12)
    stage.scene.say("lug sole", "ridged sole", "rugged sole", "grooved sole", f"{material.short(rng)} lug sole")


def add_footbed(stage: Stage, base: Last, material: Material, *, ink: float = 0.9) -> None:
    """What the foot stands on in a sandal."""
    bed = base.ring(-0.006)
    bed[:, 2] += 0.003
    stage.fill(bed, material, part="footbed", ink=ink)

"""What sits on the front of a shoe: bows, flowers, jewels, tassels, pom-poms, plates, chains."""

from __future__ import annotations

import random

import numpy as np

from stbir.data.drawn.curves import Points
from stbir.data.drawn.materials import pick
from stbir.data.drawn.shoemaking.fabrics import Fabrics
from stbir.data.drawn.shoemaking.last import UP
from stbir.data.drawn.shoemaking.stage import Stage
from stbir.data.drawn.solids import smooth_path

_TURN = np.linspace(0, 2 * np.pi, 30, endpoint=False)
_DISC = np.stack([np.cos(_TURN), np.sin(_TURN), 0.4 * np.cos(_TURN)], axis=1)


def add_ornament(stage: Stage, rng: random.Random, place: Points, materials: Fabrics) -> None:
    """A random ornament at a point in space."""
    size = rng.uniform(0.7, 1.3)
    rng.choices((_bow, _jewel, _flower, _tassels, _pompom, _plate, _chain), (5, 2, 2, 2, 1, 2, 2))[0](
        stage, rng, place, materials, size
    )


def _bow(stage: Stage, rng: random.Random, place: Points, materials: Fabrics, size: float) -> None:
    ribbon = materials.second if rng.random() < 0.5 else materials.main.darker(1.1)
    for side in (1, -1):
        wing = [(0, 0, 0), (0.035, side * 0.075, 0.02), (-0.045, side * 0.085, -0.015), (0, 0, 0)]
        stage.fill(place + size * smooth_path(wing, 5), ribbon, part="bow", ink=0.9)
    stage.fill(place + 0.018 * size * _DISC, ribbon.darker(0.8), part="bow", ink=0.6)
    stage.scene.say("bow", "with bow", f"{ribbon.short(rng)} bow", "bow detail")


def _flower(stage: Stage, rng: random.Random, place: Points, materials: Fabrics, size: float) -> None:
    petals = 0.07 * size * (0.8 + 0.25 * np.cos(5 * _TURN))[:, None] * _DISC
    stage.fill(place + petals, materials.second, part="flower", ink=0.9)
    stage.fill(place + 0.02 * size * _DISC, materials.metal, part="flower", ink=0.7, flat=True)
    stage.scene.say("flower", "with flower", "flower detail", f"{materials.second.short(rng)} flower")


def _jewel(stage: Stage, rng: random.Random, place: Points, materials: Fabrics, size: float) -> None:
    stage.fill(place + 0.045 * size * _DISC, materials.metal, part="jewel", ink=0.8)
    if rng.random() < 0.5:
        stone = pick(rng, "plain", ("turquoise", "red", "white", "black", "blue", "green"))
        stage.fill(place + UP * 0.004 + 0.026 * size * _DISC, stone, part="jewel", ink=0.5, flat=True)
        stage.scene.say("jewel", "stone", f"{stone.short(rng)} stone", "jewelled medallion")
    stage.scene.say("jewel", "with jewel", f"{materials.metal.short(rng)} ornament", "brooch", "medallion")


def _tassels(stage: Stage, rng: random.Random, place: Points, materials: Fabrics, size: float) -> None:
    leather = materials.main.darker(0.8) if rng.random() < 0.6 else materials.second
    across = np.array([0.012, 0.022, 0.0])
    for side in (1, -1):
        foot = np.array([-0.05, side * 0.055, -0.05]) * size
        shape = [(0, 0, 0.01), foot + side * across, foot - side * across - UP * 0.01, (0, 0, 0.01)]
        stage.fill(place + np.array(shape), leather, part="tassel", ink=0.85)
        stage.line(place + np.array([(0, 0, 0), foot * 0.9]), leather.darker(0.6), width=0.007, part="tassel", ink=0.4)
    stage.fill(place + 0.02 * size * _DISC, leather, part="tassel", ink=0.6)
    stage.scene.say("tassels", "with tassels", "tassel", f"{leather.short(rng)} tassels")


def _pompom(stage: Stage, rng: random.Random, place: Points, materials: Fabrics, size: float) -> None:
    ball = pick(rng, "fur", ("white", "black", "pink", "grey", "brown", "cream", "red"))
    rough = (1 + 0.08 * np.sin(11 * _TURN))[:, None]
    round_ball = np.stack([np.cos(_TURN), 0.8 * np.sin(_TURN), np.sin(_TURN)], axis=1)
    stage.fill(place + UP * 0.03 + 0.06 * size * rough * round_ball, ball, part="bobble", ink=0.9)
    stage.scene.say("pom pom", "fluffy ball", f"{ball.short(rng)} pom pom")


def _plate(stage: Stage, rng: random.Random, place: Points, materials: Fabrics, size: float) -> None:
    wide, deep = 0.065 * size, 0.028 * size
    corners = np.array([(-deep, -wide, -0.012), (-deep, wide, -0.012), (deep, wide, 0.012), (deep, -wide, 0.012)])
    stage.fill(place + corners, materials.metal, part="nameplate", ink=0.8, flat=True)
    stage.scene.say(f"{materials.metal.short(rng)} plate", "metal plate", f"{materials.metal.short(rng)} buckle")


def _chain(stage: Stage, rng: random.Random, place: Points, materials: Fabrics, size: float) -> None:
    for step in np.linspace(-1, 1, 6):
        link = place + np.array([0.012 * step**2, -0.075 * step, -0.03 * step**2]) * size
        stage.fill(link + 0.014 * size * _DISC, materials.metal.darker(0.85 + 0.15 * step), part="chain", ink=0.5)
    stage.scene.say("chain", "with chain", f"{materials.metal.short(rng)} chain", "metal chain")

"""Running shoes: mesh under layers of panels, on a sculpted sole in two colours."""

from __future__ import annotations

import random

import numpy as np

from stbir.data.drawn.shoemaking.fabrics import Fabrics, accent
from stbir.data.drawn.shoemaking.last import ALONG, HALF
from stbir.data.drawn.shoemaking.loft import Loft
from stbir.data.drawn.shoemaking.stage import Stage
from stbir.data.drawn.shoemaking.trims import add_patch, add_stripes, add_toe_piece

_U = np.where(np.arange(len(ALONG)) <= HALF, ALONG, 2 - ALONG)


def add_layers(stage: Stage, rng: random.Random, materials: Fabrics, loft: Loft) -> None:
    """Panels at toe, sides and heel, lines of a bright colour, and the edge of the sole rising at both ends."""
    second = materials.second if rng.random() < 0.6 else materials.main.darker(0.75)
    bright = accent(rng)
    add_toe_piece(stage, loft, rng.uniform(0.25, 0.4), rng.uniform(0.3, 0.5), second, part="overlay")
    u = np.linspace(0.7, 1.25, 14)
    height = rng.uniform(0.6, 0.95) * np.clip((u - 0.7) / 0.2, 0, 1) ** 0.8
    stage.strip(loft.at(u, height), loft.at(u, 0.0), second, part="counter", ink=0.75)
    for left in np.linspace(0.36, 0.56, rng.randint(1, 3)):
        wide = rng.uniform(0.03, 0.07)
        corners = [(left, 0.05), (left - 0.08, 0.9), (left - 0.08 + wide, 0.9), (left + wide, 0.05)]
        add_patch(stage, loft, corners, second if rng.random() < 0.6 else bright, part="overlay", ink=0.6)
    eyelets = [(0.18, 0.72), (0.3, 0.66), (0.44, 0.8), (0.5, 0.99), (0.4, 0.99), (0.2, 0.9)]
    add_patch(stage, loft, eyelets, second.darker(0.85), part="panel", ink=0.6)
    if rng.random() < 0.5:
        add_stripes(stage, rng, loft)
    else:
        stage.on(loft, np.linspace(0.3, 0.86, 12), 0.2 + 0.5 * np.linspace(0, 1, 12) ** 2, bright, width=0.02,
                 part="stripes", ink=0.5)  # fmt: skip
        stage.scene.say(f"{bright.short(rng)} accents", f"{bright.short(rng)} details", f"{bright.short(rng)} stripe")
    _sculpted(stage, rng, materials, loft)
    stage.scene.say("mesh", "layered panels", "overlays", "sporty")


def _sculpted(stage: Stage, rng: random.Random, materials: Fabrics, loft: Loft) -> None:
    """The sole laps over the upper, more so at the toe and the heel, with a wavy line in another colour."""
    x = np.minimum(_U, 2 - _U)
    lap = rng.uniform(0.05, 0.12) + 0.16 * np.exp(-((x / 0.08) ** 2)) + 0.12 * np.clip((x - 0.7) / 0.3, 0, 1)
    lap += 0.03 * np.sin(rng.uniform(8, 16) * x)
    pale = materials.sole if sum(materials.sole.rgb) > 380 else materials.sole.darker(1.2)
    stage.strip(loft.at(_U, lap), loft.at(_U, 0.0), pale, part="midsole", closed=True, ink=0.8)
    if rng.random() < 0.6:
        bright = accent(rng)
        low = loft.at(_U, 0.0)
        low[:, 2] -= 0.02 + 0.012 * np.sin(25 * x)
        stage.line(low[1:HALF], bright, width=rng.uniform(0.012, 0.03), part="sole", ink=0.5)
        shade = bright.short(rng)
        stage.scene.say(f"{shade} sole accents", f"{shade} accents on the sole", f"{shade} line on the sole")

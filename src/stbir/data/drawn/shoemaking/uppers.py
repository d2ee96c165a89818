"""What sits on the shaft and the foot of a boot: folds, quilts, fringes, rubber feet, stitched figures, loops."""

from __future__ import annotations

import random

import numpy as np

from stbir.data.drawn.materials import Material, pick
from stbir.data.drawn.shoemaking.adornments import thread
from stbir.data.drawn.shoemaking.fabrics import Fabrics
from stbir.data.drawn.shoemaking.last import ALONG, HALF
from stbir.data.drawn.shoemaking.loft import Leg
from stbir.data.drawn.shoemaking.stage import Stage

AROUND = np.where(np.arange(len(ALONG)) <= HALF, ALONG, 2 - ALONG)
"""Ring coordinates of every point of a ring."""


def add_folds(stage: Stage, rng: random.Random, boot: Leg, main: Material) -> None:
    """Folds of soft leather around the shaft: a light line above a dark one."""
    t, ankle = np.linspace(0.0, 1.0, 10), boot.ankle
    for level in np.linspace(ankle - 0.02, 0.92, rng.randint(3, 6)):
        sag = rng.uniform(-0.04, 0.04) * np.sin(np.pi * t) + rng.uniform(-0.05, 0.05) * (t - 0.5)
        start, end = rng.uniform(-0.1, 0.35), rng.uniform(0.6, 1.0)
        u = start + (end - start) * t
        stage.on(boot.loft, u, level + sag + 0.02, main.darker(1.35), width=0.03, part="fold", ink=0.0)
        stage.on(boot.loft, u, level + sag, main.darker(0.55), width=0.016, part="fold", ink=0.6)
    stage.scene.say("ruched", "slouchy", "folds", "slouch shaft", "wrinkled shaft", "ruched shaft")


def add_quilts(stage: Stage, rng: random.Random, boot: Leg, main: Material) -> None:
    """A padded shaft: seams all around with the light on each roll."""
    t = np.linspace(-0.25, 1.0, 14)
    for level in np.linspace(boot.ankle * 0.85, 0.94, rng.randint(3, 6)):
        stage.on(boot.loft, t, level + 0.03, main.darker(1.3), width=0.035, part="roll", ink=0.0)
        stage.on(boot.loft, t, level, main.darker(0.5), width=0.012, part="roll", ink=0.6)
    stage.scene.say("quilted", "padded", "quilted upper", "puffy", "quilted shaft")


def add_fringe(stage: Stage, rng: random.Random, boot: Leg, material: Material) -> None:
    """Strips that hang from a line around the shaft."""
    high, long = rng.uniform(0.75, 0.97), rng.uniform(0.15, 0.4)
    top = boot.loft.at(np.linspace(0.0, 1.0, 13), high) - np.array([0.0, 0.012, 0.0])
    for place in top:
        drop = long * rng.uniform(0.8, 1.1)
        tip = place + np.array([rng.uniform(-0.02, 0.02), -0.02, -drop])
        stage.line(np.stack([place, 0.5 * (place + tip), tip]), material, width=0.045, part="fringe", ink=0.5)
        stage.line(np.stack([place, tip]), material.darker(0.6), width=0.008, part="fringe", ink=0.4)
    stage.scene.say("fringe", "fringes", "with fringe", f"{material.short(rng)} fringe", "fringed")


def add_rubber_foot(stage: Stage, rng: random.Random, boot: Leg, material: Material) -> None:
    """Rubber or leather from the sole up to the ankle, as on duck boots."""
    levels = np.linspace(0.0, boot.ankle * rng.uniform(0.45, 0.8), 4)
    high = 0.6 + 0.4 * np.cos(np.pi * np.minimum(AROUND, 2 - AROUND)) ** 2
    top = boot.loft.at(AROUND, levels[-1] * high)
    stage.strip(top, boot.loft.at(AROUND, 0.0), material, part="foot part", closed=True, ink=0.9)
    shade = material.short(rng)
    stage.scene.say(f"{shade} foot", f"{shade} leather foot", f"{shade} rubber toe", f"{shade} lower part", "duck boot")


def add_figures(stage: Stage, rng: random.Random, boot: Leg, main: Material) -> None:
    """Stitched curves on the shaft and over the toes, as on cowboy boots."""
    yarn = thread(rng, main)
    t = np.linspace(0, 1, 16)
    for share in np.linspace(0.5, 1.0, rng.randint(1, 3)):
        u = 0.48 + 0.34 * share * np.sin(np.pi * t) * np.sign(0.5 - t + 1e-6)
        low, high = boot.ankle + 0.05, 0.93
        stage.on(boot.loft, u, low + (high - low) * (0.5 + 0.5 * share * np.cos(np.pi * t)), yarn, width=0.012,
                 part="stitching", ink=0.45)  # fmt: skip
    bend = np.linspace(-1, 1, 15)
    stage.on(boot.loft, 0.3 * bend, boot.ankle * (0.35 + 0.25 * np.cos(np.pi * bend)), yarn, width=0.012,
             part="stitching", ink=0.45)  # fmt: skip
    shade = yarn.short(rng) if yarn.colour != main.colour else "decorative"
    stage.scene.say(f"{shade} stitching", "western stitching", "embroidered shaft", "decorative stitching", "cowboy")


def add_loops(stage: Stage, rng: random.Random, boot: Leg, material: Material) -> None:
    """Loops at the mouth to pull the boot on."""
    for place in (0.98, 0.25):
        if rng.random() < 0.7:
            root = boot.loft.at(place, 1.0) - np.array([0.0, 0.006, 0.0])
            corners = np.array([(-0.025, 0, -0.09), (-0.025, 0, 0.02), (0.025, 0, 0.02), (0.025, 0, -0.09)])
            stage.fill(root + corners, material, part="pull loop", ink=0.6)
    stage.scene.say("pull tab", "pull loop", "pull loops", "heel loop")


def add_toggles(stage: Stage, rng: random.Random, boot: Leg, materials: Fabrics) -> None:
    """Buttons or toggles in a row on the near side."""
    wooden = rng.random() < 0.5
    button = pick(rng, "plain", ("tan", "brown", "cognac")) if wooden else materials.metal
    u = rng.uniform(0.38, 0.62)
    for level in np.linspace(boot.ankle + 0.08, 0.88, rng.randint(2, 4)):
        place = boot.loft.at(u, level) - np.array([0.0, 0.01, 0.0])
        turn = np.linspace(0, 2 * np.pi, 10, endpoint=False)
        disc = np.stack([0.045 * np.cos(turn), 0 * turn, (0.018 if wooden else 0.035) * np.sin(turn)], axis=1)
        cord = np.array([(0.0, 0.0, 0.0), (0.12, 0.0, 0.0)])
        stage.line(place + cord, materials.main.darker(0.5), width=0.012, part="toggle cord", ink=0.4)
        stage.fill(place + disc, button, part="toggle", ink=0.75, flat=True)
    kind = "wooden toggles" if wooden else "metal buttons"
    stage.scene.say(f"{button.short(rng)} buttons", "buttons", "toggles", "button closure", kind)

"""What is on the dials of watches and clocks: numbers and hands."""

from __future__ import annotations

import math
import random

import numpy as np

from stbir.data.drawn.curves import Points, ellipse
from stbir.data.drawn.materials import Material, pick
from stbir.data.drawn.phrases import made_of
from stbir.data.drawn.scene import Scene

# the corners of a digit, and the way through them in one line
CORNERS = np.array([(0, 0), (1, 0), (0, 1), (1, 1), (0, 2), (1, 2)], np.float64)
STROKES = (
    (0, 1, 5, 4, 0), (1, 3, 5), (0, 1, 3, 2, 4, 5), (0, 1, 3, 2, 3, 5, 4), (0, 2, 3, 1, 5), (1, 0, 2, 3, 5, 4),
    (1, 0, 4, 5, 3, 2), (0, 1, 5), (2, 0, 1, 3, 2, 4, 5, 3), (3, 2, 0, 1, 5, 4),
)  # fmt: skip


def hands(scene: Scene, rng: random.Random, radius: float, ink: Material) -> None:
    """Two hands, mostly at ten past ten, and perhaps one for the seconds, on a dial of `radius` around (0, 0)."""
    hour, minute = (10, 9) if rng.random() < 0.6 else (rng.randrange(12), rng.randrange(60))
    turns = ((hour + minute / 60) * math.pi / 6, minute * math.pi / 30)
    wide = rng.uniform(0.02, 0.045)
    for turn, long, part in zip(turns, (0.52, 0.78), ("hour hand", "minute hand"), strict=True):
        way = np.array([math.sin(turn), -math.cos(turn)]) * radius
        aside = np.array([way[1], -way[0]]) / radius * wide * 0.5
        hand = [aside - 0.1 * way, aside + 0.8 * long * way, long * way, 0.8 * long * way - aside, -aside - 0.1 * way]
        scene.fill(np.array(hand), ink, part=part, ink=0.0, edge=0.3, flat=True)
        scene.line([0.0 * way, long * way], ink, width=0.014, part=part, ink=0.95)
    if rng.random() < 0.6:
        turn = rng.uniform(0, 2 * math.pi)
        way = np.array([math.sin(turn), -math.cos(turn)]) * radius
        own = pick(rng, "plain", ("red", "red", "orange", "gold", "black", "white"))
        scene.line([-0.2 * way, 0.85 * way], own, width=0.01, part="second hand", ink=0.4)
        scene.say(*made_of(rng, own, "second hand"), "second hand")
    scene.fill(ellipse(0.0, 0.0, 0.03, 0.03, count=10), ink, part="centre", ink=0.4, flat=True)


def number(scene: Scene, value: int, at: Points, size: float, ink: Material, part: str, chance: float) -> None:
    """`value` in digits that are `size` wide, its middle at the point `at`."""
    shown = [int(letter) for letter in str(value)]
    for index, single in enumerate(shown):
        digit(
            scene, single, at + np.array([(index - 0.5 * (len(shown) - 1)) * 1.1 * size, 0.0]), size, ink, part, chance
        )


def digit(scene: Scene, value: int, at: Points, size: float, ink: Material, part: str, chance: float) -> None:
    """One line through the corners of a digit; it goes back over itself where it must."""
    corners = (CORNERS[list(STROKES[value])] - [0.5, 1.0]) * [0.75 * size, 0.75 * size] + at
    scene.line(corners, ink, width=0.24 * size, part=part, ink=chance)

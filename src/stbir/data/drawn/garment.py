"""What garments have in common: necklines, sleeves, buttons, prints, creases.

x points right and y down, from the highest point of the shoulders; a shoulder is about 0.42 from the middle.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from stbir.data.drawn.curves import Points, ellipse, polyline, ribbon, rounded, smooth, xy
from stbir.data.drawn.materials import Material, pick
from stbir.data.drawn.phrases import made_of
from stbir.data.drawn.scene import Scene

UPPER_ARM, WHOLE_ARM = 0.58, 1.08


@dataclass
class Cut:
    """The upper part of a garment: its neckline, where the shoulder ends, the armpit, and how the arms hang."""

    form: str
    neck: float
    deep: float
    shoulder: tuple[float, float]
    armpit: tuple[float, float]
    arms: dict[int, Points] = field(default_factory=dict)

    def upper(self) -> Points:
        """The right half of the front, from the middle of the neckline to the armpit."""
        (x, y), (ax, ay) = self.shoulder, self.armpit
        hole = [(x, y), (x - 0.05 * (ax - x) - 0.012, y + 0.45 * (ay - y)), (x + 0.25 * (ax - x), y + 0.82 * (ay - y))]
        return np.concatenate([neckline(self.form, self.neck, self.deep), [*hole, (ax, ay)]])

    def hang(self, rng: random.Random, *, worn: bool, spread: tuple[float, float] = (14.0, 46.0)) -> None:
        """Choose how the arms hang: alike on something that lies flat, each its own way on a person."""
        start = (np.array(self.shoulder) + self.armpit) / 2
        angle = rng.uniform(*spread)
        for side in (1, -1):
            if worn:
                angle = rng.uniform(7, 20) if rng.random() < 0.75 else rng.uniform(26, 40)
            bend = rng.uniform(-0.9, -0.6) * 70 if worn and angle > 25 else rng.uniform(-8, 4)
            first, second = math.radians(angle), math.radians(angle + bend)
            elbow = start + UPPER_ARM * xy(math.sin(first), math.cos(first))
            wrist = elbow + (WHOLE_ARM - UPPER_ARM) * xy(math.sin(second), math.cos(second))
            self.arms[side] = np.stack([start, elbow, wrist])

    def along(self, side: int, shares: npt.NDArray[np.floating[Any]]) -> tuple[Points, Points]:
        """Points at these shares of an arm's length, and the directions away from the body there."""
        path = self.arms[side]
        at = shares * WHOLE_ARM
        knots = [0.0, UPPER_ARM, WHOLE_ARM]
        points = np.column_stack([np.interp(at, knots, path[:, 0]), np.interp(at, knots, path[:, 1])])
        legs = np.diff(path, axis=0)
        legs /= np.hypot(legs[:, 0], legs[:, 1])[:, None]
        mix = np.clip((at - UPPER_ARM) / 0.1 + 0.5, 0, 1)[:, None]
        along = legs[0] * (1 - mix) + legs[1] * mix
        return points, np.column_stack([along[:, 1], -along[:, 0]])

    def sleeve(self, side: int, share: float, cuff: float, *, start: float = 0.0, puff: float = 0.0) -> Points:
        """The outline of a sleeve down to `share` of the arm, `cuff` wide there; from `start` on, only its end."""
        shares = np.linspace(start, share, 6)
        middle, out = self.along(side, shares)
        armhole = 0.5 * math.hypot(self.armpit[0] - self.shoulder[0], self.armpit[1] - self.shoulder[1])
        t = shares / share
        half = armhole * 0.92 * (1 - t) + 0.5 * cuff * t + puff * np.sin(np.pi * t)
        outer, inner = middle + out * half[:, None], middle - out * half[:, None]
        if start == 0.0:
            outer[0], inner[0] = self.shoulder, self.armpit
        outline = np.concatenate([outer, inner[::-1]])
        if start == 0.0:  # reaches under the body, so that no gap shows at the armhole
            outline = np.concatenate([outline, 0.5 * (outer[:1] + inner[:1]) - [0.1, 0.0]])
        return polyline(outline, 2, closed=True) * [side, 1]


def neckline(form: str, wide: float, deep: float) -> Points:
    """The right half of the edge of a neck opening, from its lowest point in the middle up to the shoulder."""
    if form == "v":
        knots = [(0, deep), (0.55 * wide, 0.42 * deep), (wide, 0)]
    elif form == "square":
        knots = [(0, deep), (0.45 * wide, deep), (0.9 * wide, deep), (0.95 * wide, 0.5 * deep), (wide, 0)]
    elif form == "sweetheart":
        knots = [(0, deep), (0.3 * wide, 0.72 * deep), (0.65 * wide, 0.68 * deep), (0.92 * wide, 0.8 * deep), (wide, 0)]
    else:
        turn = np.linspace(0, np.pi / 2, 6)
        return np.column_stack([wide * np.sin(turn), deep * np.cos(turn)])
    return np.array(knots, np.float64)


def mirrored(half: Points) -> Points:
    """A closed outline from its right half, which starts and ends in the middle."""
    return np.concatenate([half, (half * [-1, 1])[-2:0:-1]])


def whole(half: Points) -> Points:
    """The same for cloth: with soft corners."""
    return rounded(mirrored(half))


def inside_neck(scene: Scene, cut: Cut, material: Material, *, ink: float = 0.8) -> None:
    """The back of the garment, seen through the neck opening."""
    front = neckline(cut.form, cut.neck, cut.deep + 0.03)
    back = [(0.0, 0.06 * cut.neck + 0.02), (0.6 * cut.neck, 0.01), (cut.neck, -0.01)]
    half = np.concatenate([front, back[::-1]])
    scene.fill(mirrored(half), material, part="back of neck", ink=ink, edge=0.4)


def rib(scene: Scene, cut: Cut, material: Material, width: float, *, ink: float = 0.6) -> None:
    """A band along the neckline."""
    half = neckline(cut.form, cut.neck, cut.deep)
    path = np.concatenate([(half * [-1, 1])[:0:-1], half])
    scene.fill(ribbon(smooth(path, 3), width), material, part="neck band", ink=ink, edge=0.4)


def buttons(
    scene: Scene, material: Material, x: float, heights: npt.ArrayLike, size: float, *, ink: float = 0.75
) -> None:
    """A row of round buttons from top to bottom."""
    for y in np.asarray(heights, np.float64):
        scene.fill(ellipse(x, y, size, size, count=10), material, part="buttons", ink=ink, edge=0.6, flat=True)


def creases(scene: Scene, rng: random.Random, wide: float, top: float, low: float, *, most: int = 5) -> None:
    """Soft folds, which hardly anybody draws."""
    dark = scene.main.darker(rng.uniform(0.82, 0.93))
    for _ in range(rng.randint(0, most)):
        x, y = rng.uniform(-0.8, 0.8) * wide, rng.uniform(top, low)
        lean, long = rng.uniform(-0.14, 0.14) - 0.08 * x / wide, rng.uniform(0.1, 0.35) * (low - top)
        middle = xy(x + 0.5 * lean + rng.uniform(-0.02, 0.02), y + 0.5 * long)
        end = (x + lean, min(y + long, low))
        scene.line(
            smooth(np.array([xy(x, y), middle, xy(*end)]), 3),
            dark,
            width=rng.uniform(0.006, 0.016),
            part="crease",
            ink=0.06,
        )


def motif(scene: Scene, rng: random.Random, at: Points, size: float) -> None:
    """A print: letters, a figure, a number or a small logo around the point `at`."""
    form = rng.choice(("text", "text", "star", "heart", "circle", "square", "picture", "mountain"))
    colour = pick(rng, "plain")
    shape = colour if colour.colour != scene.main.colour else pick(rng, "plain", ("white", "black", "yellow"))
    turn = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    if form == "text":
        for row in range(rng.randint(1, 3)):
            half, y = size * rng.uniform(0.6, 1.2), at[1] + row * 0.55 * size
            letters = np.linspace(at[0] - half, at[0] + half, rng.randint(3, 7) + 1)
            for left, right in pairwise(letters.tolist()):
                box = [
                    (left, y),
                    (right - 0.12 * size, y),
                    (right - 0.12 * size, y + 0.4 * size),
                    (left, y + 0.4 * size),
                ]
                scene.fill(box, shape, part=f"print{row}", ink=0.35, edge=0.0, flat=True)
        scene.say("text print", "writing", "slogan", "printed letters", *made_of(rng, shape, "text", "letters"))
        return
    if form == "star":
        radius = np.where(np.arange(10) % 2 == 0, size, 0.42 * size)
        angle = np.pi * np.arange(10) / 5
        outline = np.column_stack([radius * np.sin(angle), -radius * np.cos(angle)])
    elif form == "heart":
        outline = (
            size
            / 16
            * np.column_stack(
                [16 * np.sin(turn) ** 3, -13 * np.cos(turn) + 5 * np.cos(2 * turn) + 2 * np.cos(3 * turn)]
            )
        )
    elif form == "circle":
        outline = size * np.column_stack([np.cos(turn), np.sin(turn)])
    elif form == "mountain":
        outline = size * np.array([(-1.2, 0.7), (-0.5, -0.4), (-0.2, 0.1), (0.3, -0.8), (1.2, 0.7)])
    else:
        outline = size * np.array([(-0.8, -0.9), (0.8, -0.9), (0.8, 0.9), (-0.8, 0.9)])
    scene.fill(polyline(outline, 2, closed=True) + at, shape, part="print", ink=0.7, edge=0.2, flat=True)
    if form == "picture":
        for _ in range(4):
            spot = at + size * np.array([rng.uniform(-0.5, 0.5), rng.uniform(-0.6, 0.6)])
            own = pick(rng, "plain")
            blob = ellipse(spot[0], spot[1], size * rng.uniform(0.15, 0.3), size * rng.uniform(0.15, 0.3), count=10)
            scene.fill(blob, own, part="picture", ink=0.4, edge=0.0, flat=True)
    noun = {"picture": "graphic", "mountain": "mountain print"}.get(form, form)
    scene.say(
        *made_of(rng, shape, noun, f"{form} print"), "graphic print", "print on the front", f"{form} on the chest"
    )


def settle(scene: Scene, rng: random.Random) -> None:
    """Look at it slightly from one side, a bit askew, never quite symmetric."""
    slant = np.array([[rng.uniform(0.94, 1.06), rng.uniform(-0.03, 0.03)], [rng.uniform(-0.03, 0.03), 1.0]])
    sway, rate, phase = rng.uniform(0.0, 0.012), rng.uniform(2.0, 5.0), rng.uniform(0.0, 6.0)
    scene.warp(lambda points: points @ slant + sway * np.sin(rate * points[:, ::-1] + phase))

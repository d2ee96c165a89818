"""The person who wears a garment in a photo, whom the sketch never shows."""

from __future__ import annotations

import math
import random

import numpy as np

from stbir.data.drawn.curves import Points, ellipse, polyline, ribbon, rounded, smooth
from stbir.data.drawn.garment import Cut
from stbir.data.drawn.materials import Material, pick
from stbir.data.drawn.scene import Scene

SKINS = ((240, 205, 182), (226, 182, 150), (196, 146, 110), (150, 104, 74), (98, 66, 48))
HAIRS = ((24, 20, 18), (24, 20, 18), (58, 38, 26), (104, 70, 42), (196, 160, 104), (150, 150, 150))


class Wearer:
    """A body, painted in the units of `garment` before what it wears."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.skin = Material(_tone(rng, SKINS), "plain", "skin", ("skin",), rng.randrange(4))
        self.hair = Material(_tone(rng, HAIRS), "plain", "hair", ("hair",), rng.randrange(4))
        self.cropped = rng.random() < 0.3

    def head(self, scene: Scene) -> None:
        """Neck, and mostly a head with short or long hair."""
        neck = [
            (-0.2, 0.05),
            (-0.1, 0.0),
            (-0.09, -0.2),
            (0.09, -0.2),
            (0.1, 0.0),
            (0.2, 0.05),
            (0.12, 0.4),
            (-0.12, 0.4),
        ]
        if self.cropped:
            self._fill(scene, rounded(neck), self.skin)
            return
        shoulders = [(-0.36, 0.12), (-0.1, 0.02), (0.1, 0.02), (0.36, 0.12), (0.3, 0.5), (-0.3, 0.5)]
        self._fill(scene, polyline(shoulders, 2, closed=True), self.skin)
        x = self.rng.uniform(-0.02, 0.02)
        if self.rng.random() < 0.5:
            low = self.rng.uniform(-0.1, 0.25)
            wide = self.rng.uniform(0.17, 0.21)
            long = [(x - wide, low), (x - 0.17, -0.3), (x, -0.5), (x + 0.17, -0.3), (x + wide, low)]
            self._fill(scene, smooth(long, 4, closed=True), self.hair)
        self._fill(scene, rounded(neck), self.skin.darker(0.9))
        self._fill(scene, ellipse(x, -0.29, 0.13, 0.185), self.skin)
        fringe = self.rng.uniform(-0.36, -0.3)
        cap = [(x - 0.145, -0.25), (x - 0.13, -0.42), (x, -0.505), (x + 0.13, -0.42), (x + 0.145, -0.25),
               (x + 0.09, fringe - 0.05), (x - 0.06, fringe - 0.06)]  # fmt: skip
        self._fill(scene, smooth(cap, 3, closed=True), self.hair)

    def arms(self, scene: Scene, cut: Cut, *, start: float) -> None:
        """Bare arms from `start` of their length on, with hands."""
        for side in (1, -1):
            path, _ = cut.along(side, np.linspace(max(0.0, start - 0.08), 1.0, 6))
            self._fill(scene, ribbon(path * [side, 1], 0.15, taper=0.55), self.skin)
            along = path[-1] - path[-2]
            hand = path[-1] + 0.09 * along / math.hypot(along[0], along[1])
            angle = math.atan2(along[1], along[0] * side)
            self._fill(scene, ellipse(hand[0] * side, hand[1], 0.115, 0.05, count=14, angle=angle), self.skin)

    def legs(self, scene: Scene, hips: float, top: float, low: float, material: Material | None = None) -> None:
        """Two legs, bare or in something, from the hips down."""
        for side in (1, -1):
            foot = hips * self.rng.uniform(0.35, 0.5)
            half = np.array([(0.0, top), (hips, top), (foot + 0.42 * hips, low), (foot - 0.15 * hips, low)])
            self._fill(scene, polyline(half * [side, 1], 4, closed=True), material or self.skin)

    def shoes(self, scene: Scene, x: float, y: float, size: float = 0.12) -> None:
        """Two shoes whose middles stand `x` to the sides, under the hems."""
        material = pick(self.rng, ("leather", "fabric"), ("black", "black", "brown", "white", "navy"))
        for side in (1, -1):
            toe = [
                (x - 0.6 * size, y),
                (x + 0.6 * size, y),
                (x + 1.3 * size, y + 0.9 * size),
                (x + 0.3 * size, y + 1.1 * size),
            ]
            self._fill(scene, smooth(np.array(toe) * [side, 1], 3, closed=True), material)

    def stand(self, scene: Scene, *, waist: float, ankle: float, low: float) -> None:
        """The rest of somebody in trousers that end at `low`: shins where they are short, shoes, the end of a shirt."""
        if low < 1.9:
            for side in (1, -1):
                path = np.array([(0.2, 0.5), (0.5 * (0.2 + ankle), 1.2), (ankle, 2.05)]) * [side, 1]
                self._fill(scene, ribbon(smooth(path, 4), 0.22, taper=0.5), self.skin)
        self.shoes(scene, ankle, max(2.0, min(low, 2.1)) - 0.04)
        shirt = pick(self.rng, ("plain", "plain", "plaid", "striped"))
        torso = [(-0.36, -0.34), (0.36, -0.34), (waist * 1.08, 0.1), (-waist * 1.08, 0.1)]
        self._fill(scene, polyline(torso, 3, closed=True), shirt)

    @staticmethod
    def _fill(scene: Scene, outline: Points, material: Material) -> None:
        scene.fill(outline, material, part="wearer", ink=0.0, edge=0.1)


def _tone(rng: random.Random, tones: tuple[tuple[int, int, int], ...]) -> tuple[float, float, float]:
    red, green, blue = rng.choice(tones)
    light = rng.uniform(0.92, 1.05)
    return red * light, green * light, blue * light

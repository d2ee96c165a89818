"""The front of a piece of storage furniture: drawers, doors, panes, open compartments, and their handles."""

from __future__ import annotations

import random

import cv2
import numpy as np

from stbir.data.drawn.curves import Points, polyline
from stbir.data.drawn.materials import Material, metal, pick, wood
from stbir.data.drawn.solids import Mark, Solids


class Front:
    """The flat front of a body from `left`, `low` to `right`, `high`, collected as marks."""

    def __init__(self, rng: random.Random, solids: Solids, y: float, material: Material, facing: Material) -> None:
        self.rng, self.solids, self.y, self.material, self.facing = rng, solids, y, material, facing
        self.marks: list[Mark] = []
        self.handle = rng.choice(("knob", "knob", "bar", "bar", "cup", "slit", "none", "ring"))
        self.metal = metal(rng) if rng.random() < 0.75 else wood(rng)
        self.pane = pick(rng, "glass", ("light blue", "light grey", "white", "dark grey"))
        self.panelled = rng.random() < 0.4
        self.count = {"drawer": 0, "door": 0, "shelf": 0, "glass": 0}

    def ring(self, box: tuple[float, float, float, float], *, back: float = 0.0) -> Points:
        """The corners of left, right, low, high, seen on the front or `back` behind it."""
        left, right, low, high = box
        corners = [(left, self.y + back, low), (right, self.y + back, low), (right, self.y + back, high)]
        return self.solids.camera.project([*corners, (left, self.y + back, high)])[0]

    def drawer(self, box: tuple[float, float, float, float]) -> None:
        """One drawer with its handles."""
        left, right, low, high = box
        self._board(box, "drawers")
        places = (0.25, 0.75) if right - left > 0.75 else (0.5,)
        for place in places:
            self._pull(left + place * (right - left), (low + high) / 2, min(0.16, 0.3 * (right - left)), upright=False)
        self.count["drawer"] += 1

    def door(self, box: tuple[float, float, float, float], *, hinge: int, glass: bool = False) -> None:
        """One door; its handle is on the side away from the hinge (-1: left)."""
        left, right, low, high = box
        self._board(box, "doors")
        inset = 0.07 if right - left > 0.25 else 0.04
        inner = (left + inset, right - inset, low + inset, high - inset)
        if glass:
            self.marks.append(Mark(self._outline(inner), self.pane.darker(0.85), "glass", 0.9, 0.4))
            for height in np.linspace(inner[2], inner[3], self.rng.randint(3, 5))[1:-1].tolist():
                path = self.ring((inner[0], inner[1], height, height))[:2]
                self.marks.append(Mark(path, self.material.darker(0.8), "shelves", 0.6, 0.0, 0.014))
        elif self.panelled:
            self.marks.append(Mark(self._outline(inner), self.facing.darker(0.9), "panel", 0.6, 0.5))
        x = right - 0.04 if hinge < 0 else left + 0.04
        self._pull(x, low + 0.55 * (high - low), min(0.2, 0.25 * (high - low)), upright=True)
        self.count["glass" if glass else "door"] += 1

    def opening(self, box: tuple[float, float, float, float], depth: float, *, filled: float) -> None:
        """One open compartment, empty or with books or a basket in it."""
        left, right, low, high = box
        mouth = self.ring(box)
        self.marks.append(Mark(polyline(mouth, 3, closed=True), self.material.darker(0.55), "shelves", 1.0, 0.5))
        rear = self.ring(box, back=depth)
        floor = np.concatenate([mouth[:2], rear[1::-1]])
        for outline, shade in ((rear, 0.7), (floor, 0.85)):
            area, shared = cv2.intersectConvexConvex(mouth.astype(np.float32), _ordered(outline).astype(np.float32))
            if area > 1e-6:
                part = shared[:, 0].astype(np.float64)
                self.marks.append(Mark(part, self.material.darker(shade), "inside", 0.35, 0.1))
        choice = self.rng.random()
        if choice < filled and right - left > 0.2:
            x = left + 0.03
            while x < left + self.rng.uniform(0.4, 0.95) * (right - left):
                thick, tall = self.rng.uniform(0.03, 0.07), self.rng.uniform(0.6, 0.9) * (high - low)
                cover = pick(self.rng, "plain")
                self.marks.append(
                    Mark(self._outline((x, min(x + thick, right), low, low + tall)), cover, "books", 0.3, 0.5)
                )
                x += thick
        elif choice < 1.4 * filled:
            basket = pick(self.rng, ("wicker", "fabric"))
            shape = (left + 0.04, right - 0.04, low, low + 0.7 * (high - low))
            self.marks.append(Mark(self._outline(shape), basket, "baskets", 0.6, 0.5))
        self.count["shelf"] += 1

    def _outline(self, box: tuple[float, float, float, float]) -> Points:
        return polyline(self.ring(box), 3, closed=True)

    def _board(self, box: tuple[float, float, float, float], part: str) -> None:
        left, right, low, high = box
        gap = 0.008
        outline = self._outline((left + gap, right - gap, low + gap, high - gap))
        self.marks.append(Mark(outline, self.facing.darker(self.rng.uniform(0.95, 1.04)), part, 0.97, 0.8))

    def _pull(self, x: float, z: float, long: float, *, upright: bool) -> None:
        if self.handle == "none":
            return
        size = 0.018
        if self.handle in ("knob", "ring"):
            turn = np.linspace(0, 2 * np.pi, 11, endpoint=False)
            size *= 1.5 if self.handle == "ring" else 1.0
            points = np.column_stack([x + size * np.cos(turn), np.full(11, self.y - 0.015), z + size * np.sin(turn)])
            self.marks.append(Mark(self.solids.camera.project(points)[0], self.metal, "knobs", 0.85, 0.5, 0.0, True))
            return
        half = 0.5 * long
        box = (x - 0.011, x + 0.011, z - half, z + half) if upright else (x - half, x + half, z - 0.011, z + 0.011)
        if self.handle == "cup" and not upright:
            box = (x - 0.05, x + 0.05, z - 0.02, z + 0.02)
        own = self.material.darker(0.35) if self.handle == "slit" else self.metal
        self.marks.append(Mark(self._outline(box), own, "handles", 0.8, 0.4, 0.0, True))


def _ordered(ring: Points) -> Points:
    """The same corners in the direction in which those of a mouth run."""
    x, y = ring.T
    clockwise = float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) > 0
    return ring[::-1] if clockwise else ring

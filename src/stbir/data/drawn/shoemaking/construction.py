"""How an upper is put together: the seams between its pieces, its welt, and the creases that wear leaves."""

from __future__ import annotations

import random

import numpy as np

from stbir.data.drawn.curves import Points
from stbir.data.drawn.materials import Material
from stbir.data.drawn.shoemaking.loft import Loft
from stbir.data.drawn.shoemaking.stage import Stage

_T = np.linspace(0.0, 1.0, 12)


def add_construction(stage: Stage, rng: random.Random, loft: Loft, main: Material, *, ankle: float = 1.0) -> None:
    """Fine lines on the foot, up to height `ankle` of the loft, and on a shaft above it."""
    tall = ankle < 0.95
    if rng.random() < 0.45:
        _groove(stage, loft, 0.03 + 0.95 * _T, 0.05 * ankle + 0 * _T, main, ink=0.08)
    if rng.random() < (0.6 if tall else 0.4):
        start = rng.uniform(0.66, 0.8)
        rise = ankle * rng.uniform(0.7, 0.98)
        _groove(stage, loft, start + (0.98 - start) * _T, rise * np.sqrt(_T), main, ink=0.3)
    if rng.random() < (0.55 if tall else 0.4):
        low, high = rng.uniform(0.38, 0.55), rng.uniform(0.2, 0.4)
        _groove(stage, loft, low + (high - low) * _T, ankle * (0.04 + 0.9 * _T), main, ink=0.3)
    if rng.random() < (0.8 if tall else 0.4):
        _creases(stage, rng, loft, main, ankle)
    if tall and rng.random() < 0.65:
        at = rng.uniform(0.35, 0.75)
        _groove(stage, loft, at + rng.uniform(-0.06, 0.06) * _T, ankle + (0.99 - ankle) * _T, main, ink=0.25)
    if rng.random() < (0.6 if tall else 0.35):
        level = 1 - rng.uniform(0.03, 0.1) * (1.0 if tall else 1.4)
        _groove(stage, loft, -0.4 + 1.4 * _T, level + 0 * _T, main, ink=0.2)


def _groove(stage: Stage, loft: Loft, u: Points, v: Points, main: Material, *, ink: float) -> None:
    """A seam: a dark line with light beside it."""
    stage.on(loft, u, v, main.darker(0.55), width=0.009, part="groove", ink=ink)
    stage.on(loft, u, np.clip(v + 0.02, 0, 1), main.darker(1.25), width=0.006, part="groove", ink=0.0)


def _creases(stage: Stage, rng: random.Random, loft: Loft, main: Material, ankle: float) -> None:
    """Short folds where the foot bends: over the ball, and around the ankle of a boot."""
    for _ in range(rng.randint(2, 7 if ankle < 0.95 else 4)):
        if ankle < 0.95 and rng.random() < 0.7:
            start, level = rng.uniform(0.1, 0.6), ankle + rng.uniform(-0.12, 0.15)
            u, v = start + rng.uniform(0.2, 0.4) * _T, level + rng.uniform(-0.08, 0.08) * _T
        else:
            start = rng.uniform(0.22, 0.42)
            u, v = start - rng.uniform(0.05, 0.2) * _T, ankle * (0.3 + rng.uniform(0.2, 0.45) * _T)
        stage.on(loft, u, v, main.darker(0.65), width=rng.uniform(0.01, 0.02), part="crease", ink=0.05)
        stage.on(loft, u, np.clip(v + 0.025, 0, 1), main.darker(1.3), width=0.014, part="crease", ink=0.0)

"""Wrong proportions of the whole: what the eye misjudges, as smooth changes of the plane, so that lines stay joined."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import cv2
import numpy as np

from stbir.data.drawn.scene import Points

STEEPEST = 0.45
"""What an object touches the ground with rises less than this; a steeper edge is some other edge."""

WAVES = ((2.0, 5.0, 0.024), (2.0, 5.0, 0.024), (5.0, 11.0, 0.012))
"""Lowest and highest frequency (radians per canvas) and size of the waves that the plane is bent with."""


def ground_slope(outlines: Sequence[Points]) -> float:
    """The rise per step to the right of the line that an object stands on; 0 where it stands on no such line."""
    hull = cv2.convexHull(np.concatenate(outlines).astype(np.float32))[:, 0].tolist()
    middle = sum(x for x, _ in hull) / len(hull)
    lowest, slope = -math.inf, 0.0
    for (left, a), (right, b) in zip(hull, hull[1:] + hull[:1], strict=True):
        if min(left, right) <= middle < max(left, right):
            height = a + (b - a) * (middle - left) / (right - left)
            if height > lowest:
                lowest, slope = height, (b - a) / (right - left)
    return slope if abs(slope) < STEEPEST else 0.0


def slipped(points: Points, ground: float, error: float, rng: random.Random) -> Points:
    """Draw the whole with wrong proportions; `points` are on a canvas from -0.5 to 0.5.

    Args:
        points: of shape (n, 2).
        ground: the slope of the line that the object stands on: people draw it level, as they know it to be.
        error: how wrong; at 0 nothing moves, at 1 it is as usual.
        rng: decides.
    """
    straightened = _straightened(ground, error, rng)
    points = points @ (_misjudged(error, rng) @ straightened).T
    tilt = np.array([rng.gauss(0, 0.05) * error for _ in range(2)])
    points = points / np.maximum(1 + points @ tilt, 0.5)[:, None]
    return _exaggerated(_bent(points, error, rng), error, rng)


def _straightened(ground: float, error: float, rng: random.Random) -> Points:
    """Turn or shear the ground towards level, some people all the way and others hardly."""
    correction = math.atan(ground) * min(1.0, rng.uniform(0.0, 1.2)) * min(error * 2, 1.0)
    turned = rng.uniform(0.0, 0.35) * correction
    level = np.array([[1.0, 0.0], [-math.tan(correction - turned), 1.0]])
    return level @ _turn(-turned)


def _misjudged(error: float, rng: random.Random) -> Points:
    """Wrong by an angle, two slants and a ratio of width to height."""
    stretch = math.exp(rng.gauss(0, 0.052) * error)
    slanted = np.array([[1.0, rng.gauss(0, 0.045) * error], [rng.gauss(0, 0.045) * error, 1.0]])
    return np.diag([stretch, 1 / stretch]) @ slanted @ _turn(rng.gauss(0, 0.03) * error)


def _turn(angle: float) -> Points:
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])


def _bent(points: Points, error: float, rng: random.Random) -> Points:
    """Add long waves in all directions: some parts come out longer, shorter or askew, and straight lines bow."""
    waves: list[tuple[float, float, float]] = []
    pushes: list[tuple[float, float]] = []
    for slowest, fastest, size in WAVES:
        for _ in range(2):
            across, along = (rng.uniform(0, 2 * math.pi) for _ in range(2))
            rate, size_here = rng.uniform(slowest, fastest), size * error
            waves.append((rate * math.cos(across), rate * math.sin(across), rng.uniform(0, 2 * math.pi)))
            pushes.append((size_here * math.cos(along), size_here * math.sin(along)))
    table = np.array(waves)
    return points + np.sin(points @ table[:, :2].T + table[:, 2]) @ (math.sqrt(2) * np.array(pushes))


def _exaggerated(points: Points, error: float, rng: random.Random) -> Points:
    """Draw what lies around two places too large or too small: a toe, a heel, an arm rest."""
    for _ in range(2):
        middle = points[rng.randrange(len(points))]
        reach = rng.uniform(0.1, 0.3)
        growth = min(max(rng.gauss(0.03, 0.2) * error, -0.45), 0.7)
        away = points - middle
        near = np.exp((away[:, 0] ** 2 + away[:, 1] ** 2) * (-0.5 / reach**2))
        points = points + away * (growth * near)[:, None]
    return points

"""Curves through points: what outlines are built from. All arrays are float64 of shape (n, 2)."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]


@cache
def _fractions(steps: int) -> Points:
    return np.linspace(0.0, 1.0, steps, endpoint=False)[:, None, None]


def smooth(points: npt.ArrayLike, steps: int = 5, *, closed: bool = False) -> Points:
    """A Catmull-Rom curve through `points`, with `steps` samples from each to the next.

    >>> smooth([(0, 0), (1, 0), (2, 0)], 2)[:, 0].tolist()
    [0.0, 0.5, 1.0, 1.5, 2.0]
    """
    knots = np.asarray(points, np.float64)
    if closed:
        padded = np.concatenate([knots[-1:], knots, knots[:2]])
    else:
        padded = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    before, start, end, after = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = _fractions(steps)
    curve = 0.5 * (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t * t
        + (3 * start - before - 3 * end + after) * t**3
    )
    curve = curve.transpose(1, 0, 2).reshape(-1, 2)
    return curve if closed else np.concatenate([curve, knots[-1:]])


def polyline(points: npt.ArrayLike, steps: int = 6, *, closed: bool = False) -> Points:
    """Straight lines through `points`, with `steps` samples from each to the next.

    >>> polyline([(0, 0), (1, 0)], 2).tolist()
    [[0.0, 0.0], [0.5, 0.0], [1.0, 0.0]]
    """
    knots = np.asarray(points, np.float64)
    ring = np.concatenate([knots, knots[:1]]) if closed else knots
    t = _fractions(steps)
    line = (ring[:-1] * (1 - t) + ring[1:] * t).transpose(1, 0, 2).reshape(-1, 2)
    return line if closed else np.concatenate([line, knots[-1:]])


def ellipse(x: float, y: float, radius_x: float, radius_y: float, *, count: int = 20, angle: float = 0.0) -> Points:
    """The outline of an ellipse around (x, y), turned by `angle` radians, as `count` points."""
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    along, across = radius_x * np.cos(turn), radius_y * np.sin(turn)
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack([x + along * cos - across * sin, y + along * sin + across * cos], axis=1)


def rounded(points: npt.ArrayLike) -> Points:
    """A closed outline through `points` with soft corners; long edges stay straight, where `smooth` would bulge."""
    return smooth(polyline(points, 3, closed=True), 2, closed=True)


def xy(x: float, y: float) -> Points:
    """A point, or a shift, as an array."""
    return np.array([x, y], np.float64)


def ease(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The smooth step: 0 below 0, 1 above 1, level at both ends.

    >>> ease([-1, 0.5, 2]).tolist()
    [0.0, 0.5, 1.0]
    """
    t = np.clip(np.asarray(values, np.float64), 0.0, 1.0)
    return t * t * (3 - 2 * t)


def ribbon(points: npt.ArrayLike, width: float, *, taper: float = 1.0) -> Points:
    """A closed outline of `width` around an open curve; its far end is `taper` times as wide."""
    middle = np.asarray(points, np.float64)
    direction = np.gradient(middle, axis=0)
    direction /= np.maximum(np.hypot(direction[:, 0], direction[:, 1]), 1e-9)[:, None]
    half = 0.5 * width * np.linspace(1.0, taper, len(middle))[:, None]
    normal = np.stack([-direction[:, 1], direction[:, 0]], axis=1) * half
    return np.concatenate([middle + normal, (middle - normal)[::-1]])

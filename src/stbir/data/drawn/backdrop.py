"""What a thing is photographed in front of: mostly white paper, sometimes a room or a mess."""

from __future__ import annotations

import random

import cv2
import numpy as np

from stbir.data.drawn.materials import COLOURS, wood
from stbir.data.drawn.textures import patch
from stbir.types import Floats

SHARE_BUSY = 0.12
SHARE_TINTED = 0.16


def backdrop(rng: random.Random, noise: np.random.Generator, *, size: int, low: np.ndarray, high: np.ndarray) -> Floats:
    """An empty picture, float32 RGB of shape (size, size, 3), with the shadow of a thing from `low` to `high`."""
    kind = rng.random()
    if kind < SHARE_BUSY:
        canvas = rng.choice((_room, _blurred_shapes, _table_top))(rng, noise, size)
    else:
        level = 255 - (rng.uniform(8, 45) if kind < SHARE_BUSY + SHARE_TINTED else abs(rng.gauss(0, 3)))
        tint = np.array([rng.uniform(-4, 4) if level < 247 else 0.0 for _ in range(3)], np.float32)
        fall = np.linspace(0, rng.uniform(-25, 0) if rng.random() < 0.25 else 0, size, dtype=np.float32)
        canvas = np.empty((size, size, 3), np.float32)
        canvas[:] = level + tint
        canvas += fall[:, None, None]
    if rng.random() < (0.9 if kind < SHARE_BUSY else 0.5):
        _shadow(canvas, rng, low=low, high=high)
    return canvas


def _shadow(canvas: Floats, rng: random.Random, *, low: np.ndarray, high: np.ndarray) -> None:
    """A soft pool of shade under the thing; painted small and enlarged, which is what makes it soft."""
    size = len(canvas)
    side = 32
    small = np.zeros((side, side), np.float32)
    middle = (low[0] + high[0]) / 2 + rng.uniform(-0.04, 0.04) * size
    center = round(middle / size * side * 16), round((high[1] / size - 0.012) * side * 16)
    axes = round((high[0] - low[0]) * rng.uniform(0.4, 0.52) / size * side * 16), round(rng.uniform(0.7, 1.6) * 16)
    cv2.ellipse(small, center, axes, 0, 0, 360, rng.uniform(0.08, 0.3), -1, cv2.LINE_AA, 4)
    small = cv2.GaussianBlur(small, (0, 0), rng.uniform(0.6, 1.4))
    shade = np.asarray(cv2.resize(small, (size, size), interpolation=cv2.INTER_CUBIC), np.float32)
    canvas *= (1 - shade)[..., None]


def _color(rng: random.Random, *, toward_white: float) -> np.ndarray:
    rgb, _, _ = COLOURS[rng.choice(list(COLOURS))]
    return np.array(rgb, np.float32) * (1 - toward_white) + 255 * toward_white


def _room(rng: random.Random, noise: np.random.Generator, size: int) -> Floats:
    canvas = np.empty((size, size, 3), np.float32)
    canvas[:] = _color(rng, toward_white=rng.uniform(0.5, 0.85))
    horizon = round(size * rng.uniform(0.55, 0.85))
    floor = wood(rng) if rng.random() < 0.5 else None
    if floor is None:
        canvas[horizon:] = _color(rng, toward_white=rng.uniform(0.2, 0.7))
    else:
        grain, _ = patch("wood", floor.variant, width=size, height=size - horizon, size=size)
        canvas[horizon:] = grain[..., None] * (np.array(floor.rgb, np.float32) * 0.7 + 75)
    light = np.linspace(1.04, 0.92, size, dtype=np.float32)
    canvas *= light[:, None, None]
    return np.asarray(cv2.blur(canvas, (1, max(1, size // 60))), np.float32)


def _blurred_shapes(rng: random.Random, noise: np.random.Generator, size: int) -> Floats:
    side = 32
    small = np.empty((side, side, 3), np.float32)
    small[:] = _color(rng, toward_white=0.7)
    for _ in range(rng.randint(3, 8)):
        corners = np.array([[rng.uniform(-4, 36), rng.uniform(-4, 36)] for _ in range(4)])
        hull = cv2.convexHull(corners.astype(np.int32))
        cv2.fillConvexPoly(small, hull, _color(rng, toward_white=rng.uniform(0.3, 0.7)).tolist())
    small = cv2.GaussianBlur(small, (0, 0), rng.uniform(0.8, 2.0))
    return np.asarray(cv2.resize(small, (size, size), interpolation=cv2.INTER_CUBIC), np.float32)


def _table_top(rng: random.Random, noise: np.random.Generator, size: int) -> Floats:
    texture = rng.choice(("wood", "wood", "fabric", "marble", "felt"))
    grain, _ = patch(texture, rng.randrange(4), width=size, height=size, size=size)
    top = np.array(wood(rng).rgb, np.float32) if texture == "wood" else _color(rng, toward_white=0.6)
    calm = cv2.blur(1 + 0.6 * (grain - 1), (max(1, size // 80), max(1, size // 80)))  # a table is out of focus
    return np.asarray(calm[..., None] * (top * 0.7 + 70), np.float32)

"""From where shops photograph seats."""

from __future__ import annotations

import math
import random

from stbir.data.drawn.camera import Camera

LEFTWARD = 0.86
"""The share of seats that face the left edge of their picture, as they do on most product pages."""


def seat_camera(
    rng: random.Random,
    *,
    height: float = 0.45,
    low: float = 5.0,
    high: float = 27.0,
    frontal: float = 0.07,
    sideways: float = 0.04,
    turned: tuple[float, float] = (8.0, 54.0),
    nearest: float = 2.8,
) -> Camera:
    """Mostly three quarters from slightly above, facing left; sometimes frontal or from the side.

    The arguments are those of `shop_camera`; azimuths in the middle of `turned` are the most usual.
    """
    side = 1.0 if rng.random() < LEFTWARD else -1.0
    view = rng.random()
    if view < frontal:
        azimuth = rng.uniform(0.0, 8.0)
    elif view < frontal + sideways:
        azimuth = rng.uniform(58.0, 80.0)
    else:
        azimuth = rng.triangular(*turned, turned[0] + 0.4 * (turned[1] - turned[0]))
    return Camera(
        azimuth=side * math.radians(azimuth),
        elevation=math.radians(rng.uniform(low, high)),
        distance=rng.uniform(nearest, nearest + 5.2),
        target=(0.0, 0.0, height),
    )

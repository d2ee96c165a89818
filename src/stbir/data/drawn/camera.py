"""A pinhole camera that walks around an object standing at the origin: x right, y away, z up."""

from __future__ import annotations

import math
import random

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]


class Camera:
    """Looks at `target` from `distance`, turned by `azimuth` around z and raised by `elevation` (radians).

    At azimuth 0 it stands in front of the object, on the negative y side. What lies as far away as the
    target keeps its size; picture coordinates have y pointing down.
    """

    def __init__(
        self,
        *,
        azimuth: float,
        elevation: float,
        distance: float = 5.0,
        target: tuple[float, float, float] = (0.0, 0.0, 0.45),
    ) -> None:
        cos_a, sin_a = math.cos(azimuth), math.sin(azimuth)
        cos_e, sin_e = math.cos(elevation), math.sin(elevation)
        self.azimuth = azimuth
        self.elevation = elevation
        self.distance = distance
        self.target = np.array(target)
        self.right = np.array([cos_a, sin_a, 0.0])
        self.forward = np.array([-sin_a * cos_e, cos_a * cos_e, -sin_e])
        self.up = np.array([-sin_a * sin_e, cos_a * sin_e, cos_e])
        self.position = self.target - distance * self.forward
        self._axes = np.stack([self.right, self.up, self.forward], axis=1)

    def project(self, points: npt.ArrayLike) -> tuple[Points, npt.NDArray[np.float64]]:
        """Picture positions (n, 2) and depths (n,) of `points` (n, 3)."""
        seen = (np.asarray(points, np.float64) - self.target) @ self._axes
        depth = np.maximum(seen[:, 2] + self.distance, 1e-3)
        picture = seen[:, :2] * (self.distance / depth)[:, None]
        picture[:, 1] *= -1.0
        return picture, depth

    def depth(self, point: npt.ArrayLike) -> float:
        """How far `point` lies along the view."""
        return float((np.asarray(point, np.float64) - self.target) @ self.forward) + self.distance


def shop_camera(
    rng: random.Random,
    *,
    height: float = 0.45,
    low: float = 4.0,
    high: float = 28.0,
    frontal: float = 0.14,
    sideways: float = 0.07,
    turned: tuple[float, float] = (14.0, 52.0),
    nearest: float = 2.8,
) -> Camera:
    """The way shops photograph: mostly three quarters from slightly above, sometimes frontal or from the side.

    Args:
        rng: where the choice comes from.
        height: the height it looks at.
        low: the least elevation in degrees.
        high: the largest elevation in degrees.
        frontal: the share of straight views.
        sideways: the share of views from the side.
        turned: the azimuths of all other views in degrees, to the left or to the right.
        nearest: the least distance; long objects need more, or perspective bends them.
    """
    side = rng.choice((-1.0, 1.0))
    view = rng.random()
    if view < frontal:
        azimuth = rng.uniform(0.0, 7.0)
    elif view < frontal + sideways:
        azimuth = rng.uniform(60.0, 82.0)
    else:
        azimuth = rng.uniform(*turned)
    return Camera(
        azimuth=side * math.radians(azimuth),
        elevation=math.radians(rng.uniform(low, high)),
        distance=rng.uniform(nearest, nearest + 5.2),
        target=(0.0, 0.0, height),
    )

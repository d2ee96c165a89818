"""The form a shoe is built on: the outline of the foot from above and the line it stands on.

x runs from the toe at 0 to the heel at 1, y away from the viewer, z up. A ring around the foot starts at
the toe, runs along the near side to the heel and back along the far side. Its coordinate u is x on the
near side and 2 - x on the far side.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stbir.data.drawn.curves import Points, ease

HALF = 20
RING = 2 * HALF
UP = np.array([0.0, 0.0, 1.0])
_TURN = np.linspace(0, 2 * np.pi, RING, endpoint=False)
ALONG = (1 - np.cos(_TURN)) / 2
"""x of every point of a ring, dense at toe and heel."""
SIDE = np.where(_TURN <= np.pi, -1.0, 1.0)
"""-1 on the near side, 1 on the far side."""


@dataclass(frozen=True)
class Last:
    """How wide a foot is on both sides of its middle line, and how high each part of it stands."""

    lift: float
    spring: float
    thickness: float
    arch_from: float
    arch_length: float
    width: float
    toe_length: float
    toe_shape: float
    waist: float
    bend: float
    inner: float

    def ground(self, x: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """The height of the lower side of the sole."""
        x = np.asarray(x, np.float64)
        toe = self.spring * (np.clip(0.2 - x, 0, 1) / 0.2) ** 2
        return toe + self.lift * ease((x - self.arch_from) / self.arch_length)

    def top(self, x: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """The height of the upper side of the sole, where the foot is."""
        return self.ground(x) + self.thickness

    def at(self, x: float) -> float:
        """The height of the upper side of the sole at one place."""
        return float(self.top(x))

    def half_width(self, x: npt.ArrayLike, side: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """The distance from the middle line to the edge on the near (-1) or far (1) side."""
        x = np.clip(np.asarray(x, np.float64), 0.0, 1.0)
        front = 1 - (1 - np.clip(x / self.toe_length, 0, 1)) ** self.toe_shape
        rear = 1 - np.clip((x - 0.82) / 0.18, 0, 1) ** 2.2
        waist = 1 - self.waist * ease((x - 0.3) / 0.35)
        arch = 1 - 0.16 * np.exp(-(((x - 0.55) / 0.16) ** 2)) * (np.asarray(side) * self.inner > 0)
        return self.width * front ** (1 / self.toe_shape) * np.sqrt(rear) * waist * arch

    def middle(self, x: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Where the middle line lies (its y); it bends towards the inner side of the foot."""
        x = np.asarray(x, np.float64)
        return self.inner * self.bend * np.clip(1 - x / 0.45, 0, 1) ** 2

    def ring(self, grow: float = 0.0) -> Points:
        """The edge of the sole's upper side as (RING, 3), made larger by `grow` all around."""
        y = self.middle(ALONG) + SIDE * self.half_width(ALONG, SIDE) * (1 + grow / self.width)
        return np.stack([0.5 + (ALONG - 0.5) * (1 + 2 * grow), y, self.top(ALONG)], axis=1)

    def edge(self, x: float, side: float, height: float = 0.0) -> Points:
        """A point on the edge of the sole, `height` above it."""
        y = self.middle(x) + side * self.half_width(x, side)
        return np.array([x, float(y), self.at(x) + height])


def last(rng: random.Random, *, lift: float, thickness: float, pointed: bool = False) -> Last:
    """A last with a heel `lift` above the ground, with a round or a pointed toe."""
    return Last(
        lift=lift,
        spring=rng.uniform(0, 0.03) if lift > 0.04 else rng.uniform(0, 0.05),
        thickness=thickness,
        arch_from=rng.uniform(0.22, 0.32),
        arch_length=rng.uniform(0.42, 0.55),
        width=rng.uniform(0.15, 0.19),
        toe_length=rng.uniform(0.36, 0.48) if pointed else rng.uniform(0.24, 0.46),
        toe_shape=rng.uniform(1.02, 1.2) if pointed else rng.uniform(1.3, 2.6),
        waist=rng.uniform(0.2, 0.36),
        bend=rng.uniform(0.0, 0.06),
        inner=rng.choice((-1.0, 1.0)),
    )

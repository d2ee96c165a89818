"""Straps: over the foot, around the heel and the ankle, with their buckles."""

from __future__ import annotations

import random
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stbir.data.drawn.curves import Points, ease
from stbir.data.drawn.materials import Material
from stbir.data.drawn.shoemaking.last import ALONG, UP, Last
from stbir.data.drawn.shoemaking.stage import Stage
from stbir.data.drawn.solids import smooth_path

_ARC = np.linspace(0, np.pi, 15)


class Bridge(NamedTuple):
    """A strap over the foot between two paths (15, 3) from its near to its far end."""

    front: Points
    rear: Points

    def at(self, across: npt.ArrayLike, along: npt.ArrayLike) -> Points:
        """Points `across` the foot (0 near, 1 far) and from the front (0) to the rear edge (1)."""
        across, along = np.broadcast_arrays(np.asarray(across, np.float64), np.asarray(along, np.float64))
        place = np.clip(across, 0, 1) * (len(self.front) - 1)
        low = np.minimum(place.astype(np.intp), len(self.front) - 2)
        a, b = (place - low)[..., None], along[..., None]
        front = self.front[low] * (1 - a) + self.front[low + 1] * a
        rear = self.rear[low] * (1 - a) + self.rear[low + 1] * a
        return front * (1 - b) + rear * b


def arch(base: Last, near: float, far: float, height: float, *, lean: float = 0.0) -> Points:
    """A path over the foot from the near edge of the sole at x = `near` to the far edge at x = `far`."""
    x = near + (far - near) * (1 - np.cos(_ARC)) / 2 + lean * np.sin(_ARC)
    x = np.clip(x, 0.0, 1.0)
    low, high = base.edge(near, -1.0), base.edge(far, 1.0)
    share = (1 - np.cos(_ARC)) / 2
    y = low[1] * (1 - share) + high[1] * share
    z = low[2] * (1 - share) + high[2] * share + height * np.sin(_ARC) ** 0.7
    return np.stack([x, y * 1.03, z], axis=1)


def band(
    stage: Stage, base: Last, near: float, far: float, height: float, width: float, material: Material, *, part: str,
    ink: float = 1.0, rise: float = 0.0, pinch: float = 0.0,
) -> Bridge:  # fmt: skip
    """A strap over the foot; its rear edge is `rise` higher than its front edge, its middle narrower by `pinch`."""
    front = arch(base, max(near - width / 2, 0.01), max(far - width / 2, 0.01), height - rise / 2)
    rear = arch(base, min(near + width / 2, 0.98), min(far + width / 2, 0.98), height + rise / 2)
    if pinch:
        shift = (0.5 * pinch * np.sin(_ARC) ** 3)[:, None] * (rear - front)
        front, rear = front + shift, rear - shift
    stage.strip(front, rear, material, part=part, inner=material.darker(0.6), ink=ink)
    return Bridge(front, rear)


def sling(
    stage: Stage, points: npt.ArrayLike, width: float, material: Material, *, part: str, ink: float = 1.0,
    across: Points = UP,
) -> None:  # fmt: skip
    """A strap standing on its edge along a curve through `points` (n, 3), from the left to the right in front."""
    path = smooth_path(points, 5)
    half = across * (width / 2)
    stage.strip(path + half, path - half, material, part=part, inner=material.darker(0.6), ink=ink)


def slingback(
    stage: Stage, base: Last, root: float, height: float, width: float, material: Material, *, rise: float, back: float
) -> None:
    """A strap from both sides at x = `root`, `rise` above the sole, around the heel at `height`."""
    heel, side = base.at(1.0) + height, 0.55 * height + 0.3 * rise
    path = [base.edge(root, -1.0, rise), base.edge(0.76, -0.95, side), np.array([0.94, -0.06, heel]),
            np.array([back + 0.01, 0.0, heel + 0.01]), np.array([0.94, 0.06, heel]), base.edge(0.76, 0.95, side),
            base.edge(root, 1.0, rise)]  # fmt: skip
    sling(stage, path, width, material, part="slingback")
    stage.scene.say("slingback", "sling back", "heel strap")


def ankle_ring(base: Last, height: float, *, front: float, back: float, wide: float, tilt: float = 0.0) -> Points:
    """A closed path around the ankle, `height` above the heel; `tilt` raises its front."""
    x = front + (back - front) * ALONG
    y = wide * np.sin(np.linspace(0, 2 * np.pi, len(ALONG), endpoint=False)) * -1.0
    return np.stack([x, y, base.at(1.0) + height + tilt * (1 - ALONG)], axis=1)


def loop(stage: Stage, ring: Points, width: float, material: Material, *, part: str, ink: float = 1.0) -> None:
    """A strap along a closed path, such as `ankle_ring`."""
    half = UP * (width / 2)
    stage.strip(ring + half, ring - half, material, part=part, inner=material.darker(0.6), closed=True, ink=ink)


def counter(stage: Stage, base: Last, start: float, height: float, material: Material, lining: Material) -> None:
    """A piece that encloses the heel behind x = `start`."""
    edge = base.ring()[start < ALONG]
    rise = height * ease((edge[:, 0] - start) / (0.92 - start)) ** 0.8
    upper = edge * (1, 0.92, 1) + rise[:, None] * UP
    upper[:, 0] += 0.03 * ease((edge[:, 0] - 0.8) / 0.2) - 0.02
    stage.strip(upper, edge, material, part="counter", inner=lining)


def buckle(stage: Stage, rng: random.Random, place: npt.ArrayLike, size: float, material: Material, part: str) -> None:
    """A small frame of metal with a pin, facing us."""
    x, y = stage.see(np.asarray(place, np.float64)[None])[0].tolist()
    lean = rng.uniform(-0.3, 0.3)
    frame = np.array([(-1, -1.2), (1, -1.2), (1, 1.2), (-1, 1.2)]) * size
    frame = frame @ np.array([[1, lean], [-lean, 1]])
    centre = np.array([x, y])
    stage.scene.fill(frame + centre, material, part=part, ink=0.75, flat=True)
    stage.scene.fill(0.5 * frame + centre, material.darker(0.35), part=part, ink=0.2, edge=0, flat=True)

"""Round things: surfaces of revolution around an upright axis, and cones along any axis.

What makes them look round in a line drawing is one smooth silhouette and the ellipses of their rims.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stbir.data.drawn.camera import Camera
from stbir.data.drawn.curves import smooth
from stbir.data.drawn.materials import Material
from stbir.data.drawn.solids import Mark, Solids, hull

Points = npt.NDArray[np.float64]
TURN = np.linspace(0, 2 * np.pi, 28, endpoint=False)
ROWS = 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, 44))


def turned(knots: npt.ArrayLike, *, steps: int = 5, straight: bool = False) -> Points:
    """A profile (radius, height) through `knots`, from the bottom up; curved unless `straight`."""
    points = np.asarray(knots, np.float64)
    if not straight:
        points = smooth(points, steps)
    points[:, 0] = np.maximum(points[:, 0], 0.003)
    points[:, 1] = np.maximum.accumulate(points[:, 1])
    return points


class Lathe:
    """The surface a `profile` (n, 2) of (radius, height) sweeps around the upright axis through `centre`.

    An angle of 0 on it faces the camera and grows to the right.
    """

    def __init__(
        self, camera: Camera, profile: Points, *, centre: tuple[float, float, float] = (0.0, 0.0, 0.0)
    ) -> None:
        self.profile = profile
        radius, height = profile[:, 0], profile[:, 1] + centre[2]
        axis = np.column_stack([np.full_like(height, centre[0]), np.full_like(height, centre[1]), height])
        middle, self.depths = camera.project(axis)
        ray = axis - camera.position
        self._height = profile[:, 1]
        self._x, self._y = middle[:, 0], middle[:, 1]
        self._wide = radius * camera.distance / self.depths
        self._tall = -self._wide * ray[:, 2] / np.linalg.norm(ray, axis=1)
        self.depth = float(self.depths.mean())

    def radius(self, height: float) -> float:
        """The radius at `height`."""
        return float(np.interp(height, self._height, self.profile[:, 0]))

    def at(self, angle: npt.ArrayLike, height: npt.ArrayLike) -> Points:
        """Picture positions (n, 2) of points on the surface."""
        angle, height = np.broadcast_arrays(np.asarray(angle, np.float64), np.asarray(height, np.float64))
        x, y, wide, tall = (np.interp(height, self._height, v) for v in (self._x, self._y, self._wide, self._tall))
        return np.column_stack([x + wide * np.sin(angle), y + tall * np.cos(angle)])

    def ring(self, height: float, *, scale: float = 1.0) -> Points:
        """The whole ellipse at `height`, with `scale` times the radius."""
        ellipse = self.at(TURN, np.full(len(TURN), height))
        centre = ellipse.mean(axis=0)
        return centre + (ellipse - centre) * scale

    def arc(self, height: float, start: float = -np.pi / 2, stop: float = np.pi / 2, *, count: int = 13) -> Points:
        """The part of the ellipse at `height` that faces the camera, or another part of it."""
        return self.at(np.linspace(start, stop, count), np.full(count, height))

    def patch(self, angles: tuple[float, float], heights: tuple[float, float]) -> Points:
        """The outline of a piece of the surface between two angles and two heights."""
        levels = np.linspace(heights[0], heights[1], 9)
        lower, upper = self.arc(heights[0], *angles, count=11), self.arc(heights[1], *angles, count=11)
        right = self.at(np.full(9, angles[1]), levels)
        left = self.at(np.full(9, angles[0]), levels[::-1])
        return np.concatenate([lower, right[1:-1], upper[::-1], left[1:-1]])

    def silhouette(self) -> Points:
        """The closed outline: each picture row reaches as far as the widest ellipse that crosses it."""
        tall = np.abs(self._tall)
        top, bottom = float((self._y - tall).min()), float((self._y + tall).max())
        rows = top + (bottom - top) * ROWS
        inside = 1.0 - ((rows[:, None] - self._y) / np.maximum(tall, 1e-6)) ** 2
        reach = (self._wide * np.sqrt(np.maximum(inside, 0.0))).max(axis=1)
        order = np.argsort(self._y)
        between = np.interp(rows, self._y[order], self._wide[order], left=0.0, right=0.0)
        reach = np.maximum(reach, between)
        axis = np.interp(rows, self._y[order], self._x[order])
        right = np.column_stack([axis + reach, rows])
        left = np.column_stack([axis - reach, rows])
        return np.concatenate([right, left[::-1]])

    def body(self, material: Material, part: str, *, shine: float = 1.18, ink: float = 1.0) -> list[Mark]:
        """The whole outside, with a shadow on one side and a highlight of strength `shine` on the other."""
        low, high = float(self._height[0]), float(self._height[-1])
        marks = [Mark(self.silhouette(), material, part, ink, 0.6)]
        for start, shade in ((0.5, 0.94), (0.85, 0.86), (1.2, 0.75)):
            dark = material.darker(shade)
            marks.append(Mark(self.patch((start, 1.54), (low, high)), dark, part, 0.0, 0.0))
        if shine > 1.0:
            inset = 0.08 * (high - low)
            light = self.patch((-0.85, -0.55), (low + inset, high - inset))
            marks.append(Mark(light, material.darker(shine), part, 0.0, 0.0, 0.0, True))
        return marks

    def opening(
        self, material: Material, part: str, *, thickness: float = 0.9, inside: Material | None = None
    ) -> list[Mark]:
        """The rim at the top and the look inside, where the camera is above it; else nothing."""
        if self._tall[-1] <= 1e-4:
            return []
        height = float(self._height[-1])
        marks = [Mark(self.ring(height), material.darker(1.08), part, 1.0, 0.5)]
        if thickness < 1.0:
            hole = (inside or material).darker(0.62)
            marks.append(Mark(self.ring(height, scale=thickness), hole, part, 0.7, 0.5))
        return marks

    def band(self, material: Material, part: str, low: float, high: float, *, ink: float = 0.7) -> list[Mark]:
        """A coloured belt between two heights."""
        marks = [Mark(self.patch((-1.57, 1.57), (low, high)), material, part, ink, 0.4)]
        marks.append(Mark(self.patch((0.9, 1.57), (low, high)), material.darker(0.8), part, 0.0, 0.0))
        return marks


def frustum(
    solids: Solids,
    start: npt.ArrayLike,
    end: npt.ArrayLike,
    radii: tuple[float, float],
    material: Material,
    part: str,
    *,
    bias: float = 0.0,
    inside: Material | None = None,
    ink: float = 1.0,
) -> None:
    """A cylinder or cone from `start` to `end` along any axis; its visible end is painted in `inside` if hollow."""
    low, high = np.asarray(start, np.float64), np.asarray(end, np.float64)
    axis = high - low
    axis /= np.linalg.norm(axis) + 1e-9
    aside = np.cross(axis, (0.0, 0.0, 1.0) if abs(axis[2]) < 0.9 else (1.0, 0.0, 0.0))
    aside /= np.linalg.norm(aside)
    circle = np.cos(TURN)[:, None] * aside + np.sin(TURN)[:, None] * np.cross(axis, aside)
    first, depths = solids.camera.project(low + circle * radii[0])
    last, other = solids.camera.project(high + circle * radii[1])
    marks = [Mark(hull(np.concatenate([first, last])), material.darker(0.85), part, ink, 0.6)]
    centre, away = (first.mean(axis=0), last.mean(axis=0))
    lit = np.concatenate([first, last]) * 0.55 + 0.45 * np.repeat([centre, away], len(TURN), axis=0)
    marks.append(Mark(hull(lit), material.darker(1.06), part, 0.0, 0.0))
    for ring, at, outward in ((first, low, -axis), (last, high, axis)):
        if outward @ (solids.camera.position - at) > 0:
            marks.append(Mark(ring, material.darker(1.02), part, ink, 0.5))
            if inside is not None:
                hole = ring.mean(axis=0) + (ring - ring.mean(axis=0)) * 0.9
                marks.append(Mark(hole, inside, part, 0.5, 0.4))
    solids.add(float(np.concatenate([depths, other]).mean()) + bias, marks)

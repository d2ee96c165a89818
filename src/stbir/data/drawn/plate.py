"""Flat sheets with a thickness, rounded corners and drilled holes, standing anywhere in space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from stbir.data.drawn.materials import Material
from stbir.data.drawn.solids import LIGHT, Mark, Solids

Points = npt.NDArray[np.float64]
THROUGH = Material((250.0, 250.0, 250.0), "plain", "white", ("white",))
"""What shows through a hole: the white ground of a shop photo."""
SHARP = 0.6
"""Outlines that turn by more than this (radians) at a point have an edge there that people draw."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """A plane in space: `origin` and two unit axes; the sheet is `thick` towards both sides together.

    Its outline lies in the middle of `along` x `across`; the third axis is their cross product.
    """

    origin: tuple[float, float, float]
    along: tuple[float, float, float]
    across: tuple[float, float, float]
    thick: float

    def place(self, flat: npt.ArrayLike, level: float) -> Points:
        """Points (n, 3) for flat ones (n, 2), `level` -1 on the lower and 1 on the upper side."""
        points = np.asarray(flat, np.float64)
        plane = points[:, :1] * np.array(self.along) + points[:, 1:] * np.array(self.across)
        return np.array(self.origin) + plane + self.normal * (0.5 * level * self.thick)

    @property
    def normal(self) -> Points:
        return np.cross(np.array(self.along), np.array(self.across))


def rounded(corners: npt.ArrayLike, radii: float | Sequence[float], *, steps: int = 5) -> Points:
    """A polygon (n, 2) with its corners replaced by arcs; a radius of 0 keeps a corner sharp."""
    points = np.asarray(corners, np.float64)
    sizes = [radii] * len(points) if isinstance(radii, int | float) else list(radii)
    outline: list[Points] = []
    for index, (corner, size) in enumerate(zip(points, sizes, strict=True)):
        if size <= 0:
            outline.append(corner[None])
            continue
        before, after = points[index - 1] - corner, points[(index + 1) % len(points)] - corner
        lengths = np.linalg.norm(before), np.linalg.norm(after)
        reach = min(size, 0.49 * lengths[0], 0.49 * lengths[1])
        start, stop = corner + before / lengths[0] * reach, corner + after / lengths[1] * reach
        t = np.linspace(0, 1, steps)[:, None]
        outline.append((1 - t) ** 2 * start + 2 * t * (1 - t) * (0.25 * (start + stop) + 0.5 * corner) + t**2 * stop)
    return np.concatenate(outline)


def rectangle(x: tuple[float, float], y: tuple[float, float], radii: float | tuple[float, ...]) -> Points:
    """The rectangle between two values of x and two of y, its corners rounded."""
    return rounded([(x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1])], radii)


def slot(x: float, y: float, length: float, radius: float, *, upright: bool = False) -> Points:
    """A hole with round ends, `length` between the middles of its ends; a circle where it is 0."""
    turn = np.linspace(-np.pi / 2, 1.5 * np.pi, 24, endpoint=False)
    offset = np.where(np.cos(turn) > 1e-9, 0.5, -0.5) * length
    flat = np.column_stack([radius * np.cos(turn) + offset, radius * np.sin(turn)])
    return np.array([x, y]) + (flat[:, ::-1] if upright else flat)


def add_plate(
    solids: Solids,
    sheet: Sheet,
    outline: Points,
    material: Material,
    part: str,
    *,
    holes: Sequence[Points] = (),
    sunk: float = 0.0,
    bias: float = 0.0,
) -> None:
    """Paint the visible edges of a plate, the side that faces the camera, and its holes with their walls.

    `sunk` > 0 draws a countersink around each hole, that much larger than the hole.
    """
    camera = solids.camera
    normal = sheet.normal
    towards = 1.0 if float(normal @ (camera.position - np.array(sheet.origin))) > 0 else -1.0
    near3, far3 = sheet.place(outline, towards), sheet.place(outline, -towards)
    near, depths = camera.project(near3)
    far, _ = camera.project(far3)
    marks = _edges(solids, sheet, outline, near, far, material, part)
    light = float(towards * normal @ LIGHT)
    face = material.darker(0.74 + 0.34 * max(0.0, light))
    marks.append(Mark(near, face, part, 1.0, 0.7))
    for index, hole in enumerate(holes):
        rim, _ = camera.project(sheet.place(hole, towards))
        if sunk > 0:
            ring, _ = camera.project(sheet.place(hole.mean(axis=0) + (hole - hole.mean(axis=0)) * (1 + sunk), towards))
            marks.append(Mark(ring, face.darker(0.85), f"hole{index}", 0.6, 0.5, 0.0, True))
        marks.append(Mark(rim, face.darker(0.5), f"hole{index}", 0.95, 0.6, 0.0, True))
        bottom, _ = camera.project(sheet.place(hole, -towards))
        area, through = cv2.intersectConvexConvex(rim.astype(np.float32), bottom.astype(np.float32))
        if area > 0 and len(through) > 2:
            marks.append(Mark(through[:, 0].astype(np.float64), THROUGH, f"hole{index}", 0.45, 0.3, 0.0, True))
    solids.add(float(depths.mean()) + bias, marks)


def _edges(
    solids: Solids, sheet: Sheet, outline: Points, near: Points, far: Points, material: Material, part: str
) -> list[Mark]:
    """The narrow sides that face the camera; runs without a sharp corner are one shape."""
    following = np.roll(outline, -1, axis=0)
    step = following - outline
    clockwise = float(np.sum(outline[:, 0] * following[:, 1] - following[:, 0] * outline[:, 1])) < 0
    flat = np.column_stack([step[:, 1], -step[:, 0]]) * (-1.0 if clockwise else 1.0)
    flat /= np.linalg.norm(flat, axis=1)[:, None] + 1e-12
    outward = flat[:, :1] * np.array(sheet.along) + flat[:, 1:] * np.array(sheet.across)
    ray = solids.camera.position - sheet.place((outline + following) / 2, 0.0)
    facing = np.sum(outward * ray, axis=1) > 0
    turn = np.arccos(np.clip(np.sum(flat * np.roll(flat, 1, axis=0), axis=1), -1.0, 1.0))
    count = len(outline)
    starts = [i for i in range(count) if facing[i] and (not facing[i - 1] or turn[i] > SHARP)]
    marks: list[Mark] = []
    for start in starts or ([0] if facing.all() else []):
        run = [start]
        while len(run) < count and facing[(run[-1] + 1) % count] and turn[(run[-1] + 1) % count] <= SHARP:
            run.append((run[-1] + 1) % count)
        points = [*run, (run[-1] + 1) % count]
        light = float(outward[run].mean(axis=0) @ LIGHT)
        ring = np.concatenate([near[points], far[points][::-1]])
        marks.append(Mark(ring, material.darker(0.58 + 0.4 * max(0.0, light)), part, 1.0, 0.6))
    return marks

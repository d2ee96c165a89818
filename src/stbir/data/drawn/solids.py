"""Solid things seen by a camera, collected in any order and painted from far to near."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from stbir.data.drawn.camera import Camera
from stbir.data.drawn.curves import polyline, smooth
from stbir.data.drawn.materials import Material
from stbir.data.drawn.scene import Scene

Points = npt.NDArray[np.float64]
Vector = Sequence[float] | Points

LIGHT = np.array([-0.35, -0.6, 0.72])
THIN = 0.021
"""Bars with a smaller radius (in object units) are drawn by most people as one stroke."""
CORNERS = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float64)
FACES = np.array([(0, 3, 2, 1), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7)])


class Mark(NamedTuple):
    """One flat shape of a piece, in picture coordinates; `width` is 0 for a filled outline."""

    points: Points
    material: Material
    part: str
    ink: float = 1.0
    edge: float = 0.6
    width: float = 0.0
    flat: bool = False


def smooth_path(points: npt.ArrayLike, steps: int = 4) -> Points:
    """A Catmull-Rom curve through points (n, 3)."""
    knots = np.asarray(points, np.float64)
    return np.concatenate([smooth(knots[:, :2], steps), smooth(knots[:, 1:], steps)[:, 1:]], axis=1)


def hull(points: npt.ArrayLike, *, rounded: bool = False) -> Points:
    """The convex outline around points (n, 2), made of curves where `rounded`."""
    corners = cv2.convexHull(np.asarray(points, np.float32))[:, 0].astype(np.float64)
    if not rounded:
        return polyline(corners, 3, closed=True)
    return smooth(corners[:: max(1, len(corners) // 12)], 3, closed=True)


def _area(outline: Points) -> float:
    return float(cv2.contourArea(outline.astype(np.float32)))


class Solids:
    """The pieces of one object. Larger `bias` moves a piece away from the viewer in painter's order.

    With `strokes`, thin bars are inked as one stroke along the middle, else by their outline.
    """

    def __init__(self, camera: Camera, *, strokes: bool = True) -> None:
        self.camera = camera
        self.strokes = strokes
        self._pieces: list[tuple[float, list[Mark]]] = []

    def add(self, depth: float, marks: list[Mark]) -> None:
        """Add flat shapes that are painted together at `depth`."""
        self._pieces.append((depth, marks))

    def face(
        self,
        points: npt.ArrayLike,
        material: Material,
        part: str,
        *,
        bias: float = 0.0,
        ink: float = 1.0,
        edge: float = 0.6,
        flat: bool = False,
    ) -> None:
        """A filled outline through points (n, 3)."""
        outline, depths = self.camera.project(points)
        self.add(float(depths.mean()) + bias, [Mark(outline, material, part, ink, edge, 0.0, flat)])

    def face_on(self, outline: npt.ArrayLike, depth: float, material: Material, part: str, *, ink: float = 1.0) -> None:
        """A small one-tone outline given in picture coordinates, such as a button."""
        self.add(depth, [Mark(np.asarray(outline, np.float64), material, part, ink, 0.4, 0.0, True)])

    def line(
        self,
        points: npt.ArrayLike,
        material: Material,
        part: str,
        *,
        width: float = 0.008,
        bias: float = 0.0,
        ink: float = 0.6,
    ) -> None:
        """A line through points (n, 3)."""
        path, depths = self.camera.project(points)
        self.add(float(depths.mean()) + bias, [Mark(path, material, part, ink, 0.0, width)])

    def block(
        self, corners: npt.ArrayLike, material: Material, part: str, *, bias: float = 0.0, ink: float = 1.0
    ) -> None:
        """A body with six flat faces: four lower corners in a ring, then the four above them."""
        points = np.asarray(corners, np.float64)
        outline, depths = self.camera.project(points)
        rings = points[FACES]
        middles = rings.mean(axis=1)
        normals = np.cross(rings[:, 2] - rings[:, 0], rings[:, 3] - rings[:, 1])
        normals[np.sum(normals * (middles - points.mean(axis=0)), axis=1) < 0] *= -1.0
        normals /= np.linalg.norm(normals, axis=1)[:, None] + 1e-12
        facing = np.sum(normals * (self.camera.position - middles), axis=1) > 0
        marks: list[Mark] = []
        for index in np.flatnonzero(facing):
            shade = material.lit(0.64 + 0.44 * max(0.0, float(normals[index] @ LIGHT)))
            marks.append(Mark(polyline(outline[FACES[index]], 4, closed=True), shade, part, ink, 0.7))
        self.add(float(depths.mean()) + bias, marks)

    def box(
        self,
        centre: Vector,
        size: Vector,
        material: Material,
        part: str,
        *,
        bias: float = 0.0,
        lean: float = 0.0,
        taper: float = 1.0,
        ink: float = 1.0,
    ) -> None:
        """An upright box; its top is moved back by `lean`, its bottom is `taper` times as wide."""
        half = np.asarray(size, np.float64) / 2
        low = np.column_stack([CORNERS * half[:2] * taper, np.full(4, -half[2])])
        high = np.column_stack([CORNERS * half[:2] + np.array([0.0, lean]), np.full(4, half[2])])
        self.block(np.concatenate([low, high]) + np.asarray(centre), material, part, bias=bias, ink=ink)

    def rod(
        self,
        start: Vector,
        end: Vector,
        radius: float,
        material: Material,
        part: str,
        *,
        taper: float = 1.0,
        bias: float = 0.0,
        ink: float = 1.0,
    ) -> None:
        """A round bar whose end is `taper` times as thick as its start."""
        self.tube(np.array([start, end]), radius, material, part, taper=taper, bias=bias, ink=ink)

    def tube(
        self,
        path: npt.ArrayLike,
        radius: float,
        material: Material,
        part: str,
        *,
        taper: float = 1.0,
        bias: float = 0.0,
        ink: float = 1.0,
    ) -> None:
        """A round bar bent along points (n, 3)."""
        middle, depths = self.camera.project(path)
        along = np.gradient(middle, axis=0)
        along /= np.hypot(along[:, 0], along[:, 1])[:, None] + 1e-9
        thick = radius * np.linspace(1.0, taper, len(middle)) * self.camera.distance / depths
        across = np.stack([-along[:, 1], along[:, 0]], axis=1) * thick[:, None]
        outline = np.concatenate([middle + across, (middle - across)[::-1]])
        stroke = self.strokes and radius < THIN
        marks = [Mark(polyline(outline, 2, closed=True), material, part, 0.0 if stroke else ink, 0.6)]
        if radius > 0.009:
            shine = np.concatenate([middle - 0.1 * across, (middle - 0.65 * across)[::-1]])
            marks.append(Mark(shine, material.darker(1.18), part, 0.0, 0.0, 0.0, True))
        if stroke:
            marks.append(Mark(polyline(middle, 3), material, part, ink, 0.0, 0.004))
        self.add(float(depths.mean()) + bias, marks)

    def strip(
        self,
        path: npt.ArrayLike,
        across: Vector,
        material: Material,
        part: str,
        *,
        bias: float = 0.0,
        ink: float = 1.0,
        edge: float = 0.6,
    ) -> None:
        """A flat band between a path (n, 3) and its copy moved by `across`."""
        side = np.asarray(path, np.float64)
        ring = np.concatenate([side, (side + np.asarray(across))[::-1]])
        outline, depths = self.camera.project(ring)
        if len(side) == 2:
            outline = polyline(outline, 3, closed=True)
        self.add(float(depths.mean()) + bias, [Mark(outline, material, part, ink, edge)])

    def cushion(
        self,
        centre: Vector,
        size: Vector,
        material: Material,
        part: str,
        *,
        roundness: float = 0.35,
        tilt: float = 0.0,
        bias: float = 0.0,
        seam: float = 0.5,
        piping: Material | None = None,
    ) -> None:
        """A padded body; `roundness` 1 is round, 0.2 nearly square. Tilted by 90 degrees it stands and faces us.

        `seam` is the chance that a person draws the edge of its upper side.
        """
        half = np.asarray(size, np.float64) / 2
        turn = np.linspace(0, 2 * np.pi, 20, endpoint=False) + 0.16
        cos, sin = np.cos(turn), np.sin(turn)
        flat = np.stack([np.sign(cos) * np.abs(cos) ** roundness, np.sign(sin) * np.abs(sin) ** roundness], axis=1)
        flat *= half[:2]
        levels = ((0.96, -0.9), (1.0, -0.3), (1.0, 0.4), (0.93, 1.0))
        body = np.concatenate([np.column_stack([flat * wide, np.full(20, high * half[2])]) for wide, high in levels])
        cos_t, sin_t = np.cos(tilt), np.sin(tilt)
        turned = np.column_stack([body[:, 0], body[:, 1] * cos_t - body[:, 2] * sin_t])
        body = np.column_stack([turned, body[:, 1] * sin_t + body[:, 2] * cos_t]) + np.asarray(centre)
        outline, depths = self.camera.project(body)
        top = smooth(outline[60:], 2, closed=True)
        top = (top - top.mean(axis=0)) * 0.975 + top.mean(axis=0)  # keeps clear of the outline, which stays visible
        marks = [Mark(hull(outline, rounded=True), material.darker(0.84), part, 1.0, 0.6)]
        marks.append(Mark(top, material.lit(1.05), part, seam, 0.35))
        if piping is not None:
            marks.append(Mark(np.concatenate([top, top[:1]]), piping, part, 0.4, 0.0, 0.012))
        self.add(float(depths.mean()) + bias, marks)

    def panel(
        self,
        outline: npt.ArrayLike,
        place: Callable[[Points], Points],
        thickness: Vector,
        material: Material,
        part: str,
        *,
        bias: float = 0.0,
        holes: Sequence[Points] = (),
        lines: Sequence[Points] = (),
        behind: Material | None = None,
        ink: float = 1.0,
    ) -> None:
        """A bent sheet: `place` maps its flat outline (n, 2) into space; its back lies at the offset `thickness`.

        `holes` are flat outlines painted in `behind` (darker material if None), `lines` flat paths such as seams.
        """
        offset = np.asarray(thickness, np.float64)
        front3 = place(np.asarray(outline, np.float64))
        front, depths = self.camera.project(front3)
        back, _ = self.camera.project(front3 + offset)
        dark = material.darker(0.72)
        if _area(front) > 0.96 * _area(hull(front)):
            marks = [Mark(hull(np.concatenate([front, back])), dark, part, ink, 0.3)]
        else:
            marks = [Mark(back, dark, part, ink, 0.3)]
            marks += [Mark(back * (1 - t) + front * t, dark, part, 0.0, 0.0) for t in (0.25, 0.5, 0.75)]
        marks.append(Mark(front, material, part, ink, 0.6))
        for hole in holes:
            rim = self.camera.project(place(hole))[0]
            marks.append(Mark(rim, behind or material.darker(0.5), part, 0.8, 0.5, 0.0, True))
        for path in lines:
            marks.append(Mark(self.camera.project(place(path))[0], material.darker(0.7), part, 0.55, 0.0, 0.008))
        self.add(float(depths.mean()) + bias, marks)

    def disc(
        self,
        centre: Vector,
        radius: float,
        material: Material,
        part: str,
        *,
        axis: int = 2,
        bias: float = 0.0,
        ink: float = 1.0,
        flat: bool = True,
    ) -> None:
        """A thin round plate across coordinate axis `axis` (2: lying flat)."""
        turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
        ring = np.tile(np.asarray(centre, np.float64), (16, 1))
        ring[:, (axis + 1) % 3] += radius * np.cos(turn)
        ring[:, (axis + 2) % 3] += radius * np.sin(turn)
        self.face(ring, material, part, bias=bias, ink=ink, flat=flat)

    def emit(self, scene: Scene) -> None:
        """Paint every piece into `scene`, the farthest first; equal depths keep their order."""
        for _, marks in sorted(self._pieces, key=lambda piece: -piece[0]):
            for mark in marks:
                if mark.width:
                    scene.line(mark.points, mark.material, width=mark.width, part=mark.part, ink=mark.ink)
                else:
                    scene.fill(mark.points, mark.material, part=mark.part, ink=mark.ink, edge=mark.edge, flat=mark.flat)

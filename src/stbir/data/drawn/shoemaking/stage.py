"""Paints three-dimensional parts of a shoe into a scene the way a camera sees them."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from stbir.data.drawn.camera import Camera
from stbir.data.drawn.curves import Points
from stbir.data.drawn.materials import Material
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.shoemaking.loft import Loft

GRAIN = 260.0
"""Pixels per unit where outlines of joined areas are found."""
SUBPIXEL_BITS = 4


class Stage:
    """A scene and the camera that looks at it; every part is painted in front of those before it."""

    def __init__(self, scene: Scene, camera: Camera) -> None:
        self.scene = scene
        self.camera = camera

    def see(self, points: npt.ArrayLike) -> Points:
        """Picture positions of points (..., 3)."""
        space = np.asarray(points, np.float64)
        return self.camera.project(space.reshape(-1, 3))[0].reshape(*space.shape[:-1], 2)

    def fill(
        self, points: npt.ArrayLike, material: Material, *, part: str, ink: float = 1.0, edge: float = 0.6,
        flat: bool = False,
    ) -> None:  # fmt: skip
        """A flat outline through points (n, 3)."""
        self.scene.fill(self.see(points), material, part=part, ink=ink, edge=edge, flat=flat)

    def line(self, points: npt.ArrayLike, material: Material, *, width: float, part: str, ink: float = 0.7) -> None:
        """A line through points (n, 3)."""
        self.scene.line(self.see(points), material, width=width, part=part, ink=ink)

    def strip(
        self, upper: npt.ArrayLike, lower: npt.ArrayLike, material: Material, *, part: str, ink: float = 1.0,
        inner: Material | None = None, closed: bool = False,
    ) -> None:  # fmt: skip
        """A band between two paths (n, 3): first where its inner side shows, in `inner`, then its outer side.

        Seen from outside, `lower` is to the right of somebody who walks along `upper`. Without `inner`
        only the outer side is painted.
        """
        a, b = self.see(upper), self.see(lower)
        if closed:
            a, b = np.concatenate([a, a[:1]]), np.concatenate([b, b[:1]])
        outside = _area(a[:-1], a[1:], b[1:], b[:-1]) > 0
        if closed and outside.any() and not outside.all():
            start = int(np.argmax(outside & ~np.roll(outside, 1)))
            a, b = (np.concatenate([path[start:-1], path[: start + 1]]) for path in (a, b))
            outside = np.roll(outside, -start)
        for side, paint in ((False, inner), (True, material)):
            if paint is None:
                continue
            for first, end in _spans(outside == side):
                outline = np.concatenate([a[first : end + 1], b[first : end + 1][::-1]])
                self.scene.fill(outline, paint, part=part, ink=ink, edge=0.6)

    def body(self, loft: Loft, material: Material, *, part: str, tube_from: int = 10**6) -> None:
        """The whole silhouette of a loft; from level `tube_from` on, its rings are convex and may be far apart."""
        rings = self.see(loft.rings)
        areas = [*rings[: tube_from + 1]]
        areas += [_hull(pair) for pair in pairwise(rings[tube_from:])]
        self.scene.fill(union(areas, lines=rings.swapaxes(0, 1)), material, part=part)

    def solid(self, rings: Sequence[npt.ArrayLike], material: Material, *, part: str, ink: float = 1.0) -> None:
        """The silhouette of a body with convex slices, each (n, 3)."""
        seen = [self.see(ring) for ring in rings]
        outline = union([_hull(pair) for pair in pairwise(seen)])
        self.scene.fill(outline, material, part=part, ink=ink)

    def within(self, points: npt.ArrayLike, frame: npt.ArrayLike, material: Material, *, part: str, ink: float) -> None:
        """What can be seen of a flat outline through an opening, both (n, 3)."""
        outline = common(self.see(points), self.see(frame))
        if outline is not None:
            self.scene.fill(outline, material, part=part, ink=ink, edge=0.3)

    def on(
        self, loft: Loft, u: npt.ArrayLike, v: npt.ArrayLike, material: Material, *, width: float, part: str,
        ink: float = 0.6,
    ) -> None:  # fmt: skip
        """A line on a loft through ring coordinates `u` and heights `v`, without what faces away."""
        u, v = np.broadcast_arrays(np.asarray(u, np.float64), np.asarray(v, np.float64))
        points = self.see(loft.at(np.stack([u, u + 0.01, u]), np.stack([v, v, v - 0.02])))
        ahead, down = points[1] - points[0], points[2] - points[0]
        spans = _spans(ahead[:, 0] * down[:, 1] - ahead[:, 1] * down[:, 0] > 0)
        for first, end in spans:
            if end - first > 1:
                self.scene.line(points[0, first:end], material, width=width, part=part, ink=ink)


def shop_view(rng: random.Random, *, tall: float) -> Camera:
    """From the side and a little above, mostly turned towards the toe; `tall` is how high the object is."""
    if rng.random() < 0.08:
        azimuth, elevation = rng.uniform(0, 14), rng.uniform(6, 18)
    else:
        azimuth, elevation = rng.triangular(14, 48, 29), rng.triangular(15, 40, 26)
    if tall < 0.4:
        elevation += 3.5
    if tall > 0.6:
        azimuth, elevation = azimuth * 1.1, elevation * 0.5
    return Camera(
        azimuth=-math.radians(azimuth),
        elevation=math.radians(elevation),
        distance=rng.uniform(2.6, 6.0) + tall,
        target=(0.5, 0.0, 0.4 * tall),
    )


def set_down(scene: Scene, rng: random.Random, *, upright: bool = False) -> None:
    """Turn the finished picture a little (less so where it is `upright`), stretch it, and mirror a few."""
    angle = math.radians(rng.uniform(-2, 5) if upright else rng.uniform(0, 9))
    stretch, height = rng.uniform(0.98, 1.08), rng.uniform(0.95, 1.08)
    cos, sin = math.cos(angle), math.sin(angle)
    mirror = -1.0 if rng.random() < 0.06 else 1.0
    scene.transform(np.array([[mirror * cos, mirror * 0.5 * sin], [-sin, cos]]) @ np.diag([stretch, height]))


def union(areas: Sequence[Points], lines: Points | None = None) -> Points:
    """The outline of the joined areas, each an outline (n, 2), and of what lines (m, n, 2) enclose with them."""
    everything = np.concatenate(areas)
    low = everything.min(axis=0) - 0.02
    width, height = np.ceil((everything.max(axis=0) - low + 0.02) * GRAIN).astype(int).tolist()
    mask = np.zeros((height, width), np.uint8)
    for area in np.split(_fixed(everything, low), np.cumsum([len(area) for area in areas])[:-1]):
        cv2.fillPoly(mask, [area], 255, cv2.LINE_8, SUBPIXEL_BITS)
    if lines is not None:
        cv2.polylines(mask, list(np.ascontiguousarray(_fixed(lines, low))), False, 255, 1, cv2.LINE_8, SUBPIXEL_BITS)
    outline = _outline(mask)
    return everything[:3] if outline is None else outline / GRAIN + low


def common(first: Points, second: Points) -> Points | None:
    """The outline of what lies inside both outlines; None where that is next to nothing."""
    low = first.min(axis=0) - 0.02
    width, height = (np.ceil((first.max(axis=0) - low + 0.02) * GRAIN)).astype(int).tolist()
    masks = np.zeros((2, height, width), np.uint8)
    for mask, area in zip(masks, (first, second), strict=True):
        cv2.fillPoly(mask, [_fixed(area, low)], 255, cv2.LINE_8, SUBPIXEL_BITS)
    outline = _outline(masks[0] & masks[1])
    return None if outline is None else outline / GRAIN + low


def _hull(outlines: tuple[Points, Points]) -> Points:
    return cv2.convexHull(np.concatenate(outlines).astype(np.float32))[:, 0].astype(np.float64)


def _fixed(area: Points, low: Points) -> npt.NDArray[np.int32]:
    return np.round((area - low) * (GRAIN * (1 << SUBPIXEL_BITS))).astype(np.int32)


def _outline(mask: npt.NDArray[np.uint8]) -> Points | None:
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    ring = max(contours, key=len)[:, 0].astype(np.float64)
    if len(ring) < 24:
        return None
    padded = np.concatenate([ring[-4:], ring, ring[:4]]).cumsum(axis=0)
    padded = np.concatenate([np.zeros((1, 2)), padded])
    return ((padded[9:] - padded[:-9]) / 9)[::3]


def _area(a: Points, b: Points, c: Points, d: Points) -> npt.NDArray[np.float64]:
    """Twice the signed areas of quadrilaterals, positive where a, b, c, d turn clockwise in the picture."""
    p, q = c - a, d - b
    return p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]


def _spans(flags: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First index and end of every run of true flags."""
    steps = np.diff(np.concatenate([[0], flags.astype(np.int8), [0]]))
    return list(zip(np.flatnonzero(steps > 0).tolist(), np.flatnonzero(steps < 0).tolist(), strict=True))

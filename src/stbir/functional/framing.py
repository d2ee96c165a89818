"""Photos framed by their content: what stands on a plain background is cropped to a square around it."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from stbir.errors import InputError
from stbir.types import Floats, Pixels

T = TypeVar("T", np.uint8, np.float32)

FRAMING = "1"
"""The version of what `frame` does to a picture; raise it when the result changes, since vectors change with it."""

_LOOK = 96  # the content is looked for in a copy with this longer side: JPEG noise averages out, and it is quick
_PLAIN = 0.7  # the fraction of the border that must be background: an object may touch the rest


def content_box(picture: Pixels, *, tolerance: float = 12.0) -> tuple[int, int, int, int] | None:
    """Find what stands on a plain background.

    The background is plain where most of the border lies on one slowly changing colour: studio paper,
    a gradient, the noise of a JPEG. A soft shadow differs from it but has no edge, and does not count.

    Args:
        picture: RGB of shape (height, width, 3).
        tolerance: levels (of 255) by which background may differ from itself.

    Returns:
        The box (left, top, right, bottom) in pixels, right and bottom exclusive; None where the
        background is busy or nothing stands on it.
    """
    height, width = _size(picture)
    return _content_box(_look(picture), height, width, tolerance)


def frame(picture: Pixels, *, margin: float = 0.05) -> Pixels:
    """Cut a square around the content of a photo, so that objects come at one size and in the middle.

    The content box gets `margin` times its longer side on every side and is widened to a square. What
    that square reaches outside of the picture takes the median colour of its border, the best guess of
    what the background would have shown there; white bars beside a busy or dark picture would
    be edges that no object has. A busy picture is not cropped, only padded to a square.

    Args:
        picture: RGB of shape (height, width, 3).
        margin: as a fraction of the longer side of the content.

    Returns:
        uint8 of shape (side, side, 3).
    """
    height, width = _size(picture)
    small = _look(picture)
    box = _content_box(small, height, width, 12.0)
    left, top, right, bottom = box or (0, 0, width, height)
    side = max(right - left, bottom - top)
    if box is not None:
        side = math.ceil(side * (1 + 2 * margin))
    x, y = (left + right - side) // 2, (top + bottom - side) // 2
    square = np.empty((side, side, 3), np.uint8)
    inside = (max(0, x), max(0, y), min(width, x + side), min(height, y + side))
    if inside != (x, y, x + side, y + side):
        square[:] = np.median(_border(small), axis=0).astype(np.uint8)
    here = square[inside[1] - y : inside[3] - y, inside[0] - x : inside[2] - x]
    here[:] = picture[inside[1] : inside[3], inside[0] : inside[2]]
    return square


def _size(picture: Pixels) -> tuple[int, int]:
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.size == 0:
        raise InputError(f"a photo must have the shape (height, width, 3), not {picture.shape}")
    return int(picture.shape[0]), int(picture.shape[1])


def _look(picture: Pixels) -> Pixels:
    height, width = picture.shape[:2]
    scale = _LOOK / max(height, width)
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    return picture


def _border(small: npt.NDArray[T]) -> npt.NDArray[T]:
    return np.concatenate([small[0], small[-1], small[1:-1, 0], small[1:-1, -1]])


def _content_box(small: Pixels, height: int, width: int, tolerance: float) -> tuple[int, int, int, int] | None:
    rows, columns = small.shape[:2]
    if min(rows, columns) < 3:
        return None
    away = _away_from_background(small, tolerance)
    if away is None:
        return None
    # a shadow or a gradient rises slowly, an object ends at an edge or is far from the background
    square = np.ones((3, 3), np.uint8)
    steep = _strongest(np.asarray(cv2.morphologyEx(small, cv2.MORPH_GRADIENT, square), np.uint8)) > 2 * tolerance
    content = (away > 5 * tolerance) | ((away > tolerance) & steep)
    across, down = content.sum(axis=0) > 1, content.sum(axis=1) > 1
    if not across.any() or not down.any():
        return None
    xs, ys = np.flatnonzero(across), np.flatnonzero(down)
    to_x, to_y = width / columns, height / rows
    return (
        math.floor(xs[0] * to_x),
        math.floor(ys[0] * to_y),
        min(width, math.ceil((xs[-1] + 1) * to_x)),
        min(height, math.ceil((ys[-1] + 1) * to_y)),
    )


def _away_from_background(small: Pixels, tolerance: float) -> Floats | None:
    """How far every pixel is from the colour plane through the border, None where there is no such plane."""
    plane = _plane(*small.shape[:2])
    at_border, colours = _border(plane), _border(small).astype(np.float32)
    weights = np.zeros((3, 3), np.float32)
    weights[0] = np.median(colours, axis=0)
    for allowed in (3 * tolerance, tolerance, tolerance):
        near = _strongest(np.abs(colours - at_border @ weights)) <= allowed
        if near.mean() < _PLAIN:
            return None
        some = at_border[near]
        steady = some.T @ some + 1e-3 * np.eye(3, dtype=np.float32)
        weights = np.linalg.solve(steady, some.T @ colours[near])
    background = (plane.reshape(-1, 3) @ weights).reshape(small.shape)
    return _strongest(np.abs(small.astype(np.float32) - background))


def _strongest(colours: npt.NDArray[T]) -> npt.NDArray[T]:
    """The largest of three channels; several times faster than `max` along so short an axis."""
    return np.maximum(np.maximum(colours[..., 0], colours[..., 1]), colours[..., 2])


@lru_cache(maxsize=64)
def _plane(rows: int, columns: int) -> Floats:
    """1, x and y of every pixel; a picture's background is a mixture of the three."""
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    plane = np.stack([np.ones_like(x), x / columns - 0.5, y / rows - 0.5], axis=-1)
    plane.flags.writeable = False
    return plane

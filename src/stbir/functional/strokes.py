"""Sketches as geometry, and the one rasteriser that every part of the package draws them with."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from stbir.errors import InputError
from stbir.types import Floats, Pixels, Sketch

RASTERISER = "1"
"""Version of the pixels that `rasterise` makes, part of a gallery's fingerprint.

Raise it whenever any pixel of any sketch changes: weights trained on the old pixels and galleries
searched with them no longer fit the new ones.
"""

MAX_POINTS = 1_000_000
MAX_STROKES = 100_000
_FARTHEST = 1e9  # beyond it float32 cannot tell one point from the next
_LIMITS = np.array([_FARTHEST, _FARTHEST, float(np.finfo(np.float32).max)])  # of x, y and time

_FINE = 4  # the drawing is made this many times larger, then averaged: 17 levels of grey
_SHIFT = 4  # binary digits behind the point in the coordinates that cv2 gets
_FAINTEST = 40  # paler marks of a raster are paper grain, not ink
_SHAPE = 8  # what is this many times wider than a line is a filled shape


def rasterise(sketch: Sketch, side: int, *, margin: float = 0.06, line_width: float = 0.014) -> Pixels:
    """Draw a sketch as black lines on a white square, whatever it came from and however large it was.

    The longer side of the content fills `side * (1 - 2 * margin)` pixels, the content is centred, and
    lines are `line_width * side` pixels wide whatever the scale of the drawing. Strokes are drawn in
    integer arithmetic, so the same strokes give the same pixels everywhere. A sketch without ink gives
    a white page.

    Args:
        sketch: strokes, or a raster (black ink on white paper) where there are none.
        side: height and width of the result in pixels.
        margin: white border as a fraction of the side.
        line_width: as a fraction of the side.

    Returns:
        uint8 of shape (side, side), 0 is ink and 255 is paper.

    >>> cross = Sketch(strokes=(np.float32([[0, 0], [9, 9]]), np.float32([[0, 9], [9, 0]])))
    >>> picture = rasterise(cross, 64)
    >>> picture.shape, int(picture[32, 32]) < 64, int(picture[0, 0])
    ((64, 64), True, 255)
    """
    if side < 1:
        raise InputError(f"the side of a drawing must be at least 1 pixel, not {side}")
    if sketch.strokes:
        return _draw(sketch.strokes, side, margin, line_width)
    if sketch.raster is not None:
        return _reframe(sketch.raster, side, margin, line_width)
    return np.full((side, side), 255, np.uint8)


def bounds(sketch: Sketch) -> tuple[float, float, float, float] | None:
    """The box around a sketch: left, top, right, bottom; None where there is no ink.

    In the units of the strokes, or in pixels of the raster (right and bottom exclusive).

    >>> bounds(Sketch(strokes=(np.float32([[1, 5], [3, 2]]),)))
    (1.0, 2.0, 3.0, 5.0)
    """
    points = [stroke[:, :2] for stroke in sketch.strokes if len(stroke)]
    if points:
        every = np.concatenate(points)
        (left, top), (right, bottom) = every.min(axis=0), every.max(axis=0)
        return float(left), float(top), float(right), float(bottom)
    if sketch.strokes or sketch.raster is None:
        return None
    box = _ink_box(sketch.raster)
    return None if box is None else (float(box[0]), float(box[1]), float(box[2]), float(box[3]))


def point_count(sketch: Sketch) -> int:
    """How many points the strokes of a sketch have together."""
    return sum(len(stroke) for stroke in sketch.strokes)


def is_empty(sketch: Sketch) -> bool:
    """Whether there is nothing to see in a sketch."""
    return bounds(sketch) is None


def checked(strokes: Iterable[npt.ArrayLike], canvas: Sequence[float] | None = None) -> Sketch:
    """Make a sketch of strokes that come from outside, or say in one line what is wrong with them.

    Args:
        strokes: one list or array of points per stroke, each point (x, y) or (x, y, time). Strokes
            without points are dropped.
        canvas: the (width, height) they were drawn on.

    Raises:
        InputError: no strokes, a single point, too much of either, or something that is no number.
    """
    kept: list[Floats] = []
    points = 0
    for number, stroke in enumerate(strokes, start=1):
        if number > MAX_STROKES:
            raise InputError(f"the sketch has more than {MAX_STROKES:,} strokes; simplify it first")
        array = _numbers(stroke, f"stroke {number}")
        if array.size == 0:
            continue
        if array.ndim != 2 or array.shape[1] not in (2, 3):
            raise InputError(f"stroke {number} must be a list of (x, y) or (x, y, time) points, not {array.shape}")
        points += len(array)
        if points > MAX_POINTS:
            raise InputError(f"the sketch has more than {MAX_POINTS:,} points; simplify it first")
        # a value that is not a number is not below anything either
        if not (np.abs(array) <= _LIMITS[: array.shape[1]]).all():
            raise _out_of_range(array, number)
        kept.append(array.astype(np.float32))
    if not kept:
        raise InputError("the sketch has no strokes; draw at least one line")
    sketch = Sketch(strokes=tuple(kept), canvas=_canvas(canvas))
    left, top, right, bottom = bounds(sketch) or (0.0, 0.0, 0.0, 0.0)
    if left == right and top == bottom:
        raise InputError("the sketch is a single point; draw at least one line")
    return sketch


def _out_of_range(array: npt.NDArray[np.float64], number: int) -> InputError:
    bad = ~(np.abs(array) <= _LIMITS[: array.shape[1]])
    row, column = (int(index) for index in np.argwhere(bad)[0])
    value = float(array[row, column])
    fault = "is too large" if math.isfinite(value) else "is not a finite number"
    return InputError(f"coordinate {row + 1} of stroke {number} {fault}: {value}")


def _numbers(values: Any, name: str) -> npt.NDArray[np.float64]:
    try:
        array = np.asarray(values)
    except (ValueError, OverflowError):
        raise InputError(f"{name} must be a list of points of equal length") from None
    if array.dtype.kind in "iuf" or array.size == 0:
        return array.astype(np.float64)
    for position, value in enumerate(np.asarray(values, dtype=object).reshape(-1)):
        if isinstance(value, bool) or not isinstance(value, int | float | np.number):
            point = position // max(array.shape[-1], 1) + 1
            raise InputError(f"coordinate {point} of {name} is not a finite number: {value!r:.60}")
    try:
        return array.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{name} has a number that is too large") from None


def _canvas(canvas: Sequence[float] | None) -> tuple[float, float] | None:
    if canvas is None:
        return None
    size = _numbers(canvas, "the canvas")
    if size.shape != (2,) or not np.isfinite(size).all() or (size <= 0).any():
        raise InputError(f"the canvas of a sketch must be two positive numbers (width, height), not {canvas!r:.60}")
    return float(size[0]), float(size[1])


def _draw(strokes: Sequence[Floats], side: int, margin: float, line_width: float) -> Pixels:
    fine = side * _FINE
    page = np.full((fine, fine), 255, np.uint8)
    strokes = [stroke if len(stroke) > 1 else stroke.repeat(2, axis=0) for stroke in strokes if len(stroke)]
    if strokes:
        every = np.concatenate([stroke[:, :2] for stroke in strokes]).astype(np.float64)
        low, high = every.min(axis=0), every.max(axis=0)
        extent = float((high - low).max())
        scale = fine * (1 - 2 * margin) / extent if extent > 0 else 0.0
        # cv2 has the centre of the first pixel at 0, we have its corner there: hence the half
        every = (every - (low + high) / 2) * scale + (fine / 2 - 0.5)
        fixed = np.floor(every * (1 << _SHIFT) + 0.5).astype(np.int32)
        lines: list[npt.NDArray[np.int32]] = []
        start = 0
        for stroke in strokes:
            lines.append(fixed[start : start + len(stroke)])
            start += len(stroke)
        # cv2 makes lines of even thickness n a pixel wider than it says: n + 1, an odd number
        thickness = max(1, 2 * math.floor(line_width * fine / 2))
        cv2.polylines(page, lines, False, 0, thickness, cv2.LINE_8, _SHIFT)
    return np.asarray(cv2.resize(page, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def _reframe(raster: Pixels, side: int, margin: float, line_width: float) -> Pixels:
    fine = side * _FINE
    page = np.zeros((fine, fine), np.uint8)
    box = _ink_box(raster)
    if box is not None:
        left, top, right, bottom = box
        ink = np.pad(255 - raster[top:bottom, left:right], 1)
        width = _line_width(_depth(_solid(ink)))
        extent = max(right - left, bottom - top)
        # strokes are framed by their centre lines, so rasters are too: half a line stands over on each side
        outside = width if width < extent / 4 else 0.0
        scale = fine * (1 - 2 * margin) / (extent - outside)
        if width * scale < _FINE:  # a hair that would vanish when a big scan is made small
            ink = _thicker(ink, _FINE / scale - width)
        height, length = (max(1, math.floor(edge * scale + 0.5)) for edge in ink.shape)
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        ink = np.asarray(cv2.resize(ink, (length, height), interpolation=how), np.uint8)
        ink = _even(_solid(np.pad(ink, 1)), line_width * fine)
        cut_y, cut_x = (max(0, (edge - fine) // 2) for edge in ink.shape)
        ink = ink[cut_y : cut_y + fine, cut_x : cut_x + fine]
        y, x = ((fine - edge) // 2 for edge in ink.shape)
        page[y : y + ink.shape[0], x : x + ink.shape[1]] = ink
    return 255 - np.asarray(cv2.resize(page, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def _even(ink: Pixels, wanted: float) -> Pixels:
    """Bring the lines of a black-and-white raster to the wanted width; filled shapes stay filled."""
    depth = _depth(ink)
    width = _line_width(depth)
    if width < wanted:
        return _thicker(ink, wanted - width)
    if width < 1.25 * wanted or width > _SHAPE * wanted:
        return ink
    # by distance: dilating with large discs takes many times longer
    middle = _ridge(depth, 0.6) & (depth > width / 8)
    lines = _depth((~middle).astype(np.uint8)) <= wanted / 2
    core = depth > width
    if core.any():
        lines |= (_depth((~core).astype(np.uint8)) <= width) & (ink > 0)
    return lines.astype(np.uint8) * 255


def _thicker(ink: Pixels, by: float) -> Pixels:
    size = min(math.floor(by + 0.5), min(ink.shape)) + 1
    if size < 2:
        return ink
    return np.asarray(cv2.dilate(np.pad(ink, size // 2 + 1), _disc(size)), np.uint8)


def _disc(size: int) -> Pixels:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (max(1, size), max(1, size))), np.uint8)


def _solid(ink: Pixels) -> Pixels:
    return (ink > max(_FAINTEST, int(ink.max()) // 5)).astype(np.uint8) * 255


def _ink_box(raster: Pixels) -> tuple[int, int, int, int] | None:
    ink = _solid(255 - raster) if raster.size else raster
    columns, rows = np.flatnonzero(ink.any(axis=0)), np.flatnonzero(ink.any(axis=1))
    if not len(columns):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _depth(solid: Pixels) -> Floats:
    """How far every inked pixel is from the paper."""
    return np.asarray(cv2.distanceTransform(solid, cv2.DIST_L2, 5), np.float32)


def _ridge(depth: Floats, slack: float = 0.0) -> npt.NDArray[np.bool_]:
    """The middle of the lines: no neighbour is deeper by more than `slack`, which is 1 on their flanks."""
    return (depth > 0) & (depth >= cv2.dilate(depth, np.ones((3, 3), np.uint8)) - slack)


def _line_width(depth: Floats) -> float:
    """The usual width of the lines in pixels, from the depth along their middle."""
    return max(1.0, 2.0 * float(np.median(depth[_ridge(depth)])) - 0.5)

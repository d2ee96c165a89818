"""Sketches as a worse hand draws them: strokes left out or misplaced, a shaky line, the wrong pen, a smudge.

Everywhere a strength of 0 gives the sketch itself and 1 the worst that is measured. With a generator in the same state
a larger strength makes the same mistakes larger, so a curve over strengths is about strength and not about luck.

A drawing is framed by its content whenever it is looked at, so moving or resizing all of it would change nothing:
shifts and scales are of each stroke for itself. Lines are brought to one width as well, so what is left of a
wrong pen is the detail that it drowned or lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from stbir.errors import InputError
from stbir.functional.strokes import bounds, rasterise
from stbir.types import Floats, Pixels, Sketch

SHAKE = 0.03
"""How far a point moves at strength 1, as a share of the longer side of the sketch (standard deviation)."""
SHIFT = 0.25
"""How far a stroke moves at strength 1 at most, as a share of the longer side of the sketch."""
SCALE = 2.5
"""At strength 1 a stroke is at most so many times larger or smaller than it was."""
THICK, THIN = 6.0, 0.2
"""How wide the lines are at strength 1, in widths of an ordinary line: a marker, a hair."""
SMEAR = 0.15
"""How far ink is carried at strength 1, as a share of the side of the drawing."""

_PAGE = 384  # side of the pictures that pens and smudges are drawn in
_LINE = 0.014  # an ordinary line, as `rasterise` draws it
_KNOTS = 0.08  # a hand shakes once in so much of the longer side; tablets put points at any distance
_RAW = 0.55  # carried ink is paler than what it was carried from


def drop_strokes(sketch: Sketch, strength: float) -> Sketch:
    """Leave out the last strokes: all but the first one at strength 1.

    Raises:
        InputError: a sketch without strokes, whose order nobody knows, or a strength outside of [0, 1].

    >>> line = np.float32([[0, 0], [9, 9]])
    >>> [len(drop_strokes(Sketch(strokes=(line,) * 5), strength).strokes) for strength in (0, 0.25, 0.5, 1)]
    [5, 4, 3, 1]
    """
    _check(strength)
    _need_strokes(sketch)
    if strength == 0:
        return sketch
    left = len(sketch.strokes) - int(strength * (len(sketch.strokes) - 1) + 0.5)
    return replace(sketch, strokes=sketch.strokes[:left])


def jitter(sketch: Sketch, strength: float, *, generator: np.random.Generator) -> Sketch:
    """Draw with a shaky hand: points move by chance, neighbours together; a raster is bent in the same way.

    Raises:
        InputError: a strength outside of [0, 1].
    """
    _check(strength)
    extent = _extent(sketch)
    if strength == 0 or extent == 0:
        return sketch
    if not sketch.strokes:
        return _bent(sketch, strength, generator)
    return replace(sketch, strokes=tuple(_shaken(one, strength, extent, generator) for one in sketch.strokes))


def shift_strokes(sketch: Sketch, strength: float, *, generator: np.random.Generator) -> Sketch:
    """Put every stroke beside its place, each in a direction and at a distance of its own.

    Raises:
        InputError: a sketch without strokes, or a strength outside of [0, 1].
    """
    _check(strength)
    _need_strokes(sketch)
    reach = SHIFT * _extent(sketch)

    def moved(stroke: Floats) -> Floats:
        angle, distance = generator.uniform(0, 2 * np.pi), generator.uniform()
        by = np.array([np.cos(angle), np.sin(angle)]) * (distance * reach * strength)
        return _with_places(stroke, stroke[:, :2] + by)

    return _each(sketch, strength, moved)


def scale_strokes(sketch: Sketch, strength: float, *, generator: np.random.Generator) -> Sketch:
    """Draw every stroke too large or too small, around its own middle.

    Raises:
        InputError: a sketch without strokes, or a strength outside of [0, 1].
    """
    _check(strength)
    _need_strokes(sketch)

    def scaled(stroke: Floats) -> Floats:
        factor = SCALE ** (strength * generator.uniform(-1, 1))
        middle = (stroke[:, :2].min(axis=0) + stroke[:, :2].max(axis=0)) / 2
        return _with_places(stroke, middle + (stroke[:, :2] - middle) * factor)

    return _each(sketch, strength, scaled)


def misdraw(sketch: Sketch, strength: float, *, generator: np.random.Generator) -> Sketch:
    """Make one of the mistakes above, picked by chance: drop, jitter, shift or scale the strokes.

    Raises:
        InputError: a sketch without strokes, or a strength outside of [0, 1].
    """
    mistake = int(generator.integers(4))
    if mistake == 0:
        return drop_strokes(sketch, strength)
    _need_strokes(sketch)
    return (jitter, shift_strokes, scale_strokes)[mistake - 1](sketch, strength, generator=generator)


def thicken(sketch: Sketch, strength: float) -> Sketch:
    """Draw with a marker: lines up to six times as wide, in which small things drown. The result is a raster.

    Raises:
        InputError: a strength outside of [0, 1].
    """
    return _with_pen(sketch, strength, 1 + (THICK - 1) * strength)


def thin(sketch: Sketch, strength: float) -> Sketch:
    """Draw with a hair: lines down to a fifth of their width. The result is a raster.

    Raises:
        InputError: a strength outside of [0, 1].
    """
    return _with_pen(sketch, strength, THIN**strength)


def smudge(sketch: Sketch, strength: float, *, generator: np.random.Generator) -> Sketch:
    """Wipe over the drawing in one direction: ink is carried along, paler the farther. The result is a raster.

    Raises:
        InputError: a strength outside of [0, 1].
    """
    _check(strength)
    angle = generator.uniform(0, 2 * np.pi)
    if strength == 0:
        return sketch
    ink = (255 - rasterise(sketch, _PAGE)).astype(np.float32)
    wiped = ink.copy()
    reach = SMEAR * _PAGE * strength
    for distance in np.arange(1.0, reach + 1):
        move = np.array([[1, 0, distance * np.cos(angle)], [0, 1, distance * np.sin(angle)]])
        carried = cv2.warpAffine(ink, move, (_PAGE, _PAGE))
        wiped = np.maximum(wiped, carried * (_RAW * (1 - distance / (reach + 1))))
    return Sketch(raster=(255 - wiped).clip(0, 255).astype(np.uint8))


def _check(strength: float) -> None:
    if not 0 <= strength <= 1:
        raise InputError(f"a strength lies between 0 and 1, not {strength}")


def _need_strokes(sketch: Sketch) -> None:
    if not sketch.strokes:
        raise InputError("only a sketch with strokes can lose or misplace some; this one is a raster or empty")


def _extent(sketch: Sketch) -> float:
    box = bounds(sketch)
    return 0.0 if box is None else max(box[2] - box[0], box[3] - box[1])


def _each(sketch: Sketch, strength: float, change: Callable[[Floats], Floats]) -> Sketch:
    if strength == 0:
        return sketch
    return replace(sketch, strokes=tuple(change(stroke) if len(stroke) else stroke for stroke in sketch.strokes))


def _with_places(stroke: Floats, places: np.ndarray) -> Floats:
    """The stroke with other places; its times stay."""
    return np.concatenate([places, stroke[:, 2:]], axis=1).astype(np.float32)


def _shaken(stroke: Floats, strength: float, extent: float, generator: np.random.Generator) -> Floats:
    if not len(stroke):
        return stroke
    dense = _resampled(stroke, _KNOTS * extent / 4)
    reached = _reached(dense)
    knots = np.arange(0, reached[-1] + 2 * _KNOTS * extent, _KNOTS * extent)
    moves = generator.normal(size=(len(knots), 2)) * (SHAKE * strength * extent)
    by = np.stack([np.interp(reached, knots, moves[:, axis]) for axis in range(2)], axis=1)
    return _with_places(dense, dense[:, :2] + by)


def _reached(stroke: Floats) -> np.ndarray:
    """How long the line is up to each of its points."""
    steps = np.linalg.norm(np.diff(stroke[:, :2].astype(np.float64), axis=0), axis=1)
    return np.concatenate([[0.0], np.cumsum(steps)])


def _resampled(stroke: Floats, step: float) -> Floats:
    """The stroke with more points, at most `step` apart: a straight line of two points cannot shake."""
    reached = _reached(stroke)
    at = np.union1d(reached, np.arange(0, reached[-1], step))
    columns = [np.interp(at, reached, stroke[:, axis]) for axis in range(stroke.shape[1])]
    return np.stack(columns, axis=1).astype(np.float32)


def _bent(sketch: Sketch, strength: float, generator: np.random.Generator) -> Sketch:
    page = rasterise(sketch, _PAGE)
    cells = round(1 / _KNOTS)
    field = generator.normal(size=(cells, cells, 2)).astype(np.float32)
    field = cv2.resize(field, (_PAGE, _PAGE), interpolation=cv2.INTER_CUBIC) * (SHAKE * strength * _PAGE)
    y, x = np.mgrid[:_PAGE, :_PAGE].astype(np.float32)
    bent = cv2.remap(page, x + field[..., 0], y + field[..., 1], cv2.INTER_LINEAR, borderValue=255)
    return Sketch(raster=np.asarray(bent, np.uint8))


def _with_pen(sketch: Sketch, strength: float, widths: float) -> Sketch:
    _check(strength)
    if strength == 0:
        return sketch
    # room for the marker beyond the middle of the outermost line
    raster: Pixels = rasterise(sketch, _PAGE, margin=0.06 + _LINE * widths / 2, line_width=_LINE * widths)
    return Sketch(raster=raster)

"""A sketch as it was some time before it was finished."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from stbir.errors import InputError
from stbir.types import Floats, Sketch


def first_part(sketch: Sketch, share: float) -> Sketch:
    """Keep what was drawn first, measured by the length of the lines: strokes in their order, the last one cut.

    Length, and not points or strokes, because a tablet and a vectoriser put their points at different distances, and
    one stroke may be a whole outline. The way of the pen through the air counts nothing, and dots have no length: one
    is kept if the drawing went on after it. Of a sketch of nothing but dots that share of the dots is kept, at
    least one.

    Args:
        sketch: strokes in the order they were drawn.
        share: above 0; at 1 the sketch is as it was.

    Raises:
        InputError: a sketch without strokes, or a share that is not in (0, 1].

    >>> sketch = Sketch(strokes=(np.float32([[0, 0], [6, 0]]), np.float32([[0, 5], [0, 9]])))
    >>> [stroke.tolist() for stroke in first_part(sketch, 0.8).strokes]
    [[[0.0, 0.0], [6.0, 0.0]], [[0.0, 5.0], [0.0, 7.0]]]
    """
    if not sketch.strokes:
        raise InputError("the order is only known of a sketch with strokes; this one is a raster or empty")
    if not 0 < share <= 1:
        raise InputError(f"the share of a sketch must be above 0 and at most 1, not {share}")
    if share == 1:
        return sketch
    lengths = [_steps(stroke).sum() for stroke in sketch.strokes]
    total = sum(lengths)
    if total == 0:
        return replace(sketch, strokes=sketch.strokes[: math.ceil(share * len(sketch.strokes))])
    left = share * total
    kept: list[Floats] = []
    for stroke, length in zip(sketch.strokes, lengths, strict=True):
        if left <= 0:
            break
        kept.append(stroke if length <= left else _cut(stroke, left))
        left -= length
    return replace(sketch, strokes=tuple(kept))


def _steps(stroke: Floats) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """How far it is from each point to the next."""
    return np.linalg.norm(np.diff(stroke[:, :2].astype(np.float64), axis=0), axis=1)


def _cut(stroke: Floats, length: float) -> Floats:
    """The beginning of a stroke, that long; where it ends between two points, so does its time."""
    steps = _steps(stroke)
    reached = np.cumsum(steps)
    last = int(np.searchsorted(reached, length))
    into = (length - (reached[last] - steps[last])) / steps[last]
    end = stroke[last].astype(np.float64) * (1 - into) + stroke[last + 1].astype(np.float64) * into
    return np.concatenate([stroke[: last + 1], end[None].astype(np.float32)])

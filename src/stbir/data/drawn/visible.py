"""Which parts of the outlines of a scene can be seen: hidden lines removed, shared edges kept once.

The shapes are painted with their numbers into a buffer, in painter's order. A point of an outline is
visible where the buffer shows that its shape ends there. Everything is done for all points at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from stbir.data.drawn.scene import Points, Shape

SIDE = 256
MARGIN = 12.0
STEP = 2.0
"""Distance between neighbouring samples of an outline, in pixels of the buffer."""

SUBPIXEL_BITS = 4
SHORTEST_RUN = 4
LONGEST_GAP = 3


@dataclass(frozen=True, eq=False)
class Run:
    """A visible piece of the outline of shape number `shape`; float64 of shape (n, 2) on a SIDE x SIDE canvas."""

    points: Points
    shape: int


def placed(shapes: Sequence[Shape]) -> list[Points]:
    """The outlines fitted into the canvas with a margin, proportions kept; (n, 2) each."""
    counts = [len(shape.points) for shape in shapes]
    everything = np.concatenate([shape.points for shape in shapes])
    low, high = everything.min(axis=0), everything.max(axis=0)
    scale = (SIDE - 2 * MARGIN) / max(float((high - low).max()), 1e-9)
    everything = (everything - (low + high) / 2) * scale + SIDE / 2
    return np.split(everything, np.cumsum(counts)[:-1])


def bounding_boxes(outlines: Sequence[Points]) -> Points:
    """Left, top, right and bottom of every outline, as an array of shape (outlines, 4)."""
    counts = np.array([len(outline) for outline in outlines])
    starts = np.cumsum(counts) - counts
    points = np.concatenate(outlines)
    return np.concatenate([np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)], axis=1)


def areas(boxes: Points) -> npt.NDArray[np.float64]:
    """The areas of bounding boxes, a pixel wider so that straight lines have one too."""
    return np.prod(boxes[:, 2:] - boxes[:, :2] + 1, axis=1)


def visible_runs(
    shapes: Sequence[Shape], outlines: Sequence[Points], present: Sequence[bool], inked: Sequence[bool]
) -> list[Run]:
    """The visible pieces of the outlines of the `inked` shapes.

    Args:
        shapes: in painter's order.
        outlines: where their points lie on the canvas, see `placed`.
        present: false for what is left out altogether, so that it hides nothing.
        inked: false for what only hides what is behind it.
    """
    buffer = _painted(shapes, outlines, present)
    samples, owner, inward = _sampled(shapes, outlines, [a and b for a, b in zip(present, inked, strict=True)])
    if not len(samples):
        return []
    closed = np.array([shape.closed for shape in shapes])[owner]
    number = owner + 1
    inside = _at(buffer, samples + 1.3 * inward)
    outside = _at(buffer, samples - 1.3 * inward)
    exact = _at(buffer, samples)
    ends_here = (exact == number) | (inside == number) | ((inside > number) & (outside < number))
    seen = np.where(closed, ends_here, exact == number)
    seen &= ~_drawn_by_a_larger(samples, owner, seen, _ranks(outlines))
    return _runs(samples, owner, _mended(seen, owner), shapes)


def _painted(shapes: Sequence[Shape], outlines: Sequence[Points], present: Sequence[bool]) -> npt.NDArray[np.uint16]:
    buffer = np.zeros((SIDE, SIDE), np.uint16)
    for number, (shape, outline, there) in enumerate(zip(shapes, outlines, present, strict=True), start=1):
        if not there:
            continue
        points = np.round(outline * (1 << SUBPIXEL_BITS)).astype(np.int32)
        if shape.closed:
            cv2.fillPoly(buffer, [points], number, cv2.LINE_8, SUBPIXEL_BITS)
        else:
            cv2.polylines(buffer, [points], False, number, 2, cv2.LINE_8, SUBPIXEL_BITS)
    return buffer


def _sampled(
    shapes: Sequence[Shape], outlines: Sequence[Points], wanted: Sequence[bool]
) -> tuple[Points, npt.NDArray[np.intp], Points]:
    """Evenly spaced points along all wanted outlines, whose they are, and the unit vectors that point inward."""
    rings: list[Points] = []
    owners: list[int] = []
    for index, (shape, outline, want) in enumerate(zip(shapes, outlines, wanted, strict=True)):
        if want and len(outline) > 1:
            rings.append(np.concatenate([outline, outline[:1]]) if shape.closed else outline)
            owners.append(index)
    if not rings:
        return np.zeros((0, 2)), np.zeros(0, np.intp), np.zeros((0, 2))
    sizes = np.array([len(ring) for ring in rings])
    points = np.concatenate(rings)
    starts = np.cumsum(sizes) - sizes
    steps = np.diff(points, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    lengths[starts[1:] - 1] = STEP  # from the end of one ring to the start of the next; never sampled
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    first, last = along[starts], along[starts + sizes - 1]
    counts = np.maximum(np.ceil((last - first) / STEP).astype(np.intp), 2)
    ring_of = np.repeat(np.arange(len(rings)), counts)
    nth = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    open_ends = np.array([not shapes[index].closed for index in owners])
    spacing = (last - first) / np.where(open_ends, counts - 1, counts)
    at = first[ring_of] + nth * spacing[ring_of]
    samples = np.stack([np.interp(at, along, points[:, 0]), np.interp(at, along, points[:, 1])], axis=1)
    segment = np.clip(np.searchsorted(along, at, side="right") - 1, 0, len(steps) - 1)
    direction = steps[segment] / np.maximum(lengths[segment], 1e-9)[:, None]
    cross = points[:-1, 0] * points[1:, 1] - points[1:, 0] * points[:-1, 1]
    cross[starts[1:] - 1] = 0.0
    area = np.add.reduceat(np.append(cross, 0.0), starts)
    side = np.where(area >= 0, 1.0, -1.0)[ring_of][:, None]
    inward = np.stack([-direction[:, 1], direction[:, 0]], axis=1) * side
    return samples, np.array(owners, np.intp)[ring_of], inward


def _at(buffer: npt.NDArray[np.uint16], points: Points) -> npt.NDArray[np.int64]:
    pixels = np.clip(np.round(points).astype(np.intp), 0, SIDE - 1)
    return buffer[pixels[:, 1], pixels[:, 0]].astype(np.int64)


def _ranks(outlines: Sequence[Points]) -> npt.NDArray[np.uint16]:
    """1 for the shape with the smallest bounding box, counting up."""
    extents = areas(bounding_boxes(outlines))
    ranks = np.empty(len(extents), np.uint16)
    ranks[np.argsort(extents, kind="stable")] = np.arange(1, len(extents) + 1)
    return ranks


def _drawn_by_a_larger(
    samples: Points, owner: npt.NDArray[np.intp], seen: npt.NDArray[np.bool_], ranks: npt.NDArray[np.uint16]
) -> npt.NDArray[np.bool_]:
    """Where the outline of a larger shape runs so close that one line stands for both."""
    rank = ranks[owner]
    pixels = np.clip(np.round(samples).astype(np.intp), 0, SIDE - 1)
    largest = np.zeros((SIDE, SIDE), np.uint16)
    index = np.flatnonzero(seen)
    index = index[np.argsort(rank[index], kind="stable")]  # of equal pixels the last one written stays
    largest[pixels[index, 1], pixels[index, 0]] = rank[index]
    near = cv2.dilate(largest, np.ones((5, 5), np.uint8))
    double = near[pixels[:, 1], pixels[:, 0]] > rank
    # where two outlines merely cross, both go on
    kernel = np.ones((1, 7), np.uint8)
    opened = cv2.morphologyEx(double.astype(np.uint8)[None], cv2.MORPH_OPEN, kernel)[0]
    return np.asarray(opened, np.bool_)


def _mended(seen: npt.NDArray[np.bool_], owner: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    """Close gaps of a sample or two, which come from the grid of the buffer and not from the scene."""
    kernel = np.ones((1, LONGEST_GAP), np.uint8)
    whole = cv2.morphologyEx(seen.astype(np.uint8)[None], cv2.MORPH_CLOSE, kernel)[0].astype(np.bool_)
    same = np.zeros(len(owner), np.bool_)
    same[1:-1] = (owner[1:-1] == owner[:-2]) & (owner[1:-1] == owner[2:])
    return seen | (whole & same)


def _runs(
    samples: Points, owner: npt.NDArray[np.intp], seen: npt.NDArray[np.bool_], shapes: Sequence[Shape]
) -> list[Run]:
    change = np.flatnonzero((np.diff(owner) != 0) | (np.diff(seen.astype(np.int8)) != 0)) + 1
    starts = np.concatenate([[0], change]).tolist()
    ends = np.concatenate([change, [len(samples)]]).tolist()
    rings: dict[int, list[tuple[int, int]]] = {}
    for start, end in zip(starts, ends, strict=True):
        rings.setdefault(int(owner[start]), []).append((start, end))
    runs: list[Run] = []
    for index, spans in rings.items():
        pieces = [samples[start:end] for start, end in spans if seen[start]]
        if not pieces:
            continue
        first, last = spans[0], spans[-1]
        if shapes[index].closed and seen[first[0]] and seen[last[0]]:
            if len(spans) == 1:
                pieces = [np.concatenate([pieces[0], pieces[0][:1]])]
            else:
                pieces = [np.concatenate([pieces[-1], pieces[0]]), *pieces[1:-1]]
        total = spans[-1][1] - spans[0][0]
        runs += [Run(piece, index) for piece in pieces if len(piece) >= min(SHORTEST_RUN, max(2, total // 2))]
    return runs

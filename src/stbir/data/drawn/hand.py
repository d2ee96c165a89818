"""The sketch of a scene: its visible lines as strokes in drawing order, the way a hand gets them slightly wrong."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stbir.data.drawn.lines import hatching, joined
from stbir.data.drawn.person import Person, somebody
from stbir.data.drawn.scene import Points, Scene
from stbir.data.drawn.slips import ground_slope, slipped
from stbir.data.drawn.visible import SIDE, STEP, areas, bounding_boxes, placed, visible_runs
from stbir.types import Floats, Sketch

EDGE = 4.0
"""Ink stays this far from the rim of the canvas."""

LARGE = 0.12
"""Shapes that take more than this share of the scene's bounding box are never forgotten."""

SHADED = 0.05
"""Smaller areas, as a share of the largest, are never shaded."""

SHARP = math.tan(0.9)
"""A turn by more than this, as a tangent, is a corner."""

SHORTEST = 16.0
SCRAP = 8
"""A line of fewer samples than this is a scrap of an outline that somebody may find not worth a stroke."""

THINNEST, THIN = 4.0, 14.0
"""What is narrower than the second, in pixels, people draw too wide; below the first it makes no more difference."""

TREMOR = 4
"""Points between two independent slips of the hand."""

ROUNDEST = 5
"""A stroke keeps at least this many of its points when it is simplified."""


@dataclass(frozen=True, eq=False)
class Stroke:
    """A stroke of points x, y and the shape whose outline it follows there.

    `beyond` is by how many pixels it runs on at its start and its end, and `trouble` how much worse than
    usual it is drawn.
    """

    points: Points
    beyond: tuple[float, float]
    trouble: float


def sketch(scene: Scene, rng: random.Random, *, distortion: float = 1.0) -> Sketch:
    """Draw `scene` by hand: strokes of x, y on a 256 x 256 canvas and the time in milliseconds.

    `distortion` scales every human error; at 0 the strokes lie on the outlines, though smaller parts
    may still be left out.
    """
    noise = np.random.default_rng(rng.getrandbits(63))
    person = somebody(rng, distortion=distortion)
    outlines = placed(scene.shapes)
    boxes = bounding_boxes(outlines)
    present, inked = _remembered(scene, boxes, person, rng)
    runs = visible_runs(scene.shapes, outlines, present, inked)
    canvas = (float(SIDE), float(SIDE))
    strokes: list[Stroke] = []
    for line in _in_order(joined(runs, person.joining, rng), boxes, noise):
        if len(line) >= SCRAP or not strokes or rng.random() >= person.scraps:
            strokes += _strokes(line, person, rng)
    if not strokes:
        return Sketch(strokes=(), canvas=canvas)
    if rng.random() < person.hatching:
        for line in _shading(scene, outlines, boxes, inked, rng):
            strokes += _strokes(line, person, rng)
    points, owner, shape = _trembling(strokes, person, noise)
    factor, offset = _part_slips(scene, boxes, person, noise)
    points = points * factor[shape] + offset[shape]
    unit = slipped(points / SIDE - 0.5, ground_slope(outlines), person.error, rng)
    points = _within_canvas((unit + 0.5) * SIDE)
    starts = np.flatnonzero(np.diff(owner)) + 1
    times = _times(points, starts, person, noise)
    timed = np.concatenate([points, times[:, None]], axis=1).astype(np.float32)
    return Sketch(strokes=tuple(np.split(timed, starts)), canvas=canvas)


def _remembered(scene: Scene, boxes: Points, person: Person, rng: random.Random) -> tuple[list[bool], list[bool]]:
    """Which shapes are there at all for the person who draws, and which of them get an outline."""
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    large = areas(boxes) > LARGE * float(np.prod(high - low + 1))
    forgotten: dict[str, bool] = {}
    present: list[bool] = []
    inked: list[bool] = []
    for shape, big in zip(scene.shapes, large.tolist(), strict=True):
        forget = forgotten.setdefault(shape.part, rng.random() < 0.06 * (1.3 - person.detail))
        wanted = rng.random() < shape.ink * person.detail * 1.15
        certain = shape.ink >= 1
        draw = shape.ink > 0 and ((certain and big) or (not forget and (certain or wanted)))
        inked.append(draw)
        present.append(draw or shape.ink <= 0)
    return present, inked


def _in_order(lines: list[Points], boxes: Points, noise: np.random.Generator) -> list[Points]:
    """Large outlines first, details later, with some disorder."""
    weight = (areas(boxes) * np.exp(0.25 * noise.standard_normal(len(boxes)))).tolist()
    return sorted(lines, key=lambda line: -weight[int(line[0, 2])])


def _shading(
    scene: Scene, outlines: list[Points], boxes: Points, inked: list[bool], rng: random.Random
) -> list[Points]:
    """Lines across one of the larger areas: somebody shades it, or means its texture."""
    large = areas(boxes) > SHADED * float(areas(boxes).max())
    able = [index for index in np.flatnonzero(large).tolist() if inked[index] and scene.shapes[index].closed]
    if not able:
        return []
    index = rng.choice(able)
    return hatching(outlines[index], index, rng)


def _part_slips(scene: Scene, boxes: Points, person: Person, noise: np.random.Generator) -> tuple[Points, Points]:
    """What the points of every shape are multiplied by, and what is added to them; (shapes, 2) each.

    A part comes out larger or smaller and in another place; what is thin or small comes out larger.
    """
    first: dict[str, int] = {}
    of_part = np.array([first.setdefault(shape.part, index) for index, shape in enumerate(scene.shapes)])
    slips = noise.standard_normal((2, len(boxes), 2))[:, of_part] * person.error
    scale, shift = np.exp(0.09 * slips[0]), 0.018 * SIDE * slips[1]
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    middle = middles[of_part]
    growth = (THIN / np.clip(boxes[:, 2:] - boxes[:, :2], THINNEST, THIN)) ** person.thickening
    return growth * scale, (middles * (1 - growth) - middle) * scale + middle + shift


def _strokes(line: Points, person: Person, rng: random.Random) -> list[Stroke]:
    """Cut one line into strokes that stop short or run on, some of them drawn twice."""
    points = line
    if len(points) > 12 and points[0, 0] == points[-1, 0] and points[0, 1] == points[-1, 1]:
        start = rng.randrange(len(points) - 1)
        points = np.concatenate([points[start:-1], points[: start + 1]])
    if rng.random() < 0.35:
        points = points[::-1]
    strokes: list[Stroke] = []
    for piece in _cut(points, person, rng):
        for trouble in (1.0, 2.0) if rng.random() < person.doubled else (1.0,):
            loose = person.looseness * trouble if len(piece) > 8 else 0.0
            before, after = rng.gauss(0, loose), rng.gauss(0, loose)
            drawn = piece[_late(before, piece) : len(piece) - _late(after, piece)]
            strokes.append(Stroke(drawn, (max(before, 0.0), max(after, 0.0)), trouble))
    return strokes


def _cut(points: Points, person: Person, rng: random.Random) -> list[Points]:
    """Cut at some of the corners, and wherever a stroke gets too long."""
    count = len(points)
    if count <= 14:
        return [points]
    steps = (points[3:, :2] - points[:-3, :2]).T
    (x, y), (next_x, next_y) = steps[:, :-3], steps[:, 3:]
    sharp = np.abs(x * next_y - y * next_x) > SHARP * (x * next_x + y * next_y)
    corners = [index for index in (sharp.nonzero()[0] + 3).tolist() if 8 <= index < count - 6]
    cuts = [0]
    for corner in [*corners, count]:
        while True:
            limit = cuts[-1] + round((rng.expovariate(1 / person.stroke_length) + SHORTEST) / STEP)
            if limit >= min(corner, count - 6):
                break
            cuts.append(limit)
        if corner < count and corner - cuts[-1] > 6 and rng.random() < person.corner:
            cuts.append(corner)
    ends = [*cuts[1:], count - 1]
    return [points[start : end + 1] for start, end in zip(cuts, ends, strict=True)]


def _late(beyond: float, points: Points) -> int:
    """How many points a stroke leaves out where it falls short, that is where it runs on by less than nothing."""
    return min(round(-beyond / STEP), len(points) // 4) if beyond < 0 else 0


def _trembling(
    strokes: list[Stroke], person: Person, noise: np.random.Generator
) -> tuple[Points, npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The points of all strokes one after another, unsteady, and the stroke and the shape of each."""
    counts = np.array([len(stroke.points) for stroke in strokes])
    together = np.concatenate([stroke.points for stroke in strokes])
    owner = np.repeat(np.arange(len(strokes)), counts)
    last = np.cumsum(counts) - 1
    nth = np.arange(len(together)) - (last - counts + 1)[owner]
    ends = nth == 0
    ends[last] = True
    kept = ends | (nth % 2 == 0) | (counts <= 5)[owner]
    together, owner, ends, along = (
        together[kept],
        owner[kept],
        ends[kept],
        (nth / np.maximum(counts - 1, 1)[owner])[kept],
    )
    points, shape = together[:, :2], together[:, 2].astype(np.intp)
    if person.looseness:
        beyond = np.array([stroke.beyond for stroke in strokes])
        tips = ends.nonzero()[0].reshape(-1, 2)
        away = points[tips] - points[tips + np.array([1, -1])]
        points[tips] += away * (beyond / np.maximum(np.hypot(away[..., 0], away[..., 1]), 1e-6))[..., None]
    if person.coarseness > 1:
        gap = np.clip(counts // (2 * ROUNDEST), 1, round(person.coarseness))[owner]
        looked_at = (ends | (nth[kept] // 2 % gap == 0)).nonzero()[0]
        points = _between(points[looked_at], looked_at, len(points))
    if person.drift:
        points = points + _drifts(counts, along, owner, person.drift, noise)
    if person.wobble:
        knots = len(points) // TREMOR + 2
        tremor = noise.standard_normal((knots, 2))
        trouble = np.array([stroke.trouble for stroke in strokes])
        size = (person.wobble * trouble * np.minimum(1.0, counts / 20 + 0.3))[owner]
        points = points + size[:, None] * _between(tremor, np.arange(knots) * TREMOR, len(points))
        inner = (~ends).nonzero()[0]
        points[inner] = 0.25 * points[inner - 1] + 0.5 * points[inner] + 0.25 * points[inner + 1]
    return points, owner, shape


def _between(values: Points, places: npt.NDArray[np.intp], count: int) -> Points:
    """Numbers 0 to `count` on straight lines between the rows of `values`, which stand at `places`."""
    at = np.arange(count)
    return np.stack([np.interp(at, places, column) for column in values.T], axis=1)


def _drifts(
    counts: npt.NDArray[np.intp],
    along: npt.NDArray[np.float64],
    owner: npt.NDArray[np.intp],
    size: float,
    noise: np.random.Generator,
) -> Points:
    """How far the hand has strayed at every point of every stroke: wrong ends, and a bow between them."""
    reach = size * np.minimum(1.0, counts / 40 + 0.1)[:, None]
    start, end, bow = noise.standard_normal((3, len(counts), 2)) * reach
    at = along[:, None]
    return start[owner] * (1 - at) + end[owner] * at + bow[owner] * (4 * at * (1 - at))


def _within_canvas(points: Points) -> Points:
    low, high = points.min(axis=0), points.max(axis=0)
    if low.min() >= EDGE and high.max() <= SIDE - EDGE:
        return points
    scale = min(1.0, (SIDE - 2 * EDGE) / max(float((high - low).max()), 1e-6))
    return (points - (low + high) / 2) * scale + SIDE / 2


def _times(points: Points, starts: npt.NDArray[np.intp], person: Person, noise: np.random.Generator) -> Floats:
    """Rising times: a hand of roughly even speed that pauses between strokes."""
    steps = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
    waits = np.clip(steps / person.speed, 1.0, 400.0) * noise.uniform(0.8, 1.25, len(steps))
    waits[starts] += noise.uniform(120, 600, len(starts))
    waits[0] = 0.0
    return np.asarray(np.cumsum(waits), np.float32)

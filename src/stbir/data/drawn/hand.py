"""The sketch of a scene: its visible lines as strokes in drawing order, the way a hand gets them slightly wrong."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stbir.data.drawn.scene import Points, Scene
from stbir.data.drawn.visible import SIDE, STEP, Run, areas, bounding_boxes, placed, visible_runs
from stbir.types import Floats, Sketch

EDGE = 4.0
"""Ink stays this far from the rim of the canvas."""

LARGE = 0.12
"""Shapes that take more than this share of the scene's bounding box are never forgotten."""

SHARP = 0.9
"""A turn of more radians than this is a corner."""

SHORTEST = 16.0
TREMOR = 8
"""Samples between two independent slips of the hand."""


@dataclass(frozen=True, eq=False)
class Stroke:
    """A stroke along the outline of shape number `shape`; `trouble` is how much worse than usual it is drawn."""

    points: Points
    shape: int
    trouble: float


@dataclass(frozen=True)
class Person:
    """How somebody draws: how wrong, how much detail, how long the strokes, how often a line is drawn twice."""

    error: float
    detail: float
    stroke_length: float
    corner: float
    doubled: float
    wobble: float
    looseness: float
    speed: float


def sketch(scene: Scene, rng: random.Random, *, distortion: float = 1.0) -> Sketch:
    """Draw `scene` by hand: strokes of x, y on a 256 x 256 canvas and the time in milliseconds.

    `distortion` scales every human error; at 0 the strokes lie on the outlines, though smaller parts
    may still be left out.
    """
    noise = np.random.default_rng(rng.getrandbits(63))
    person = _person(rng, distortion=distortion)
    outlines = placed(scene.shapes)
    boxes = bounding_boxes(outlines)
    present, inked = _remembered(scene, boxes, person, rng)
    runs = visible_runs(scene.shapes, outlines, present, inked)
    canvas = (float(SIDE), float(SIDE))
    strokes: list[Stroke] = []
    for run in _in_order(runs, boxes, rng):
        strokes += _strokes(run, person, rng)
    if not strokes:
        return Sketch(strokes=(), canvas=canvas)
    points, owner = _trembling(strokes, person, noise)
    scale, shift, middle = _part_slips(scene, boxes, person, rng)
    shape = np.array([stroke.shape for stroke in strokes])[owner]
    points = (points - middle[shape]) * scale[shape] + middle[shape] + shift[shape]
    points = _within_canvas(_slipped(points, person, rng))
    starts = np.flatnonzero(np.diff(owner)) + 1
    times = _times(points, starts, person, noise)
    timed = np.concatenate([points, times[:, None]], axis=1).astype(np.float32)
    return Sketch(strokes=tuple(np.split(timed, starts)), canvas=canvas)


def _person(rng: random.Random, *, distortion: float) -> Person:
    return Person(
        error=(abs(rng.gauss(0, 1)) * 0.6 + 0.25) * distortion,
        detail=rng.uniform(0.45, 1.15),
        stroke_length=rng.choice((60.0, 120.0, 200.0, 300.0, 500.0, 900.0)),
        corner=rng.uniform(0.1, 0.9),
        doubled=rng.uniform(0.05, 0.4) * min(distortion, 1.0) if rng.random() < 0.25 else 0.0,
        wobble=rng.uniform(0.1, 0.9) * distortion,
        looseness=rng.uniform(0.0, 2.6) * distortion,
        speed=rng.uniform(0.08, 0.3),
    )


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


def _in_order(runs: list[Run], boxes: Points, rng: random.Random) -> list[Run]:
    """Large outlines first, details later, with some disorder."""
    weight = [area * math.exp(rng.gauss(0, 0.25)) for area in areas(boxes).tolist()]
    return sorted(runs, key=lambda run: -weight[run.shape])


def _part_slips(scene: Scene, boxes: Points, person: Person, rng: random.Random) -> tuple[Points, Points, Points]:
    """For every shape how its part is scaled, shifted, and about which middle; (shapes, 2) each."""
    slips: dict[str, tuple[list[float], list[float], int]] = {}
    for index, shape in enumerate(scene.shapes):
        if shape.part not in slips:
            scale = [math.exp(rng.gauss(0, 0.05) * person.error) for _ in range(2)]
            shift = [rng.gauss(0, 0.011) * SIDE * person.error for _ in range(2)]
            slips[shape.part] = scale, shift, index
    scales, shifts, firsts = zip(*(slips[shape.part] for shape in scene.shapes), strict=True)
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    return np.array(scales), np.array(shifts), middles[list(firsts)]


def _strokes(run: Run, person: Person, rng: random.Random) -> list[Stroke]:
    """Cut one visible line into strokes that stop short or run on, some of them drawn twice."""
    points = run.points
    if len(points) > 12 and points[0, 0] == points[-1, 0] and points[0, 1] == points[-1, 1]:
        start = rng.randrange(len(points) - 1)
        points = np.concatenate([points[start:-1], points[: start + 1]])
    if rng.random() < 0.35:
        points = points[::-1]
    strokes: list[Stroke] = []
    for piece in _cut(points, person, rng):
        for trouble in (1.0, 2.0)[: 2 if rng.random() < person.doubled else 1]:
            drawn = piece
            if person.looseness and len(piece) > 8:
                drawn = _with_end(drawn, rng.gauss(0, person.looseness) * trouble)
                drawn = _with_end(drawn[::-1], rng.gauss(0, person.looseness) * trouble)[::-1]
            strokes.append(Stroke(drawn, run.shape, trouble))
    return strokes


def _cut(points: Points, person: Person, rng: random.Random) -> list[Points]:
    """Cut at some of the corners, and wherever a stroke gets too long."""
    count = len(points)
    if count <= 14:
        return [points]
    ahead, behind = points[6:] - points[3:-3], points[3:-3] - points[:-6]
    cross = behind[:, 0] * ahead[:, 1] - behind[:, 1] * ahead[:, 0]
    sharp = np.abs(np.arctan2(cross, (behind * ahead).sum(axis=1))) > SHARP
    corners = [index for index in (np.flatnonzero(sharp) + 3).tolist() if 8 <= index < count - 6]
    cuts = [0]
    for corner in [*corners, count]:
        while True:
            limit = cuts[-1] + round((rng.expovariate(1 / person.stroke_length) + SHORTEST) / STEP)
            if limit >= min(corner, count - 6):
                break
            cuts.append(limit)
        if corner < count and corner - cuts[-1] > 6 and rng.random() < person.corner * 0.5:
            cuts.append(corner)
    ends = [*cuts[1:], count - 1]
    return [points[start : end + 1] for start, end in zip(cuts, ends, strict=True)]


def _with_end(points: Points, more: float) -> Points:
    """Let the start of a stroke run on by `more` pixels, or begin late where `more` is negative."""
    if more < 0:
        return points[min(round(-more / STEP), len(points) // 4) :]
    x, y = (points[0] - points[2]).tolist()
    reach = more / max(math.hypot(x, y), 1e-6)
    return np.concatenate([points[:1] + np.array([x * reach, y * reach]), points])


def _trembling(
    strokes: list[Stroke], person: Person, noise: np.random.Generator
) -> tuple[Points, npt.NDArray[np.intp]]:
    """The points of all strokes one after another, with the hand's tremor, and the stroke each belongs to."""
    counts = np.array([len(stroke.points) for stroke in strokes])
    points = np.concatenate([stroke.points for stroke in strokes])
    owner = np.repeat(np.arange(len(strokes)), counts)
    last = np.cumsum(counts) - 1
    nth = np.arange(len(points)) - (last - counts + 1)[owner]
    ends = nth == 0
    ends[last] = True
    if person.wobble:
        knots = len(points) // TREMOR + 2
        tremor = noise.standard_normal((2, knots))
        at = np.arange(len(points)) / TREMOR
        trouble = np.array([stroke.trouble for stroke in strokes])
        size = (person.wobble * trouble * np.minimum(1.0, counts / 20 + 0.3))[owner]
        points = points + size[:, None] * np.stack([np.interp(at, np.arange(knots), row) for row in tremor], axis=1)
        inner = np.flatnonzero(~ends)
        points[inner] = 0.25 * points[inner - 1] + 0.5 * points[inner] + 0.25 * points[inner + 1]
    kept = ends | (nth % 2 == 0) | (counts <= 5)[owner]
    return points[kept], owner[kept]


def _slipped(points: Points, person: Person, rng: random.Random) -> Points:
    """Wrong proportions of the whole: turned, slanted, stretched, in false perspective, bent."""
    error = person.error
    angle = rng.uniform(-0.08, 0.08) * error
    slant = rng.uniform(-0.1, 0.1) * error
    width, height = (math.exp(rng.uniform(-0.12, 0.12) * error) for _ in range(2))
    tilt = np.array([rng.uniform(-0.1, 0.1) * error for _ in range(2)])
    rates = [rng.uniform(2, 6) for _ in range(2)]
    phases = [rng.uniform(0, 2 * math.pi) for _ in range(4)]
    cos, sin = math.cos(angle), math.sin(angle)
    matrix = np.array([[cos * width, -sin + slant], [sin, cos * height]])
    unit = (points / SIDE - 0.5) @ matrix.T
    unit = unit / np.maximum(1 + unit @ tilt, 0.5)[:, None]
    x, y = unit[:, 0], unit[:, 1]
    bend = np.stack(
        [
            np.sin(y * rates[0] + phases[0]) + np.sin(x * rates[1] + phases[1]),
            np.sin(x * rates[0] + phases[2]) + np.sin(y * rates[1] + phases[3]),
        ],
        axis=1,
    )
    return (unit + 0.018 * error * bend + 0.5) * SIDE


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

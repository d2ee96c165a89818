"""The sketch of a scene: its visible lines as strokes in drawing order, the way a hand gets them slightly wrong."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from stbir.data.drawn.scene import Points, Scene
from stbir.data.drawn.visible import SIDE, Run, placed, visible_runs
from stbir.types import Floats, Sketch

EDGE = 4.0
"""Ink stays this far from the rim of the canvas."""

LARGE = 0.12
"""Shapes that take more than this share of the scene's bounding box are never forgotten."""

Warp: TypeAlias = Callable[[Points], Points]


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
    present, inked = _remembered(scene, outlines, person, rng)
    runs = visible_runs(scene.shapes, outlines, present, inked)
    warps = _part_warps(scene, outlines, person, rng)
    strokes = [
        warps[scene.shapes[run.shape].part](stroke)
        for run in _in_order(runs, outlines, rng)
        for stroke in _strokes(run.points, person, rng, noise)
    ]
    if not strokes:
        return Sketch(strokes=(), canvas=(float(SIDE), float(SIDE)))
    counts = np.array([len(stroke) for stroke in strokes])
    points = _slipped(np.concatenate(strokes), person, rng)
    points = _within_canvas(points)
    times = _times(points, counts, person, noise)
    timed = np.concatenate([points, times[:, None]], axis=1).astype(np.float32)
    return Sketch(strokes=tuple(np.split(timed, np.cumsum(counts)[:-1])), canvas=(float(SIDE), float(SIDE)))


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


def _remembered(
    scene: Scene, outlines: list[Points], person: Person, rng: random.Random
) -> tuple[list[bool], list[bool]]:
    """Which shapes are there at all for the person who draws, and which of them get an outline."""
    low = np.min([outline.min(axis=0) for outline in outlines], axis=0)
    high = np.max([outline.max(axis=0) for outline in outlines], axis=0)
    whole = float(np.prod(high - low + 1))
    forgotten: dict[str, bool] = {}
    present: list[bool] = []
    inked: list[bool] = []
    for shape, outline in zip(scene.shapes, outlines, strict=True):
        forget = forgotten.setdefault(shape.part, rng.random() < 0.06 * (1.3 - person.detail))
        wanted = rng.random() < shape.ink * person.detail * 1.15
        large = float(np.prod(np.ptp(outline, axis=0) + 1)) > LARGE * whole
        draw = shape.ink > 0 and ((shape.ink >= 1 and large) or (not forget and (shape.ink >= 1 or wanted)))
        inked.append(draw)
        present.append(draw or shape.ink <= 0)
    return present, inked


def _in_order(runs: list[Run], outlines: list[Points], rng: random.Random) -> list[Run]:
    """Large outlines first, details later, with some disorder."""
    weight = [float(np.prod(np.ptp(outline, axis=0) + 1)) * math.exp(rng.gauss(0, 0.25)) for outline in outlines]
    return sorted(runs, key=lambda run: -weight[run.shape])


def _part_warps(scene: Scene, outlines: list[Points], person: Person, rng: random.Random) -> dict[str, Warp]:
    """For every part a small shift and scaling about its middle."""
    members: dict[str, list[Points]] = {}
    for shape, outline in zip(scene.shapes, outlines, strict=True):
        members.setdefault(shape.part, []).append(outline)
    warps: dict[str, Warp] = {}
    for part, pieces in members.items():
        middle = np.mean([piece.mean(axis=0) for piece in pieces], axis=0)
        scale = np.array([math.exp(rng.gauss(0, 0.05) * person.error) for _ in range(2)])
        shift = np.array([rng.gauss(0, 0.011) for _ in range(2)]) * SIDE * person.error
        warps[part] = _about(middle, scale, shift)
    return warps


def _about(middle: Points, scale: Points, shift: Points) -> Warp:
    return lambda points: (points - middle) * scale + middle + shift


def _strokes(points: Points, person: Person, rng: random.Random, noise: np.random.Generator) -> list[Points]:
    """Cut one visible line into strokes and let the hand tremble, stop short or run on."""
    if len(points) > 12 and np.allclose(points[0], points[-1]):
        start = rng.randrange(len(points) - 1)
        points = np.concatenate([points[start:-1], points[:start], points[start : start + 1]])
    if rng.random() < 0.35:
        points = points[::-1]
    strokes: list[Points] = []
    for piece in _cut(points, person, rng):
        passes = 2 if rng.random() < person.doubled else 1
        for again in range(passes):
            strokes.append(_drawn(piece, person, rng, noise, trouble=1.0 + again))
    return strokes


def _cut(points: Points, person: Person, rng: random.Random) -> list[Points]:
    count = len(points)
    cuts = [0]
    if count > 12:
        ahead = points[6:] - points[3:-3]
        behind = points[3:-3] - points[:-6]
        turn = np.abs(np.arctan2(behind[:, 0] * ahead[:, 1] - behind[:, 1] * ahead[:, 0], (behind * ahead).sum(axis=1)))
        corners = (np.flatnonzero(turn > 0.9) + 3).tolist()
        limit = rng.expovariate(1 / person.stroke_length) + 12
        for index in range(8, count - 6):
            length = (index - cuts[-1]) * 2.0
            if length > limit or (length > 12 and index in corners and rng.random() < person.corner * 0.5):
                cuts.append(index)
                limit = rng.expovariate(1 / person.stroke_length) + 12
    ends = [*cuts[1:], count - 1]
    return [points[start : end + 1] for start, end in zip(cuts, ends, strict=True)]


def _drawn(points: Points, person: Person, rng: random.Random, noise: np.random.Generator, *, trouble: float) -> Points:
    count = len(points)
    if person.looseness and count > 8:
        head, tail = (rng.gauss(0, person.looseness) * trouble for _ in range(2))
        points = _with_end(_with_end(points, head)[::-1], tail)[::-1]
        count = len(points)
    if person.wobble:
        knots = max(3, count // 8)
        size = person.wobble * trouble * min(1.0, count / 20 + 0.3)
        at = np.linspace(0, knots - 1, count)
        tremble = noise.standard_normal((2, knots)) * size
        moved = [np.interp(at, np.arange(knots), row) for row in tremble]
        points = points + np.stack(moved, axis=1)
        if count > 8:
            points = _softened(points)
    if count > 5:
        kept = np.unique(np.append(np.arange(0, count, 2), count - 1))
        points = points[kept]
    return points


def _with_end(points: Points, more: float) -> Points:
    """Let the start of a stroke run on by `more` pixels, or begin late where `more` is negative."""
    if more < 0:
        skip = min(round(-more / 2.0), len(points) // 4)
        return points[skip:]
    direction = points[0] - points[2]
    direction = direction / max(float(np.hypot(*direction)), 1e-6)
    return np.concatenate([points[:1] + direction * more, points])


def _softened(points: Points) -> Points:
    """Round the corners off a little; the ends stay."""
    inner = 0.25 * points[:-2] + 0.5 * points[1:-1] + 0.25 * points[2:]
    return np.concatenate([points[:1], inner, points[-1:]])


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


def _times(points: Points, counts: npt.NDArray[np.intp], person: Person, noise: np.random.Generator) -> Floats:
    """Rising times: a hand of roughly even speed that pauses between strokes."""
    steps = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
    waits = np.clip(steps / person.speed, 1.0, 400.0) * noise.uniform(0.8, 1.25, len(steps))
    starts = np.cumsum(counts)[:-1]
    waits[starts] += noise.uniform(120, 600, len(starts))
    waits[0] = 0.0
    return np.asarray(np.cumsum(waits), np.float32)

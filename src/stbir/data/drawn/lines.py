"""Lines that a hand draws in one go: visible pieces of outlines that meet, one after the other."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from stbir.data.drawn.scene import Points
from stbir.data.drawn.visible import STEP, Run

REACH = 9.0
"""Ends that are closer than this, in pixels, count as one point."""

FEWEST = 5
MOST_HATCHES = 24


def joined(runs: Sequence[Run], willingness: float, rng: random.Random) -> list[Points]:
    """Join pieces end to end; each line is of shape (n, 3): x, y and the number of the shape it came from.

    Args:
        runs: the visible pieces.
        willingness: the chance that a pair of ends that meet is joined; 0 keeps every piece by itself.
        rng: decides.
    """
    if not runs:
        return []
    counts = np.array([len(run.points) for run in runs])
    numbers = np.repeat(np.array([float(run.shape) for run in runs]), counts)
    every = np.concatenate([np.concatenate([run.points for run in runs]), numbers[:, None]], axis=1)
    stops = np.cumsum(counts)
    pieces = [every[stop - count : stop] for stop, count in zip(stops.tolist(), counts.tolist(), strict=True)]
    if not willingness:
        return pieces
    tips = every[np.stack([stops - counts, stops - 1], axis=1).ravel(), :2]
    partner = _partners(tips, counts, willingness, rng)
    lines: list[Points] = []
    done = [False] * len(pieces)
    # what has a free end is followed from there; what then remains are rings
    starts = [end for end in range(2 * len(pieces)) if end not in partner]
    for start in [*starts, *range(0, 2 * len(pieces), 2)]:
        if done[start // 2]:
            continue
        chain: list[Points] = []
        end = start
        while not done[end // 2]:
            piece = pieces[end // 2]
            done[end // 2] = True
            chain.append(piece[::-1] if end % 2 else piece)
            end = partner.get(end ^ 1, end)
        if start in partner:
            chain.append(chain[0][:1])
        lines.append(np.concatenate(chain) if len(chain) > 1 else chain[0])
    return lines


def _partners(tips: Points, counts: npt.NDArray[np.intp], willingness: float, rng: random.Random) -> dict[int, int]:
    """Which ends are joined; the first end of piece i has the number 2 i, the last 2 i + 1."""
    steps = tips[:, None] - tips[None]
    apart = (steps * steps).sum(axis=2)
    near = np.triu(apart < REACH * REACH, 1)
    first, second = np.nonzero(near)
    order = np.argsort(apart[first, second], kind="stable")
    partner: dict[int, int] = {}
    for a, b in zip(first[order].tolist(), second[order].tolist(), strict=True):
        short = a // 2 == b // 2 and counts[a // 2] < 2 * REACH
        if a not in partner and b not in partner and not short and rng.random() < willingness:
            partner[a], partner[b] = b, a
    return partner


def hatching(outline: Points, shape: int, rng: random.Random) -> list[Points]:
    """Parallel lines across an area, as `joined` gives lines; outlines that cross themselves will do."""
    angle = rng.uniform(0, math.pi)
    cos, sin = math.cos(angle), math.sin(angle)
    turn = np.array([[cos, -sin], [sin, cos]])
    x, y = (outline @ turn.T).T
    step_x, step_y = np.roll(x, -1) - x, np.roll(y, -1) - y
    gap = max(rng.uniform(7, 20), float(np.ptp(y)) / MOST_HATCHES)
    lines: list[Points] = []
    for level in np.arange(float(y.min()) + gap / 2, float(y.max()), gap).tolist():
        crossed = (y < level) != (y + step_y < level)
        at = np.sort(x[crossed] + (level - y[crossed]) / step_y[crossed] * step_x[crossed]).tolist()
        for left, right in zip(at[::2], at[1::2], strict=False):
            across = np.arange(left, right, STEP)
            if len(across) > FEWEST:
                flat = np.stack([across, np.full(len(across), level)], axis=1) @ turn
                lines.append(np.concatenate([flat, np.full((len(flat), 1), float(shape))], axis=1))
    return lines

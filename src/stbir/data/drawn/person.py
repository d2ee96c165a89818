"""Who draws a sketch: how much detail somebody sees, how long the strokes are, and how wrong everything comes out."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

WORST = 1.9
"""The error of somebody who draws badly; 1 is usual. Whoever draws worse gives up."""


@dataclass(frozen=True)
class Person:
    """How somebody draws: how wrong, how much detail, how long the strokes, how often a line is drawn twice.

    `drift` is by how many pixels the ends and the middle of a stroke miss their places, and `coarseness`
    the samples between the points that somebody looks at: what lies between is guessed.
    """

    error: float
    detail: float
    stroke_length: float
    corner: float
    doubled: float
    wobble: float
    looseness: float
    drift: float
    coarseness: float
    joining: float
    scraps: float
    thickening: float
    hatching: float
    speed: float


def somebody(rng: random.Random, *, distortion: float) -> Person:
    """Pick somebody, from careful to poor; `distortion` scales every error, and at 0 there is none.

    The ranges come from sketches that people drew of shoes and chairs, compared with the photos they saw.
    """
    error = min(math.exp(rng.gauss(0, 0.33)), WORST) * distortion
    return Person(
        error=error,
        detail=rng.uniform(0.6, 1.3),
        stroke_length=rng.choice((400.0, 900.0, 2000.0, 5000.0, 9000.0)),
        corner=rng.uniform(0.0, 0.08),
        doubled=rng.uniform(0.03, 0.3) * min(distortion, 1.0) if rng.random() < 0.12 else 0.0,
        wobble=rng.uniform(0.15, 1.05) * distortion,
        looseness=rng.uniform(0.3, 4.0) * distortion,
        drift=rng.uniform(0.3, 2.2) * error,
        coarseness=1 + (rng.uniform(1, 7) if rng.random() < 0.7 else 0.0) * min(distortion, 1.0),
        joining=rng.uniform(0.4, 1.2) * min(distortion, 1.0),
        scraps=rng.uniform(0.2, 1.0) * min(distortion, 1.0),
        thickening=rng.uniform(0.0, 0.7) * min(distortion, 1.0),
        hatching=0.04 * min(distortion, 1.0),
        speed=rng.uniform(0.08, 0.3),
    )

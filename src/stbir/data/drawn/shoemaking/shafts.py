"""The forms of boot shafts: calves, folds that hang, tops that dip at the sides."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

import numpy as np

from stbir.data.drawn.curves import ease
from stbir.data.drawn.shoemaking.last import ALONG, Last
from stbir.data.drawn.shoemaking.loft import LEVELS, Hoop, Leg, Loft, leg


@dataclass(frozen=True)
class Shaft:
    """How a shaft is formed: its height, how wide it gets, how deep its folds are, how far its sides dip."""

    height: float
    wide: float = 0.0
    calf: float = 0.0
    folds: float = 0.0
    dip: float = 0.0


def shaped_leg(rng: random.Random, base: Last, shaft: Shaft) -> Leg:
    """Foot and shaft of a boot on the last `base`."""
    heel, throat, height = base.at(1.0), rng.uniform(0.42, 0.5), shaft.height
    wide = shaft.wide * min(1.0, height / 0.6)
    lean, tip = rng.uniform(-0.04, 0.03), rng.uniform(-0.04, 0.04)
    ankle = rng.uniform(0.54, 0.61)
    instep = base.at(throat) + rng.uniform(0.19, 0.25)
    hoops = [Hoop(throat, 0.995, 0.11, instep, heel + min(0.2, height * 0.5))]
    if height > 0.42:
        hoops.append(Hoop(ankle, 0.97, 0.12, max(instep + 0.1, heel + 0.3), heel + 0.34))
    if height > 0.9:
        bulge = shaft.calf * rng.uniform(0.7, 1.0)
        at = min(0.72 * height, 0.95)
        hoops.append(
            Hoop(ankle - wide * 0.9, 1.0 + wide * 0.7 + bulge, 0.15 + 0.5 * bulge, heel + at + 0.02, heel + at)
        )
    mouth = max(heel + height, hoops[-1].front_height + 0.08)
    hoops.append(Hoop(ankle - wide * 0.8 + lean, 0.99 + wide * 0.7 + lean, rng.uniform(0.12, 0.15) + wide * 0.4,
                      mouth + tip, mouth))  # fmt: skip
    boot = leg(base, hoops, rng.uniform(0.09, 0.16))
    return replace(boot, loft=_dipped(_folded(rng, boot.loft, shaft.folds), shaft.dip))


def _folded(rng: random.Random, loft: Loft, depth: float) -> Loft:
    """Soft leather that sags: every ring of the shaft a little wider, narrower or aslant."""
    if not depth:
        return loft
    rings = loft.rings.copy()
    for ring in rings[LEVELS:-1]:
        middle = ring.mean(axis=0)
        ring[:, :2] = middle[:2] + (ring[:, :2] - middle[:2]) * (1 + rng.uniform(-depth, depth))
        ring[:, 0] += rng.uniform(-0.25, 0.25) * depth
        ring[:, 2] += rng.uniform(-0.5, 0.5) * depth * (ALONG - 0.5)
    return Loft(rings)


def _dipped(loft: Loft, dip: float) -> Loft:
    """The sides of the mouth lower than its front and back, as cowboy boots have it."""
    if not dip:
        return loft
    rings = loft.rings.copy()
    sides = 4 * ALONG * (1 - ALONG)
    share = ease(np.linspace(0, 1, len(rings) - LEVELS + 1)[1:])[:, None]
    rings[LEVELS:, :, 2] -= dip * share * (sides - 0.4)
    return Loft(rings)

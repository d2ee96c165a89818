"""Sofas: two or three seats, straight or rolled arms, loose cushions, legs or a plinth."""

from __future__ import annotations

import random

from stbir.data.drawn.scene import Scene
from stbir.data.drawn.seating.upholstered import build_couch


def build(rng: random.Random) -> Scene:
    """One sofa."""
    seats = rng.choice((2, 2, 3, 3, 3, 4))
    counted = {2: ("two seater sofa", "loveseat"), 3: ("three seater sofa", "settee"), 4: ("large sofa", "long sofa")}
    return build_couch(rng, "sofa", seats, ("sofa", "couch", *counted[seats]))

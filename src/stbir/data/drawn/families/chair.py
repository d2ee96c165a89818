"""Chairs of every kind but sofas: dining, bar, folding, rocking, shell, office, lounge and arm chairs, stools."""

from __future__ import annotations

import random

from stbir.data.drawn.scene import Scene
from stbir.data.drawn.seating.framed import build_framed, build_lounger, build_shell, build_stool
from stbir.data.drawn.seating.swivel import build_office
from stbir.data.drawn.seating.upholstered import build_armchair, build_tub

KINDS = {
    "dining": 5,
    "shell": 3.5,
    "office": 4.5,
    "armchair": 2.5,
    "tub": 1.5,
    "stool": 2,
    "bar": 1,
    "folding": 1.3,
    "rocking": 0.7,
    "lounger": 1.5,
}


def build(rng: random.Random) -> Scene:
    """One chair."""
    kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
    if kind == "shell":
        return build_shell(rng)
    if kind == "office":
        return build_office(rng)
    if kind == "armchair":
        return build_armchair(rng)
    if kind == "tub":
        return build_tub(rng)
    if kind == "stool":
        return build_stool(rng)
    if kind == "lounger":
        return build_lounger(rng)
    return build_framed(rng, kind)

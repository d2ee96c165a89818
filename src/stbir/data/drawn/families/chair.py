"""Chairs of every kind but sofas: dining, bar, folding, rocking, shell, office, lounge and arm chairs, stools."""

from __future__ import annotations

import random
from collections.abc import Callable

from stbir.data.drawn.scene import Scene
from stbir.data.drawn.seating.casual import (
    build_bean_bag,
    build_director,
    build_egg,
    build_high_chair,
    build_parsons,
    build_sun_lounger,
)
from stbir.data.drawn.seating.framed import build_framed, build_lounger, build_shell, build_stool
from stbir.data.drawn.seating.swivel import build_office
from stbir.data.drawn.seating.upholstered import build_armchair, build_tub

KINDS: dict[str, tuple[float, Callable[[random.Random], Scene]]] = {
    "dining": (4.5, lambda rng: build_framed(rng, "dining")),
    "folding": (1.2, lambda rng: build_framed(rng, "folding")),
    "bar": (1.0, lambda rng: build_framed(rng, "bar")),
    "rocking": (0.7, lambda rng: build_framed(rng, "rocking")),
    "shell": (3.2, build_shell),
    "office": (4.5, build_office),
    "armchair": (2.3, build_armchair),
    "tub": (1.4, build_tub),
    "stool": (2.0, build_stool),
    "lounger": (1.4, build_lounger),
    "parsons": (1.5, build_parsons),
    "director": (0.7, build_director),
    "sun lounger": (0.6, build_sun_lounger),
    "high chair": (0.6, build_high_chair),
    "egg": (0.8, build_egg),
    "bean bag": (0.5, build_bean_bag),
}
"""What there is: how common it is, and who builds it."""


def build(rng: random.Random) -> Scene:
    """One chair."""
    weights = [weight for weight, _ in KINDS.values()]
    _, make = rng.choices(list(KINDS.values()), weights)[0]
    return make(rng)

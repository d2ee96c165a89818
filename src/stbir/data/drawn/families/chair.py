"""Chairs of every kind: dining, bar, folding, shell, office, high, lounge and arm chairs, stools, sofa sections."""

from __future__ import annotations

import random
from collections.abc import Callable

from stbir.data.drawn.scene import Scene
from stbir.data.drawn.seating.bars import build_bar
from stbir.data.drawn.seating.bowls import build_bowl, build_saucer
from stbir.data.drawn.seating.casual import (
    build_bean_bag,
    build_director,
    build_high_chair,
    build_parsons,
    build_sun_lounger,
)
from stbir.data.drawn.seating.framed import build_framed, build_lounger, build_stool
from stbir.data.drawn.seating.nursery import build_chunky, build_plywood
from stbir.data.drawn.seating.outdoors import build_camp
from stbir.data.drawn.seating.reclined import build_recliner, build_sling
from stbir.data.drawn.seating.shells import build_shell
from stbir.data.drawn.seating.swivel import build_office
from stbir.data.drawn.seating.upholstered import build_armchair, build_section, build_tub

KINDS: dict[str, tuple[float, Callable[[random.Random], Scene]]] = {
    "dining": (4.0, lambda rng: build_framed(rng, "dining")),
    "folding": (2.6, lambda rng: build_framed(rng, "folding")),
    "rocking": (0.6, lambda rng: build_framed(rng, "rocking")),
    "bar": (1.8, build_bar),
    "shell": (2.2, build_shell),
    "office": (5.2, build_office),
    "armchair": (2.6, build_armchair),
    "section": (2.2, build_section),
    "tub": (1.0, build_tub),
    "stool": (1.6, build_stool),
    "lounger": (1.4, build_lounger),
    "recliner": (0.8, build_recliner),
    "sling": (1.2, build_sling),
    "parsons": (1.2, build_parsons),
    "director": (0.4, build_director),
    "camp": (0.5, build_camp),
    "saucer": (0.5, build_saucer),
    "sun lounger": (0.5, build_sun_lounger),
    "high chair": (2.2, build_high_chair),
    "chunky": (1.2, build_chunky),
    "plywood": (0.7, build_plywood),
    "bowl": (0.9, build_bowl),
    "bean bag": (0.3, build_bean_bag),
}
"""What there is: how common it is, and who builds it."""


def build(rng: random.Random) -> Scene:
    """One chair."""
    weights = [weight for weight, _ in KINDS.values()]
    _, make = rng.choices(list(KINDS.values()), weights)[0]
    return make(rng)

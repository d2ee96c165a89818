"""What seats are covered with: plain leather and fabric most of all, in the colours that shops sell."""

from __future__ import annotations

import random

from stbir.data.drawn.materials import Material, metal, pick

COVERS = (
    *("leather",) * 10,
    *("fabric",) * 13,
    *("plain",) * 4,
    *("velvet", "velvet", "suede", "quilted", "knit", "felt", "mesh", "wicker", "wicker", "fur"),
    *("striped", "dots", "floral", "zigzag", "plaid"),
)
SOLD = (
    *("black",) * 9,
    *("white",) * 4,
    *("grey", "grey", "dark grey", "dark grey", "dark grey", "light grey"),
    *("dark brown", "dark brown", "brown", "beige", "beige", "cream", "cream", "taupe", "mustard", "mustard"),
    *("red", "orange", "yellow", "lime", "green", "blue", "navy", "olive"),
)
"""Colours of seats, the usual ones repeated."""
TUBES = (*("silver",) * 5, *("chrome",) * 6, *("black",) * 6, *("white",) * 3, "grey", "dark grey", "brushed")
"""Colours of metal frames, the usual ones repeated."""
USUAL = 0.6
"""How many covers have one of the colours that are `SOLD`; the others have any."""


def cover_of(rng: random.Random, *more: str) -> Material:
    """A cover out of `COVERS` and the textures `more`."""
    return tinted(rng, (*COVERS, *more))


def tinted(rng: random.Random, textures: tuple[str, ...]) -> Material:
    """One of the textures in a colour of seats."""
    return pick(rng, textures, rng.choice(SOLD) if rng.random() < USUAL else None)


def tubing(rng: random.Random) -> Material:
    """The metal of a frame: chrome, steel, black or white, rarely another."""
    return metal(rng, rng.choice(TUBES) if rng.random() < 0.85 else None)

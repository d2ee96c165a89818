"""The materials of one shoe or boot."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from stbir.data.drawn.materials import Material, metal, pick

USUAL = (
    *("leather",) * 20,
    *("suede",) * 11,
    *("fabric",) * 5,
    *("plain",) * 4,
    *("patent",) * 5,
    *("metallic",) * 3,
    "velvet", "felt", "mesh", "quilted", "plastic",
)  # fmt: skip
"""Surfaces of one colour, as often as shops show them."""
PATTERNED = (
    "leopard", "leopard", "snake", "snake", "floral", "floral", "plaid", "knit", "knit", "glitter", "glitter",
    "glitter", "striped", "dots", "camo", "zigzag", "fur",
)  # fmt: skip
MAIN_COLOURS = (
    *("black",) * 27,
    *("dark brown", "brown", "tan") * 6,
    *("cognac", "taupe", "beige", "grey", "white", "dark grey") * 3,
    *("camel", "navy", "red", "chestnut", "burgundy") * 2,
    "cream", "nude", "light grey", "mid blue", "dark red", "rust", "pink", "dark green", "green", "purple", "olive",
    "yellow", "orange", "turquoise", "silver", "gold", "pewter", "bronze", "copper",
)  # fmt: skip
SOLE_COLOURS = (
    "black", "black", "black", "black", "white", "white", "brown", "tan", "beige", "dark brown", "dark brown", "cream",
    "grey", "chestnut", "dark grey",
)  # fmt: skip
LINING_COLOURS = ("beige", "beige", "cream", "black", "black", "grey", "tan", "tan", "white", "brown", "camel", "taupe")
NEUTRALS = ("black", "white", "grey", "dark grey", "light grey", "silver")
"""Colours that shops mostly show without any tint."""
SECOND_COLOURS = ("black", "black", "white", "grey", "brown", "dark brown", "tan", "beige", "silver", "navy", "cream")
ACCENTS = ("red", "pink", "hot pink", "turquoise", "blue", "light blue", "yellow", "orange", "lime", "purple", "gold")


@dataclass(frozen=True)
class Fabrics:
    """What each part is made of."""

    main: Material
    second: Material
    sole: Material
    lining: Material
    metal: Material


def fabrics(rng: random.Random) -> Fabrics:
    """Materials that may go together: mostly plain ones in the colours of shops, at times a pattern on one part."""
    main = upper_material(rng)
    second = _second(rng, main)
    sole = pick(rng, "plain", SOLE_COLOURS) if rng.random() < 0.72 else main.darker(rng.uniform(0.5, 0.95))
    return Fabrics(
        main, second, sole, _lining(rng, main), metal(rng, rng.choice(("gold", "silver", "silver", "bronze")))
    )


def upper_material(rng: random.Random) -> Material:
    """What most of a shoe is made of."""
    surfaces = PATTERNED if rng.random() < 0.11 else USUAL
    material = pick(rng, surfaces, MAIN_COLOURS if rng.random() < 0.87 else None)
    if material.colour not in NEUTRALS or rng.random() < 0.3:
        return material
    return replace(material, rgb=(sum(material.rgb) / 3,) * 3)


def accent(rng: random.Random) -> Material:
    """A bright colour for laces, lines and signs."""
    return pick(rng, "plain", ACCENTS)


def _second(rng: random.Random, main: Material) -> Material:
    """What a toe cap, a strap or a bow is made of."""
    chance = rng.random()
    if chance < 0.5:
        return main.darker(rng.choice((rng.uniform(0.6, 0.85), rng.uniform(1.1, 1.3))))
    if chance < 0.58:
        return pick(rng, PATTERNED)
    if chance < 0.68:
        return accent(rng)
    return pick(rng, ("leather", "leather", "suede", "fabric", "patent"), SECOND_COLOURS)


def _lining(rng: random.Random, main: Material) -> Material:
    """The inside and the footbed."""
    chance = rng.random()
    if chance < 0.52:
        return pick(rng, "leather", LINING_COLOURS)
    if chance < 0.58:
        return pick(rng, ("fabric", "leopard", "striped", "floral"), ACCENTS if rng.random() < 0.7 else None)
    return main.darker(rng.uniform(0.45, 0.75))

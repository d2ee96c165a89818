"""The materials of one shoe or boot."""

from __future__ import annotations

import random
from dataclasses import dataclass

from stbir.data.drawn.materials import Material, metal, pick

SURFACES = (
    "leather", "leather", "leather", "leather", "leather", "leather", "suede", "suede", "suede", "suede", "fabric",
    "fabric", "plain", "plain", "patent", "patent",
    "quilted", "striped", "dots", "plaid", "floral", "leopard", "snake", "knit", "glitter", "mesh", "fur", "camo",
    "velvet", "felt", "zigzag", "metallic", "plastic",
)  # fmt: skip
SOLE_COLOURS = ("black", "black", "white", "brown", "tan", "beige", "dark brown", "cream", "grey", "chestnut")
LINING_COLOURS = ("beige", "cream", "black", "grey", "tan", "white", "brown")


@dataclass(frozen=True)
class Fabrics:
    """What each part is made of."""

    main: Material
    second: Material
    sole: Material
    lining: Material
    metal: Material


def fabrics(rng: random.Random) -> Fabrics:
    """Materials that may go together."""
    main = pick(rng, SURFACES)
    second = main.darker(rng.uniform(0.6, 1.25)) if rng.random() < 0.4 else pick(rng, ("leather", "suede", "fabric"))
    sole = pick(rng, "plain", SOLE_COLOURS) if rng.random() < 0.75 else main.darker(rng.uniform(0.5, 0.9))
    lining = pick(rng, "leather", LINING_COLOURS) if rng.random() < 0.6 else main.darker(rng.uniform(0.45, 0.7))
    return Fabrics(main, second, sole, lining, metal(rng, rng.choice(("gold", "silver", "silver", "black", "bronze"))))

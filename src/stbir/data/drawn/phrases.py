"""What people say about a part of an object: many phrases for one detail."""

from __future__ import annotations

import random

from stbir.data.drawn.materials import Material


def made_of(rng: random.Random, material: Material, *nouns: str) -> tuple[str, ...]:
    """Phrases such as "oak legs" and "legs in oak wood" for a part that has the names `nouns`."""
    phrases = [f"{material.short(rng)} {noun}" for noun in nouns for _ in range(3)]
    noun = rng.choice(nouns)
    phrases += [f"with {material.short(rng)} {noun}", f"{noun} in {material.short(rng)}"]
    phrases += [f"{material.phrase(rng)} {rng.choice(nouns)}" for _ in range(3)]
    return tuple(phrases)

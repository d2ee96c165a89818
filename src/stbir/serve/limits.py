"""How much one request may ask for; everything here is checked before anything is decoded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds on a search, far below those of the library: a person draws hundreds of points, not millions.

    They hold for a whole request; `strokes` and `points` count all of its sketches together.
    """

    body_bytes: int = 10_000_000
    json_bytes: int = 4_000_000
    svg_bytes: int = 1_000_000
    pixels: int = 25_000_000
    sketches: int = 4
    strokes: int = 2_000
    points: int = 100_000
    characters: int = 2_000
    avoid: int = 10
    fields: int = 20
    values: int = 100
    k: int = 200
    offset: int = 10_000


LIMITS = Limits()

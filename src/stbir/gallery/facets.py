"""What a gallery can be narrowed down by: the values of each metadata field and how often they occur."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from stbir.gallery.record import PRIVATE
from stbir.index.base import Index
from stbir.types import Value

MOST = 100
"""As many values of a text field are listed, the most frequent ones."""
TOO_MANY = 2000
"""A text field with more different values describes photos rather than groups of them."""
NEVER = ("path", "name", "title", "instance")


@dataclass(frozen=True)
class Facet:
    """One field: what kind of values it has, how often, from where to where, and how many photos lack it."""

    kind: Literal["text", "number", "truth"]
    values: tuple[tuple[Value, int], ...]
    low: float | None
    high: float | None
    missing: int


def facets_of(index: Index) -> dict[str, Facet]:
    """The fields that are worth filtering by: those that tell photos apart without being different for each one."""
    facets: dict[str, Facet] = {}
    for field, kind in index.fields().items():
        if field in NEVER or field.startswith(PRIVATE):
            continue
        counts = index.tally(field)
        having = sum(counts.values())
        missing = len(index) - having
        if kind in (int, float):
            numbers = [float(value) for value in counts]
            if numbers and min(numbers) < max(numbers):
                facets[field] = Facet("number", (), min(numbers), max(numbers), missing)
        elif (len(counts) > 1 or missing) and len(counts) <= min(TOO_MANY, max(2, having // 2)):
            order = sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))
            shown = "truth" if kind is bool else "text"
            facets[field] = Facet(shown, tuple(order[:MOST]), None, None, missing)
    return facets

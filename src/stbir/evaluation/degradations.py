"""The list of what robustness is measured against: a name, what it does to one query, and whom it concerns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import TypeAlias

import numpy as np

from stbir.errors import UnknownName
from stbir.functional.degrade import sketches, words
from stbir.types import Query, Sketch

STRENGTHS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)

Change: TypeAlias = Callable[[Query, float, np.random.Generator, str], Query]
"""What makes of a query, a strength, a generator and the words of another query the degraded query."""


@dataclass(frozen=True)
class Degradation:
    """One way in which queries get worse.

    `modalities` are those it is measured with. A query to which it does not `apply` is left out of the curve, at
    every strength, and counted.
    """

    about: str
    modalities: tuple[str, ...]
    apply: Change
    applies: Callable[[Query], bool]
    needs: str
    """What a query must have for it to apply, in words."""
    misleads: bool = False
    """Whether the query becomes wrong and not only poorer: then it is no merit to find the target all the same."""


def _drawn(change: Callable[..., Sketch]) -> Change:
    def apply(query: Query, strength: float, generator: np.random.Generator, other: str) -> Query:
        return replace(query, sketches=tuple(change(one, strength, generator=generator) for one in query.sketches))

    return apply


def _said(change: Callable[..., str]) -> Change:
    def apply(query: Query, strength: float, generator: np.random.Generator, other: str) -> Query:
        return replace(query, text=change(query.text, strength, generator=generator))

    return apply


def _certain(change: Callable[[Sketch, float], Sketch]) -> Callable[..., Sketch]:
    def apply(sketch: Sketch, strength: float, *, generator: np.random.Generator) -> Sketch:
        return change(sketch, strength)

    return apply


def _swapped(query: Query, strength: float, generator: np.random.Generator, other: str) -> Query:
    return replace(query, text=words.swap_words(query.text or "", other, strength, generator=generator))


def _without(part: str, query: Query, strength: float, generator: np.random.Generator, other: str) -> Query:
    if generator.random() >= strength:
        return query
    return replace(query, sketches=()) if part == "sketch" else replace(query, text=None)


def _has_sketch(query: Query) -> bool:
    return bool(query.sketches)


def _has_strokes(query: Query) -> bool:
    return bool(query.sketches) and all(sketch.strokes for sketch in query.sketches)


def _has_words(query: Query) -> bool:
    return bool(query.text)


def _has_colour(query: Query) -> bool:
    return bool(words.colours(query.text or ""))


def _has_both(query: Query) -> bool:
    return bool(query.sketches and query.text)


def _by_strokes(about: str, change: Callable[..., Sketch]) -> Degradation:
    return Degradation(about, ("sketch", "both"), _drawn(change), _has_strokes, "a sketch with strokes")


def _by_sketch(about: str, change: Callable[..., Sketch]) -> Degradation:
    return Degradation(about, ("sketch", "both"), _drawn(change), _has_sketch, "a sketch")


DEGRADATIONS: Mapping[str, Degradation] = MappingProxyType(
    {
        "strokes dropped": _by_strokes("the last strokes are missing; at 1 only the first is left",
                                       _certain(sketches.drop_strokes)),
        "strokes jittered": _by_sketch(
            f"a shaky hand: at 1 points are off by {100 * sketches.SHAKE:.0f} % of the longer side (a picture is bent)",
            sketches.jitter),
        "strokes shifted": _by_strokes(
            f"each stroke beside its place: at 1 by up to {100 * sketches.SHIFT:.0f} % of the longer side",
            sketches.shift_strokes),
        "strokes scaled": _by_strokes(
            f"each stroke too large or too small: at 1 by a factor of up to {sketches.SCALE:g}",
            sketches.scale_strokes),
        "lines thick": _by_sketch(f"drawn with a marker: at 1 lines are {sketches.THICK:g} times as wide",
                                  _certain(sketches.thicken)),
        "lines thin": _by_sketch(f"drawn with a hair: at 1 lines have {sketches.THIN:g} of their width",
                                 _certain(sketches.thin)),
        "smudged": _by_sketch(
            f"wiped over in one direction: at 1 ink is carried by {100 * sketches.SMEAR:.0f} % of the side",
            sketches.smudge),
        "words dropped": Degradation(
            "words are missing by chance; at 1 a single one is left", ("text", "both"), _said(words.drop_words),
            _has_words, "words"),
        "words swapped": Degradation(
            "words of another query instead of own ones; at 1 all of them", ("text", "both"), _swapped,
            _has_words, "words", misleads=True),
        "colours contradicted": Degradation(
            "another colour instead of the one that is meant; at 1 for all colours", ("text", "both"),
            _said(words.change_colours), _has_colour, "words that name a colour", misleads=True),
        "words negated": Degradation(
            "'not' before a share of the phrases; at 1 before all of them", ("text", "both"), _said(words.negate),
            _has_words, "words", misleads=True),
        "sketch missing": Degradation(
            "that share of the queries comes without its sketch", ("both",), partial(_without, "sketch"),
            _has_both, "a sketch and words"),
        "words missing": Degradation(
            "that share of the queries comes without its words", ("both",), partial(_without, "text"),
            _has_both, "a sketch and words"),
    }
)  # fmt: skip
"""Every known degradation by its name."""


def choose(names: tuple[str, ...] | None) -> dict[str, Degradation]:
    """Pick degradations by name, all of them for None.

    Raises:
        UnknownName: one that is not known.
    """
    for name in names or ():
        if name not in DEGRADATIONS:
            raise UnknownName("degradation", name, DEGRADATIONS)
    return {name: DEGRADATIONS[name] for name in (DEGRADATIONS if names is None else names)}

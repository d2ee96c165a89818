"""Whether the patch tokens of a gallery still are what re-ranking needs: there, of one shape, finite, as they were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from stbir.index.base import Tokens

Shape = tuple[int, int]


@dataclass(frozen=True)
class Tried:
    """One photo that was encoded again: its stored tokens and the new ones, each (tokens, width) or None."""

    id: str
    stored: Tokens | None
    again: Tokens | None


@dataclass(frozen=True)
class Faults:
    """The ids of the photos with tokens of each fault; `expected` is the shape that those in `shaped` do not have."""

    missing: list[str]
    not_finite: list[str]
    shaped: list[str]
    other: list[str]
    expected: Shape | None


def is_finite(tokens: Tokens | None) -> bool:
    """Whether every number is one; where there are none, nothing is wrong with them."""
    return tokens is None or bool(np.isfinite(tokens).all())


def faults_of(
    shapes: Mapping[str, Shape | None],
    *,
    not_finite: Sequence[str],
    reranks: bool,
    tried: Sequence[Tried],
    alike: float,
) -> Faults:
    """Find what is wrong with the tokens of a gallery; each photo is named for one fault alone, the gravest.

    The shape that all should have is the one that the photos tried have when encoded again, or where none was tried
    the most frequent one; where a method gives them several shapes, any number of tokens is fine.

    Args:
        shapes: that of each photo's tokens; None for one that has none.
        not_finite: ids whose tokens are not finite.
        reranks: whether the method needs tokens; if not, they are needed where any photo has some.
        tried: photos whose vectors are as they should be, encoded again.
        alike: the least cosine of tokens that are the same.
    """
    there = Counter(shape for shape in shapes.values() if shape is not None)
    if not (reranks or there):
        return Faults([], [], [], [], None)
    missing = sorted(id for id, shape in shapes.items() if shape is None)
    named = {*missing, *not_finite}
    again = Counter((len(one.again), one.again.shape[1]) for one in tried if one.again is not None)
    expected = _only(again) if again else (there.most_common(1)[0][0] if there else None)
    shaped = [id for id, shape in sorted(shapes.items()) if expected and id not in named and shape != expected]
    named |= {*shaped}
    other = [one.id for one in tried if one.id not in named and not _same(one, alike=alike)]
    return Faults(missing, sorted(not_finite), shaped, sorted(other), expected)


def _only(shapes: Counter[Shape]) -> Shape | None:
    return next(iter(shapes)) if len(shapes) == 1 else None


def _same(one: Tried, *, alike: float) -> bool:
    if one.stored is None or one.again is None or one.stored.shape != one.again.shape:
        return one.stored is one.again
    stored, again = one.stored.astype(np.float64).ravel(), one.again.astype(np.float64).ravel()
    lengths = float(np.linalg.norm(stored) * np.linalg.norm(again))
    return bool(stored @ again >= alike * lengths) if lengths else bool((stored == again).all())

"""What a query consists of: refused where it cannot be embedded, and added up."""

from __future__ import annotations

import math
from collections.abc import Sequence

from torch import Tensor

from stbir.errors import EmptyQuery, InputError, UnknownName
from stbir.functional.scoring import weighted_mean
from stbir.types import MODALITIES, Floats, Query


def mean_of(terms: Sequence[tuple[Tensor, float]]) -> Floats:
    """Add unit vectors times their weights to one unit vector.

    Raises:
        InputError: nothing is left, because weights are zero or vectors cancel out.
    """
    try:
        return weighted_mean(terms).numpy()
    except ValueError:
        raise InputError(
            "the parts of the query cancel out or weigh nothing; change its words or their weights"
        ) from None


def check_query(query: Query) -> None:
    """Refuse what cannot be embedded.

    Raises:
        EmptyQuery: the query has no sketch, no words and no reference photo.
        InputError: a weight is unknown or no number.
    """
    if not query.sketches and not text_of(query) and query.photo is None:
        raise EmptyQuery("the query is empty; give a sketch, words or a reference photo")
    for name, weight in query.weights.items():
        if name not in MODALITIES:
            raise UnknownName("weight", name, MODALITIES)
        if not math.isfinite(weight):
            raise InputError(f"the weight of {name} must be a finite number, given: {weight}")


def text_of(query: Query) -> tuple[str, ...]:
    """The words of a query, or nothing where they are missing or blank."""
    return (query.text,) if query.text and query.text.strip() else ()


def avoided_by(query: Query) -> tuple[str, ...]:
    """The words to avoid, without blank ones."""
    return tuple(text for text in query.avoid if text.strip())

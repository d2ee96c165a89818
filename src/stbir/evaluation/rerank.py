"""Short lists ordered anew, as a gallery does it: the best photos of a search change places, and no others."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from stbir.functional.metrics import Flags, Ranks, Reals
from stbir.functional.standings import Ties, best_if_none, keys, worst_if_none
from stbir.functional.streaming import BUDGET
from stbir.types import Encoded

if TYPE_CHECKING:
    from stbir.methods.base import Method

ABOVE = 2.0
"""Added to the places of a short list, which then stand above every cosine."""
BELOW = ABOVE - 0.5
"""Between the two."""


@dataclass(eq=False)
class Reranking:
    """A method and the photos of a gallery, place by place, with their tokens as a gallery keeps them.

    `spent` counts the seconds and queries that were ordered anew so far.
    """

    method: Method
    photos: Encoded
    spent: dict[str, float] = field(default_factory=lambda: {"seconds": 0.0, "queries": 0.0})

    def scores(
        self, asked: Encoded, some: Ranks, among: Ranks | slice, *, budget: int = BUDGET
    ) -> Iterator[tuple[slice, Reals]]:
        """What orders photos for some queries, a block of them at a time: of shape (block, photos among).

        Photos of the short list have 2 and the share of it that they leave behind, equal ones alike; all others have
        their cosine. So the numbers say an order and nothing else.
        """
        vectors = self.photos.vectors[among]
        numbers = np.arange(len(self.photos.vectors))[among]
        tall = max(1, budget // max(1, len(vectors)))
        for start in range(0, len(some), tall):
            part = slice(start, min(start + tall, len(some)))
            found = asked.vectors[some[part]].astype(np.float64) @ vectors.astype(np.float64).T
            began = time.perf_counter()
            for row, number in zip(found, some[part], strict=True):
                best = np.lexsort((numbers, -row))[: self.method.shortlist]
                row[best] = ABOVE + _shares(
                    self.method.rerank(rows_of(asked, number[None]), rows_of(self.photos, numbers[best]))
                )
            self.spent["seconds"] += time.perf_counter() - began
            self.spent["queries"] += len(found)
            yield part, found

    def said(self) -> dict[str, Any]:
        """What a report says about it: how many photos, their bytes, and the time it took."""
        tokens = 0 if self.photos.mask is None or self.photos.tokens is None else self.photos.mask.sum(axis=1).mean()
        width = 0 if self.photos.tokens is None else self.photos.tokens.shape[2]
        return {
            "photos": self.method.shortlist,
            "vector_bytes": 4 * self.photos.vectors.shape[1],
            "token_bytes": round(float(2 * tokens * width)),
            "ms_per_query": round(1000 * self.spent["seconds"] / max(1.0, self.spent["queries"]), 3),
        }


def kept(photos: Encoded) -> Encoded:
    """Vectors and tokens as a gallery gives them back: tokens went through half precision."""
    if photos.tokens is None:
        return photos
    mask = np.ones(photos.tokens.shape[:2], bool) if photos.mask is None else photos.mask
    return Encoded(photos.vectors, photos.tokens.astype(np.float16).astype(np.float32), mask)


def rows_of(photos: Encoded, numbers: Ranks) -> Encoded:
    """Some rows of what was encoded."""
    tokens, mask = photos.tokens, photos.mask
    return Encoded(
        photos.vectors[numbers], None if tokens is None else tokens[numbers], None if mask is None else mask[numbers]
    )


def best_of(scores: Reals, relevant: Flags, *, k: int, ties: Ties) -> tuple[Ranks, Reals]:
    """The `k` best places of each row and their scores, ties broken as `stbir.functional.streaming.stream_top` does.

    >>> best_of(np.array([[0.5, 0.5, 0.9]]), np.array([[True, False, False]]), k=2, ties="against")[0].tolist()
    [[2, 1]]
    """
    found = keys(scores)
    found = np.where(relevant, worst_if_none(found), best_if_none(found))
    late = np.zeros_like(relevant) if ties == "average" else relevant if ties == "against" else ~relevant
    places = np.broadcast_to(np.arange(scores.shape[1]), scores.shape)
    best = np.lexsort((places, late, -found), axis=1)[:, :k]
    return best, np.take_along_axis(scores, best, axis=1)


def _shares(scores: Any) -> Reals:
    """Which share of the list each score leaves behind or equals: in (0, 1], equal to six decimals is equal."""
    _, places = np.unique(keys(np.asarray(scores)), return_inverse=True)
    return (places + 1) / (places.max() + 1)

"""The queries that went best and worst, with what was found first: what an average hides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from stbir.errors import InputError
from stbir.evaluation.ranking import Ranking
from stbir.evaluation.rerank import rows_of
from stbir.evaluation.targets import find_targets
from stbir.evaluation.vectors import encode_asked, encode_gallery, only
from stbir.functional.metrics import NEVER
from stbir.types import Encoded, Hit, Photo, Query, Split

if TYPE_CHECKING:
    from stbir.methods.base import Method

MODALITIES = ("composed", "both", "sketch", "text", "photo")
"""The modality that examples are taken of: the first of these that the split has queries of."""


@dataclass(frozen=True)
class Example:
    """One query, the photos found first, and the photo that was looked for at its rank of `of` photos."""

    query: Query
    hits: Sequence[Hit]
    target: Photo
    rank: int
    of: int


@dataclass(frozen=True)
class Examples:
    """The best queries from the best on and the worst from the worst on; no query is among both."""

    modality: str
    best: Sequence[Example]
    worst: Sequence[Example]


def find_examples(
    method: Method,
    split: Split,
    *,
    within: Literal["category"] | None = None,
    count: int = 10,
    depth: int = 5,
    photos: Encoded | None = None,
) -> Examples:
    """Find the queries whose target has the best and the worst rank; of equal ranks the score of the target decides.

    Args:
        method: what embeds queries and photos.
        split: every query names its instance; a table read by `stbir.data.table.read_table`.
        within: "category" ranks each query only against the photos of its target's category.
        count: how many of the best, and as many of the worst; fewer where the split has less than twice as many.
        depth: how many photos of each.
        photos: the photos encoded, by `stbir.evaluation.vectors.encode_gallery`, where they are so already.

    Raises:
        InputError: whatever `stbir.evaluation.protocol.evaluate` refuses.
    """
    targets = find_targets(split, within=within)
    asked = encode_asked(method, split.queries, told=targets.told)
    modality = next((name for name in MODALITIES if name in asked), None)
    if modality is None:
        raise InputError(f"{split.name} has no query with a sketch or words; there is nothing to show")
    if photos is None:
        photos = encode_gallery(method, split.photos)
    ranking, encoded = Ranking(method, targets, photos), asked[modality].encoded
    labels = targets.of(asked[modality].wanted)
    ranks = ranking.ranks(encoded, wanted=labels)
    scores = np.einsum("qd,qd->q", encoded.vectors, photos.vectors[labels], dtype=np.float64)
    order = np.lexsort((-scores, ranks))
    few = min(count, (len(order) + 1) // 2)
    best, worst = order[:few], order[::-1][: min(count, len(order) - few)]
    shown = _read(split, modality, places={*best.tolist(), *worst.tolist()})
    last = targets.last_ranks(labels)

    def example(place: int) -> Example:
        label = int(labels[place])
        best, scored = ranking.first(rows_of(encoded, np.array([place])), label=label, depth=depth)
        found = enumerate(zip(best.tolist(), scored.tolist(), strict=True), start=1)
        hits = [Hit(split.photos[number], score, at) for at, (number, score) in found]
        rank = int(ranks[place])
        assert rank != NEVER, "a target that no photo shows was refused before"
        return Example(shown[place], hits, split.photos[label], rank, int(last[place]))

    return Examples(modality, [example(place) for place in best], [example(place) for place in worst])


def _read(split: Split, modality: str, *, places: set[int]) -> dict[int, Query]:
    """Read the queries at some places among those that have the modality; all others are let go at once."""
    found: dict[int, Query] = {}
    place = 0
    for query in split.queries:
        variant = only(query, modality)
        if variant is not None:
            if place in places:
                found[place] = variant
            place += 1
    return found

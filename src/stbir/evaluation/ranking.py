"""How the photos of a split are ordered for queries: by their vectors, and the best anew where the method re-ranks.

What the curves and the examples rank by, so that they show what the main numbers are taken from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stbir.evaluation.rerank import BELOW, Reranking, best_of, kept, rows_of
from stbir.evaluation.targets import Labels, Targets
from stbir.functional.metrics import NEVER, Ranks, Reals
from stbir.functional.standings import standings
from stbir.functional.streaming import groups
from stbir.types import Encoded

if TYPE_CHECKING:
    from stbir.methods.base import Method


class Ranking:
    """The photos of a split as `stbir.evaluation.vectors.encode_gallery` gives them, and what orders them."""

    def __init__(self, method: Method, targets: Targets, photos: Encoded) -> None:
        self.targets = targets
        self.photos = kept(photos)
        self.again = None if photos.tokens is None else Reranking(method, self.photos)

    def ranks(self, asked: Encoded, *, wanted: Labels) -> Ranks:
        """The rank of each target, from what the queries were encoded to; `wanted` are their labels."""
        targets = self.targets
        if self.again is None:
            return targets.ranks(asked.vectors, self.photos.vectors, wanted=wanted)
        ranks = np.full(len(wanted), NEVER, dtype=np.int64)
        asked_groups = None if targets.groups is None else targets.groups[wanted]
        pairs = groups(len(wanted), len(targets.photos), query_groups=asked_groups, photo_groups=targets.groups)
        for some, among in pairs:
            for part, ordered in self.again.scores(asked, some, among):
                relevant = wanted[some[part], None] == targets.photos[None, among]
                ranks[some[part]] = standings(ordered, relevant).positions("against")[:, 0]
        return ranks

    def first(self, asked: Encoded, *, label: int, depth: int) -> tuple[Ranks, Reals]:
        """The numbers of the best photos of one query, best first, and their scores; ties are against its target.

        As in a gallery, one of a list that was ordered anew has the score that it was ordered by.
        """
        targets = self.targets
        among = np.arange(len(targets.photos))
        if targets.groups is not None:
            among = np.flatnonzero(targets.groups == targets.groups[label])
        if self.again is None:
            scores = (self.photos.vectors[among].astype(np.float64) @ asked.vectors[0].astype(np.float64))[None]
        else:
            ((_, scores),) = self.again.scores(asked, np.array([0]), among)
        places, (found,) = best_of(scores, (targets.photos[among] == label)[None], k=depth, ties="against")
        best = among[places[0]]
        anew = found > BELOW
        if self.again is not None and anew.any():
            found[anew] = self.again.method.rerank(asked, rows_of(self.photos, best[anew]))
        return best, found

    def said(self) -> dict[str, Any]:
        """What a report says about re-ranking; nothing where there is none."""
        return {} if self.again is None else {"reranked": self.again.said()}

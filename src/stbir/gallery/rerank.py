"""The best photos of a search ordered anew by their patch tokens; the list stays the same list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from stbir.index.base import Match, Record
from stbir.index.mirror import Mirror
from stbir.types import Encoded

if TYPE_CHECKING:
    from stbir.methods.base import Method


def reranked(query: Encoded, matches: Sequence[Match], *, method: Method, index: Mirror) -> list[Match]:
    """Order the first `method.shortlist` matches by what `method.rerank` says; those behind them stay where they are.

    `query` is one row. A match of the list then has the score that it was ordered by, and equal ones are ordered by id.
    Where a photo of the list has no tokens nobody could be compared with it, so that the whole order stays.
    """
    count = min(method.shortlist, len(matches))
    records = index.fetch([match.id for match in matches[:count]])
    photos = encoded_of(records)
    if count < 2 or len(records) < count or photos.tokens is None:
        return list(matches)
    scores = method.rerank(query, photos)
    assert scores.shape == (count,), f"rerank gave scores of shape {scores.shape} for {count} photos"
    assert np.isfinite(scores).all(), "rerank gave a score that is not finite"
    found = [Match(match.id, score) for match, score in zip(matches, scores.tolist(), strict=False)]
    return [*sorted(found, key=lambda match: (-match.score, match.id)), *matches[count:]]


def encoded_of(records: Sequence[Record]) -> Encoded:
    """Records as their method encoded them; without tokens where one of them has none."""
    vectors = np.stack([record.vector for record in records]) if records else np.empty((0, 0), np.float32)
    tokens = [record.tokens for record in records if record.tokens is not None]
    if not tokens or len(tokens) < len(records):
        return Encoded(vectors)
    longest = max(len(some) for some in tokens)
    mask = np.array([[place < len(some) for place in range(longest)] for some in tokens])
    filled = np.zeros((len(tokens), longest, tokens[0].shape[1]), np.float32)
    for row, some in zip(filled, tokens, strict=True):
        row[: len(some)] = some
    return Encoded(vectors, filled, mask)


def first_row(encoded: Encoded) -> Encoded:
    """The first row of what was encoded."""
    tokens, mask = encoded.tokens, encoded.mask
    return Encoded(encoded.vectors[:1], None if tokens is None else tokens[:1], None if mask is None else mask[:1])

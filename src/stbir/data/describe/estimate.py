"""What describing would cost, before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from stbir.data.describe.picture import picture_tokens, size_of
from stbir.data.describe.question import Question

ANSWER_TOKENS = 40
"""A JSON object with ten words in it."""
_FRAME_TOKENS = 30
"""Roles and marks around the prompt."""


@dataclass(frozen=True)
class Estimate:
    """Requests and tokens if every first answer is good; pictures that cannot be opened are not counted."""

    requests: int
    tokens_in: int
    tokens_out: int

    def cost(self, *, price_in: float, price_out: float) -> float:
        """The price, given those of a million tokens.

        >>> Estimate(1000, 800_000, 40_000).cost(price_in=0.5, price_out=2.0)
        0.48
        """
        return (self.tokens_in * price_in + self.tokens_out * price_out) / 1e6


def estimate(paths: Iterable[Path], *, question: Question) -> Estimate:
    """Count what would be sent; only the headers of the pictures are read."""
    words = prompt_tokens(question.prompt) + _FRAME_TOKENS
    requests = tokens = 0
    for path in paths:
        size = size_of(path)
        if size is not None and min(size) > 0:
            requests += 1
            tokens += words + picture_tokens(*size, side=question.side)
    return Estimate(requests, tokens, requests * ANSWER_TOKENS)


def prompt_tokens(text: str) -> int:
    """About how many tokens a text is: one for four bytes of English, which is what tokenizers agree on roughly.

    >>> prompt_tokens("a red leather boot")
    5
    """
    return -(-len(text.encode()) // 4)

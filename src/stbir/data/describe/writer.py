"""Whoever writes descriptions: a model behind an endpoint or in this process, as one small contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from stbir.errors import StbirError

MOST_TOKENS = 256
"""How long an answer may get: a description takes about 40 tokens, and what goes on for longer is lost anyway."""


class Unanswered(StbirError):
    """A photo that got no description; `service` says that the service failed, not the answer or the picture."""

    def __init__(self, message: str, *, service: bool = False) -> None:
        super().__init__(message)
        self.service = service


class Unusable(StbirError):
    """A service or a model that will answer for no photo at all, so that going on is of no use."""


@dataclass(frozen=True)
class Turn:
    """One thing said in a conversation; the picture is a JPEG."""

    role: Literal["user", "assistant"]
    text: str
    jpeg: bytes | None = None


@dataclass(frozen=True)
class Answer:
    """What a model said, who it says it is, and what it cost in tokens where that is known."""

    text: str
    served_by: str = ""
    cut: bool = False
    tokens_in: int = 0
    tokens_out: int = 0


class Writer(Protocol):
    """Anything that answers a conversation. `model` and `revision` are stored with every text."""

    @property
    def model(self) -> str: ...

    @property
    def revision(self) -> str: ...

    def answer(self, turns: Sequence[Turn]) -> Answer:
        """Say the next thing.

        Raises:
            Unanswered: not to this conversation.
            Unusable: to none.
        """
        ...

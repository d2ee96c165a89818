"""What whoever starts the service decides: who may use it, what it tells, and how much it does at once."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
"""The names this machine has for itself. A page of another site can make its own name lead here, but not these."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Settings of `create_app`; the defaults are for one person on their own machine.

    Attributes:
        token: what requests must carry as `Authorization: Bearer`; nobody is asked for None.
        hosts: the names under which the service answers, without ports; any with None.
        show_paths: whether to tell where the files of photos are on this machine.
        log_queries: whether what people search for goes to the log.
        workers: how many searches run at once.
        waiting: how many more may wait for their turn; the next one is told to come back later.
        patience: after so many seconds a request is given up.
        thumb_bytes: how much memory the cache of small pictures may take.
    """

    token: str | None = field(default=None, repr=False)
    hosts: tuple[str, ...] | None = LOOPBACK
    show_paths: bool = True
    log_queries: bool = False
    workers: int = field(default_factory=lambda: max(1, min(4, os.cpu_count() or 1)))
    waiting: int = 64
    patience: float = 30.0
    thumb_bytes: int = 64_000_000

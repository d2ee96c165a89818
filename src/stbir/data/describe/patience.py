"""How long to wait before asking a busy service again."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0
LONGEST_REQUESTED = 600.0
"""A service that wants to be left alone for longer is done for now; a later run goes on."""


def back_off(attempt: int, *, rng: random.Random, first: float = FIRST_WAIT) -> float:
    """Seconds to wait after failure number `attempt` (0 is the first): doubled each time, half of it by chance.

    Chance keeps threads that failed together from coming back together.

    >>> [round(back_off(n, rng=random.Random(0)), 1) for n in (0, 1, 20)]
    [0.9, 1.8, 55.3]
    """
    whole = min(LONGEST_WAIT, first * 2.0**attempt)
    return whole * (0.5 + 0.5 * rng.random())


def requested_wait(header: str | None, *, now: datetime | None = None) -> float | None:
    """The seconds that a `Retry-After` header asks for, given as seconds or as a date; None if it says neither.

    >>> requested_wait("2"), requested_wait("soon"), requested_wait("-3")
    (2.0, None, 0.0)
    >>> requested_wait("Fri, 02 Jan 2026 00:00:30 GMT", now=datetime(2026, 1, 2, tzinfo=UTC))
    30.0
    """
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            then = parsedate_to_datetime(header)
        except ValueError:
            return None
        then = then if then.tzinfo is not None else then.replace(tzinfo=UTC)
        seconds = (then - (now or datetime.now(UTC))).total_seconds()
    return max(0.0, seconds) if seconds == seconds else None


class Pace:
    """A pause that all threads share: what a service tells one of them holds for the others too."""

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._free = float("-inf")
        self._lock = threading.Lock()

    def hold(self, seconds: float) -> None:
        """Let nobody ask for so many seconds from now."""
        with self._lock:
            self._free = max(self._free, self._clock() + seconds)

    def wait(self) -> None:
        """Return when asking is allowed."""
        while True:
            with self._lock:
                left = self._free - self._clock()
            if left <= 0:
                return
            self._sleep(left)

    def rest(self, seconds: float) -> None:
        """Wait for so long, in this thread only."""
        self._sleep(seconds)

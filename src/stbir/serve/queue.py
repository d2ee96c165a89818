"""A few threads that do the work of requests, with a short line in front of them."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from stbir.serve.problems import Problem

Result = TypeVar("Result")


class Queue:
    """At most `workers` pieces of work run, at most `waiting` wait; whoever comes then is sent away at once.

    Searches and pictures have queues of their own, so that neither has to wait for the other.
    """

    def __init__(self, name: str, *, workers: int, waiting: int, patience: float) -> None:
        self._workers = workers
        self._places = workers + waiting
        self._patience = patience
        self._lock = threading.Lock()
        self._inside = 0
        self._usual = 0.01  # seconds that a piece of work takes
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix=name, initializer=_one_thread_each)
        self.sent_away = 0

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return max(0, self._inside - self._workers)

    async def run(self, work: Callable[[], Result], *, messages: Callable[[], Awaitable[Any]] | None = None) -> Result:
        """Do the work in a thread.

        `messages` tells when the client goes away; work that still waits is then forgotten.

        Raises:
            Problem: 429 if the line is full, 503 if the work takes too long.
        """
        with self._lock:
            if self._inside >= self._places:
                self.sent_away += 1
                seconds = math.ceil(self._usual * self._inside / self._workers)
                raise Problem(
                    429,
                    "the service is busy; try again in a moment",
                    headers={"Retry-After": str(min(max(1, seconds), 60))},
                )
            self._inside += 1
            queued = self._inside > self._workers
        try:
            future = self._pool.submit(self._do, work)
        except RuntimeError:
            with self._lock:
                self._inside -= 1
            raise Problem(503, "the service is stopping") from None
        try:
            async with asyncio.timeout(self._patience):
                if queued and messages is not None:
                    return await _unless_gone(asyncio.wrap_future(future), messages)
                return await asyncio.wrap_future(future)
        except TimeoutError:
            raise Problem(
                503, f"this took longer than {self._patience:g} seconds", headers={"Retry-After": "5"}
            ) from None
        finally:
            self._forget(future)

    def close(self) -> None:
        """Finish what runs, and forget what waits."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _do(self, work: Callable[[], Result]) -> Result:
        start = time.perf_counter()
        try:
            return work()
        finally:
            with self._lock:
                self._inside -= 1
                self._usual += 0.1 * (time.perf_counter() - start - self._usual)

    def _forget(self, future: Future[Any]) -> None:
        """Work that has begun cannot be stopped, and frees its place itself; what has not never will."""
        if future.cancel():
            with self._lock:
                self._inside -= 1


async def _unless_gone(result: asyncio.Future[Result], messages: Callable[[], Awaitable[Any]]) -> Result:
    async def leaving() -> None:
        while (await messages())["type"] != "http.disconnect":
            pass

    watch = asyncio.ensure_future(leaving())
    try:
        await asyncio.wait({result, watch}, return_when=asyncio.FIRST_COMPLETED)
        if not result.done():
            raise Problem(499, "the client went away")  # nobody reads it, but it is counted
        return result.result()
    finally:
        watch.cancel()
        result.cancel()


def _one_thread_each() -> None:
    """Keep the encoder of one query on one core: sharing so little work out costs more than it saves."""
    import torch

    torch.set_num_threads(1)

"""Reading the body of a request: never more than is allowed, never for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager, suppress

from fastapi import Request
from starlette.requests import ClientDisconnect

from stbir.serve.limits import LIMITS
from stbir.serve.problems import Problem

SECONDS = 30.0
"""How long a body may take to arrive."""
_POLITE_BYTES, _POLITE_SECONDS = 64_000_000, 2.0
"""How much of a body that is too large is still taken in: a browser that is cut off shows no answer at all."""


class Bodies:
    """Reads bodies into memory, up to a size for each and a size for all of them together."""

    def __init__(self, *, together: int = 8 * LIMITS.body_bytes, seconds: float = SECONDS) -> None:
        self._together = together
        self._seconds = seconds
        self._held = 0

    @contextmanager
    def room(self) -> Generator[Room]:
        """Room for one body; what it takes counts until the block ends.

        >>> with Bodies(together=5).room() as room:
        ...     room.take(3)
        """
        room = Room(self)
        try:
            yield room
        finally:
            self._held -= room.taken

    async def read(self, request: Request, room: Room) -> bytes:
        """The whole body of a request.

        Raises:
            Problem: 413 if it is too large, 408 if it does not arrive, 429 if there is no room for it,
                415 if it is compressed, 400 if the client goes away.
        """
        coding = request.headers.get("content-encoding", "identity")
        if coding.strip().lower() not in ("", "identity"):
            raise Problem(415, f"the content encoding {coding!r:.40} is not taken; send the body as it is")
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced[:20]) > _POLITE_BYTES:
            raise _too_large()
        try:
            async with asyncio.timeout(self._seconds):
                body = await self._receive(request, room)
        except TimeoutError:
            raise Problem(408, f"the request did not arrive within {self._seconds:g} seconds") from None
        except ClientDisconnect:
            raise Problem(400, "the connection was closed before the request was complete") from None
        if body is None:
            raise _too_large()
        request.scope["state"]["body_read"] = True
        return body

    def take(self, count: int) -> None:
        """Count bytes that are held.

        Raises:
            Problem: 429 if they are too many for all requests together.
        """
        if self._held + count > self._together:
            raise Problem(429, "too many large requests at once; try again", headers={"Retry-After": "1"})
        self._held += count

    async def _receive(self, request: Request, room: Room) -> bytes | None:
        pieces: list[bytes] = []
        size = 0
        async for piece in request.stream():
            size += len(piece)
            if size > LIMITS.body_bytes:
                pieces.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(_POLITE_SECONDS):
                        await self._ignore(request, size)
                return None
            room.take(len(piece))
            pieces.append(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def _ignore(self, request: Request, size: int) -> None:
        while size < _POLITE_BYTES:
            message = await request.receive()
            size += len(message.get("body", b""))
            if not message.get("more_body", False):
                return


class Room:
    """What one request holds of the memory for all."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies
        self.taken = 0

    def take(self, count: int) -> None:
        """Take more of it.

        Raises:
            Problem: 429 if there is no more.
        """
        self._bodies.take(count)
        self.taken += count


def _too_large() -> Problem:
    return Problem(413, f"a request may have {LIMITS.body_bytes:,} bytes; send a smaller picture")

"""What a hostile request is: a name, what is put on the wire, and how it may be refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from wire import post

Wire = bytes | Callable[[], Iterable[bytes]]


@dataclass(frozen=True)
class Hostile:
    """`wire` is a request, or makes the pieces of one that is too large to be kept."""

    name: str
    wire: Wire
    statuses: frozenset[int]

    def pieces(self) -> bytes | Iterable[bytes]:
        return self.wire if isinstance(self.wire, bytes) else self.wire()


def hostile(name: str, wire: Wire, *statuses: int) -> Hostile:
    return Hostile(name, wire, frozenset(statuses))


def question(name: str, value: Any, *statuses: int) -> Hostile:
    """A search for what JSON can say."""
    return text(name, json.dumps(value), *statuses)


def text(name: str, body: str | bytes, *statuses: int) -> Hostile:
    """A search with a body that only claims to be JSON."""
    return hostile(name, post(body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")), *statuses)


BOUNDARY = "edge"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


def part(name: str, data: bytes, *, more: str = "") -> bytes:
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + data + b"\r\n"


def form(*parts: bytes, end: bytes = f"--{BOUNDARY}--\r\n".encode(), content_type: str = FORM) -> bytes:
    return post(b"".join(parts) + end, content_type)


def upload(name: str, data: bytes, *statuses: int) -> Hostile:
    """A search for a drawing in a file."""
    return hostile(name, form(part("sketch", data)), *statuses)

"""A service in a process of its own, and a client that puts on the wire whatever a test wants, in any order.

As a program it serves one gallery on two ports; on the second one a body has to arrive within a moment.
"""

from __future__ import annotations

import json
import re
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOST = ("Host", "localhost")
MOMENT = 0.4  # seconds that a body may take on the second port
_LONGEST_WAIT = 20.0


@dataclass(frozen=True)
class Reply:
    """What came back; `status` is 0 where the connection was closed without an answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def request(method: str, target: str, headers: Iterable[tuple[str, str]] = (HOST,), body: bytes = b"") -> bytes:
    """One request, as it is written on the wire."""
    head = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*head, "", ""]).encode("utf-8", "surrogatepass") + body


def post(body: bytes, content_type: str | None = "application/json", *more: tuple[str, str]) -> bytes:
    """A search, with the length of its body."""
    kind = [] if content_type is None else [("Content-Type", content_type)]
    return request("POST", "/api/search", [HOST, *kind, ("Content-Length", str(len(body))), *more], body)


def exchange(port: int, pieces: bytes | Iterable[bytes], *, pause: float = 0.0) -> Reply:
    """Send something piece by piece until the service answers, even if that is before the end."""
    waiting: Iterator[bytes] = iter([pieces] if isinstance(pieces, bytes) else pieces)
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=_LONGEST_WAIT) as line:
        line.setblocking(False)
        left: memoryview | None = memoryview(b"")
        until = time.monotonic() + _LONGEST_WAIT
        while time.monotonic() < until:
            if left is not None and not left:
                piece = next(waiting, None)
                left = None if piece is None else memoryview(piece)
                time.sleep(pause)
            readable, writable, _ = select.select([line], [] if left is None else [line], [], 0.1)
            try:
                if readable:
                    data = line.recv(1_000_000)
                    received += data
                    if not data or _complete(received):
                        return _parsed(received)
                elif writable and left is not None:
                    left = left[line.send(left) :]
            except (BrokenPipeError, ConnectionResetError):
                return _parsed(received)
    raise AssertionError(f"no answer within {_LONGEST_WAIT:g} s")


class Served:
    """A service in another process."""

    def __init__(self, process: subprocess.Popen[str], photos: Path, ports: tuple[int, int]) -> None:
        self._process = process
        self.photos = photos
        self.port, self.hasty_port = ports
        self.said: list[str] = []
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()  # somebody has to read what it says, or it would wait for that one day

    def send(self, pieces: bytes | Iterable[bytes]) -> Reply:
        """Send a request to the patient port."""
        return exchange(self.port, pieces)

    def search(self, **question: Any) -> Reply:
        return self.send(post(json.dumps(question).encode()))

    def memory(self, what: str = "VmRSS") -> int:
        """The bytes it has in memory now, or had at most with "VmHWM"."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        (kilobytes,) = re.findall(rf"{what}:\s+(\d+) kB", status)
        return int(kilobytes) * 1024

    def _listen(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as lines:
            self.said.extend(lines)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._listening.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


@contextmanager
def served(photos: Path, home: Path) -> Iterator[Served]:
    """Start a service of a gallery; it is ended on leaving."""
    command = [sys.executable, __file__, str(photos), str(home)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise AssertionError(f"the service did not start: {process.communicate()[1]}")
    first, second = map(int, line.split())
    service = Served(process, photos, (first, second))
    try:
        yield service
    finally:
        service.end()


def _complete(data: bytes) -> bool:
    head, found, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return bool(found) and length is not None and len(body) >= int(length[1])


def _parsed(data: bytes) -> Reply:
    head, _, body = data.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Reply(int(status.split()[1]) if status else 0, headers, body)


def main(photos: str, home: str) -> None:
    import uvicorn

    from stbir.gallery import Gallery
    from stbir.serve import Settings, create_app
    from stbir.serve.body import Bodies
    from stbir.serve.server import server_of

    gallery = Gallery.open(photos, "tiny", to=home)
    patient, hasty = (create_app(gallery, Settings(show_paths=False)) for _ in range(2))
    hasty.state.service.bodies = Bodies(seconds=MOMENT)
    doors = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    servers: list[uvicorn.Server] = [server_of(app) for app in (patient, hasty)]
    for server, door in zip(servers, doors, strict=True):
        threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True).start()
    while not all(server.started for server in servers):
        time.sleep(0.01)
    print(*(door.getsockname()[1] for door in doors), flush=True)  # noqa: T201
    sys.stdin.read()  # until whoever started it is gone


if __name__ == "__main__":
    main(*sys.argv[1:])

"""A small chat server that looks at the picture it gets, and misbehaves as a test tells it to."""

from __future__ import annotations

import base64
import io
import json
import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from PIL import Image

KEY = "sk-very-secret-0123456789"

COLOURS = {
    "red": (200, 20, 20),
    "green": (20, 160, 20),
    "blue": (20, 20, 200),
    "yellow": (220, 220, 20),
    "black": (10, 10, 10),
    "white": (245, 245, 245),
}
ANSWER = '{"colour": "%s", "material": "leather", "parts": ["strap"]}'


def paint(path: Path, colour: str, size: tuple[int, int] = (64, 48), **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, COLOURS[colour]).save(path, **options)
    return path


@dataclass
class Reply:
    """What to do with a request: a status and a body, after a while, or no reply at all."""

    said: str | None = None
    status: int = 200
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    stall: float = 0.0
    drop: bool = False
    drip: float = 0.0
    finish: str = "stop"


@dataclass
class Asked:
    """One request: the colour and size of its picture, the whole conversation, and the headers."""

    colour: str
    size: tuple[int, int]
    body: dict[str, Any]
    headers: dict[str, str]
    number: int
    jpeg: bytes

    @property
    def last(self) -> str:
        """The last thing said to the model."""
        return self.body["messages"][-1]["content"][-1]["text"]


def good(asked: Asked) -> Reply:
    return Reply(ANSWER % asked.colour)


Script = Callable[[Asked], Reply]


class VisionServer:
    """The server; `asked` has all requests so far, `script` decides what to answer."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.script: Script = good
        self.most_at_once = 0
        self._now = 0
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer._handle(self)

            def do_GET(self) -> None:
                outer.asked.append(Asked("?", (0, 0), {}, dict(self.headers), len(outer.asked), b""))
                self.send_error(404)

            def log_message(self, *args: object) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *args: object) -> None:
                pass  # clients that were killed or ran out of patience

        self._server = Quiet(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def colours(self) -> list[str]:
        return [asked.colour for asked in self.asked]

    def _handle(self, request: BaseHTTPRequestHandler) -> None:
        body = json.loads(request.rfile.read(int(request.headers["Content-Length"])))
        assert request.path == "/v1/chat/completions"
        address = body["messages"][0]["content"][0]["image_url"]["url"]
        jpeg = base64.b64decode(address.removeprefix("data:image/jpeg;base64,"))
        with Image.open(io.BytesIO(jpeg)) as image:
            pixel, size = image.getpixel((5, 5)), image.size
        colour = min(COLOURS, key=lambda name: sum(abs(a - b) for a, b in zip(COLOURS[name], pixel, strict=True)))
        with self._lock:
            asked = Asked(colour, size, body, dict(request.headers), len(self.asked), jpeg)
            self.asked.append(asked)
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            self._send(request, self.script(asked))
        finally:
            with self._lock:
                self._now -= 1

    @staticmethod
    def _send(request: BaseHTTPRequestHandler, reply: Reply) -> None:
        time.sleep(reply.stall)
        if reply.drop:
            request.connection.shutdown(socket.SHUT_RDWR)
            return
        message = {"message": {"role": "assistant", "content": reply.said}, "finish_reason": reply.finish}
        usage = {"prompt_tokens": 100, "completion_tokens": 10}
        said = {"model": "served", "choices": [message], "usage": usage}
        body = json.dumps(said).encode() if reply.body is None else reply.body
        request.send_response(reply.status)
        for name, value in reply.headers.items():
            request.send_header(name, value)
        if "Content-Length" not in reply.headers:
            request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        if reply.drip:
            for byte in body:
                request.wfile.write(bytes([byte]))
                request.wfile.flush()
                time.sleep(reply.drip)
        request.wfile.write(body)


@contextmanager
def vision_server() -> Generator[VisionServer]:
    server = VisionServer()
    try:
        yield server
    finally:
        server.close()


def texts_of(path: Path) -> dict[str, str]:
    return dict(line.split("\t") for line in path.read_text().splitlines())


def expected(*but: str) -> dict[str, str]:
    folders = {colour: "dark" if colour == "black" else "light" for colour in COLOURS}
    return {f"{folders[c]}/{c}.png": f"{c}, leather, strap" for c in COLOURS if c not in but}

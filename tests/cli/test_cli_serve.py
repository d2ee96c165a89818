"""`stbir serve`, as a user starts and ends it."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from stbir.cli.serve import _listen

TOKEN = "correct-horse-battery"
Start = Callable[..., "Started"]


class Started:
    """A service of its own process: what it says, where it answers, and how it ends."""

    def __init__(self, *arguments: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "stbir", "serve", *(str(argument) for argument in arguments), "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        assert self.process.stdout is not None
        self.greeting = self.process.stdout.readline()
        where = re.search(r"http://\S+:(\d+)$", self.greeting.strip())
        assert where, self.greeting + "".join(self.process.communicate(timeout=20))
        self.port = int(where[1])
        self.greeting += self.process.stdout.readline()

    def ask(self, address: str, question: object = None, *, token: str | None = None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        body = None if question is None else json.dumps(question)
        connection.request("GET" if body is None else "POST", address, body, headers)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, json.loads(data) if b"{" in data[:1] else data

    def until(self, holds: Callable[[dict[str, Any]], bool], *, token: str | None = None) -> dict[str, Any]:
        """Wait for a state that `/api/about` tells."""
        for _ in range(600):
            told: dict[str, Any] = self.ask("/api/about", token=token)[1]
            if holds(told):
                return told
            time.sleep(0.05)
        raise AssertionError(f"it did not come to that within 30 s: {told}")

    def end(self, how: signal.Signals = signal.SIGINT) -> tuple[int, str, str]:
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, self.greeting + out, err


@pytest.fixture
def start() -> Iterator[Start]:
    running: list[Started] = []

    def begin(*arguments: object) -> Started:
        running.append(Started(*arguments))
        return running[-1]

    yield begin
    for service in running:
        service.process.kill()
        service.process.communicate()


def test_a_folder_is_served_and_indexed_meanwhile(start: Start, photos: Path, clip_folder: Path) -> None:
    service = start(photos, "--model", clip_folder, "--log")
    told = service.until(lambda told: told["photos"] == 8 and not told["indexing"])
    assert told["source"] == 8
    status, answer = service.ask("/api/search", {"text": "secret", "k": 3})
    assert (status, len(answer["hits"])) == (200, 3)
    assert service.ask("/")[1].startswith(b"<!doctype html>")
    # on one's own machine one may know where a file is
    assert service.ask("/api/photos/boots%2Fp1.png/info")[1]["path"] == str(photos / "boots" / "p1.png")
    code, out, err = service.end()
    assert code == 0
    assert out.startswith("0 photos of photos: http://127.0.0.1:")
    assert out.splitlines()[1:] == ["Ctrl-C ends it.", "8 photos indexed, 0 unchanged, 0 removed"]
    assert re.search(r"^[0-9a-f]{16} POST /api/search 200 [\d.]+ ms$", err, re.MULTILINE), err
    assert "secret" not in out + err


def test_a_gallery_is_brought_up_to_date_for_those_who_have_the_token(start: Start, own_copy: Path) -> None:
    Image.new("RGB", (50, 40), (9, 90, 200)).save(own_copy / "new.png")
    (own_copy / "broken.png").write_text("no picture")
    (own_copy.parent / "token").write_text(f"{TOKEN}\n")
    service = start(own_copy, "--host", "0.0.0.0", "--token-file", own_copy.parent / "token", "--log-queries")
    told = service.until(lambda told: told["photos"] == 9 and not told["indexing"], token=TOKEN)
    assert told["broken"] == 1
    assert service.ask("/api/search", {"text": "boots"})[0] == 401
    assert service.ask("/api/search", {"text": "told if asked"}, token=TOKEN)[0] == 200
    assert service.ask("/")[0] == 200
    assert service.ask("/api/photos/boots%2Fp1.png/info", token=TOKEN)[1]["path"] is None
    code, out, err = service.end(signal.SIGTERM)
    assert code in (0, -signal.SIGTERM)
    assert "1 photo indexed, 8 unchanged, 0 removed" in out
    assert "broken: broken.png: " in err
    assert "told if asked" in err
    assert TOKEN not in out + err


def test_another_process_may_change_the_gallery_that_is_served(start: Start, own_copy: Path, stbir: Any) -> None:
    Image.new("RGB", (50, 40), (9, 90, 200)).save(own_copy / "new.png")
    service = start(own_copy, "--no-update")
    assert service.ask("/api/about")[1]["photos"] == 8
    (own_copy / "boots" / "p1.png").unlink()
    assert stbir("index", own_copy).code == 0
    time.sleep(0.6)  # as old may the view be that a search has
    _, answer = service.ask("/api/search", {"text": "boots", "k": 100})
    found = {hit["id"] for hit in answer["hits"]}
    assert "new.png" in found
    assert "boots/p1.png" not in found


def test_a_port_in_use_is_told_before_anything_is_loaded(stbir: Any, indexed: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        said = stbir("serve", indexed, "--port", port)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"stbir: cannot answer on 127.0.0.1:{port} (")
    assert "choose another --port" in said.err


def test_small_answers_are_sent_at_once() -> None:
    with _listen("127.0.0.1", 0) as door:
        assert door.proto == socket.IPPROTO_TCP  # what asyncio looks at before it sets TCP_NODELAY


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--host", "0.0.0.0"], "0.0.0.0 can be reached by others: protect it with --token-file FILE"),
        (["--host", "::"], ":: can be reached by others"),
        (["--host", "192.0.2.7"], "192.0.2.7 can be reached by others"),
        (["--port", "70000"], "--port must lie between 0 and 65535"),
        (["--token", "short"], "at least 16"),
        (["--token", "with blanks in its middle"], "no blanks"),
        (["--token-file", "nowhere"], "cannot read the token in nowhere"),
        (["--host", "no such host"], "cannot answer on"),
    ],
)
def test_what_cannot_be_served_is_told_in_one_line(
    stbir: Any, indexed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if "no such host" in options:
        options = [*options, "--allow-open"]
    said = stbir("serve", indexed, *options)
    assert (said.code, said.out) == (2, "")
    assert words in said.err
    assert len(said.err.splitlines()) == 1


def test_a_place_without_photos_is_told(stbir: Any, tmp_path: Path, photos: Path) -> None:
    assert "there is no" in stbir("serve", tmp_path / "nowhere", "--port", 0).err
    assert "index the photos first" in stbir("serve", photos, "--no-update", "--port", 0).err
    (tmp_path / "empty").mkdir()
    said = stbir("serve", tmp_path / "empty", "--port", 0)
    assert (said.code, said.out) == (2, "")
    assert len(said.err.splitlines()) == 1

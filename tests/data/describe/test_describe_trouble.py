"""`stbir data describe` with a service that fails, a wrong key, and a run that is killed or interrupted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from vision_server import ANSWER, COLOURS, KEY, Asked, Reply, VisionServer, expected, good, paint, texts_of

ALL = sorted(COLOURS)


def test_failures_are_tried_again_then_listed_and_the_rest_is_written(describe, server, photos, tmp_path) -> None:
    (photos / "torn.png").write_bytes((photos / "light/red.png").read_bytes()[:60])

    def script(asked: Asked) -> Reply:
        if asked.colour == "blue":
            return Reply(status=500, body=b"no")
        if asked.colour == "green":
            return Reply("I'm sorry, I cannot help with that.")
        return Reply(status=503) if asked.colour == "red" and server.colours().count("red") == 1 else good(asked)

    server.script = script
    said = describe("--tries", 2)
    assert said.code == 3
    assert said.out.splitlines()[0] == "4 photos described, 0 as before, 3 without a description"
    assert texts_of(tmp_path / "texts.txt") == expected("blue", "green")
    listed = sorted(said.err.splitlines())
    assert listed[0] == "failed: light/blue.png: HTTP 500: no (2 tries)"
    assert listed[1].startswith("failed: light/green.png: no usable answer in 2 tries; the last one was a refusal (")
    assert listed[2].startswith("failed: torn.png: cannot read")
    assert Counter(server.colours()) == {"blue": 2, "green": 2, "red": 2, "yellow": 1, "black": 1, "white": 1}
    server.script = good
    (photos / "torn.png").unlink()
    assert describe().out.splitlines()[0] == "2 photos described, 4 as before"
    assert texts_of(tmp_path / "texts.txt") == expected()


def test_a_server_that_dies_midway(describe, server: VisionServer, photos: Path, tmp_path: Path) -> None:
    for number in range(20):
        paint(photos / f"more{number}.png", "red", size=(65 + number, 48))
    server.script = lambda asked: good(asked) if asked.number < 8 else Reply(drop=True)
    said = describe("--tries", 2, "--at-once", 2)
    assert said.code == 3
    assert said.out.splitlines()[0] == "8 photos described, 0 as before, 18 without a description"
    lines = said.err.splitlines()
    # the other thread may have had one under way
    assert len(lines) - 1 in (5, 6)
    assert all(line.startswith("failed: ") for line in lines[:-1])
    assert lines[-1].startswith("stopped: gave up: the service failed 5 photos in a row")
    # nobody who is gone is asked for all the others
    assert len(server.asked) < 26
    server.script = good
    assert describe().out.startswith("18 photos described, 8 as before")
    assert len(texts_of(tmp_path / "texts.txt")) == 26


def test_a_slow_server_times_out(describe, server) -> None:
    server.script = lambda asked: Reply("", stall=2) if server.colours().count(asked.colour) == 1 else good(asked)
    start = time.monotonic()
    assert describe("--timeout", 0.3, "--at-once", 6).code == 0
    assert time.monotonic() - start < 2
    assert len(server.asked) == 12


def test_threads_are_bounded_and_used(describe, server) -> None:
    server.script = lambda asked: Reply(ANSWER % asked.colour, stall=0.1)
    describe("--at-once", 3)
    assert server.most_at_once == 3


def test_a_wrong_key_ends_it_at_once_and_keeps_what_is_done(describe, server, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("STBIR_DESCRIBE_KEY", KEY)

    def script(asked: Asked) -> Reply:
        assert asked.headers["Authorization"] == f"Bearer {KEY}"
        return good(asked) if asked.number < 2 else Reply(status=401, body=f'{{"error": "bad {KEY}"}}'.encode())

    server.script = script
    said = describe("--at-once", 1)
    assert (said.code, len(server.asked)) == (3, 3)
    assert "stopped: cannot use http://127.0.0.1" in said.err
    assert "bad (key)" in said.err
    assert len(texts_of(tmp_path / "texts.txt")) == 2
    for path in tmp_path.glob("texts*"):
        assert KEY not in path.read_text()
    assert KEY not in said.out + said.err


def test_a_key_that_cannot_be_sent_is_refused_and_not_repeated(describe, server, monkeypatch) -> None:
    monkeypatch.setenv("STBIR_DESCRIBE_KEY", f"{KEY}\nX-Evil: 1")
    said = describe()
    assert (said.code, server.asked) == (2, [])
    assert "the key in the environment is no key" in said.err
    assert KEY not in said.err


def test_another_variable_may_hold_the_key(describe, server, monkeypatch) -> None:
    monkeypatch.setenv("STBIR_DESCRIBE_KEY", "other")
    monkeypatch.setenv("SHOP_KEY", KEY)
    assert describe("--key-variable", "SHOP_KEY").code == 0
    assert {asked.headers["Authorization"] for asked in server.asked} == {f"Bearer {KEY}"}


class Running:
    """The command in a process of its own."""

    def __init__(self, photos: Path, server: VisionServer, to: Path, *more: str) -> None:
        code = "import sys; from stbir.cli import main; sys.exit(main())"
        arguments = ["data", "describe", str(photos), "--to", str(to), "--endpoint", server.url, "--model", "qwen"]
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments, *more],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "STBIR_DESCRIBE_KEY": KEY},
        )

    def end(self, how: signal.Signals) -> tuple[int, str, str]:
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


def answers_then_blocks(server: VisionServer, count: int) -> threading.Event:
    """Let the server answer `count` requests and then keep the others waiting; the event says that one waits."""
    blocked = threading.Event()

    def script(asked: Asked) -> Reply:
        if asked.number < count:
            return good(asked)
        blocked.set()
        return Reply(drop=True, stall=30)

    server.script = script
    return blocked


def test_kill_9_and_resume_describes_nothing_twice(describe, server, photos: Path, tmp_path: Path) -> None:
    journal = tmp_path / "texts.txt.journal"
    blocked = answers_then_blocks(server, 3)
    running = Running(photos, server, tmp_path / "texts.txt", "--at-once", "1")
    assert blocked.wait(30)
    assert running.end(signal.SIGKILL)[0] == -signal.SIGKILL
    assert not (tmp_path / "texts.txt").exists()
    done = [json.loads(line) for line in journal.read_bytes().splitlines()]
    assert sum("text" in line for line in done) == 3
    # killed in the middle of a write
    with journal.open("ab") as file:
        file.write(b'{"content":"0123","prompt":"ab')
    first = server.colours()[:3]
    server.asked.clear()
    server.script = good
    said = describe()
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("3 photos described, 3 as before")
    assert sorted(first + server.colours()) == ALL
    assert texts_of(tmp_path / "texts.txt") == expected()
    assert all(json.loads(line) for line in journal.read_bytes().splitlines())


@pytest.mark.parametrize("at_once", ["1", "2"])
def test_ctrl_c_keeps_what_is_done_and_ends_at_once(describe, server, photos: Path, tmp_path: Path, at_once) -> None:
    blocked = answers_then_blocks(server, 3)
    running = Running(photos, server, tmp_path / "texts.txt", "--at-once", at_once)
    assert blocked.wait(30)
    deadline = time.monotonic() + 10  # until the third answer, which came before, is written
    journal = tmp_path / "texts.txt.journal"
    while journal.read_bytes().count(b'"text"') < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    start = time.monotonic()
    code, _, err = running.end(signal.SIGINT)
    assert (code, err) == (130, "stbir: interrupted\n")
    assert time.monotonic() - start < 5
    assert len(texts_of(tmp_path / "texts.txt")) == 3
    server.asked.clear()
    server.script = good
    assert describe().out.startswith("3 photos described, 3 as before")
    assert len(server.asked) == 3


def test_two_at_a_time_are_refused(describe, server, photos: Path, tmp_path: Path) -> None:
    blocked = answers_then_blocks(server, 0)
    running = Running(photos, server, tmp_path / "texts.txt")
    assert blocked.wait(30)
    said = describe()
    running.end(signal.SIGKILL)
    assert said.code == 2
    assert "another process is writing to" in said.err

"""Hostile requests to a service in a process of its own: each is refused in words, and the service stays well."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hostile import Hostile, form, hostile, part
from hostile_files import FILES, LINE, svg
from hostile_questions import QUESTIONS, SQUARE
from hostile_requests import CHUNKED, MALFORMED, RED, REQUESTS, search
from wire import HOST, MOMENT, Reply, Served, exchange, post, request, served

from stbir.data.drawn.folder import write_gallery

TABLE = [*QUESTIONS, *FILES, *REQUESTS]
NORMAL = {"sketches": [{"strokes": [SQUARE]}], "text": "red", "k": 5}
MOST_GROWTH = 64_000_000
MOST_AT_ONCE = 150_000_000
"""Bytes above what the service needs anyway: the body of 10 MB several times, and pictures while they are read."""
SECURITY = ("content-security-policy", "x-content-type-options", "referrer-policy", "x-request-id", "cache-control")


def name(case: Hostile) -> str:
    return case.name.encode("ascii", "backslashreplace").decode()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("hostile")
    write_gallery(folder, count=24, seed=5, size=96, families=("boot", "chair", "mug"), workers=1)
    with served(folder / "photos", folder / "gallery") as service:
        yield service


@pytest.fixture(scope="module")
def normal(service: Served) -> list[Any]:
    """What a normal search finds before anything hostile has come."""
    hits = service.search(**NORMAL).json()["hits"]
    assert len(hits) == 5
    return hits


def check_refused(reply: Reply, case: Hostile) -> dict[str, Any]:
    assert reply.status in case.statuses, (reply.status, reply.body[:600])
    assert reply.headers["content-type"] == "application/problem+json"
    assert all(header in reply.headers for header in SECURITY)
    assert "x-evil" not in reply.headers
    problem: dict[str, Any] = reply.json()
    assert {"type", "title", "status", "detail"} <= set(problem)
    assert problem["status"] == reply.status
    assert problem["title"]
    detail: str = problem["detail"]
    assert 0 < len(detail) < 600
    assert detail.isprintable()
    assert len(detail.splitlines()) == 1
    return problem


@pytest.mark.parametrize("case", TABLE, ids=name)
def test_it_is_refused_in_words_and_the_next_search_is_answered(
    case: Hostile, service: Served, normal: list[Any]
) -> None:
    problem = check_refused(service.send(case.pieces()), case)
    assert str(service.photos.parent) not in json.dumps(problem)
    assert "Traceback" not in problem["detail"]
    assert service.search(**NORMAL).json()["hits"] == normal


@pytest.mark.parametrize("case", MALFORMED, ids=name)
def test_what_is_no_http_is_refused_or_cut_off(case: Hostile, service: Served, normal: list[Any]) -> None:
    reply = service.send(case.pieces())
    assert reply.status in case.statuses, (reply.status, reply.body[:600])
    assert b"Traceback" not in reply.body
    assert service.search(**NORMAL).json()["hits"] == normal


LEGAL = [
    "\u202eder rtl",
    "red\u200bboot\u2060",
    "a\u0301\u0302\u0303" * 300,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0010ffff \ufffe \ue000",
    "' OR 1=1; DROP TABLE photos; --",
    "<script>alert(1)</script> {{7*7}} ${7*7} %s%n %00",
    "../../etc/passwd file:///etc/passwd",
    "a" * 2000,
]


@pytest.mark.parametrize("words", LEGAL)
def test_odd_words_are_only_words_and_come_back_as_they_were(words: str, service: Served) -> None:
    for question in ({"text": words}, {"text": "red", "avoid": [words]}):
        reply = service.search(**question, k=1)
        assert reply.status == 200
        assert reply.json()["query"] | question == reply.json()["query"]
        assert len(reply.json()["hits"]) == 1


def test_a_filter_is_compared_and_never_run(service: Served) -> None:
    for value in ("' OR 1=1 --", "boot' --", "%", "*", "boot\0", "\u202e", "BOOT"):
        found = service.search(text="red", where={"category": value}).json()
        assert (found["total"], found["hits"]) == (0, [])
    assert service.search(text="red", where={"category": "boot"}).json()["total"] == 8


def test_an_unknown_field_is_told_which_there_are(service: Served) -> None:
    detail = service.search(text="red", where={"' OR 1=1 --": 1}).json()["detail"]
    assert "' OR 1=1 --" in detail
    assert "(known: category, name)" in detail


def test_strokes_with_minus_zero_are_strokes(service: Served) -> None:
    assert service.search(sketches=[{"strokes": [[[-0.0, 90], [0, -0.0]]]}]).status == 200


def test_scripts_and_pictures_in_an_svg_change_nothing(service: Served) -> None:
    plain = service.send(form(part("sketch", svg(LINE)))).json()
    evil = '<script>alert(1)</script><image href="http://127.0.0.1/x.png"/><a href="javascript:alert(1)"/>'
    found = service.send(
        form(part("sketch", svg(f"{evil}{LINE}<text>x</text>"), more='; filename="../../x.svg"'))
    ).json()
    assert found["hits"] == plain["hits"]
    assert found["query"]["sketches"] == [{"strokes": 1, "points": 2}]


def test_no_path_is_an_id_even_where_there_is_a_photo(service: Served, tmp_path: Path) -> None:
    known = service.search(text="red").json()["hits"][0]["id"]
    inside, outside = service.photos / known, tmp_path / "outside.jpg"
    outside.write_bytes(inside.read_bytes())
    assert service.search(photo=known).status == 200
    for path in (inside, outside, service.photos / ".." / "photos" / known, inside.as_uri()):
        assert service.search(photo=str(path)).status == 422
        for end in ("", "/thumb", "/info"):
            assert service.send(request("GET", f"/api/photos/{path}{end}")).status == 404
            assert service.send(request("GET", f"/api/photos/{quote(str(path), safe='')}{end}")).status == 404


def test_a_photo_that_is_gone_does_not_tell_where_it_was(service: Served) -> None:
    last = service.search(text="red", k=24).json()["hits"][-1]
    file, aside = service.photos / last["id"], service.photos / "aside"
    file.rename(aside)
    try:
        for reply in (service.search(photo=last["id"]), service.send(request("GET", last["photo"]))):
            assert reply.status in (410, 422)
            assert str(service.photos.parent) not in reply.body.decode()
    finally:
        aside.rename(file)


def test_what_follows_a_refused_request_is_not_taken_for_another(service: Served) -> None:
    for first in (
        search(("Content-Length", "5"), CHUNKED, body=b"0\r\n\r\n"),
        search(("Content-Length", "1000000000"), body=b""),
        post(RED, "text/plain"),
        request("POST", "/nowhere", [HOST, ("Content-Length", "40")]),
    ):
        with socket.create_connection(("127.0.0.1", service.port), timeout=5) as line:
            line.sendall(first + request("GET", "/livez"))
            answer = b"".join(iter(lambda line=line: line.recv(65536), b""))
        assert answer.count(b"HTTP/1.1 ") == 1
        assert b"alive" not in answer


def test_a_slow_body_is_given_up(service: Served) -> None:
    def slowly() -> Iterator[bytes]:
        yield search(("Content-Length", "1000"), body=b"")
        for _ in range(1000):
            time.sleep(0.02)
            yield b" "

    start = time.monotonic()
    for pieces in (slowly(), search(("Content-Length", "1000")), search(CHUNKED, body=b"5\r\n{")):
        problem = check_refused(exchange(service.hasty_port, pieces), hostile("slow", b"", 408))
        assert f"{MOMENT:g} seconds" in problem["detail"]
    assert 3 * MOMENT < time.monotonic() - start < 3 * MOMENT + 5
    assert exchange(service.hasty_port, post(RED)).status == 200


def test_hundreds_of_silent_clients_keep_nobody_out(service: Served, normal: list[Any]) -> None:
    lines = [socket.create_connection(("127.0.0.1", service.port), timeout=5) for _ in range(300)]
    try:
        for line in lines[::2]:
            line.sendall(b"POST /api/search HTTP/1.1\r\nHost: localhost\r\nContent-Le")
        for line in lines[1::4]:
            line.sendall(search(("Content-Length", "1000"), body=b"{"))
        assert service.search(**NORMAL).json()["hits"] == normal
    finally:
        for line in lines:
            line.close()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read as Linux tells it")
def test_memory_does_not_grow_with_what_is_refused(service: Served, normal: list[Any]) -> None:
    before, after = service.memory(), list[int]()
    for _ in range(3):
        for case in (*TABLE, *MALFORMED):
            assert service.send(case.pieces()).status in case.statuses, case.name
        after.append(service.memory())
    assert after[-1] - after[0] < MOST_GROWTH  # the first time, threads also take what they keep for later
    assert after[-1] - before < 2 * MOST_GROWTH
    assert service.memory("VmHWM") - before < MOST_AT_ONCE
    assert service.search(**NORMAL).json()["hits"] == normal
    expected = ("WARNING:  Invalid HTTP request", "WARNING:  Unsupported upgrade", "WARNING:  No supported WebSocket")
    assert [line for line in service.said if not line.startswith(expected)] == []

"""One model behind HTTP: what is sent, what is tried again, what is given up, and what never leaves."""

import base64
import json
import random
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from vision_server import ANSWER, KEY, Asked, Reply, VisionServer, good

from stbir.data.describe.endpoint import Endpoint, chat_address
from stbir.data.describe.patience import Pace
from stbir.data.describe.picture import jpeg_of
from stbir.data.describe.writer import Answer, Turn, Unanswered, Unusable
from stbir.errors import InputError


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def turns() -> list[Turn]:
    from io import BytesIO

    from PIL import Image

    file = BytesIO()
    Image.new("RGB", (64, 48), (200, 20, 20)).save(file, "PNG")
    return [Turn("user", "Describe.", jpeg_of(file.getvalue(), side=56))]


def endpoint(server: VisionServer, clock: Clock, **options) -> Endpoint:
    pace = Pace(clock=clock, sleep=clock.sleep)
    settings = {"rng": random.Random(0), "pace": pace, "first_wait": 1.0, "timeout": 5.0} | options
    return Endpoint(server.url, "qwen", **settings)


def first_then(*replies: Reply):
    """A server that goes through these replies and then does well."""

    def script(asked: Asked) -> Reply:
        return replies[asked.number] if asked.number < len(replies) else good(asked)

    return script


def test_what_is_sent_and_read(server: VisionServer, clock: Clock, turns) -> None:
    answer = endpoint(server, clock, key=KEY).answer(turns)
    assert answer == Answer(ANSWER % "red", served_by="served", tokens_in=100, tokens_out=10)
    (asked,) = server.asked
    assert (asked.size, asked.last) == ((56, 42), "Describe.")
    assert asked.headers["Authorization"] == f"Bearer {KEY}"
    assert (asked.body["model"], asked.body["temperature"]) == ("qwen", 0)
    form = asked.body["response_format"]["json_schema"]
    assert form["schema"]["required"] == ["colour", "material", "parts"]
    assert KEY not in json.dumps(asked.body)
    assert clock.slept == []


@pytest.mark.parametrize(
    ("reply", "waits"),
    [
        (Reply(status=500), [0.92]),
        (Reply(status=503, headers={"Retry-After": "soon"}), [0.92]),
        (Reply(status=429), [0.92]),
        (Reply(status=429, headers={"Retry-After": "7"}), [7.0]),
        (Reply(status=503, headers={"Retry-After": "0"}), [0.92]),
        (Reply(drop=True), [0.92]),
        (Reply(body=b"<html>", status=200), [0.92]),
        (Reply(body=b"{}", status=200), [0.92]),
        (Reply(body=b'{"choices": []}', status=200), [0.92]),
        (Reply(body=b"[" * 100_000, status=200), [0.92]),
        (Reply("half", headers={"Content-Length": "100000"}, drop=False), [0.92]),
    ],
    ids=["500", "soon", "429", "7s", "0s", "drop", "html", "empty", "no-choice", "nested", "half"],
)
def test_what_passes_is_tried_again(server: VisionServer, clock: Clock, turns, reply: Reply, waits) -> None:
    server.script = first_then(reply)
    assert endpoint(server, clock, timeout=1.0).answer(turns).text == ANSWER % "red"
    assert [round(wait, 2) for wait in clock.slept] == waits
    assert len(server.asked) == 2


def test_retry_after_as_a_date(server: VisionServer, clock: Clock, turns) -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    server.script = first_then(Reply(status=429, headers={"Retry-After": then}))
    endpoint(server, clock).answer(turns)
    assert 85 < clock.slept[0] <= 90


def test_waits_grow_and_end(server: VisionServer, clock: Clock, turns) -> None:
    server.script = lambda asked: Reply(status=502, body=b'{"error": {"message": "down"}}')
    with pytest.raises(Unanswered) as caught:
        endpoint(server, clock, tries=4).answer(turns)
    assert str(caught.value) == "HTTP 502: down (4 tries)"
    assert caught.value.service
    assert len(clock.slept) == 3
    assert all(0.5 * 2**n <= wait <= 2**n for n, wait in enumerate(clock.slept))


@pytest.mark.parametrize("reply", [Reply("x", stall=3), Reply("x", drip=0.05)], ids=["stalls", "drips"])
def test_a_server_that_takes_for_ever(server: VisionServer, clock: Clock, turns, reply: Reply) -> None:
    server.script = lambda asked: reply
    start = time.monotonic()
    with pytest.raises(Unanswered, match=r"no answer within 0.3 seconds \(2 tries\)"):
        endpoint(server, clock, timeout=0.3, tries=2).answer(turns)
    assert time.monotonic() - start < 2.5


def test_nobody_there(server: VisionServer, clock: Clock, turns) -> None:
    there = endpoint(server, clock, tries=2)
    server.close()
    with pytest.raises(Unanswered, match="cannot reach"):
        there.answer(turns)


def test_a_long_wait_is_the_end(server: VisionServer, clock: Clock, turns) -> None:
    server.script = lambda asked: Reply(status=429, headers={"Retry-After": "86400"})
    with pytest.raises(Unusable, match="left alone for 86,400 seconds"):
        endpoint(server, clock).answer(turns)
    assert (len(server.asked), clock.slept) == (1, [])


@pytest.mark.parametrize(
    ("status", "says"),
    [(401, "refuses the key"), (403, "refuses the key"), (404, "no such model"), (405, "/v1"), (402, "paid")],
)
def test_what_never_passes_is_asked_once(server: VisionServer, clock: Clock, turns, status: int, says: str) -> None:
    server.script = lambda asked: Reply(status=status, body=f"bad key {KEY}".encode())
    with pytest.raises(Unusable, match=says) as caught:
        endpoint(server, clock, key=KEY).answer(turns)
    assert "bad key (key)" in str(caught.value)
    assert len(server.asked) == 1


def test_redirects_are_not_followed(server: VisionServer, clock: Clock, turns) -> None:
    server.script = lambda asked: Reply(status=302, headers={"Location": server.url})
    with pytest.raises(Unusable, match="sends elsewhere"):
        endpoint(server, clock, key=KEY).answer(turns)
    assert len(server.asked) == 1


def test_a_refused_picture_is_its_own_failure(server: VisionServer, clock: Clock, turns) -> None:
    server.script = lambda asked: Reply(status=400, body=b'{"message": "inappropriate content"}')
    with pytest.raises(Unanswered, match=r"refused \(HTTP 400: inappropriate content\)"):
        endpoint(server, clock).answer(turns)
    assert len(server.asked) == 1


def test_a_server_without_schemas_is_asked_without_one_from_then_on(server: VisionServer, clock: Clock, turns) -> None:
    def script(asked: Asked) -> Reply:
        known = "response_format" not in asked.body
        return good(asked) if known else Reply(status=400, body=b'{"error": "response_format.type is not supported"}')

    server.script = script
    there = endpoint(server, clock)
    assert there.answer(turns) == there.answer(turns)
    assert ["response_format" in asked.body for asked in server.asked] == [True, False, False]


def test_a_pause_holds_for_all(clock: Clock) -> None:
    pace = Pace(clock=clock, sleep=clock.sleep)
    pace.hold(5)
    pace.hold(2)
    pace.wait()
    pace.wait()
    assert clock.slept == [5]


@pytest.mark.parametrize(
    "url", ["", "localhost:8000/v1", "ftp://a/v1", "http:///v1", "http://[::1/v1", "http://a b/", KEY]
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(InputError, match="no address") as caught:
        chat_address(url)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("url", [f"https://{KEY}@a/v1", f"https://u:{KEY}@a/v1", f"https://a/v1?key={KEY}"])
def test_a_key_in_an_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(InputError, match="environment variable") as caught:
        chat_address(url)
    assert KEY not in str(caught.value)


def test_a_wrong_answer_goes_back_as_text(server: VisionServer, clock: Clock, turns) -> None:
    endpoint(server, clock).answer([*turns, Turn("assistant", "hm"), Turn("user", "Again.")])
    first, second, third = server.asked[0].body["messages"]
    assert base64.b64decode(first["content"][0]["image_url"]["url"].partition(",")[2]) == turns[0].jpeg
    assert second == {"role": "assistant", "content": "hm"}
    assert third == {"role": "user", "content": [{"type": "text", "text": "Again."}]}

"""The line in front of the work is short: whoever comes when it is full is told at once, and nothing leaks."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from corner_shop import HERE, Shop

from stbir.serve import Settings, create_app
from stbir.serve.problems import Problem
from stbir.serve.queue import Queue


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    gate = threading.Event()
    yield gate
    gate.set()


def complete(work: Coroutine[Any, Any, None]) -> None:
    """Run it in a thread of its own: the browser of other tests keeps a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


async def until(holds: Any) -> None:
    for _ in range(1000):
        if holds():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not come to that within 5 s")


def test_only_so_many_wait_and_the_next_is_sent_away(gate: threading.Event) -> None:
    async def run() -> None:
        queue = Queue("test", workers=2, waiting=3, patience=10)
        tasks = [asyncio.create_task(queue.run(gate.wait)) for _ in range(5)]
        await until(lambda: queue.waiting == 3)
        with pytest.raises(Problem) as refused:
            await queue.run(lambda: True)
        assert refused.value.status == 429
        assert refused.value.headers is not None
        assert 1 <= int(refused.value.headers["Retry-After"]) <= 60
        gate.set()
        assert await asyncio.gather(*tasks) == [True] * 5
        assert (queue.waiting, queue.sent_away) == (0, 1)
        assert await queue.run(lambda: "again") == "again"
        queue.close()
        with pytest.raises(Problem, match="stopping"):
            await queue.run(lambda: True)

    complete(run())


def test_no_more_run_at_once_than_there_are_workers() -> None:
    running = most = 0
    lock = threading.Lock()

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with lock:
            running -= 1

    async def run() -> None:
        queue = Queue("test", workers=3, waiting=50, patience=10)
        await asyncio.gather(*(queue.run(work) for _ in range(30)))
        queue.close()

    complete(run())
    assert most == 3


def test_patience_ends_and_gives_the_place_back(gate: threading.Event) -> None:
    async def run() -> None:
        queue = Queue("test", workers=1, waiting=1, patience=0.1)
        for _ in range(2):  # the second never begins, and must not hold its place for ever
            with pytest.raises(Problem) as late:
                await queue.run(gate.wait)
            assert (late.value.status, late.value.headers) == (503, {"Retry-After": "5"})
        gate.set()
        await until(lambda: queue._inside == 0)
        assert await queue.run(lambda: "fine") == "fine"
        queue.close()

    complete(run())


def test_errors_of_the_work_come_out_and_free_the_place() -> None:
    async def run() -> None:
        queue = Queue("test", workers=1, waiting=0, patience=5)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await queue.run(lambda: 1 // 0)
        queue.close()

    complete(run())


def test_who_goes_away_while_waiting_is_forgotten(gate: threading.Event) -> None:
    done: list[str] = []

    async def gone() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def run() -> None:
        queue = Queue("test", workers=1, waiting=5, patience=10)
        first = asyncio.create_task(queue.run(gate.wait))
        await until(lambda: queue._inside == 1)
        with pytest.raises(Problem) as left:
            await queue.run(lambda: done.append("searched for nobody"), messages=gone)
        assert left.value.status == 499
        assert queue._inside == 1
        gate.set()
        await first
        queue.close()

    complete(run())
    assert done == []


@pytest.fixture
def slow(shop: Shop, gate: threading.Event, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A service whose searches wait for the gate, with one worker and one place to wait."""
    search = shop.gallery.timed_search

    def waiting(**asked: Any) -> Any:
        gate.wait(20)
        return search(**asked)

    monkeypatch.setattr(shop.gallery, "timed_search", waiting)
    return Settings(workers=1, waiting=1, patience=15)


def test_a_full_service_answers_429_and_still_shows_photos(shop: Shop, slow: Settings, gate: threading.Event) -> None:
    async def run() -> None:
        app = create_app(shop.gallery, slow)
        async with client_of(app) as client:
            service = app.state.service
            asked = [asyncio.create_task(client.post("/api/search", json={"text": "red"})) for _ in range(2)]
            await until(lambda: service.searches.waiting == 1)
            refused = await client.post("/api/search", json={"text": "blue"})
            assert (refused.status_code, refused.headers["content-type"]) == (429, "application/problem+json")
            assert int(refused.headers["retry-after"]) >= 1
            assert (await client.get("/api/photos/odd%2Fcamera.jpg/thumb")).status_code == 200
            assert (await client.get("/livez")).status_code == 200
            metrics = (await client.get("/metrics")).text
            assert 'stbir_queue_refused{queue="search"} 1.0' in metrics
            assert 'stbir_queue_depth{queue="search"} 1.0' in metrics
            gate.set()
            assert [answer.status_code for answer in await asyncio.gather(*asked)] == [200, 200]
            assert (await client.post("/api/search", json={"text": "blue"})).status_code == 200
        await asyncio.to_thread(service.close)

    complete(run())


def client_of(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HERE)


def test_many_at_once_get_the_same_as_one_by_one(shop: Shop) -> None:
    words = [f"{colour} {thing}" for colour in ("red", "blue", "green", "black") for thing in ("mug", "boot", "chair")]

    async def ask(client: httpx.AsyncClient, text: str) -> list[tuple[str, float]]:
        answer = await client.post("/api/search", json={"text": text, "k": 5})
        return [(hit["id"], hit["score"]) for hit in answer.json()["hits"]]

    async def run() -> None:
        app = create_app(shop.gallery, Settings(workers=4, waiting=64))
        async with client_of(app) as client:
            together = await asyncio.gather(*(ask(client, text) for text in words * 4))
            for text, found in zip(words * 4, together, strict=True):
                expected = [(hit.photo.id, round(hit.score, 6)) for hit in shop.gallery.search(text=text, k=5)]
                assert [id for id, _ in found] == [id for id, _ in expected]
                assert [score for _, score in found] == pytest.approx([score for _, score in expected], abs=2e-6)
        await asyncio.to_thread(app.state.service.close)

    complete(run())


def test_a_body_that_never_ends_is_given_up(shop: Shop) -> None:
    from stbir.serve.body import Bodies

    async def drip() -> AsyncIterator[bytes]:
        yield b'{"text": '
        await asyncio.sleep(5)
        yield b'"red"}'

    async def run() -> None:
        app = create_app(shop.gallery)
        app.state.service.bodies = Bodies(seconds=0.2)
        async with client_of(app) as client:
            answer = await client.post("/api/search", content=drip(), headers={"Content-Type": "application/json"})
            assert (answer.status_code, answer.headers["content-type"]) == (408, "application/problem+json")
        await asyncio.to_thread(app.state.service.close)

    complete(run())


def test_all_bodies_together_fit_into_a_bound(shop: Shop) -> None:
    from stbir.serve.body import Bodies

    hold = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b'{"text": "' + b"x" * 700
        await hold.wait()
        yield b'"}'

    async def run() -> None:
        app = create_app(shop.gallery)
        bodies = app.state.service.bodies = Bodies(together=1000)
        typed = {"Content-Type": "application/json"}
        async with client_of(app) as client:
            first = asyncio.create_task(client.post("/api/search", content=slow(), headers=typed))
            await until(lambda: bodies._held > 0)
            second = await client.post("/api/search", content=b'{"text": "' + b"y" * 700 + b'"}', headers=typed)
            assert (second.status_code, second.headers["retry-after"]) == (429, "1")
            hold.set()
            assert (await first).status_code == 200
            assert bodies._held == 0
        await asyncio.to_thread(app.state.service.close)

    complete(run())

"""How long the service takes to answer, against the bare calls of the method and the index, in the same run.

    python benchmarks/service.py [--photos 10000] [--clients 1 10 50 100] [--seconds 15]

The service is `stbir serve` in a process of its own, on loopback; a client keeps its connection and asks as soon as it
has its answer. The photos are random vectors, every query is a drawing with words, and the answer has ten photos. With
one client, a bare call (encode the query, search the index, on one thread, as each of the service's workers does) and a
request take turns, so that both see the same machine; the ratio of all rows is to the median of these bare calls.
Clients and service share the cores of the machine, which is part of what many clients measure.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from search import gallery_of_random_photos

import stbir
from stbir.data.drawn import draw, families
from stbir.evaluation.protocol import hardware
from stbir.types import Query

WARM_UP = 20
_HEAD = b"POST /api/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--photos", type=int, default=10_000)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 10, 50, 100])
    parser.add_argument("--seconds", type=float, default=15)
    wanted = parser.parse_args()
    torch.set_num_threads(1)
    queries = [draw(families()[n % len(families())], n, size=64).pair()[0] for n in range(200)]
    questions = [question_of(query) for query in queries]
    with tempfile.TemporaryDirectory() as work:
        gallery = gallery_of_random_photos(Path(work), stbir.load("tiny"), wanted.photos)
        with served(gallery.home) as port:
            bare, alone = taking_turns(gallery, queries, Client(port, questions), seconds=wanted.seconds)
            middle = float(np.median(bare))
            print(f"{wanted.photos:,} photos, {hardware()}")
            print("clients   p50 ms   p95 ms   p99 ms   answers/s   429     p50 / bare")
            print(row("bare", bare, [], seconds=sum(bare) / 1000, bare=middle))
            for count in wanted.clients:
                if count == 1:
                    print(row("1", alone, [], seconds=sum(alone) / 1000, bare=middle))
                    continue
                clients = [Client(port, questions, first=7 * number) for number in range(count)]
                seconds = together(clients, seconds=wanted.seconds)
                answered = [took for client in clients for took in client.answered]
                refused = [took for client in clients for took in client.refused]
                print(row(str(count), answered, refused, seconds=seconds, bare=middle))


class Client:
    """Somebody who searches for one thing after the other; a bare socket, to measure the service and not the client."""

    def __init__(self, port: int, questions: Sequence[bytes], *, first: int = 0) -> None:
        self._line = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._questions = [_HEAD % len(body) + body for body in questions]
        self._next = first
        self.answered: list[float] = []
        self.refused: list[float] = []

    def ask(self) -> None:
        request = self._questions[self._next % len(self._questions)]
        self._next += 1
        start = time.perf_counter()
        self._line.sendall(request)
        answer = self._line.recv(65536)
        while b"\r\n\r\n" not in answer:
            answer += self._line.recv(65536)
        head, _, body = answer.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
        while len(body) < length:
            body += self._line.recv(65536)
        took = (time.perf_counter() - start) * 1000
        status = int(head.split()[1])
        if status == 429:
            self.refused.append(took)
            time.sleep(0.05)  # less than it is told, so that the service stays full
            return
        assert status == 200, body
        self.answered.append(took)


def taking_turns(
    gallery: stbir.Gallery, queries: Sequence[Query], client: Client, *, seconds: float
) -> tuple[list[float], list[float]]:
    """The milliseconds of bare calls and of requests."""
    bare: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(bare) <= WARM_UP:
        start = time.perf_counter()
        gallery.index.search(gallery.method.encode_queries([queries[len(bare) % len(queries)]]).vectors, 10)
        bare.append((time.perf_counter() - start) * 1000)
        client.ask()
    return bare[WARM_UP:], client.answered[WARM_UP:]


def together(clients: Sequence[Client], *, seconds: float) -> float:
    """Let all ask at once; how long it took."""
    end = time.perf_counter() + seconds

    def ask(client: Client) -> None:
        while time.perf_counter() < end:
            client.ask()

    threads = [threading.Thread(target=ask, args=(client,)) for client in clients]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start


def row(name: str, answered: Sequence[float], refused: Sequence[float], *, seconds: float, bare: float) -> str:
    p50, p95, p99 = np.percentile(answered, [50, 95, 99])
    share = len(refused) / (len(answered) + len(refused))
    rate = len(answered) / seconds
    return f"{name:>7} {p50:8.2f} {p95:8.2f} {p99:8.2f} {rate:11.1f} {share:7.1%} {p50 / bare:11.2f}"


def question_of(query: Query) -> bytes:
    sketches = [
        {"canvas": sketch.canvas, "strokes": [stroke.T.astype(float).round(2).tolist() for stroke in sketch.strokes]}
        for sketch in query.sketches
    ]
    return json.dumps({"sketches": sketches, "text": query.text, "k": 10}).encode()


@contextmanager
def served(gallery: Path) -> Generator[int]:
    """The port of a service that ends with the block."""
    command = [sys.executable, "-m", "stbir", "serve", str(gallery), "--no-update", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r":(\d+)$", line.strip())
        assert found, line
        yield int(found[1])
        process.terminate()


if __name__ == "__main__":
    main()

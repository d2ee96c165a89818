"""Many photos described: a few at a time, each text remembered at once, and an end when the service is gone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from queue import Queue
from typing import TypeVar

from stbir.data.describe.dialogue import describe_picture
from stbir.data.describe.faults import BRAND_KEYS
from stbir.data.describe.journal import Entry, Journal
from stbir.data.describe.picture import jpeg_of
from stbir.data.describe.question import Question
from stbir.data.describe.survey import content_hash
from stbir.data.describe.writer import Unanswered, Unusable, Writer
from stbir.errors import InputError
from stbir.types import Photo

FAILURES_IN_A_ROW = 5
"""So many photos that the service failed, after every retry and with no success between: it is gone."""

J = TypeVar("J")
R = TypeVar("R")


@dataclass(frozen=True)
class Job:
    """One content to describe, and a photo that has it."""

    content: str
    photo: Photo


@dataclass
class Outcome:
    """What became of the jobs: the contents described, (photo id, reason) of failures, and why it ended early."""

    described: list[str] = field(default_factory=list[str])
    failures: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    stopped: Unusable | None = None


def describe_all(
    jobs: Sequence[Job],
    *,
    writer: Writer,
    question: Question,
    journal: Journal,
    outcome: Outcome,
    brands: Sequence[str] = (),
    at_once: int = 4,
    tries: int = 4,
    on_done: Callable[[], object] = lambda: None,
) -> None:
    """Have every job described and written to the journal; `outcome` is kept up to date, so an interrupt loses nothing.

    A photo that fails is noted and the rest goes on, until the service has failed `FAILURES_IN_A_ROW` photos or
    says itself that it is of no use; that is noted in `outcome.stopped`.
    """

    def one(job: Job) -> Entry | InputError | Unanswered | Unusable:
        try:
            return entry_of(job, writer=writer, question=question, brands=brands, tries=tries)
        except (InputError, Unanswered, Unusable) as error:
            return error

    in_a_row = 0

    def keep(job: Job, result: Entry | InputError | Unanswered | Unusable) -> bool:
        nonlocal in_a_row
        if isinstance(result, Entry):
            journal.add(result)
            outcome.described.append(job.content)
            in_a_row = 0
        elif isinstance(result, Unusable):
            outcome.stopped = outcome.stopped or result
        else:
            outcome.failures.append((job.photo.id, str(result)))
            in_a_row += isinstance(result, Unanswered) and result.service
        on_done()
        if in_a_row >= FAILURES_IN_A_ROW and outcome.stopped is None:
            outcome.stopped = Unusable(f"gave up: the service failed {in_a_row} photos in a row; the last: {result}")
        return outcome.stopped is None

    journal.add_prompt(question)
    side_by_side(jobs, one, keep, at_once=at_once)


def entry_of(job: Job, *, writer: Writer, question: Question, brands: Sequence[str] = (), tries: int = 4) -> Entry:
    """Have one photo described.

    Raises:
        InputError: its picture cannot be read.
        Unanswered: it got no usable answer.
        Unusable: the writer will answer for no photo.
    """
    photo = job.photo
    assert photo.path is not None, "photos that are files"
    try:
        data = photo.path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {photo.path}: {error.strerror or error}") from None
    if content_hash(data) != job.content:
        raise InputError(f"{photo.path} was changed while photos were described; run again")
    jpeg = jpeg_of(data, side=question.side)
    own = [str(value) for key, value in photo.metadata.items() if key.lower() in BRAND_KEYS]
    written = describe_picture(jpeg, writer=writer, question=question, brands=[*brands, *own], tries=tries)
    return Entry(
        content=job.content,
        prompt=question.hash,
        side=question.side,
        model=writer.model,
        revision=writer.revision,
        description=written.description,
        text=written.description.text(),
        photo=photo.id,
        served_by=written.served_by,
        asked=written.asked,
        tokens_in=written.tokens_in,
        tokens_out=written.tokens_out,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def side_by_side(jobs: Iterable[J], work: Callable[[J], R], keep: Callable[[J, R], bool], *, at_once: int) -> None:
    """Do `work` for all jobs, at most `at_once` at a time, and give each result to `keep`, in this thread.

    It ends when all is done, when `keep` returns False, or when an error is raised; results that have arrived by then
    are kept. One at a time is done in this thread. Otherwise the threads are daemons: after Ctrl-C nobody waits for a
    stalled server, and no job is begun any more.

    >>> squares = {}
    >>> side_by_side([1, 2, 3], lambda number: number**2, lambda *pair: not squares.update([pair]), at_once=2)
    >>> sorted(squares.items())
    [(1, 1), (2, 4), (3, 9)]
    """
    if at_once == 1:
        for job in jobs:
            if not keep(job, work(job)):
                return
        return
    waiting = list(reversed(list(jobs)))
    done: Queue[tuple[J, R] | BaseException] = Queue()
    stop = threading.Event()

    def labour() -> None:
        while not stop.is_set():
            try:
                job = waiting.pop()
            except IndexError:
                return
            try:
                done.put((job, work(job)))
            except BaseException as error:  # handed to the thread that listens, or it would wait for ever
                done.put(error)
                return

    left = len(waiting)
    for _ in range(min(at_once, left)):
        threading.Thread(target=labour, daemon=True).start()
    try:
        for _ in range(left):
            result = done.get()
            if isinstance(result, BaseException):
                raise result
            if not keep(*result):
                return
    finally:
        stop.set()
        while not done.empty():
            result = done.get_nowait()
            if not isinstance(result, BaseException):
                keep(*result)

"""The memory of a job, through torn ends, damage, and two who want to write; and the threads that fill it."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from vision_server import paint

from stbir.data.describe.answer import Description
from stbir.data.describe.estimate import estimate
from stbir.data.describe.journal import Entry, open_journal, read_journal
from stbir.data.describe.question import Question
from stbir.data.describe.survey import survey
from stbir.data.describe.work import Job, Outcome, describe_all, side_by_side
from stbir.data.describe.writer import Answer, Unusable
from stbir.errors import InputError
from stbir.types import Photo

QUESTION = Question("?")


def entry(content: str) -> Entry:
    said = Description(colour="rosé", material="", parts=())
    return Entry(content=content, prompt="p", side=1, model="m", revision="", description=said, text=said.text())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with open_journal(tmp_path / "j") as journal:
        journal.add_prompt(QUESTION)
        journal.add_prompt(QUESTION)
        for content in "abc":
            journal.add(entry(content))
    return tmp_path / "j"


def contents(path: Path) -> list[str]:
    return [key.content for key in read_journal(path).entries]


def test_written_and_read(path: Path) -> None:
    assert contents(path) == ["a", "b", "c"]
    assert path.read_bytes().count(b"\n") == 4
    assert read_journal(path).entries[entry("b").key] == entry("b")
    assert not read_journal(path.with_name("none")).entries


def test_torn_anywhere_costs_the_last_line_at_most(path: Path) -> None:
    whole = path.read_bytes()
    start = whole.rindex(b"\n", 0, -1) + 1
    for cut in range(start, len(whole)):
        path.write_bytes(whole[:cut])
        complete = cut == len(whole) - 1  # only the line break is missing
        with open_journal(path) as journal:
            assert (len(journal.entries), journal.damaged) == (3 if complete else 2, [])
            journal.add(entry("d"))
        assert contents(path) == ["a", "b", *(["c"] if complete else []), "d"]
        assert read_journal(path).damaged == []


def test_damage_in_the_middle_is_named_and_passed_over(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    lines[2] = b'{"content": \xff\n'
    path.write_bytes(b"".join(lines) + b"[1]\n\n")
    before = path.read_bytes()
    with open_journal(path) as journal:
        assert [key.content for key in journal.entries] == ["a", "c"]
        assert journal.damaged == [3, 5]
    assert path.read_bytes() == before


def test_what_a_later_version_adds_is_let_pass(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'{"content":"a"', b'{"stars":5,"content":"a"'))
    assert contents(path) == ["a", "b", "c"]


def test_one_writer(path: Path) -> None:
    with open_journal(path), pytest.raises(InputError, match="another process is writing"), open_journal(path):
        pass
    with pytest.raises(InputError, match="cannot write the journal"), open_journal(path / "x"):
        pass
    with pytest.raises(InputError, match="cannot read the journal"):
        read_journal(path.parent)


@pytest.mark.parametrize("at_once", [1, 3])
def test_a_defect_in_a_thread_comes_out(at_once: int) -> None:
    def work(number: int) -> int:
        if number == 5:
            raise ZeroDivisionError
        return number

    with pytest.raises(ZeroDivisionError):
        side_by_side(range(10), work, lambda *pair: True, at_once=at_once)


def test_what_has_arrived_is_kept_when_it_ends_early() -> None:
    kept: list[int] = []
    all_here = threading.Barrier(3)

    def work(number: int) -> int:
        all_here.wait(5)
        return number

    def keep(job: int, result: int) -> bool:
        time.sleep(0.2)
        kept.append(result)
        raise KeyboardInterrupt if len(kept) == 1 else SystemError

    with pytest.raises(SystemError):
        side_by_side(range(3), work, keep, at_once=3)
    assert len(kept) == 2


class Fickle:
    """A writer that is of no use after the second answer."""

    model, revision, count = "fickle", "", 0

    def answer(self, turns):
        self.count += 1
        if self.count > 2:
            raise Unusable("gone")
        return Answer('{"colour": "red", "material": "", "parts": []}')


def jobs_of(folder: Path, count: int) -> list[Job]:
    for number in range(count):
        paint(folder / f"{number}.png", "red", size=(60 + number, 60))
    photos = [Photo(path.name, path=path) for path in sorted(folder.glob("*.png"))]
    return [Job(content, photos[0]) for content, photos in survey(photos, root=folder).contents.items()]


def test_no_use_is_the_end(tmp_path: Path) -> None:
    outcome, jobs = Outcome(), jobs_of(tmp_path, 5)
    with open_journal(tmp_path / "j") as journal:
        describe_all(jobs, writer=Fickle(), question=QUESTION, journal=journal, outcome=outcome, at_once=1)
    assert (len(outcome.described), outcome.failures, str(outcome.stopped)) == (2, [], "gone")


def test_a_file_that_changes_meanwhile_is_not_described_under_its_old_hash(tmp_path: Path) -> None:
    outcome, jobs = Outcome(), jobs_of(tmp_path, 2)
    paint(tmp_path / "0.png", "blue")
    (tmp_path / "1.png").unlink()
    with open_journal(tmp_path / "j") as journal:
        describe_all(jobs, writer=Fickle(), question=QUESTION, journal=journal, outcome=outcome, at_once=1)
        assert not journal.entries
    (_, changed), (_, gone) = outcome.failures
    assert "was changed while" in changed
    assert "No such file" in gone


def test_an_estimate_counts_what_can_be_opened(tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"x")
    guess = estimate([paint(tmp_path / "a.png", "red", size=(5600, 2800)), tmp_path / "broken.png"], question=QUESTION)
    assert (guess.requests, guess.tokens_in, guess.tokens_out) == (1, 28 * 14 + 1 + 30, 40)

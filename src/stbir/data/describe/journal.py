"""The memory of a description job: one JSON line for each text, added as soon as it is there.

A line is forced to the disk before the next one, so `kill -9` costs at most the answers under way; a last line that was
torn is taken back when the journal is opened again.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from stbir.data.describe.answer import Description
from stbir.data.describe.question import Question
from stbir.errors import InputError


class Key(NamedTuple):
    """What makes a text the answer to a question: change any of it, and the photo is described again."""

    content: str
    prompt: str
    side: int
    model: str
    revision: str


class Entry(BaseModel):
    """One text with everything that says where it came from; keys that a later version adds are let pass."""

    model_config = ConfigDict(frozen=True, extra="ignore", protected_namespaces=())

    content: str
    prompt: str
    side: int
    model: str
    revision: str
    description: Description
    text: str
    photo: str = ""
    served_by: str = ""
    asked: int = 1
    tokens_in: int = 0
    tokens_out: int = 0
    made: str = ""

    @property
    def key(self) -> Key:
        return Key(self.content, self.prompt, self.side, self.model, self.revision)


class Prompt(BaseModel):
    """The words behind the hash of a prompt, written once, so that a journal explains itself."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    prompt: str
    words: str


class Journal:
    """The texts of earlier runs, and the file that new ones are added to; made by `open_journal` or `read_journal`."""

    def __init__(self, path: Path, file: BinaryIO | None) -> None:
        self.path = path
        self.entries: dict[Key, Entry] = {}
        self.prompts: set[str] = set()
        self.damaged: list[int] = []
        self._file = file

    def add(self, entry: Entry) -> None:
        """Remember a text, on the disk when this returns."""
        try:
            self._write(entry)
        finally:  # an interrupt in between must not hide a text that is there
            self.entries[entry.key] = entry

    def add_prompt(self, question: Question) -> None:
        """Remember the words of a prompt, unless they are known."""
        if question.hash not in self.prompts:
            self._write(Prompt(prompt=question.hash, words=question.prompt))
            self.prompts.add(question.hash)

    def _write(self, line: BaseModel) -> None:
        assert self._file is not None, "a journal that was only read"
        # one write: a process that is killed has written all of the line or, on a full disk, a torn end
        self._file.write(orjson.dumps(line.model_dump(mode="json")) + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def load(self, data: bytes) -> int:
        """Take in the lines of a file; return how many bytes of it are sound, a torn last line being none.

        Numbers of lines that are neither a text nor a prompt go to `damaged`.
        """
        start = 0
        for number, line in enumerate(data.splitlines(keepends=True), 1):
            if line.strip() and not self._take(line):
                if not line.endswith(b"\n"):
                    return start
                self.damaged.append(number)
            start += len(line)
        return start

    def _take(self, line: bytes) -> bool:
        try:
            values = orjson.loads(line)
            if isinstance(values, dict) and "words" in values:
                self.prompts.add(Prompt.model_validate(values).prompt)
                return True
            entry = Entry.model_validate(values)
        except (ValidationError, orjson.JSONDecodeError):
            return False
        self.entries[entry.key] = entry
        return True


def read_journal(path: Path) -> Journal:
    """Look into a journal without changing it; one that is not there is empty.

    Raises:
        InputError: it cannot be read.
    """
    journal = Journal(path, None)
    try:
        if path.exists():
            journal.load(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot read the journal {path}: {error.strerror or error}") from None
    return journal


@contextmanager
def open_journal(path: Path) -> Generator[Journal]:
    """Open a journal to add to it, and be the only process that does; a torn last line is cut off.

    Raises:
        InputError: it cannot be written, or another process is writing to it.
    """
    try:
        file = path.open("a+b")
    except OSError as error:
        raise InputError(f"cannot write the journal {path}: {error.strerror or error}; give another place") from None
    with file:
        _lock(file, path)
        journal = Journal(path, file)
        file.seek(0)
        data = file.read()
        sound = journal.load(data)
        file.truncate(sound)
        if data[:sound] and not data[:sound].endswith(b"\n"):
            file.write(b"\n")
        yield journal


def _lock(file: BinaryIO, path: Path) -> None:
    try:
        import fcntl
    except ImportError:  # a system without file locks: two writers at a time are then up to the user
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise InputError(f"another process is writing to {path}: wait until it is done") from None
    except OSError:  # a network disk without locks
        return

"""A process that indexes, tells through a pipe what it is doing, and may be killed at any moment.

As a program it is a template that has imported everything already and forks for each job it reads, because importing
takes longer than the jobs. It has no connection to a table at that time, so that a fork is as good as a new process.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Template:
    """The template, seen from the test that started it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, photos: Path, pipe: Path, **settings: float) -> Job:
        """Begin to index a folder in a process of its own, with other constants such as `BATCH`."""
        pipe.unlink(missing_ok=True)
        os.mkfifo(pipe)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"photos": str(photos), "pipe": str(pipe), "settings": settings}) + "\n")
        self._process.stdin.flush()
        return Job(int(self._process.stdout.readline()), pipe)

    def stop(self) -> None:
        self._process.communicate(timeout=20)


class Job:
    """One process that indexes. `told` is what it has said so far: pairs of a word and ids."""

    def __init__(self, pid: int, pipe: Path) -> None:
        self._pid = pid
        self._lines = pipe.open()
        self.told: list[tuple[str, list[str]]] = []

    def listen(self, word: str | None = None) -> bool:
        """Read what it says, up to a word; False if it ended without that."""
        for line in () if self._lines.closed else self._lines:
            said, ids = json.loads(line)
            self.told.append((said, ids))
            if said == "failed":
                raise AssertionError(ids)
            if said == word:
                return True
        self._wait()
        return False

    def end(self, number: int = signal.SIGKILL) -> None:
        """Kill it, or send another signal, and hear what it said until then."""
        try:
            os.kill(self._pid, number)
        except ProcessLookupError:
            pass
        self.listen()

    def ids(self, word: str) -> set[str]:
        """All ids that it named with a word."""
        return {id for said, ids in self.told if said == word for id in ids}

    @property
    def finished(self) -> bool:
        return ("done", []) in self.told

    def _wait(self) -> None:
        self._lines.close()
        for _ in range(20_000):
            try:
                os.kill(self._pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.001)
        raise AssertionError("the process does not end")


def main() -> None:
    import lancedb  # noqa: F401  (imported here, so that no child has to)
    import pyarrow.dataset  # noqa: F401

    import stbir.gallery  # noqa: F401

    # LanceDB warns of forks while it works; here it does not
    warnings.filterwarnings("ignore", "lancedb fork support", RuntimeWarning)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children that end leave nothing behind
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os.close(0)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            try:
                work(**json.loads(line))
            finally:
                os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def work(*, photos: str, pipe: str, settings: dict[str, float]) -> None:
    """Index a folder, and tell each step before and after it."""
    from stbir.gallery import Gallery, store

    handle = os.open(pipe, os.O_WRONLY)

    def tell(word: str, ids: list[str] | None = None) -> None:
        os.write(handle, f"{json.dumps([word, ids or []])}\n".encode())

    for name, value in settings.items():
        module = next(module for module in modules() if hasattr(module, name))
        setattr(module, name, value)
    store.COMMIT_SECONDS = 1e9
    try:
        with telling(tell):
            tell("start")
            Gallery.open(photos, method(tell))
            tell("done")
    except KeyboardInterrupt:
        tell("interrupted")
    except BaseException as error:
        tell("failed", [repr(error)])


def modules() -> list[Any]:
    from stbir.gallery import store
    from stbir.index import lance, upkeep

    return [store, lance, upkeep]


def method(tell: Any) -> Any:
    from grid_method import GridMethod

    class Telling(GridMethod):
        def encode_photos(self, photos: Any, *, batch_size: int = 64) -> Any:
            tell("encoding", [photo.id for photo in photos])
            return super().encode_photos(photos, batch_size=batch_size)

    return Telling()


@contextmanager
def telling(tell: Any) -> Generator[None, None, None]:
    from lancedb.table import LanceTable

    from stbir.gallery.store import Store

    commit, delete = Store._commit, LanceTable.delete

    def telling_commit(self: Any) -> None:
        ids = list(self._waiting)
        if ids:
            tell("saving", ids)
        commit(self)
        if ids:
            tell("saved", ids)

    def telling_delete(self: Any, where: Any) -> Any:
        tell("deleting")
        return delete(self, where)

    Store._commit, LanceTable.delete = telling_commit, telling_delete  # type: ignore[method-assign]
    yield


if __name__ == "__main__":
    main()

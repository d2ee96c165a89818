"""Photos opened ahead of the encoder by a few threads."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from stbir.data.pictures import open_picture
from stbir.errors import InputError
from stbir.gallery.record import content_of
from stbir.types import Photo

if TYPE_CHECKING:
    from PIL import Image

LOOK_AHEAD = 32
"""Pictures decoded or being decoded while the encoder works: one of its batches, as large ones take memory."""


@dataclass(frozen=True)
class Opened:
    """A photo with its picture and the hash of its file, or the reason why it cannot be opened."""

    photo: Photo
    content: str | None = None
    problem: str | None = None


def opened(photos: Iterable[Photo], *, side: int) -> Generator[Opened, None, None]:
    """The photos in order with their pictures opened, or with the reason why one cannot be.

    A few threads open at most `LOOK_AHEAD` pictures ahead, at no less than `side` px.
    """
    waiting: deque[tuple[Photo, Future[tuple[str | None, Image.Image]] | None]] = deque()
    # decoding releases the interpreter lock, but more threads than cores only take time from the encoder
    pool = ThreadPoolExecutor(min(4, os.cpu_count() or 1), thread_name_prefix="decode")
    try:
        for photo in photos:
            future = None if photo.image is not None or photo.path is None else pool.submit(_open, photo.path, side)
            waiting.append((photo, future))
            if len(waiting) >= LOOK_AHEAD:
                yield _finished(*waiting.popleft())
        while waiting:
            yield _finished(*waiting.popleft())
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _open(path: Path, side: int) -> tuple[str | None, Image.Image]:
    # the hash first: a file replaced in between then has the hash of what it was, and is encoded again next time
    return content_of(path), open_picture(path, at_least=side)


def _finished(photo: Photo, future: Future[tuple[str | None, Image.Image]] | None) -> Opened:
    if future is None:
        return Opened(photo, problem=None if photo.image is not None else "it has neither a picture nor a file")
    try:
        content, image = future.result()
    except InputError as error:
        return Opened(photo, problem=str(error).removeprefix(f"cannot read {photo.path}: "))
    return Opened(replace(photo, image=image), content=content)

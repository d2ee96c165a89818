"""Photos made ready for a page: upright, re-encoded without what cameras write beside the pixels, and not too large."""

from __future__ import annotations

import hashlib
import io
import os
import threading
from collections import OrderedDict
from pathlib import Path

from PIL import Image

from stbir.data.pictures import open_picture
from stbir.errors import InputError
from stbir.serve.problems import Problem

MEDIA_TYPE = "image/jpeg"
PHOTO_SIDE = 2048
_QUALITY, _THUMB_QUALITY = 90, 82
_MAKING = "1"
"""Part of every tag: raise it when the same photo comes out as other bytes."""


class Cache:
    """The pictures asked for last, up to so many bytes."""

    def __init__(self, *, most_bytes: int) -> None:
        self._most = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, tag: str) -> bytes | None:
        """What is kept under a tag."""
        with self._lock:
            if tag in self._kept:
                self._kept.move_to_end(tag)
            return self._kept.get(tag)

    def put(self, tag: str, data: bytes) -> None:
        """Keep something, and let go of what nobody has asked for lately."""
        with self._lock:
            self._bytes += len(data) - len(self._kept.pop(tag, b""))
            self._kept[tag] = data
            while self._bytes > self._most:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= len(oldest)

    def __len__(self) -> int:
        return len(self._kept)


def tag_of(path: Path, *, side: int) -> str:
    """A name for the rendition of a file as it is now; another one as soon as the file changes.

    Raises:
        Problem: 410 if the file is gone.
    """
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        raise Problem(410, "the file of this photo is gone; index the photos again") from None
    text = f"{_MAKING} {path!s} {status.st_size} {status.st_mtime_ns} {side}"
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def render(path: Path, *, side: int) -> bytes:
    """The photo as JPEG, its longer side at most `side` pixels.

    Raises:
        Problem: 410 if the file is no longer a photo.
    """
    try:
        picture = open_picture(path, at_least=max(1, side // 2))  # which comes out at twice that or more
    except InputError:
        raise Problem(410, "the file of this photo can no longer be read; index the photos again") from None
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    picture.info.clear()  # a comment of the camera's would be written again
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY if side > 640 else _THUMB_QUALITY, progressive=side > 640)
    return out.getvalue()

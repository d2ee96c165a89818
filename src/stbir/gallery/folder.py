"""The photos of a folder: what is there, how a photo is recorded, and decoding ahead of the encoder."""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Generator, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from stbir.data.pictures import SUFFIXES, list_pictures, open_picture
from stbir.errors import InputError
from stbir.types import Photo, Value

if TYPE_CHECKING:
    from PIL import Image

LOOK_AHEAD = 32
"""Pictures decoded or being decoded while the encoder works: one of its batches, as large ones take memory."""
PRIVATE = "_"
"""How the names of fields begin that are the gallery's own bookkeeping."""
SIZE, MODIFIED, ADDED, CAPTIONS = "_size", "_modified", "_added", "_captions"


def photos_in(folder: Path) -> tuple[list[Photo], list[tuple[str, str]]]:
    """The photos in `folder` and below, and (path, reason) of what cannot be looked at.

    The id is the path relative to `folder`, the category the first subfolder.

    Raises:
        InputError: the folder is missing, no folder, or has no pictures.
    """
    photos: list[Photo] = []
    problems: list[tuple[str, str]] = []
    listing = list_pictures(folder)
    if not listing.pictures:
        raise InputError(f"there are no pictures in {folder} (looked for {', '.join(SUFFIXES)})")
    for path, reason in listing.unreadable:
        problems.append((path.relative_to(folder).as_posix(), reason))
    for path in listing.pictures:
        parts = path.relative_to(folder)
        id = parts.as_posix()
        if any("\ud800" <= letter <= "\udfff" for letter in id):
            problems.append((ascii(id), "the name is no valid text: rename the file"))
            continue
        photos.append(Photo(id, path=path, category=parts.parts[0] if len(parts.parts) > 1 else None))
    return photos, problems


def stamp_of(path: Path) -> dict[str, Value]:
    """What tells whether a file has changed: its size and the time of its last change; empty if it is gone."""
    try:
        status = os.stat(path)
    except OSError:
        return {}
    return {SIZE: status.st_size, MODIFIED: status.st_mtime_ns}


def metadata_of(photo: Photo, *, folder: Path, added: bool) -> dict[str, Value]:
    """What the index is to keep of a photo.

    Raises:
        InputError: a metadata field has a name that the gallery needs for itself.
    """
    for field in photo.metadata:
        if field == "path" or field.startswith(PRIVATE):
            raise InputError(f"photo {photo.id!r}: the field name {field!r} is the gallery's own, choose another")
    metadata: dict[str, Value] = {}
    if photo.path is not None:
        path = Path(os.path.abspath(photo.path))
        inside = path.is_relative_to(folder)
        metadata |= {"path": (path.relative_to(folder) if inside else path).as_posix(), "name": path.stem}
        metadata |= stamp_of(path)
    metadata |= photo.metadata
    if photo.category is not None:
        metadata["category"] = photo.category
    if photo.instance is not None:
        metadata["instance"] = photo.instance
    if photo.captions:
        metadata[CAPTIONS] = json.dumps(photo.captions)
    return metadata | ({ADDED: True} if added else {})


def photo_of(id: str, metadata: Mapping[str, Value], *, folder: Path) -> Photo:
    """The photo that `metadata_of` recorded."""
    known = {field: value for field, value in metadata.items() if not field.startswith(PRIVATE)}
    path, category, instance = known.pop("path", None), known.pop("category", None), known.pop("instance", None)
    return Photo(
        id,
        path=None if path is None else folder / str(path),
        instance=None if instance is None else str(instance),
        category=None if category is None else str(category),
        captions=tuple(json.loads(str(metadata.get(CAPTIONS, "[]")))),
        metadata=known,
    )


def decoded(photos: Iterable[Photo], *, side: int) -> Generator[tuple[Photo, str | None], None, None]:
    """The photos in order with their pictures opened, or with the reason why one cannot be.

    A few threads open at most `LOOK_AHEAD` pictures ahead, at no less than `side` px.
    """
    waiting: deque[tuple[Photo, Future[Image.Image] | None]] = deque()
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


def _open(path: Path, side: int) -> Image.Image:
    return open_picture(path, at_least=side)


def _finished(photo: Photo, future: Future[Image.Image] | None) -> tuple[Photo, str | None]:
    if future is None:
        return photo, None if photo.image is not None else "it has neither a picture nor a file"
    try:
        return replace(photo, image=future.result()), None
    except InputError as error:
        return photo, str(error).removeprefix(f"cannot read {photo.path}: ")

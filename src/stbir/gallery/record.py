"""How a gallery records a photo: what the index keeps of it, and what tells whether its file has changed."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

from stbir.errors import InputError
from stbir.types import Floats, Photo, Value

PRIVATE = "_"
"""How the names of fields begin that are the gallery's own bookkeeping."""
SIZE, MODIFIED, CONTENT, SEAL = "_size", "_modified", "_content", "_seal"
ADDED, CAPTIONS = "_added", "_captions"
OF_THE_FILE = (SIZE, MODIFIED, CONTENT, SEAL)
"""What a record says about the file and the vector; everything else is said by the source of the photos."""


def stamp_of(path: Path) -> dict[str, Value]:
    """What tells whether a file may have changed: its size and the time of its last change; empty if it is gone."""
    try:
        status = os.stat(path)
    except OSError:
        return {}
    return {SIZE: status.st_size, MODIFIED: status.st_mtime_ns}


def content_of(path: Path) -> str | None:
    """What tells whether a file has changed for certain: a hash of its bytes; None if it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
    except OSError:
        return None


def seal_of(id: str, vector: Floats, content: Value | None) -> str:
    """A checksum over an id, its vector and its file, so that `verify` notices when they no longer belong together."""
    seal = hashlib.blake2b(vector.astype("<f4").tobytes(), digest_size=8)
    seal.update(f"{id}\0{content}".encode("utf-8", "surrogatepass"))
    return seal.hexdigest()


def metadata_of(photo: Photo, *, folder: Path, added: bool = False) -> dict[str, Value]:
    """What the index is to keep of a photo, apart from its content.

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

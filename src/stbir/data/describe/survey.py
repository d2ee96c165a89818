"""What there is to describe: every photo looked at once, the same content only once, and what must be left out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from stbir.data.describe.permission import Permissions
from stbir.types import Photo


@dataclass(frozen=True)
class Survey:
    """Photos by the hash of their file, in the order they were listed, and (id, reason) of those left out."""

    contents: dict[str, list[Photo]] = field(default_factory=dict[str, list[Photo]])
    refused: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    broken: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    @property
    def photos(self) -> int:
        return sum(len(photos) for photos in self.contents.values())


def content_hash(data: bytes) -> str:
    """What tells one file from another; the same that galleries keep."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def survey(photos: Iterable[Photo], *, root: Path) -> Survey:
    """Read every photo's file and sort out what can be described.

    Where one of two equal files is refused, so is the other: it
    is the same picture.
    """
    found, permissions = Survey(), Permissions(root)
    refused: set[str] = set()
    for photo in photos:
        assert photo.path is not None, "photos that are files"
        if any(mark in photo.id or mark in str(photo.path) for mark in "\t\n\r"):
            found.broken.append((photo.id, "its name has a tab or a line break in it: rename the file"))
            continue
        try:
            data = photo.path.read_bytes()
        except OSError as error:
            found.broken.append((photo.id, error.strerror or str(error)))
            continue
        content = content_hash(data)
        reason = permissions.refusal(photo.path, data, metadata=photo.metadata)
        if reason is not None:
            refused.add(content)
            found.refused.append((photo.id, reason))
        else:
            found.contents.setdefault(content, []).append(photo)
    for content in refused & found.contents.keys():
        same = found.contents.pop(content)
        found.refused.extend((photo.id, "a copy of it is refused") for photo in same)
    return found

"""What an update has to do: which photos are new, which only moved, and which are gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from stbir.gallery.record import ADDED, CONTENT, MODIFIED, OF_THE_FILE, SIZE, content_of, metadata_of
from stbir.index.base import Metadata
from stbir.types import Photo, Value


@dataclass(frozen=True)
class Changes:
    """What an update did: how many photos it encoded, kept under a new name or with new metadata, left and forgot."""

    indexed: int = 0
    renamed: int = 0
    unchanged: int = 0
    removed: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Kept:
    """A photo whose content the gallery knows already: the record `known` has its vector."""

    photo: Photo
    known: str
    content: str | None


@dataclass
class Plan:
    """What is to be encoded, what keeps its vector under a new name or with new metadata, and what is gone."""

    encode: list[Photo] = field(default_factory=list)
    keep: list[Kept] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.encode or self.keep or self.gone)


def compare(
    photos: Sequence[Photo],
    records: Mapping[str, Metadata],
    *,
    folder: Path,
    closed: Sequence[str] = (),
    check_content: bool = False,
    by_category: bool = False,
) -> Plan:
    """Find out what has changed between a source and the records of a gallery.

    A file with the same path, size and time of change is taken to be the same, unless `check_content`; where one of
    them differs, its content decides. A new name for known content keeps the vector. A subfolder that is `closed`, as
    it cannot be read just now, says nothing about its photos; photos that were added by hand are left alone. With
    `by_category` a photo is encoded anew where its category is another one: the method looks at it in another way then.
    """
    plan = Plan()
    contents = _Contents(records)
    for photo in photos:
        record = records.get(photo.id)
        if record is not None and ADDED in record:
            continue
        if photo.path is None:
            if record is None:
                plan.encode.append(photo)
            continue
        wanted = metadata_of(photo, folder=folder)
        if record is None:
            content, known = contents.find(photo.path, wanted)
            if known is None or (by_category and _moved(wanted, records[known])):
                plan.encode.append(photo)
            else:
                plan.keep.append(Kept(photo, known, content))
            continue
        if by_category and _moved(wanted, record):
            plan.encode.append(photo)
            continue
        stamped = all(wanted.get(part) == record.get(part) for part in (SIZE, MODIFIED))
        content = record.get(CONTENT)
        if not stamped or check_content:
            content = content_of(photo.path)
            if content is None or content != record.get(CONTENT):
                plan.encode.append(photo)
                continue
        if not stamped or _said(wanted) != _said(record):
            plan.keep.append(Kept(photo, photo.id, None if content is None else str(content)))
    ids, inside = {photo.id for photo in photos}, tuple(f"{path}/" for path in closed)
    plan.gone += [id for id, record in records.items() if not (id in ids or id.startswith(inside) or ADDED in record)]
    return plan


def _moved(wanted: Metadata, record: Metadata) -> bool:
    return wanted.get("category") != record.get("category")


def _said(metadata: Metadata) -> dict[str, Value]:
    return {name: value for name, value in metadata.items() if name not in OF_THE_FILE}


class _Contents:
    """Finds the record that has the content of a file; only files of a size that is known are read."""

    def __init__(self, records: Mapping[str, Metadata]) -> None:
        self._sizes = {record.get(SIZE) for record in records.values()}
        self._by_content = {record[CONTENT]: id for id, record in records.items() if CONTENT in record}

    def find(self, path: Path, stamp: Metadata) -> tuple[str | None, str | None]:
        """The hash of the file and the id of a record that has it, if there is one."""
        if SIZE not in stamp or stamp[SIZE] not in self._sizes:
            return None, None
        content = content_of(path)
        return content, None if content is None else self._by_content.get(content)

"""Where the photos of a gallery come from: a folder, or a catalogue that lists them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from stbir.config import Settings
from stbir.data.catalogue import is_catalogue, read_catalogue
from stbir.data.pictures import SUFFIXES, list_pictures
from stbir.errors import InputError
from stbir.types import Photo


class Columns(Settings):
    """Which columns of a catalogue are the picture, the id, the object and the title; if not given, by their names."""

    image: str | None = None
    id: str | None = None
    instance: str | None = None
    title: str | None = None


@dataclass(frozen=True)
class Listing:
    """The photos of a source, (name, reason) of what in it cannot be used, and (column, remark) about its columns."""

    photos: list[Photo]
    problems: list[tuple[str, str]]
    notes: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


@dataclass(frozen=True)
class Source:
    """A folder of pictures, or a catalogue: a table, or a folder with a `metadata` table of its own."""

    path: Path
    columns: Columns = field(default_factory=Columns)

    @property
    def folder(self) -> Path:
        """The folder that the paths of its photos are relative to."""
        return self.path if self.path.is_dir() else self.path.parent

    def read(self) -> Listing:
        """List the photos; no picture is opened.

        Raises:
            InputError: the source is missing, cannot be read, or has no pictures.
        """
        if not is_catalogue(self.path):
            if self.columns != Columns():
                raise InputError(f"{self.path} is a folder without a table: it has no columns to choose")
            return photos_in(self.path)
        columns = self.columns
        catalogue = read_catalogue(self.path, image=columns.image, id=columns.id, instance=columns.instance)
        if not catalogue.photos:
            first = f" (first: {': '.join(catalogue.problems[0])})" if catalogue.problems else ""
            raise InputError(f"there are no pictures in {self.path}{first}")
        photos = list(catalogue.photos)
        if columns.title is not None:
            if columns.title not in catalogue.fields:
                fields = ", ".join(catalogue.fields) or "none"
                raise InputError(f"{self.path} has no column {columns.title!r} with titles (columns: {fields})")
            photos = [_titled(photo, columns.title) for photo in photos]
        return Listing(photos, list(catalogue.problems), list(catalogue.notes))


def _titled(photo: Photo, column: str) -> Photo:
    metadata = dict(photo.metadata)
    title = metadata.pop(column, None)
    return replace(photo, metadata=metadata if title is None else {**metadata, "title": str(title)})


def photos_in(folder: Path) -> Listing:
    """The photos in `folder` and below, and what cannot be looked at.

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
    return Listing(photos, problems)

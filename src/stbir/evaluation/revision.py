"""Which data a number was measured on: a hash of the table and of the content of every file that it names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from stbir.data.table import Queries
from stbir.errors import InputError
from stbir.types import Photo, Query, Sketch, Split

LENGTH = 16


def revision(split: Split) -> str:
    """Hash what is asked of what: ids, labels, words and the content of photos and sketches, in the order of the table.

    It does not depend on where the files are, so that two machines with the same data have the same revision.

    Raises:
        InputError: a file cannot be read.
    """
    whole = hashlib.sha256()
    # a photo is called by its id; its instance may be a path of this machine
    names: dict[str | None, str] = {None: ""}
    for photo, content in zip(split.photos, photo_contents(split.photos), strict=True):
        names.setdefault(photo.instance, photo.id)
        whole.update(_line("photo", photo.id, names[photo.instance], photo.category, content))
    for sketches, text, instance, category, reference in _asked(split.queries):
        whole.update(_line("query", *sketches, text, names.get(instance, instance), category))
        if reference is not None:
            whole.update(_line("reference", reference))
    return whole.hexdigest()[:LENGTH]


def photo_contents(photos: Sequence[Photo]) -> list[str]:
    """Hash the content of each photo: its file, or its pixels where it is at hand already."""
    return [_photo(photo) for photo in photos]


def _asked(queries: Sequence[Query]) -> Iterator[tuple[list[str], str | None, str | None, str | None, str | None]]:
    if isinstance(queries, Queries):  # hashing a file is cheaper than reading the sketch in it
        for row in queries.rows:
            drawn = [] if row.sketch is None else [_file(row.sketch)]
            shown = None if row.reference is None else _file(row.reference)
            yield drawn, row.text, str(row.photo), row.category, shown
    else:
        for query in queries:
            drawn = [_sketch(one) for one in query.sketches]
            shown = None if query.photo is None else _photo(query.photo)
            yield drawn, query.text, query.instance, query.category, shown


def _photo(photo: Photo) -> str:
    if photo.path is not None:
        return _file(photo.path)
    if photo.image is None:
        raise InputError(f"photo {photo.id} has neither a picture nor a path")
    kind = f"{photo.image.mode} {photo.image.size}".encode()
    return hashlib.sha256(kind + photo.image.tobytes()).hexdigest()


def _sketch(sketch: Sketch) -> str:
    whole = hashlib.sha256()
    parts = [*sketch.strokes, *(() if sketch.raster is None else (sketch.raster,))]
    for part in parts:
        whole.update(f"{part.shape} {part.dtype}".encode())
        whole.update(part.tobytes())
    whole.update(str(sketch.canvas).encode())
    return whole.hexdigest()


def _file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from None


def _line(*parts: str | None) -> bytes:
    """Write parts with their length, so that no two different rows look the same."""
    written = "".join(f"{part is None} {len(part or '')} {part or ''}\n" for part in (*parts, "end"))
    return written.encode("utf-8", "surrogateescape")

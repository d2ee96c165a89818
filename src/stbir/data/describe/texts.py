"""The descriptions as files: STBIR's `<photo>` tab `<text>`, and a CSV table that says where each came from."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from stbir.data.describe.journal import Entry
from stbir.errors import InputError
from stbir.types import Photo

HEADER = (
    *("sketch", "text", "photo", "category", "colour", "material", "parts"),
    *("content", "prompt", "model", "revision", "served_by", "made"),
)
"""A table of queries by words: its first four columns are those that `stbir evaluate` reads, the rest is provenance."""


class Text(NamedTuple):
    """A photo and what was written about it."""

    photo: Photo
    entry: Entry


def write_texts(path: Path, texts: Sequence[Text], *, root: Path) -> None:
    """Write one line for each photo, its path relative to `root`, as in the files that STBIR trains on.

    Raises:
        InputError: the file cannot be written.
    """
    _replace(path, "".join(f"{_relative(photo, root)}\t{entry.text}\n" for photo, entry in texts))


def write_table(path: Path, texts: Sequence[Text]) -> None:
    """Write a CSV table with the parts of each description and its origin; paths are relative to the table.

    Raises:
        InputError: the file cannot be written.
    """
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(HEADER)
    for photo, entry in texts:
        said = entry.description
        parts = "|".join(said.parts)
        words = ["", entry.text, _relative(photo, path.parent), photo.category or "", said.colour, said.material, parts]
        origin = [entry.content, entry.prompt, entry.model, entry.revision, entry.served_by, entry.made]
        writer.writerow([*words, *origin])
    _replace(path, table.getvalue())


def strange_texts(path: Path, known: Collection[str]) -> int:
    """How many texts in a file were not written by this command, `known` being those that were.

    Somebody may have corrected them by hand, or it is another file altogether; neither may be overwritten.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return 1
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from None
    if content.startswith(",".join(HEADER)):
        texts = [row["text"] for row in csv.DictReader(io.StringIO(content))]
    else:
        texts = [line.partition("\t")[2] for line in content.splitlines()]
    return sum(text not in known for text in texts)


def _relative(photo: Photo, folder: Path) -> str:
    assert photo.path is not None, "photos that are files"
    return os.path.relpath(photo.path, folder).replace(os.sep, "/")


def _replace(path: Path, content: str) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content.encode("utf-8"))
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InputError(f"cannot write {path}: {error.strerror or error}; give another place") from None

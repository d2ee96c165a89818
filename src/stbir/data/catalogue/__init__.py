"""A catalogue of photos: a table with one row per photo or per object, whose further columns become metadata.

Tables are CSV, TSV, JSON lines or Parquet; a folder with a `metadata` table in it, as Hugging Face's `imagefolder`
has, is a catalogue too.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from stbir.data.catalogue.details import read_details
from stbir.data.catalogue.pictures import find_pictures
from stbir.data.catalogue.sheets import SUFFIXES, Sheet, read_sheet
from stbir.errors import InputError
from stbir.types import Photo

IMAGE = (
    *("image", "images", "file_name", "file_names", "filename", "filenames", "file", "files", "path", "paths"),
    *("photo", "photos", "picture", "pictures", "img", "image_path", "image_paths", "image_file", "photo_path"),
    *("img_path", "file_path", "filepath"),
)
"""What the column of the pictures may be called, the first one that is there; or anything that ends in _file_name."""

METADATA = "metadata"
"""What the table of a folder is called."""


@dataclass(frozen=True)
class Catalogue:
    """What a catalogue holds: photos, and what of it cannot be used.

    `problems` are (name, reason) of pictures, `notes` (column, what became of it) where a column could not be kept
    as it is. `fields` are the metadata fields and their types, `columns` says which column is what.
    """

    photos: tuple[Photo, ...]
    problems: tuple[tuple[str, str], ...]
    notes: tuple[tuple[str, str], ...]
    fields: Mapping[str, type]
    columns: Mapping[str, str]
    files: tuple[Path, ...]


def is_catalogue(path: str | Path) -> bool:
    """Whether a path is, by its name, a table, or a folder with a `metadata` table in it or in all its subfolders."""
    path = Path(path)
    return bool(_tables_in(path)) if os.path.isdir(path) else path.suffix.lower() in SUFFIXES


def read_catalogue(
    path: str | Path, *, image: str | None = None, id: str | None = None, instance: str | None = None
) -> Catalogue:
    """Read a table of photos without opening any; rows whose picture is missing are problems, and the rest goes on.

    A cell of the image column names one file, or several as a list, or separated by `|` in text files; paths are
    relative to the table. Several pictures of one object, in one row or in rows that repeat its id, are photos with
    the object as their `instance`. The id of a photo is what the id column says, `<id>/<file name>` where the object
    has several, and the path relative to the catalogue where there is no id: it never depends on the order of rows.

    `category` becomes the photo's. `caption`, `captions`, `description` and `text` become its captions and
    are no metadata, because nobody narrows a search down by a sentence. Every other column is metadata of one type.

    Args:
        path: a table, or a folder with a `metadata` table in it.
        image: the column that names the pictures; found by its name if not given.
        id: the column with the ids; `id` if not given, and there is one.
        instance: the column that says which object a photo shows; `instance` if not given, and there is one.

    Raises:
        InputError: there is no table, it cannot be read, or a column is not there.
    """
    path = Path(os.path.abspath(path))
    folder = path if os.path.isdir(path) else path.parent
    tables = _tables_in(path) if folder == path else [path]
    if not tables:
        raise InputError(f"there is no table in {path} (looked for {METADATA} with {', '.join(SUFFIXES)})")
    for one, other in pairwise(tables):
        if one.parent == other.parent:
            raise InputError(f"{one.parent} has both {one.name} and {other.name}; keep one")
    sheets = [read_sheet(table) for table in tables]
    if len({sheet.texts for sheet in sheets}) > 1:
        raise InputError(f"the tables in {path} are of different kinds; make all of them {tables[0].suffix}")
    names = list(dict.fromkeys(name for sheet in sheets for name in sheet.names))
    columns = _roles(sheets, names, path=path, image=image, id=id, instance=instance)
    named, problems = find_pictures(sheets, columns=columns, folder=folder)
    if not named and any(columns["image"] in sheet.embedded for sheet in sheets):
        raise InputError(
            f"the column {columns['image']!r} of {path} holds the pictures themselves, not where they are: save them "
            "as files and name these"
        )
    details = read_details(sheets, names=names, columns=columns)
    photos = tuple(
        Photo(
            one.id,
            path=Path(one.view.file),
            instance=one.instance,
            category=details.category[one.view.row],
            captions=details.captions[one.view.row],
            metadata=details.metadata[one.view.row],
        )
        for one in named
    )
    return Catalogue(photos, tuple(problems), tuple(details.notes), details.fields, columns, tuple(tables))


def _tables_in(folder: Path) -> list[Path]:
    """The metadata tables of a folder: its own, or those of its subfolders if each has one."""
    own = _own_tables(folder)
    if own:
        return own
    try:
        inner = sorted(entry.path for entry in os.scandir(folder) if entry.is_dir() and not entry.name.startswith("."))
    except OSError:
        return []
    found = [_own_tables(Path(path)) for path in inner]
    return [table for tables in found for table in tables] if all(found) else []


def _own_tables(folder: Path) -> list[Path]:
    return [path for suffix in SUFFIXES if os.path.isfile(path := folder / f"{METADATA}{suffix}")]


def _roles(
    sheets: Sequence[Sheet],
    names: Sequence[str],
    *,
    path: Path,
    image: str | None,
    id: str | None,
    instance: str | None,
) -> dict[str, str]:
    """Which column is what."""
    lower: dict[str, str] = {}
    for name in names:
        lower.setdefault(name.lower(), name)
    roles: dict[str, str] = {}
    for role, given in (("image", image), ("id", id), ("instance", instance)):
        column = given if given in names else lower.get((given or role).lower())
        if given is not None and column is None:
            raise InputError(f"{path} has no column {given!r} (columns: {_listed(names)})")
        if column is not None and (role != "image" or given is not None):
            roles[role] = column
    if "image" not in roles:
        roles["image"] = _image_column(lower, taken=set(roles.values()), path=path, names=names)
    if len(set(roles.values())) < len(roles):
        raise InputError(f"one column of {path} cannot be two things at once: {roles}")
    unreadable = next((kind for sheet in sheets if (kind := sheet.unreadable.get(roles["image"]))), None)
    if unreadable is not None:
        raise InputError(
            f"the column {roles['image']!r} of {path} holds {unreadable[:60]}, no paths: save the pictures as files "
            "and name these, or choose another column"
        )
    if "category" in lower and lower["category"] not in roles.values():
        roles["category"] = lower["category"]
    return roles


def _image_column(lower: Mapping[str, str], *, taken: set[str], path: Path, names: Sequence[str]) -> str:
    found = [lower[name] for name in IMAGE if name in lower and lower[name] not in taken][:1]
    found = found or [column for name, column in lower.items() if name.endswith(("_file_name", "_file_names"))]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(f"{path} has several columns of pictures: say which of {', '.join(found)} to take")
    raise InputError(
        f"{path} has no column that names the pictures, such as image, file_name or path; say which of its "
        f"columns does (columns: {_listed(names)})"
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)[:300] or "none"

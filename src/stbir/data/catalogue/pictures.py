"""Which pictures a catalogue names, where they are, and what they are called in a gallery."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from stbir.data.catalogue.sheets import Sheet
from stbir.data.catalogue.typed_columns import text_of

_ON_THE_NET = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/|data:")


class View(NamedTuple):
    """One picture that a row names: its file, its path relative to the catalogue, and the object it shows, if said."""

    row: int
    where: str
    file: str
    name: str
    id: str | None
    instance: str | None
    fault: str = ""


class Named(NamedTuple):
    """A picture that can be used, under an id of its own."""

    id: str
    instance: str | None
    view: View


def find_pictures(
    sheets: Sequence[Sheet], *, columns: Mapping[str, str], folder: Path
) -> tuple[list[Named], list[tuple[str, str]]]:
    """List the pictures that the tables name, and (name, reason) of those that cannot be used.

    Args:
        sheets: the tables, row by row.
        columns: which columns are "image" and, where there are any, "id" and "instance".
        folder: what ids that are paths are relative to.
    """
    problems: list[tuple[str, str]] = []
    views = list(_views(sheets, columns=columns, folder=folder, problems=problems))
    named = list(_named(views, problems=problems))
    return named, problems


def _views(
    sheets: Sequence[Sheet], *, columns: Mapping[str, str], folder: Path, problems: list[tuple[str, str]]
) -> Iterator[View]:
    row = 0
    for sheet in sheets:
        beside, of = str(sheet.path.parent), f" of {sheet.path.relative_to(folder)}" if len(sheets) > 1 else ""
        said = [
            sheet.cells(columns[role]) if columns.get(role) in sheet.names else [None] * len(sheet)
            for role in ("image", "id", "instance")
        ]
        for number, image, id, instance in zip(sheet.numbers, *said, strict=True):
            where, object, instance = f"{sheet.unit} {number}{of}", text_of(id), text_of(instance)
            paths = list(_paths(image, texts=sheet.texts))
            if not paths:
                problems.append((where, "it names no picture"))
            elif len(paths) > 1 and object is None and instance is None:
                # nothing names what is seen on several pictures, so the first one does
                instance = _relative(_joined(beside, paths[0]), folder)
            for path in paths:
                file, fault = _find(path, beside)
                # what cannot be a file is called what it is called
                name = _relative(file, folder) if file else path.encode("utf-8", "replace").decode()[:200]
                yield View(row, where, file, name, object, instance, fault)
            row += 1


def _paths(cell: Any, *, texts: bool) -> Iterator[str]:
    """The paths in one cell: one, a list, or several in one text of a text file."""
    if isinstance(cell, dict):  # a picture as Hugging Face writes it
        cell = cell.get("path")
    if texts and isinstance(cell, str):
        cell = _list_in(cell) or cell.split("|")
    for path in cell if isinstance(cell, list) else [cell]:
        if isinstance(path, str) and path.strip():
            yield path.strip()


def _list_in(text: str) -> list[Any] | None:
    if not text.lstrip().startswith("["):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None  # a file whose name begins with a bracket
    return value if isinstance(value, list) else None


def _find(path: str, beside: str) -> tuple[str, str]:
    """The file that a table means by `path`, empty if there can be none, and why it cannot be used."""
    if _ON_THE_NET.match(path):
        return "", "it is an address, and only files can be read"
    if "\0" in path:
        return "", "a file name cannot contain a null byte"
    if not path.isascii() and any("\ud800" <= letter <= "\udfff" for letter in path):
        return "", "the name is no valid text"
    file = _joined(beside, path)
    if os.path.isfile(file):
        return file, ""
    other = _joined(beside, path.replace("\\", "/"))  # a table that was made on Windows
    if other != file and os.path.isfile(other):
        return other, ""
    return file, "it is a folder" if os.path.isdir(file) else "there is no such file"


def _joined(beside: str, path: str) -> str:
    return os.path.normpath(os.path.join(beside, path))


def _relative(file: str, folder: Path) -> str:
    """A path below the catalogue, or one that leads out of it; the same for the same file, however it was spelled."""
    inside = os.path.join(folder, "")
    name = file[len(inside) :] if file.startswith(inside) else os.path.relpath(file, folder)
    return name.replace(os.sep, "/")


def _named(views: Sequence[View], *, problems: list[tuple[str, str]]) -> Iterator[Named]:
    """Give every picture its id and the object it shows; what is there twice is a problem."""
    # pictures that are missing count, so that the ids of the others stay the same when they are back
    objects: dict[str, dict[str, str]] = {}
    for view in views:
        if view.id is not None:
            objects.setdefault(view.id, {}).setdefault(view.name, view.name.rpartition("/")[2])
    clear = {id for id, files in objects.items() if len(set(files.values())) == len(files)}
    first: dict[tuple[str | None, str], str] = {}
    taken: dict[str, str] = {}
    for view in views:
        if view.fault:
            problems.append((view.name, f"{view.fault} ({view.where})"))
            continue
        before = first.get((view.id, view.name))
        if before is not None:
            problems.append((view.name, f"it is there twice ({before} and {view.where})"))
            continue
        first[view.id, view.name] = view.where
        id, instance = view.name if view.id is None else view.id, view.instance
        if view.id is not None and len(objects[view.id]) > 1:
            file = objects[view.id][view.name] if view.id in clear else view.name
            id, instance = f"{view.id}/{file}", view.id if instance is None else instance
        if id in taken:
            problems.append((view.name, f"its id {id!r} is that of another picture ({taken[id]} and {view.where})"))
            continue
        taken[id] = view.where
        yield Named(id, instance, view)

"""Whether a data set is all there: files against published counts, layout, and photos that two splits share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stbir.data.duplicates import Twins, twins_between
from stbir.data.sets.base import DataSet, named, plain
from stbir.errors import InputError

OVERLAPPING = ("unseen-twice", "unseen-generalised", "unseen-fine")
"""Splits that show the photos of others again, on purpose."""


@dataclass(frozen=True)
class Findings:
    """What is there, what is wrong, and what is only worth knowing; one line each."""

    found: tuple[str, ...]
    faults: tuple[str, ...]
    notes: tuple[str, ...]


def inspect(data: DataSet, *, pictures: bool = True) -> Findings:
    """Count the files, look at the layout, read every split and, with `pictures`, look for photos in two splits."""
    found: list[str] = []
    faults: list[str] = []
    notes: list[str] = []
    if not data.folder.exists():
        return Findings((), (f"there is no folder {data.folder}",), ())
    lacking = False
    for need in data.needs:
        files = need.files(data.folder)
        if not files:
            (faults if need.required else notes).append(f"missing: {need.wanted(data.folder)}")
            lacking |= need.required
        elif need.count is None or len(files) == need.count:
            found.append(f"{len(files):,} {need.what}")
        else:
            place = data.folder / plain(need.pattern(data.folder) or need.at[0])
            line = f"{len(files):,} of {need.count:,} {need.what} at {place}"
            if need.certain:
                faults.append(f"{line}; get the others from {need.source}")
            else:
                notes.append(f"{line}; that number is not verified")
    if lacking:
        return Findings(tuple(found), tuple(faults), tuple(notes))
    try:
        data.require()
        faults += data.faults()
        notes += data.notes()
    except InputError as error:
        faults.append(str(error))
    galleries = {}
    for name in data.splits:
        try:
            split = data.split(name)
        except InputError as error:
            # what is wrong with the whole has been said; what is optional is only worth a note
            if not faults:
                (notes if name in OVERLAPPING else faults).append(f"{name}: {error}")
            continue
        found.append(f"{name}: {len(split.queries):,} queries, {len(split.photos):,} photos")
        if name not in OVERLAPPING:
            galleries[name] = split.photos
    if pictures and len(galleries) > 1:
        twins, unreadable = twins_between(list(galleries.values()))
        notes += _said(twins, data.folder)
        faults += [named("photos cannot be read", unreadable)] if unreadable else []
    return Findings(tuple(found), tuple(dict.fromkeys(faults)), tuple(dict.fromkeys(notes)))


def _said(twins: list[Twins], folder: Path) -> list[str]:
    lines: list[str] = []
    for exact, what in ((True, "pairs of the same photo in two splits"), (False, "pairs of nearly the same photo")):
        pairs = [
            f"{_short(pair.first, folder)} = {_short(pair.second, folder)}" for pair in twins if pair.exact == exact
        ]
        if pairs:
            lines.append(named(what if exact else f"{what} in two splits", pairs))
    return lines


def _short(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)

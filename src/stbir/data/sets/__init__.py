"""Data sets of the field, one file each: the file name, with dashes, is the data set's name.

>>> "sketchy" in names(), summary("stbir-s")
(True, 'STBIR-S: the 2,000 shoes of QMUL-ShoeV2 with a description of each.')
"""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from stbir.errors import InputError, UnknownName

if TYPE_CHECKING:
    from stbir.data.sets.base import DataSet
    from stbir.types import Split

_FOLDER = Path(__file__).parent
_DRAWN = "drawn-bench"


def names() -> list[str]:
    """The names of all data sets."""
    return sorted(path.stem.replace("_", "-") for path in _FOLDER.glob("*.py") if path.stem not in ("__init__", "base"))


def summary(name: str) -> str:
    """The first line of a data set's file, read without importing it.

    Raises:
        UnknownName: there is no such data set.
    """
    text = ast.get_docstring(ast.parse((_FOLDER / f"{_stem(name)}.py").read_text(encoding="utf-8")))
    return (text or "").partition("\n")[0]


def open_set(name: str, folder: str | Path, *, variant: str | None = None) -> DataSet:
    """Open the data set `name` that lies in `folder`, without looking at any file.

    Raises:
        UnknownName: there is no such data set, or it has no such variant.
    """
    return _kind(name)(folder, variant=variant)


def load(name: str, folder: str | Path, split: str = "test", *, variant: str | None = None) -> Split:
    """Read one split of a data set.

    Raises:
        UnknownName: there is no such data set, variant or split.
        InputError: files are missing; says which, from whom, where they go and how many they should be.
    """
    return open_set(name, folder, variant=variant).split(split)


def place_of(name: str, folder: Path | None) -> Path:
    """Where a data set lies: the folder that was given, or the cache of the one that we draw ourselves.

    What is drawn when it is asked for lies in no folder: what comes back for it is never looked at.

    Raises:
        UnknownName: there is no such data set.
        InputError: no folder was given for a data set that has to be got by hand, or one where none belongs.
    """
    if _kind(name).in_memory:
        if folder is not None:
            raise InputError(f"{name} is drawn when it is asked for and lies in no folder, not in {folder} either")
        return Path()
    if folder is not None:
        return folder
    if _stem(name) != _stem(_DRAWN):
        raise InputError(f"say in which folder {name} lies; `stbir data check {name} DIR` says what belongs there")
    from stbir.data.drawn.bench_folder import bench_cache

    return bench_cache()


def _kind(name: str) -> type[DataSet]:
    from stbir.data.sets.base import DataSet

    module = import_module(f"stbir.data.sets.{_stem(name)}")
    (kind,) = (
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, DataSet) and value.__module__ == module.__name__
    )
    return kind


def _stem(name: str) -> str:
    known = names()
    plain = name.lower().replace("_", "-")
    if plain not in known:
        raise UnknownName("data set", name, known)
    return plain.replace("-", "_")

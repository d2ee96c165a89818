"""What every data set of the field has in common: files to be had by hand, published counts, splits with names."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from stbir.errors import InputError, UnknownName
from stbir.types import Split


@dataclass(frozen=True)
class Need:
    """One kind of file that a data set consists of.

    `at` lists patterns below the folder; the first one that finds anything is the layout that is used. `count` is how
    many files there should be, None where nobody published it; a count that we could not verify is not `certain`, and
    another number is then worth a remark, not a fault. What is not `required` may be absent.
    """

    what: str
    at: tuple[str, ...]
    count: int | None
    source: str
    certain: bool = True
    required: bool = True

    def files(self, folder: Path) -> list[Path]:
        """The files that are there, sorted."""
        pattern = self.pattern(folder)
        return [] if pattern is None else sorted(path for path in folder.glob(pattern) if _counts(path))

    def pattern(self, folder: Path) -> str | None:
        """The layout that is used, None where there is no such file."""
        return next((pattern for pattern in self.at if any(_counts(path) for path in folder.glob(pattern))), None)

    def wanted(self, folder: Path) -> str:
        """What is missing, from whom it comes, where it goes and how many files it should hold."""
        many = "" if self.count is None else f"{'' if self.certain else 'about '}{self.count:,} "
        return f"{many}{self.what} at {folder / plain(self.at[0])}, from {self.source}"


class DataSet(ABC):
    """A data set in a folder; `variants` are the published ways to split it, the usual one first.

    One that is `in_memory` is drawn when it is asked for and lies in no folder; it looks at none.
    """

    in_memory: ClassVar[bool] = False
    needs: ClassVar[tuple[Need, ...]] = ()
    variants: ClassVar[tuple[str, ...]] = ()

    def __init__(self, folder: str | Path, *, variant: str | None = None) -> None:
        self.folder = Path(folder)
        if variant is not None and variant not in self.variants:
            raise UnknownName("variant", variant, self.variants)
        self.variant = variant or (self.variants[0] if self.variants else "")

    @property
    @abstractmethod
    def splits(self) -> tuple[str, ...]:
        """The names of its splits."""

    def split(self, name: str) -> Split:
        """Read one split; sketches are read when a query is asked for.

        Raises:
            UnknownName: there is no such split.
            InputError: files are missing; says which, from whom, where they go and how many they should be.
        """
        self.require()
        if name not in self.splits:
            raise UnknownName("split", name, self.splits)
        return self._split(name)

    def require(self) -> None:
        """Refuse to go on without what must be there.

        Raises:
            InputError: there is no such folder, or files are missing.
        """
        missing = [need.wanted(self.folder) for need in self.needs if need.required and not need.pattern(self.folder)]
        if missing:
            raise InputError(f"{self.folder} lacks {'; and '.join(missing)}")

    def faults(self) -> list[str]:
        """What is wrong beyond the number of files; called when everything required is there."""
        return []

    def notes(self) -> list[str]:
        """What is worth knowing and no fault; called when everything required is there."""
        return []

    @abstractmethod
    def _split(self, name: str) -> Split: ...


def _counts(path: Path) -> bool:
    """Whether a path is a file of a data set, and not what a desktop leaves behind."""
    return not path.name.startswith(".") and path.is_file()


def plain(pattern: str) -> str:
    """Write a pattern as a person would.

    >>> plain("images/**/*.[jJpP]*")
    'images/**/*.jpg'
    """
    return pattern.replace(".[jJpP]*", ".jpg").replace(".[jJ]*", ".jpg")


def named(what: str, names: Sequence[object], *, most: int = 5) -> str:
    """Count some things and name the first of them.

    >>> named("sketches without a photo", ["a", "b", "c"], most=2)
    '3 sketches without a photo: a, b, ...'
    """
    first = ", ".join(str(name) for name in names[:most])
    return f"{len(names):,} {what}: {first}{', ...' if len(names) > most else ''}"

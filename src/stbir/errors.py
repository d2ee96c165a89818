"""Everything that can go wrong for a user, as one small family of errors.

Each message is one line that says what is wrong, what was given and what to do; the command line
prints it without a traceback and exits with code 2.
"""

from __future__ import annotations

import copyreg
import difflib
from collections.abc import Iterable
from typing import Any


class StbirError(Exception):
    """Something the user can act on; every error raised on purpose is one of these."""


class InputError(StbirError):
    """A file, a sketch, a picture, a table or a value that cannot be used."""


class EmptyQuery(InputError):
    """A query that has no sketch, no words and no reference photo."""


class UnknownPhoto(InputError):
    """An id that no photo of the gallery has."""


class UnknownName(StbirError):
    """A name that is not on the list of known names, which the message gives."""

    def __init__(self, kind: str, name: str, known: Iterable[str], *, hint: str = "") -> None:
        names = sorted(known)
        near = difflib.get_close_matches(name, names, n=1)
        message = f"unknown {kind} {name!r}"
        if near:
            message += f", did you mean {near[0]!r}?"
        message += f" (known: {', '.join(names) or 'none'})"
        super().__init__(f"{message}; {hint}" if hint else message)

    def __reduce__(self) -> tuple[Any, ...]:
        # Errors travel between processes; by default they would be made again from the message alone.
        return copyreg.__newobj__, (type(self), str(self))  # type: ignore[attr-defined]


class ConfigError(StbirError):
    """A recipe or a setting that does not say what it must, or says something unknown."""


class ModelError(StbirError):
    """A model that cannot be found, read, or used here."""


class GalleryError(StbirError):
    """A gallery that is missing, damaged, or made by another model."""


def first_line(error: BaseException) -> str:
    r"""What an error of another library says, without the pages that may follow.

    >>> first_line(ValueError("no such key\nwhile reading\nline 3")), first_line(MemoryError())
    ('no such key', 'MemoryError')
    """
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]

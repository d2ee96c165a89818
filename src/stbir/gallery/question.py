"""What somebody asks of a gallery, made into the parts of a query, or refused in one line."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Mapping
from numbers import Real
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from stbir.data.sketch_files import read_sketch
from stbir.errors import InputError
from stbir.functional.strokes import checked, is_empty
from stbir.types import Sketch

Drawing: TypeAlias = Sketch | str | Path | bytes
"""A sketch, a file of one, or the content of such a file."""


def sketches_of(given: object) -> tuple[Sketch, ...]:
    """Read one or more drawings.

    Raises:
        InputError: something is no drawing, cannot be read, or shows nothing.
    """
    if given is None:
        return ()
    several = [given] if isinstance(given, str | bytes) else _all(given)
    return tuple(_drawn(drawing) for drawing in several)


def words_of(text: object, *, what: str = "text") -> str | None:
    r"""Check words; what is no Unicode, such as half an emoji, becomes a question mark.

    >>> words_of("red \ud83d")
    'red ?'

    Raises:
        InputError: it is no text.
    """
    if text is None:
        return None
    if not isinstance(text, str):
        raise InputError(f"{what} must be words in a str, not {_kind(text)}")
    return text.encode("utf-8", "replace").decode()


def avoided(given: object) -> tuple[str, ...]:
    """Check the words for what is to be avoided; blank ones are left out.

    Raises:
        InputError: something is no text.
    """
    several = [given] if isinstance(given, str) or given is None else _all(given)
    return tuple(words for one in several if (words := (words_of(one, what="avoid") or "").strip()))


def weights_of(given: object) -> dict[str, float]:
    """Check that weights are numbers by name.

    Raises:
        InputError: they are not.
    """
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise InputError(f"weights must be a mapping such as {{'sketch': 0.7}}, not {_kind(given)}")
    weights: Mapping[Any, Any] = given
    for name, weight in weights.items():
        if isinstance(weight, bool) or not isinstance(weight, Real):
            raise InputError(f"the weight of {name} must be a number, not {weight!r:.40}")
    return {str(name): float(weight) for name, weight in weights.items()}


def reference_of(given: object, *, folder: Path, ids: Container[str]) -> str | Path:
    """The id of the photo of a gallery that is meant by its id or its path, or the path of another file.

    Raises:
        InputError: it is neither.
    """
    if not isinstance(given, str | Path):
        raise InputError(f"photo must be the id of a photo or the path of a file, not {_kind(given)}")
    if str(given) in ids:
        return str(given)
    path = Path(os.path.abspath(given))
    if path.is_relative_to(folder) and (id := path.relative_to(folder).as_posix()) in ids:
        return id
    if not os.path.isfile(path):  # which is false for names that no file can have, instead of raising
        raise InputError(f"the reference photo {str(given)!r} is neither a photo of this gallery nor a file")
    return path


def _all(given: object) -> list[object]:
    """The things in a list or another series; one thing stands for itself."""
    series: Any = given
    return list(series) if isinstance(given, Iterable) and not isinstance(given, Mapping) else [given]


def _drawn(given: object) -> Sketch:
    if isinstance(given, str | Path | bytes):
        return read_sketch(given)
    if not isinstance(given, Sketch):
        raise InputError(f"a sketch must be a Sketch, the path of a file or its bytes, not {_kind(given)}")
    if given.strokes:
        return checked(given.strokes, given.canvas)
    raster = given.raster
    if raster is not None and (raster.ndim != 2 or raster.dtype != np.uint8):
        raise InputError(f"the raster of a sketch must be uint8 (height, width), not {raster.dtype} {raster.shape}")
    if is_empty(given):
        raise InputError("the sketch is empty; draw at least one line")
    return given


def _kind(given: object) -> str:
    return f"{type(given).__name__} ({given!r:.40})"

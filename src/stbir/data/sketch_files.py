"""Sketches from files: stroke JSON, QuickDraw ndjson, SVG, or a picture of a drawing; told apart by content."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from stbir.data.pictures import open_layers
from stbir.data.svg import read_svg
from stbir.errors import InputError
from stbir.functional.paper import ink_on_paper
from stbir.functional.strokes import MAX_STROKES, checked, is_empty
from stbir.types import Sketch

MAX_BYTES = 20_000_000

_RASTER_SIDE = 512  # finer than any line that is drawn of it later
_ROWS = ("x", "y", "time")


def read_sketch(source: str | Path | bytes, *, index: int = 0) -> Sketch:
    """Read a sketch from a file or from the bytes of one.

    Understood are stroke JSON (`{"canvas": [w, h], "strokes": [[[x, ...], [y, ...]], ...]}`), QuickDraw
    ndjson, SVG, and pictures of drawings: dark on light, light on dark, transparent, photographed.

    Args:
        source: a path, or the content of a file.
        index: which drawing to take from an ndjson file, counted from 0.

    Raises:
        InputError: in one line, which file cannot be used and why.
    """
    name = _name(source)
    data = source if isinstance(source, bytes) else _content(Path(source))
    if len(data) > MAX_BYTES:
        raise InputError(f"cannot read {name}: it has more than {MAX_BYTES // 1_000_000} MB")
    if index < 0:
        raise InputError(f"cannot read drawing {index} of {name}: drawings are counted from 0")
    start = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    try:
        if start[:1] in (b"{", b"["):
            return _read_json(data, index)
        if index:
            raise InputError(f"there is no drawing {index}, it has 1 drawing")
        if start[:1] == b"<" or start[:3] in (b"\xff\xfe<", b"\xfe\xff\x00"):
            return read_svg(data)
        if not start:
            raise InputError("it is empty")
    except InputError as error:
        raise InputError(f"cannot read {name}: {error}") from None
    picture = np.asarray(open_layers(source, at_least=_RASTER_SIDE))
    sketch = Sketch(raster=ink_on_paper(picture))
    if is_empty(sketch):
        raise InputError(f"cannot read {name}: no ink found in the picture")
    return sketch


def read_strokes_json(value: object) -> Sketch:
    """Make a sketch of parsed JSON: an object with `strokes` (or QuickDraw's `drawing`), or a bare list of strokes.

    Every stroke is `[[x, ...], [y, ...]]` with an optional third row of times.

    Raises:
        InputError: in one line, what is wrong with it.

    >>> read_strokes_json({"canvas": [9, 9], "strokes": [[[1, 2], [3, 4]]]}).strokes[0].tolist()
    [[1.0, 3.0], [2.0, 4.0]]
    """
    canvas: Any = None
    if isinstance(value, dict):
        fields: dict[Any, Any] = value
        key = next((key for key in ("strokes", "drawing") if key in fields), None)
        if key is None:
            known = ", ".join(repr(str(name)) for name in list(fields)[:6]) or "nothing"
            raise InputError(f"a sketch needs the key 'strokes' (given: {known:.200})")
        canvas, value = fields.get("canvas"), fields[key]
        if canvas is not None and not isinstance(canvas, list | tuple):
            raise InputError(f"the canvas of a sketch must be [width, height], not {canvas!r:.60}")
    if not isinstance(value, list | tuple):
        raise InputError(f"the strokes of a sketch must be a list, not {value!r:.60}")
    strokes: list[Any] = list(value)
    if len(strokes) > MAX_STROKES:
        raise InputError(f"the sketch has more than {MAX_STROKES:,} strokes; simplify it first")
    return checked([_points(stroke, number) for number, stroke in enumerate(strokes, start=1)], canvas)


def write_strokes(sketch: Sketch, *, decimals: int | None = None) -> dict[str, Any]:
    """The inverse of `read_strokes_json`: plain lists and numbers, ready for JSON, rounded if `decimals` says so.

    Raises:
        InputError: the sketch is a raster and has no strokes to write.
    """
    if not sketch.strokes:
        raise InputError("only a sketch with strokes can be written as strokes; this one is a raster or empty")
    written: dict[str, Any] = {} if sketch.canvas is None else {"canvas": list(sketch.canvas)}
    rows = (stroke.T.astype(np.float64) for stroke in sketch.strokes)
    return written | {"strokes": [(row if decimals is None else np.round(row, decimals)).tolist() for row in rows]}


def _name(source: object) -> str:
    if not isinstance(source, str | Path | bytes):
        raise InputError(f"a sketch is read from the path of a file or its bytes, not {type(source).__name__}")
    return "the sketch" if isinstance(source, bytes) else str(source)


def _content(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"cannot read {path}: it is not a file")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from None


def _read_json(data: bytes, index: int) -> Sketch:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("it is neither text in UTF-8 nor a picture") from None
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        if len(lines) < 2 or not _is_json(lines[0]):
            raise InputError(f"it is not valid JSON ({error})") from None
    else:
        if index:
            raise InputError(f"there is no drawing {index}, it has 1 drawing")
        return read_strokes_json(value)
    if index >= len(lines):
        raise InputError(f"there is no drawing {index}, it has {len(lines):,} drawings, counted from 0")
    try:
        value = json.loads(lines[index])
    except (ValueError, RecursionError) as error:
        raise InputError(f"line {index + 1} is not valid JSON ({error})") from None
    return read_strokes_json(value)


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _points(stroke: Any, number: int) -> list[tuple[Any, ...]]:
    """Turn rows of coordinates into points."""
    if not isinstance(stroke, list | tuple):
        raise InputError(f"stroke {number} must be [[x, ...], [y, ...]], not {stroke!r:.60}")
    rows: list[Any] = list(stroke)
    if not rows:
        return []
    if len(rows) not in (2, 3):
        raise InputError(f"stroke {number} must have two or three rows (x, y and perhaps time), not {len(rows)}")
    for row, axis in zip(rows, _ROWS, strict=False):
        if not isinstance(row, list | tuple):
            raise InputError(f"the {axis} of stroke {number} must be a list of numbers, not {row!r:.60}")
        if any(isinstance(value, list | tuple | dict) for value in row):
            raise InputError(f"the {axis} of stroke {number} must be a list of numbers, not a list of lists")
        for place, value in enumerate(row, start=1):
            if isinstance(value, bool):  # numpy takes it for 1
                raise InputError(f"coordinate {place} of stroke {number} is not a finite number: {value}")
        if len(row) != len(rows[0]):
            raise InputError(f"stroke {number} has {len(rows[0])} x but {len(row)} {axis}")
    return list(zip(*rows, strict=True))

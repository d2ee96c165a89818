"""Drawings sent as files: told apart by content, and measured before they are decoded."""

from __future__ import annotations

import io

from PIL import Image
from pydantic import ValidationError

from stbir.data.sketch_files import read_sketch
from stbir.errors import InputError
from stbir.serve.limits import LIMITS
from stbir.serve.problems import Problem, invalid
from stbir.serve.question import Drawing, read_json, sketch_of
from stbir.serve.vectors import check_svg
from stbir.types import Sketch

FORMATS = ("PNG", "JPEG", "WEBP")
_KNOWN = "send a PNG, JPEG or WebP picture, an SVG, or strokes as JSON"


def read_upload(data: bytes, *, number: int) -> Sketch:
    """Read the drawing in a file that somebody sent; `number` says which of them it is, from 1.

    Raises:
        Problem: it is too large, of another kind, damaged, or shows nothing.
    """
    at = f"sketch {number}"
    start = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise Problem(422, f"{at} is an empty file")
    try:
        if start[:1] in (b"{", b"["):
            return _strokes(data, at=at)
        if start[:1] == b"<" or start[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return _svg(data, at=at)
        return _picture(data, at=at)
    except InputError as error:
        raise Problem(422, f"{at}: {str(error).removeprefix('cannot read the sketch: ')}") from None


def _strokes(data: bytes, *, at: str) -> Sketch:
    value = read_json(data.removeprefix(b"\xef\xbb\xbf"))
    if isinstance(value, list):
        value = {"strokes": value}
    elif "strokes" not in value and "drawing" in value:
        value = {"strokes": value["drawing"]}  # as QuickDraw has it, beside fields of its own
    try:
        return sketch_of(Drawing.model_validate(value), at=at)
    except ValidationError as error:
        raise invalid(error, at=at) from None


def _svg(data: bytes, *, at: str) -> Sketch:
    if len(data) > LIMITS.svg_bytes:
        raise Problem(413, f"{at}: an SVG may have {LIMITS.svg_bytes:,} bytes, not {len(data):,}; simplify it")
    check_svg(data, at=at)
    return read_sketch(data)


def _picture(data: bytes, *, at: str) -> Sketch:
    try:
        # the header only; two of the errors are how the size of a bomb shows
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            width, height = picture.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Problem(413, f"{at}: a picture may have {LIMITS.pixels:,} pixels; make it smaller") from None
    except Image.UnidentifiedImageError:
        raise Problem(415, f"{at} is of no known kind; {_KNOWN}") from None
    except Exception:  # decoders raise whatever a damaged file makes them stumble over
        raise Problem(422, f"{at} is damaged; {_KNOWN}") from None
    if width * height > LIMITS.pixels:
        raise Problem(
            413, f"{at}: {width:,} x {height:,} pixels are more than the {LIMITS.pixels:,} allowed; make it smaller"
        )
    return read_sketch(data)

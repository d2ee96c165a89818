"""A photo as it is sent: upright, small, JPEG; the file itself is never changed."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from stbir.data.pictures import FORMATS, open_picture

QUALITY = 90
_PATCH = 28
"""Qwen2-VL and Qwen2.5-VL make one token of 28 x 28 pixels, Qwen3-VL of 32 x 32."""


def jpeg_of(source: Path | bytes, *, side: int) -> bytes:
    """Decode a photo, turn it upright, make its longer side at most `side` pixels, and pack it as JPEG.

    Nothing is enlarged, except that a side of less than 28 pixels becomes one of 28, as the models want it.

    Raises:
        InputError: the photo cannot be read.
    """
    picture = open_picture(source)
    size = fitted(*picture.size, side=side)
    if size != picture.size:
        picture = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    packed = io.BytesIO()
    # a new picture has no EXIF: where a photo was taken is nobody's business
    picture.save(packed, "JPEG", quality=QUALITY)
    return packed.getvalue()


def fitted(width: int, height: int, *, side: int) -> tuple[int, int]:
    """The size of a picture whose longer side is brought down to `side`.

    >>> fitted(4000, 3000, side=768), fitted(300, 200, side=768), fitted(2000, 20, side=500)
    ((768, 576), (300, 200), (500, 28))
    """
    scale = min(1.0, side / max(width, height))
    return max(_PATCH, round(width * scale)), max(_PATCH, round(height * scale))


def picture_tokens(width: int, height: int, *, side: int) -> int:
    """How many tokens a picture of this size is for a model, after it was brought down to `side`.

    >>> picture_tokens(4000, 4000, side=768)
    784
    """
    width, height = fitted(width, height, side=side)
    return -(-width // _PATCH) * -(-height // _PATCH)


def size_of(path: Path) -> tuple[int, int] | None:
    """Width and height from the header of a file, without decoding it; None if it is no picture."""
    try:
        with Image.open(path, formats=FORMATS) as image:
            return image.size
    except Exception:  # decoders of damaged files raise whatever they stumble over
        return None

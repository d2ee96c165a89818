"""Sketches and photos small enough to stand inside of a page."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from stbir.data.pictures import open_picture
from stbir.errors import InputError
from stbir.functional.strokes import rasterise
from stbir.types import Photo, Sketch

SIDE = 200
"""Of a picture in pixels; it is shown somewhat smaller, for sharp screens."""


def sketch_uri(sketch: Sketch) -> str:
    """A sketch as every model sees it, black on white, as the data URI of a PNG of some kilobytes."""
    page = np.pad(rasterise(sketch, SIDE - 16), 8, constant_values=255)
    # sixteen levels of grey are enough for lines
    return _uri(Image.fromarray(page).quantize(16), "png", optimize=True)


def photo_uri(photo: Photo) -> str | None:
    """A photo as the data URI of a JPEG of some kilobytes; None if it cannot be read."""
    try:
        picture = photo.image
        if picture is None:
            if photo.path is None:
                return None
            picture = open_picture(photo.path, at_least=SIDE)
        small = picture.convert("RGB")
        small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    except InputError:
        return None
    return _uri(small, "jpeg", quality=80, optimize=True)


def _uri(picture: Image.Image, kind: str, **options: int | bool) -> str:
    file = io.BytesIO()
    picture.save(file, format=kind.upper(), **options)
    return f"data:image/{kind};base64,{base64.b64encode(file.getvalue()).decode()}"

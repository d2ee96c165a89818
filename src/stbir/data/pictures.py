"""Photos from files and folders, decoded safely: nothing too large, nothing half, nothing upside down."""

from __future__ import annotations

import io
import os
import threading
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

import numpy as np
from PIL import Image

from stbir.errors import InputError, first_line

Source: TypeAlias = str | Path | bytes | BinaryIO

MAX_PIXELS = 100_000_000
MAX_RATIO = 100
"""A longer side of more than so many shorter ones shows nothing, and models pad or enlarge it to something immense."""
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
SUFFIXES = (".bmp", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")

_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Listing:
    """What a folder holds: its pictures, sorted, and what in it could not be looked at, with the reason."""

    pictures: tuple[Path, ...]
    unreadable: tuple[tuple[Path, str], ...] = ()


def open_picture(source: Source, *, at_least: int | None = None) -> Image.Image:
    """Decode one photo as an upright RGB picture; what is transparent becomes white.

    The size is read from the header and checked before any pixel is decoded. Of several frames or
    pages the first is taken.

    Args:
        source: a path, the bytes of a file, or an open binary file.
        at_least: the shorter side that the caller needs, in pixels. A larger picture may come out
            smaller, but never below twice that, unless it is more than four times as long as high; decoding
            a big JPEG then costs a fraction.

    Raises:
        InputError: naming the file and the reason.
    """
    picture = open_layers(source, at_least=at_least)
    if picture.mode == "RGB":
        return picture
    paper = Image.new("RGBA", picture.size, (255, 255, 255, 255))
    return Image.alpha_composite(paper, picture).convert("RGB")


def open_layers(source: Source, *, at_least: int | None = None) -> Image.Image:
    """Decode one picture as `open_picture` does, but keep its transparency: RGBA if it has any, else RGB.

    Raises:
        InputError: naming the file and the reason.
    """
    name = str(source) if isinstance(source, str | Path) else str(getattr(source, "name", "the picture"))
    try:
        if isinstance(source, bytes):
            return _decode(io.BytesIO(source), name, at_least)
        if not isinstance(source, str | Path):
            return _decode(source, name, at_least)
        path = Path(source)
        if path.exists() and not path.is_file():
            raise InputError(f"cannot read {name}: it is not a file")
        with path.open("rb") as file:
            return _decode(file, name, at_least)
    except InputError:
        raise
    except Image.UnidentifiedImageError:
        known = ", ".join(FORMATS)
        raise InputError(f"cannot read {name}: it is not a picture of a known format ({known})") from None
    except Image.DecompressionBombError:
        raise InputError(f"cannot read {name}: it has more than {MAX_PIXELS:,} pixels") from None
    except OSError as error:
        raise InputError(f"cannot read {name}: {error.strerror or first_line(error)}") from None
    except MemoryError:
        raise InputError(f"cannot read {name}: it does not fit into memory") from None
    except Exception as error:  # decoders of damaged files raise whatever they stumble over
        raise InputError(f"cannot read {name}: the picture is damaged ({first_line(error)})") from None


def list_pictures(folder: str | Path) -> Listing:
    """Find the pictures in a folder and its subfolders, by suffix, in the order of their paths.

    Hidden files and folders (and so `.stbir`) are left out. Links to folders are followed, each folder
    once. What cannot be read is listed, not raised.

    Raises:
        InputError: there is no such folder, or it cannot be read at all.
    """
    root = Path(folder)
    if not root.exists():
        raise InputError(f"there is no folder {root}")
    if not root.is_dir():
        raise InputError(f"{root} is not a folder")
    pictures: list[Path] = []
    unreadable: list[tuple[Path, str]] = []
    seen: set[tuple[int, int]] = set()
    waiting = [root]
    while waiting:
        here = waiting.pop()
        try:
            status = here.stat()
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            names = sorted(name for name in os.listdir(here) if not name.startswith("."))
        except OSError as error:
            if here == root:
                raise InputError(f"cannot read the folder {root}: {error.strerror or error}") from None
            unreadable.append((here, error.strerror or str(error)))
            continue
        inner: list[Path] = []
        for path in (here / name for name in names):
            if path.is_dir():
                inner.append(path)
            elif path.suffix.lower() in SUFFIXES:
                if path.is_file():
                    pictures.append(path)
                else:
                    unreadable.append((path, "broken link" if path.is_symlink() else "not a file"))
        waiting += reversed(inner)
    return Listing(tuple(sorted(pictures)), tuple(sorted(unreadable)))


def _decode(file: BinaryIO, name: str, at_least: int | None) -> Image.Image:
    with _pillow_quiet(), Image.open(file, formats=FORMATS) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise InputError(
                f"cannot read {name}: it has {width:,} x {height:,} pixels, more than the {MAX_PIXELS:,} allowed"
            )
        if width < 1 or height < 1:
            raise InputError(f"cannot read {name}: it has no pixels")
        if max(width, height) > MAX_RATIO * min(width, height):
            raise InputError(
                f"cannot read {name}: {width:,} x {height:,} pixels are too long and thin to show anything"
            )
        if at_least is not None:
            enough = 2 * at_least / min(width, height)
            image.draft(None, (max(1, round(width * enough)), max(1, round(height * enough))))
        image.load()
        turn = _TURNS.get(_orientation(image))
        picture = _eight_bits(image)
    if at_least is not None:
        # the second bound is for panoramas: whoever pads one to a square needs memory for its length, squared
        factor = max(min(picture.size) // (2 * at_least), -(-max(picture.size) // (16 * at_least)))
        picture = picture.reduce(factor) if factor > 1 else picture
    return picture.transpose(turn) if turn is not None else picture


def _orientation(image: Image.Image) -> int:
    if image.format == "TIFF":
        return 1  # Pillow has turned it already
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # a damaged note on how the camera was held is no reason to lose the photo
        return 1


def _eight_bits(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        levels = np.nan_to_num(np.asarray(image).astype(np.float32))
        top = float(levels.max())
        if (image.mode != "I" and image.mode != "F") or top > 255:
            levels = levels * (255 / max(65535.0, top))
        elif image.mode == "F" and top <= 1:
            levels = levels * 255
        image = Image.fromarray(np.rint(levels.clip(0, 255)).astype(np.uint8))
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("RGB") if image.mode != "RGB" else image.copy()


_quiet_lock = threading.Lock()
_quiet_users = 0
_quiet_filters = warnings.catch_warnings()


@contextmanager
def _pillow_quiet() -> Generator[None]:
    """Mute Pillow's warnings about files that we judge ourselves.

    The filters of `warnings` belong to the whole process: the first thread to come in changes them and
    the last to leave puts them back, or threads would restore each other's leftovers.
    """
    global _quiet_users, _quiet_filters
    with _quiet_lock:
        if _quiet_users == 0:
            _quiet_filters = warnings.catch_warnings()
            _quiet_filters.__enter__()
            warnings.filterwarnings("ignore", module=r"PIL(\.|$)")
        _quiet_users += 1
    try:
        yield
    finally:
        with _quiet_lock:
            _quiet_users -= 1
            if _quiet_users == 0:
                _quiet_filters.__exit__(None, None, None)

"""A small folder of photos with its gallery, drawings to search with, and the command line as a function."""

import json
import shutil
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from stbir.cli import main


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


Stbir = Callable[..., Said]


@pytest.fixture
def stbir(capsys: pytest.CaptureFixture[str]) -> Stbir:
    def run(*arguments: object) -> Said:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return run


def picture(number: int) -> Image.Image:
    rng = np.random.default_rng(number)
    image = Image.new("RGB", (96, 80), tuple(int(v) for v in rng.integers(0, 255, 3)))
    ImageDraw.Draw(image).ellipse((10, 10, 60, 30 + 4 * number), fill=tuple(int(v) for v in rng.integers(0, 255, 3)))
    return image


def fill(folder: Path, count: int = 8) -> Path:
    for number in range(count):
        place = folder / ("boots" if number % 2 else "chairs")
        place.mkdir(parents=True, exist_ok=True)
        picture(number).save(place / f"p{number}.png")
    return folder


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory, clip_folder: Path) -> Path:
    """A folder of eight photos with a gallery; do not write to it."""
    folder = fill(tmp_path_factory.mktemp("indexed") / "photos")
    assert main(["index", str(folder), "--model", str(clip_folder)]) == 0
    return folder


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """The same photos without a gallery."""
    return fill(tmp_path / "photos")


@pytest.fixture
def own_copy(indexed: Path, tmp_path: Path) -> Path:
    """The same photos with their gallery, to be changed."""
    return Path(shutil.copytree(indexed, tmp_path / "own"))


@pytest.fixture
def sketch(tmp_path: Path) -> Path:
    path = tmp_path / "sketch.json"
    strokes = [[[10, 90, 90, 10, 10], [10, 10, 90, 90, 10]], [[10, 90], [10, 90]]]
    path.write_text(json.dumps({"canvas": [100, 100], "strokes": strokes}))
    return path


@pytest.fixture
def huge() -> Callable[[Path], Path]:
    """Write a picture that is far too large to be decoded."""
    return huge_png


def huge_png(path: Path) -> Path:
    """A PNG that says it has 60,000 x 60,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 10_000)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b""))
    return path

"""Miniature data sets in their published layouts, of one-coloured photos and of sketches of a cross."""

import zlib
from collections.abc import Iterable
from pathlib import Path

from PIL import Image, ImageDraw


def photo(path: Path) -> Path:
    """A photo whose pattern follows from its path: no two are alike."""
    path.parent.mkdir(parents=True, exist_ok=True)
    code = zlib.crc32(str(path).encode())
    image = Image.new("RGB", (32, 32), "white")
    draw = ImageDraw.Draw(image)
    for index in range(16):
        x, y = index % 4 * 8, index // 4 * 8
        if code >> index & 1:
            draw.rectangle((x, y, x + 7, y + 7), fill=(code >> 8 & 255, code >> 16 & 255, code >> 24 & 255))
    image.save(path)
    return path


def sketch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("L", (32, 32), 255)
    ImageDraw.Draw(image).line((4, 4, 28, 28), fill=0, width=2)
    image.save(path)
    return path


def lines(path: Path, rows: Iterable[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def qmul_v2(folder: Path, *, train: int = 20, test: int = 2, sketches: int = 2) -> Path:
    for split, count in (("train", train), ("test", test)):
        for number in range(count):
            name = f"{split}0{number:02d}_v1"
            photo(folder / f"{split}B" / f"{name}.png")
            for index in range(1, sketches + 1):
                sketch(folder / f"{split}A" / f"{name}_{index}.png")
    return folder


def sketchy(folder: Path, classes: Iterable[str], *, extended: bool = True, photos: int = 2) -> Path:
    for name in classes:
        for number in range(photos):
            stem = f"n0269_{number}"
            photo(folder / "256x256/photo/tx_000000000000" / name / f"{stem}.jpg")
            for index in (1, 2):
                sketch(folder / "256x256/sketch/tx_000000000000" / name / f"{stem}-{index}.png")
            if extended:
                photo(folder / "256x256/extended_photo" / name / f"{stem}.jpg")
                photo(folder / "256x256/extended_photo" / name / f"ext_{number}.jpg")
    return folder


def classes(folder: Path, sketches: str, photos: str, names: Iterable[str], *, suffix: str = ".jpg") -> Path:
    for name in names:
        for number in range(1, 3):
            sketch(folder / sketches / name / f"{number}.png")
        for number in range(3):
            photo(folder / photos / name / f"image_{number:05d}{suffix}")
    return folder

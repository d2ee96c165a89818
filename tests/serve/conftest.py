"""A small gallery with everything that a service meets: metadata, odd names, files that are gone, cameras' notes."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from corner_shop import COLOURS, HERE, Shop
from fastapi.testclient import TestClient
from PIL import Image

import stbir
from stbir.data.drawn.folder import write_gallery
from stbir.serve import create_app
from stbir.types import Photo


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    drawn = tmp_path_factory.mktemp("serve") / "drawn"
    write_gallery(drawn, count=30, seed=5, size=96, families=("boot", "chair", "mug"), workers=1)
    gallery = stbir.Gallery.open(drawn / "photos", "tiny", to=drawn / "gallery")
    photos = [_described(path, number) for number, path in enumerate(sorted((drawn / "photos").glob("*/*.jpg")))]
    gallery.add(photos)
    odd = drawn / "photos" / "odd"
    odd.mkdir()
    for name, width in (("a b?ü%'#.png", 40), ("thumb", 44), ("info", 48), ("gone.png", 52), ("broken.png", 56)):
        _noise(odd / name, width)
    upright = Image.new("RGB", (300, 200), "white")
    upright.paste((200, 0, 0), (0, 0, 300, 60))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010E] = "at home"
    exif.get_ifd(0x8825)[1] = "N"
    upright.save(odd / "camera.jpg", exif=exif, comment=b"taken by somebody", quality=95)
    names = ("a b?ü%'#.png", "thumb", "info", "gone.png", "broken.png", "camera.jpg")
    gallery.add([Photo(f"odd/{name}", odd / name, category="odd") for name in names])
    gallery.add([Photo("no file", image=Image.new("RGB", (50, 50), "red"))])
    (odd / "gone.png").unlink()
    (odd / "broken.png").write_bytes(b"this is no picture")
    return Shop(gallery, drawn / "photos", drawn / "sketches")


@pytest.fixture(scope="session")
def client(shop: Shop) -> Iterator[TestClient]:
    with TestClient(create_app(shop.gallery), base_url=HERE) as client:
        yield client


def _described(path: Path, number: int) -> Photo:
    metadata = {
        "price": 10 + number,
        "colour": COLOURS[number % 4],
        "in_stock": number % 3 > 0,
        "title": f"No. {number}",
    }
    return Photo(f"{path.parent.name}/{path.name}", path, category=path.parent.name, metadata=metadata)


def _noise(path: Path, width: int) -> None:
    pixels = np.random.default_rng(width).integers(256, size=(30, width, 3))
    Image.fromarray(pixels.astype(np.uint8)).save(path, "PNG")

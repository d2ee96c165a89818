"""Photos of one colour, for galleries whose answers can be foreseen."""

from pathlib import Path

import numpy as np
from grid_method import COLOURS
from PIL import Image

from stbir.gallery import Gallery


def paint(path: Path, colour: str, *, seed: int = 0) -> None:
    """A photo of one colour, with a little noise so that no two are the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng([seed, *path.name.encode()]).integers(-20, 20, size=(20, 24, 3))
    Image.fromarray((np.array(COLOURS[colour]) + noise).clip(0, 255).astype(np.uint8)).save(path)


def ids(gallery: Gallery) -> list[str]:
    return [photo.id for photo in gallery.photos]


def broken(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("this is no picture\n")

"""The small gallery that the tests of the service search in, where the files are, and the address of the service."""

from dataclasses import dataclass
from pathlib import Path

import stbir

COLOURS = ("red", "blue", "green", "black")
HERE = "http://localhost"


@dataclass(frozen=True)
class Shop:
    """A gallery, the folder of its photos and the folder of the sketches of these."""

    gallery: stbir.Gallery
    photos: Path
    sketches: Path

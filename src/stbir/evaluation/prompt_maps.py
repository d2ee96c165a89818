"""Where a method looks, as one picture: photos, and beside each the places that its prompts are like."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from stbir.errors import InputError
from stbir.types import Floats, Pixels

TILE, GAP = 192, 8
COLD, HOT = (24, 32, 64), (255, 176, 32)


def map_sheet(pictures: Pixels, maps: Floats, *, path: str | Path) -> None:
    """Draw photos, uint8 (photos, side, side, 3), and maps (photos, prompts, grid, grid) of them as a PNG.

    A row is one photo: itself, then each map laid over it, from its own lowest value (dark) to its highest (bright).

    Raises:
        InputError: no photo, or not as many maps; a name that does not end in .png, or a place that cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() != ".png":
        raise InputError(f"a sheet is a PNG, so its name must end in .png, got {path}")
    if not len(pictures) or len(pictures) != len(maps):
        raise InputError(f"a sheet shows photos and the maps of each, got {len(pictures)} photos and {len(maps)} maps")
    rows, columns = len(pictures), 1 + maps.shape[1]
    sheet = Image.new("RGB", (columns * (TILE + GAP) + GAP, rows * (TILE + GAP) + GAP), "#ffffff")
    for row, (picture, of_picture) in enumerate(zip(pictures, maps, strict=True)):
        photo = Image.fromarray(picture).resize((TILE, TILE), Image.Resampling.BICUBIC)
        tiles = [photo, *(Image.blend(photo.convert("L").convert("RGB"), heat(one), 0.6) for one in of_picture)]
        for column, tile in enumerate(tiles):
            sheet.paste(tile, (GAP + column * (TILE + GAP), GAP + row * (TILE + GAP)))
    try:
        sheet.save(path, format="PNG", optimize=True)
    except FileNotFoundError:
        raise InputError(f"cannot write {path}: there is no folder {path.parent}") from None


def heat(values: Floats) -> Image.Image:
    """One map (grid, grid) in colours from dark to bright, the size of a tile; a map of one value is dark."""
    span = float(values.max() - values.min())
    share = (values - values.min()) / span if span > 0 else np.zeros_like(values)
    colours = np.array(COLD) + share[..., None] * (np.array(HOT) - np.array(COLD))
    return Image.fromarray(colours.round().astype(np.uint8)).resize((TILE, TILE), Image.Resampling.BICUBIC)

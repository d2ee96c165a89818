"""A sheet of maps: a row per photo, a column per prompt, bright where the prompt is most alike."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stbir.errors import InputError
from stbir.evaluation.prompt_maps import GAP, TILE, map_sheet


def test_a_map_is_bright_where_it_is_highest(tmp_path: Path) -> None:
    maps = np.zeros((2, 3, 4, 4), np.float32)
    maps[1, 2, 0, 3] = 0.1
    map_sheet(np.full((2, 16, 16, 3), 255, np.uint8), maps, path=tmp_path / "maps.png")
    sheet = np.asarray(Image.open(tmp_path / "maps.png")).astype(int)
    assert sheet.shape == (2 * (TILE + GAP) + GAP, 4 * (TILE + GAP) + GAP, 3)
    top, left = GAP + TILE + GAP, GAP + 3 * (TILE + GAP)
    tile = sheet[top : top + TILE, left : left + TILE].sum(axis=2)
    assert tile[10, -10] > tile[-10, 10] + 100
    assert tile.argmax() % TILE > TILE // 2
    flat = sheet[GAP : GAP + TILE, left : left + TILE]
    assert (flat == flat[0, 0]).all()


@pytest.mark.parametrize(("photos", "name"), [(0, "maps.png"), (1, "maps.png"), (2, "maps.jpg"), (2, "no/maps.png")])
def test_what_cannot_be_drawn_is_refused(tmp_path: Path, photos: int, name: str) -> None:
    with pytest.raises(InputError):
        map_sheet(np.zeros((photos, 8, 8, 3), np.uint8), np.zeros((2, 1, 4, 4), np.float32), path=tmp_path / name)

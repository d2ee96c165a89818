from pathlib import Path

import pytest
from painted import paint


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    for colour in ("red", "green", "blue"):
        for number in range(4):
            paint(folder / colour / "deep" / f"{number}.png", colour)
    paint(folder / "white.png", "white")
    return folder

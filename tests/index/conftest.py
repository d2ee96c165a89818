from pathlib import Path

import pytest
from unit_vectors import unit

from stbir.index.lance import Lance


@pytest.fixture
def table(tmp_path: Path) -> Lance:
    index = Lance.create(tmp_path / "index", 8)
    metadata = [{"price": number, "category": "ab"[number % 2]} for number in range(20)]
    index.add([f"p{number:02}" for number in range(20)], unit(20), metadata)
    return index

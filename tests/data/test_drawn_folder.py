import csv
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stbir.data import drawn
from stbir.data.drawn.folder import plan, stroke_json, write_gallery
from stbir.errors import InputError, UnknownName


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_gallery_round_trips(tmp_path: Path) -> None:
    write_gallery(tmp_path / "g", count=6, seed=5, size=64, families=("shoe", "hat"))
    with (tmp_path / "g" / "queries.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    items = plan(6, seed=5, families=("shoe", "hat"))
    assert [row["photo"] for row in rows] == [item.photo for item in items]
    assert rows[0]["photo"] == "photos/shoe/shoe-00001.jpg"
    assert rows[3]["photo"] == "photos/hat/hat-00002.jpg"
    for row, item in zip(rows, items, strict=True):
        triple = drawn.draw(item.family, item.seed, size=64)
        assert (row["text"], row["category"]) == (triple.words, item.family)
        with Image.open(tmp_path / "g" / row["photo"]) as image:
            difference = np.asarray(image.convert("RGB"), float) - triple.photo
        assert np.abs(difference).mean() < 12
        value = json.loads((tmp_path / "g" / row["sketch"]).read_text())
        assert value["canvas"] == [256, 256]
        assert len(value["strokes"]) == len(triple.sketch.strokes)
        for stroke, mine in zip(value["strokes"], triple.sketch.strokes, strict=True):
            assert np.allclose(np.array(stroke).T, mine, atol=0.06)


def test_the_number_of_processes_does_not_matter(tmp_path: Path) -> None:
    for workers in (1, 2):
        write_gallery(tmp_path / str(workers), count=4, size=48, families=("hat",), workers=workers)
    assert contents(tmp_path / "1") == contents(tmp_path / "2")


@pytest.mark.skipif(os.name != "posix", reason="needs a process group to clean up after a failure")
def test_killed_it_leaves_no_process_behind(tmp_path: Path) -> None:
    lines = [
        "from stbir.data.drawn.folder import write_gallery",
        "if __name__ == '__main__':",
        f"    write_gallery({str(tmp_path)!r}, count=5000, size=48, workers=2)",
    ]
    (tmp_path.parent / "draws.py").write_text("\n".join(lines))
    draws = [sys.executable, str(tmp_path.parent / "draws.py")]
    process = subprocess.Popen(draws, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        until = time.monotonic() + 30
        while not list(tmp_path.glob("photos/*/*.jpg")) and time.monotonic() < until:
            time.sleep(0.05)
        process.kill()
        said, _ = process.communicate(timeout=20)  # a process that lives on keeps the pipe open
        assert not said
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def test_drawing_again_replaces_what_was_drawn(tmp_path: Path) -> None:
    write_gallery(tmp_path / "g", count=5, size=48, families=("bag",))
    (tmp_path / "g" / "photos" / "bag" / "bag-00001.jpg").write_bytes(b"half")
    write_gallery(tmp_path / "g", count=3, size=48, families=("bag",))
    write_gallery(tmp_path / "fresh", count=3, size=48, families=("bag",))
    assert contents(tmp_path / "g") == contents(tmp_path / "fresh")


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match="not empty"):
        write_gallery(tmp_path, count=2, size=48)
    assert contents(tmp_path) == {"thesis.txt": b"mine"}


def test_nothing_is_written_for_bad_arguments(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="count is 0"):
        write_gallery(tmp_path / "g", count=0)
    with pytest.raises(InputError, match="size is 9"):
        write_gallery(tmp_path / "g", count=1, size=9)
    with pytest.raises(UnknownName, match="shoe"):
        write_gallery(tmp_path / "g", count=1, families=("shoes",))
    assert not (tmp_path / "g").exists()


def test_a_different_seed_draws_different_things() -> None:
    first, second = (plan(4, seed=seed, families=("shoe",)) for seed in (0, 1))
    assert len({item.seed for item in (*first, *second)}) == 8
    assert plan(4, seed=0, families=("shoe",)) == first


def test_strokes_as_json() -> None:
    sketch = drawn.Sketch(strokes=(np.array([[1.04, 2, 0], [3, 4, 10]], np.float32),), canvas=(256.0, 256.0))
    assert json.loads(stroke_json(sketch)) == {"canvas": [256, 256], "strokes": [[[1.0, 3.0], [2.0, 4.0], [0.0, 10.0]]]}

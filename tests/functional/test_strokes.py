"""One rasteriser: the same strokes give the same pixels everywhere."""

import hashlib
import math
import platform
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from stbir.errors import InputError
from stbir.functional.strokes import bounds, checked, is_empty, point_count, rasterise
from stbir.types import Pixels, Sketch

EXPECTED = Path(__file__).parent / "data" / "spiral_128.png"
HASHES = {
    128: "0452f967a87fe11f5469e4e8563d3dbb54ea3b5cc8193e168962a97981ca5c22",
    224: "72835ea379ca61116bbee059e0821299327b3fd9b95da490dcd1689868798efa",
}


def spiral() -> Sketch:
    """Curves, corners, a dot, a repeated point and lines finer than a pixel; exact in float32."""
    turns = [(k * (64 + 3 * (k % 5)), k * (k % 7) * 16 - k * k) for k in range(30)]
    star = [(-300, 0), (500, 250), (-200, 500), (100, -250), (300, 625), (-300, 0)]
    hatch = [[(x, 700), (x + 0.5, 900.25)] for x in range(0, 60, 4)]
    strokes = [turns, star, *hatch, [(900, 800)], [(400, 400), (400, 400)]]
    return checked(strokes, canvas=(1024, 1024))


@pytest.mark.parametrize("side", sorted(HASHES))
def test_pixels_are_the_committed_ones(side: int) -> None:
    picture = rasterise(spiral(), side)
    if sys.platform == "linux" and platform.machine() == "x86_64":
        assert hashlib.sha256(picture.tobytes()).hexdigest() == HASHES[side]
    if side == 128:
        expected = cv2.imread(str(EXPECTED), cv2.IMREAD_GRAYSCALE)
        assert expected is not None
        assert np.abs(picture.astype(int) - expected).max() <= 1


def test_content_is_centred_and_fills_the_side_less_the_margin() -> None:
    tall = Sketch(strokes=(np.float32([[10, 100], [30, 100], [30, 500], [10, 500], [10, 100]]),))
    picture = rasterise(tall, 200, margin=0.1, line_width=0.01)
    rows, columns = np.nonzero((picture < 128).any(axis=1))[0], np.nonzero((picture < 128).any(axis=0))[0]
    assert (rows[0], rows[-1]) == (19, 180)  # centre lines at 20 and 180, two pixels wide
    assert (columns[0], columns[-1]) == (95, 104)  # 400 long gives 160 pixels, so 20 wide gives 8


@pytest.mark.parametrize("factor", [0.001, 1, 1000])
@pytest.mark.parametrize("shift", [-3000, 0, 500])
def test_scale_and_place_of_a_drawing_do_not_matter(factor: float, shift: float) -> None:
    moved = Sketch(strokes=tuple(((s + shift) * factor).astype(np.float32) for s in spiral().strokes))
    differ = rasterise(moved, 96).astype(int) - rasterise(spiral(), 96)
    assert np.abs(differ).mean() < 0.3


@pytest.mark.parametrize("side", [64, 128, 224, 512])
def test_lines_have_the_asked_width(side: int) -> None:
    line = Sketch(strokes=(np.float32([[0, 0], [100, 0]]),))
    ink = (255 - rasterise(line, side, line_width=0.02).astype(int)) / 255
    assert ink[:, side // 2].sum() == pytest.approx(0.02 * side, abs=0.26)  # quarters of a pixel


def test_times_and_order_do_not_change_the_pixels() -> None:
    plain = spiral()
    timed = tuple(np.column_stack([s, np.arange(len(s))]).astype(np.float32) for s in plain.strokes)
    assert np.array_equal(rasterise(Sketch(strokes=timed), 80), rasterise(plain, 80))
    assert np.array_equal(rasterise(Sketch(strokes=plain.strokes[::-1]), 80), rasterise(plain, 80))


def test_a_point_is_a_dot_in_the_middle_and_nothing_is_a_white_page() -> None:
    dot = rasterise(Sketch(strokes=(np.float32([[7, 9]]),)), 100)
    rows, columns = np.nonzero(dot < 200)
    assert rows.size > 0
    assert abs(rows.mean() - 49.5) < 0.6
    assert abs(columns.mean() - 49.5) < 0.6
    assert (rasterise(Sketch(), 32) == 255).all()
    assert (rasterise(Sketch(strokes=(np.empty((0, 2), np.float32),)), 32) == 255).all()
    assert (rasterise(Sketch(raster=np.full((50, 40), 255, np.uint8)), 32) == 255).all()
    with pytest.raises(InputError, match="at least 1 pixel"):
        rasterise(Sketch(), 0)


def overlap(one: Pixels, other: Pixels) -> float:
    a, b = one < 128, other < 128
    return float((a & b).sum() / (a | b).sum())


def house() -> Sketch:
    roof = [(0, 40), (50, 0), (100, 40)]
    walls = [(10, 35), (10, 110), (90, 110), (90, 35)]
    circle = [(50 + 15 * math.cos(k / 5), 70 + 15 * math.sin(k / 5)) for k in range(33)]
    return checked([roof, walls, circle])


@pytest.mark.parametrize("pen", [0.004, 0.008, 0.014, 0.03, 0.06])
@pytest.mark.parametrize("scan", [150, 600, 2000])
def test_a_raster_gives_what_its_strokes_give_whatever_pen_and_scanner(scan: int, pen: float) -> None:
    page = np.full((scan + 100, scan * 2), 255, np.uint8)
    page[60 : 60 + scan, 37 : 37 + scan] = rasterise(house(), scan, margin=0.1, line_width=pen)
    assert overlap(rasterise(Sketch(raster=page), 128), rasterise(house(), 128)) > 0.6
    near = cv2.dilate((rasterise(house(), 128) < 128).astype(np.uint8), np.ones((3, 3)))
    drawn = rasterise(Sketch(raster=page), 128) < 128
    assert (near[drawn] > 0).mean() > 0.97


def test_filled_shapes_stay_filled() -> None:
    page = np.full((300, 300), 255, np.uint8)
    cv2.circle(page, (150, 150), 100, 0, -1)
    drawn = rasterise(Sketch(raster=page), 100) < 128
    assert drawn.mean() == pytest.approx(math.pi * 0.44**2, rel=0.08)


def test_measures() -> None:
    sketch = checked([[(1, 5), (3, 2)], [], [(0, 3)]])
    assert bounds(sketch) == (0, 2, 3, 5)
    assert point_count(sketch) == 3
    assert not is_empty(sketch)
    assert is_empty(Sketch())
    assert bounds(Sketch()) is None
    page = np.full((20, 30), 255, np.uint8)
    assert is_empty(Sketch(raster=page))
    page[4:6, 7:10] = 0
    assert bounds(Sketch(raster=page)) == (7, 4, 10, 6)


NAN = float("nan")


@pytest.mark.parametrize(
    ("strokes", "words"),
    [
        ([], "no strokes"),
        ([[], []], "no strokes"),
        ([[(1, 1)]], "single point"),
        ([[(1, 1), (1, 1)], [(1, 1)]], "single point"),
        ([[(0, 0), (1, 1)], [(0, 0), (1, 1), (NAN, 2)]], "coordinate 3 of stroke 2 is not a finite number: nan"),
        ([[(0, 0), (1, float("inf"))]], "coordinate 2 of stroke 1 is not a finite number: inf"),
        ([[(0, 0), (1e30, 1)]], "coordinate 2 of stroke 1 is too large"),
        ([[(0, 0), (10**400, 1)]], "too large"),
        ([[(0, 0), ("a", 1)]], "coordinate 2 of stroke 1 is not a finite number: 'a'"),
        ([[(0, 0), (None, 1)]], "coordinate 2 of stroke 1 is not a finite number: None"),
        ([[(True, False), (True, True)]], "is not a finite number: True"),
        ([[(0, 0), (1,)]], "stroke 1 must be a list of points"),
        ([[1, 2, 3]], "stroke 1 must be"),
        ([[(1, 2, 3, 4), (1, 2, 3, 4)]], "stroke 1 must be"),
        ([7], "stroke 1 must be"),
    ],
)
def test_bad_strokes_are_refused_in_one_line(strokes: list[object], words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        checked(strokes)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("canvas", [(0, 10), (1, NAN), (1, 2, 3), ("a", "b"), 7])
def test_a_bad_canvas_is_refused(canvas: object) -> None:
    with pytest.raises(InputError, match="canvas"):
        checked([[(0, 0), (1, 1)]], canvas)  # type: ignore[arg-type]


def test_too_much_is_refused() -> None:
    with pytest.raises(InputError, match="1,000,000 points"):
        checked([np.zeros((600_000, 2)), np.ones((600_000, 2))])
    with pytest.raises(InputError, match="100,000 strokes"):
        checked([[(0.0, 0.0)]] * 100_001)

"""Each degradation of a sketch does what it says, more with more strength, and the same twice."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from stbir.errors import InputError
from stbir.functional.degrade.sketches import (
    SCALE,
    SHIFT,
    drop_strokes,
    jitter,
    scale_strokes,
    shift_strokes,
    smudge,
    thicken,
    thin,
)
from stbir.functional.strokes import rasterise
from stbir.types import Sketch

STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
Degrade = Callable[[Sketch, float, int], Sketch]

CERTAIN = {"drop": drop_strokes, "thick": thicken, "thin": thin}
BY_CHANCE = {"jitter": jitter, "shift": shift_strokes, "scale": scale_strokes, "smudge": smudge}
ALL: dict[str, Degrade] = {
    **{
        name: lambda sketch, strength, seed, change=change: change(sketch, strength) for name, change in CERTAIN.items()
    },
    **{
        name: lambda sketch, strength, seed, change=change: change(
            sketch, strength, generator=np.random.default_rng(seed)
        )
        for name, change in BY_CHANCE.items()
    },
}
NEED_STROKES = ("drop", "shift", "scale")


def house() -> Sketch:
    """Five strokes with times, the last one a dot."""
    strokes = ([[0, 40], [100, 40], [100, 100], [0, 100], [0, 40]], [[0, 40], [50, 0], [100, 40]], [[20, 60], [20, 90]])
    timed = [np.column_stack([np.array(one, np.float32), np.arange(len(one), dtype=np.float32)]) for one in strokes]
    return Sketch(strokes=(*timed, np.float32([[60, 60, 9], [80, 80, 10]]), np.float32([[70, 20, 11]])))


def as_raster(sketch: Sketch) -> Sketch:
    return Sketch(raster=rasterise(sketch, 200))


def difference(one: Sketch, other: Sketch) -> float:
    # blurred: once two thin lines do not touch, how far they are apart would count nothing
    first, second = (cv2.GaussianBlur(rasterise(sketch, 96).astype(np.float32), (0, 0), 6) for sketch in (one, other))
    return float(np.abs(first - second).mean())


@pytest.mark.parametrize("name", ALL)
def test_strength_zero_changes_nothing(name: str) -> None:
    sketch = house()
    assert ALL[name](sketch, 0, 1) is sketch
    if name not in NEED_STROKES:
        raster = as_raster(sketch)
        assert ALL[name](raster, 0, 1) is raster


@pytest.mark.parametrize("name", ALL)
def test_the_same_twice_and_another_with_another_seed(name: str) -> None:
    first, again, other = (ALL[name](house(), 0.7, seed) for seed in (3, 3, 4))
    assert difference(first, again) == 0
    assert (difference(first, other) > 0) == (name in BY_CHANCE)


@pytest.mark.parametrize("name", ["drop", "jitter", "shift", "scale"])
def test_a_larger_strength_changes_more(name: str) -> None:
    sketch = house()
    changes = np.mean(
        [[difference(sketch, ALL[name](sketch, s, seed)) for s in STRENGTHS] for seed in range(8)], axis=0
    )
    assert changes.tolist() == sorted(changes)
    assert changes[-1] > changes[0] == 0


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan")])
def test_a_strength_lies_between_0_and_1(name: str, strength: float) -> None:
    with pytest.raises(InputError, match="a strength lies between 0 and 1"):
        ALL[name](house(), strength, 0)


def test_the_last_strokes_go_first_and_one_stays() -> None:
    sketch = house()
    for strength in STRENGTHS:
        kept = drop_strokes(sketch, strength).strokes
        assert all(one is other for one, other in zip(kept, sketch.strokes, strict=False))
    assert [len(drop_strokes(sketch, strength).strokes) for strength in STRENGTHS] == [5, 4, 3, 2, 1]
    assert len(drop_strokes(Sketch(strokes=sketch.strokes[:1]), 1).strokes) == 1


def test_strokes_keep_their_shape_when_they_are_shifted() -> None:
    sketch = house()
    moved = shift_strokes(sketch, 1, generator=np.random.default_rng(0))
    moves = [after[:, :2] - before[:, :2] for before, after in zip(sketch.strokes, moved.strokes, strict=True)]
    for move in moves:
        assert np.allclose(move, move[0], atol=1e-4)
    assert max(float(np.linalg.norm(move[0])) for move in moves) <= SHIFT * 100
    assert len({tuple(move[0].round(3)) for move in moves}) == len(moves)
    half = shift_strokes(sketch, 0.5, generator=np.random.default_rng(0))
    assert np.allclose(half.strokes[0] - sketch.strokes[0], (moved.strokes[0] - sketch.strokes[0]) / 2, atol=1e-4)


def test_strokes_keep_their_middle_when_they_are_scaled() -> None:
    sketch = house()
    scaled = scale_strokes(sketch, 1, generator=np.random.default_rng(0))
    factors: list[float] = []
    for before, after in zip(sketch.strokes, scaled.strokes, strict=True):
        for low_high in ("min", "max"):
            assert getattr(after, low_high)(axis=0)[2] == getattr(before, low_high)(axis=0)[2]
        middles = [(one[:, :2].min(axis=0) + one[:, :2].max(axis=0)) / 2 for one in (before, after)]
        assert np.allclose(*middles, atol=1e-4)
        if np.ptp(before[:, 1]):
            factors.append(float(np.ptp(after[:, 1]) / np.ptp(before[:, 1])))
    assert all(1 / SCALE <= factor <= SCALE for factor in factors)
    assert len({round(factor, 3) for factor in factors}) == len(factors)


def test_a_straight_line_of_two_points_shakes_too() -> None:
    line = Sketch(strokes=(np.float32([[0, 0], [100, 0]]),))
    shaken = jitter(line, 1, generator=np.random.default_rng(0)).strokes[0]
    assert len(shaken) > 20
    assert float(np.abs(shaken[:, 1]).max()) > 1


def test_pens_change_the_width_of_lines() -> None:
    sketch = house()
    ink = [float((255 - drawn.raster).mean()) for drawn in (thin(sketch, 1), thin(sketch, 0.5), thicken(sketch, 1e-6),
           thicken(sketch, 0.5), thicken(sketch, 1)) if drawn.raster is not None]  # fmt: skip
    assert len(ink) == 5
    assert ink == sorted(ink)
    assert ink[-1] > 3 * ink[2] > 9 * ink[0]


def test_a_smudge_keeps_the_lines_and_adds_paler_ink() -> None:
    sketch = house()
    plain = rasterise(sketch, 384)
    ink: list[float] = []
    for strength in (0.25, 0.5, 1):
        page = smudge(sketch, strength, generator=np.random.default_rng(0)).raster
        assert page is not None
        assert (page <= plain).all()
        ink.append(float((255 - page).mean()))
    assert ink == sorted(ink)


@pytest.mark.parametrize("name", NEED_STROKES)
def test_what_needs_strokes_says_so(name: str) -> None:
    with pytest.raises(InputError, match="only a sketch with strokes can lose or misplace some"):
        ALL[name](as_raster(house()), 0.5, 0)


@pytest.mark.parametrize("name", [name for name in ALL if name not in NEED_STROKES])
def test_the_rest_works_on_rasters_and_on_empty_pages(name: str) -> None:
    raster = as_raster(house())
    assert ALL[name](raster, 1, 0).raster is not None
    for empty in (Sketch(), Sketch(raster=np.full((20, 30), 255, np.uint8))):
        assert (rasterise(ALL[name](empty, 1, 0), 32) == 255).all()
    if name == "jitter":
        assert difference(raster, ALL[name](raster, 1, 0)) > difference(raster, ALL[name](raster, 0.2, 0)) > 0

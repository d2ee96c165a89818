"""The first part of a drawing: as a slow loop along the lines says, and never more than was drawn."""

import math
from itertools import pairwise

import numpy as np
import pytest

from stbir.errors import InputError
from stbir.functional.partial import first_part
from stbir.functional.strokes import rasterise
from stbir.types import Floats, Sketch


def stroke(*points: tuple[float, ...]) -> Floats:
    return np.array(points, np.float32)


def length(strokes: tuple[Floats, ...]) -> float:
    return sum(math.dist(a[:2], b[:2]) for one in strokes for a, b in pairwise(one))


def slowly(sketch: Sketch, share: float) -> list[list[list[float]]]:
    """Walk along the lines point by point until the ink is used up."""
    left = share * length(sketch.strokes)
    kept: list[list[list[float]]] = []
    for one in sketch.strokes:
        if left <= 1e-9:
            break
        drawn = [one[0].tolist()]
        for a, b in pairwise(one.tolist()):
            step = math.dist(a[:2], b[:2])
            if step <= left + 1e-9:
                drawn.append(b)
                left -= step
                continue
            drawn.append([x + (y - x) * left / step for x, y in zip(a, b, strict=True)])
            left = 0
            break
        kept.append(drawn)
    return kept


def scribble(seed: int, *, width: int = 3) -> Sketch:
    rng = np.random.default_rng(seed)
    strokes = [rng.uniform(0, 100, (int(rng.integers(2, 9)), width)).astype(np.float32) for _ in range(6)]
    return Sketch(strokes=tuple(strokes), canvas=(100, 100))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("share", [0.001, 0.1, 0.33, 0.5, 0.9, 0.999])
def test_the_cut_is_where_a_slow_loop_makes_it(seed: int, share: float) -> None:
    sketch = scribble(seed, width=2 + seed % 2)
    part = first_part(sketch, share)
    expected = slowly(sketch, share)
    # a point that is reached exactly may be there twice, which no drawing shows
    assert len(part.strokes) == len(expected)
    for ours, theirs in zip(part.strokes, expected, strict=True):
        assert np.allclose(ours[-1], theirs[-1], atol=1e-3)
        assert np.allclose(ours[: len(theirs) - 1], theirs[:-1], atol=1e-3)
    assert length(part.strokes) == pytest.approx(share * length(sketch.strokes), rel=1e-4)
    assert part.canvas == sketch.canvas
    assert all(one.dtype == np.float32 for one in part.strokes)


def test_a_larger_share_begins_with_the_smaller_one() -> None:
    sketch = scribble(7)
    parts = [first_part(sketch, share / 20) for share in range(1, 21)]
    for less, more in pairwise(parts):
        assert length(less.strokes) < length(more.strokes)
        assert len(less.strokes) <= len(more.strokes)
        for one, other in zip(less.strokes[:-1], more.strokes, strict=False):
            assert np.array_equal(one, other)
    assert parts[-1] is sketch


def test_strokes_that_end_at_the_cut_are_whole_and_the_next_one_has_not_begun() -> None:
    sketch = Sketch(strokes=(stroke((0, 0), (10, 0)), stroke((0, 5), (10, 5))))
    part = first_part(sketch, 0.5)
    assert [one.tolist() for one in part.strokes] == [[[0, 0], [10, 0]]]


def test_the_time_of_the_cut_lies_between_the_points() -> None:
    sketch = Sketch(strokes=(stroke((0, 0, 100), (10, 0, 300)),))
    assert first_part(sketch, 0.25).strokes[0].tolist() == [[0, 0, 100], [2.5, 0, 150]]


def test_points_that_were_held_and_dots_have_no_length() -> None:
    held = stroke((0, 0), (0, 0), (4, 0), (4, 0), (10, 0))
    sketch = Sketch(strokes=(stroke((50, 50)), held, stroke((60, 60)), stroke((0, 9), (10, 9))))
    assert [len(one) for one in first_part(sketch, 0.25).strokes] == [1, 5]
    assert first_part(sketch, 0.25).strokes[1][-1].tolist() == [5, 0]
    assert [len(one) for one in first_part(sketch, 0.75).strokes] == [1, 5, 1, 2]
    # the dot was drawn at exactly the half: it waits for what follows
    assert [len(one) for one in first_part(sketch, 0.5).strokes] == [1, 5]


def test_of_nothing_but_dots_a_share_of_the_dots_is_kept() -> None:
    sketch = Sketch(strokes=tuple(stroke((number, number)) for number in range(5)))
    assert [len(first_part(sketch, share).strokes) for share in (0.01, 0.2, 0.5, 1)] == [1, 1, 3, 5]


def test_a_part_can_be_drawn_however_small_it_is() -> None:
    for share in (1e-12, 1e-6, 0.1):
        assert (rasterise(first_part(scribble(3), share), 32) < 255).any()


@pytest.mark.parametrize("share", [0, -0.1, 1.01, math.nan, math.inf])
def test_a_share_is_above_nothing_and_at_most_everything(share: float) -> None:
    with pytest.raises(InputError, match="must be above 0 and at most 1"):
        first_part(scribble(1), share)


def test_a_raster_has_no_order() -> None:
    with pytest.raises(InputError, match="the order is only known of a sketch with strokes"):
        first_part(Sketch(raster=np.zeros((4, 4), np.uint8)), 0.5)

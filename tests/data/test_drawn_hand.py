"""Sketches of scenes whose visible lines are known."""

import random

import numpy as np

from stbir.data import drawn
from stbir.data.drawn.hand import sketch
from stbir.data.drawn.lines import hatching, joined
from stbir.data.drawn.materials import Material
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.slips import ground_slope, slipped
from stbir.data.drawn.visible import Run, placed

PAINT = Material((200.0, 30.0, 30.0), "plain", "red", ("red",))


def rectangle(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float]]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def scene_of(*rectangles: list[tuple[float, float]]) -> Scene:
    scene = Scene("test", ("thing",), PAINT)
    for number, corners in enumerate(rectangles):
        scene.fill(corners, PAINT, part=f"part {number}")
    return scene


def ink(scene: Scene, seed: int = 0, *, distortion: float = 0.0) -> np.ndarray:
    return np.concatenate(
        [stroke[:, :2] for stroke in sketch(scene, random.Random(seed), distortion=distortion).strokes]
    )


def distances(points: np.ndarray, outline: np.ndarray) -> np.ndarray:
    """From every point to the nearest of the segments of a closed outline, in a slow obvious loop."""
    best = np.full(len(points), np.inf)
    for start, end in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        along = end - start
        t = np.clip((points - start) @ along / max(along @ along, 1e-12), 0, 1)[:, None]
        best = np.minimum(best, np.hypot(*(points - start - t * along).T))
    return best


def test_hidden_lines_are_hidden() -> None:
    scene = scene_of(rectangle(0, 0, 10, 10), rectangle(5, 5, 20, 20))
    behind, front = placed(scene.shapes)
    for seed in range(5):
        points = ink(scene, seed)
        low, high = front.min(axis=0), front.max(axis=0)
        inside = ((points > low + 3) & (points < high - 3)).all(axis=1)
        assert not inside.any()
        assert (distances(points, behind) < 1.5).sum() > 20, "what is not hidden is drawn"
        for corner in front:
            assert np.hypot(*(points - corner).T).min() < 3


def test_what_hides_without_ink_is_not_drawn() -> None:
    scene = Scene("test", ("thing",), PAINT)
    scene.fill(rectangle(0, 0, 20, 20), PAINT, part="back")
    scene.fill(rectangle(5, -1, 15, 10), PAINT, part="front", ink=0.0)
    points = ink(scene)
    cover = placed(scene.shapes)[1]
    low, high = cover.min(axis=0), cover.max(axis=0)
    assert not ((points > low + 2) & (points < high - 2)).all(axis=1).any()
    assert (distances(points, placed(scene.shapes)[0]) < 2).all()


def test_a_shared_edge_is_drawn_once() -> None:
    scene = scene_of(rectangle(0, 0, 10, 20), rectangle(10, 0, 20, 20))
    apart = scene_of(rectangle(0, 0, 9, 20), rectangle(11, 0, 20, 20))

    def drawn_length(scene: Scene) -> float:
        strokes = sketch(scene, random.Random(1), distortion=0.0).strokes
        return sum(float(np.hypot(*np.diff(stroke[:, :2], axis=0).T).sum()) for stroke in strokes)

    side = 256 - 2 * 12
    assert abs(drawn_length(scene) - 5 * side) < 0.06 * 5 * side
    assert drawn_length(apart) > 5.5 * side


def test_without_distortion_strokes_lie_on_the_outlines() -> None:
    for family in ("shoe", "boot", "bag", "hat"):
        for seed in range(4):
            scene = drawn.scene_of(family, seed)
            points = ink(scene, seed)
            nearest = np.full(len(points), np.inf)
            for shape, outline in zip(scene.shapes, placed(scene.shapes), strict=True):
                chain = outline if shape.closed else np.concatenate([outline, outline[-2:0:-1]])
                nearest = np.minimum(nearest, distances(points, chain))
            assert nearest.max() < 1.0, f"{family} {seed}"


def test_distortion_makes_it_worse() -> None:
    scene = scene_of(rectangle(0, 0, 10, 14), rectangle(3, 3, 7, 7))
    errors = []
    for distortion in (0.0, 1.0, 3.0):
        points = np.concatenate([ink(scene, seed, distortion=distortion) for seed in range(12)])
        outlines = placed(scene.shapes)
        errors.append(float(np.minimum(*(distances(points, outline) for outline in outlines)).mean()))
    assert errors[0] < 0.5 < errors[1] < errors[2]


def test_large_outlines_come_before_small_ones() -> None:
    scene = scene_of(rectangle(0, 0, 20, 20), rectangle(9, 9, 11, 11))
    for seed in range(5):
        strokes = sketch(scene, random.Random(seed), distortion=0.0).strokes
        small = [abs(stroke[:, :2] - 128).max() < 20 for stroke in strokes]
        assert small == sorted(small)
        assert any(small)


def test_a_line_is_hidden_by_what_is_in_front() -> None:
    scene = Scene("test", ("thing",), PAINT)
    scene.line([(0, 5), (20, 5)], PAINT, width=0.2, part="wire", ink=1.0)
    scene.fill(rectangle(8, 0, 12, 20), PAINT, part="post")
    post = placed(scene.shapes)[1]
    points = ink(scene)
    low, high = post.min(axis=0), post.max(axis=0)
    assert not (
        (points[:, 0] > low[0] + 2)
        & (points[:, 0] < high[0] - 2)
        & (abs(points[:, 1] - low[1]) > 3)
        & (abs(points[:, 1] - high[1]) > 3)
    ).any()
    assert points[:, 0].min() < low[0] - 40
    assert points[:, 0].max() > high[0] + 40


def test_pieces_that_meet_become_one_line() -> None:
    first = np.stack([np.arange(0.0, 60, 2), np.zeros(30)], axis=1)
    second = np.stack([np.full(30, 59.0), np.arange(60.0, 0, -2)], axis=1)
    apart = first + 150
    runs = [Run(first, 0), Run(second, 1), Run(apart, 2)]
    lines = joined(runs, 1.0, random.Random(0))
    assert sorted(len(line) for line in lines) == [30, 60]
    long = max(lines, key=len)
    assert np.hypot(*np.diff(long[:, :2], axis=0).T).max() < 5, "the second piece is turned round"
    assert set(long[:, 2]) == {0.0, 1.0}
    assert len(joined(runs, 0.0, random.Random(0))) == 3
    assert joined([], 1.0, random.Random(0)) == []


def test_pieces_that_form_a_ring_close_it() -> None:
    square = np.array(rectangle(0, 0, 40, 40))
    sides = [square[i] + np.linspace(0, 1, 21)[:, None] * (square[(i + 1) % 4] - square[i]) for i in range(4)]
    (ring,) = joined([Run(side, 0) for side in sides], 1.0, random.Random(0))
    assert np.array_equal(ring[0], ring[-1])
    assert len(ring) == 4 * 21 + 1


def test_hatches_lie_inside() -> None:
    outline = np.array(rectangle(20, 30, 220, 130))
    for seed in range(5):
        lines = hatching(outline, 4, random.Random(seed))
        assert len(lines) > 3
        points = np.concatenate(lines)
        assert (points[:, :2] > (19.9, 29.9)).all()
        assert (points[:, :2] < (220.1, 130.1)).all()
        assert (points[:, 2] == 4).all()


def test_the_ground_is_what_an_object_stands_on() -> None:
    assert ground_slope([np.array(rectangle(0, 0, 10, 10))]) == 0
    tilted = np.array([(0.0, 10.0), (20.0, 6.0), (20.0, 0.0), (0.0, 0.0)])
    assert abs(ground_slope([tilted]) + 0.2) < 1e-6
    assert ground_slope([np.array([(0.0, 0.0), (10.0, 30.0), (0.0, 20.0)])]) == 0, "a steep edge is no ground"


def test_people_level_the_ground() -> None:
    left, right = np.array([[-0.4, 0.3]]), np.array([[0.4, 0.1]])
    ends = np.concatenate([left, right, np.random.default_rng(0).uniform(-0.4, 0.4, (50, 2))])
    slopes = []
    for seed in range(200):
        (x, y), (next_x, next_y) = slipped(ends, -0.25, 1.0, random.Random(seed))[:2].tolist()
        slopes.append((next_y - y) / (next_x - x))
    assert -0.2 < np.mean(slopes) < -0.03
    assert np.allclose(slipped(ends, -0.25, 0.0, random.Random(0)), ends)

import random

import numpy as np
import pytest

from stbir.data.drawn.families.chair import KINDS
from stbir.data.drawn.finishes import TWO_COLOURED
from stbir.data.drawn.materials import pick
from stbir.data.drawn.parts import named_parts
from stbir.data.drawn.seating.covers import cover_of
from stbir.data.drawn.seating.view import LEFTWARD, seat_camera


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_chair_shows_parts_with_names(kind: str) -> None:
    for seed in range(12):
        scene = KINDS[kind][1](random.Random(seed))
        assert scene.family == "chair"
        assert all(np.isfinite(shape.points).all() for shape in scene.shapes)
        assert named_parts(scene) or kind == "bean bag"


def test_most_seats_face_left() -> None:
    rng = random.Random(0)
    cameras = [seat_camera(rng) for _ in range(400)]
    assert abs(np.mean([camera.azimuth > 0 for camera in cameras]) - LEFTWARD) < 0.06
    front = [float(camera.project([[0, -1, 0]])[0][0, 0]) for camera in cameras]
    assert all((x <= 0) == (camera.azimuth >= 0) for x, camera in zip(front, cameras, strict=True))


def test_most_covers_are_plain() -> None:
    rng = random.Random(0)
    patterned = np.mean([cover_of(rng).texture in TWO_COLOURED for _ in range(600)])
    assert 0.05 < patterned < 0.25


def test_light_shows_most_on_dark_covers() -> None:
    rng = random.Random(0)
    black, white = pick(rng, "leather", "black"), pick(rng, "leather", "white")
    assert sum(black.lit(1.05).rgb) > 1.3 * sum(black.rgb)
    assert sum(white.lit(1.05).rgb) < 1.06 * sum(white.rgb)
    assert white.lit(0.8) == white.darker(0.8)

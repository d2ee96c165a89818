"""One attribute changes and nothing else: colour, material, or the shape of a detail."""

import importlib
import random

import numpy as np
import pytest

from stbir.data import drawn
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.variation import Replayed, recoloured, rematerialed, reshaped

FAMILIES = ("shoe", "chair", "bag", "vase", "table")


def outlines(scene: Scene) -> list[bytes]:
    return [shape.points.tobytes() for shape in scene.shapes]


@pytest.mark.parametrize("family", FAMILIES)
def test_another_colour(family: str) -> None:
    for seed in range(8):
        scene = drawn.scene_of(family, seed)
        other = recoloured(scene, random.Random(seed))
        assert outlines(other) == outlines(scene)
        assert other.main.colour != scene.main.colour
        assert other.main.texture == scene.main.texture
        assert (other.main.second_rgb, other.main.second_words) == (scene.main.second_rgb, scene.main.second_words)
        for old, new in zip(scene.shapes, other.shapes, strict=True):
            if (old.material.colour, old.material.texture) == (scene.main.colour, scene.main.texture):
                assert new.material.colour == other.main.colour
            else:
                assert new.material == old.material


@pytest.mark.parametrize("family", FAMILIES)
def test_another_material(family: str) -> None:
    changed = 0
    for seed in range(12):
        scene = drawn.scene_of(family, seed)
        other = rematerialed(scene, random.Random(seed))
        if other is None:
            assert scene.main.texture == "wood" or scene.main.colour not in ("black", "white", "red", "brown")
            continue
        changed += 1
        assert outlines(other) == outlines(scene)
        assert other.main.texture != scene.main.texture
        assert (other.main.rgb, other.main.colour) == (scene.main.rgb, scene.main.colour)
    assert changed > 2


@pytest.mark.parametrize("family", FAMILIES)
def test_another_shape(family: str) -> None:
    build = importlib.import_module(f"stbir.data.drawn.families.{family}").build
    for number in range(3):
        scene = build(random.Random(f"a {number}"))
        other = reshaped(build, f"a {number}", scene, random.Random(number))
        again = reshaped(build, f"a {number}", scene, random.Random(number))
        assert other is not None
        assert again is not None
        assert outlines(other) == outlines(again) != outlines(scene)
        assert other.main == scene.main
        assert other.names == scene.names


def test_combinations_to_avoid_are_avoided() -> None:
    scene = drawn.scene_of("shoe", 3)
    for seed in range(30):
        other = recoloured(scene, random.Random(seed), avoid=drawn.HELD_OUT_COMBINATIONS)
        assert (other.main.colour, other.main.texture) not in drawn.HELD_OUT_COMBINATIONS


def test_a_stream_with_one_number_replaced() -> None:
    plain, same, other = random.Random("s"), Replayed("s"), Replayed("s")
    other.at = 3
    draws = [[rng.random() for _ in range(6)] for rng in (plain, same, other)]
    assert draws[0] == draws[1]
    assert np.flatnonzero(np.not_equal(draws[0], draws[2])).tolist() == [3]
    assert draws[2][3] == pytest.approx((draws[0][3] + 0.5) % 1)

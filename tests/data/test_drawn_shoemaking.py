"""Lofts, straps and what a camera sees of them, where the truth is known."""

import math
import random

import cv2
import numpy as np
import pytest

from stbir.data.drawn.camera import Camera
from stbir.data.drawn.materials import TWO_COLOURED, Material
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.shoemaking.fabrics import ACCENTS, accent, fabrics
from stbir.data.drawn.shoemaking.last import ALONG, HALF, SIDE, UP, last
from stbir.data.drawn.shoemaking.loft import Hoop, Loft, Topline, leg, upper
from stbir.data.drawn.shoemaking.shafts import Shaft, shaped_leg
from stbir.data.drawn.shoemaking.stage import Stage, common, union
from stbir.data.drawn.shoemaking.straps import band

PAINT = Material((200.0, 30.0, 30.0), "plain", "red", ("red",))
RIGHT = np.array([1.0, 0.0])


def stage_at(azimuth: float, elevation: float) -> Stage:
    camera = Camera(azimuth=math.radians(azimuth), elevation=math.radians(elevation), target=(0.5, 0.0, 0.2))
    return Stage(Scene("test", ("thing",), PAINT), camera)


def area(outline: np.ndarray) -> float:
    return float(cv2.contourArea(outline.astype(np.float32)))


def a_shoe(seed: int) -> Loft:
    base = last(random.Random(seed), lift=0.05 * (seed % 9), thickness=0.04)
    return upper(base, Topline(0.4, 0.24, 0.15, 0.24, 0.12))


def test_a_loft_passes_through_its_rings() -> None:
    loft = a_shoe(1)
    u = np.where(np.arange(len(ALONG)) <= HALF, ALONG, 2 - ALONG)
    for level in (0, 3, len(loft.rings) - 1):
        assert np.allclose(loft.at(u, level / (len(loft.rings) - 1)), loft.rings[level], atol=1e-6)
    assert np.allclose(loft.at(-0.3, 0.5), loft.at(1.7, 0.5))


@pytest.mark.parametrize("seed", range(6))
def test_the_instep_is_crossed_from_the_far_to_the_near_side(seed: int) -> None:
    loft = a_shoe(seed)
    y = loft.at(loft.across(0.8, 0.04, 5), 0.8)[:, 1]
    assert (np.diff(y) < 0).all()
    assert y[0] - y[-1] == pytest.approx(0.08, abs=0.02)


@pytest.mark.parametrize("seed", range(4))
def test_the_silhouette_encloses_the_opening_which_opens_as_one_looks_from_above(seed: int) -> None:
    loft = a_shoe(seed)
    openings = []
    for elevation in (4, 20, 40):
        stage = stage_at(-25, elevation)
        stage.body(loft, PAINT, part="upper")
        rim = stage.see(loft.rim)
        inside = common(rim, stage.scene.shapes[0].points)
        assert inside is not None
        assert area(inside) > 0.9 * area(rim)
        openings.append(area(rim))
    assert openings == sorted(openings)


def test_the_outline_of_joined_areas() -> None:
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float64)
    joined = union([square, square + RIGHT / 2])
    assert area(joined) == pytest.approx(1.5, abs=0.03)
    assert common(square, square + 2 * RIGHT) is None
    shared = common(square, square + 0.5)
    assert shared is not None
    assert area(shared) == pytest.approx(0.25, abs=0.02)


def test_a_closed_band_shows_its_inner_side_behind_its_outer_side() -> None:
    turn = np.stack([ALONG, SIDE * np.sqrt(ALONG * (1 - ALONG)), 0 * ALONG], axis=1)
    stage = stage_at(0, 30)
    dark = PAINT.darker(0.5)
    stage.strip(turn + 0.1 * UP, turn, PAINT, part="ring", inner=dark, closed=True)
    shapes = stage.scene.shapes
    assert [shape.material for shape in shapes] == [dark, PAINT]
    assert shapes[0].points[:, 1].mean() < shapes[1].points[:, 1].mean(), "the far side is higher in the picture"


def test_a_strap_over_the_foot_is_seen_from_outside_in_front() -> None:
    base = last(random.Random(2), lift=0.0, thickness=0.03)
    stage = stage_at(-20, 15)
    band(stage, base, 0.3, 0.3, 0.12, 0.1, PAINT, part="band")
    assert stage.scene.shapes[-1].material == PAINT
    high = stage.scene.shapes[-1].points[:, 1].min()
    assert high < stage.see(base.edge(0.3, -1.0)[None])[0, 1] - 0.08


def test_the_shaft_of_a_boot_ends_at_its_last_hoop() -> None:
    base = last(random.Random(3), lift=0.0, thickness=0.03)
    hoops = [Hoop(0.45, 1.0, 0.11, 0.24, 0.2), Hoop(0.58, 0.97, 0.12, 0.4, 0.38), Hoop(0.55, 1.0, 0.14, 0.9, 0.95)]
    boot = leg(base, hoops, 0.12)
    ankle = boot.loft.at(np.array([0.0, 1.0]), boot.ankle)
    assert np.allclose(ankle[:, 0], [0.45, 1.0])
    assert np.allclose(ankle[:, 2], [0.24, 0.2])
    assert np.allclose(boot.loft.rim[[0, HALF], 2], [0.9, 0.95])
    heights = boot.loft.rings[:, HALF, 2]
    assert (np.diff(heights) > 0).all()


def test_a_strap_runs_between_its_edges_and_a_pinched_one_is_narrow_in_the_middle() -> None:
    base = last(random.Random(2), lift=0.0, thickness=0.03)
    made = [band(stage_at(-20, 15), base, 0.3, 0.3, 0.12, 0.1, PAINT, part="band", pinch=pinch) for pinch in (0.0, 0.8)]
    plain, knotted = made
    assert np.allclose(plain.at(0.0, 0.0), plain.front[0])
    assert np.allclose(plain.at(1.0, 1.0), plain.rear[-1])
    assert np.allclose(plain.at(0.5, 0.5), 0.5 * (plain.front[7] + plain.rear[7]))
    widths = [float(np.linalg.norm(strap.at(0.5, 1.0) - strap.at(0.5, 0.0))) for strap in made]
    assert widths[1] < 0.3 * widths[0]
    assert np.allclose(knotted.at(0.0, 0.0), plain.at(0.0, 0.0))


def test_a_pointed_toe_is_narrower_than_a_round_one() -> None:
    widths = [
        float(last(random.Random(4), lift=0.2, thickness=0.02, pointed=on).half_width(0.05, 1.0))
        for on in (False, True)
    ]
    assert widths[1] < 0.7 * widths[0]


def test_a_shaft_dips_at_its_sides_and_bulges_at_the_calf() -> None:
    base = last(random.Random(3), lift=0.0, thickness=0.03)
    plain = shaped_leg(random.Random(5), base, Shaft(1.4)).loft
    western = shaped_leg(random.Random(5), base, Shaft(1.4, dip=0.12)).loft
    calf = shaped_leg(random.Random(5), base, Shaft(1.4, calf=0.1)).loft
    side = HALF // 2
    assert western.rim[side, 2] < plain.rim[side, 2] - 0.05
    assert western.rim[0, 2] > plain.rim[0, 2]
    assert np.allclose(western.rings[:13], plain.rings[:13])
    assert calf.rings[:, HALF, 0].max() > plain.rings[:, HALF, 0].max() + 0.04


def test_shoes_are_mostly_of_one_colour() -> None:
    mains = [fabrics(random.Random(seed)).main for seed in range(400)]
    patterned = sum(material.texture in TWO_COLOURED for material in mains)
    assert 0.04 * len(mains) < patterned < 0.16 * len(mains)
    assert sum(material.colour == "black" for material in mains) > 0.15 * len(mains)
    assert accent(random.Random(1)).colour in ACCENTS

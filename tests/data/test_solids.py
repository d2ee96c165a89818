"""The camera, the painter's order, turned bodies, plates, and every family built from them."""

from __future__ import annotations

import importlib
import math
import random

import cv2
import numpy as np
import pytest

from stbir.data.drawn.camera import Camera, shop_camera
from stbir.data.drawn.lathe import Lathe, frustum, turned
from stbir.data.drawn.materials import wood
from stbir.data.drawn.phrases import made_of
from stbir.data.drawn.plate import Sheet, add_plate, rounded, slot
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.solids import Solids

FAMILIES = ("chair", "sofa", "table", "lamp", "vase", "mug", "bracket", "teapot", "cabinet", "pan")


@pytest.fixture
def oak():
    return wood(random.Random(0), "mid wood")


def painted(solids: Solids, material) -> Scene:
    scene = Scene("test", ("test",), material)
    solids.emit(scene)
    return scene


def area(outline) -> float:
    x, y = np.asarray(outline).T
    return 0.5 * abs(float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)))


def test_camera_agrees_with_a_pinhole_written_out() -> None:
    azimuth, elevation, distance, target = 0.6, 0.35, 4.0, (0.1, -0.2, 0.5)
    camera = Camera(azimuth=azimuth, elevation=elevation, distance=distance, target=target)
    generator = np.random.default_rng(3)
    points = generator.uniform(-0.5, 0.5, (12, 3))
    picture, depths = camera.project(points)
    for point, (x, y), depth in zip(points.tolist(), picture.tolist(), depths.tolist(), strict=True):
        px, py, pz = (a - b for a, b in zip(point, target, strict=True))
        # turn the world about z, then tip it towards the viewer
        right = px * math.cos(azimuth) + py * math.sin(azimuth)
        away = -px * math.sin(azimuth) + py * math.cos(azimuth)
        far = distance + away * math.cos(elevation) - pz * math.sin(elevation)
        high = away * math.sin(elevation) + pz * math.cos(elevation)
        assert (x, y, depth) == pytest.approx((right * distance / far, -high * distance / far, far))
        assert camera.depth(point) == pytest.approx(far)


def test_what_is_higher_lies_further_up_in_the_picture() -> None:
    picture, _ = shop_camera(random.Random(1)).project([(0, 0, 0), (0, 0, 1)])
    assert picture[1, 1] < picture[0, 1]


@pytest.mark.parametrize(
    ("azimuth", "elevation", "faces"), [(0.5, 0.4, 3), (0.0, 0.4, 2), (0.0, 0.0, 1), (2.5, -0.4, 3)]
)
def test_a_box_shows_the_faces_that_can_be_seen(oak, azimuth: float, elevation: float, faces: int) -> None:
    camera = Camera(azimuth=azimuth, elevation=elevation, target=(0.0, 0.0, 0.0))
    solids = Solids(camera)
    solids.box((0, 0, 0), (0.3, 0.3, 0.3), oak, "box")
    scene = painted(solids, oak)
    assert len(scene.shapes) == faces
    corners, _ = camera.project([(x, y, z) for x in (-0.15, 0.15) for y in (-0.15, 0.15) for z in (-0.15, 0.15)])
    everything = np.concatenate([shape.points for shape in scene.shapes])
    assert everything.min(axis=0) == pytest.approx(corners.min(axis=0))
    assert everything.max(axis=0) == pytest.approx(corners.max(axis=0))


def test_nearer_pieces_are_painted_later(oak) -> None:
    for seed in range(5):
        rng = random.Random(seed)
        solids = Solids(shop_camera(rng))
        depths: dict[str, float] = {}
        for index in range(12):
            place = tuple(rng.uniform(-0.5, 0.5) for _ in range(3))
            solids.cushion(place, (0.1, 0.1, 0.1), oak, f"part{index}")
            depths[f"part{index}"] = solids.camera.depth(place)
        parts = list(dict.fromkeys(shape.part for shape in painted(solids, oak).shapes))
        assert parts == sorted(depths, key=lambda part: -depths[part])


def test_bias_moves_a_piece_away(oak) -> None:
    solids = Solids(shop_camera(random.Random(0)))
    solids.box((0, -1, 0), (0.1, 0.1, 0.1), oak, "near", bias=9.0)
    solids.box((0, 1, 0), (0.1, 0.1, 0.1), oak, "far")
    assert painted(solids, oak).shapes[0].part == "near"


def test_thin_bars_are_one_stroke_and_thick_ones_an_outline(oak) -> None:
    for radius, strokes, closed in ((0.01, True, False), (0.05, True, True), (0.01, False, True)):
        solids = Solids(shop_camera(random.Random(0)), strokes=strokes)
        solids.rod((0, 0, 0), (0, 0, 1), radius, oak, "leg")
        inked = [shape for shape in painted(solids, oak).shapes if shape.ink > 0]
        assert [shape.closed for shape in inked] == [closed]


def test_a_silhouette_seen_level_is_symmetric_and_as_wide_as_the_profile(oak) -> None:
    profile = turned([(0.2, 0), (0.45, 0.3), (0.15, 0.7), (0.25, 1.0)])
    camera = Camera(azimuth=0.0, elevation=0.0, distance=1000.0, target=(0.0, 0.0, 0.5))
    outline = Lathe(camera, profile).silhouette()
    right, left = outline[: len(outline) // 2], outline[len(outline) // 2 :][::-1]
    assert right[:, 0] == pytest.approx(-left[:, 0], abs=1e-9)
    assert outline[:, 0].max() == pytest.approx(profile[:, 0].max(), rel=0.01)
    for x, y in right[3:-3].tolist():
        assert x == pytest.approx(float(np.interp(0.5 - y, profile[:, 1], profile[:, 0])), abs=0.01)


@pytest.mark.parametrize("elevation", [-0.3, 0.1, 0.5, 1.2])
def test_a_silhouette_holds_every_ring(elevation: float) -> None:
    camera = Camera(azimuth=0.4, elevation=elevation, distance=6.0, target=(0.0, 0.0, 0.5))
    lathe = Lathe(camera, turned([(0.2, 0), (0.45, 0.3), (0.15, 0.7), (0.25, 1.0)]))
    outline = lathe.silhouette().astype(np.float32)
    for height in np.linspace(0, 1, 15).tolist():
        for x, y in lathe.ring(height).tolist():
            assert cv2.pointPolygonTest(outline, (x, y), True) > -0.012


def test_the_opening_shows_only_from_above(oak) -> None:
    profile = turned([(0.2, 0), (0.3, 1.0)])
    above = Camera(azimuth=0.0, elevation=0.4, target=(0.0, 0.0, 0.5))
    below = Camera(azimuth=0.0, elevation=-0.4, target=(0.0, 0.0, 0.5))
    assert Lathe(above, profile).opening(oak, "rim")
    assert not Lathe(below, profile).opening(oak, "rim")


def test_an_upright_frustum_is_the_lathe_of_the_same_profile(oak) -> None:
    camera = Camera(azimuth=0.3, elevation=0.3, distance=50.0, target=(0.0, 0.0, 0.5))
    solids = Solids(camera)
    frustum(solids, (0, 0, 0), (0, 0, 1), (0.4, 0.2), oak, "cone")
    cone = painted(solids, oak).shapes[0].points
    knots = np.column_stack([np.linspace(0.4, 0.2, 30), np.linspace(0, 1, 30)])
    assert area(cone) == pytest.approx(area(Lathe(camera, turned(knots, straight=True)).silhouette()), rel=0.02)


def test_a_plate_shows_its_upper_side_its_edges_and_through_its_holes(oak) -> None:
    camera = Camera(azimuth=0.5, elevation=0.9, target=(0.0, 0.0, 0.0))
    square = rounded([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)], 0.0)
    for thick, through in ((0.05, True), (0.6, False)):
        solids = Solids(camera)
        sheet = Sheet((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), thick)
        add_plate(solids, sheet, square, oak, "plate", holes=[slot(0.0, 0.0, 0.0, 0.15)])
        shapes = painted(solids, oak).shapes
        assert len([shape for shape in shapes if shape.part == "plate"]) == 3
        holes = [shape for shape in shapes if shape.part != "plate"]
        assert len(holes) == (2 if through else 1)
        assert all(area(inner.points) < area(holes[0].points) for inner in holes[1:])


def test_rounded_corners_take_away_less_than_the_corner(oak) -> None:
    square = [(0, 0), (1, 0), (1, 1), (0, 1)]
    assert area(rounded(square, 0.0)) == pytest.approx(1.0)
    assert 1 - 4 * 0.2**2 < area(rounded(square, 0.2)) < 1 - 4 * 0.2**2 * (1 - math.pi / 4) * 0.8


def test_phrases_name_the_part_and_the_colour(oak) -> None:
    phrases = made_of(random.Random(2), oak, "legs", "frame")
    assert all(("legs" in phrase) or ("frame" in phrase) for phrase in phrases)
    assert all(any(word in phrase for word in oak.words) for phrase in phrases)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_object_can_be_drawn_and_said(family: str) -> None:
    build = importlib.import_module(f"stbir.data.drawn.families.{family}").build
    said: set[tuple[str, ...]] = set()
    for seed in range(40):
        scene = build(random.Random(seed))
        assert scene.family == family
        assert all(np.isfinite(shape.points).all() and len(shape.points) > 1 for shape in scene.shapes)
        assert any(shape.closed and shape.ink >= 0.9 and area(shape.points) > 1e-3 for shape in scene.shapes)
        assert scene.names
        assert scene.details
        for phrase in [*scene.names, *(phrase for detail in scene.details for phrase in detail)]:
            assert phrase == phrase.strip()
            assert phrase
            assert "  " not in phrase
        said.update(scene.details)
        again = build(random.Random(seed))
        assert [shape.part for shape in again.shapes] == [shape.part for shape in scene.shapes]
        assert all(np.array_equal(a.points, b.points) for a, b in zip(scene.shapes, again.shapes, strict=True))
    assert len(said) > 20


@pytest.mark.parametrize("family", FAMILIES)
def test_materials_vary(family: str) -> None:
    build = importlib.import_module(f"stbir.data.drawn.families.{family}").build
    assert len({build(random.Random(seed)).main.colour for seed in range(40)}) >= 8


def test_a_bracket_says_how_many_holes_it_has() -> None:
    build = importlib.import_module("stbir.data.drawn.families.bracket").build
    for seed in range(30):
        scene = build(random.Random(seed))
        drawn = {shape.part for shape in scene.shapes if shape.part.startswith("hole")}
        stated = [int(phrase.split()[0]) for detail in scene.details for phrase in detail if phrase[0].isdigit()]
        assert not drawn or max(stated) >= len(drawn)

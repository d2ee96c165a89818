"""Whatever a drawing was made on, the same black lines on white come out."""

import math

import cv2
import numpy as np
import pytest

from stbir.errors import InputError
from stbir.functional.paper import ink_on_paper
from stbir.functional.strokes import checked, rasterise
from stbir.types import Pixels


def drawing(side: int = 300, pen: float = 0.014) -> Pixels:
    body = [(0, 0), (80, 10), (100, 70), (20, 90), (0, 0)]
    loop = [(45 + 18 * math.cos(k / 6), 45 + 18 * math.sin(k / 6)) for k in range(39)]
    return rasterise(checked([body, loop, [(10, 20), (30, 75)]]), side, margin=0.12, line_width=pen)


def agreement(one: Pixels, other: Pixels) -> float:
    a, b = one < 128, other < 128
    return float((a & b).sum() / (a | b).sum())


def coloured(page: Pixels, ink: tuple[int, int, int], paper: tuple[int, int, int]) -> Pixels:
    part = page[..., None] / 255
    return np.rint(np.array(ink) * (1 - part) + np.array(paper) * part).astype(np.uint8)


def test_a_clean_drawing_passes_unchanged() -> None:
    page = drawing()
    assert np.abs(ink_on_paper(page).astype(int) - page).max() <= 3
    assert np.array_equal(ink_on_paper(page[..., None].repeat(3, 2)), ink_on_paper(page))
    opaque = np.dstack([page, page, page, np.full_like(page, 255)])
    assert np.array_equal(ink_on_paper(opaque), ink_on_paper(page))
    assert np.array_equal(ink_on_paper(ink_on_paper(page)), ink_on_paper(page))


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ((255, 255, 255), (0, 0, 0)),
        ((230, 240, 230), (30, 60, 45)),
        ((90, 90, 90), (250, 250, 250)),
        ((200, 30, 30), (255, 255, 255)),
        ((30, 60, 220), (255, 255, 255)),
        ((240, 220, 40), (255, 255, 255)),
        ((60, 40, 20), (225, 205, 160)),
        ((255, 240, 0), (20, 20, 60)),
    ],
)
def test_polarity_and_colour_do_not_matter(ink: tuple[int, int, int], paper: tuple[int, int, int]) -> None:
    page = ink_on_paper(coloured(drawing(), ink, paper))
    assert agreement(page, drawing()) > 0.93
    assert page[0, 0] == 255
    assert page.min() == 0


@pytest.mark.parametrize("ink", [(0, 0, 0), (255, 255, 255), (220, 60, 10)])
@pytest.mark.parametrize("beneath", [0, 255])
def test_on_a_transparent_ground_the_opacity_is_the_ink(ink: tuple[int, int, int], beneath: int) -> None:
    page = drawing()
    layers = np.full((*page.shape, 4), beneath, np.uint8)
    layers[page < 255, :3] = ink
    layers[..., 3] = 255 - page
    assert np.array_equal(ink_on_paper(layers), page)


def test_a_cut_out_keeps_its_lines() -> None:
    layers = np.zeros((200, 200, 4), np.uint8)
    cv2.circle(layers, (100, 100), 80, (255, 255, 255, 255), -1)
    cv2.circle(layers, (100, 100), 80, (0, 0, 0, 255), 4)
    cv2.line(layers, (60, 100), (140, 100), (0, 0, 0, 255), 4)
    page = ink_on_paper(layers)
    assert page[100, 100] == 0
    assert page[60, 100] == 255
    assert page[20, 100] == 0
    assert page[2, 2] == 255


def photographed(page: Pixels, *, pencil: float, noise: float, seed: int) -> Pixels:
    height, width = page.shape
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    light = 215 - 90 * x - 40 * y + 25 * np.exp(-((x - 0.3) ** 2 + (y - 0.6) ** 2) / 0.05)
    soft = cv2.GaussianBlur(page, (0, 0), 0.8).astype(np.float32) / 255
    lit = light * (1 - pencil * (1 - soft))
    warm = lit[..., None] * np.array([1.0, 0.96, 0.86])
    photo = (warm + np.random.default_rng(seed).normal(0, noise, warm.shape)).clip(0, 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, 80])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


@pytest.mark.parametrize(("pencil", "noise"), [(0.7, 2), (0.45, 4), (0.35, 5), (0.2, 3)])
@pytest.mark.parametrize("side", [400, 1100])
def test_a_photo_of_a_pencil_drawing_gives_its_lines(side: int, pencil: float, noise: float) -> None:
    page = drawing(side, 0.008 if side > 1000 else 0.014)
    found = ink_on_paper(photographed(page, pencil=pencil, noise=noise, seed=side))
    assert agreement(found, page) > 0.75
    far = cv2.erode(page, np.ones((9, 9), np.uint8)) == 255
    assert (found[far] == 255).all()


def test_a_blackboard_in_uneven_light() -> None:
    page = drawing(400)
    y, x = np.mgrid[0:400, 0:400] / 400
    board = (30 + 50 * x + 20 * y + (255 - page) * 0.55).astype(np.uint8)
    assert agreement(ink_on_paper(board), page) > 0.7


@pytest.mark.parametrize("level", [0, 90, 255])
def test_a_blank_page_is_white(level: int) -> None:
    page = np.full((200, 150), level, np.uint8)
    assert (ink_on_paper(page) == 255).all()
    for seed in range(3):
        assert (ink_on_paper(photographed(page * 0 + 255, pencil=0.5, noise=4, seed=seed)) == 255).all()
    assert (ink_on_paper(np.zeros((9, 9, 4), np.uint8)) == 255).all()


@pytest.mark.parametrize("shape", [(0, 5), (4, 4, 2), (4,)])
def test_what_is_no_picture_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="shape"):
        ink_on_paper(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (2, 2, 3), (3000, 2, 4)])
def test_tiny_and_narrow_pictures_pass(shape: tuple[int, ...]) -> None:
    page = np.random.default_rng(0).integers(0, 255, shape).astype(np.uint8)
    assert ink_on_paper(page).shape == shape[:2]

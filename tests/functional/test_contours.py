"""Contours stand where a person would draw them, whatever the contrast; noise and patterns do not fill the page."""

import cv2
import numpy as np
import pytest

from stbir.errors import InputError
from stbir.functional.contours import contours
from stbir.functional.strokes import rasterise
from stbir.types import Pixels, Sketch


def square(
    side: int, paper: tuple[int, int, int] = (255, 255, 255), colour: tuple[int, int, int] = (150, 60, 40)
) -> Pixels:
    picture = np.full((side, side, 3), paper, np.uint8)
    picture[side // 4 : side - side // 4, side // 4 : side - side // 4] = colour
    return picture


def outline(side: int) -> Pixels:
    """How the rasteriser draws the same square."""
    low, high = float(side // 4), float(side - side // 4)
    corners = np.float32([[low, low], [high, low], [high, high], [low, high], [low, low]])
    return rasterise(Sketch(strokes=(corners,)), side, margin=0.25)


def noisy(picture: Pixels, sigma: float) -> Pixels:
    rng = np.random.default_rng(5)
    return (picture + rng.normal(0, sigma, picture.shape)).clip(0, 255).astype(np.uint8)


def ink(drawing: Pixels) -> float:
    return float(np.mean(255.0 - drawing) / 255)


def covered(drawing: Pixels, of: Pixels) -> float:
    """The share of the ink of one drawing that lies within two pixels of ink in another."""
    near = cv2.dilate((of < 200).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return float((near & (drawing < 200)).sum() / (drawing < 200).sum())


@pytest.mark.parametrize("side", [64, 128, 224])
def test_a_square_gives_its_outline_in_the_width_of_a_sketch(side: int) -> None:
    drawing, wanted = contours(square(side)), outline(side)
    assert drawing.shape == (side, side)
    assert drawing.dtype == np.uint8
    assert covered(drawing, wanted) == covered(wanted, drawing) == 1
    assert ink(drawing) == pytest.approx(ink(wanted), rel=0.35)


@pytest.mark.parametrize(
    "picture",
    [
        square(128, (255, 255, 255), (244, 244, 242)),
        square(128, (0, 0, 0), (12, 12, 14)),
        noisy(square(128, (250, 250, 250), (238, 238, 238)), 1.0),
        # of one brightness: only the colour tells them apart
        square(128, (140, 100, 120), (120, 111, 120)),
    ],
    ids=["white on white", "black on black", "faint and noisy", "same brightness"],
)
def test_low_contrast_still_gives_lines(picture: Pixels) -> None:
    drawing, wanted = contours(picture), outline(128)
    assert covered(wanted, drawing) > 0.97
    assert covered(drawing, wanted) > 0.97


@pytest.mark.parametrize("side", [64, 128, 224])
@pytest.mark.parametrize("sigma", [1, 3, 5, 10, 25, 60])
def test_noise_does_not_fill_the_picture(side: int, sigma: float) -> None:
    assert ink(contours(noisy(np.full((side, side, 3), 200, np.uint8), sigma))) < 0.02


@pytest.mark.parametrize("sigma", [3, 6, 12])
def test_an_object_stands_out_of_noise(sigma: float) -> None:
    drawing, wanted = contours(noisy(square(128, (210, 210, 210)), sigma)), outline(128)
    assert covered(wanted, drawing) > 0.97
    assert covered(drawing, wanted) > 0.9


def test_a_pattern_all_over_gives_no_more_ink_than_lines() -> None:
    y, x = np.mgrid[0:128, 0:128]
    tweed = 120 + 40 * np.sin(x * 1.3) * np.sin(y * 1.1)
    assert ink(contours(np.repeat(tweed[..., None], 3, axis=2).astype(np.uint8))) < 0.25


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_blank_picture_gives_a_white_page(value: int) -> None:
    assert (contours(np.full((64, 64, 3), value, np.uint8)) == 255).all()


def test_soft_light_is_no_line() -> None:
    ramp = np.linspace(180, 255, 128)[None, :, None]
    assert (contours(np.broadcast_to(ramp, (128, 128, 3)).astype(np.uint8)) == 255).all()


def test_the_same_picture_gives_the_same_pixels() -> None:
    picture = noisy(square(128), 20)
    before = picture.copy()
    first = contours(picture)
    assert np.array_equal(first, contours(np.asfortranarray(picture)))
    assert np.array_equal(picture, before)


def test_a_picture_without_colours_is_refused() -> None:
    with pytest.raises(InputError, match=r"must have the shape \(height, width, 3\), not \(8, 8\)"):
        contours(np.zeros((8, 8), np.uint8))

"""Each operation on a picture against its definition, and their order and sizes against STBIR's table."""

import io
from unittest import mock

import cv2
import numpy as np
import pytest
from PIL import Image

from stbir.errors import InputError
from stbir.functional.degrade import pictures
from stbir.functional.degrade.pictures import (
    bent,
    blurred,
    contrasted,
    cut_out,
    degrade_photo,
    degrade_sketch,
    jpeg,
    moved,
    noisy,
)
from stbir.types import Pixels


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.fixture
def photo() -> Pixels:
    small = rng(3).integers(60, 200, (8, 8, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(small, (64, 64), interpolation=cv2.INTER_CUBIC), np.uint8)


def test_noise_has_the_deviation_it_says() -> None:
    grey = np.full((200, 200, 3), 128, np.uint8)
    noise = noisy(grey, 0.12, generator=rng()).astype(float) - 128
    assert noise.std() == pytest.approx(0.12 * 255, rel=0.02)
    assert abs(noise.mean()) < 0.5
    assert abs(np.corrcoef(noise[..., 0].ravel(), noise[..., 1].ravel())[0, 1]) < 0.02
    white = noisy(np.full((50, 50), 255, np.uint8), 0.18, generator=rng())
    assert white.max() == 255  # cut off, not wrapped around
    assert white.min() > 60


@pytest.mark.parametrize("radius", [0.6, 1.3])
def test_blur_is_a_gaussian(radius: float) -> None:
    dot = np.zeros((21, 21), np.uint8)
    dot[10, 10] = 255
    y, x = np.mgrid[-10:11, -10:11]
    kernel = np.exp(-(x**2 + y**2) / (2 * radius**2))
    assert np.abs(blurred(dot, radius) - 255 * kernel / kernel.sum()).max() < 1


def test_jpeg_is_as_another_codec_stores_it(photo: Pixels) -> None:
    for quality in (45, 85):
        stored = io.BytesIO()
        Image.fromarray(photo).save(stored, "JPEG", quality=quality)
        other = np.asarray(Image.open(stored)).astype(int)
        assert np.abs(jpeg(photo, quality).astype(int) - other).mean() < 1
    assert np.abs(jpeg(photo, 45).astype(int) - photo).mean() > np.abs(jpeg(photo, 85).astype(int) - photo).mean()


def test_contrast_scales_the_distance_from_the_mean(photo: Pixels) -> None:
    less, more = (contrasted(photo, factor).astype(float) for factor in (0.85, 1.1))
    assert less.mean() == pytest.approx(photo.mean(), abs=0.5)
    assert less.std() == pytest.approx(0.85 * photo.std(), rel=0.01)
    assert more.std() == pytest.approx(1.1 * photo.std(), rel=0.02)


def test_a_cut_out_is_one_square_of_the_area_inside_of_the_picture(photo: Pixels) -> None:
    places = set()
    for seed in range(20):
        cut = cut_out(photo, 0.1, colour=0, generator=rng(seed))
        gone = (cut == 0).all(axis=-1)
        rows, columns = np.flatnonzero(gone.any(axis=1)), np.flatnonzero(gone.any(axis=0))
        assert gone.sum() == len(rows) * len(columns) == pytest.approx(0.1 * 64 * 64, rel=0.05)
        assert np.array_equal(cut[~gone], photo[~gone])
        places.add((rows[0], columns[0]))
    assert len(places) > 15
    assert not (photo == 0).all(axis=-1).any()  # the picture it was cut from is left alone


@pytest.mark.parametrize(
    ("strength", "sizes"),
    [
        (0.0, {"noisy": 0.0, "blurred": 0.0, "jpeg": 85, "cut_out": 0.05}),
        (0.2, {"noisy": 0.024, "blurred": 0.26, "jpeg": 77, "cut_out": 0.064}),
        (1.0, {"noisy": 0.12, "blurred": 1.3, "jpeg": 45, "cut_out": 0.12}),
    ],
)
def test_what_happens_to_a_photo(photo: Pixels, strength: float, sizes: dict[str, float]) -> None:
    assert steps(degrade_photo, photo, strength) == (pytest.approx(sizes), list(sizes), 0)


@pytest.mark.parametrize(
    ("strength", "sizes"),
    [
        (0.0, {"noisy": 0.0, "blurred": 0.0, "contrasted": 0.85, "cut_out": 0.02}),
        (0.5, {"noisy": 0.09, "blurred": 0.3, "contrasted": 1.025, "cut_out": 0.035}),
        (1.0, {"noisy": 0.18, "blurred": 0.6, "contrasted": 1.2, "cut_out": 0.05}),
    ],
)
def test_what_happens_to_a_sketch(photo: Pixels, strength: float, sizes: dict[str, float]) -> None:
    assert steps(degrade_sketch, photo[..., 0], strength) == (pytest.approx(sizes), list(sizes), 255)


def steps(degrade, picture: Pixels, strength: float) -> tuple[dict[str, float], list[str], int]:
    """The sizes of the operations, their order, and the colour of what is cut out."""
    done: list[tuple[str, float]] = []
    colours: list[int] = []

    def watched(name: str, operation):
        def run(given: Pixels, size: float, **more):
            done.append((name, size))
            colours.extend([more["colour"]] if "colour" in more else [])
            return operation(given, size, **more)

        return run

    names = ("noisy", "blurred", "jpeg", "contrasted", "cut_out")
    with mock.patch.multiple(pictures, **{name: watched(name, getattr(pictures, name)) for name in names}):
        result = degrade(picture, strength, generator=rng())
    assert (result.shape, result.dtype) == (picture.shape, np.uint8)
    assert np.array_equal(result, degrade(picture, strength, generator=rng()))
    (colour,) = colours
    return dict(done), [name for name, _ in done], colour


def test_moving_keeps_the_drawing_and_the_paper() -> None:
    page = np.full((64, 64), 255, np.uint8)
    page[28:36, 20:44] = 0
    assert np.array_equal(moved(page, 0, generator=rng()), page)
    middles = []
    for seed in range(50):
        other = moved(page, 1, generator=rng(seed))
        assert other[[0, 0, -1, -1], [0, -1, 0, -1]].tolist() == [255] * 4
        ink = 255 - other.astype(float)
        assert 0.7 < ink.sum() / (255 - page.astype(float)).sum() < 1.4
        y, x = np.mgrid[:64, :64]
        middles.append(((ink * x).sum() / ink.sum() - 31.5, (ink * y).sum() / ink.sum() - 31.5))
    assert 4 < np.abs(middles).max() < 64 * 0.1 + 1
    slight = np.abs(moved(page, 0.1, generator=rng(1)).astype(int) - page).mean()
    assert 0 < slight < np.abs(moved(page, 1, generator=rng(1)).astype(int) - page).mean()


def test_strengths_outside_are_refused(photo: Pixels) -> None:
    for degrade in (degrade_photo, degrade_sketch, moved):
        with pytest.raises(InputError, match="between 0 and 1"):
            degrade(photo, 1.2, generator=rng())


def test_a_photo_and_its_sketch_are_bent_alike() -> None:
    """Corners of a box lie in both pictures where the same map takes them, and nowhere else than before for long."""
    photo = np.full((96, 96, 4), 255, np.uint8)
    photo[30:60, 24:70] = (200, 30, 30, 0)
    sketch = np.where(photo[..., 3] == 0, 0, 255).astype(np.uint8)
    for seed in range(6):
        one, other = (bent(picture, 0.8, generator=rng(seed)) for picture in (photo, sketch))
        assert np.array_equal(one[..., 3], other)
        assert not np.array_equal(other, sketch)
        assert 0.5 < (other < 128).sum() / (sketch < 128).sum() < 2
        assert other[0].min() == 255, "paper comes in from outside"
    assert np.array_equal(bent(sketch, 0, generator=rng()), sketch)
    moves = [np.abs(bent(sketch, amount, generator=rng(1)).astype(int) - sketch).mean() for amount in (0.1, 0.4, 1)]
    assert moves == sorted(moves)
    with pytest.raises(InputError, match="between 0 and 1"):
        bent(sketch, 1.1, generator=rng())

"""The content of a photo is found on any plain background, and nothing is cropped on a busy one."""

import cv2
import numpy as np
import pytest

from stbir.errors import InputError
from stbir.functional.framing import content_box, frame
from stbir.types import Pixels


def scene(
    background: Pixels, box: tuple[int, int, int, int], *, colour: tuple[int, int, int] = (150, 60, 40)
) -> Pixels:
    picture = background.copy()
    left, top, right, bottom = box
    picture[top:bottom, left:right] = colour
    return picture


def plain(colour: tuple[int, int, int], size: tuple[int, int] = (240, 320)) -> Pixels:
    return np.full((*size, 3), colour, np.uint8)


def gradient() -> Pixels:
    ramp = np.linspace(0, 40, 320)[None, :, None] + np.linspace(0, 15, 240)[:, None, None]
    return np.broadcast_to(190 + ramp, (240, 320, 3)).astype(np.uint8)


def noisy(picture: Pixels) -> Pixels:
    rng = np.random.default_rng(5)
    return (picture + rng.normal(0, 5, picture.shape)).clip(0, 255).astype(np.uint8)


def jpeg(picture: Pixels, quality: int = 40) -> Pixels:
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def shadow(picture: Pixels) -> Pixels:
    y, x = np.mgrid[0:240, 0:320]
    dark = 45 * np.exp(-(((x - 160) / 110) ** 2 + ((y - 175) / 28) ** 2))
    return (picture - dark[..., None]).clip(0, 255).astype(np.uint8)


BOX = (90, 60, 250, 170)


@pytest.mark.parametrize(
    "background",
    [
        plain((255, 255, 255)),
        plain((236, 232, 225)),
        plain((30, 140, 90)),
        plain((0, 0, 0)),
        gradient(),
        noisy(gradient()),
        shadow(plain((250, 250, 250))),
    ],
    ids=["white", "off-white", "green", "black", "gradient", "noisy gradient", "soft shadow"],
)
@pytest.mark.parametrize("compress", [False, True], ids=["exact", "jpeg"])
def test_the_box_fits_on_a_plain_background(background: Pixels, compress: bool) -> None:
    picture = scene(background, BOX)
    found = content_box(jpeg(picture) if compress else picture)
    assert found is not None
    for got, expected in zip(found, BOX, strict=True):
        assert abs(got - expected) <= 8  # two pixels of the copy it looks at


def test_a_light_object_on_white_is_found_by_its_edges() -> None:
    found = content_box(scene(plain((255, 255, 255)), BOX, colour=(228, 226, 224)))
    assert found is not None
    assert all(abs(got - expected) <= 8 for got, expected in zip(found, BOX, strict=True))


def test_an_object_may_touch_the_border() -> None:
    found = content_box(scene(plain((250, 250, 250)), (100, 80, 220, 240)))
    assert found is not None
    assert found[3] == 240
    assert all(abs(got - expected) <= 8 for got, expected in zip(found, (100, 80, 220, 240), strict=True))


def test_busy_and_blank_pictures_have_no_box() -> None:
    rng = np.random.default_rng(3)
    blocks = cv2.resize(rng.integers(0, 255, (9, 12, 3)).astype(np.uint8), (320, 240), interpolation=cv2.INTER_NEAREST)
    assert content_box(np.asarray(blocks, np.uint8)) is None
    assert content_box(plain((255, 255, 255))) is None
    assert content_box(noisy(plain((90, 90, 90)))) is None
    assert content_box(plain((9, 9, 9), (2, 2))) is None
    assert content_box(scene(plain((255, 255, 255)), (0, 0, 320, 200))) is None  # more object than background
    assert frame(np.asarray(blocks, np.uint8)).shape == (320, 320, 3)


def test_a_frame_is_square_with_the_object_in_its_middle() -> None:
    framed = frame(scene(plain((200, 220, 240)), (20, 100, 220, 150)), margin=0.1)
    side = framed.shape[0]
    assert framed.shape == (side, side, 3)
    assert side == pytest.approx(240, abs=16)
    rows, columns = np.nonzero((framed == (150, 60, 40)).all(axis=2))
    assert rows.mean() == pytest.approx(side / 2, abs=6)
    assert columns.mean() == pytest.approx(side / 2, abs=6)
    assert len(rows) == 200 * 50  # the whole object, in its own pixels
    assert (framed[0, 0] == (200, 220, 240)).all()  # beyond the left edge of the picture: its own background


def test_place_and_canvas_do_not_matter() -> None:
    one = frame(scene(plain((240, 240, 240)), (30, 30, 190, 110)))
    other = frame(scene(plain((240, 240, 240), (400, 700)), (480, 200, 640, 280)))
    sizes = [cv2.resize(p, (64, 64), interpolation=cv2.INTER_AREA).astype(int) for p in (one, other)]
    assert np.abs(sizes[0] - sizes[1]).mean() < 12


def test_a_busy_picture_is_padded_with_the_colour_of_its_border() -> None:
    picture = scene(plain((255, 255, 255), (100, 40)), (0, 0, 40, 60), colour=(10, 20, 30))
    framed = frame(picture)
    assert framed.shape == (100, 100, 3)
    assert (framed[:, 30:70] == picture).all()
    assert (framed[:, :30] == (10, 20, 30)).all()


@pytest.mark.parametrize("shape", [(10, 10), (0, 5, 3), (10, 10, 4)])
def test_what_is_no_photo_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="shape"):
        content_box(np.zeros(shape, np.uint8))
    with pytest.raises(InputError, match="shape"):
        frame(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (3, 3), (2000, 5)])
def test_extreme_shapes_become_squares(size: tuple[int, int]) -> None:
    assert frame(plain((1, 2, 3), size)).shape == (max(size), max(size), 3)

"""Pictures as a worse camera, scanner or upload leaves them: noise, blur, JPEG, flat contrast, a piece cut out.

The operations and their sizes are those of STBIR's module (a) (arXiv 2604.15735), each a function of one strength
from 0 to 1. They act on pictures at the size that the model sees (DESIGN), uint8 of shape (height, width, 3) or,
for sketches, (height, width).
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from stbir.errors import InputError
from stbir.types import Pixels

PAPER = 255
TURN, SIZE, SHIFT = 15.0, 0.15, 0.1
"""How far `moved` turns (degrees), resizes (share) and shifts (share of the side) a picture at most, at amount 1."""
LEAN, STRETCH, SLANT, WAVE = 8.0, 0.15, 0.1, 0.04
"""How far `bent` turns (degrees), stretches each axis (share), slants (share) at most, and how far points wander beside
that (standard deviation, share of the side), at amount 1."""
KNOTS = 4
"""Points wander smoothly: so many in each direction do it for themselves, the others in between."""


def degrade_photo(picture: Pixels, strength: float, *, generator: np.random.Generator) -> Pixels:
    """Degrade an RGB photo: noise, blur, JPEG and a black cut-out, in this order.

    Raises:
        InputError: a strength outside of [0, 1].
    """
    _check(strength)
    picture = noisy(picture, 0.12 * strength, generator=generator)
    picture = blurred(picture, 1.3 * strength)
    picture = jpeg(picture, round(min(95.0, max(10.0, 45 + 40 * (1 - strength)))))
    return cut_out(picture, 0.05 + 0.07 * strength, colour=0, generator=generator)


def degrade_sketch(picture: Pixels, strength: float, *, generator: np.random.Generator) -> Pixels:
    """Degrade a drawn sketch: noise, blur, another contrast and a white cut-out, in this order.

    Raises:
        InputError: a strength outside of [0, 1].
    """
    _check(strength)
    picture = noisy(picture, 0.18 * strength, generator=generator)
    picture = blurred(picture, 0.6 * strength)
    picture = contrasted(picture, 0.85 + 0.35 * strength)
    return cut_out(picture, 0.02 + 0.03 * strength, colour=PAPER, generator=generator)


def noisy(picture: Pixels, sigma: float, *, generator: np.random.Generator) -> Pixels:
    """Add Gaussian noise to every value; `sigma` is its standard deviation as a share of 255."""
    noise = generator.standard_normal(picture.shape, dtype=np.float32) * np.float32(255 * sigma)
    return np.rint(picture + noise).clip(0, 255).astype(np.uint8)


def blurred(picture: Pixels, radius: float) -> Pixels:
    """Blur with a Gaussian whose standard deviation is `radius` pixels; 0 leaves the picture as it is.

    >>> blurred(np.full((4, 4), 9, np.uint8), 1.3).tolist()[0]
    [9, 9, 9, 9]
    """
    if radius <= 0:
        return picture
    reach = 2 * math.ceil(3 * radius) + 1
    return np.asarray(cv2.GaussianBlur(picture, (reach, reach), radius, borderType=cv2.BORDER_REPLICATE), np.uint8)


def jpeg(picture: Pixels, quality: int) -> Pixels:
    """Store an RGB picture as a JPEG of this quality, 0 to 100, and read it again."""
    _, stored = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    again = cv2.imdecode(stored, cv2.IMREAD_COLOR)
    assert again is not None
    return np.asarray(cv2.cvtColor(again, cv2.COLOR_BGR2RGB), np.uint8)


def contrasted(picture: Pixels, factor: float) -> Pixels:
    """Move every value away from the mean of the picture by `factor`, below 1 towards it.

    >>> contrasted(np.array([[100, 200]], np.uint8), 0.5).tolist()
    [[125, 175]]
    """
    mean = float(picture.mean())
    return np.rint(mean + factor * (picture.astype(np.float32) - mean)).clip(0, 255).astype(np.uint8)


def cut_out(picture: Pixels, area: float, *, colour: int, generator: np.random.Generator) -> Pixels:
    """Fill one square at a random place, `area` of the picture, with one colour; that it is square is DESIGN."""
    height, width = picture.shape[:2]
    side = min(height, width, round(math.sqrt(area * height * width)))
    top, left = int(generator.integers(height - side + 1)), int(generator.integers(width - side + 1))
    cut = picture.copy()
    cut[top : top + side, left : left + side] = colour
    return cut


def moved(picture: Pixels, amount: float, *, generator: np.random.Generator) -> Pixels:
    """Turn, resize and shift a picture a little by chance, up to `TURN`, `SIZE` and `SHIFT` at amount 1.

    What comes in from outside is white paper. Not from a paper: DESIGN.

    Raises:
        InputError: an amount outside of [0, 1].
    """
    _check(amount)
    angle, size, *shift = (generator.uniform(-1, 1, 4) * amount).tolist()
    if amount == 0:
        return picture
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), TURN * angle, (1 + SIZE) ** size)
    turn[:, 2] += SHIFT * np.array(shift) * (width, height)
    paper = (PAPER, PAPER, PAPER)
    return np.asarray(cv2.warpAffine(picture, turn, (width, height), borderValue=paper), np.uint8)


def bent(picture: Pixels, amount: float, *, generator: np.random.Generator) -> Pixels:
    """Bend what a picture shows into another shape: stretched, slanted, and its parts a little elsewhere.

    With generators in the same state a photo and a sketch of it are bent alike, and together they show another object.
    What comes in from outside is white paper. Up to 4 channels. Not from a paper: DESIGN.

    Raises:
        InputError: an amount outside of [0, 1].
    """
    _check(amount)
    turn, wide, high, slant = generator.uniform(-1, 1, 4) * amount * (math.radians(LEAN), STRETCH, STRETCH, SLANT)
    wander = generator.standard_normal((KNOTS, KNOTS, 2), dtype=np.float32)
    if amount == 0:
        return picture
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    across, down = x - (width - 1) / 2, y - (height - 1) / 2
    waves = cv2.resize(wander * np.float32(WAVE * amount), (width, height), interpolation=cv2.INTER_CUBIC)
    cos, sin = math.cos(turn), math.sin(turn)
    from_x = (cos * (1 + wide)) * across + (slant - sin * (1 + high)) * down + (width - 1) / 2 + width * waves[..., 0]
    from_y = (sin * (1 + wide)) * across + (cos * (1 + high)) * down + (height - 1) / 2 + height * waves[..., 1]
    paper = (PAPER,) * 4
    places = from_x.astype(np.float32), from_y.astype(np.float32)
    return np.asarray(cv2.remap(picture, *places, cv2.INTER_LINEAR, borderValue=paper), np.uint8)


def _check(strength: float) -> None:
    if not 0 <= strength <= 1:
        raise InputError(f"a strength lies between 0 and 1, not {strength}")

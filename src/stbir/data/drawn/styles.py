"""Photos of drawn objects rendered in other styles: what ImageNet-R is to ImageNet, in small."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np

from stbir.functional.contours import contours
from stbir.types import Pixels

_BLUE = (24, 62, 138)
_LEVELS = 4


def cartoon(picture: Pixels) -> Pixels:
    """Few flat colours with black outlines: RGB of shape (side, side, 3) to the same."""
    smooth = cv2.medianBlur(picture, 5)
    step = 256 // _LEVELS
    flat = (smooth // step * step + step // 2).astype(np.uint8)
    flat[contours(picture) < 128] = 0
    return flat


def blueprint(picture: Pixels) -> Pixels:
    """White lines on blue."""
    share = contours(picture)[..., None] / 255
    return np.rint(share * np.array(_BLUE) + (1 - share) * 255).astype(np.uint8)


def mosaic(picture: Pixels) -> Pixels:
    """Coarse squares of one colour each, sixteen to a side."""
    small = cv2.resize(picture, (16, 16), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, picture.shape[1::-1], interpolation=cv2.INTER_NEAREST), np.uint8)


def charcoal(picture: Pixels) -> Pixels:
    """Soft grey shades under thick dark lines."""
    grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (0, 0), picture.shape[0] / 40)
    lines = cv2.GaussianBlur(contours(picture, line_width=0.03), (0, 0), picture.shape[0] / 120)
    shade = (128 + grey.astype(np.int64) // 2) * lines.astype(np.int64) // 255
    return np.repeat(shade.astype(np.uint8)[..., None], 3, axis=2)


STYLES: Mapping[str, Callable[[Pixels], Pixels]] = {
    "cartoon": cartoon,
    "blueprint": blueprint,
    "mosaic": mosaic,
    "charcoal": charcoal,
}
"""Each style by the word that asks for it."""

"""The contours of a photo as a drawing: black lines on white, as the rasteriser draws a sketch."""

from __future__ import annotations

import math

import cv2
import numpy as np

from stbir.errors import InputError
from stbir.types import Pixels

CONTOURS = "1"
"""Version of the pixels that `contours` makes, part of the fingerprint of a method that looks at them.

Raise it whenever any pixel of any picture changes: weights trained on the old ones no longer fit.
"""

_BLUR = 1 / 160  # of the side: less lets the grain of fabric through, more rounds off straps and laces
_DRAWN = 0.88  # the share of a picture that is no line, whatever its contrast
_FAINT, _CLEAR = 24, 110  # steps of |dx| + |dy|: below is the noise of a JPEG, above is always a line
_WEAKER = 0.4  # a line goes on where its step falls to this share of what it began with
_GRAIN = 2.5  # times the usual step: what grain, noise and a pattern all over reach by themselves


def contours(picture: Pixels, *, line_width: float = 0.014) -> Pixels:
    """Draw the contours of a photo as black lines on white.

    Canny's edges, of the colour channel that changes most. What counts as an edge follows the picture: only its
    steepest places do, so that a white shoe on white paper gives lines and a tweed chair does not drown in them.

    Args:
        picture: RGB of shape (side, side, 3); any height and width will do.
        line_width: as a fraction of the longer side; the rasteriser's for sketches.

    Returns:
        uint8 of shape (side, side), 0 is ink and 255 is paper.

    >>> picture = np.full((64, 64, 3), 255, np.uint8)
    >>> picture[16:48, 16:48] = (200, 30, 30)
    >>> drawn = contours(picture)
    >>> drawn.shape, int(drawn[14:18, 32].min()) < 64, int(drawn[32, 32]), int(drawn[4, 4])
    ((64, 64), True, 255, 255)
    """
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.size == 0:
        raise InputError(f"a photo must have the shape (height, width, 3), not {picture.shape}")
    side = max(picture.shape[:2])
    reach = 2 * math.ceil(2 * side * _BLUR) + 1
    smooth = cv2.GaussianBlur(np.ascontiguousarray(picture), (reach, reach), side * _BLUR)
    across, down = (cv2.Sobel(smooth, cv2.CV_16S, *step, borderType=cv2.BORDER_REPLICATE) for step in ((1, 0), (0, 1)))
    steps = np.abs(across) + np.abs(down)
    steep = np.maximum(np.maximum(steps[..., 0], steps[..., 1]), steps[..., 2]).ravel()  # faster than `max` by far
    middle, place = steep.size // 2, int(_DRAWN * (steep.size - 1))
    order = np.partition(steep, (middle, place))
    grain = _GRAIN * float(order[middle])
    start = max(min(max(float(order[place]), _FAINT), _CLEAR), grain)
    edges = cv2.Canny(across, down, max(_WEAKER * start, 0.7 * grain), start)
    away = cv2.distanceTransform(255 - edges, cv2.DIST_L2, 3)
    # half of a line's width lies on either side of its middle; the pixel it ends in is grey
    ink = np.clip((line_width * side + 1) / 2 - away, 0, 1)
    return np.asarray(255 - np.rint(255 * ink), np.uint8)

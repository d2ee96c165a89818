"""Drawings in pixels, whatever they were drawn on, turned into black ink on white paper."""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from stbir.errors import InputError
from stbir.types import Floats, Pixels

Mask: TypeAlias = npt.NDArray[np.bool_]

_LOOK = 256  # paper and polarity are judged on a copy with this longer side
_FLAT = 4  # levels by which clean paper may differ from itself
_FAINTEST = 14  # levels of contrast below which there is nothing drawn
_STROKES = 0.35  # a cut-out that covers more of its box than this is a picture, not lines


def ink_on_paper(picture: Pixels) -> Pixels:
    """Make any raster drawing black (0) on white (255).

    Understood are dark lines on light paper, light lines on a dark board, coloured lines, lines on a
    transparent ground (where the opacity is the ink if the colour says nothing), and photos of pencil
    drawings: uneven light is divided out, the contrast is stretched, and noise and specks are dropped.
    A clean antialiased drawing comes out as it went in. A page without ink comes out white.

    Args:
        picture: grey (height, width), RGB (height, width, 3) or RGBA (height, width, 4).

    Returns:
        uint8 of shape (height, width).

    >>> board = np.full((40, 40), 20, np.uint8)
    >>> board[10:30, 19:21] = 240
    >>> page = ink_on_paper(board)
    >>> int(page[20, 20]), int(page[0, 0])
    (0, 255)
    """
    if picture.ndim not in (2, 3) or (picture.ndim == 3 and picture.shape[2] not in (3, 4)) or picture.size == 0:
        raise InputError(f"a drawing must have the shape (height, width[, 3 or 4]), not {picture.shape}")
    if picture.ndim == 3 and picture.shape[2] == 4:
        if int(picture[..., 3].min()) < 250:
            opacity = picture[..., 3]
            if _opacity_is_ink(picture):
                return 255 - opacity
            picture = _on_its_own_ground(picture)
        else:
            picture = picture[..., :3]
    colours = picture if picture.ndim == 3 else picture[..., None]
    if _light_on_dark(np.asarray(colours.mean(axis=2), np.float32)):
        colours = 255 - colours
    # a coloured line is darkest in the channel that its pen swallows
    grey = np.ascontiguousarray(colours.min(axis=2))
    paper = _flat_paper(grey)
    return _clean(grey, paper) if paper is not None else _photographed(grey)


def _opacity_is_ink(picture: Pixels) -> bool:
    opaque = picture[..., 3] > 128
    if not opaque.any():
        return True
    rows, columns = np.flatnonzero(opaque.any(axis=1)), np.flatnonzero(opaque.any(axis=0))
    box = opaque[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    dark, light = np.percentile(picture[..., :3][opaque].mean(axis=1), (5, 95))
    return bool(box.mean() < _STROKES or light - dark < 64)


def _on_its_own_ground(picture: Pixels) -> Pixels:
    """Lay a cut-out (lines on a filled shape) on the colour that most of it has."""
    opacity = picture[..., 3:].astype(np.float32) / 255
    ground = np.median(picture[..., :3][picture[..., 3] > 128], axis=0)
    return np.rint(picture[..., :3] * opacity + ground * (1 - opacity)).astype(np.uint8)


def _border(grey: Pixels | Floats) -> Floats:
    return np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]]).astype(np.float32)


def _small(grey: Floats) -> Floats:
    scale = _LOOK / max(grey.shape)
    if scale >= 1:
        return grey
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.float32)


def _light_on_dark(grey: Floats) -> bool:
    """Whether what stands out from the ground is lighter than it."""
    small = _small(grey)
    border = _border(small)
    ground = np.float32(np.median(border))
    if (np.abs(border - ground) <= _FLAT).mean() > 0.6:
        away = small - ground
    else:  # uneven light: compare every place with its surroundings
        reach = max(3, min(small.shape) // 6 | 1)
        around = cv2.medianBlur(small.clip(0, 255).astype(np.uint8), reach)
        away = small - np.asarray(around, np.float32)
    strong = np.where(np.abs(away) > _FAINTEST, away, 0.0)
    return float(strong.sum()) > 0


def _flat_paper(grey: Pixels) -> int | None:
    """The level of evenly lit paper, None where it is not even."""
    border = _border(grey)
    level = int(np.median(border))
    return level if (np.abs(border - level) <= _FLAT).mean() > 0.6 else None


def _clean(grey: Pixels, paper: int) -> Pixels:
    ink = (paper - grey.astype(np.float32)).clip(0)
    strong = ink[ink > _FAINTEST]
    if not len(strong):
        return np.full(grey.shape, 255, np.uint8)
    full = max(float(np.percentile(strong, 95)), 2.0 * _FAINTEST)
    return np.rint(255 - (ink * (255 / full)).clip(0, 255)).astype(np.uint8)


def _photographed(grey: Pixels) -> Pixels:
    height, width = grey.shape
    smooth = np.asarray(cv2.medianBlur(grey, 3), np.float32)
    small = _small(smooth)
    reach = max(5, max(small.shape) // 12 | 1)
    # closing fills what is darker and narrower than its reach: what is left is the lit paper. The light is
    # continued over the edges, or a dark corner would be measured against the brighter paper inside of it
    edge = min(reach, *(extent - 1 for extent in small.shape))
    wide = np.pad(cv2.blur(small, (3, 3)), edge, mode="reflect", reflect_type="odd") if edge > 0 else small
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    wide = cv2.GaussianBlur(cv2.morphologyEx(wide, cv2.MORPH_CLOSE, disc), (0, 0), reach / 3)
    wide = wide[edge : edge + small.shape[0], edge : edge + small.shape[1]]
    paper = np.asarray(cv2.resize(wide, (width, height), interpolation=cv2.INTER_LINEAR), np.float32).clip(1)
    ink = 255 * (1 - smooth / paper)
    middle = float(np.median(ink))
    noise = 1.4826 * float(np.median(np.abs(ink - middle)))
    floor = middle + 3 * noise
    ink = ink - floor
    least = max(float(_FAINTEST), 2 * noise)
    marks = ink > least / 2
    full = float(np.percentile(ink[marks], 75)) if marks.any() else 0.0
    marks = _without_specks(marks, ink > max(least, full / 2))
    if not marks.any():
        return np.full(grey.shape, 255, np.uint8)
    full = max(float(np.percentile(ink[marks], 75)), least)
    around = cv2.dilate(marks.astype(np.uint8), np.ones((3, 3), np.uint8))
    ink = np.where(around > 0, ink, 0.0)
    return np.rint(255 - (ink * (255 / full)).clip(0, 255)).astype(np.uint8)


def _without_specks(marks: Mask, strong: Mask) -> Mask:
    """Keep the marks that are large enough for a pen and, somewhere, as dark as one."""
    smallest = max(6.0, (max(marks.shape) / 200) ** 2)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(marks.astype(np.uint8), connectivity=8)
    labels = np.asarray(labels, np.intp)
    inked = np.bincount(labels[strong & marks], minlength=len(stats)) > 0
    keep = inked & (np.asarray(stats)[:, cv2.CC_STAT_AREA] >= smallest)
    keep[0] = False
    return keep[labels]

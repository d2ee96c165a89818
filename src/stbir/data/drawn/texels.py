"""The raw stuff of textures: noise, turned axes and soft steps, on a square of texels."""

from __future__ import annotations

from typing import Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from stbir.types import Floats

SIDE = 384

Raw: TypeAlias = tuple[npt.NDArray[np.floating[Any]], npt.NDArray[np.floating[Any]] | None]
"""Brightness around 1, and the share of the second colour in 0..1 (None: the texture has one colour)."""


def noise(rng: np.random.Generator, sigma: float) -> Floats:
    """Blurred noise of mean 0 and deviation 1."""
    field = cv2.GaussianBlur(rng.standard_normal((SIDE, SIDE), dtype=np.float32), (0, 0), sigma)
    return np.asarray(field / field.std(), np.float32)


def axes(rng: np.random.Generator, *, turned: bool) -> tuple[Floats, Floats]:
    """Where every texel is, along and across; `turned` by a random angle."""
    down, right = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    angle = rng.uniform(0, np.pi) if turned else 0.0
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    return right * cos + down * sin, down * cos - right * sin


def soft(signed: npt.NDArray[np.floating[Any]], steepness: float) -> Floats:
    """A step at zero that is a few texels wide, so that patterns do not look cut with scissors."""
    return np.asarray(np.clip(signed * steepness + 0.5, 0, 1), np.float32)

"""The surfaces of materials: how much light every point gives back, and where the second colour shows.

A texture is a square of `SIDE` texels of which a whole picture spans `SPAN`, whatever its size in pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, TypeAlias
from zlib import crc32

import cv2
import numpy as np
import numpy.typing as npt

from stbir.types import Floats

SIDE = 384
SPAN = 256

Surface: TypeAlias = tuple[Floats, Floats | None]
"""Brightness around 1, and the share of the second colour in 0..1 (None: the texture has one colour)."""

Raw: TypeAlias = tuple[npt.NDArray[np.floating[Any]], npt.NDArray[np.floating[Any]] | None]

GLOSS = {
    "patent": 1.0,
    "glass": 0.9,
    "ceramic": 0.8,
    "metal": 0.7,
    "plastic": 0.45,
    "marble": 0.45,
    "leather": 0.3,
    "snake": 0.3,
    "quilted": 0.25,
    "speckled": 0.25,
    "glitter": 0.2,
    "velvet": 0.15,
    "wood": 0.12,
}
"""How much of a highlight a texture shows; textures that are not listed are dull."""


def patch(texture: str, variant: int, *, width: int, height: int, size: int) -> Surface:
    """The part of a texture that a shape of `width` x `height` shows in a picture of `size` pixels."""
    if size <= SPAN:
        shade, blend = _scaled(texture, variant, size)
        shift = (variant * 29 + 5) % 100 * size // SPAN
        window = slice(shift, shift + height), slice(shift, shift + width)
        return shade[window], None if blend is None else blend[window]
    shade, blend = surface(texture, variant)
    scale = SPAN / size
    window = slice(0, int(np.ceil(height * scale)) + 1), slice(0, int(np.ceil(width * scale)) + 1)
    grown = cv2.resize(shade[window], (width, height), interpolation=cv2.INTER_CUBIC)
    if blend is None:
        return np.asarray(grown, np.float32), None
    second = cv2.resize(blend[window], (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(grown, np.float32), np.asarray(second, np.float32)


@lru_cache(maxsize=256)
def _scaled(texture: str, variant: int, size: int) -> Surface:
    shade, blend = surface(texture, variant)
    side = int(np.ceil(SIDE * size / SPAN))
    small = np.asarray(cv2.resize(shade, (side, side), interpolation=cv2.INTER_AREA), np.float32)
    if blend is None:
        return small, None
    return small, np.asarray(cv2.resize(blend, (side, side), interpolation=cv2.INTER_AREA), np.float32)


@cache
def surface(texture: str, variant: int) -> Surface:
    """One version of a texture, made on first use from a seed of its own, float32 of shape (SIDE, SIDE)."""
    rng = np.random.default_rng(crc32(f"{texture}/{variant}".encode()))
    shade, blend = _MAKERS[texture](rng)
    return (
        np.ascontiguousarray(shade, np.float32),
        None if blend is None else np.ascontiguousarray(blend, np.float32),
    )


def _noise(rng: np.random.Generator, sigma: float) -> Floats:
    noise = cv2.GaussianBlur(rng.standard_normal((SIDE, SIDE), dtype=np.float32), (0, 0), sigma)
    return np.asarray(noise / noise.std(), np.float32)


def _axes(rng: np.random.Generator, *, turned: bool) -> tuple[Floats, Floats]:
    down, right = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    angle = rng.uniform(0, np.pi) if turned else 0.0
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    return right * cos + down * sin, down * cos - right * sin


def _grain(fine: float, fine_sigma: float, coarse: float, coarse_sigma: float) -> Callable[[np.random.Generator], Raw]:
    def make(rng: np.random.Generator) -> Raw:
        return 1 + fine * _noise(rng, fine_sigma) + coarse * _noise(rng, coarse_sigma), None

    return make


def _patent(rng: np.random.Generator) -> Raw:
    return 1 + 0.22 * np.clip(_noise(rng, 17) - 0.8, 0, 2), None


def _wood(rng: np.random.Generator) -> Raw:
    along, across = _axes(rng, turned=True)
    rings = np.sin(across * rng.uniform(0.15, 0.4) + 2 * np.sin(along * 0.012) + 0.9 * _noise(rng, 7))
    fibres = cv2.GaussianBlur(_noise(rng, 0.8), (0, 0), 1.2)
    return 1 + 0.075 * rings + 0.05 * fibres, None


def _fabric(rng: np.random.Generator) -> Raw:
    along, across = _axes(rng, turned=True)
    threads = rng.uniform(0.9, 1.5)
    return 1 + 0.06 * np.sin(along * threads) + 0.06 * np.sin(across * threads) + 0.03 * _noise(rng, 2), None


def _mesh(rng: np.random.Generator) -> Raw:
    along, across = _axes(rng, turned=True)
    pitch = rng.uniform(0.6, 1.0)
    holes = np.clip(np.sin(along * pitch) * 2, 0, 1) * np.clip(np.sin(across * pitch) * 2, 0, 1)
    return 1 - 0.3 * holes, None


def _quilted(rng: np.random.Generator) -> Raw:
    along, across = _axes(rng, turned=False)
    pitch = rng.uniform(18, 34)
    first, second = (along + across) / pitch, (along - across) / pitch
    seam = np.minimum(np.abs(first - np.round(first)), np.abs(second - np.round(second)))
    return 0.74 + 0.32 * np.clip(seam * 3, 0, 1) ** 0.7, None


def _striped(rng: np.random.Generator) -> Raw:
    along, _ = _axes(rng, turned=rng.random() < 0.5)
    pitch = rng.uniform(11, 32)
    return 1 + 0.03 * _noise(rng, 1), _soft(np.sin(along / pitch * 2 * np.pi) - rng.uniform(-0.3, 0.5), pitch / 4)


def _dots(rng: np.random.Generator) -> Raw:
    along, across = _axes(rng, turned=False)
    pitch = rng.uniform(16, 32)
    x = (along / pitch + 0.5 * (np.floor(across / pitch) % 2)) % 1 - 0.5
    y = (across / pitch) % 1 - 0.5
    return 1 + 0.02 * _noise(rng, 1), _soft(rng.uniform(0.22, 0.32) - np.hypot(x, y), pitch)


def _plaid(rng: np.random.Generator) -> Raw:
    along, across = _axes(rng, turned=False)
    pitch = rng.uniform(26, 54)
    first = _soft(np.sin(along / pitch * 2 * np.pi) - 0.2, pitch / 4)
    second = _soft(np.sin(across / pitch * 2 * np.pi) - 0.2, pitch / 4)
    thin = ((along / pitch * 2 % 1) < 0.08) | ((across / pitch * 2 % 1) < 0.08)
    return 1 - 0.09 * thin, 0.5 * first + 0.5 * second


def _floral(rng: np.random.Generator) -> Raw:
    flowers = np.zeros((SIDE, SIDE), np.float32)
    for _ in range(90):
        x, y, radius, turn = *rng.uniform(0, SIDE, 2), rng.uniform(4, 9), rng.uniform(0, 2)
        for petal in range(5):
            angle = turn + petal * 2 * np.pi / 5
            center = int((x + radius * np.cos(angle)) * 16), int((y + radius * np.sin(angle)) * 16)
            cv2.circle(flowers, center, int(radius * 0.62 * 16), 1.0, -1, cv2.LINE_AA, 4)
        cv2.circle(flowers, (int(x * 16), int(y * 16)), int(radius * 0.5 * 16), 0.35, -1, cv2.LINE_AA, 4)
    return 1 + 0.03 * _noise(rng, 3), flowers


def _leopard(rng: np.random.Generator) -> Raw:
    noise = _noise(rng, 5)
    return 1 - 0.12 * _soft(noise - 1.5, 8), _soft(noise - 0.85, 8) * _soft(1.6 - noise, 8)


def _snake(rng: np.random.Generator) -> Raw:
    along, across = _axes(rng, turned=False)
    pitch = rng.uniform(9, 15)
    edges = np.abs(np.sin((along + across) / pitch)) + np.abs(np.sin((along - across) / pitch)) < 0.5
    return 1 - 0.17 * edges, 0.7 * _soft(_noise(rng, 5) - 0.7, 4)


def _camo(rng: np.random.Generator) -> Raw:
    return 1 - 0.35 * _soft(_noise(rng, 12) - 0.9, 12), _soft(_noise(rng, 13) - 0.2, 12)


def _zigzag(rng: np.random.Generator) -> Raw:
    along, across = _axes(rng, turned=False)
    pitch = rng.uniform(16, 32)
    wave = np.abs((along / pitch) % 1 - 0.5) * pitch * 1.2
    return 1 + 0.02 * _noise(rng, 1), _soft(np.sin((across + wave) / pitch * 2 * np.pi), pitch / 4)


def _fur(rng: np.random.Generator) -> Raw:
    strands = cv2.GaussianBlur(_noise(rng, 1.1), (0, 0), sigmaX=0.8, sigmaY=2.6)
    return 1 + 0.2 * np.asarray(strands, np.float32) + 0.09 * _noise(rng, 8), None


def _knit(rng: np.random.Generator) -> Raw:
    along, across = _axes(rng, turned=False)
    pitch = rng.uniform(8, 14)
    braid = np.sin(along / pitch * 2 * np.pi + 1.2 * np.sin(across / pitch * 4 * np.pi))
    return 1 + 0.13 * braid + 0.04 * _noise(rng, 1.5), None


def _glitter(rng: np.random.Generator) -> Raw:
    sparks = rng.random((SIDE, SIDE)) < 0.4
    return 1 + 0.35 * np.clip(_noise(rng, 1.0), -0.5, 2.5) * sparks, None


def _wicker(rng: np.random.Generator) -> Raw:
    along, across = _axes(rng, turned=False)
    pitch = rng.uniform(9, 15)
    over = (np.floor(along / pitch) + np.floor(across / pitch)) % 2
    strand = np.abs(np.sin(np.where(over > 0, along, across) / pitch * np.pi))
    return 0.78 + 0.3 * strand, None


def _metal(rng: np.random.Generator) -> Raw:
    _, across = _axes(rng, turned=True)
    bands = np.sin(across * rng.uniform(0.02, 0.06) + rng.uniform(0, 6))
    brushed = cv2.GaussianBlur(_noise(rng, 0.8), (0, 0), sigmaX=7, sigmaY=0.6)
    return 1 + 0.13 * bands + 0.07 * np.asarray(brushed, np.float32), None


def _speckled(rng: np.random.Generator) -> Raw:
    return 1 - 0.35 * _soft(_noise(rng, 1.3) - 2.0, 5) + 0.03 * _noise(rng, 20), None


def _marble(rng: np.random.Generator) -> Raw:
    veins = 1 - np.clip(np.abs(_noise(rng, 22) + 0.25 * _noise(rng, 6)) * 5, 0, 1)
    return 1 + 0.04 * _noise(rng, 18), 0.6 * veins


def _soft(signed: npt.NDArray[np.floating[Any]], steepness: float) -> Floats:
    """A step at zero that is a few texels wide, so that patterns do not look cut with scissors."""
    return np.asarray(np.clip(signed * steepness + 0.5, 0, 1), np.float32)


_MAKERS: dict[str, Callable[[np.random.Generator], Raw]] = {
    "plain": _grain(0.01, 1.5, 0.015, 25),
    "leather": _grain(0.03, 2.0, 0.04, 28),
    "patent": _patent,
    "suede": _grain(0.06, 1.4, 0.06, 12),
    "fabric": _fabric,
    "mesh": _mesh,
    "quilted": _quilted,
    "striped": _striped,
    "dots": _dots,
    "plaid": _plaid,
    "floral": _floral,
    "leopard": _leopard,
    "snake": _snake,
    "camo": _camo,
    "zigzag": _zigzag,
    "fur": _fur,
    "knit": _knit,
    "glitter": _glitter,
    "wicker": _wicker,
    "felt": _grain(0.07, 1.0, 0.03, 6),
    "velvet": _grain(0.03, 1.2, 0.13, 22),
    "wood": _wood,
    "metal": _metal,
    "plastic": _grain(0.006, 1.0, 0.03, 40),
    "ceramic": _grain(0.008, 1.0, 0.03, 40),
    "glass": _grain(0.005, 1.0, 0.06, 35),
    "speckled": _speckled,
    "marble": _marble,
}

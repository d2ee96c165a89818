"""The surfaces of materials: how much light every point gives back, and where the second colour shows.

A texture is a square of `SIDE` texels of which a whole picture spans `SPAN`, whatever its size in pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias
from zlib import crc32

import cv2
import numpy as np

from stbir.data.drawn import grains, patterns
from stbir.data.drawn.texels import SIDE, Raw
from stbir.types import Floats

SPAN = 256

Surface: TypeAlias = tuple[Floats, Floats | None]
"""Brightness around 1, and the share of the second colour in 0..1 (None: the texture has one colour)."""

GLOSS = {
    "patent": 1.0,
    "glass": 0.9,
    "ceramic": 0.8,
    "acrylic": 0.9,
    "metallic": 0.8,
    "metal": 0.7,
    "crocodile": 0.5,
    "satin": 0.5,
    "plastic": 0.45,
    "marble": 0.45,
    "leather": 0.3,
    "snake": 0.3,
    "perforated": 0.3,
    "woven": 0.25,
    "sequins": 0.25,
    "distressed": 0.15,
    "tufted": 0.2,
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


@lru_cache(maxsize=512)
def _scaled(texture: str, variant: int, size: int) -> Surface:
    shade, blend = surface(texture, variant)
    side = int(np.ceil(SIDE * size / SPAN))
    small = np.asarray(cv2.resize(shade, (side, side), interpolation=cv2.INTER_AREA), np.float32)
    if blend is None:
        return small, None
    return small, np.asarray(cv2.resize(blend, (side, side), interpolation=cv2.INTER_AREA), np.float32)


@lru_cache(maxsize=96)
def surface(texture: str, variant: int) -> Surface:
    """One version of a texture, made on first use from a seed of its own, float32 of shape (SIDE, SIDE)."""
    rng = np.random.default_rng(crc32(f"{texture}/{variant}".encode()))
    shade, blend = _MAKERS[texture](rng)
    return (
        np.ascontiguousarray(shade, np.float32),
        None if blend is None else np.ascontiguousarray(blend, np.float32),
    )


_MAKERS: dict[str, Callable[[np.random.Generator], Raw]] = {
    "plain": grains.grain(0.01, 1.5, 0.015, 25),
    "leather": grains.grain(0.03, 2.0, 0.04, 28),
    "patent": grains.patent,
    "suede": grains.grain(0.06, 1.4, 0.06, 12),
    "fabric": grains.fabric,
    "mesh": grains.mesh,
    "quilted": grains.quilted,
    "striped": patterns.striped,
    "dots": patterns.dots,
    "plaid": patterns.plaid,
    "floral": patterns.floral,
    "leopard": patterns.leopard,
    "snake": patterns.snake,
    "camo": patterns.camo,
    "zigzag": patterns.zigzag,
    "fur": grains.fur,
    "knit": grains.knit,
    "glitter": grains.glitter,
    "wicker": grains.wicker,
    "felt": grains.grain(0.07, 1.0, 0.03, 6),
    "velvet": grains.grain(0.03, 1.2, 0.13, 22),
    "wood": grains.wood,
    "metal": grains.metal,
    "plastic": grains.grain(0.006, 1.0, 0.03, 40),
    "ceramic": grains.grain(0.008, 1.0, 0.03, 40),
    "glass": grains.grain(0.005, 1.0, 0.06, 35),
    "speckled": grains.speckled,
    "marble": patterns.marble,
    "distressed": grains.distressed,
    "crocodile": grains.crocodile,
    "perforated": grains.perforated,
    "woven": grains.woven,
    "metallic": grains.metallic,
    "satin": grains.satin,
    "corduroy": grains.corduroy,
    "twill": grains.twill,
    "lace": grains.lace,
    "sequins": grains.sequins,
    "cork": grains.cork,
    "jute": grains.jute,
    "tufted": grains.tufted,
    "acrylic": grains.grain(0.004, 1.0, 0.09, 30),
    "zebra": patterns.zebra,
    "tiger": patterns.zebra,
    "cow": patterns.cow,
    "gingham": patterns.gingham,
    "checkerboard": patterns.checkerboard,
    "tweed": patterns.tweed,
    "herringbone": patterns.herringbone,
    "paisley": patterns.paisley,
    "geometric": patterns.geometric,
    "fair isle": patterns.fair_isle,
    "tie-dye": patterns.tie_dye,
    "embroidered": patterns.embroidered,
}

"""The photo of a scene: light, texture, gloss and shadow, background, and what a camera adds."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import cv2
import numpy as np

from stbir.data.drawn.backdrop import backdrop
from stbir.data.drawn.scene import Points, Scene, Shape
from stbir.data.drawn.textures import GLOSS, patch
from stbir.types import Floats, Pixels

SUBPIXEL_BITS = 4
SMALLEST_SHADED = 5
"""Shapes of fewer pixels than this in one direction are painted in one tone."""


@dataclass(frozen=True)
class Look:
    """What the shapes of one picture have in common: the light and the habits of the photographer."""

    light: Floats
    toward: tuple[float, float]
    rim: float
    relief: float
    shine: float
    edges: float
    edge_tone: float
    occlusion: float
    clutter: float


def photograph(scene: Scene, rng: random.Random, *, size: int) -> Pixels:
    """Paint a picture of `size` x `size` pixels, uint8 RGB of shape (size, size, 3)."""
    noise = np.random.default_rng(rng.getrandbits(63))
    outlines = _placed(scene, rng, size=size)
    low = np.min([outline.min(axis=0) for outline, _ in outlines], axis=0)
    high = np.max([outline.max(axis=0) for outline, _ in outlines], axis=0)
    canvas = backdrop(rng, noise, size=size, low=low, high=high)
    cover = np.zeros((size, size), np.uint8)
    look = _look(rng, noise, size=size)
    for shape, (outline, width) in zip(scene.shapes, outlines, strict=True):
        points = np.round(outline * (1 << SUBPIXEL_BITS)).astype(np.int32)
        if shape.closed:
            _paint(canvas, cover, shape, points, look, rng)
        else:
            _trace(canvas, cover, shape, points, look, width)
    return _develop(canvas, rng, noise)


def _placed(scene: Scene, rng: random.Random, *, size: int) -> list[tuple[Points, float]]:
    """Outlines in pixels and the widths of lines, the whole fitted into the picture with a margin."""
    margin = rng.uniform(0.02, 0.08) if rng.random() < 0.8 else rng.uniform(0.08, 0.16)
    stretch = math.exp(rng.uniform(-0.05, 0.05))
    low = np.min([shape.points.min(axis=0) for shape in scene.shapes], axis=0)
    high = np.max([shape.points.max(axis=0) for shape in scene.shapes], axis=0)
    extent = (high - low) * (stretch, 1 / stretch)
    scale = size * (1 - 2 * margin) / max(float(extent.max()), 1e-6)
    scales = np.array([scale * stretch, scale / stretch])
    center = size * np.array([0.5 + rng.uniform(-0.015, 0.015), 0.5 + rng.uniform(-0.015, 0.015)])
    offset = center - (low + high) / 2 * scales
    return [(shape.points * scales + offset, shape.width * scale) for shape in scene.shapes]


def _look(rng: random.Random, noise: np.random.Generator, *, size: int) -> Look:
    angle = rng.uniform(-0.85, 0.85) * math.pi / 2
    toward = (math.sin(angle), -math.cos(angle))
    slope = rng.uniform(0.05, 0.3)
    corners = np.array([[x * toward[0] + y * toward[1] for x in (-0.5, 0.5)] for y in (-0.5, 0.5)], np.float32)
    light = 1 + slope * cv2.resize(corners, (size, size), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.5:
        blotches = noise.standard_normal((4, 4), dtype=np.float32)
        light += rng.uniform(0.02, 0.08) * cv2.resize(blotches, (size, size), interpolation=cv2.INTER_CUBIC)
    return Look(
        light=np.asarray(light, np.float32),
        toward=toward,
        rim=rng.uniform(0.15, 0.45),
        relief=rng.uniform(0.3, 0.9),
        shine=rng.uniform(0.4, 1.2),
        edges=rng.uniform(-0.3, 0.9),
        edge_tone=rng.uniform(0.4, 0.75),
        occlusion=rng.uniform(0.1, 0.35),
        clutter=rng.uniform(0.0, 0.5),
    )


def _paint(canvas: Floats, cover: Pixels, shape: Shape, points: np.ndarray, look: Look, rng: random.Random) -> None:
    size = len(canvas)
    draw_edge = rng.random() < shape.edge * look.edges
    left, top = np.maximum((points.min(axis=0) >> SUBPIXEL_BITS) - 1, 0).tolist()
    right, bottom = np.minimum((points.max(axis=0) >> SUBPIXEL_BITS) + 2, size).tolist()
    width, height = right - left, bottom - top
    if width <= 0 or height <= 0:
        return
    if min(width, height) < SMALLEST_SHADED:
        tone = float(look.light[min(top, size - 1), min(left, size - 1)])
        cv2.fillPoly(canvas, [points], [value * tone for value in shape.material.rgb], cv2.LINE_AA, SUBPIXEL_BITS)
        cv2.fillPoly(cover, [points], 255, cv2.LINE_8, SUBPIXEL_BITS)
    else:
        mask = np.zeros((height, width), np.uint8)
        local = points - (np.array([left, top], np.int32) << SUBPIXEL_BITS)
        cv2.fillPoly(mask, [local], 255, cv2.LINE_AA, SUBPIXEL_BITS)
        alpha = mask.astype(np.float32) * np.float32(1 / 255)
        window = slice(top, bottom), slice(left, right)
        if not shape.flat and width * height > 0.002 * size * size:
            _occlude(canvas, cover, mask, left=left, top=top, strength=look.occlusion)
        color = _shaded(shape, alpha, look, left=left, top=top, size=size)
        if not shape.flat and width * height > 0.03 * size * size and rng.random() < look.clutter:
            _crease(color, shape, rng)
        area = canvas[window]
        color -= area
        color *= alpha[..., None]
        area += color
        np.maximum(cover[window], mask, out=cover[window])
    if draw_edge:
        tone = [value * look.edge_tone for value in shape.material.rgb]
        thickness = max(1, round(size / 220))
        cv2.polylines(canvas, [points], True, tone, thickness, cv2.LINE_AA, SUBPIXEL_BITS)


def _trace(canvas: Floats, cover: Pixels, shape: Shape, points: np.ndarray, look: Look, width: float) -> None:
    size = len(canvas)
    x, y = np.clip(points[len(points) // 2] >> SUBPIXEL_BITS, 0, size - 1).tolist()
    tone = float(look.light[y, x])
    thickness = max(1, round(width))
    rgb = np.array(shape.material.rgb) * tone
    if thickness >= 3:
        cv2.polylines(canvas, [points], False, (rgb * 0.72).tolist(), thickness, cv2.LINE_AA, SUBPIXEL_BITS)
        lift = np.round(np.array(look.toward) * thickness * 0.18 * (1 << SUBPIXEL_BITS)).astype(np.int32)
        cv2.polylines(
            canvas, [points + lift], False, rgb.tolist(), max(1, round(thickness * 0.62)), cv2.LINE_AA, SUBPIXEL_BITS
        )
    else:
        cv2.polylines(canvas, [points], False, rgb.tolist(), thickness, cv2.LINE_AA, SUBPIXEL_BITS)
    cv2.polylines(cover, [points], False, 255, thickness, cv2.LINE_8, SUBPIXEL_BITS)


def _shaded(shape: Shape, alpha: Floats, look: Look, *, left: int, top: int, size: int) -> Floats:
    """Colours of the shape over its bounding box, float32 of shape (height, width, 3)."""
    material = shape.material
    height, width = alpha.shape
    texture, second = patch(material.texture, material.variant, width=width, height=height, size=size)
    shade = texture * look.light[top : top + height, left : left + width]
    highlight: Floats | None = None
    if not shape.flat:
        reach = max(3, (min(width, height) // 3) | 1)
        half = reach // 2
        lean = max(1, half // 2)
        anchor = (
            int(np.clip(half - round(look.toward[0] * lean), 0, reach - 1)),
            int(np.clip(half - round(look.toward[1] * lean), 0, reach - 1)),
        )
        # outside the shape counts as empty, so the blurred mask is a height field that falls off at its rim
        hill = cv2.blur(alpha, (reach, reach), borderType=cv2.BORDER_CONSTANT)
        moved = cv2.blur(alpha, (reach, reach), anchor=anchor, borderType=cv2.BORDER_CONSTANT)
        slope = moved - hill
        shade = shade * ((1 - look.rim) + look.rim * hill + look.relief * slope)
        gloss = GLOSS.get(material.texture, 0.0) * look.shine
        if gloss > 0.05:
            lit = np.clip(slope - (0.06 - 0.12 * (hill - 0.7)), 0, 0.25) * (gloss * 520)
            highlight = np.asarray(lit, np.float32)
    base = np.array(material.rgb, np.float32)
    if second is None or material.second_rgb is None:
        color = shade[..., None] * base
    else:
        other = np.array(material.second_rgb, np.float32)
        color = (base + second[..., None] * (other - base)) * shade[..., None]
    if highlight is not None:
        color += highlight[..., None]
    return np.asarray(color, np.float32)


def _occlude(canvas: Floats, cover: Pixels, mask: Pixels, *, left: int, top: int, strength: float) -> None:
    """Darken what lies behind a shape close to its rim; the background stays as it is."""
    size = len(canvas)
    reach = max(2, size // 40)
    height, width = mask.shape
    x0, y0 = max(left - reach, 0), max(top - reach, 0)
    x1, y1 = min(left + width + reach, size), min(top + height + reach, size)
    window = slice(y0, y1), slice(x0, x1)
    behind = cover[window]
    if not behind.any():
        return
    wide = cv2.copyMakeBorder(
        mask, top - y0, y1 - top - height, left - x0, x1 - left - width, cv2.BORDER_CONSTANT, value=0
    )
    near = cv2.blur(wide, (2 * reach + 1, 2 * reach + 1), borderType=cv2.BORDER_CONSTANT)
    dark = cv2.multiply(near, behind, scale=strength / 255 / 255, dtype=cv2.CV_32F)
    canvas[window] *= (1 - dark)[..., None]


def _crease(color: Floats, shape: Shape, rng: random.Random) -> None:
    """Add what nobody draws: soft folds, a seam, a rivet."""
    height, width = color.shape[:2]
    marks = np.zeros((height, width), np.float32)
    for _ in range(rng.randint(1, 4)):
        points = np.array([(rng.uniform(0, width), rng.uniform(0, height)) for _ in range(3)])
        middle = (points[0] + points[2]) / 2 + (points[1] - points[0]) * 0.25
        t = np.linspace(0, 1, 10)[:, None]
        curve = (1 - t) ** 2 * points[0] + 2 * t * (1 - t) * middle + t * t * points[2]
        cv2.polylines(
            marks,
            [np.round(curve * 16).astype(np.int32)],
            False,
            rng.choice((-1, -1, 1)) * rng.uniform(0.1, 0.3),
            max(1, round(rng.uniform(0.004, 0.014) * (width + height))),
            cv2.LINE_AA,
            SUBPIXEL_BITS,
        )
    color *= (1 + cv2.blur(marks, (3, 3)))[..., None]
    if rng.random() < 0.3:
        at = rng.randrange(width), rng.randrange(height)
        tone = rng.choice(((30.0, 30.0, 32.0), (226.0, 226.0, 228.0), (196.0, 164.0, 96.0)))
        radius = max(1, round(rng.uniform(0.008, 0.02) * (width + height)))
        cv2.circle(color, at, radius, tone, -1, cv2.LINE_AA)


def _develop(canvas: Floats, rng: random.Random, noise: np.random.Generator) -> Pixels:
    """Gamma, exposure, blur, noise and JPEG, each only in some of the pictures."""
    size = len(canvas)
    gamma = math.exp(rng.uniform(-0.22, 0.22))
    gain = rng.uniform(0.96, 1.04)
    blur = rng.uniform(0.25, 0.65) * size / 128 if rng.random() < 0.3 else 0.0
    grain = rng.uniform(0.5, 5.0) if rng.random() < 0.5 else 0.0
    quality = rng.randint(40, 92) if rng.random() < 0.25 else 0
    if blur:
        canvas = np.asarray(cv2.GaussianBlur(canvas, (0, 0), blur), np.float32)
    if grain:
        canvas = np.asarray(canvas + grain * noise.standard_normal((size, size, 1), dtype=np.float32), np.float32)
    levels = np.clip(255 * gain * (np.arange(256) / 255) ** gamma, 0, 255)
    pixels = cv2.LUT(np.clip(canvas, 0, 255).astype(np.uint8), np.round(levels).astype(np.uint8))
    if quality:
        _, packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
        pixels = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    return np.asarray(pixels, np.uint8)

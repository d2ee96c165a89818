"""Textures of two colours: stripes, checks, flowers, the skins of animals."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from stbir.data.drawn.texels import SIDE, Raw, axes, noise, soft


def striped(rng: np.random.Generator) -> Raw:
    along, _ = axes(rng, turned=rng.random() < 0.5)
    pitch = rng.uniform(11, 32)
    return 1 + 0.03 * noise(rng, 1), soft(np.sin(along / pitch * 2 * np.pi) - rng.uniform(-0.3, 0.5), pitch / 4)


def dots(rng: np.random.Generator) -> Raw:
    along, across = axes(rng, turned=False)
    pitch = rng.uniform(16, 32)
    x = (along / pitch + 0.5 * (np.floor(across / pitch) % 2)) % 1 - 0.5
    y = (across / pitch) % 1 - 0.5
    return 1 + 0.02 * noise(rng, 1), soft(rng.uniform(0.22, 0.32) - np.hypot(x, y), pitch)


def plaid(rng: np.random.Generator) -> Raw:
    along, across = axes(rng, turned=False)
    pitch = rng.uniform(26, 54)
    first = soft(np.sin(along / pitch * 2 * np.pi) - 0.2, pitch / 4)
    second = soft(np.sin(across / pitch * 2 * np.pi) - 0.2, pitch / 4)
    thin = ((along / pitch * 2 % 1) < 0.08) | ((across / pitch * 2 % 1) < 0.08)
    return 1 - 0.09 * thin, 0.5 * first + 0.5 * second


def floral(rng: np.random.Generator) -> Raw:
    flowers = np.zeros((SIDE, SIDE), np.float32)
    for _ in range(90):
        x, y, radius, turn = *rng.uniform(0, SIDE, 2), rng.uniform(4, 9), rng.uniform(0, 2)
        for petal in range(5):
            angle = turn + petal * 2 * np.pi / 5
            center = int((x + radius * np.cos(angle)) * 16), int((y + radius * np.sin(angle)) * 16)
            cv2.circle(flowers, center, int(radius * 0.62 * 16), 1.0, -1, cv2.LINE_AA, 4)
        cv2.circle(flowers, (int(x * 16), int(y * 16)), int(radius * 0.5 * 16), 0.35, -1, cv2.LINE_AA, 4)
    return 1 + 0.03 * noise(rng, 3), flowers


def leopard(rng: np.random.Generator) -> Raw:
    field = noise(rng, 5)
    return 1 - 0.12 * soft(field - 1.5, 8), soft(field - 0.85, 8) * soft(1.6 - field, 8)


def snake(rng: np.random.Generator) -> Raw:
    along, across = axes(rng, turned=False)
    pitch = rng.uniform(9, 15)
    edges = np.abs(np.sin((along + across) / pitch)) + np.abs(np.sin((along - across) / pitch)) < 0.5
    return 1 - 0.17 * edges, 0.7 * soft(noise(rng, 5) - 0.7, 4)


def camo(rng: np.random.Generator) -> Raw:
    return 1 - 0.35 * soft(noise(rng, 12) - 0.9, 12), soft(noise(rng, 13) - 0.2, 12)


def zigzag(rng: np.random.Generator) -> Raw:
    along, across = axes(rng, turned=False)
    pitch = rng.uniform(16, 32)
    wave = np.abs((along / pitch) % 1 - 0.5) * pitch * 1.2
    return 1 + 0.02 * noise(rng, 1), soft(np.sin((across + wave) / pitch * 2 * np.pi), pitch / 4)


def marble(rng: np.random.Generator) -> Raw:
    veins = 1 - np.clip(np.abs(noise(rng, 22) + 0.25 * noise(rng, 6)) * 5, 0, 1)
    return 1 + 0.04 * noise(rng, 18), 0.6 * veins


def zebra(rng: np.random.Generator) -> Raw:
    """Wavering stripes that fork: of zebras, and of tigers."""
    along, across = axes(rng, turned=False)
    bent = along + 9 * noise(rng, 16) + 0.25 * across
    return 1 + 0.02 * noise(rng, 1), soft(np.sin(bent / rng.uniform(16, 26) * 2 * np.pi) - 0.1, 4)


def cow(rng: np.random.Generator) -> Raw:
    """A few large blotches."""
    return 1 + 0.03 * noise(rng, 1.5), soft(noise(rng, 17) - 0.55, 14)


def gingham(rng: np.random.Generator) -> Raw:
    """Two sets of broad bands that are darker where they cross."""
    along, across = axes(rng, turned=False)
    pitch = rng.uniform(12, 22)
    first, second = (soft(np.sin(way / pitch * 2 * np.pi), pitch / 4) for way in (along, across))
    return 1 + 0.02 * noise(rng, 1), 0.5 * first + 0.5 * second


def checkerboard(rng: np.random.Generator) -> Raw:
    """Squares in turn."""
    along, across = axes(rng, turned=False)
    pitch = rng.uniform(22, 36)
    return 1 + 0.01 * noise(rng, 1), soft(
        np.sin(along / pitch * 2 * np.pi) * np.sin(across / pitch * 2 * np.pi), pitch / 2
    )


def tweed(rng: np.random.Generator) -> Raw:
    """Threads of two colours, mixed."""
    flecks = noise(rng, 1.5)
    return 1 + 0.07 * noise(rng, 1.1), 0.85 * soft(flecks - rng.uniform(0.2, 0.7), 1.5)


def herringbone(rng: np.random.Generator) -> Raw:
    """Narrow slanted stripes that turn around in every column."""
    along, across = axes(rng, turned=False)
    column, pitch = rng.uniform(12, 20), rng.uniform(5.5, 8)
    slant = np.abs((along / column) % 2 - 1) * column
    return 1 + 0.05 * noise(rng, 1.2), 0.8 * soft(np.sin((across + slant) / pitch * 2 * np.pi) - 0.1, 1.5)


def paisley(rng: np.random.Generator) -> Raw:
    """Bent drops with a rim and a heart, among dots."""
    drops = np.zeros((SIDE, SIDE), np.float32)
    turn = np.linspace(0, 2 * np.pi, 24)
    for _ in range(70):
        center, angle, size = rng.uniform(0, SIDE, 2), rng.uniform(0, 2 * np.pi), rng.uniform(11, 19)
        reach = np.clip(-np.cos(turn), 0, 1) ** 2
        x, y = np.cos(turn) * (1 + 0.9 * reach), 0.75 * np.sin(turn) * (1 - 0.4 * reach) + 0.7 * reach
        sin, cos = np.sin(angle), np.cos(angle)
        drop = np.stack([x * cos - y * sin, x * sin + y * cos], axis=1) * size * 0.6
        for scale, value in ((1.0, 1.0), (0.72, 0.0), (0.4, 0.9)):
            cv2.fillPoly(drops, [((center + drop * scale) * 16).astype(np.int32)], value, cv2.LINE_AA, 4)
        for dot in range(8):
            place = center + 1.5 * size * np.array([np.cos(dot * np.pi / 4), np.sin(dot * np.pi / 4)])
            cv2.circle(drops, (int(place[0] * 16), int(place[1] * 16)), 28, 0.8, -1, cv2.LINE_AA, 4)
    return 1 + 0.02 * noise(rng, 2), drops


def geometric(rng: np.random.Generator) -> Raw:
    """Diamonds inside diamonds."""
    along, across = axes(rng, turned=False)
    pitch = rng.uniform(28, 46)
    away = np.abs(along / pitch % 1 - 0.5) + rng.uniform(0.6, 1.0) * np.abs(across / pitch % 1 - 0.5)
    rings = soft(0.42 - away, pitch / 2) - soft(0.28 - away, pitch / 2) + soft(0.13 - away, pitch / 2)
    return 1 + 0.02 * noise(rng, 1), np.clip(rings, 0, 1)


def fair_isle(rng: np.random.Generator) -> Raw:
    """Knitted rows of crosses, diamonds and dots."""
    cell = 4
    side = SIDE // cell
    rows, columns = np.mgrid[:side, :side]
    wave = np.abs((columns % 8) - 4)
    band = rows % 18
    shown = (np.abs(band - 4) == wave) | ((np.abs(band - 4) + wave) < 2) | (band == 10)
    shown |= ((band == 13) | (band == 15)) & (columns % 2 == 0)
    shift = int(rng.integers(0, 18))
    blend = np.repeat(np.repeat(np.roll(shown, shift, axis=0), cell, axis=0), cell, axis=1).astype(np.float32)
    along, across = axes(rng, turned=False)
    stitches = np.sin(across / cell * np.pi + np.abs((along / cell) % 2 - 1) * np.pi)
    return 1 + 0.09 * stitches + 0.04 * noise(rng, 1.5), blend


def tie_dye(rng: np.random.Generator) -> Raw:
    """Rings that bled into each other."""
    down, right = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    center = rng.uniform(0.3, 0.7, 2) * SIDE
    away = np.hypot(down - center[0], right - center[1]) + 9 * noise(rng, 12)
    return 1 + 0.05 * noise(rng, 10), np.clip(0.5 + 0.75 * np.sin(away / rng.uniform(9, 14)), 0, 1)


def embroidered(rng: np.random.Generator) -> Raw:
    """Vines of thread with leaves and small flowers."""
    threads = np.zeros((SIDE, SIDE), np.float32)
    for _ in range(34):
        place, angle = rng.uniform(0, SIDE, 2), rng.uniform(0, 2 * np.pi)
        for step in range(rng.integers(6, 12)):
            angle += rng.uniform(-0.5, 0.5)
            ahead = place + 8 * np.array([np.cos(angle), np.sin(angle)])
            cv2.line(threads, _sub(place), _sub(ahead), 1.0, 2, cv2.LINE_AA, 4)
            if step % 2:
                side = angle + (1.2 if step % 4 == 1 else -1.2)
                leaf = ahead + 5 * np.array([np.cos(side), np.sin(side)])
                turn = float(np.degrees(side))
                cv2.ellipse(threads, _sub(leaf), (72, 36), turn, 0, 360, 1.0, -1, cv2.LINE_AA, 4)
            place = ahead
        for petal in range(5):
            spot = place + 5.5 * np.array([np.cos(petal * 1.257), np.sin(petal * 1.257)])
            cv2.circle(threads, _sub(spot), 56, 1.0, -1, cv2.LINE_AA, 4)
        cv2.circle(threads, _sub(place), 40, 0.2, -1, cv2.LINE_AA, 4)
    return 1 + 0.03 * noise(rng, 1) + 0.05 * threads * noise(rng, 1), threads


def _sub(place: npt.NDArray[np.float64]) -> tuple[int, int]:
    """A place in sixteenths of a texel, as the drawing functions take it."""
    return int(place[0] * 16), int(place[1] * 16)

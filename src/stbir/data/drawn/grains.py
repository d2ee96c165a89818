"""Textures of one colour: grain, weave, fur, the gloss of patent leather and metal."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from stbir.data.drawn.texels import SIDE, Raw, axes, noise, soft


def grain(fine: float, fine_sigma: float, coarse: float, coarse_sigma: float) -> Callable[[np.random.Generator], Raw]:
    def make(rng: np.random.Generator) -> Raw:
        return 1 + fine * noise(rng, fine_sigma) + coarse * noise(rng, coarse_sigma), None

    return make


def patent(rng: np.random.Generator) -> Raw:
    return 1 + 0.22 * np.clip(noise(rng, 17) - 0.8, 0, 2), None


def wood(rng: np.random.Generator) -> Raw:
    along, across = axes(rng, turned=True)
    rings = np.sin(across * rng.uniform(0.15, 0.4) + 2 * np.sin(along * 0.012) + 0.9 * noise(rng, 7))
    fibres = cv2.GaussianBlur(noise(rng, 0.8), (0, 0), 1.2)
    return 1 + 0.075 * rings + 0.05 * fibres, None


def fabric(rng: np.random.Generator) -> Raw:
    along, across = axes(rng, turned=True)
    threads = rng.uniform(0.9, 1.5)
    return 1 + 0.06 * np.sin(along * threads) + 0.06 * np.sin(across * threads) + 0.03 * noise(rng, 2), None


def mesh(rng: np.random.Generator) -> Raw:
    along, across = axes(rng, turned=True)
    pitch = rng.uniform(0.6, 1.0)
    holes = np.clip(np.sin(along * pitch) * 2, 0, 1) * np.clip(np.sin(across * pitch) * 2, 0, 1)
    return 1 - 0.3 * holes, None


def quilted(rng: np.random.Generator) -> Raw:
    along, across = axes(rng, turned=False)
    pitch = rng.uniform(18, 34)
    first, second = (along + across) / pitch, (along - across) / pitch
    seam = np.minimum(np.abs(first - np.round(first)), np.abs(second - np.round(second)))
    return 0.74 + 0.32 * np.clip(seam * 3, 0, 1) ** 0.7, None


def fur(rng: np.random.Generator) -> Raw:
    strands = cv2.GaussianBlur(noise(rng, 1.1), (0, 0), sigmaX=0.8, sigmaY=2.6)
    return 1 + 0.2 * np.asarray(strands, np.float32) + 0.09 * noise(rng, 8), None


def knit(rng: np.random.Generator) -> Raw:
    along, across = axes(rng, turned=False)
    pitch = rng.uniform(8, 14)
    braid = np.sin(along / pitch * 2 * np.pi + 1.2 * np.sin(across / pitch * 4 * np.pi))
    return 1 + 0.13 * braid + 0.04 * noise(rng, 1.5), None


def glitter(rng: np.random.Generator) -> Raw:
    sparks = rng.random((SIDE, SIDE)) < 0.4
    return 1 + 0.35 * np.clip(noise(rng, 1.0), -0.5, 2.5) * sparks, None


def wicker(rng: np.random.Generator) -> Raw:
    along, across = axes(rng, turned=False)
    pitch = rng.uniform(9, 15)
    over = (np.floor(along / pitch) + np.floor(across / pitch)) % 2
    strand = np.abs(np.sin(np.where(over > 0, along, across) / pitch * np.pi))
    return 0.78 + 0.3 * strand, None


def metal(rng: np.random.Generator) -> Raw:
    _, across = axes(rng, turned=True)
    bands = np.sin(across * rng.uniform(0.02, 0.06) + rng.uniform(0, 6))
    brushed = cv2.GaussianBlur(noise(rng, 0.8), (0, 0), sigmaX=7, sigmaY=0.6)
    return 1 + 0.13 * bands + 0.07 * np.asarray(brushed, np.float32), None


def speckled(rng: np.random.Generator) -> Raw:
    return 1 - 0.35 * soft(noise(rng, 1.3) - 2.0, 5) + 0.03 * noise(rng, 20), None


def distressed(rng: np.random.Generator) -> Raw:
    """Leather that is rubbed light in places and cracked in others."""
    rubbed = np.clip(noise(rng, 14) + 0.35 * noise(rng, 3) - 0.5, 0, 1.5)
    cracks = np.clip(1 - np.abs(noise(rng, 5)) * 9, 0, 1)
    return 0.95 + 0.26 * rubbed - 0.13 * cracks + 0.04 * noise(rng, 1.2), None


def crocodile(rng: np.random.Generator) -> Raw:
    """Rows of rounded scales of uneven width, with dark lines between them."""
    along, across = axes(rng, turned=False)
    pitch = rng.uniform(15, 24)
    wobble = 2.5 * noise(rng, 9)
    row = np.floor((across + wobble) / pitch)
    x = ((along + wobble) / (pitch * 1.35) + 0.5 * (row % 2)) % 1 - 0.5
    y = ((across + wobble) / pitch) % 1 - 0.5
    edge = np.clip((0.5 - np.maximum(np.abs(x), np.abs(y))) * 9, 0, 1)
    return 0.68 + 0.32 * edge + 0.13 * np.clip(0.3 - np.hypot(x, y), 0, 1) * edge, None


def perforated(rng: np.random.Generator) -> Raw:
    """Smooth, with rows of small punched holes."""
    along, across = axes(rng, turned=False)
    pitch = rng.uniform(8, 12)
    x = (along / pitch + 0.5 * (np.floor(across / pitch) % 2)) % 1 - 0.5
    holes = np.clip((0.27 - np.hypot(x, across / pitch % 1 - 0.5)) * pitch, 0, 1)
    return 1 - 0.55 * holes + 0.03 * noise(rng, 20), None


def woven(rng: np.random.Generator) -> Raw:
    """Broad bands that go over and under each other, aslant."""
    along, across = axes(rng, turned=False)
    pitch = rng.uniform(13, 20)
    first, second = (along + across) / pitch, (along - across) / pitch
    over = (np.floor(first) + np.floor(second)) % 2
    across_band = np.where(over > 0, first, second) % 1 - 0.5
    return 0.66 + 0.38 * np.clip((0.5 - np.abs(across_band)) * 4, 0, 1) ** 0.6, None


def metallic(rng: np.random.Generator) -> Raw:
    """Foil: broad bright and dark bands that follow creases."""
    folds = np.sin(2.2 * noise(rng, 20) + rng.uniform(0, 6))
    return 1 + 0.17 * folds + 0.05 * noise(rng, 3), None


def satin(rng: np.random.Generator) -> Raw:
    """Soft long sheens."""
    along, _ = axes(rng, turned=True)
    return 1 + 0.1 * np.sin(along * rng.uniform(0.03, 0.06) + 1.1 * noise(rng, 26)), None


def corduroy(rng: np.random.Generator) -> Raw:
    """Upright ribs."""
    along, _ = axes(rng, turned=False)
    ribs = np.abs(np.sin(along / rng.uniform(7, 11) * np.pi))
    return 0.76 + 0.34 * ribs**0.6 + 0.03 * noise(rng, 1), None


def twill(rng: np.random.Generator) -> Raw:
    """Denim: slanted threads, some of them paler, and a wash that faded unevenly."""
    along, across = axes(rng, turned=False)
    threads = np.sin((along + across) * rng.uniform(1.0, 1.5))
    slubs = cv2.GaussianBlur(noise(rng, 0.8), (0, 0), sigmaX=0.6, sigmaY=4)
    return 1 + 0.07 * threads + 0.11 * np.asarray(slubs, np.float32) / 0.5 + 0.06 * noise(rng, 24), None


def lace(rng: np.random.Generator) -> Raw:
    """Rosettes of thread around dark holes."""
    along, across = axes(rng, turned=False)
    pitch = rng.uniform(18, 26)
    x = (along / pitch + 0.5 * (np.floor(across / pitch) % 2)) % 1 - 0.5
    y = across / pitch % 1 - 0.5
    away, angle = np.hypot(x, y), np.arctan2(y, x)
    petals = (np.cos(6 * angle) > 0.1) & (away > 0.16) & (away < 0.4)
    return 1.06 - 0.45 * petals + 0.05 * noise(rng, 1), None


def sequins(rng: np.random.Generator) -> Raw:
    """Overlapping discs, each as bright as it happens to lie."""
    along, across = axes(rng, turned=False)
    pitch = rng.uniform(5.5, 9)
    row = np.floor(across / pitch)
    place = along / pitch + 0.5 * (row % 2)
    bright = rng.uniform(0.72, 1.4, (97, 97)).astype(np.float32)
    shine = bright[row.astype(int) % 97, np.floor(place).astype(int) % 97]
    rim = np.clip((0.5 - np.hypot(place % 1 - 0.5, across / pitch % 1 - 0.5)) * 7, 0, 1)
    return shine * (0.72 + 0.28 * rim), None


def cork(rng: np.random.Generator) -> Raw:
    """Pressed crumbs, a few of them dark."""
    return 1 + 0.07 * noise(rng, 2.2) - 0.3 * np.clip(noise(rng, 1.6) - 1.4, 0, 1), None


def jute(rng: np.random.Generator) -> Raw:
    """Ropes side by side, each twisted."""
    along, across = axes(rng, turned=False)
    pitch = rng.uniform(10, 15)
    rope = np.abs(np.sin(across / pitch * np.pi)) ** 0.5
    twist = np.sin((along + 0.8 * across) / pitch * 2 * np.pi)
    return 0.72 + 0.32 * rope + 0.12 * twist * rope + 0.05 * noise(rng, 1), None


def tufted(rng: np.random.Generator) -> Raw:
    """Diamonds with deep seams that meet in a button."""
    along, across = axes(rng, turned=False)
    pitch = rng.uniform(34, 50)
    first, second = (along + across) / pitch, (along - across) / pitch
    one, two = np.abs(first - np.round(first)), np.abs(second - np.round(second))
    seam = np.clip(np.minimum(one, two) * 2.2, 0, 1) ** 0.6
    button = np.clip((0.13 - np.hypot(one, two)) * 12, 0, 1)
    return 0.68 + 0.42 * seam - 0.15 * button, None

"""Whether two pictures are copies of one: a hash and a thumbnail that survive another size and another format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from stbir.types import Pixels

Hashes: TypeAlias = npt.NDArray[np.uint64]
"""One row of `WORDS` words per picture."""

SIDE = 16
WORDS = SIDE * SIDE // 64
MOST_BITS = 32
"""Pictures whose hashes differ in more of the 256 bits show different things; it saves the closer look."""
MOST_APART = 0.1
"""By how much small pictures may differ on average, as a share of what they differ from their own paper.

Another size or another JPEG stays below 0.03; two shop photos of similar black boots are 0.15 apart.
"""
LEAST_CONTRAST = 2.0
BLOCK = 2048


def difference_hash(picture: Pixels) -> Hashes:
    """256 bits: is a small grey version brighter to the right? uint64 of shape (4,).

    >>> ramp = np.tile(np.arange(64, dtype=np.uint8)[None, :, None], (64, 1, 3))
    >>> [int(word).bit_count() for word in difference_hash(ramp)]
    [64, 64, 64, 64]
    """
    grey = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (SIDE + 1, SIDE), interpolation=cv2.INTER_AREA).astype(np.int16)
    # a step below the noise of a JPEG is none: flat paper must not hash to chance
    bits = np.packbits((small[:, 1:] - small[:, :-1]) > 1)
    return bits.view(np.uint64)


def small_picture(picture: Pixels) -> npt.NDArray[np.float32]:
    """The picture in 16 x 16 colours, less its usual colour (the paper), float32 of shape (768,)."""
    small = cv2.resize(np.ascontiguousarray(picture), (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray(small - np.median(small, axis=(0, 1)), np.float32).ravel()


def apart(first: npt.NDArray[np.float32], second: npt.NDArray[np.float32]) -> float:
    """How much two small pictures differ, as a share of what the paler of them shows.

    >>> one = np.full(768, 10, np.float32)
    >>> apart(one, one), apart(one, -one)
    (0.0, 2.0)
    """
    contrast = min(float(np.abs(first).mean()), float(np.abs(second).mean()))
    return float(np.abs(first - second).mean()) / max(contrast, LEAST_CONTRAST)


def alike(
    first: Hashes, second: Hashes, small: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]
) -> Iterator[tuple[int, int]]:
    """The pairs of rows whose hashes and small pictures are nearly the same.

    Hashes are of shape (pictures, 4), small pictures of shape (pictures, 768). Memory is bounded: it goes by blocks
    of 2,048 rows.

    >>> same = np.zeros((1, 4), np.uint64), np.zeros((1, 768), np.float32)
    >>> list(alike(same[0], same[0], (same[1], same[1])))
    [(0, 0)]
    """
    for top in range(0, len(first), BLOCK):
        for left in range(0, len(second), BLOCK):
            rows, columns = first[top : top + BLOCK], second[left : left + BLOCK]
            bits = np.zeros((len(rows), len(columns)), np.uint16)
            for word in range(WORDS):
                bits += np.bitwise_count(rows[:, word, None] ^ columns[None, :, word])
            for a, b in np.argwhere(bits <= MOST_BITS).tolist():
                if apart(small[0][top + a], small[1][left + b]) <= MOST_APART:
                    yield top + a, left + b


def united(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """Unite what pairs connect, directly or over others: for each of `count` things the first of its group.

    >>> united(6, [(4, 3), (1, 4)])
    [0, 1, 2, 1, 1, 5]
    """
    first = list(range(count))

    def root(index: int) -> int:
        while first[index] != index:
            first[index] = first[first[index]]
            index = first[index]
        return index

    for one, other in pairs:
        low, high = sorted((root(one), root(other)))
        first[high] = low
    return [root(index) for index in range(count)]

"""How alike two pictures are to the eye of a copyist: a hash that survives another size, format and a little light."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from stbir.types import Pixels

Hashes: TypeAlias = npt.NDArray[np.uint64]
"""One row of `WORDS` words per picture."""

SIDE = 16
WORDS = SIDE * SIDE // 64
COLOURS = 4
"""Side of the small colour picture that is compared where the hashes agree."""
MOST_BITS = 12
"""Pictures whose hashes differ in more of the 256 bits show different things."""
MOST_COLOUR = 12.0
"""The same for the mean difference of the small colour pictures, of 255."""
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


def small_colours(picture: Pixels) -> npt.NDArray[np.float32]:
    """The picture in 4 x 4 colours, float32 of shape (48,)."""
    small = cv2.resize(np.ascontiguousarray(picture), (COLOURS, COLOURS), interpolation=cv2.INTER_AREA)
    return small.astype(np.float32).ravel()


def alike(
    first: Hashes, second: Hashes, colours: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]
) -> Iterator[tuple[int, int]]:
    """The pairs of rows whose hashes and colours are nearly the same, in order.

    Hashes are of shape (pictures, 4), colours of shape (pictures, 48); memory is bounded by blocks of 2,048 rows.

    >>> same = np.zeros((1, 4), np.uint64), np.zeros((1, 48), np.float32)
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
                if np.abs(colours[0][top + a] - colours[1][left + b]).mean() <= MOST_COLOUR:
                    yield top + a, left + b

"""The pictures that stand for a category: one sketch and two photos, chosen by a rule and kept with the weights."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from stbir.types import Pixels

SKETCHES, PHOTOS = 1, 2
"""How many of each a support has, as in DP-CLIP; a category with fewer pictures has fewer."""


class Supports(nn.Module):
    """Support pictures by the name of their category.

    They are buffers, uint8 (categories, 3, side, side, 3), the sketch first, so that they are saved with the weights
    and count in their fingerprint; `there` says which of them exist.
    """

    pictures: Tensor
    there: Tensor

    def __init__(self, names: Sequence[str], *, side: int) -> None:
        super().__init__()
        self.names = list(names)
        places = len(self.names), SKETCHES + PHOTOS
        self.register_buffer("pictures", torch.zeros(*places, side, side, 3, dtype=torch.uint8))
        self.register_buffer("there", torch.zeros(places, dtype=torch.bool))

    def of(self, name: str) -> Pixels | None:
        """The pictures of a category, uint8 (pictures, side, side, 3), sketches first; None where there are none."""
        if name not in self.names:
            return None
        place = self.names.index(name)
        found = self.pictures[place][self.there[place]]
        return found.cpu().numpy() if len(found) else None

    def put(self, name: str, *, sketches: Pixels, photos: Pixels, seed: int) -> None:
        """Choose the support of a category, in place of one it may have, from pictures uint8 (any, side, side, 3)."""
        if name not in self.names:
            self.names.append(name)
            self.pictures = torch.cat([self.pictures, self.pictures.new_zeros(1, *self.pictures.shape[1:])])
            self.there = torch.cat([self.there, self.there.new_zeros(1, self.there.shape[1])])
        place = self.names.index(name)
        self.there[place] = False
        for start, chosen in ((0, choose(sketches, SKETCHES, seed)), (SKETCHES, choose(photos, PHOTOS, seed))):
            stop = start + len(chosen)
            self.pictures[place, start:stop] = torch.from_numpy(chosen).to(self.pictures.device)
            self.there[place, start:stop] = True


def choose(pictures: Pixels, count: int, seed: int) -> Pixels:
    """Choose up to `count` pictures by their content and a seed alone, in whatever order they come.

    >>> some = np.arange(4, dtype=np.uint8).reshape(4, 1, 1, 1).repeat(3, axis=3)
    >>> bool((choose(some, 2, 0) == choose(some[::-1], 2, 0)).all())
    True
    """

    def lot(picture: Pixels) -> bytes:
        return hashlib.blake2b(picture.tobytes(), digest_size=8, salt=seed.to_bytes(8, "little")).digest()

    order = sorted(range(len(pictures)), key=lambda place: lot(np.ascontiguousarray(pictures[place])))
    return np.ascontiguousarray(pictures[order[:count]])

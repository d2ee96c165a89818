"""Rows of the prepared pictures as one step shows them: moved, degraded, mirrored, with words forgotten."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from stbir.functional.degrade.pictures import bent, degrade_photo, degrade_sketch, moved
from stbir.functional.degrade.sketches import misdraw
from stbir.functional.degrade.words import drop_words
from stbir.nn.preprocessing import Preprocessing
from stbir.training.batches import FORGOTTEN
from stbir.training.curriculum import Curriculum
from stbir.training.pairs import PairsData
from stbir.training.pairs.known import in_colour
from stbir.training.pairs.prepared import Prepared
from stbir.types import Pixels

Flips = npt.NDArray[np.bool_]


class Shown:
    """Takes rows of photos, sketches and words, and changes each by chance as the recipe and the curriculum say.

    A photo is moved and degraded before the method looks at it, so that it sees what is in the worse picture.
    """

    def __init__(
        self,
        prepared: Prepared,
        *,
        data: PairsData,
        curriculum: Curriculum | None,
        epoch: int,
        preprocessing: Preprocessing,
        rng: random.Random,
    ) -> None:
        self.prepared = prepared
        self.data = data
        self.curriculum = curriculum
        self.preprocessing = preprocessing
        self.likely, self.strength = curriculum.at(epoch) if curriculum else (0.0, 0.0)
        self.rng = rng
        self.generator = np.random.default_rng(rng.getrandbits(64))

    def bends(self, count: int) -> list[int] | None:
        """What decides how each of some rows is bent; None where nothing is bent."""
        return [self.rng.getrandbits(63) for _ in range(count)] if self.data.bend else None

    def photos(self, rows: Sequence[int], flip: Flips, *, bends: Sequence[int] | None) -> Pixels:
        """What the method looks at in these photos, uint8 (rows, side, side, more)."""
        pictures = self.prepared.looked[rows]
        changed: dict[int, Pixels] = {}
        for place, row in enumerate(rows):
            degraded = self._degraded("photo")
            if degraded or self.data.move_photo:
                picture = self._bent(np.ascontiguousarray(self.prepared.photos[row]), bends, place)
                picture = moved(picture, self.data.move_photo, generator=self.generator)
                if degraded:
                    picture = degrade_photo(picture, self.strength, generator=self.generator)
                changed[place] = picture
            else:
                pictures[place] = self._bent(pictures[place], bends, place)
        if changed:
            pictures[list(changed)] = self.prepared.look(np.stack(list(changed.values())))
        pictures[flip] = pictures[flip][:, :, ::-1]
        return pictures

    def sketches(self, rows: Sequence[int], flip: Flips, *, bends: Sequence[int] | None) -> tuple[Pixels, Tensor]:
        """These sketches, uint8 (rows, side, side, 3), and how strongly each is degraded, float32 (rows,)."""
        pictures = self.prepared.sketches[rows]
        strengths = torch.zeros(len(rows))
        for place, row in enumerate(rows):
            degraded, strokes = self._degraded("sketch"), self.prepared.strokes[row]
            if degraded and strokes and self.curriculum and self.curriculum.strokes:
                worse = misdraw(strokes, self.curriculum.strokes * self.strength, generator=self.generator)
                pictures[place] = self.preprocessing.sketch(worse)[..., 0]
            pictures[place] = self._bent(pictures[place], bends, place)
            pictures[place] = bent(pictures[place], self.data.sway, generator=self.generator)
            pictures[place] = moved(pictures[place], self.data.move, generator=self.generator)
            if degraded:
                pictures[place] = degrade_sketch(pictures[place], self.strength, generator=self.generator)
                strengths[place] = self.strength
        pictures[flip] = pictures[flip][:, :, ::-1]
        return in_colour(pictures), strengths

    def texts(self, rows: Sequence[int]) -> tuple[Tensor, Tensor]:
        """The tokens of these words and their mask, both (rows, length)."""
        share, rng = self.data.forget_word, self.rng
        said = [self.prepared.words[row] for row in rows]
        if self.curriculum and self.curriculum.touches("text"):
            said = [
                drop_words(text, self.strength, generator=self.generator) if self._degraded("text") else text
                for text in said
            ]
        if share:
            said = [" ".join(FORGOTTEN if rng.random() < share else word for word in text.split()) for text in said]
        return self.preprocessing.text(said)

    def _bent(self, picture: Pixels, bends: Sequence[int] | None, place: int) -> Pixels:
        if bends is None:
            return picture
        return bent(picture, self.data.bend, generator=np.random.default_rng(bends[place]))

    def _degraded(self, side: str) -> bool:
        """Whether the next picture of this side is degraded."""
        return self.curriculum is not None and side in self.curriculum.sides and self.rng.random() < self.likely

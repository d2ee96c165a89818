"""Which wrong photos, sketches and words a row is contrasted with: like ones, from its own virtual class."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from stbir.errors import ConfigError
from stbir.training.pairs.prepared import Numbers, Prepared


@dataclass(frozen=True, eq=False)
class Wrong:
    """The wrong things of any item, as STBIR chooses them; never its own object's, near duplicates included."""

    prepared: Prepared
    classes: Numbers

    def photos(self, item: int, count: int, rng: random.Random) -> list[int]:
        """Photos of other objects: of its virtual class where that has any, else of all.

        Raises:
            ConfigError: all photos show one object.
        """
        return picked(self._others(item), count, rng)

    def sketches(self, item: int, count: int, rng: random.Random) -> list[int]:
        """A sketch of each of so many other objects, chosen like `photos`.

        Raises:
            ConfigError: all photos show one object, or the others have no sketch.
        """
        drawn = self._others(item)
        drawn = drawn[[len(self.prepared.sketches_of(other)) > 0 for other in drawn]]
        if not len(drawn):
            raise ConfigError("there are no wrong sketches: nothing else of its virtual class has one")
        return [rng.choice(self.prepared.sketches_of(other)) for other in picked(drawn, count, rng)]

    def words(self, item: int, count: int, rng: random.Random) -> list[int]:
        """Words, of all, that are said of no photo of its own object.

        Raises:
            ConfigError: everything is described alike.
        """
        own = np.flatnonzero(self.prepared.objects == self.prepared.objects[item]).tolist()
        said = np.unique(np.concatenate([self._texts[list(self.prepared.words_of(one))] for one in own]))
        others = np.flatnonzero(~np.isin(self._texts, said))
        if not len(others):
            raise ConfigError("there are no wrong words: all photos of this part of the data are described alike")
        return picked(others, count, rng)

    @cached_property
    def _texts(self) -> Numbers:
        """A number for each text, the same where its string is."""
        number: dict[str, int] = {}
        return np.array([number.setdefault(text, len(number)) for text in self.prepared.words], np.int64)

    def _others(self, item: int) -> Numbers:
        strange = self.prepared.objects != self.prepared.objects[item]
        alike = strange & (self.classes == self.classes[item]) & (self.classes >= 0)
        if not strange.any():
            raise ConfigError("there are no wrong photos: all photos of this part of the data show one object")
        return np.flatnonzero(alike if alike.any() else strange)


def picked(pool: Numbers, count: int, rng: random.Random) -> list[int]:
    """Pick from a pool, nothing twice before everything was picked once (DESIGN: a class may be small).

    >>> sorted(picked(np.array([3, 5]), 4, random.Random(0)))
    [3, 3, 5, 5]
    """
    chosen: list[int] = []
    while len(chosen) < count:
        chosen += rng.sample(pool.tolist(), min(len(pool), count - len(chosen)))
    return chosen

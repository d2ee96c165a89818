"""The batches of real pairs: a pure function of seed, stage and step."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from stbir.methods.base import Side
from stbir.methods.batch import Batch, Negatives
from stbir.nn.preprocessing import Preprocessing
from stbir.training.curriculum import Curriculum
from stbir.training.pairs import PairsData
from stbir.training.pairs.negatives import Wrong
from stbir.training.pairs.prepared import Numbers, Prepared
from stbir.training.pairs.shown import Flips, Shown


class PairStage(Protocol):
    """What of a stage decides its batches."""

    @property
    def name(self) -> str: ...
    @property
    def batch_size(self) -> int: ...
    @property
    def steps(self) -> int | None: ...
    @property
    def epochs(self) -> int | None: ...
    @property
    def curriculum(self) -> Curriculum | None: ...
    @property
    def negatives(self) -> int: ...
    @property
    def negatives_of(self) -> tuple[Literal["photo", "sketch", "text"], ...]: ...
    @property
    def same_class(self) -> bool: ...
    @property
    def extras(self) -> bool: ...


@dataclass(frozen=True, eq=False)
class PairBatches(Dataset[Batch]):
    """Item `step` is the batch of that step.

    An epoch is every photo once in random order, each with one of its sketches and texts at random; where the last
    batch of an epoch is not full, it is filled with the first photos of the next epoch's order, which has them again.
    `known` are embeddings of all rows of frozen sides, as they are and, if `data.mirror`, mirrored. With
    `data.unpaired` the sketch of a row is one of another object of the photo's category, if there is one.
    """

    prepared: Prepared
    classes: Numbers
    data: PairsData
    stage: PairStage
    preprocessing: Preprocessing
    seed: int
    known: Mapping[Side, Sequence[Tensor]]

    def __getitem__(self, step: int) -> Batch:
        prepared, stage = self.prepared, self.stage
        items, epoch = self._items(step)
        rng = self._random(f"{step}")
        sketches = [rng.choice(self._sketches(item)) for item in items]
        words = [rng.choice(prepared.words_of(item)) for item in items]
        flip = self._flips(len(items), rng)
        shown = self._shown(epoch, self._random(f"{step}:changes"))
        bends = shown.bends(len(items))
        drawn, strengths = shown.sketches(sketches, flip, bends=bends)
        ids, mask = shown.texts(words)
        return Batch(
            photos=shown.photos(items, flip, bends=bends),
            sketches=drawn,
            ids=ids,
            mask=mask,
            instances=tuple(prepared.names[item] for item in items),
            categories=tuple(prepared.categories[item] for item in items),
            classes=torch.from_numpy(self.classes[items]) if (self.classes >= 0).any() else None,
            negatives=self._negatives(items, step, epoch) if stage.negatives and stage.negatives_of else None,
            embedded=self._embedded({"photo": items, "sketch": sketches, "text": words}, flip),
            strengths=strengths,
            epoch=epoch,
        )

    def _sketches(self, item: int) -> Sequence[int]:
        """The sketches that a photo may be shown with."""
        if not self.data.unpaired:
            return self.prepared.sketches_of(item)
        rows, objects = self._drawn[self.prepared.categories[item]]
        strange = rows[objects != self.prepared.objects[item]]
        return (strange if len(strange) else rows).tolist()

    @cached_property
    def _drawn(self) -> dict[str | None, tuple[Numbers, Numbers]]:
        """The sketches of each category: their rows, and the objects that they show."""
        prepared = self.prepared
        owners = np.repeat(np.arange(len(prepared)), np.diff(prepared.first_sketch))
        rows: dict[str | None, list[int]] = {category: [] for category in prepared.categories}
        for row, owner in enumerate(owners.tolist()):
            rows[prepared.categories[owner]].append(row)
        return {
            category: (np.array(some, np.int64), prepared.objects[owners[some]])
            for category, some in rows.items()
            if some
        }

    @cached_property
    def _rows(self) -> Sequence[int]:
        return rows_of(self.prepared, self.stage)

    @cached_property
    def _wrong(self) -> Wrong:
        return Wrong(self.prepared, self.classes if self.stage.same_class else np.full_like(self.classes, -1))

    def _items(self, step: int) -> tuple[list[int], int]:
        """The rows of a step, and its epoch."""
        size = self.stage.batch_size
        epoch, place = divmod(step, per_epoch(len(self._rows), size))
        items = self._order(epoch)[place * size : (place + 1) * size]
        if len(items) < size:
            present = set(items)
            fresh = [item for item in self._order(epoch + 1) if item not in present]
            items += fresh[: size - len(items)]
        return items, epoch

    def _order(self, epoch: int) -> list[int]:
        order, rng = list(self._rows), self._random(f"epoch {epoch}")
        rng.shuffle(order)
        if not self.data.one_category:
            return order
        size, categories = self.stage.batch_size, self.prepared.categories
        alike = [[item for item in order if categories[item] == name] for name in dict.fromkeys(categories)]
        whole = [some[i : i + size] for some in alike for i in range(0, len(some) - size + 1, size)]
        rng.shuffle(whole)
        left = [item for some in alike for item in some[len(some) // size * size :]]
        rng.shuffle(left)
        return [item for batch in whole for item in batch] + left

    def _random(self, what: str) -> random.Random:
        return random.Random(f"{self.seed}:{self.stage.name}:{what}")

    def _shown(self, epoch: int, rng: random.Random) -> Shown:
        return Shown(
            self.prepared,
            data=self.data,
            curriculum=self.stage.curriculum,
            epoch=epoch,
            preprocessing=self.preprocessing,
            rng=rng,
        )

    def _flips(self, count: int, rng: random.Random) -> Flips:
        return np.array([self.data.mirror and rng.random() < 0.5 for _ in range(count)], bool)

    def _negatives(self, items: Sequence[int], step: int, epoch: int) -> Negatives:
        each, sides = self.stage.negatives, self.stage.negatives_of
        wrong = self._wrong
        rng, shown = self._random(f"{step}:negatives"), self._shown(epoch, self._random(f"{step}:negative changes"))
        choose = {"photo": wrong.photos, "sketch": wrong.sketches, "text": wrong.words}
        rows: dict[Side, list[int]] = {
            side: [row for item in items for row in choose[side](item, each, rng)] for side in sides
        }
        flip, bends = self._flips(each * len(items), rng), shown.bends(each * len(items))
        ids, mask = shown.texts(rows["text"]) if "text" in rows else (None, None)
        return Negatives(
            each=each,
            photos=shown.photos(rows["photo"], flip, bends=bends) if "photo" in rows else None,
            sketches=shown.sketches(rows["sketch"], flip, bends=bends)[0] if "sketch" in rows else None,
            ids=ids,
            mask=mask,
            embedded=self._embedded(rows, flip),
        )

    def _embedded(self, rows: Mapping[Side, Sequence[int]], flip: Flips) -> dict[str, Tensor]:
        embedded: dict[str, Tensor] = {}
        for side, places in rows.items():
            if side in self.known:
                plain, *mirrored = self.known[side]
                at, turned = torch.tensor(places), torch.from_numpy(flip)[:, None]
                embedded[side] = torch.where(turned, mirrored[0][at], plain[at]) if mirrored else plain[at]
        return embedded


def rows_of(prepared: Prepared, stage: PairStage) -> Sequence[int]:
    """The photos that a stage is trained on."""
    return range(len(prepared)) if stage.extras else np.flatnonzero(~prepared.extra).tolist()


def per_epoch(photos: int, batch_size: int) -> int:
    """In how many steps every photo is seen."""
    return math.ceil(photos / batch_size)

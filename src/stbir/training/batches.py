"""The batches of a run: a pure function of recipe, stage and step, so that workers and resuming change nothing."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm

from stbir.data import drawn
from stbir.data.drawn.words import describe
from stbir.data.workers import end_with_parent
from stbir.errors import StbirError, UnknownName
from stbir.functional.partial import first_part
from stbir.methods.batch import Batch, prepare
from stbir.nn.preprocessing import Preprocessing
from stbir.training.recipe import DrawnData, Stage
from stbir.types import Photo, Pixels, Query

FORGOTTEN = "xqz"
"""Stands for a word the model does not know, so that it learns to live with one."""


def family_weights(data: DrawnData) -> dict[str, float]:
    """How often each family is drawn; all training families alike where the recipe names none.

    Raises:
        UnknownName: the recipe names a family that does not exist or is held out.
    """
    allowed = drawn.train_families()
    for name in data.families:
        if name not in allowed:
            raise UnknownName("family to train on", name, allowed)
    return dict(data.families) or dict.fromkeys(allowed, 1.0)


def vocabulary(data: DrawnData, *, per_family: int = 1500, workers: int = 0) -> list[str]:
    """The descriptions of `per_family` objects of each family: what a new model learns its words from."""
    said = _Said(tuple(family_weights(data)), per_family)
    loader: DataLoader[list[str]] = DataLoader(
        said, batch_size=None, num_workers=workers, worker_init_fn=end_with_parent, generator=torch.Generator()
    )
    return [text for texts in tqdm(loader, desc="collecting words", disable=None) for text in texts]


@dataclass(frozen=True)
class _Said(Dataset[list[str]]):
    """What is said of a hundred objects of one family."""

    families: tuple[str, ...]
    per_family: int

    def __len__(self) -> int:
        return len(self.families) * math.ceil(self.per_family / 100)

    def __getitem__(self, index: int) -> list[str]:
        if index >= len(self):
            raise IndexError(index)
        family, first = self.families[index % len(self.families)], 100 * (index // len(self.families))
        seeds = range(first, min(first + 100, self.per_family))
        scenes = [drawn.scene_of(family, seed, combinations="train") for seed in seeds]
        return [
            describe(scene, random.Random(f"{family}:{seed}:words")) for seed, scene in zip(seeds, scenes, strict=True)
        ]


@dataclass(frozen=True)
class DrawnBatches(Dataset[Batch]):
    """Item `step` is the batch of that step; it is drawn when asked for."""

    data: DrawnData
    stage: Stage
    preprocessing: Preprocessing
    families: Mapping[str, float]
    look: Callable[[Pixels], Pixels]
    seed: int

    def __getitem__(self, step: int) -> Batch:
        rng = random.Random(f"{self.seed}:{self.stage.name}:{step}")
        names = list(self.families)
        weights = list(self.families.values())
        together = step >= self.data.ramp // 2 and rng.random() < self.data.one_family
        only = rng.choices(names, weights)[0]
        eased = min(1.0, 0.2 + 0.8 * step / self.data.ramp) if self.data.ramp else 1.0
        pairs = [
            self._pair(only if together else rng.choices(names, weights)[0], rng, eased)
            for _ in range(self.stage.batch_size)
        ]
        batch = prepare(self.preprocessing, pairs, look=self.look)
        for picture in batch.sketches:
            if rng.random() < self.data.thick:
                picture[:] = thicker(picture, rng.random())
        if not self.data.mirror:
            return batch
        # A mirrored object is another object: sketch and photo turn together.
        flip = np.array([rng.random() < 0.5 for _ in pairs])
        for pictures in (batch.photos, batch.sketches):
            pictures[flip] = pictures[flip][:, :, ::-1]
        return batch

    def _pair(self, family: str, rng: random.Random, distortion: float) -> tuple[Query, Photo]:
        triple = drawn.draw(
            family,
            rng.getrandbits(48),
            size=self.preprocessing.side,
            distortion=distortion,
            combinations="train",
        )
        query, photo = triple.pair()
        sketches = query.sketches
        if rng.random() < self.data.unfinished:
            sketches = (first_part(triple.sketch, rng.uniform(0.33, 0.9)),)
        words = (query.text or "").split()
        kept = [FORGOTTEN if rng.random() < self.data.forget_word else word for word in words]
        return Query(sketches, " ".join(kept), instance=query.instance, category=query.category), photo


def thicker(picture: Pixels, share: float) -> Pixels:
    """Make the dark lines of a picture a pixel broader, or a `share` of a pixel.

    >>> line = np.full((3, 5, 3), 255, np.uint8)
    >>> line[:, 2] = 0
    >>> thicker(line, 0.5)[1, :, 0].tolist()
    [255, 255, 0, 128, 255]
    """
    broad = cv2.erode(picture, np.ones((2, 2), np.uint8), borderValue=(255, 255, 255))
    return np.asarray(cv2.addWeighted(picture, 1 - share, broad, share, 0), np.uint8)


@dataclass(frozen=True)
class _Outcomes(Dataset[Batch | StbirError]):
    """Hands an error over as it is: the loader would send it as the text of its traceback."""

    batches: Dataset[Batch]

    def __getitem__(self, step: int) -> Batch | StbirError:
        try:
            return self.batches[step]
        except StbirError as error:
            return error


def stream(batches: Dataset[Batch], *, first: int, stop: int, workers: int) -> Generator[Batch]:
    """The batches from step `first` up to `stop`, made by `workers` processes (0: in this one)."""
    loader: DataLoader[Batch | StbirError] = DataLoader(
        _Outcomes(batches),
        batch_size=None,
        sampler=range(first, stop),
        num_workers=workers,
        prefetch_factor=4 if workers else None,
        worker_init_fn=end_with_parent,
        generator=torch.Generator(),  # its own: the loader would draw from the one that dropout uses
    )
    for outcome in loader:
        if isinstance(outcome, StbirError):
            raise outcome
        yield outcome

"""Where the batches of a run come from: what every kind of data answers, and the drawn kind."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from torch.utils.data import Dataset

from stbir.data import drawn
from stbir.errors import ConfigError
from stbir.methods.base import Method
from stbir.methods.batch import Batch, prepare
from stbir.training.batches import DrawnBatches, family_weights
from stbir.training.pairs import PairsData
from stbir.training.pairs.source import open_pairs
from stbir.training.recipe import DrawnData, Recipe
from stbir.training.stages import Stage
from stbir.types import Split

BEYOND = 1 << 48
"""Training draws seeds below this one; what is held out has seeds from here on."""


class Source(Protocol):
    """What a run is trained and measured on."""

    @property
    def classes(self) -> int:
        """How many fine classes the rows of batches are numbered with; 0 where there are none."""
        ...

    @property
    def skipped(self) -> int:
        """How many photos cannot be trained on, because something about them is missing."""
        ...

    @property
    def held_out(self) -> Split | None:
        """Queries and photos that no batch shows, to measure on; never a test split."""
        ...

    def steps(self, stage: Stage) -> int:
        """How many steps a stage lasts.

        Raises:
            ConfigError: it lasts epochs, and this data has no end.
        """
        ...

    def batches(self, method: Method, stage: Stage) -> Dataset[Batch]:
        """The batches of a stage: item `step` depends on nothing but the recipe's seed, the stage and the step."""
        ...


@runtime_checkable
class LossSource(Protocol):
    """Data that can also say what the loss is on its held-out part."""

    def held_out_batches(self, method: Method, stage: Stage) -> Iterable[Batch]:
        """The same batches of held-out objects at every call."""
        ...


@runtime_checkable
class CategorySource(Protocol):
    """Data that knows the categories of what is trained on."""

    def introduce(self, method: Method) -> None:
        """Let a method meet every category, with all pictures of it that are trained on."""
        ...


@runtime_checkable
class WordSource(Protocol):
    """Data whose words a method may not know."""

    def new_words(self, method: Method) -> list[str]:
        """The words that a method is to learn before it sees this data.

        Raises:
            ConfigError: there are some, and the method has no vocabulary of whole words.
        """
        ...


@dataclass(frozen=True)
class DrawnSource:
    """Objects drawn as they are needed: no end, no fine classes."""

    data: DrawnData
    seed: int
    held_out: Split | None = None

    @property
    def classes(self) -> int:
        return 0

    @property
    def skipped(self) -> int:
        return 0

    def steps(self, stage: Stage) -> int:
        if stage.steps is None:
            raise ConfigError(
                f'drawn objects have no epochs; give stage {stage.name!r} steps, and [validation] unit = "steps"'
            )
        return stage.steps

    def batches(self, method: Method, stage: Stage) -> Dataset[Batch]:
        pictures = method.backbone.preprocessing
        return DrawnBatches(self.data, stage, pictures, family_weights(self.data), method.look, self.seed)

    def held_out_batches(self, method: Method, stage: Stage) -> Iterable[Batch]:
        if self.held_out is None:
            return
        pairs = [*zip(self.held_out.queries, self.held_out.photos, strict=True)]
        for first in range(0, len(pairs), stage.batch_size):
            some = pairs[first : first + stage.batch_size]
            yield prepare(method.backbone.preprocessing, some, look=method.look)


def open_source(plan: Recipe, *, root: Path, method: Method) -> Source:
    """Open the data of a recipe; folders in it are relative to `root`, pictures are prepared as `method` sees them.

    Raises:
        InputError: files are missing or cannot be read.
        UnknownName: the recipe names a data set or a family that does not exist.
    """
    if isinstance(plan.data, PairsData):
        return open_pairs(plan.data, root=root, seed=plan.seed, method=method)
    family_weights(plan.data)  # a wrong name is found before anything runs
    return DrawnSource(plan.data, plan.seed, drawn_held_out(plan.data, side=method.side))


def drawn_held_out(data: DrawnData, *, side: int) -> Split | None:
    """Draw objects that training never draws, `side` pixels wide: the same for all recipes with these families.

    Raises:
        UnknownName: there is no such family.
    """
    if not data.held_out:
        return None
    weights = family_weights(data)
    names = random.Random("held out").choices([*weights], [*weights.values()], k=data.held_out)
    pairs = [
        drawn.draw(name, BEYOND + number, size=side, combinations="train").pair() for number, name in enumerate(names)
    ]
    return Split(f"{len(pairs)} drawn objects", [query for query, _ in pairs], [photo for _, photo in pairs])

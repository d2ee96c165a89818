"""Real pairs opened for a run: what is trained on, what is validated on, how many classes there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from torch import Tensor
from torch.utils.data import Dataset

from stbir.data.pictures import open_picture
from stbir.errors import ConfigError, InputError
from stbir.methods.base import Method, Side
from stbir.methods.batch import Batch, path_of
from stbir.nn.captions import spoken
from stbir.nn.vocabulary import unknown_words
from stbir.training.pairs import PairsData
from stbir.training.pairs.batches import PairBatches, PairStage, per_epoch, rows_of
from stbir.training.pairs.classes import virtual_classes
from stbir.training.pairs.folds import parts_of
from stbir.training.pairs.items import Item, split_of, trainable
from stbir.training.pairs.known import in_colour, is_frozen, table
from stbir.training.pairs.prepared import Numbers, Prepared, prepare_items
from stbir.types import Split


@dataclass(frozen=True, eq=False)
class Pairs:
    """The training part in memory, in the form that one backbone's pre-processing gives it.

    `class_of` numbers the virtual class of each training photo, -1 for none, and `classes` is how many there are.
    `held_out` is what to validate on, all sets in one gallery. `skipped` photos had no sketch or no words.
    """

    data: PairsData
    seed: int
    prepared: Prepared
    class_of: Numbers
    classes: int
    held_out: Split | None
    skipped: int
    judged: Prepared | None = None
    """The held-out part as rows, for the loss on it; None where nothing is held out."""

    def steps(self, stage: PairStage) -> int:
        """How many steps a stage has; an epoch is as many as it takes to see every photo once.

        Raises:
            ConfigError: its batches are larger than the training part.
        """
        photos = len(rows_of(self.prepared, stage))
        if stage.batch_size > photos:
            raise ConfigError(
                f"stage {stage.name} has batches of {stage.batch_size}, but there are {photos} photos to "
                "train on; lower batch_size"
            )
        if stage.steps is not None:
            return stage.steps
        return (stage.epochs or 0) * per_epoch(photos, stage.batch_size)

    def batches(self, method: Method, stage: PairStage) -> Dataset[Batch]:
        """The batches of a stage, which has frozen what it does not train.

        A side that is frozen and not changed from step to step is embedded now, once: photos unless the curriculum,
        `bend` or `move_photo` changes them, sketches likewise, words unless some are forgotten. A mirrored picture is
        another one, so with `mirror` there are two tables of the photos and two of the sketches.

        Raises:
            ConfigError: its batches are larger than the training part.
        """
        self.steps(stage)
        prepared = self.prepared.looked_at(method.look)  # the run may have started from another method
        known: dict[Side, tuple[Tensor, ...]] = {}
        for side in self._steady(stage):
            if is_frozen(method, prepared, side):
                turns = (False, True) if self.data.mirror and side != "text" else (False,)
                known[side] = tuple(table(method, prepared, side, mirrored=turn) for turn in turns)
        pictures = method.backbone.preprocessing
        return PairBatches(prepared, self.class_of, self.data, stage, pictures, seed=self.seed, known=known)

    def held_out_batches(self, method: Method, stage: PairStage) -> Iterable[Batch]:
        """Held-out objects as the stage would train on them, with wrong ones of the held-out part: always the same.

        Nothing is degraded, bent or mirrored, and no row has a virtual class, which only photos to train on have. Where
        the last batch would not be full, its rows are left out.
        """
        if self.judged is None or len(self.judged) < 2:
            return
        prepared = self.judged.looked_at(method.look)
        plain = self.data.model_copy(update=dict.fromkeys(("bend", "sway", "move", "move_photo", "forget_word"), 0.0))
        batches = PairBatches(
            prepared,
            np.full(len(prepared), -1),
            plain.model_copy(update={"mirror": False}),
            _Judged.of(stage, most=len(prepared)),
            method.backbone.preprocessing,
            seed=self.seed,
            known={},
        )
        # a last batch that is not full would be filled with photos that were there already
        yield from (batches[step] for step in range(len(prepared) // batches.stage.batch_size))

    def new_words(self, method: Method) -> list[str]:
        """The words that a method does not know and is to learn: said often enough of what is trained on.

        Raises:
            ConfigError: the method has no vocabulary of whole words.
        """
        if not self.data.new_words:
            return []
        said = self.prepared
        texts = [
            {*said.words[said.first_word[item] : said.first_word[item + 1]], spoken(category or "")}
            for item, category in enumerate(said.categories)
        ]
        return unknown_words(method.backbone.preprocessing.tokenizer, texts, at_least=self.data.new_words)

    def introduce(self, method: Method) -> None:
        """Let a method meet every category, with all pictures of it that are trained on; never held-out ones."""
        prepared = self.prepared
        for name in sorted({category for category in prepared.categories if category is not None}):
            items = [item for item, category in enumerate(prepared.categories) if category == name]
            rows = [row for item in items for row in prepared.sketches_of(item)]
            method.meet(name, photos=prepared.photos[items], sketches=in_colour(prepared.sketches[rows]))

    def _steady(self, stage: PairStage) -> Iterable[Side]:
        """The sides that look the same in every step."""
        worse = stage.curriculum
        if not self.data.bend and not self.data.move_photo and not (worse and worse.touches("photo")):
            yield "photo"
        still = not (self.data.bend or self.data.sway or self.data.move)
        if still and not (worse and worse.touches("sketch")):
            yield "sketch"
        if not self.data.forget_word and not (worse and worse.touches("text")):
            yield "text"


@dataclass(frozen=True)
class _Judged:
    """What of a stage decides its batches, for the held-out part."""

    name: str
    batch_size: int
    negatives: int
    negatives_of: tuple[Side, ...]
    steps: int | None = None
    epochs: int | None = 1
    curriculum: None = None
    same_class: bool = False
    extras: bool = True

    @staticmethod
    def of(stage: PairStage, *, most: int) -> _Judged:
        return _Judged(f"{stage.name}:held out", min(stage.batch_size, most), stage.negatives, stage.negatives_of)


def open_pairs(data: PairsData, *, root: str | Path, seed: int, method: Method) -> Pairs:
    """Open the pairs of a recipe below `root`; every picture is read and shaped once, as `method` wants it.

    `method` is the one that the run starts from; where virtual classes are clusters, they are of its photo vectors.

    Raises:
        UnknownName: there is no such data set, split or variant.
        InputError: files are missing or cannot be read, or no photo has a sketch, and words where they are read.
        ConfigError: there are no virtual classes where they should be given.
    """
    parts = parts_of(data, root=Path(root))
    items = trainable(parts.train, data)
    if not items:
        needed = "a sketch" if data.words == "none" else "both a sketch and words"
        hint = '; words = "category" has photos told by their category' if data.words == "given" else ""
        raise InputError(f"no photo of {', '.join(data.labels)} that is to be trained on has {needed}{hint}")
    prepared = prepare_items(items, [parts.objects[item.name] for item in items], method, extras=data.extras)
    class_of, classes = virtual_classes(
        items, data, vectors=lambda: np.asarray(table(method, prepared, "photo")), seed=seed
    )
    held = trainable(parts.validation, data)
    return Pairs(
        data,
        seed,
        prepared,
        class_of,
        classes,
        _validation(parts.validation, method),
        skipped=len(parts.train) - len(items),
        judged=prepare_items(held, [parts.objects[item.name] for item in held], method) if held else None,
    )


def _validation(items: tuple[Item, ...], method: Method) -> Split | None:
    """The validation part, read once: it is asked again and again."""
    if not any(item.own for item in items):
        return None
    split = split_of(items, name="validation")
    photos = tuple(
        replace(photo, image=photo.image or open_picture(path_of(photo), at_least=method.decode_side))
        for photo in split.photos
    )
    return Split(split.name, tuple(split.queries), photos)

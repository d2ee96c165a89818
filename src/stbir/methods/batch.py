"""What a training step sees: sketches, words and photos of the same objects, and wrong ones of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from stbir.data.pictures import open_picture
from stbir.errors import InputError
from stbir.nn.preprocessing import Preprocessing
from stbir.types import Photo, Pixels, Query


@dataclass(frozen=True, eq=False)
class Negatives:
    """Wrong photos, sketches or words, `each` per row of a batch; a modality that nobody asked for is None.

    Rows `each * i` to `each * (i + 1)` belong to row i of the batch; shapes are those of `Batch`. `embedded` holds
    what frozen towers give for them, where that is known: unit rows (batch * each, dimension) by side, as in `Batch`.
    """

    each: int
    photos: Pixels | None = None
    sketches: Pixels | None = None
    ids: Tensor | None = None
    mask: Tensor | None = None
    embedded: Mapping[str, Tensor] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Batch:
    """Sketch, words and photo of the same objects, row by row, ready for a training step.

    `photos` is what the method's `look` made of uint8 (batch, side, side, 3), the shape of `sketches`; `ids` and
    `mask` are (batch, length). `classes` are numbers of fine classes, int64 (batch,), -1 where unknown. `embedded`
    holds what frozen towers give for this batch where that is known: unit rows by "photo", "sketch" and "text", on the
    CPU. `strengths` says how badly each sketch was degraded on purpose, float32 (batch,) from 0 (clean) to 1.
    `epoch` is how often the stage has been through its data before, None where the data has no end.
    """

    photos: Pixels
    sketches: Pixels
    ids: Tensor
    mask: Tensor
    instances: tuple[str | None, ...]
    categories: tuple[str | None, ...]
    classes: Tensor | None = None
    negatives: Negatives | None = None
    embedded: Mapping[str, Tensor] = field(default_factory=dict)
    strengths: Tensor | None = None
    epoch: int | None = None


def prepare(
    preprocessing: Preprocessing,
    pairs: Sequence[tuple[Query, Photo]],
    *,
    look: Callable[[Pixels], Pixels],
    words: bool = True,
) -> Batch:
    """Turn queries and their photos into a batch; needs no weights, so that it can run beside the training.

    The first sketch of a query is used; `look` is that of the method. A method that learns without captions says
    `words = False`, and missing ones are empty.

    Raises:
        InputError: a query without a sketch, or without words where they are needed.
    """
    for query, photo in pairs:
        if not query.sketches or (words and not query.text):
            wanted = "a sketch and words" if words else "a sketch"
            raise InputError(f"training needs {wanted} for every photo; {photo.id} lacks one")
    ids, mask = preprocessing.text([query.text or "" for query, _ in pairs])
    return Batch(
        photos=look(np.stack([preprocessing.photo(photo.image or open_picture(path_of(photo))) for _, photo in pairs])),
        sketches=np.stack([preprocessing.sketch(query.sketches[0]) for query, _ in pairs]),
        ids=ids,
        mask=mask,
        instances=tuple(query.instance for query, _ in pairs),
        categories=tuple(query.category for query, _ in pairs),
    )


def same_objects(batch: Batch) -> Tensor:
    """Which rows of a batch show the same object, as bool (batch, batch); the diagonal is true.

    Another row of the same object is no wrong answer. A row whose object is unknown is like itself alone.
    """
    names = batch.instances
    return torch.tensor(
        [[i == j or (a is not None and a == b) for j, b in enumerate(names)] for i, a in enumerate(names)]
    )


def path_of(photo: Photo) -> Path:
    """The file of a photo.

    Raises:
        InputError: it has none.
    """
    if photo.path is None:
        raise InputError(f"photo {photo.id!r} has neither a picture nor a file")
    return photo.path

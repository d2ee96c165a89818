"""A batch cut into portions: for less memory, and for several processes that share a step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import torch

from stbir.methods.batch import Batch


def portion(batch: Batch, first: int, stop: int) -> Batch:
    """The rows of a batch from `first` up to `stop`, with their own negatives."""
    wrong = batch.negatives
    if wrong is not None:
        own = slice(first * wrong.each, stop * wrong.each)
        wrong = replace(
            wrong,
            photos=None if wrong.photos is None else wrong.photos[own],
            sketches=None if wrong.sketches is None else wrong.sketches[own],
            ids=None if wrong.ids is None else wrong.ids[own],
            mask=None if wrong.mask is None else wrong.mask[own],
        )
    rows = slice(first, stop)
    return replace(
        batch,
        photos=batch.photos[rows],
        sketches=batch.sketches[rows],
        ids=batch.ids[rows],
        mask=batch.mask[rows],
        instances=batch.instances[rows],
        categories=batch.categories[rows],
        classes=None if batch.classes is None else batch.classes[rows],
        negatives=wrong,
        embedded={side: vectors[rows] for side, vectors in batch.embedded.items()},
    )


def portions(batch: Batch, *, process: int, processes: int, each: int) -> Iterator[tuple[Batch, float]]:
    """The portions of one process, `each` of them, and which share of the batch's rows they are.

    All portions of all processes together are the batch, and nearly equal; a batch with fewer rows than there are
    portions gives some processes fewer.
    """
    rows = len(batch.instances)
    for number in range(process * each, (process + 1) * each):
        first, stop = (rows * end // (processes * each) for end in (number, number + 1))
        if stop > first:
            whole = stop - first == rows
            yield batch if whole else portion(batch, first, stop), (stop - first) / rows


def onto(batch: Batch, device: torch.device) -> Batch:
    """Bring to `device` what a method does not bring there itself: classes and known embeddings."""
    return replace(
        batch,
        classes=None if batch.classes is None else batch.classes.to(device),
        embedded={side: vectors.to(device) for side, vectors in batch.embedded.items()},
    )

"""A batch cut into portions: for less memory, and for several processes that share a step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from stbir.methods.batch import Batch, Negatives


def portion(batch: Batch, first: int, stop: int) -> Batch:
    """The rows of a batch from `first` up to `stop`, with their own negatives."""
    return _cut(batch, slice(first, stop))


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
    """Bring all tensors of a batch to `device`: classes and known embeddings among them, which a method does not."""
    return _moved(batch, device)


def _cut(value: Any, rows: slice) -> Any:
    """Cut whatever has a row per object; a field that a batch gets one day is cut like the others."""
    if isinstance(value, Negatives):
        rows = slice(rows.start * value.each, rows.stop * value.each)
    if isinstance(value, Batch | Negatives):
        return replace(value, **{part.name: _cut(getattr(value, part.name), rows) for part in fields(value)})
    if isinstance(value, Mapping):
        return {name: _cut(one, rows) for name, one in value.items()}
    return value[rows] if isinstance(value, Sequence | np.ndarray | Tensor) else value


def _moved(value: Any, device: torch.device) -> Any:
    if isinstance(value, Batch | Negatives):
        return replace(value, **{part.name: _moved(getattr(value, part.name), device) for part in fields(value)})
    if isinstance(value, Mapping):
        return {name: _moved(one, device) for name, one in value.items()}
    return value.to(device) if isinstance(value, Tensor) else value

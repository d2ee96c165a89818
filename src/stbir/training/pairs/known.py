"""What a frozen tower gives for every item, computed once instead of in every step."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from stbir.methods.base import Method, Side
from stbir.methods.batch import Batch
from stbir.training.pairs.prepared import CHUNK, Prepared
from stbir.types import Pixels


def is_frozen(method: Method, prepared: Prepared, side: Side) -> bool:
    """Whether nothing that a side's embedding depends on is trained; the stage has frozen the rest before."""
    with _evaluating(method), torch.enable_grad():
        return not method.rows(_some(method, prepared, side, range(1)), side).requires_grad


@torch.no_grad()
def table(method: Method, prepared: Prepared, side: Side, *, mirrored: bool = False) -> Tensor:
    """Embed all photos, sketches or words, in eval mode: unit rows (items, dimension) on the CPU."""
    count = {"photo": len(prepared.photos), "sketch": len(prepared.sketches), "text": len(prepared.words)}[side]
    with _evaluating(method):
        rows = [
            method.rows(_some(method, prepared, side, range(i, min(i + CHUNK, count)), mirrored=mirrored), side)
            for i in range(0, count, CHUNK)
        ]
    return torch.cat([row.float().cpu() for row in rows])


def in_colour(sketches: Pixels) -> Pixels:
    """Drawn sketches (batch, side, side) with three equal channels, as towers want them.

    >>> in_colour(np.zeros((2, 4, 4), np.uint8)).shape
    (2, 4, 4, 3)
    """
    return np.repeat(sketches[..., None], 3, axis=-1)


def _some(method: Method, prepared: Prepared, side: Side, rows: range, *, mirrored: bool = False) -> Batch:
    """A batch that has nothing but these rows of one side."""
    at = slice(rows.start, rows.stop)
    photos = prepared.looked[at] if side == "photo" else prepared.looked[:0]
    sketches = in_colour(prepared.sketches[at] if side == "sketch" else prepared.sketches[:0])
    words: Sequence[str] = prepared.words[at] if side == "text" else prepared.words[:1]
    ids, mask = method.backbone.preprocessing.text(words)
    turn = slice(None, None, -1 if mirrored else 1)
    unknown = (None,) * len(rows)
    return Batch(
        np.ascontiguousarray(photos[:, :, turn]),
        np.ascontiguousarray(sketches[:, :, turn]),
        ids,
        mask,
        unknown,
        unknown,
    )


@contextmanager
def _evaluating(method: nn.Module) -> Generator[None]:
    """Put everything in eval mode and give every part its own mode back."""
    modes = [(part, part.training) for part in method.modules()]
    for part, _ in modes:
        part.training = False
    try:
        yield
    finally:
        for part, mode in modes:
            part.training = mode

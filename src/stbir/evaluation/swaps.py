"""Whether what a method draws follows the sketch in shape and the words in colour: sketches and words are swapped.

Two queries of a category make four drawings, each sketch with the words of each. Of two that share their words, whose
shape is whose photo's? Of two that share their sketch, whose colour? Both photos are there to be told apart, so that
a coin would be right half of the time, however blurred or pale all drawings are. The check is our own (DESIGN).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch

from stbir.errors import InputError
from stbir.evaluation.targets import find_targets
from stbir.functional.orientation import histograms, orientations
from stbir.nn.decoder import SIDE
from stbir.types import Floats, Pixels, Query, Split

if TYPE_CHECKING:
    from stbir.methods.duet import Duet

CELLS = 8


@dataclass(frozen=True)
class Followed:
    """How many swaps were judged, and in which share of them shape followed the sketch and colour the words."""

    swaps: int
    shape: float
    colour: float


def follows(method: Duet, split: Split) -> Followed:
    """Swap sketches and words between queries of a category and judge the drawings by the two photos.

    The queries of a category that have both are paired, the first half with the second, so that neighbours, which often
    show one object, do not meet; two that say the same are left out. Photos are seen as the method sees them.

    Raises:
        InputError: no two queries of a category have sketches, different words and different photos; a query looks for
            a photo that is not there; or a photo cannot be read.
    """
    pairs = _pairs(split)
    if not pairs:
        raise InputError(f"{split.name} has no two queries of a category with sketches, different words and photos")
    targets = find_targets(split)
    wanted = [targets.of([query.instance for query in pair]).tolist() for pair in pairs]
    asked: list[Query] = []
    for one, other in pairs:
        swapped = replace(one, text=other.text), replace(other, text=one.text)
        asked += [replace(query, photo=None) for query in (one, *swapped, other)]
    drawings = method.draw(asked).reshape(len(pairs), 2, 2, SIDE, SIDE, 3)  # by sketch, then by words
    shown = np.stack([method.drawable([split.photos[number] for number in pair]) for pair in wanted])
    shape = [_agree(_shapes(drawings[:, :, words]), _shapes(shown)) for words in (0, 1)]
    colour = [_agree(_colours(drawings[:, sketch]), _colours(shown)) for sketch in (0, 1)]
    return Followed(len(pairs), float(np.mean(shape)), float(np.mean(colour)))


def _pairs(split: Split) -> list[tuple[Query, Query]]:
    """Queries with sketch and words, two by two of a category; each in one pair at most."""
    by_category: dict[str | None, list[Query]] = {}
    for query in split.queries:
        if query.sketches and query.text:
            by_category.setdefault(query.category, []).append(query)
    return [
        (one, other)
        for some in by_category.values()
        for one, other in zip(some, some[-(-len(some) // 2) :], strict=False)
        if one.instance != other.instance and one.text != other.text
    ]


def _agree(drawn: Floats, shown: Floats) -> float:
    """How often two drawings lie as their own photos do: rows (pairs, 2, size) against rows (pairs, 2, size).

    Only differences count, so that what all drawings have in common does not. A difference of nothing is half right.
    """
    found = ((drawn[:, 0] - drawn[:, 1]) * (shown[:, 0] - shown[:, 1])).sum(axis=1)
    return float(np.mean(np.where(found == 0, 0.5, found > 0)))


def _shapes(pictures: Pixels) -> Floats:
    """Where lines run in pictures (pairs, 2, side, side, 3): rows (pairs, 2, size)."""
    grey = torch.from_numpy(pictures.reshape(-1, *pictures.shape[2:])).float().mean(dim=-1) / 255
    rows = histograms(orientations(grey, size=SIDE // 2), cells=CELLS)
    return rows.numpy().reshape(len(pictures), 2, -1)


def _colours(pictures: Pixels) -> Floats:
    """The mean Lab colour of what is unlike the border of pictures (pairs, 2, side, side, 3): rows (pairs, 2, 3)."""
    rows: list[Floats] = []
    for picture in pictures.reshape(-1, *pictures.shape[2:]):
        lab = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB).reshape(SIDE, SIDE, 3)
        border = np.concatenate([lab[0], lab[-1], lab[:, 0], lab[:, -1]])
        unlike = np.linalg.norm(lab - np.median(border, axis=0), axis=-1, keepdims=True) + 1e-3
        rows.append((unlike * lab).sum(axis=(0, 1)) / unlike.sum())
    return np.stack(rows).reshape(len(pictures), 2, 3)

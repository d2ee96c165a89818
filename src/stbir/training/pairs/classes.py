"""Virtual classes: the fine sub-categories of STBIR's category knowledge (arXiv 2604.15735)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import cv2
import numpy as np

from stbir.errors import ConfigError
from stbir.training.pairs import PairsData
from stbir.training.pairs.items import Item
from stbir.training.pairs.prepared import Numbers
from stbir.types import Floats

KNOWN = {"shoe": 13, "chair": 24}
"""How many classes the authors sorted each category into."""
ATTEMPTS = 10


def virtual_classes(
    items: Sequence[Item], data: PairsData, *, vectors: Callable[[], Floats], seed: int
) -> tuple[Numbers, int]:
    """Number the class of each training photo, -1 where it has none, and count the classes.

    `vectors` gives the photo vectors, rows in the order of `items`, where they are needed.

    Raises:
        ConfigError: the classes are to be given and no photo has one, or clusters of an unknown category.
    """
    if data.virtual_classes == "none":
        return np.full(len(items), -1, np.int64), 0
    categories = [item.photo.category or "" for item in items]
    if unknown := sorted(set(data.clusters) - set(categories)):
        raise ConfigError(
            f"clusters are asked for of {', '.join(unknown)}, but the photos are of the categories "
            f"{', '.join(sorted(set(categories)))}"
        )
    names: list[tuple[str, str | int] | None]
    if data.virtual_classes == "category":
        names = [(category, "") if category else None for category in categories]
    elif data.virtual_classes == "given":
        said = [item.photo.metadata.get("virtual_class") for item in items]
        names = [None if one is None else (kind, str(one)) for kind, one in zip(categories, said, strict=True)]
    else:
        names = list(zip(categories, clustered(vectors(), categories, counts=data.clusters, seed=seed), strict=True))
    known = sorted({name for name in names if name is not None})
    if not known:
        raise ConfigError(
            f'virtual_classes = "{data.virtual_classes}", but no photo of these sets has one; use "kmeans"'
        )
    number = {name: place for place, name in enumerate(known)}
    return np.array([-1 if name is None else number[name] for name in names], np.int64), len(known)


def clustered(vectors: Floats, categories: Sequence[str], *, counts: Mapping[str, int], seed: int) -> list[int]:
    """Divide each category into clusters of like vectors (k-means), numbered by their first member.

    Where folders of classes are missing this stands for them (DESIGN): 13 clusters of shoes, 24 of chairs, about
    sqrt(n / 2) of n others, unless `counts` says otherwise, and never more than there are different photos.
    """
    found = [0] * len(categories)
    for kind in sorted(set(categories)):
        rows = [row for row, category in enumerate(categories) if category == kind]
        some = np.ascontiguousarray(vectors[rows], np.float32)
        wanted = counts.get(kind) or KNOWN.get(kind) or max(1, round(math.sqrt(len(rows) / 2)))
        wanted = min(wanted, len(np.unique(some, axis=0)))
        if wanted == 1:
            continue
        cv2.setRNGSeed(seed)
        until = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 100, 1e-6)
        _, labels, _ = cv2.kmeans(some, wanted, np.empty(0, np.int32), until, ATTEMPTS, cv2.KMEANS_PP_CENTERS)
        order: dict[int, int] = {}
        for row, label in zip(rows, labels.ravel(), strict=True):
            found[row] = order.setdefault(int(label), len(order))
    return found

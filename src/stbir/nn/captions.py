"""Sentences that say nothing but a category, for methods that learn from the names of categories."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from stbir.errors import InputError


def spoken(category: str) -> str:
    """The name of a category as words: folders write spaces as underscores.

    >>> spoken("hot-air_balloon")
    'hot-air balloon'
    """
    return " ".join(category.replace("_", " ").split())


def numbered(categories: Sequence[str | None]) -> tuple[list[str], Tensor]:
    """The different categories of some rows in the order they appear, and the number of each row's: int64 (rows,).

    Each name then needs to be embedded once, however many rows there are.

    >>> numbered(["cup", "tea_pot", "cup"])
    (['cup', 'tea_pot'], tensor([0, 1, 0]))

    Raises:
        InputError: the category of a row is unknown.
    """
    names: dict[str, int] = {}
    for category in categories:
        if not category:
            raise InputError(
                "this loss learns from the names of categories, and a photo to train on has none; take a set whose "
                "photos have a category, or another objective"
            )
        names.setdefault(category, len(names))
    return [*names], torch.tensor([names[str(category)] for category in categories])

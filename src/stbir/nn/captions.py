"""Categories in words: their names, and sentences that say nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor

from stbir.errors import InputError

Naming = Literal["many", "one"]

_KINDS = (
    "", "good ", "poor ", "plain ", "clear ", "sharp ", "blurred ", "bright ", "dark ", "colourful ", "pale ", "grey ",
    "large ", "small ", "close ", "distant ", "cut out ", "half hidden ", "pixelated ", "old ", "new ",
)  # fmt: skip
_FORMS = ("a {kind}photo of a {name}.", "the {kind}photo of the {name}.", "one {name} in a {kind}photo.")

TEMPLATES = tuple(form.replace("{kind}", kind) for form in _FORMS for kind in _KINDS)
"""Our own 63 templates about photos; the published ones are those of CLIP for ImageNet."""
SINGLE = "{article} {name} in the image"


def spoken(category: str) -> str:
    """The name of a category as words: folders write spaces as underscores.

    >>> spoken("hot-air_balloon")
    'hot-air balloon'
    """
    return " ".join(category.replace("_", " ").split())


def sentences(name: str, naming: Naming) -> Sequence[str]:
    """Say the name of a category in one sentence or in 63; one that starts with "a" or "the" gets "This is" before it.

    >>> sentences("hot_air-balloon", "one"), sentences("apple", "one"), len(sentences("apple", "many"))
    (['This is a hot air balloon in the image'], ['This is an apple in the image'], 63)
    """
    words = spoken(name.replace("-", " "))
    article = "an" if words[:1].lower() in "aeiou" and words else "a"
    templates = TEMPLATES if naming == "many" else (SINGLE,)
    said = [template.format(name=words, article=article) for template in templates]
    return [f"This is {text}" if text.split(" ", 1)[0] in ("a", "an", "the") else text for text in said]


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

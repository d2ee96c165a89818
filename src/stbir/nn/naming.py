"""Sentences that name a category: one, or 63 about photos whose meanings are averaged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

Naming = Literal["many", "one"]

_KINDS = (
    "", "good ", "poor ", "plain ", "clear ", "sharp ", "blurred ", "bright ", "dark ", "colourful ", "pale ", "grey ",
    "large ", "small ", "close ", "distant ", "cut out ", "half hidden ", "pixelated ", "old ", "new ",
)  # fmt: skip
_FORMS = ("a {kind}photo of a {name}.", "the {kind}photo of the {name}.", "one {name} in a {kind}photo.")

TEMPLATES = tuple(form.replace("{kind}", kind) for form in _FORMS for kind in _KINDS)
"""Our own 63 templates about photos; the published ones are those of CLIP for ImageNet."""
SINGLE = "{article} {name} in the image"


def sentences(name: str, naming: Naming) -> Sequence[str]:
    """Say the name of a category in one sentence or in 63; one that starts with "a" or "the" gets "This is" before it.

    >>> sentences("hot_air-balloon", "one"), sentences("apple", "one"), len(sentences("apple", "many"))
    (['This is a hot air balloon in the image'], ['This is an apple in the image'], 63)
    """
    words = " ".join(name.replace("_", " ").replace("-", " ").split())
    article = "an" if words[:1].lower() in "aeiou" and words else "a"
    templates = TEMPLATES if naming == "many" else (SINGLE,)
    said = [template.format(name=words, article=article) for template in templates]
    return [f"This is {text}" if text.split(" ", 1)[0] in ("a", "an", "the") else text for text in said]

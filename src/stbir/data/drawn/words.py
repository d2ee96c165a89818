"""The words of a scene, short and plain, the way people ask for a thing."""

from __future__ import annotations

import random
from typing import Literal, TypeAlias

from stbir.data.drawn.scene import Scene

Style: TypeAlias = Literal["appearance", "title"]

MANNERS = (
    "mens", "womens", "ladies", "girls", "boys", "kids", "baby", "vintage", "modern", "casual", "classic", "small",
    "large", "simple", "old", "new", "cheap", "nice", "plain", "elegant", "retro", "designer",
)  # fmt: skip
OPENINGS = ("a ", "the ", "one ", "some ", "looking for ", "i want a ", "my ", "photo of a ")
JOINTS = (", ", ", ", " with ", " and ", " with ", "; ", " ")


def describe(scene: Scene, rng: random.Random, *, style: Style | None = None) -> str:
    """Say what `scene` shows: its main colour always, often the material, sometimes details.

    "appearance" leaves out what the thing is ("red suede, black laces, block heel"), "title" says it
    ("brown leather ankle boot with buckle"); None takes either.
    """
    chosen = style or rng.choices(("appearance", "title"), (4, 6))[0]
    material = scene.main.short(rng) if rng.random() < 0.2 else scene.main.phrase(rng)
    count = min(len(scene.details), rng.choices((0, 1, 2, 3), (3, 4, 3, 1))[0])
    details = [rng.choice(phrases) for phrases in rng.sample(scene.details, count)]
    if chosen == "appearance":
        text = _joined(material, details, rng)
    else:
        noun = rng.choice(scene.names)
        form = rng.choice(("{0} {1}", "{0} {1}", "{0} {1}", "{1}, {0}", "{0}, {1}", "{1} in {0}"))
        text = _joined(form.format(material, noun), details, rng)
        if rng.random() < 0.2:
            text = f"{rng.choice(MANNERS)} {text}"
        if rng.random() < 0.12:
            text = rng.choice(OPENINGS) + text
    return _tidy(text)


def _joined(head: str, details: list[str], rng: random.Random) -> str:
    if not details:
        return head
    if rng.random() < 0.08:
        return rng.choice((", ", " ")).join([*details, head])
    between = rng.choice((", ", ", ", " and ", " "))
    return head + rng.choice(JOINTS) + between.join(details)


def _tidy(text: str) -> str:
    for double in (" with with ", " and with ", ", with with "):
        text = text.replace(double, " with ")
    return " ".join(text.split())

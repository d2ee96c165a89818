"""The words of a scene, short and plain, the way people ask for a thing."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Literal, TypeAlias

from stbir.data.drawn.parts import Part, named_parts
from stbir.data.drawn.phrases import reworded
from stbir.data.drawn.scene import Scene

Style: TypeAlias = Literal["appearance", "title", "list", "casual", "telegram"]

STYLES: dict[Style, float] = {"appearance": 6, "title": 6, "list": 4, "casual": 2, "telegram": 2}
MOST_WORDS = 10
"""How long a list gets at most."""

MANNERS = (
    "mens", "womens", "ladies", "girls", "boys", "kids", "baby", "vintage", "modern", "casual", "classic", "small",
    "large", "simple", "old", "new", "cheap", "nice", "plain", "elegant", "retro", "designer", "men", "women", "unisex",
    "toddler", "childrens", "stylish", "sturdy", "contemporary", "minimalist", "rustic", "traditional", "antique",
    "everyday", "summer", "winter", "smart", "sport", "formal", "party", "fashion", "comfortable", "sleek", "bold",
)  # fmt: skip
MOODS = ("comfy", "cute", "nice", "cool", "cozy", "cosy", "pretty", "fancy", "funky", "lovely", "old", "simple", "big")
HEDGES = ("kinda", "sort of", "a bit", "really", "very", "quite", "maybe", "pretty")
OPENINGS = (
    "a ", "the ", "one ", "some ", "looking for ", "i want a ", "my ", "photo of a ", "show me ", "i need ",
    "similar to this but ", "like this but ", "this in ", "do you have ", "something like a ", "a pair of ",
)  # fmt: skip
STAND_INS = ("one", "ones", "one", "ones", "thing", "pair", "model", "kind")
LOOKS = ("finish", "design", "look", "style", "colour", "color", "material", "tone", "texture", "detailing")
TAILS = (
    "with {0}",
    "with {0}",
    "with {0}",
    "that has {0}",
    "has {0}",
    "{0} on it",
    "and {0}",
    "with the {0}",
    "it has {0}",
)
NOTED = {
    **dict.fromkeys(("buckle", "bow", "zip", "flower", "jewel", "tassel", "stud", "fringe", "toggle", "bobble"), 2.5),
    **dict.fromkeys(("laces", "stitching", "piping", "nameplate", "wedge", "strap", "thong"), 1.5),
    **dict.fromkeys(("sole", "midsole", "mouth", "lining"), 0.55),
}
"""Parts that people mention more or less often than their size says."""
STANDS = ("leg", "base", "frame", "sole", "heel", "feet", "wedge", "bottom")


def describe(scene: Scene, rng: random.Random, *, style: Style | None = None) -> str:
    """Say what `scene` shows: its main colour always, often the material, sometimes details.

    "appearance" leaves out what the thing is ("red suede with black laces"), "title" says it ("brown
    leather ankle boot with buckle"), "list" is the appearance in at most ten words between commas, "casual"
    is how people talk ("the comfy brown one with fur inside"), "telegram" has no little words; None takes any.
    """
    chosen: Style = style or rng.choices(tuple(STYLES), tuple(STYLES.values()))[0]
    material = scene.main.short(rng) if rng.random() < 0.2 else scene.main.phrase(rng)
    if chosen in ("title", "appearance") and rng.random() < 0.04:
        material = f"{material} {rng.choice(LOOKS)}"
    if chosen == "appearance":
        return _tidy(_joined(material, _details(scene, rng, (2, 6, 4, 2, 1)), rng))
    if chosen == "list":
        return _list(material, _details(scene, rng, (1, 4, 5, 4, 2)))
    if chosen == "casual":
        return _tidy(_casual(scene, material, _details(scene, rng, (4, 5, 1)), rng))
    if chosen == "telegram":
        pieces = [material, *_details(scene, rng, (3, 5, 3))]
        pieces.insert(rng.randrange(len(pieces) + 1), rng.choice(scene.names))
        return _terse(pieces)
    noun = rng.choice(scene.names)
    form = rng.choice(("{0} {1}", "{0} {1}", "{0} {1}", "{1}, {0}", "{0}, {1}", "{1} in {0}"))
    text = _joined(form.format(material, noun), _details(scene, rng, (3, 4, 3, 1)), rng)
    if rng.random() < 0.2:
        text = f"{rng.choice(MANNERS)} {text}"
    if rng.random() < 0.12:
        text = rng.choice(OPENINGS) + text
    return _tidy(text)


def _details(scene: Scene, rng: random.Random, counts: Sequence[float]) -> list[str]:
    """Phrases for different details, most of them the colours of parts; `counts` weighs how many there are."""
    count = rng.choices(range(len(counts)), counts)[0]
    if not count:
        return []
    parts = named_parts(scene)
    others = rng.sample(scene.details, len(scene.details))
    said: list[str] = []
    taken: set[str] = set()
    colours: set[str] = set()
    for _ in range(3 * count):
        if parts and (not others or rng.random() < 0.62):
            part = rng.choices(parts, [_salience(part) for part in parts])[0]
            parts.remove(part)
            repeats = part.alike or part.material.colour in colours
            heads = {_head(noun) for noun in part.nouns}
            if heads & taken or (repeats and rng.random() < 0.6):
                continue
            said.append(part.phrase(rng))
            colours.add(part.material.colour)
            taken |= heads
        elif others:
            phrase = reworded(rng, rng.choice(others.pop()))
            if _head(phrase) not in taken:
                said.append(phrase)
                taken.add(_head(phrase))
        if len(said) == count or not (parts or others):
            break
    return said


def _salience(part: Part) -> float:
    """How likely people are to mention a part: a large one, one that stands out."""
    return part.pixels**0.5 * (0.1 if part.alike else 1.0) * NOTED.get(part.name, 1.0)


def _head(phrase: str) -> str:
    return phrase.rsplit(" ", 1)[-1].rstrip("s")


def _joined(head: str, details: list[str], rng: random.Random) -> str:
    if not details:
        return head
    if rng.random() < 0.08:
        return rng.choice((", ", " ")).join([*details, head])
    joint = rng.choice((", ", ", ", ", ", " with ", " with ", " with ", " with ", " and ", "; ", " "))
    if _head(details[0]) in STANDS and rng.random() < 0.15:
        joint = " on "
    between = rng.choice((", ", ", ", " and ", " and ", " "))
    return head + joint + between.join(details)


def _list(material: str, details: list[str]) -> str:
    text = _bare(material)
    for detail in details:
        longer = f"{text}, {_bare(detail)}"
        if len(longer.split()) > MOST_WORDS:
            break
        text = longer
    return _tidy(text)


def _casual(scene: Scene, material: str, details: list[str], rng: random.Random) -> str:
    noun = rng.choice(STAND_INS) if rng.random() < 0.6 else _perhaps_plural(rng.choice(scene.names), rng)
    mood = rng.choice(MOODS)
    text = rng.choice(
        (
            *(
                f"the {mood} {material} {noun}",
                f"{material} {noun}",
                f"the {material} {noun}",
                f"{mood} {material} {noun}",
            ),
            *(f"some {material} {noun}", f"something {material}", f"{noun} in {material}"),
            *(
                f"{material} {noun} please",
                f"{material} {noun}, {rng.choice(HEDGES)} {mood}",
                f"{noun}, {rng.choice(HEDGES)} {material}",
            ),
            *(f"the {noun} that is {material}", f"those {material} {noun}", f"i like the {material} {noun}"),
        )
    )
    tails = " ".join(rng.choice(TAILS).format(_bare(detail)) for detail in details)
    return f"{text} {tails}"


def _perhaps_plural(noun: str, rng: random.Random) -> str:
    if (noun.endswith("s") and not noun.endswith("ss")) or rng.random() < 0.6:
        return noun
    return noun + ("es" if noun.endswith(("ss", "x", "ch", "sh")) else "s")


def _terse(pieces: Sequence[str]) -> str:
    words = " ".join(pieces).replace(",", " ").split()
    return " ".join(word for word in words if word not in ("with", "and", "in", "on", "the", "a", "of"))


def _bare(phrase: str) -> str:
    return phrase.removeprefix("with ")


def _tidy(text: str) -> str:
    for double in (" with with ", " and with ", ", with with ", " on with "):
        text = text.replace(double, " with ")
    return " ".join(text.split())

"""Words as somebody says them who forgets, mixes up, or asks for the opposite.

Everywhere a strength of 0 gives the text itself. With a generator in the same state a larger strength changes the
same words and more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from stbir.errors import InputError

BASIC: dict[str, tuple[str, ...]] = {
    "black": ("black", "charcoal", "ebony"),
    "white": ("white", "ivory", "cream", "off-white"),
    "grey": ("grey", "gray", "silver", "pewter"),
    "red": ("red", "scarlet", "crimson", "burgundy", "maroon", "oxblood"),
    "pink": ("pink", "fuchsia", "magenta", "coral", "salmon"),
    "purple": ("purple", "violet", "lilac", "lavender", "mauve", "plum", "aubergine"),
    "blue": ("blue", "navy", "indigo", "cobalt", "azure", "turquoise", "teal", "aqua", "cyan"),
    "green": ("green", "olive", "khaki", "mint", "lime", "emerald", "sage"),
    "yellow": ("yellow", "mustard", "ochre", "gold", "golden"),
    "orange": ("orange", "tangerine", "peach", "apricot"),
    "brown": ("brown", "tan", "beige", "taupe", "camel", "cognac", "chestnut", "bronze", "copper", "rust"),
}
"""The basic colours, and the words that mean one of their kind; what replaces a colour is of another kind."""

SHADES = (
    "dark",
    "light",
    "pale",
    "bright",
    "deep",
    "mid",
    "medium",
    "neon",
    "pastel",
    "dusty",
    "royal",
    "true",
    "baby",
)

_KIND = {word: kind for kind, words in BASIC.items() for word in words}
_WORD = "|".join(sorted(map(re.escape, _KIND), key=len, reverse=True))
_COLOUR = re.compile(rf"\b(?:(?:{'|'.join(SHADES)})[ -])?(?:{_WORD})(?:[ -](?:{_WORD}))*\b", re.IGNORECASE)
_BETWEEN = re.compile(r"(\s*[,;]\s*|\s+(?:with|and)\s+)")


def drop_words(text: str, strength: float, *, generator: np.random.Generator) -> str:
    """Forget words, chosen by chance; at strength 1 a single one is left.

    Raises:
        InputError: a strength outside of [0, 1].

    >>> drop_words("red leather boot", 1, generator=np.random.default_rng(0)) in ("red", "leather", "boot")
    True
    """
    _check(strength)
    words = text.split()
    order = generator.permutation(len(words))
    gone = set(order[: _part(strength, len(words) - 1)].tolist())
    return text if not gone else " ".join(word for place, word in enumerate(words) if place not in gone)


def swap_words(text: str, other: str, strength: float, *, generator: np.random.Generator) -> str:
    """Say a part of another query's words instead of the same share of these; at strength 1 the other query's.

    Raises:
        InputError: a strength outside of [0, 1].

    >>> swap_words("red boot", "blue glass vase", 1, generator=np.random.default_rng(0))
    'blue glass vase'
    """
    _check(strength)
    if strength == 0:
        return text
    own, foreign = text.split(), other.split()
    gone = set(generator.permutation(len(own))[: _part(strength, len(own))].tolist())
    come = set(generator.permutation(len(foreign))[: _part(strength, len(foreign))].tolist())
    kept = [word for place, word in enumerate(own) if place not in gone]
    said = kept + [word for place, word in enumerate(foreign) if place in come]
    return " ".join(said) or text


def colours(text: str) -> list[str]:
    """The colours that a text names, as it names them.

    >>> colours("Dark red boot with navy blue laces, goldfish print")
    ['Dark red', 'navy blue']
    """
    return [found.group() for found in _COLOUR.finditer(text)]


def change_colours(text: str, strength: float, *, generator: np.random.Generator) -> str:
    """Name colours of another kind instead of the ones that are meant: at strength 1 instead of all of them.

    Raises:
        InputError: a text without a colour, or a strength outside of [0, 1].
    """
    _check(strength)
    found = [*_COLOUR.finditer(text)]
    if not found:
        raise InputError(f"the text names no colour that is known here: {text[:80]!r}")
    order = generator.permutation(len(found))
    others = [_other_colour(one.group(), generator) for one in found]
    wrong = set(order[: _least_one(strength, len(found))].tolist())
    for place in sorted(wrong, reverse=True):
        start, end = found[place].span()
        text = text[:start] + others[place] + text[end:]
    return text


def negate(text: str, strength: float, *, generator: np.random.Generator) -> str:
    """Ask for the opposite: "not" before a share of the phrases, before all of them at strength 1.

    Phrases are what stands between commas, "with" and "and".

    Raises:
        InputError: a strength outside of [0, 1].

    >>> negate("red boot with laces, leather", 1, generator=np.random.default_rng(0))
    'not red boot with not laces, not leather'
    """
    _check(strength)
    parts: Sequence[str] = _BETWEEN.split(text)
    phrases = [place for place in range(0, len(parts), 2) if parts[place].strip()]
    order = generator.permutation(len(phrases))
    wrong = {phrases[place] for place in order[: _least_one(strength, len(phrases))].tolist()}
    return "".join(f"not {part}" if place in wrong else part for place, part in enumerate(parts))


def _check(strength: float) -> None:
    if not 0 <= strength <= 1:
        raise InputError(f"a strength lies between 0 and 1, not {strength}")


def _part(strength: float, count: int) -> int:
    return int(strength * count + 0.5)


def _least_one(strength: float, count: int) -> int:
    """So many of `count`; texts name one or two colours, and a curve that is flat up to 0.5 says nothing."""
    return int(np.ceil(strength * count - 1e-9))


def _other_colour(named: str, generator: np.random.Generator) -> str:
    meant = {kind for word, kind in _KIND.items() if re.search(rf"\b{re.escape(word)}\b", named, re.IGNORECASE)}
    others = [kind for kind in BASIC if kind not in meant]
    return others[int(generator.integers(len(others)))]

"""What is wrong with a description that has the right form: refused, repeated, too long, a brand, no plain words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from stbir.data.describe.answer import REFUSAL, Description
from stbir.errors import InputError

MOST_WORDS = 10
MOST_CHARACTERS = 160
"""For languages that put no spaces between words, where counting these says nothing."""
MOST_REPEATS = 3

BRANDS = Path(__file__).with_name("brands.txt")
BRAND_KEYS = ("brand", "brands", "maker", "manufacturer", "designer", "vendor")
"""The columns of a catalogue whose value must not appear in the description of that photo."""

_SMALL = frozenset("a an and at by for in of on or the to with".split())
_MARKS = re.compile(r"[{}\[\]<>|\\`\"*#_=]|https?:|\n|\t")


def faults(description: Description, *, brands: Iterable[str] = ()) -> list[str]:
    """List all that is wrong, each as the rest of a sentence that begins "your answer"; empty if it can be kept.

    >>> faults(Description(colour="red", material="nike leather", parts=("strap", "strap")), brands=["Nike"])
    ["says 'strap' more than once", "names the brand 'nike'"]
    """
    text = description.text()
    found = [*_no_words(description, text), *_refused(description), *_long(text), *_repeated(text)]
    return found + [f"names the brand {name!r}" for name in brands_in(text, brands)]


def brands_in(text: str, brands: Iterable[str]) -> list[str]:
    """The brands that a text names, as whole words, whatever their case; a trade mark sign counts as one.

    >>> brands_in("canvas, vans stripe", ["Vans", "canva"]), brands_in("foam® sole", [])
    (['vans'], ['®'])
    """
    lower = text.lower()
    named = {brand.strip().lower() for brand in brands if brand.strip()}
    # the plain test first: it leaves little to the expressions
    hits = [name for name in named if name in lower and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", lower)]
    return sorted(hits) + [sign for sign in "®™" if sign in text]


def read_brands(path: str | Path = BRANDS) -> tuple[str, ...]:
    """Read a list of brands, one per line; what follows `#` is a comment.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise InputError(f"cannot read the brands in {path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise InputError(f"the brands in {path} are no UTF-8 text; save the file as UTF-8") from None
    return tuple(name for line in lines if (name := line.partition("#")[0].strip()))


def _no_words(description: Description, text: str) -> list[str]:
    if not any(letter.isalpha() for letter in description.colour):
        return ["names no colour"]
    if _MARKS.search(text) or any(not letter.isprintable() for letter in text):
        return ["has marks in it that are no words"]
    return []


def _refused(description: Description) -> list[str]:
    said = (description.colour, description.material, *description.parts)
    return [f"says {item[:40]!r} instead of describing" for item in said if REFUSAL.search(item)][:1]


def _long(text: str) -> list[str]:
    words = len(text.split())
    if words > MOST_WORDS:
        return [f"has {words} words, and {MOST_WORDS} are the most"]
    if len(text) > MOST_CHARACTERS:
        return [f"has {len(text)} characters, and {MOST_CHARACTERS} are the most"]
    return []


def _repeated(text: str) -> list[str]:
    items = Counter(text.split(", "))
    twice = [item for item, count in items.items() if count > 1]
    words = re.findall(r"\w+", text)
    counts = Counter(word for word in words if word not in _SMALL)
    often = [word for word, count in counts.items() if count > MOST_REPEATS]
    stutter = [a for a, b in pairwise(words) if a == b and f"{a} {b}" in text]
    return [f"says {word!r} more than once" for word in dict.fromkeys([*twice, *often, *stutter])][:3]

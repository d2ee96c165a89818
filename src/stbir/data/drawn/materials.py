"""What things are made of: a colour, perhaps a second one, a texture, and the words people use for them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias
from zlib import crc32

from stbir.data.drawn.colours import COLOURS, LIVELY, MANY, METALS, WOODS, Table
from stbir.data.drawn.finishes import PALETTES, RELATIVES, SAID_IN_THE_COLOUR, SECONDS, TEXTURES, TWO_COLOURED

RGB: TypeAlias = tuple[float, float, float]

TWO_FORMS = (
    *("{0} and {1} {2}", "{0} {2}", "{1} and {0} {2}", "{0} with {1} {2}", "{2} {0} and {1}", "{0}/{1} {2}"),
    *("{0} {1} {2}", "{0} and {1}", "{2} in {0} and {1}", "{1} on {0} {2}", "two-tone {0} and {1} {2}"),
)
"""How two colours and a texture are said together."""

VARIANTS = 4
DARK = 70.0
DARK_GAIN = 11.0
"""A surface with no channel above `DARK` answers to light so much more than others, or its edges would vanish."""
HELD_OUT_SHARE = 0.08


@dataclass(frozen=True)
class Material:
    """A colour and a texture as painted (`rgb`, `second_rgb` in 0..255) and as said.

    `colour` is the canonical colour name, `words` are its synonyms; `variant` picks one of `VARIANTS`
    versions of the texture.
    """

    rgb: RGB
    texture: str
    colour: str
    words: tuple[str, ...]
    variant: int = 0
    second_rgb: RGB | None = None
    second_words: tuple[str, ...] = ()

    def darker(self, factor: float) -> Material:
        """The same material in more (`factor` < 1) or less shadow; its words stay."""
        second = None if self.second_rgb is None else _scaled(self.second_rgb, factor)
        return replace(self, rgb=_scaled(self.rgb, factor), second_rgb=second)

    def lit(self, factor: float) -> Material:
        """The same material where more light falls on it (`factor` > 1); it shows most on dark ones."""
        gain = 1.0 + (factor - 1.0) * (DARK_GAIN if max(self.rgb) < DARK else 1.0)
        return self.darker(gain if factor > 1.0 else factor)

    def short(self, rng: random.Random) -> str:
        """Only a colour word, such as "navy blue"."""
        return rng.choice(self.words)

    def phrase(self, rng: random.Random) -> str:
        """Colours and texture, such as "black and white striped"."""
        colour = rng.choice(self.words)
        texture = rng.choice(TEXTURES[self.texture])
        if self.texture in SAID_IN_THE_COLOUR:
            said = texture in colour or colour.endswith(TEXTURES[self.texture]) or rng.random() < 0.7
            return colour if said else f"{colour} {texture}"
        if not self.second_words or self.second_rgb is None:
            return _unrepeated(f"{texture} {colour}" if texture and rng.random() < 0.06 else f"{colour} {texture}")
        second = rng.choice(self.second_words)
        if rng.random() < 0.15 and _lively(self.rgb) and _lively(self.second_rgb):
            return f"{rng.choice(MANY)} {colour} {texture}" if rng.random() < 0.6 else f"{rng.choice(MANY)} {texture}"
        form = rng.choice(TWO_FORMS)
        return form.format(colour, second, texture)


def pick(rng: random.Random, textures: str | Sequence[str], colour: str | Sequence[str] | None = None) -> Material:
    """A random material out of `textures` (repeat a name to make it common), in `colour` where given.

    A choice out of several textures may also come out as one of their `RELATIVES`; a single one stays as it is.
    """
    texture = textures if isinstance(textures, str) else _relative(rng, rng.choice(textures))
    if texture == "wood":
        return wood(rng)
    if texture == "metal":
        return metal(rng)
    name = _colour(rng, texture, colour)
    rgb, _, words = COLOURS[name]
    material = Material(_jittered(rng, rgb), texture, name, words, rng.randrange(VARIANTS))
    if texture not in TWO_COLOURED:
        return material
    seconds = [second for second in SECONDS.get(texture, ()) if second != name]
    second = rng.choice(seconds) if seconds else _common(rng, COLOURS)
    while second == name:
        second = _common(rng, COLOURS)
    second_rgb, _, second_words = COLOURS[second]
    return replace(material, second_rgb=_jittered(rng, second_rgb), second_words=second_words)


def wood(rng: random.Random, tone: str | None = None) -> Material:
    """Wood in one of the tones of `WOODS`."""
    return _solid(rng, WOODS, "wood", tone)


def metal(rng: random.Random, colour: str | None = None) -> Material:
    """Metal in one of the colours of `METALS`."""
    return _solid(rng, METALS, "metal", colour)


def colours_of(texture: str) -> tuple[str, ...]:
    """Every colour that a main material of this texture can have."""
    return PALETTES.get(texture) or tuple({"wood": WOODS, "metal": METALS}.get(texture) or _free())


def held_out_combinations() -> frozenset[tuple[str, str]]:
    """About 8 % of the (colour, texture) pairs, at least one for every texture; the same in every process."""
    pairs: set[tuple[str, str]] = set()
    for texture in TEXTURES:
        colours = colours_of(texture)
        ranked = sorted(colours, key=lambda colour, texture=texture: crc32(f"{colour} & {texture}".encode()))
        pairs.update((colour, texture) for colour in ranked[: max(1, round(HELD_OUT_SHARE * len(ranked)))])
    return frozenset(pairs)


def _free() -> list[str]:
    return [name for name, (_, weight, _) in COLOURS.items() if weight]


def _relative(rng: random.Random, texture: str) -> str:
    """`texture`, or by chance one that is near it."""
    left = rng.random()
    for relative, share in RELATIVES.get(texture, ()):
        left -= share
        if left < 0:
            return relative
    return texture


def _colour(rng: random.Random, texture: str, wanted: str | Sequence[str] | None) -> str:
    """One of the colours that are wanted and that the texture comes in; the texture decides where they differ."""
    palette = PALETTES.get(texture)
    if wanted is None:
        return rng.choice(palette) if palette else _common(rng, COLOURS)
    names = (wanted,) if isinstance(wanted, str) else tuple(wanted)
    shared = names if palette is None else tuple(name for name in names if name in palette)
    return rng.choice(shared or palette or names)


def _solid(
    rng: random.Random,
    table: Table,
    texture: str,
    name: str | None,
) -> Material:
    name = name or _common(rng, table)
    rgb, _, words = table[name]
    return Material(_jittered(rng, rgb), texture, name, words, rng.randrange(VARIANTS))


def _common(rng: random.Random, table: Table) -> str:
    return rng.choices(list(table), [weight for _, weight, _ in table.values()])[0]


def _jittered(rng: random.Random, rgb: tuple[int, int, int]) -> RGB:
    light = rng.uniform(-12, 12)
    red, green, blue = (min(252.0, max(4.0, value + light + rng.uniform(-8, 8))) for value in rgb)
    return red, green, blue


def _scaled(rgb: RGB, factor: float) -> RGB:
    red, green, blue = (min(255.0, max(0.0, value * factor)) for value in rgb)
    return red, green, blue


def _lively(rgb: RGB) -> bool:
    return max(rgb) - min(rgb) > LIVELY * 255


def _unrepeated(phrase: str) -> str:
    """The phrase with every word once: not "denim blue denim"."""
    return " ".join(dict.fromkeys(phrase.split()))

"""What things are made of: a colour, perhaps a second one, a texture, and the words people use for them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias
from zlib import crc32

RGB: TypeAlias = tuple[float, float, float]

# name: (red, green, blue), how common it is, words (repeated where most people say that one)
COLOURS: dict[str, tuple[tuple[int, int, int], int, tuple[str, ...]]] = {
    "black": ((28, 28, 31), 7, ("black", "black", "black", "jet black")),
    "white": ((242, 241, 238), 6, ("white", "white", "white", "off white", "bright white")),
    "grey": ((132, 134, 137), 4, ("grey", "gray", "grey", "mid grey")),
    "light grey": ((197, 198, 200), 2, ("light grey", "light gray", "pale grey")),
    "dark grey": ((74, 76, 80), 3, ("dark grey", "charcoal", "dark gray", "anthracite", "slate", "graphite")),
    "silver": ((190, 192, 198), 2, ("silver", "metallic silver", "silver metallic", "pewter")),
    "red": ((195, 27, 32), 5, ("red", "red", "bright red", "crimson", "scarlet")),
    "burgundy": ((108, 20, 37), 2, ("burgundy", "dark red", "maroon", "wine", "oxblood", "cherry")),
    "pink": ((240, 166, 186), 3, ("pink", "light pink", "pale pink", "baby pink", "rose", "blush")),
    "hot pink": ((225, 47, 127), 2, ("hot pink", "fuchsia", "magenta", "bright pink", "pink")),
    "purple": ((97, 42, 122), 2, ("purple", "plum", "violet", "dark purple", "aubergine")),
    "lilac": ((190, 165, 215), 2, ("lilac", "lavender", "light purple", "mauve")),
    "blue": ((37, 82, 182), 4, ("blue", "blue", "royal blue", "bright blue", "cobalt")),
    "navy": ((30, 38, 77), 4, ("navy", "navy blue", "dark blue", "midnight blue")),
    "light blue": ((150, 195, 230), 3, ("light blue", "sky blue", "pale blue", "baby blue")),
    "denim": ((82, 112, 152), 2, ("denim blue", "blue", "blue grey", "denim", "steel blue")),
    "turquoise": ((42, 176, 182), 2, ("turquoise", "teal", "aqua", "turquoise blue", "cyan")),
    "teal": ((22, 97, 102), 2, ("teal", "dark teal", "petrol", "dark turquoise")),
    "green": ((42, 141, 67), 3, ("green", "green", "bright green", "emerald", "grass green")),
    "dark green": ((32, 72, 47), 2, ("dark green", "forest green", "bottle green", "green")),
    "olive": ((106, 106, 62), 2, ("olive", "khaki", "olive green", "army green", "moss green")),
    "sage": ((158, 175, 148), 2, ("sage", "sage green", "grey green", "pale green")),
    "lime": ((165, 215, 47), 1, ("lime", "lime green", "bright green", "neon green")),
    "mint": ((170, 225, 200), 2, ("mint", "mint green", "light green", "pale green")),
    "yellow": ((245, 210, 52), 3, ("yellow", "yellow", "bright yellow", "lemon")),
    "mustard": ((200, 156, 47), 2, ("mustard", "mustard yellow", "ochre", "dark yellow")),
    "gold": ((205, 171, 92), 2, ("gold", "metallic gold", "golden")),
    "orange": ((235, 117, 32), 3, ("orange", "orange", "bright orange", "tangerine")),
    "coral": ((240, 121, 102), 2, ("coral", "salmon", "peach", "coral pink")),
    "rust": ((168, 82, 42), 2, ("rust", "rust orange", "terracotta", "burnt orange", "brick red")),
    "brown": ((107, 67, 42), 6, ("brown", "brown", "chocolate", "mid brown")),
    "dark brown": ((64, 42, 32), 4, ("dark brown", "chocolate brown", "espresso", "brown", "coffee")),
    "tan": ((176, 121, 72), 5, ("tan", "light brown", "camel", "tan brown", "caramel", "cognac")),
    "chestnut": ((142, 77, 42), 3, ("chestnut", "reddish brown", "chestnut brown", "brown", "cognac brown")),
    "beige": ((216, 196, 167), 5, ("beige", "sand", "nude", "stone", "natural", "oatmeal")),
    "cream": ((240, 230, 208), 4, ("cream", "ivory", "off white", "cream white", "eggshell")),
    "taupe": ((156, 141, 126), 3, ("taupe", "grey brown", "mushroom", "greige", "grey-brown")),
    "bronze": ((141, 102, 62), 1, ("bronze", "copper", "metallic bronze")),
}

WOODS: dict[str, tuple[tuple[int, int, int], int, tuple[str, ...]]] = {
    "light wood": (
        (220, 188, 144),
        3,
        ("light wood", "natural wood", "pine", "birch", "beech", "ash wood", "pale wood"),
    ),
    "mid wood": ((171, 116, 67), 4, ("wood", "wooden", "brown wood", "oak", "teak", "medium wood", "honey wood")),
    "dark wood": ((88, 53, 34), 4, ("dark wood", "walnut", "dark brown wood", "dark wooden", "dark stained wood")),
    "red wood": ((132, 62, 37), 2, ("cherry wood", "reddish wood", "mahogany", "rosewood", "red brown wood")),
    "black wood": ((36, 34, 33), 1, ("black wood", "black painted wood", "black", "ebony")),
    "white wood": ((238, 236, 231), 1, ("white wood", "white painted wood", "white", "painted white")),
}

METALS: dict[str, tuple[tuple[int, int, int], int, tuple[str, ...]]] = {
    "silver": ((188, 190, 195), 6, ("silver", "chrome", "steel", "silver metal", "stainless steel", "aluminium")),
    "black": ((34, 34, 37), 4, ("black metal", "black", "black steel", "wrought iron")),
    "dark grey": ((84, 86, 90), 2, ("dark grey metal", "gunmetal", "dark grey", "cast iron")),
    "white": ((238, 238, 236), 2, ("white metal", "white", "white painted metal")),
    "gold": ((206, 170, 92), 2, ("gold", "brass", "gold metal", "golden")),
    "bronze": ((142, 102, 64), 1, ("bronze", "antique brass", "bronze metal")),
    "rust": ((186, 110, 74), 1, ("copper", "copper metal", "rose copper")),
    "grey": ((142, 144, 147), 2, ("grey metal", "grey", "metal", "zinc")),
}

# texture: words for it ("" where people leave it out)
TEXTURES: dict[str, tuple[str, ...]] = {
    "plain": ("", "", "", "smooth", "plain"),
    "leather": ("leather", "leather", "leather", "smooth leather", "leather look", "faux leather", ""),
    "patent": ("patent", "patent leather", "shiny", "glossy", "shiny leather"),
    "suede": ("suede", "suede", "suede", "nubuck", "suede leather"),
    "fabric": ("fabric", "canvas", "cloth", "textile", "fabric", "linen"),
    "mesh": ("mesh", "net", "mesh fabric", "perforated"),
    "quilted": ("quilted", "padded", "quilted fabric", "tufted", "diamond quilted"),
    "striped": ("striped", "stripes", "stripy", "striped fabric"),
    "dots": ("polka dot", "dotted", "spotted", "polka dots"),
    "plaid": ("plaid", "checked", "tartan", "check", "checkered"),
    "floral": ("floral", "flower pattern", "flowery", "flower print", "floral print"),
    "leopard": ("leopard print", "leopard", "animal print"),
    "snake": ("snake print", "snakeskin", "animal print", "croc", "reptile print"),
    "camo": ("camouflage", "camo", "camouflage print"),
    "zigzag": ("zigzag", "chevron", "zigzag pattern", "chevron pattern"),
    "fur": ("fur", "fluffy", "fleece", "sheepskin", "furry", "shearling", "faux fur"),
    "knit": ("knitted", "knit", "wool", "woven", "cable knit", "crochet"),
    "glitter": ("glitter", "sequin", "sparkly", "glittery", "sequinned"),
    "wicker": ("wicker", "rattan", "woven", "basket weave", "straw"),
    "felt": ("felt", "wool felt", "felted", "wool"),
    "velvet": ("velvet", "velour", "velvet fabric", "plush"),
    "wood": ("wood", "wooden"),
    "metal": ("metal", "metal", "metallic", "steel"),
    "plastic": ("plastic", "plastic", "moulded plastic", "rubber"),
    "ceramic": ("ceramic", "glazed", "porcelain", "glossy ceramic", "china", "earthenware"),
    "glass": ("glass", "glass", "coloured glass", "glossy glass"),
    "speckled": ("speckled", "stoneware", "speckled ceramic", "flecked"),
    "marble": ("marble", "marbled", "stone", "marble effect"),
}

TWO_COLOURED = ("striped", "dots", "plaid", "floral", "leopard", "snake", "camo", "zigzag", "marble")
SAID_IN_THE_COLOUR = ("wood", "metal")
VARIANTS = 4
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
        if not self.second_words:
            return f"{colour} {texture}".strip()
        second = rng.choice(self.second_words)
        form = rng.choice(
            ("{0} and {1} {2}", "{0} {2}", "{1} and {0} {2}", "{0} with {1} {2}", "{2} {0} and {1}", "{0}/{1} {2}")
        )
        return form.format(colour, second, texture)


def pick(rng: random.Random, textures: str | Sequence[str], colour: str | Sequence[str] | None = None) -> Material:
    """A random material out of `textures` (repeat a name to make it common), in `colour` where given."""
    texture = textures if isinstance(textures, str) else rng.choice(textures)
    if texture == "wood":
        return wood(rng)
    if texture == "metal":
        return metal(rng)
    if texture == "leopard":
        colour = rng.choice(("tan", "beige", "mustard"))
    if colour is None:
        name = _common(rng, COLOURS)
    else:
        name = colour if isinstance(colour, str) else rng.choice(colour)
    rgb, _, words = COLOURS[name]
    material = Material(_jittered(rng, rgb), texture, name, words, rng.randrange(VARIANTS))
    if texture not in TWO_COLOURED:
        return material
    second = "dark brown" if texture == "leopard" else _common(rng, COLOURS)
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


def held_out_combinations() -> frozenset[tuple[str, str]]:
    """About 8 % of the (colour, texture) pairs, at least one for every texture; the same in every process."""
    pairs: set[tuple[str, str]] = set()
    for texture in TEXTURES:
        colours = {"wood": WOODS, "metal": METALS}.get(texture, COLOURS)
        ranked = sorted(colours, key=lambda colour, texture=texture: crc32(f"{colour}/{texture}".encode()))
        pairs.update((colour, texture) for colour in ranked[: max(1, round(HELD_OUT_SHARE * len(ranked)))])
    return frozenset(pairs)


def _solid(
    rng: random.Random,
    table: dict[str, tuple[tuple[int, int, int], int, tuple[str, ...]]],
    texture: str,
    name: str | None,
) -> Material:
    name = name or _common(rng, table)
    rgb, _, words = table[name]
    return Material(_jittered(rng, rgb), texture, name, words, rng.randrange(VARIANTS))


def _common(rng: random.Random, table: dict[str, tuple[tuple[int, int, int], int, tuple[str, ...]]]) -> str:
    return rng.choices(list(table), [weight for _, weight, _ in table.values()])[0]


def _jittered(rng: random.Random, rgb: tuple[int, int, int]) -> RGB:
    light = rng.uniform(-12, 12)
    red, green, blue = (min(252.0, max(4.0, value + light + rng.uniform(-8, 8))) for value in rgb)
    return red, green, blue


def _scaled(rgb: RGB, factor: float) -> RGB:
    red, green, blue = (min(255.0, max(0.0, value * factor)) for value in rgb)
    return red, green, blue

"""The parts of a scene that stand out by their colour, and what people call them."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from stbir.data.drawn.colours import COLOURS, METALS, WOODS
from stbir.data.drawn.finishes import TEXTURES
from stbir.data.drawn.materials import RGB, Material
from stbir.data.drawn.scene import Scene, Shape

NOUNS: dict[str, tuple[str, ...]] = {
    # shoes
    "sole": ("sole", "sole", "sole", "sole", "outsole", "bottom"),
    "midsole": ("midsole", "sole"),
    "heel": ("heel",),
    "wedge": ("wedge", "wedge", "wedge heel", "sole", "heel"),
    "foot part": ("foot", "lower part", "toe", "vamp"),
    "nameplate": ("plate", "hardware", "buckle"),
    "toggle": ("toggles", "buttons", "toggles"),
    "pull loop": ("pull loop", "pull tab", "tab"),
    "thong": ("strap", "straps", "thong strap"),
    "cross": ("strap", "straps", "cross straps"),
    "slingback": ("strap", "slingback strap", "heel strap"),
    "t-bar": ("t-strap", "strap"),
    "shaft": ("shaft", "top", "upper part"),
    "laces": ("laces", "laces", "laces", "lacing", "shoelaces", "lace"),
    "lining": ("lining", "lining", "inside", "interior", "inner lining"),
    "footbed": ("footbed", "insole", "inner sole", "lining", "inside"),
    "insole": ("insole", "footbed", "inner sole"),
    "mouth": ("lining", "inside", "interior", "inner lining"),
    "overlay": ("overlay", "side panel", "panel", "vamp"),
    "bit": ("bit", "bar", "hardware"),
    "tongue": ("tongue",),
    "toe cap": ("toe cap", "toe", "cap toe"),
    "counter": ("heel panel", "heel tab", "back panel", "heel counter"),
    "upper": ("upper", "upper", "body"),
    "ankle": ("ankle strap", "straps"),
    "strap": ("strap", "straps", "strap"),
    "band": ("band", "strap", "trim"),
    "buckle": ("buckle", "buckles", "buckle", "hardware"),
    "cuff": ("cuff", "trim", "collar", "top"),
    "elastic": ("elastic", "elastic panel", "stretch panel", "side panel", "gusset"),
    "patch": ("patch", "panel", "logo"),
    "bow": ("bow", "bow", "ribbon"),
    "jewel": ("jewel", "ornament", "embellishment", "stone", "medallion", "charm"),
    "stripes": ("stripes", "logo", "accents", "details", "stripe"),
    "velcro": ("velcro straps", "velcro", "straps"),
    "zip": ("zip", "zipper", "zip"),
    "tassel": ("tassel", "tassels"),
    "fringe": ("fringe", "fringes"),
    "stud": ("studs", "rivets"),
    "eyelets": ("eyelets", "grommets"),
    "piping": ("piping", "trim", "edging", "edge"),
    "trim": ("trim", "trim", "edging", "border"),
    "seam": ("stitching", "stitching", "seams", "stitches"),
    "stitching": ("stitching", "stitches"),
    "panel": ("panel", "panels"),
    # furniture
    "leg": ("legs", "legs", "legs", "feet", "frame"),
    "foot": ("feet", "foot", "base"),
    "castor": ("wheels", "castors", "casters"),
    "base": ("base", "base", "bottom"),
    "column": ("column", "stem", "pedestal", "base"),
    "post": ("frame", "frame", "posts"),
    "arm": ("arms", "arms", "armrests", "arm rests"),
    "arm post": ("arms", "frame", "frame"),
    "wing": ("wings", "sides"),
    "seat slat": ("seat", "slats"),
    "foot rail": ("footrest", "foot rail"),
    "foot ring": ("foot ring", "footrest"),
    "seat": ("seat", "seat", "seat", "upholstery"),
    "shell": ("shell", "seat"),
    "cushion": ("cushion", "seat cushion", "seat pad", "seat", "padding", "cushions"),
    "back": ("back", "back", "backrest", "back rest"),
    "back cushion": ("back cushion", "cushion", "back cushions"),
    "pillow": ("pillow", "pillows", "throw pillow"),
    "slat": ("slats", "slat back", "back"),
    "slats": ("slats", "back"),
    "rocker": ("rockers", "runners"),
    "tuft": ("buttons", "button tufting", "tufts"),
    "headrest": ("headrest", "head rest"),
    "tray": ("tray", "tray"),
    "top": ("top", "top", "tabletop"),
    "shelf": ("shelf", "lower shelf"),
    "drawers": ("drawers", "drawer", "drawer fronts"),
    "doors": ("doors", "door"),
    "knob": ("knob", "knobs"),
    "knobs": ("knobs", "handles"),
    "handles": ("handles", "pulls", "hardware"),
    "shade": ("shade", "lampshade"),
    "head": ("head", "shade"),
    "stem": ("stem", "stand"),
    "pole": ("pole", "stand", "stem"),
    "cord": ("cord", "cable", "string"),
    # bags, clothes, kitchen, watches
    "handle": ("handle", "handles", "handle"),
    "chain": ("chain", "chain strap"),
    "clasp": ("clasp", "hardware", "lock"),
    "pocket": ("pocket", "front pocket"),
    "flap": ("flap", "front flap"),
    "belt": ("belt", "belt", "sash"),
    "collar": ("collar",),
    "sleeve": ("sleeves", "sleeve"),
    "cuffs": ("cuffs", "trim"),
    "buttons": ("buttons", "buttons", "button"),
    "neck band": ("collar", "neckline", "neck", "trim"),
    "waistband": ("waistband", "waist"),
    "hem": ("hem", "trim"),
    "print": ("print", "logo", "graphic", "motif"),
    "picture": ("print", "picture", "graphic"),
    "hood": ("hood",),
    "stripe": ("stripe", "side stripe", "stripes"),
    "brim": ("brim",),
    "bobble": ("pom pom", "bobble"),
    "rim": ("rim", "edge"),
    "lid": ("lid", "cover"),
    "saucer": ("saucer",),
    "motif": ("motif", "print", "pattern"),
    "dip": ("bottom", "glaze"),
    "cap": ("cap", "lid", "top"),
    "label": ("label", "sticker"),
    "flower": ("flower", "flowers"),
    "dial": ("dial", "dial", "face"),
    "bezel": ("bezel", "ring"),
    "case": ("case",),
    "links": ("bracelet", "strap", "links"),
}

ELSEWHERE: dict[tuple[str, str], tuple[str, ...]] = {
    ("chair", "column"): ("base", "base", "column", "pedestal", "stem"),
    ("chair", "foot"): ("feet", "legs", "frame"),
    ("lamp", "arm"): ("arm", "neck", "stand"),
    ("lamp", "foot"): ("base", "foot", "stand"),
    ("lamp", "cord"): ("cord", "cable", "wire"),
    ("vase", "stem"): ("flower stem", "stem"),
    ("watch", "strap"): ("strap", "band", "watch strap"),
    ("trousers", "stripe"): ("side stripe", "stripe", "stripes"),
    ("mug", "band"): ("band", "stripe"),
    ("pan", "handle"): ("handle", "grip", "long handle"),
}
"""Names of parts, by family and part, where they are not what `NOUNS` says."""

DETAIL = ("detail", "detailing", "accents", "details")
RUBBER = ("sole", "midsole")
GUM = ("tan", "camel", "beige", "cognac", "khaki", "mustard")
SIDE = 64
FEWEST = 4
"""How many of `SIDE` x `SIDE` pixels a part must show before anybody mentions it."""

TABLES = {"wood": WOODS, "metal": METALS}
SHINY = ("silver", "gold", "rose gold", "bronze", "copper", "pewter")
FAR = 75.0
"""How far a painted colour may be from the one it is named after; beyond, the name is looked up again."""


@dataclass(frozen=True)
class Part:
    """A part that can be seen: its names, what it is made of, how many pixels it shows, if it looks like the whole."""

    name: str
    nouns: tuple[str, ...]
    material: Material
    pixels: int
    alike: bool

    def phrase(self, rng: random.Random) -> str:
        """Such as "white sole", "tan leather strap" or "chrome legs"."""
        noun = rng.choice(self.nouns)
        if rng.random() < 0.03:
            noun = f"{noun} {rng.choice(DETAIL)}"
        chance = rng.random()
        if self.name in RUBBER and self.material.texture in ("plain", "plastic") and chance < 0.35:
            if self.material.colour in GUM and rng.random() < 0.6:
                return f"{rng.choice(('gum', 'crepe', 'natural rubber', 'brown gum'))} {noun}"
            return f"{self.material.short(rng)} rubber {noun}" if rng.random() < 0.8 else f"rubber {noun}"
        if chance < 0.6 or self.material.texture == "plain":
            return f"{self.material.short(rng)} {noun}"
        if chance < 0.72 and (texture := rng.choice(TEXTURES[self.material.texture])):
            return f"{texture} {noun}"
        return f"{self.material.phrase(rng)} {noun}"


def named_parts(scene: Scene) -> list[Part]:
    """The parts that have a name and show in the picture, each once."""
    groups: dict[str, list[tuple[int, Shape]]] = defaultdict(list)
    for shape, pixels in zip(scene.shapes, _pixels(scene.shapes), strict=True):
        if (name := _name(shape.part)) in NOUNS:
            groups[name].append((int(pixels), shape))
    parts: list[Part] = []
    for name, members in groups.items():
        total = sum(pixels for pixels, _ in members)
        if total < FEWEST:
            continue
        material = _as_seen(_lit(members))
        alike = (material.colour, material.texture) == (scene.main.colour, scene.main.texture)
        nouns = ELSEWHERE.get((scene.family, name)) or NOUNS[name]
        parts.append(Part(name, nouns, material, total, alike))
    return parts


def _lit(members: list[tuple[int, Shape]]) -> Material:
    """The material of the largest shape, as bright as it gets: a part is called what its lit side looks like."""
    most, largest = max(members, key=lambda member: member[0])
    same = (largest.material.colour, largest.material.texture)
    lit = [
        shape.material
        for pixels, shape in members
        if pixels >= 0.3 * most and (shape.material.colour, shape.material.texture) == same
    ]
    return max(lit, key=lambda material: sum(material.rgb))


def _pixels(shapes: list[Shape]) -> npt.NDArray[np.intp]:
    """How many pixels of a small picture each shape still shows behind the later ones."""
    every = np.concatenate([shape.points for shape in shapes])
    low = every.min(axis=0)
    scale = (SIDE - 1) / max(float(np.ptp(every, axis=0).max()), 1e-9)
    places = ((every - low) * scale + 0.5).astype(np.int32)
    owner = np.zeros((SIDE, SIDE), np.float32)
    start = 0
    for number, shape in enumerate(shapes, 1):
        outline = places[start : start + len(shape.points)]
        start += len(shape.points)
        if shape.closed:
            cv2.fillPoly(owner, [outline], number)
        else:
            cv2.polylines(owner, [outline], False, number, max(1, round(shape.width * scale)))
    return np.bincount(owner.astype(np.intp).ravel(), minlength=len(shapes) + 1)[1:]


@lru_cache(maxsize=4096)
def _name(part: str) -> str:
    """The name of a part without what tells it from its twins: "strap 1" and "legTrue" are "strap" and "leg"."""
    return re.sub(r"(True|False|[-\d. ])+$", "", part)


def _as_seen(material: Material) -> Material:
    """The material under the name of the colour that it was painted in: a tan that got very dark is brown."""
    table = TABLES.get(material.texture, COLOURS)
    if material.second_rgb is not None or material.colour not in table:
        return material
    meant = table[material.colour][0]
    lighter = sum(material.rgb) >= sum(meant)
    if lighter or material.texture == "metal" or _distance(meant, material.rgb) < FAR:
        return material
    if material.texture == "wood":
        name = min(WOODS, key=lambda name: _distance(WOODS[name][0], material.rgb))
    else:
        matt = (name for name, (_, weight, _) in COLOURS.items() if weight and name not in SHINY)
        name = min(matt, key=lambda name: _distance(COLOURS[name][0], material.rgb))
    rgb = material.rgb
    return Material(rgb, material.texture, name, table[name][2], material.variant)


def _distance(first: RGB, second: RGB) -> float:
    red, green, blue = (a - b for a, b in zip(first, second, strict=True))
    return (2 * red * red + 4 * green * green + 3 * blue * blue) ** 0.5 / 1.7

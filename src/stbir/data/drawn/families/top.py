"""What is worn above the waist: t-shirts, polos, shirts, jumpers, hoodies, jackets, coats, tank tops."""

from __future__ import annotations

import random
from typing import NamedTuple

import numpy as np

from stbir.data.drawn.curves import Points, polyline, xy
from stbir.data.drawn.garment import Cut, creases, inside_neck, mirrored, motif, settle, whole
from stbir.data.drawn.materials import Material, pick
from stbir.data.drawn.phrases import made_of
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.tailoring import collar, fasten, pockets
from stbir.data.drawn.wearer import Wearer

SOFT = ("plain", "plain", "plain", "plain", "fabric", "striped", "camo", "dots", "floral", "zigzag", "leopard")
CRISP = ("plain", "plain", "fabric", "plaid", "plaid", "striped", "dots", "floral")
WARM = ("knit", "knit", "plain", "striped", "zigzag", "fur")
HARD = ("plain", "leather", "fabric", "quilted", "suede", "camo", "plastic", "fur", "velvet")


class Kind(NamedTuple):
    """A sort of top; the choices repeat what is common."""

    names: tuple[str, ...]
    surfaces: tuple[str, ...]
    necks: tuple[str, ...]
    sleeves: tuple[str, ...]
    length: tuple[float, float]
    front: tuple[str, ...]


KINDS = {
    "t-shirt": Kind(("t-shirt", "tee", "tshirt", "t shirt", "top"), SOFT, ("crew", "crew", "crew", "v", "scoop"),
                    ("short", "short", "short", "short", "long", "cap"), (1.1, 1.42), ("", "", "", "henley")),
    "polo": Kind(("polo shirt", "polo", "polo t-shirt", "collared t-shirt"), SOFT[:6], ("collar",),
                 ("short", "short", "short", "long"), (1.15, 1.4), ("placket",)),
    "shirt": Kind(("shirt", "button up shirt", "dress shirt", "button down shirt", "formal shirt"), CRISP,
                  ("collar",), ("long", "long", "long", "short", "rolled"), (1.3, 1.55), ("buttons",)),
    "folded": Kind(("shirt", "folded shirt", "dress shirt", "formal shirt"), CRISP, ("collar",), ("none",),
                   (1.1, 1.3), ("buttons",)),
    "blouse": Kind(("blouse", "top", "ladies top", "shirt"), CRISP + SOFT[-3:],
                   ("v", "scoop", "boat", "square", "crew"), ("bell", "rolled", "cap", "short", "puff", "long"),
                   (1.05, 1.4),
                   ("", "", "placket", "buttons")),
    "jumper": Kind(("jumper", "sweater", "pullover", "knitted sweater", "knitwear"), WARM,
                   ("crew", "v", "turtle", "boat"), ("long",), (1.15, 1.4), ("",)),
    "sweatshirt": Kind(("sweatshirt", "sweater", "pullover", "jumper"), SOFT, ("crew",), ("long",),
                       (1.15, 1.35), ("",)),
    "hoodie": Kind(("hoodie", "hooded sweatshirt", "hoody", "sweatshirt"), SOFT, ("hood",), ("long",), (1.15, 1.4),
                   ("", "zip")),
    "jacket": Kind(("jacket", "zip jacket", "bomber jacket", "coat"), HARD, ("stand", "stand", "collar", "hood"),
                   ("long",), (1.05, 1.4), ("zip", "zip", "buttons")),
    "coat": Kind(("coat", "overcoat", "long coat", "trench coat", "jacket"), HARD[:5], ("lapel", "lapel", "collar"),
                 ("long",), (1.75, 2.3), ("lapel",)),
    "blazer": Kind(("blazer", "suit jacket", "jacket", "sports coat"), (*CRISP, "velvet"), ("lapel",), ("long",),
                   (1.35, 1.55), ("lapel",)),
    "cardigan": Kind(("cardigan", "knitted cardigan", "button up sweater"), WARM, ("v", "v", "crew"),
                     ("long", "rolled"), (1.2, 1.7), ("buttons", "open")),
    "tank": Kind(("tank top", "vest top", "sleeveless top", "singlet", "camisole"), SOFT,
                 ("scoop", "scoop", "v", "square"), ("none",), (1.1, 1.35), ("",)),
    "gilet": Kind(("waistcoat", "gilet", "body warmer", "vest"), ("quilted", "plain", "fabric", "plaid"),
                  ("stand", "v", "v", "hood"), ("none",), (1.05, 1.3), ("zip", "buttons")),
}  # fmt: skip
OFTEN = dict(zip(KINDS, (6, 3, 5, 0.7, 3, 3, 2, 3, 4, 2, 2, 2, 3, 1), strict=True))

SLEEVES = {
    "short": (0.3, ("short sleeves", "short sleeve", "short sleeved", "half sleeves")),
    "cap": (0.17, ("cap sleeves", "very short sleeves", "short sleeves")),
    "puff": (0.34, ("puff sleeves", "puffed sleeves", "short sleeves")),
    "rolled": (0.68, ("three quarter sleeves", "rolled up sleeves", "3/4 sleeves", "elbow sleeves")),
    "bell": (0.72, ("bell sleeves", "flared sleeves", "wide sleeves")),
    "long": (0.98, ("long sleeves", "long sleeve", "long sleeved", "full sleeves")),
    "none": (0.0, ("sleeveless", "no sleeves", "without sleeves")),
}


def build(rng: random.Random) -> Scene:
    """One top."""
    name = rng.choices(list(OFTEN), list(OFTEN.values()))[0]
    kind = KINDS[name]
    scene = Scene("top", kind.names, pick(rng, kind.surfaces))
    trim = pick(rng, ("plain", "plain", "knit")) if rng.random() < 0.3 else scene.main.darker(rng.uniform(0.8, 0.95))
    neck, sleeve, front = rng.choice(kind.necks), rng.choice(kind.sleeves), rng.choice(kind.front)
    cut = _cut(rng, name, neck, bare=sleeve == "none" and name not in ("folded", "gilet"))
    length = rng.uniform(*kind.length)
    worn = Wearer(rng) if name != "folded" and rng.random() < 0.4 else None
    cut.hang(rng, worn=worn is not None, spread=(12, 34) if SLEEVES[sleeve][0] > 0.5 else (20, 58))
    half = _half(rng, cut, length, straight=name in ("folded", "hoodie", "sweatshirt"), tails=name == "shirt")
    if neck == "hood":
        _hood(scene, rng, cut)
    if worn is not None:  # a hood hangs behind the head
        _dressed(scene, rng, worn, cut, hips=0.4, low=length, start=SLEEVES[sleeve][0])
    inside = pick(rng, "plain") if front in ("open", "lapel") and rng.random() < 0.5 else scene.main.darker(0.6)
    inside_neck(scene, cut, inside)
    if sleeve != "none":
        _sleeves(scene, rng, cut, sleeve, trim, cuffs=name in ("jumper", "sweatshirt", "hoodie", "jacket", "shirt"))
    if name != "folded":
        scene.say(*SLEEVES[sleeve][1])
    scene.fill(whole(half), scene.main, part="body", edge=0.8)
    creases(scene, rng, 0.4, 0.4, length * 0.95)
    _cloth(scene, rng, name, half, trim, length, plain=front in ("", "henley", "placket"))
    fasten(scene, rng, cut, front, trim, length)
    pockets(scene, rng, name, length)
    collar(scene, rng, cut, neck, trim)
    if trim.colour != scene.main.colour:
        scene.say(*made_of(rng, trim, "trim", "collar" if neck in ("collar", "stand") else "edges"))
    settle(scene, rng)
    return scene


def _cut(rng: random.Random, name: str, neck: str, *, bare: bool) -> Cut:
    wide, deep = {"crew": (0.15, 0.12), "v": (0.15, 0.3), "scoop": (0.2, 0.25), "boat": (0.25, 0.08),
                  "square": (0.2, 0.2),
                  "turtle": (0.13, 0.06), "hood": (0.15, 0.16), "collar": (0.13, 0.15), "stand": (0.13, 0.09),
                  "lapel": (0.14, 0.55)}[neck]  # fmt: skip
    form = "v" if neck in ("v", "lapel", "collar") else neck
    wide, deep = wide * rng.uniform(0.9, 1.2), deep * rng.uniform(0.8, 1.3)
    chest = rng.uniform(0.37, 0.48)
    edge = wide + rng.uniform(0.05, 0.15) if bare else rng.uniform(0.38, 0.46)
    slope = rng.uniform(0.2, 0.4) * (edge - wide)
    return Cut(
        form, wide, deep, (edge, slope), (chest if not bare else max(chest - 0.04, edge), rng.uniform(0.38, 0.5))
    )


def _half(rng: random.Random, cut: Cut, length: float, *, straight: bool, tails: bool) -> Points:
    chest = cut.armpit[0]
    waist = chest * (rng.uniform(0.97, 1.02) if straight else rng.uniform(0.78, 1.0))
    hem = max(waist, chest * rng.uniform(0.86, 1.06)) * (1 + 0.12 * max(0.0, length - 1.5))
    tail = rng.uniform(0.04, 0.14) if tails and rng.random() < 0.7 else rng.uniform(-0.01, 0.03)
    lower = [
        (waist, 0.82),
        (hem, length - max(tail, 0.0)),
        (0.6 * hem, length + 0.2 * tail),
        (0.0, length + 0.3 * tail),
    ]
    return np.concatenate([cut.upper(), lower])


def _dressed(
    scene: Scene, rng: random.Random, worn: Wearer, cut: Cut, *, hips: float, low: float, start: float
) -> None:
    trousers = pick(rng, ("plain", "fabric"), ("denim", "navy", "black", "grey", "beige", "dark grey"))
    worn.legs(scene, hips, low - 0.2, max(low + rng.uniform(0.15, 0.5), 1.5), trousers)
    worn.head(scene)
    worn.arms(scene, cut, start=start)


def _hood(scene: Scene, rng: random.Random, cut: Cut) -> None:
    wide, high = cut.neck * rng.uniform(1.5, 1.9), rng.uniform(0.16, 0.42)
    outer = np.array([(0, 0.1), (wide, 0.1), (wide * 1.02, -0.4 * high), (0.55 * wide, -high), (0, -1.08 * high)])
    scene.fill(whole(outer), scene.main.darker(0.95), part="hood")
    inner = np.array(
        [(0, 0.16), (0.7 * wide, 0.08), (0.7 * wide, -0.4 * high), (0.4 * wide, -0.75 * high), (0, -0.8 * high)]
    )
    scene.fill(whole(inner), scene.main.darker(0.6), part="hood lining", ink=0.8)


def _sleeves(scene: Scene, rng: random.Random, cut: Cut, form: str, trim: Material, *, cuffs: bool) -> None:
    share = SLEEVES[form][0] * rng.uniform(0.92, 1.04)
    wide = {"short": 0.3, "cap": 0.34, "puff": 0.2, "rolled": 0.22, "bell": 0.4, "long": 0.17}[form] * rng.uniform(
        0.85, 1.15
    )
    puff = rng.uniform(0.05, 0.09) if form == "puff" else rng.uniform(0.0, 0.02)
    own = pick(rng, ("plain", "plain", "leather")) if rng.random() < 0.12 else scene.main
    edged = cuffs or form == "rolled" or (trim.colour != scene.main.colour and rng.random() < 0.6)
    for side in (1, -1):
        outline = cut.sleeve(side, share, wide, puff=puff)
        scene.fill(outline, own.darker(rng.uniform(0.9, 1.0)), part=f"sleeve{side}", edge=0.8)
        if edged:
            end = cut.sleeve(side, share, wide * 1.03, start=share * 0.92)
            scene.fill(end, trim, part="cuffs", ink=0.6)
    if own is not scene.main:
        scene.say(*made_of(rng, own, "sleeves", "arms"), "contrast sleeves")
    if cuffs:
        scene.say("cuffs", "with cuffs", "cuffed sleeves", "ribbed cuffs")


def _band(half: Points, top: float, low: float) -> Points:
    """A belt around the body between two heights."""
    sides = half[np.argmax(half[:, 1] > 0.35) :]
    heights = np.linspace(top, low, 4)
    x = np.interp(heights, np.maximum.accumulate(sides[:-1, 1]), sides[:-1, 0])
    return polyline(mirrored(np.array([(0, top), *zip(x, heights, strict=True), (0, low)])), 2, closed=True)


def _cloth(
    scene: Scene, rng: random.Random, name: str, half: Points, trim: Material, length: float, *, plain: bool
) -> None:
    """Ribbed hems, prints, stripes, blocks of colour."""
    if name in ("jumper", "sweatshirt", "hoodie") or (name in ("jacket", "cardigan") and rng.random() < 0.5):
        scene.fill(_band(half, length * 0.93, length * 0.995), trim, part="hem", ink=0.65)
        scene.say("ribbed hem", "ribbed waistband", "ribbed")
    choice = rng.random()
    if plain and choice < 0.35:
        size = rng.uniform(0.1, 0.24)
        motif(scene, rng, xy(0.0, rng.uniform(0.5, 0.68)), size)
    elif plain and choice < 0.43:
        motif(scene, rng, xy(rng.choice((-0.2, 0.2)), 0.42), 0.05)
        scene.say("chest logo", "small logo", "logo")
    elif choice < 0.55 and name in ("t-shirt", "polo", "jumper", "sweatshirt", "hoodie", "cardigan", "tank"):
        colour, count = pick(rng, "plain"), rng.choice((1, 1, 2, 3, 5))
        thick = 0.3 / (count + 1) * rng.uniform(0.5, 1.2)
        for index in range(count):
            top = 0.5 + index * thick * 2
            if top + thick < length * 0.9:
                scene.fill(_band(half, top, top + thick), colour, part=f"stripe{index}", ink=0.7, edge=0.2)
        scene.say(*made_of(rng, colour, "stripe" if count == 1 else "stripes"), "horizontal stripes", "chest stripe")
    elif choice < 0.62 and plain:
        colour = pick(rng, "plain")
        scene.fill(_band(half, length * rng.uniform(0.5, 0.7), length * 0.99), colour, part="block", ink=0.7, edge=0.2)
        scene.say(*made_of(rng, colour, "bottom", "lower half", "panel"), "colour block", "two tone")

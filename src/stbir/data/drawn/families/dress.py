"""Dresses and skirts: necklines, straps and sleeves, waists, flared and straight skirts, pleats, tiers, belts."""

from __future__ import annotations

import random

import numpy as np

from stbir.data.drawn.curves import Points, ellipse, polyline, rounded, smooth
from stbir.data.drawn.garment import Cut, buttons, creases, inside_neck, mirrored, rib, settle
from stbir.data.drawn.materials import Material, metal, pick
from stbir.data.drawn.phrases import made_of
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.tailoring import NECKS, collar
from stbir.data.drawn.wearer import Wearer

SURFACES = (
    "plain", "plain", "plain", "fabric", "floral", "floral", "floral", "dots", "striped", "plaid", "zigzag", "velvet",
    "glitter", "knit", "leopard", "leather",
)  # fmt: skip
WAIST = 0.86
SLEEVES = {
    "strap": (0.0, ("straps", "spaghetti straps", "thin straps", "strappy")),
    "none": (0.0, ("sleeveless", "no sleeves", "without sleeves")),
    "short": (0.3, ("short sleeves", "short sleeve", "short sleeved")),
    "puff": (0.34, ("puff sleeves", "puffed sleeves", "short sleeves")),
    "rolled": (0.68, ("three quarter sleeves", "3/4 sleeves", "elbow sleeves")),
    "bell": (0.8, ("bell sleeves", "flared sleeves", "wide sleeves")),
    "long": (0.98, ("long sleeves", "long sleeve", "long sleeved", "full sleeves")),
    "strapless": (0.0, ("strapless", "bandeau", "without straps", "off shoulder")),
}
SKIRTS = {
    "a-line": ((1.3, 2.2), ("a-line", "a-line skirt", "flared", "a line")),
    "full": ((2.2, 3.4), ("full skirt", "flared skirt", "wide skirt", "skater skirt", "swing skirt")),
    "pencil": ((0.95, 1.15), ("pencil skirt", "straight", "fitted", "bodycon", "tight")),
    "mermaid": ((1.4, 2.0), ("mermaid skirt", "fishtail", "trumpet skirt", "flared hem")),
}
LENGTHS = (
    (1.45, ("mini", "short", "mini length", "above the knee")),
    (1.75, ("knee length", "knee-length", "to the knee")),
    (2.15, ("midi", "midi length", "below the knee")),
    (2.7, ("maxi", "long", "full length", "floor length", "ankle length")),
)


def build(rng: random.Random) -> Scene:
    """One dress, tunic or skirt."""
    kind = rng.choices(("dress", "tunic", "skirt"), (6, 2, 2))[0]
    names = {"dress": ("dress", "frock", "gown", "party dress", "summer dress"),
             "tunic": ("tunic", "shift dress", "kurta", "straight dress", "dress"),
             "skirt": ("skirt", "ladies skirt")}[kind]  # fmt: skip
    scene = Scene("dress", names, pick(rng, SURFACES if rng.random() < 0.9 else ("fabric", "leather", "suede")))
    trim = (
        pick(rng, ("plain", "plain", "leather")) if rng.random() < 0.35 else scene.main.darker(rng.uniform(0.75, 0.92))
    )
    form = "straight" if kind == "tunic" else rng.choice(list(SKIRTS))
    reach, words = rng.choice(LENGTHS[:3] if kind == "tunic" else LENGTHS)
    length = reach + rng.uniform(-0.12, 0.12)
    if form == "mermaid" and length < 2.0:
        form = "pencil"
    scene.say(*words)
    worn = Wearer(rng) if rng.random() < 0.4 else None
    if kind == "skirt":
        _skirt_alone(scene, rng, worn, form, length, trim)
    else:
        _dress(scene, rng, worn, form, length, trim)
    if trim.colour != scene.main.colour:
        scene.say(*made_of(rng, trim, "trim", "edges", "details"))
    settle(scene, rng)
    return scene


def _dress(scene: Scene, rng: random.Random, worn: Wearer | None, form: str, length: float, trim: Material) -> None:
    sleeve = rng.choice(("strap", "none", "none", "short", "short", "puff", "rolled", "long", "bell", "strapless"))
    neck = (
        "sweetheart"
        if sleeve == "strapless"
        else rng.choice(("crew", "v", "v", "scoop", "square", "boat", "sweetheart"))
    )
    if sleeve in ("short", "rolled", "long") and rng.random() < 0.25:
        neck = rng.choice(("collar", "stand"))
    cut = _cut(rng, neck, sleeve)
    cut.hang(rng, worn=worn is not None, spread=(12, 32))
    share = SLEEVES[sleeve][0]
    waist = cut.armpit[0] * (rng.uniform(0.92, 1.0) if form == "straight" else rng.uniform(0.68, 0.86))
    skirt = _skirt(rng, form, waist, WAIST, length)
    if worn is not None:
        worn.legs(scene, 0.28, length - 0.4, max(length + 0.35, 2.75) if rng.random() < 0.6 else length + 0.4)
        worn.head(scene)
        worn.arms(scene, cut, start=share)
    if sleeve == "strapless":
        upper = np.array([(0, 0.3), (0.1, 0.27), (0.22, 0.25), (0.34, 0.3), cut.armpit])
    else:
        inside_neck(scene, cut, scene.main.darker(0.6), ink=0.0 if sleeve == "strap" else 0.8)
        upper = cut.upper()
    if share:
        wide = {"short": 0.26, "puff": 0.18, "rolled": 0.2, "long": 0.16, "bell": 0.42}[sleeve]
        for side in (1, -1):
            outline = cut.sleeve(side, share, wide, puff=0.08 if sleeve == "puff" else 0.0)
            scene.fill(outline, scene.main.darker(0.94), part=f"sleeve{side}", edge=0.8)
    scene.say(*SLEEVES[sleeve][1])
    half = np.concatenate([upper, [(waist, WAIST)], skirt])
    scene.fill(rounded(mirrored(half)), scene.main, part="dress", edge=0.8)
    if form == "straight":
        scene.say("straight", "loose fit", "straight cut")
    _skirt_details(scene, rng, form, skirt, trim, waist)
    _bodice(scene, rng, cut, neck, trim, waist, length)


def _cut(rng: random.Random, neck: str, sleeve: str) -> Cut:
    form = "v" if neck == "collar" else neck
    wide, deep = {"crew": (0.16, 0.13), "v": (0.17, 0.34), "scoop": (0.2, 0.26), "square": (0.2, 0.24),
                  "boat": (0.26, 0.07), "sweetheart": (0.22, 0.36), "collar": (0.13, 0.15),
                  "stand": (0.14, 0.1)}[neck]  # fmt: skip
    wide, deep = wide * rng.uniform(0.9, 1.1), deep * rng.uniform(0.85, 1.2)
    bust = rng.uniform(0.34, 0.4)
    edge = rng.uniform(0.36, 0.4)
    if sleeve in ("strap", "none"):
        edge = wide + (rng.uniform(0.02, 0.035) if sleeve == "strap" else rng.uniform(0.06, 0.12))
    return Cut(form, wide, deep, (edge, 0.25 * (edge - wide)), (max(bust, edge - 0.01), rng.uniform(0.36, 0.42)))


def _skirt(rng: random.Random, form: str, waist: float, top: float, length: float) -> Points:
    """The right side of a skirt and its hem, from below the waist to the middle."""
    fall = length - top
    hips = max(waist * 1.25, 0.36)
    if form == "straight":
        hem = waist * rng.uniform(1.05, 1.35)
        side = [(hem, length)]
    else:
        hem = waist * rng.uniform(*SKIRTS[form][0]) * (0.75 + 0.25 * min(fall, 1.2))
        side = [(hem, length)]
        if form == "pencil":
            hem = hips * rng.uniform(0.85, 1.0)
            side = [(hips * 0.96, top + min(0.16, 0.3 * fall)), (hips, top + min(0.32, 0.5 * fall)), (hem, length)]
        elif form == "mermaid":
            side = [(hips, top + 0.3 * fall), (hips * 0.82, top + 0.66 * fall), (hem, length)]
    droop = rng.uniform(0.0, 0.06)
    return np.array([*side, (0.55 * side[-1][0], length + droop), (0.0, length + droop)], np.float64)


def _skirt_details(scene: Scene, rng: random.Random, form: str, skirt: Points, trim: Material, waist: float) -> None:
    hem, low = float(skirt[-3, 0]), float(skirt[-1, 1])
    top = WAIST
    dark = scene.main.darker(0.72)
    if form in SKIRTS:
        scene.say(*SKIRTS[form][1])
    choice = rng.random()
    if form in ("a-line", "full") and choice < 0.35:
        count = rng.randint(4, 11)
        for share in np.linspace(-0.85, 0.85, count).tolist():
            scene.line(
                [(share * waist, top + 0.02), (share * hem, low - 0.02)], dark, width=0.01, part="pleats", ink=0.65
            )
        scene.say("pleated", "pleats", "pleated skirt", "gathered skirt")
    elif form in ("a-line", "full", "straight") and choice < 0.6:
        for share in (0.36, 0.68) if rng.random() < 0.6 else (0.72,):
            y, wide = top + share * (low - top), waist + share * (hem - waist)
            path = smooth([(-wide, y - 0.02), (-0.4 * wide, y + 0.02), (0.4 * wide, y + 0.02), (wide, y - 0.02)], 4)
            scene.line(path, dark, width=0.014, part=f"tier{share}", ink=0.75)
        scene.say("tiered", "ruffles", "tiered skirt", "layers", "frills")
    elif form == "pencil" and choice < 0.4:
        x = rng.choice((-0.5, 0.0, 0.5)) * hem
        scene.line([(x, low - rng.uniform(0.15, 0.4)), (x, low)], dark, width=0.014, part="slit", ink=0.8)
        scene.say("slit", "side slit", "with slit", "split")
    elif choice < 0.75:
        wide = 0.04 * (hem - waist) / (low - top)
        band = [(-hem + wide, low - 0.11), (hem - wide, low - 0.11), (hem, low - 0.04), (0, low), (-hem, low - 0.04)]
        scene.fill(polyline(band, 3, closed=True), trim, part="hem", ink=0.7, edge=0.3)
        scene.say("border", "hem band", "trimmed hem", f"{trim.short(rng)} hem")
    creases(scene, rng, 0.8 * waist, top, low, most=4)


def _bodice(scene: Scene, rng: random.Random, cut: Cut, neck: str, trim: Material, waist: float, length: float) -> None:
    choice = rng.random()
    if choice < 0.35:
        _belt(scene, rng, trim, waist, WAIST)
    elif choice < 0.65:
        scene.line([(-waist, WAIST), (waist, WAIST)], scene.main.darker(0.65), width=0.012, part="waist", ink=0.8)
        scene.say("fitted waist", "waist seam", "cinched waist", "defined waist")
    if neck not in ("collar", "stand", "sweetheart") and rng.random() < 0.6:
        rib(scene, cut, trim, rng.uniform(0.02, 0.045))
    if neck in ("collar", "stand"):
        collar(scene, rng, cut, neck, trim)
    elif neck == "sweetheart":
        scene.say("sweetheart neckline", "heart shaped neckline", "low neckline")
    else:
        scene.say(*NECKS[neck])
    if neck != "sweetheart" and rng.random() < 0.3:
        low = rng.choice((WAIST - 0.1, WAIST - 0.1, length - 0.1))
        scene.line([(0.0, cut.deep), (0.0, low)], scene.main.darker(0.65), width=0.009, part="front", ink=0.7)
        buttons(scene, pick(rng, "plastic"), 0.025, np.arange(cut.deep + 0.07, low, 0.13), 0.018)
        scene.say("buttons", "button front", "buttoned", "row of buttons")


def _belt(scene: Scene, rng: random.Random, material: Material, waist: float, y: float) -> None:
    tall = rng.uniform(0.03, 0.07)
    scene.fill(polyline([(-waist, y - tall), (waist, y - tall), (waist, y + tall), (-waist, y + tall)], 4, closed=True),
               material, part="belt", ink=0.95)  # fmt: skip
    form = rng.choice(("plain", "buckle", "bow"))
    if form == "buckle":
        own = metal(rng)
        scene.fill(ellipse(0.0, y, 0.06, 1.3 * tall, count=14), own, part="buckle", ink=0.8, flat=True)
        scene.say("belt with buckle", "buckle", f"{own.short(rng)} buckle")
    elif form == "bow":
        x = rng.choice((0.0, 0.6 * waist))
        for side in (1, -1):
            loop = [(x, y), (x + side * 0.13, y - 0.07), (x + side * 0.14, y + 0.05)]
            scene.fill(smooth(loop, 4, closed=True), material, part="bow", ink=0.9)
            scene.line([(x, y), (x + side * 0.07, y + 0.24)], material, width=0.03, part="bow ends", ink=0.8)
        scene.say("bow", "bow at the waist", "tie belt", "sash", "ribbon")
    scene.say("belt", "belted", "with belt", *made_of(rng, material, "belt", "waistband"))


def _skirt_alone(
    scene: Scene, rng: random.Random, worn: Wearer | None, form: str, length: float, trim: Material
) -> None:
    waist = rng.uniform(0.28, 0.33)
    skirt = _skirt(rng, form, waist * 1.05, WAIST, max(length, 1.5))
    if worn is not None:
        low = float(skirt[-1, 1])
        shirt = pick(rng, ("plain", "fabric"))
        torso = [(-waist, WAIST), (-0.36, 0.45), (0.36, 0.45), (waist, WAIST)]
        worn.legs(scene, 0.28, low - 0.4, low + rng.uniform(0.3, 0.7))
        scene.fill(polyline(torso, 3, closed=True), shirt, part="wearer", ink=0.0, edge=0.3)
    half = np.concatenate([[(0.0, WAIST), (waist, WAIST)], skirt])
    scene.fill(rounded(mirrored(half)), scene.main, part="skirt", edge=0.8)
    _skirt_details(scene, rng, form, skirt, trim, waist)
    if rng.random() < 0.4:
        _belt(scene, rng, trim, waist * 1.02, WAIST + 0.04)
    else:
        band = [(-waist, WAIST), (waist, WAIST), (waist * 1.05, WAIST + 0.08), (-waist * 1.05, WAIST + 0.08)]
        scene.fill(polyline(band, 3, closed=True), trim, part="waistband", ink=0.85)
        scene.say("waistband", "high waist", "elastic waist")
    if form in ("a-line", "pencil") and rng.random() < 0.25:
        low = float(skirt[-1, 1])
        buttons(scene, metal(rng), 0.0, np.arange(WAIST + 0.15, low - 0.05, 0.14), 0.022)
        scene.say("buttons", "button front", "row of buttons")

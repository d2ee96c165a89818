"""Boots: ankle boots, tall boots, wedges with laces, high top sneakers, rubber boots, snow boots."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np

from stbir.data.drawn.materials import pick
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.shoemaking.construction import add_construction
from stbir.data.drawn.shoemaking.fabrics import MAIN_COLOURS, Fabrics, fabrics
from stbir.data.drawn.shoemaking.last import ALONG, UP, Last, last
from stbir.data.drawn.shoemaking.loft import Leg
from stbir.data.drawn.shoemaking.shafts import Shaft, shaped_leg
from stbir.data.drawn.shoemaking.soles import add_bottom
from stbir.data.drawn.shoemaking.stage import Stage, set_down, shop_view
from stbir.data.drawn.shoemaking.straps import buckle
from stbir.data.drawn.shoemaking.trims import add_laces, add_patch, add_toe_piece, add_tongue, seam
from stbir.data.drawn.shoemaking.uppers import (
    AROUND,
    add_figures,
    add_folds,
    add_fringe,
    add_loops,
    add_quilts,
    add_rubber_foot,
    add_toggles,
)

KINDS: dict[str, tuple[tuple[str, ...], tuple[float, float], tuple[float, float], tuple[float, float], float]] = {
    # names, height of the shaft, lift of the heel, thickness of the sole, how often it has laces
    "ankle": (
        ("ankle boot", "short boot", "bootie", "boot", "ankle bootie"),
        (0.38, 0.6),
        (0.0, 0.42),
        (0.02, 0.1),
        0.25,
    ),
    "heeled": (
        ("heeled boot", "high heel boot", "heeled ankle boot", "boot"),
        (0.4, 0.75),
        (0.2, 0.45),
        (0.015, 0.06),
        0.2,
    ),
    "mid": (("mid calf boot", "boot", "boots", "calf boot"), (0.65, 1.05), (0.0, 0.25), (0.02, 0.08), 0.3),
    "tall": (
        ("tall boot", "knee high boot", "long boot", "boots", "riding boot"),
        (1.1, 2.0),
        (0.0, 0.42),
        (0.02, 0.07),
        0.2,
    ),
    "combat": (
        ("combat boot", "lace up boot", "work boot", "hiking boot", "military boot"),
        (0.55, 1.1),
        (0.0, 0.05),
        (0.05, 0.12),
        1.0,
    ),
    "hitop": (
        ("high top sneaker", "high top trainer", "hi top", "basketball shoe", "high-top"),
        (0.32, 0.46),
        (0.0, 0.0),
        (0.05, 0.11),
        1.0,
    ),
    "wellington": (
        ("rubber boot", "rain boot", "wellington", "wellies", "gumboot"),
        (0.75, 1.3),
        (0.0, 0.0),
        (0.03, 0.06),
        0.0,
    ),
    "snow": (("snow boot", "winter boot", "fur boot", "snow boots"), (0.55, 1.1), (0.0, 0.0), (0.05, 0.1), 0.6),
    "sheepskin": (
        ("sheepskin boot", "winter boot", "slipper boot", "fleece boot"),
        (0.5, 1.05),
        (0.0, 0.03),
        (0.035, 0.07),
        0.0,
    ),
    "western": (("cowboy boot", "western boot", "boot"), (0.55, 1.1), (0.1, 0.17), (0.02, 0.035), 0.0),
    "thigh": (
        ("over the knee boot", "thigh high boot", "tall boot", "overknee boot"),
        (1.7, 2.5),
        (0.0, 0.45),
        (0.02, 0.06),
        0.05,
    ),
    "chukka": (
        ("chukka", "chukka boot", "desert boot", "ankle boot", "moccasin boot"),
        (0.27, 0.36),
        (0.0, 0.0),
        (0.025, 0.06),
        1.0,
    ),
}


WARM = {"snow": ("suede", "fabric", "quilted", "plain", "knit", "plastic"), "sheepskin": ("suede", "suede", "knit")}
POINTED = {"heeled": 0.35, "ankle": 0.15, "tall": 0.15, "thigh": 0.3}
SLOUCHY = {"mid": 0.4, "tall": 0.25, "heeled": 0.4, "western": 0.1, "thigh": 0.3, "ankle": 0.2}
"""How often boots of a kind hang in folds."""
SHARES = (4, 4, 8, 15, 8, 2, 2, 5, 3, 3, 4, 1)
"""How common each kind is."""


def build(rng: random.Random) -> Scene:
    """One boot of a random kind."""
    kind = rng.choices(list(KINDS), SHARES)[0]
    names, heights, lifts, thicknesses, laced = KINDS[kind]
    materials = fabrics(rng)
    if kind == "wellington":
        shine = pick(rng, ("plastic", "patent", "dots", "floral", "plaid", "striped", "plain"))
        materials = replace(materials, main=shine)
    if kind in ("snow", "sheepskin") and rng.random() < 0.6:
        materials = replace(materials, main=pick(rng, WARM[kind], MAIN_COLOURS))
    scene = Scene("boot", names, materials.main)
    lift = rng.uniform(*lifts)
    base = last(rng, lift=lift if lift > 0.06 else 0.0, thickness=rng.uniform(*thicknesses),
                pointed=kind == "western" or rng.random() < POINTED.get(kind, 0))  # fmt: skip
    wedge = kind != "western" and rng.random() < 0.3
    height = rng.uniform(*heights)
    stage = Stage(scene, shop_view(rng, tall=base.lift + height))
    add_bottom(stage, rng, base, materials, wedge=wedge)
    if wedge and base.lift > 0.1:
        scene.names = (*names, "wedge boot", "wedge ankle boot")
    shaft = Shaft(
        height,
        wide=rng.uniform(0.0, 0.1) + (0.03 if kind in ("wellington", "sheepskin") else 0.0),
        calf=rng.uniform(0.0, 0.1),
        folds=rng.uniform(0.04, 0.1) if height > 0.5 and rng.random() < SLOUCHY.get(kind, 0) else 0.0,
        dip=rng.uniform(0.05, 0.15) if kind == "western" else 0.0,
    )
    boot = _leg(stage, rng, base, materials, shaft)
    _character(stage, rng, kind, boot, materials, shaft)
    _trim(stage, rng, boot, materials, kind, height, laced=rng.random() < laced)
    set_down(scene, rng, upright=True)
    return scene


def _leg(stage: Stage, rng: random.Random, base: Last, materials: Fabrics, shaft: Shaft) -> Leg:
    """The foot and the shaft with the inside that shows at its mouth."""
    boot = shaped_leg(rng, base, shaft)
    rings = len(boot.loft.rings)
    stage.body(boot.loft, materials.main, part="upper", tube_from=round(boot.ankle * (rings - 1)))
    stage.fill(boot.loft.rim, materials.lining.darker(0.85), part="mouth", ink=0.95)
    return boot


def _character(stage: Stage, rng: random.Random, kind: str, boot: Leg, materials: Fabrics, shaft: Shaft) -> None:
    """What makes a boot one of its kind."""
    main = materials.main
    if kind != "wellington" or rng.random() < 0.3:
        add_construction(stage, rng, boot.loft, main, ankle=boot.ankle)
    if kind in ("snow", "combat") and rng.random() < (0.5 if kind == "snow" else 0.15):
        add_rubber_foot(stage, rng, boot, materials.second if rng.random() < 0.6 else materials.sole)
    if shaft.folds:
        add_folds(stage, rng, boot, main)
    elif kind == "snow" and rng.random() < 0.5:
        add_quilts(stage, rng, boot, main)
    if kind == "western" and rng.random() < 0.75:
        add_figures(stage, rng, boot, main)
    if kind in ("western", "ankle", "mid", "sheepskin") and rng.random() < 0.12:
        add_fringe(stage, rng, boot, main if rng.random() < 0.7 else materials.second)
    if kind in ("western", "combat", "wellington", "tall") and rng.random() < 0.35:
        add_loops(stage, rng, boot, main.darker(0.8))
    if kind in ("sheepskin", "mid", "snow") and rng.random() < 0.25:
        add_toggles(stage, rng, boot, materials)
    if kind == "sheepskin":
        u, v = np.full(12, 0.5), np.linspace(0.02, 0.98, 12)
        seam(stage, boot.loft, u, v, main)
    if kind == "thigh":
        stage.scene.say("over the knee", "thigh high", "very tall")


def _trim(
    stage: Stage,
    rng: random.Random,
    boot: Leg,
    materials: Fabrics,
    kind: str,
    height: float,
    *,
    laced: bool,
) -> None:
    """Whatever sits on the foot and the shaft."""
    scene, loft, main, ankle = stage.scene, boot.loft, materials.main, boot.ankle
    sporty, warm, bare = kind == "hitop", kind in ("snow", "sheepskin"), kind in ("western", "wellington")
    silver = materials.metal.short(rng)
    cuffed = rng.random() < (0.45 if warm else 0.03 if bare else 0.17)
    if not cuffed and rng.random() < 0.3:
        _second_colour(stage, rng, materials, boot)
    if rng.random() < 0.4:
        t = np.linspace(-1, 1, 15)
        seam(stage, loft, 0.22 * t, ankle * 0.5 * (1 - t**2), main)
    elif sporty and rng.random() < 0.6:
        add_toe_piece(stage, loft, rng.uniform(0.15, 0.25), ankle * rng.uniform(0.25, 0.45), materials.second,
                      part="toe cap")  # fmt: skip
        scene.say("toe cap", "rubber toe", f"{materials.second.short(rng)} toe cap")
    if rng.random() < 0.35:
        seam(stage, loft, np.linspace(0.4, 0.98, 10), ankle * np.linspace(0.1, 1.0, 10) ** 0.5, main, ink=0.5)
    if laced:
        high = 0.97
        if height > 0.6 and rng.random() < 0.4:
            high = rng.uniform(ankle + 0.1, 0.9)
        elif rng.random() < 0.7:
            add_tongue(stage, rng, loft, materials.second, high=rng.uniform(0.02, 0.07))
        add_laces(stage, rng, loft, main, low=ankle * rng.uniform(0.6, 0.8), high=high, most=6 if height < 0.45 else 12)
    if rng.random() < 0.2:
        at = rng.uniform(0.45, 0.65)
        teeth = materials.metal if rng.random() < 0.45 else main.darker(0.5)
        stage.on(loft, np.full(10, at), np.linspace(ankle * 0.85, 0.98, 10), teeth, width=0.014, part="zip",
                 ink=0.75)  # fmt: skip
        scene.say("zip", "side zip", "zipper", "with zip", f"{teeth.short(rng)} zip")
    elif not laced and height < 0.7 and rng.random() < 0.3:
        elastic = main.darker(0.55) if rng.random() < 0.6 else materials.second
        gore = [(0.36, 0.99), (0.46, 0.7), (0.58, ankle * 0.6), (0.68, 0.7), (0.76, 0.99)]
        add_patch(stage, loft, gore, elastic, part="elastic", ink=0.9)
        scene.say("elastic side", "chelsea", "elastic panel", "chelsea boot style")
    if cuffed:
        _cuff(stage, rng, materials, boot, height, fur=warm or rng.random() < 0.35)
    if not sporty and kind != "chukka" and rng.random() < (0.2 if warm else 0.4):
        for row in range(rng.randint(1, 3)):
            level = rng.uniform(ankle * 0.9, 0.9)
            _belt(stage, rng, boot, materials, level, row)
        scene.say("buckle", "buckles", "with straps and buckle", "buckle strap", f"{silver} buckle")
    if sporty and rng.random() < 0.6:
        turn = np.linspace(0, 2 * np.pi, 14, endpoint=False)
        disc = loft.at(0.52, ankle) + 0.055 * np.stack([np.cos(turn), 0 * turn, np.sin(turn)], axis=1)
        stage.fill(disc, pick(rng, "plain"), part="patch", ink=0.75, flat=True)
        scene.say("logo patch", "star patch", "round logo", "ankle patch")


def _second_colour(stage: Stage, rng: random.Random, materials: Fabrics, boot: Leg) -> None:
    """The shaft, or a band at its top, in another material."""
    start = rng.choice((boot.ankle, rng.uniform(0.75, 0.93)))
    panel = [boot.loft.at(AROUND, level) for level in np.linspace(start, 1.0, 7)]
    stage.solid(panel, materials.second, part="shaft", ink=0.9)
    stage.fill(boot.loft.rim, materials.lining.darker(0.85), part="mouth", ink=0.95)
    shade = materials.second.short(rng)
    stage.scene.say(f"{shade} shaft" if start < 0.7 else f"{shade} band at the top", f"{shade} top", "two tone")


def _belt(stage: Stage, rng: random.Random, boot: Leg, materials: Fabrics, level: float, row: int) -> None:
    """A strap around the shaft at height `level`, with a buckle on the near side."""
    ring = boot.loft.at(AROUND, level) * (1, 1.05, 1)
    ring[:, 2] += rng.uniform(-0.05, 0.05) * (ALONG - 0.5)
    half = UP * (rng.uniform(0.035, 0.07) / 2)
    stage.strip(ring + half, ring - half, materials.second, part=f"strap {row}", closed=True, ink=0.9)
    buckle(stage, rng, ring[rng.randint(6, 10)], 0.032, materials.metal, f"buckle {row}")


def _cuff(stage: Stage, rng: random.Random, materials: Fabrics, boot: Leg, height: float, *, fur: bool) -> None:
    """A turned-down top or a trim of fur, with the mouth inside it."""
    material = pick(rng, "fur", ("cream", "beige", "white", "brown", "grey", "tan")) if fur else materials.second
    deep = rng.uniform(0.07, 0.2) * min(1.0, height / 0.5)
    rim = boot.loft.rim
    middle = rim.mean(axis=0) * (1, 1, 0)
    wide = np.array([rng.uniform(1.04, 1.14), rng.uniform(1.06, 1.2), 1.0])
    upper = (rim - middle) * wide + middle + UP * 0.02
    stage.solid([upper, upper - UP * deep], material, part="cuff", ink=0.95)
    inside = material.darker(0.8) if fur else materials.lining.darker(0.85)
    stage.fill((rim - middle) * (0.5 * (1 + wide)) + middle + UP * 0.02, inside, part="mouth", ink=0.8)
    if fur:
        stage.scene.say(f"{material.short(rng)} fur trim", "fur lining", "fur cuff", "fleece lining", "fluffy trim")
    else:
        stage.scene.say("fold over cuff", f"{material.short(rng)} cuff", "cuffed", "turned down top")

"""What covers the front of a foot in a sandal: bands, crossed and knotted straps, cages, thongs."""

from __future__ import annotations

import random
from functools import partial

import numpy as np

from stbir.data.drawn.shoemaking.adornments import adorn, cut_outs, knot, vamp, weave
from stbir.data.drawn.shoemaking.fabrics import Fabrics, accent
from stbir.data.drawn.shoemaking.last import Last
from stbir.data.drawn.shoemaking.loft import Topline, upper
from stbir.data.drawn.shoemaking.stage import Stage
from stbir.data.drawn.shoemaking.straps import band, buckle, sling
from stbir.data.drawn.shoemaking.trims import add_laces, add_patch, add_saddle, add_toe_piece


def bands(stage: Stage, rng: random.Random, base: Last, height: float, materials: Fabrics) -> None:
    """One to four straps side by side."""
    rows, thin = rng.randint(1, 4), rng.random() < 0.3
    for row in reversed(range(rows)):
        at = 0.13 + 0.13 * row + rng.uniform(-0.03, 0.03)
        width = rng.uniform(0.025, 0.04) if thin else rng.uniform(0.06, 0.12)
        material = materials.main if rng.random() < 0.8 else materials.second
        far = at + rng.uniform(-0.1, 0.06)
        made = band(stage, base, at, far, height + 0.02 * row, width, material, part=f"band {row}", rise=0.02)
        if rows < 3 and not thin:
            adorn(stage, rng, made.at, materials, rich=0.7)
    stage.scene.say("straps", "strappy", "bands", "with straps", "thin straps" if thin else "straps")


def buckled(stage: Stage, rng: random.Random, base: Last, height: float, materials: Fabrics) -> None:
    """Two broad straps, each with a buckle."""
    for row, at in enumerate((rng.uniform(0.42, 0.48), rng.uniform(0.2, 0.26))):
        width = rng.uniform(0.09, 0.15)
        far = at - rng.uniform(-0.03, 0.05)
        band(stage, base, at, far, height, width, materials.main, part=f"band {row}", rise=0.04)
        buckle(stage, rng, base.edge(at, -0.97, height * 0.65), 0.03, materials.metal, f"buckle {row}")
    stage.scene.say("two straps", "buckle straps", "straps with buckles", f"{materials.metal.short(rng)} buckles")


def crossed(stage: Stage, rng: random.Random, base: Last, height: float, materials: Fabrics) -> None:
    """Two straps that cross."""
    width = rng.uniform(0.05, 0.15)
    start, end = rng.uniform(0.12, 0.18), rng.uniform(0.36, 0.5)
    first = materials.second if rng.random() < 0.3 else materials.main
    band(stage, base, start, end, height, width, first, part="cross 1", rise=0.04)
    made = band(stage, base, end, start, height + 0.015, width, materials.main, part="cross 2", rise=0.04)
    if rng.random() < 0.3:
        knot(stage, made.at(0.5, 0.5), 0.5 * width + 0.02, materials.main)
    stage.scene.say("cross straps", "crossed straps", "crossover straps", "criss cross")


def wide(stage: Stage, rng: random.Random, base: Last, height: float, materials: Fabrics) -> None:
    """One very broad strap."""
    middle, width = rng.uniform(0.28, 0.36), rng.uniform(0.24, 0.38)
    made = band(stage, base, middle, middle + rng.uniform(-0.06, 0.04), height + 0.03, width, materials.main,
                part="band", rise=rng.uniform(0.05, 0.12))  # fmt: skip
    if rng.random() < 0.3:
        buckle(stage, rng, base.edge(middle, -0.97, height * 0.6), 0.028, materials.metal, "buckle")
        stage.scene.say("buckle", f"{materials.metal.short(rng)} buckle", "with buckle")
    adorn(stage, rng, made.at, materials, rich=1.2)
    stage.scene.say("wide strap", "wide band", "broad strap")


def knotted(stage: Stage, rng: random.Random, base: Last, height: float, materials: Fabrics) -> None:
    """One or two straps that are narrow where a knot sits."""
    for row in reversed(range(rng.choice((1, 1, 2)))):
        at, width = 0.22 + 0.2 * row + rng.uniform(-0.03, 0.03), rng.uniform(0.16, 0.24)
        made = band(
            stage, base, at, at, height + 0.02, width, materials.main, part=f"band {row}", rise=0.04, pinch=0.75
        )
        if row == 0:
            knot(stage, made.at(0.5, 0.5), rng.uniform(0.03, 0.055), materials.main)


def caged(stage: Stage, rng: random.Random, base: Last, height: float, materials: Fabrics) -> None:
    """Many narrow straps from toe to instep, joined along the middle."""
    rows = rng.randint(4, 6)
    spine = []
    for row in reversed(range(rows)):
        at = 0.15 + 0.4 * row / (rows - 1)
        made = band(stage, base, at, at - rng.uniform(-0.02, 0.03), height + 0.016 * row, rng.uniform(0.025, 0.045),
                    materials.main, part=f"band {row}", rise=0.01)  # fmt: skip
        spine.append(made.at(0.5, 0.5))
    if rng.random() < 0.75:
        sling(
            stage, spine[::-1], rng.uniform(0.03, 0.05), materials.main, part="spine", across=np.array([0.0, 1.0, 0.0])
        )
    stage.scene.say("strappy", "gladiator", "caged", "many straps", "gladiator straps")


def trail(stage: Stage, rng: random.Random, base: Last, height: float, materials: Fabrics) -> None:
    """Broad webbing for walks, closed by velcro, with a coloured end on each strap."""
    tab = accent(rng) if rng.random() < 0.5 else materials.second
    for row, at in enumerate((rng.uniform(0.46, 0.54), rng.uniform(0.18, 0.24))):
        made = band(stage, base, at, at - rng.uniform(-0.06, 0.06), height + 0.03, rng.uniform(0.08, 0.12),
                    materials.main, part=f"band {row}", rise=0.03)  # fmt: skip
        start = rng.uniform(0.18, 0.3)
        across = np.array([start, start + 0.22, start + 0.22, start])
        stage.fill(made.at(across, np.array([0.1, 0.1, 0.9, 0.9])), tab, part=f"velcro {row}", ink=0.7, flat=True)
    stage.scene.say("velcro straps", "velcro", "sporty straps", "sport sandal", "hook and loop straps")
    stage.scene.say(f"{tab.short(rng)} accents", f"{tab.short(rng)} trim", f"{tab.short(rng)} details")


def thong(stage: Stage, rng: random.Random, base: Last, height: float, materials: Fabrics) -> None:
    """Two straps from between the toes."""
    post = np.array([rng.uniform(0.12, 0.18), float(base.middle(0.15)), base.at(0.15) + 0.01])
    width, root = rng.uniform(0.03, 0.08), rng.uniform(0.42, 0.55)
    for side in (1.0, -1.0):
        end = base.edge(root, side)
        middle = 0.5 * (post + end) + np.array([-0.02, side * 0.03, height * 0.75])
        across = np.array([0.6, -0.3 * side, -0.75 * side])
        sling(stage, [post, middle, end], width, materials.main, part="thong", across=across)
    stage.scene.say("thong", "flip flop", "toe post", "t-strap")


def closed_toe(
    stage: Stage, rng: random.Random, base: Last, height: float, materials: Fabrics, *, sport: bool = False
) -> None:
    """A vamp over the toes, some with cut-outs or an opening at the tip; for `sport` a cage with laces."""
    throat = rng.uniform(0.4, 0.5) if sport else rng.uniform(0.3, 0.45)
    high = height + (0.1 if sport else 0.06)
    top = Topline(throat, high, height * 0.4, 0.02, height, 0.8, 1.6, bare=throat + rng.uniform(0.1, 0.25))
    loft = upper(base, top)
    stage.body(loft, materials.main, part="toe box")
    stage.fill(loft.rim, materials.lining, part="opening", ink=0.9)
    if sport:
        inside = materials.lining.darker(0.7) if rng.random() < 0.5 else accent(rng)
        for left in np.linspace(0.16, 0.4, rng.randint(2, 4)):
            add_patch(stage, loft, [(left, 0.2), (left + 0.07, 0.25), (left + 0.06, 0.8), (left + 0.02, 0.6)], inside,
                      part="cut out", ink=0.75)  # fmt: skip
        add_toe_piece(stage, loft, rng.uniform(0.14, 0.22), rng.uniform(0.35, 0.5), materials.sole, part="toe cap")
        if rng.random() < 0.6:
            add_laces(stage, rng, loft, materials.main, low=0.6, high=0.95, most=4)
        else:
            add_saddle(stage, loft, 0.75, 0.9, 0.11, materials.second, part="velcro 0")
            stage.scene.say("velcro strap", "velcro", "hook and loop strap")
        stage.scene.say("closed toe", "sporty", "hiking sandal", "cut outs", f"{inside.short(rng)} details")
        return
    if rng.random() < 0.45:
        add_toe_piece(stage, loft, rng.uniform(0.07, 0.13), rng.uniform(0.3, 0.5), materials.lining, part="peep toe",
                      ink=0.95)  # fmt: skip
        stage.scene.say("peep toe", "open toe")
    else:
        stage.scene.say("closed toe", "covered toe")
    chance = rng.random()
    if chance < 0.3:
        cut_outs(stage, rng, vamp(loft, 0.3, 0.2, 0.8), materials)
    elif chance < 0.45:
        weave(stage, rng, vamp(loft, 0.35, 0.1, 0.95), materials)
    else:
        adorn(stage, rng, vamp(loft, 0.3, 0.25, 0.9), materials)


sport_toe = partial(closed_toe, sport=True)
FRONTS = (
    bands,
    bands,
    bands,
    buckled,
    crossed,
    wide,
    wide,
    thong,
    closed_toe,
    closed_toe,
    knotted,
    caged,
    sport_toe,
    trail,
)
"""The ways to cover the front, as often as they are worn."""

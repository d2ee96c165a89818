"""What belongs on the upper of each kind of low shoe."""

from __future__ import annotations

import random

import numpy as np

from stbir.data.drawn.materials import pick
from stbir.data.drawn.shoemaking.adornments import adorn, brogue, thread, vamp
from stbir.data.drawn.shoemaking.construction import add_construction
from stbir.data.drawn.shoemaking.fabrics import Fabrics
from stbir.data.drawn.shoemaking.last import UP
from stbir.data.drawn.shoemaking.loft import Loft
from stbir.data.drawn.shoemaking.ornaments import add_ornament
from stbir.data.drawn.shoemaking.running import add_layers
from stbir.data.drawn.shoemaking.stage import Stage
from stbir.data.drawn.shoemaking.straps import buckle, sling
from stbir.data.drawn.shoemaking.trims import (
    add_collar,
    add_laces,
    add_patch,
    add_saddle,
    add_stripes,
    add_toe_piece,
    add_tongue,
    seam,
)


def fit_out(stage: Stage, rng: random.Random, name: str, materials: Fabrics, loft: Loft, *, low_sides: bool) -> None:
    """Add whatever sits on the upper of a shoe of the kind `name`."""
    scene, main = stage.scene, materials.main
    silver = materials.metal.short(rng)
    if not low_sides and name != "slipper":
        add_construction(stage, rng, loft, main)
    if name == "sneaker" and rng.random() < 0.4:
        add_layers(stage, rng, materials, loft)
    elif name == "sneaker":
        _sport(stage, rng, materials, loft)
    if name in ("sneaker", "oxford"):
        add_tongue(stage, rng, loft, materials.second, high=rng.uniform(0.02, 0.09))
        if name == "sneaker" and rng.random() < 0.2:
            for row in range(rng.randint(2, 3)):
                low = 0.5 + 0.17 * row
                add_saddle(stage, loft, low, low + 0.12, 0.1, materials.second, part=f"velcro {row}")
            scene.say("velcro", "velcro straps", "with velcro", "straps")
        else:
            add_laces(stage, rng, loft, main, low=rng.uniform(0.45, 0.6), high=0.97)
    if name in ("loafer", "slipper", "oxford") and rng.random() < 0.65:
        t = np.linspace(-1, 1, 15)
        seam(stage, loft, 0.42 * t, 0.3 + 0.55 * np.abs(t) ** 1.5, main, ink=0.8)
    if name == "loafer":
        add_saddle(stage, loft, 0.68, 0.88, rng.uniform(0.09, 0.14), materials.second, part="band")
        if rng.random() < 0.25:
            add_laces(stage, rng, loft, main, low=0.74, high=0.92, most=3)
            cord = pick(rng, "leather", ("tan", "beige", "brown", "dark brown"))
            stage.on(loft, np.linspace(0.2, 0.97, 20), 0.86, cord, width=0.022, part="piping", ink=0.4)
            scene.say(f"{cord.short(rng)} leather lace", "boat shoe", "rawhide laces")
        elif rng.random() < 0.45:
            bit = loft.at(loft.across(0.8, 0.06, 5), 0.8) + UP * 0.012
            stage.line(bit, materials.metal, width=0.025, part="bit")
            scene.say(f"{silver} bit", "metal bar", f"{silver} bar", "horsebit")
    if name in ("slipper", "pump", "flat", "platform", "loafer") and rng.random() < 0.35:
        place = loft.at(0.0, rng.uniform(0.86, 0.97)) + UP * 0.012
        add_ornament(stage, rng, place, materials)
    if name == "maryjane" or (name in ("pump", "wedge", "flat", "platform") and not low_sides and rng.random() < 0.25):
        _bar(stage, rng, materials, loft)
    if name == "slipper" and rng.random() < 0.6:
        fur = pick(rng, "fur", ("cream", "beige", "white", "tan", "pink", "grey"))
        add_collar(stage, loft, rng.uniform(0.04, 0.08), fur)
        scene.say(f"{fur.phrase(rng)} lining", "fur lining", f"{fur.short(rng)} fur trim", "fluffy lining")
    if name in ("pump", "wedge", "flat", "platform") and rng.random() < 0.25:
        add_toe_piece(stage, loft, rng.uniform(0.06, 0.12), rng.uniform(0.25, 0.4), materials.lining, part="peep toe",
                      ink=0.9)  # fmt: skip
        scene.say("peep toe", "open toe")
    elif name in ("oxford", "loafer") and rng.random() < 0.4:
        brogue(stage, rng, loft, main)
    elif name in ("pump", "wedge", "flat", "platform", "slipper", "slipon", "clog", "maryjane") and rng.random() < 0.35:
        adorn(stage, rng, vamp(loft, rng.uniform(0.22, 0.34), 0.25, 0.92), materials)
    elif rng.random() < 0.3:
        if rng.random() < 0.4:
            add_toe_piece(stage, loft, rng.uniform(0.15, 0.25), rng.uniform(0.4, 0.6), main.darker(0.8), part="toe cap")
            scene.say("toe cap", "cap toe", "with toe cap")
        else:
            t = np.linspace(-1, 1, 15)
            seam(stage, loft, 0.2 * t, 0.5 * (1 - t**2), main)
    if name == "clog" and rng.random() < 0.25:
        for u, v in ((0.3, 0.3), (0.42, 0.35), (0.2, 0.6), (0.3, 0.65), (0.1, 0.75), (0.16, 0.4)):
            corners = [(u - 0.02, v), (u, v + 0.07), (u + 0.02, v), (u, v - 0.07)]
            add_patch(stage, loft, corners, main.darker(0.35), part="holes", ink=0.6)
        scene.say("holes", "with holes", "ventilation holes")
    elif name == "clog" and rng.random() < 0.6:
        add_saddle(stage, loft, 0.72, 0.86, 0.16, materials.second, part="strap")
        place = loft.at(loft.across(0.79, 0.1, 3)[2], 0.79)
        buckle(stage, rng, place, 0.028, materials.metal, "buckle")
        scene.say("buckle strap", "buckle", f"{silver} buckle", "strap with buckle")
    if rng.random() < 0.3:
        seam(stage, loft, np.linspace(0.3, 0.55, 6), np.linspace(0.95, 0.05, 6), main)
    if not low_sides and name != "clog" and rng.random() < 0.3:
        _edge(stage, rng, materials, loft)


def _bar(stage: Stage, rng: random.Random, materials: Fabrics, loft: Loft) -> None:
    """A strap over the instep from one side of the topline to the other."""
    at = rng.uniform(0.42, 0.72)
    near, far = loft.at(at, 0.9), loft.at(2 - at - rng.uniform(-0.04, 0.08), 0.9)
    material = materials.main if rng.random() < 0.7 else materials.second
    rise = rng.uniform(0.05, 0.1) + 0.1 * max(0.0, at - 0.5)
    middle = 0.5 * (near + far)
    path = [near, 0.78 * near + 0.22 * far + UP * (0.7 * rise), middle + UP * rise,
            0.22 * near + 0.78 * far + UP * (0.7 * rise), far]  # fmt: skip
    width = rng.uniform(0.03, 0.07)
    sling(stage, path, width, material, part="strap", across=np.array([-1.0, 0.0, 0.0]))
    if rng.random() < 0.6:
        buckle(stage, rng, np.asarray(path[1]) - UP * (0.25 * rise), 0.022, materials.metal, "buckle")
    stage.scene.say("strap", "with strap", "buckle strap", "ankle strap", "bar strap")


def _edge(stage: Stage, rng: random.Random, materials: Fabrics, loft: Loft) -> None:
    """A line along the topline: piping in another colour, or stitches."""
    u = np.linspace(-0.5, 0.95, 26)
    if rng.random() < 0.5:
        stage.on(loft, u, 0.99, materials.second, width=0.016, part="piping", ink=0.3)
        shade = materials.second.short(rng)
        stage.scene.say(f"{shade} trim", f"{shade} piping", f"{shade} edge", "contrast trim")
    else:
        yarn = thread(rng, materials.main)
        stage.on(loft, u, 0.9, yarn, width=0.008, part="stitching", ink=0.3)
        stage.on(loft, np.linspace(0.03, 0.97, 20), 0.06, yarn, width=0.008, part="stitching", ink=0.2)
        shade = yarn.short(rng) if yarn.colour != materials.main.colour else "visible"
        stage.scene.say(f"{shade} stitching", "stitching", "visible stitching")


def _sport(stage: Stage, rng: random.Random, materials: Fabrics, loft: Loft) -> None:
    if rng.random() < 0.55:
        second = materials.second
        add_toe_piece(stage, loft, rng.uniform(0.15, 0.28), rng.uniform(0.25, 0.5), second, part="toe cap")
        stage.scene.say(f"{second.short(rng)} toe cap", "toe cap", "rubber toe")
    if rng.random() < 0.55:
        u = np.linspace(0.76, 1.2, 12)
        height = 0.85 * np.clip((u - 0.76) / 0.16, 0, 1) ** 0.7
        stage.strip(loft.at(u, height), loft.at(u, 0.0), materials.second, part="counter", ink=0.75)
    if rng.random() < 0.4:
        left, wide = rng.uniform(0.28, 0.4), rng.uniform(0.06, 0.2)
        add_patch(stage, loft, [(left, 0.0), (left + 0.08, 0.9), (left + 0.08 + wide, 0.95), (left + wide, 0.0)],
                  materials.second.darker(0.9), part="overlay", ink=0.6)  # fmt: skip
    if rng.random() < 0.6:
        add_stripes(stage, rng, loft)

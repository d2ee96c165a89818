"""Low shoes: sneakers, pumps, wedges, sandals, loafers, slippers, mary janes, oxfords, clogs, ballet flats."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from stbir.data.drawn.materials import pick
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.shoemaking.fabrics import Fabrics, fabrics
from stbir.data.drawn.shoemaking.last import UP, Last, last
from stbir.data.drawn.shoemaking.loft import Loft, Topline, upper
from stbir.data.drawn.shoemaking.sandals import add_sandal
from stbir.data.drawn.shoemaking.soles import add_bottom
from stbir.data.drawn.shoemaking.stage import Stage, set_down, shop_view
from stbir.data.drawn.shoemaking.straps import buckle, sling
from stbir.data.drawn.shoemaking.trims import (
    add_collar,
    add_laces,
    add_ornament,
    add_patch,
    add_saddle,
    add_stripes,
    add_toe_piece,
    add_tongue,
    seam,
)


@dataclass(frozen=True)
class Kind:
    """One kind of shoe: its nouns, where its opening begins, how high its throat, dip and back are, how it stands."""

    names: tuple[str, ...]
    share: int
    opening: tuple[float, float]
    throat: tuple[float, float]
    dip: tuple[float, float]
    back: tuple[float, float]
    lift: tuple[float, float] = (0.0, 0.0)
    thickness: tuple[float, float] = (0.02, 0.06)


KINDS = {
    "sneaker": Kind(
        ("sneaker", "trainer", "running shoe", "trainers", "sports shoe", "tennis shoe", "low-top sneaker"),
        4,
        (0.4, 0.5),
        (0.24, 0.31),
        (0.16, 0.22),
        (0.24, 0.31),
        thickness=(0.05, 0.13),
    ),
    "pump": Kind(
        ("high heel", "pump", "court shoe", "heels", "heel", "heeled shoe"),
        4,
        (0.2, 0.34),
        (0.1, 0.15),
        (0.07, 0.11),
        (0.19, 0.27),
        lift=(0.12, 0.56),
        thickness=(0.015, 0.03),
    ),
    "platform": Kind(
        ("platform pump", "platform heel", "high heel", "platform shoe"),
        2,
        (0.2, 0.34),
        (0.1, 0.16),
        (0.07, 0.12),
        (0.19, 0.27),
        lift=(0.3, 0.6),
        thickness=(0.06, 0.14),
    ),
    "wedge": Kind(
        ("wedge", "wedge shoe", "wedge heel", "wedge pump"),
        3,
        (0.2, 0.36),
        (0.1, 0.16),
        (0.07, 0.12),
        (0.19, 0.27),
        lift=(0.12, 0.4),
        thickness=(0.03, 0.12),
    ),
    "sandal": Kind(
        ("sandal", "sandals", "strappy sandal", "open sandal"),
        9,
        (0.3, 0.4),
        (0.1, 0.15),
        (0.07, 0.1),
        (0.2, 0.25),
        lift=(0.0, 0.52),
        thickness=(0.02, 0.12),
    ),
    "loafer": Kind(
        ("loafer", "moccasin", "slip-on shoe", "penny loafer"),
        2,
        (0.36, 0.46),
        (0.19, 0.24),
        (0.12, 0.16),
        (0.19, 0.25),
        lift=(0.0, 0.06),
    ),
    "slipon": Kind(
        ("slip on", "slip-on shoe", "slip-on", "espadrille", "plimsoll"),
        1,
        (0.36, 0.48),
        (0.19, 0.26),
        (0.13, 0.19),
        (0.19, 0.26),
        lift=(0.0, 0.02),
        thickness=(0.03, 0.08),
    ),
    "slipper": Kind(
        ("slipper", "moccasin slipper", "slippers", "house shoe", "house slipper"),
        2,
        (0.3, 0.46),
        (0.17, 0.25),
        (0.11, 0.17),
        (0.15, 0.24),
    ),
    "maryjane": Kind(
        ("mary jane", "strap shoe", "mary jane shoe", "strapped flat"),
        2,
        (0.22, 0.36),
        (0.11, 0.16),
        (0.08, 0.13),
        (0.18, 0.25),
        lift=(0.0, 0.3),
    ),
    "oxford": Kind(
        ("oxford", "lace up shoe", "derby shoe", "brogue", "dress shoe", "formal shoe"),
        2,
        (0.4, 0.5),
        (0.23, 0.29),
        (0.14, 0.19),
        (0.21, 0.27),
        lift=(0.0, 0.12),
    ),
    "clog": Kind(
        ("clog", "mule", "slip-on mule", "clog mule"),
        2,
        (0.4, 0.55),
        (0.2, 0.27),
        (0.12, 0.17),
        (0.18, 0.24),
        lift=(0.0, 0.2),
        thickness=(0.04, 0.1),
    ),
    "flat": Kind(
        ("ballet flat", "flat", "flat shoe", "ballerina", "ballet pump"),
        2,
        (0.18, 0.32),
        (0.09, 0.14),
        (0.06, 0.1),
        (0.14, 0.2),
        thickness=(0.012, 0.03),
    ),
}


def build(rng: random.Random) -> Scene:
    """One low shoe of a random kind, seen from its side or from three quarters."""
    name = rng.choices(list(KINDS), [kind.share for kind in KINDS.values()])[0]
    kind = KINDS[name]
    materials = fabrics(rng)
    scene = Scene("shoe", kind.names, materials.main)
    lift = rng.uniform(*kind.lift)
    if lift < 0.06 or (name in ("loafer", "maryjane", "clog", "sandal") and rng.random() < 0.4):
        lift = lift if name in ("pump", "wedge", "platform") else 0.0
    base = last(rng, lift=lift, thickness=rng.uniform(*kind.thickness))
    stage = Stage(scene, shop_view(rng, tall=lift + 0.25))
    add_bottom(
        stage, rng, base, materials, wedge=name == "wedge" or (name in ("sandal", "clog") and rng.random() < 0.5)
    )
    if name == "sandal":
        add_sandal(stage, rng, base, materials)
    else:
        loft = _upper(stage, rng, base, materials, kind, backless=name == "clog" and rng.random() < 0.6)
        _trim(stage, rng, name, base, materials, loft)
    set_down(scene, rng)
    return scene


def _upper(stage: Stage, rng: random.Random, base: Last, materials: Fabrics, kind: Kind, *, backless: bool) -> Loft:
    """The upper with its opening, in which one sees the far side and the insole."""
    throat = rng.uniform(*kind.opening)
    top = Topline(
        throat,
        rng.uniform(*kind.throat),
        rng.uniform(*kind.dip),
        rng.uniform(*kind.back),
        toe_height=rng.uniform(0.08, 0.15),
        narrow=rng.uniform(0.82, 1.0),
        cut=rng.uniform(1.5, 2.6),
        back=rng.uniform(0.97, 1.02),
        bare=throat + rng.uniform(0.14, 0.34) if backless else 1.0,
    )
    loft = upper(base, top)
    stage.body(loft, materials.main, part="upper")
    if backless:
        stage.fill(loft.rim, materials.lining, part="footbed", ink=0.9)
        stage.scene.say("backless", "open back", "slip on")
        return loft
    stage.fill(loft.rim, materials.lining.darker(0.8), part="lining", ink=0.95)
    stage.within(base.ring(-0.01), loft.rim, materials.lining, part="insole", ink=0.3)
    return loft


def _trim(stage: Stage, rng: random.Random, name: str, base: Last, materials: Fabrics, loft: Loft) -> None:
    """Whatever sits on the upper of this kind of shoe."""
    scene, main = stage.scene, materials.main
    silver = materials.metal.short(rng)
    if name == "sneaker":
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
        if rng.random() < 0.45:
            bit = loft.at(loft.across(0.8, 0.06, 5), 0.8) + UP * 0.012
            stage.line(bit, materials.metal, width=0.025, part="bit")
            scene.say(f"{silver} bit", "metal bar", f"{silver} bar", "horsebit")
    if name in ("slipper", "pump", "flat", "platform", "loafer") and rng.random() < 0.35:
        add_ornament(stage, rng, loft, materials)
    if name == "maryjane" or (name in ("pump", "wedge", "flat", "platform") and rng.random() < 0.25):
        _bar(stage, rng, base, materials, loft)
    if name == "slipper" and rng.random() < 0.6:
        fur = pick(rng, "fur", ("cream", "beige", "white", "tan", "pink", "grey"))
        add_collar(stage, loft, rng.uniform(0.04, 0.08), fur)
        scene.say(f"{fur.phrase(rng)} lining", "fur lining", f"{fur.short(rng)} fur trim", "fluffy lining")
    if name in ("pump", "wedge", "flat", "platform") and rng.random() < 0.25:
        add_toe_piece(stage, loft, rng.uniform(0.06, 0.12), rng.uniform(0.25, 0.4), materials.lining, part="peep toe",
                      ink=0.9)  # fmt: skip
        scene.say("peep toe", "open toe")
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


def _bar(stage: Stage, rng: random.Random, base: Last, materials: Fabrics, loft: Loft) -> None:
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

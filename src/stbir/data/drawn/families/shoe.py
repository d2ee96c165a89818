"""Low shoes: sneakers, pumps, wedges, sandals, loafers, slippers, mary janes, oxfords, clogs, ballet flats."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from stbir.data.drawn.materials import pick
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.shoemaking.fabrics import Fabrics, fabrics
from stbir.data.drawn.shoemaking.fittings import fit_out
from stbir.data.drawn.shoemaking.last import Last, last
from stbir.data.drawn.shoemaking.loft import Loft, Topline, upper
from stbir.data.drawn.shoemaking.sandals import add_sandal
from stbir.data.drawn.shoemaking.soles import add_bottom
from stbir.data.drawn.shoemaking.stage import Stage, set_down, shop_view
from stbir.data.drawn.shoemaking.straps import buckle, slingback


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
        3,
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
        5,
        (0.2, 0.36),
        (0.1, 0.16),
        (0.07, 0.12),
        (0.19, 0.27),
        lift=(0.12, 0.4),
        thickness=(0.03, 0.12),
    ),
    "sandal": Kind(
        ("sandal", "sandals", "strappy sandal", "open sandal"),
        10,
        (0.3, 0.4),
        (0.1, 0.15),
        (0.07, 0.1),
        (0.2, 0.25),
        lift=(0.0, 0.52),
        thickness=(0.02, 0.12),
    ),
    "loafer": Kind(
        ("loafer", "moccasin", "slip-on shoe", "penny loafer"),
        3,
        (0.36, 0.46),
        (0.19, 0.24),
        (0.12, 0.16),
        (0.19, 0.25),
        lift=(0.0, 0.24),
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
        lift=(0.0, 0.36),
    ),
    "clog": Kind(
        ("clog", "mule", "slip-on mule", "clog mule"),
        4,
        (0.4, 0.55),
        (0.2, 0.27),
        (0.12, 0.17),
        (0.18, 0.24),
        lift=(0.0, 0.32),
        thickness=(0.03, 0.1),
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

EVENING = ("metallic", "metallic", "patent", "satin", "glitter", "leather", "suede", "snake")
EVENING_COLOURS = ("silver", "silver", "gold", "pewter", "rose gold", "bronze", "black", "black", "nude", "red")
POINTED = ("pump", "flat", "loafer", "oxford", "clog", "platform")
SLUNG = {"clog": 0.2, "pump": 0.2, "wedge": 0.4, "platform": 0.2, "flat": 0.12}
BACKLESS = {"clog": 0.75, "slipper": 0.3, "pump": 0.06, "wedge": 0.08, "loafer": 0.08}
"""How often the back of a kind is a strap only, or nothing at all."""


def build(rng: random.Random) -> Scene:
    """One low shoe of a random kind, seen from its side or from three quarters."""
    name = rng.choices(list(KINDS), [kind.share for kind in KINDS.values()])[0]
    kind = KINDS[name]
    materials = fabrics(rng)
    lift, slim = rng.uniform(*kind.lift), False
    if lift < 0.06 or (name in ("loafer", "oxford", "maryjane", "clog", "sandal") and rng.random() < 0.4):
        lift = lift if name in ("pump", "wedge", "platform") else 0.0
    if name == "sandal" and lift > 0.25 and rng.random() < 0.5:
        materials, slim = replace(materials, main=pick(rng, EVENING, EVENING_COLOURS)), True
    pointed = name in POINTED and rng.random() < 0.3
    thickness = rng.uniform(0.012, 0.025) if slim else rng.uniform(*kind.thickness)
    base = last(rng, lift=lift, thickness=thickness, pointed=pointed)
    scene = Scene("shoe", kind.names, materials.main)
    stage = Stage(scene, shop_view(rng, tall=lift + 0.25))
    wedge = name == "wedge" or (not slim and name in ("sandal", "clog") and rng.random() < 0.55)
    add_bottom(stage, rng, base, materials, wedge=wedge, slim=slim)
    if name == "sandal":
        add_sandal(stage, rng, base, materials)
    else:
        slung = name in SLUNG and rng.random() < SLUNG[name]
        loft = _upper(stage, rng, base, materials, kind, slung=slung, backless=rng.random() < BACKLESS.get(name, 0))
        fit_out(stage, rng, name, materials, loft, low_sides=slung)
    if pointed:
        scene.say("pointed", "pointed toe", "pointy toe", "with pointed toe")
    set_down(scene, rng)
    return scene


def _upper(
    stage: Stage, rng: random.Random, base: Last, materials: Fabrics, kind: Kind, *, slung: bool, backless: bool
) -> Loft:
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
        bare=throat + rng.uniform(0.14, 0.4) if backless or slung else 1.0,
    )
    loft = upper(base, top)
    stage.body(loft, materials.main, part="upper")
    if backless or slung:
        stage.fill(loft.rim, materials.lining, part="footbed", ink=0.9)
        if slung:
            root, height, width = rng.uniform(0.36, 0.5), rng.uniform(0.17, 0.26), rng.uniform(0.03, 0.06)
            slingback(stage, base, root, height, width, materials.main, rise=rng.uniform(0.02, 0.06), back=1.0)
            if rng.random() < 0.5:
                buckle(stage, rng, base.edge(0.78, -0.97, 0.62 * height), 0.024, materials.metal, "buckle")
                stage.scene.say("buckle", f"{materials.metal.short(rng)} buckle", "slingback buckle")
        else:
            stage.scene.say("backless", "open back", "slip on")
        return loft
    stage.fill(loft.rim, materials.lining.darker(0.8), part="lining", ink=0.95)
    stage.within(base.ring(-0.01), loft.rim, materials.lining, part="insole", ink=0.3)
    return loft

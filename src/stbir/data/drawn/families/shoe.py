"""Low shoes: sneakers, pumps, wedges, sandals, loafers, slippers, mary janes, oxfords, clogs, ballet flats."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from stbir.data.drawn.curves import Points, ellipse, polyline, smooth, xy
from stbir.data.drawn.footwear import (
    Fabrics,
    Last,
    add_band,
    add_buckle,
    add_heel,
    add_laces,
    add_sole,
    fabrics,
    last,
    seam,
    set_down,
)
from stbir.data.drawn.materials import COLOURS, pick
from stbir.data.drawn.sandals import add_sandal
from stbir.data.drawn.scene import Scene


@dataclass(frozen=True)
class Kind:
    """One kind of shoe: its nouns, how far the opening reaches forward, how high it may stand."""

    names: tuple[str, ...]
    share: int
    opening: tuple[float, float]
    lift: tuple[float, float] = (0.0, 0.0)
    thickness: tuple[float, float] = (0.02, 0.06)
    instep: float = 1.0


KINDS = {
    "sneaker": Kind(
        ("sneaker", "trainer", "running shoe", "trainers", "sports shoe", "tennis shoe", "low-top sneaker"),
        4,
        (0.42, 0.52),
        thickness=(0.05, 0.13),
    ),
    "pump": Kind(
        ("high heel", "pump", "court shoe", "heels", "heel", "heeled shoe"),
        4,
        (0.2, 0.4),
        (0.15, 0.5),
        (0.015, 0.03),
        0.88,
    ),
    "platform": Kind(
        ("platform pump", "platform heel", "high heel", "platform shoe"), 2, (0.2, 0.4), (0.3, 0.5), (0.06, 0.14), 0.9
    ),
    "wedge": Kind(
        ("wedge", "wedge shoe", "wedge heel", "wedge pump"), 2, (0.22, 0.42), (0.12, 0.4), (0.03, 0.12), 0.92
    ),
    "sandal": Kind(("sandal", "sandals", "strappy sandal", "open sandal"), 5, (0.3, 0.4), (0.0, 0.45), (0.02, 0.12)),
    "loafer": Kind(("loafer", "moccasin", "slip-on shoe", "penny loafer"), 2, (0.38, 0.5), (0.0, 0.06)),
    "slipon": Kind(
        ("slip on", "slip-on shoe", "slip-on", "espadrille", "plimsoll"), 1, (0.4, 0.5), (0.0, 0.02), (0.03, 0.08)
    ),
    "slipper": Kind(("slipper", "moccasin slipper", "slippers", "house shoe", "house slipper"), 2, (0.3, 0.48)),
    "maryjane": Kind(
        ("mary jane", "strap shoe", "mary jane shoe", "strapped flat"), 2, (0.25, 0.4), (0.0, 0.3), instep=0.92
    ),
    "oxford": Kind(
        ("oxford", "lace up shoe", "derby shoe", "brogue", "dress shoe", "formal shoe"), 2, (0.42, 0.52), (0.0, 0.12)
    ),
    "clog": Kind(("clog", "mule", "slip-on mule", "clog mule"), 2, (0.45, 0.6), (0.0, 0.2), (0.04, 0.1)),
    "flat": Kind(
        ("ballet flat", "flat", "flat shoe", "ballerina", "ballet pump"),
        2,
        (0.2, 0.35),
        thickness=(0.012, 0.03),
        instep=0.85,
    ),
}


@dataclass(frozen=True)
class Upper:
    """Where the parts of an upper are: the front of the opening, its lowest point, the back, the toe."""

    throat: tuple[float, float]
    dip: float
    back: float
    toe: Points
    toe_height: float


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
    add_heel(scene, rng, base, materials, wedge=name == "wedge" or (name in ("sandal", "clog") and rng.random() < 0.5))
    if name == "sandal":
        add_sandal(scene, rng, base, materials)
    else:
        upper = _upper(scene, rng, base, materials, kind, backless=name == "clog" and rng.random() < 0.6)
        add_sole(scene, rng, base, materials)
        _trim(scene, rng, name, base, materials, upper)
    set_down(scene, rng, tall=False)
    return scene


def _upper(scene: Scene, rng: random.Random, base: Last, materials: Fabrics, kind: Kind, *, backless: bool) -> Upper:
    """Lining seen through the opening, tongue, and the upper in front of them."""
    heel_height = base.at(1.0)
    throat_x = rng.uniform(*kind.opening)
    throat_y = base.at(throat_x) + rng.uniform(0.2, 0.31) * kind.instep
    back_y = heel_height + rng.uniform(0.22, 0.36)
    dip = max(base.at((throat_x + 1) / 2) + 0.09, min(throat_y, back_y) - rng.uniform(0.02, 0.1))
    toe_height, point, reach = rng.uniform(0.1, 0.21), rng.random(), rng.uniform(-0.06, 0.03)
    toe = smooth(
        [(reach * 0.3, base.at(0.0)), (reach - 0.015 * point, base.at(0.0) + toe_height * 0.45),
         (reach + 0.05 + 0.05 * point, base.at(0.05) + toe_height * (0.95 - 0.25 * point)),
         (throat_x * 0.6, 0.5 * (throat_y + base.at(throat_x * 0.6) + toe_height)), (throat_x, throat_y)], 6,
    )  # fmt: skip
    back_x = 1 + rng.uniform(-0.03, 0.03)
    depth = rng.uniform(-0.02, 0.09)
    sole = np.linspace(0, 1, 22)
    if backless:
        end = throat_x + rng.uniform(0.05, 0.12)
        bed = np.stack([sole, base.top(sole)], axis=1)
        far = bed + np.stack([np.zeros(22), (0.02 + depth) * np.sin(np.pi * sole) ** 0.6], axis=1)
        scene.fill(np.concatenate([far, bed[::-1]]), materials.lining, part="footbed", ink=0.8)
        top = smooth([(throat_x, throat_y), (end, base.at(end) + 0.1), (end + 0.02, base.at(end))], 5)
        under = sole[sole < end]
        outline = [toe, top[1:], np.stack([under, base.top(under)], axis=1)[::-1]]
        scene.say("backless", "open back", "slip on")
    else:
        top = smooth([(throat_x, throat_y), (throat_x * 0.6 + 0.4, dip - 0.01), (0.8, 0.4 * dip + 0.6 * back_y - 0.02),
                      (back_x, back_y)], 7)  # fmt: skip
        rear = smooth([(back_x, back_y), (back_x + 0.025, heel_height + 0.5 * (back_y - heel_height)),
                       (1.0, heel_height)], 6)  # fmt: skip
        far = smooth(
            [
                (throat_x - 0.01, throat_y),
                ((throat_x + 1) / 2, max(throat_y, back_y) * 0.6 + dip * 0.4 + depth),
                (back_x, back_y),
            ],
            7,
        )
        scene.fill(np.concatenate([far, top[::-1]]), materials.lining, part="lining", ink=0.9)
        outline = [toe, top[1:], rear, np.stack([sole, base.top(sole)], axis=1)[::-1]]
    if kind in (KINDS["sneaker"], KINDS["oxford"]):
        tongue = [
            (throat_x - 0.05, throat_y - 0.03),
            (throat_x + 0.02, throat_y + rng.uniform(0.05, 0.1)),
            (throat_x + 0.12, throat_y + rng.uniform(0.02, 0.08)),
            (throat_x + 0.12, throat_y - 0.05),
        ]
        scene.fill(smooth(tongue, 5, closed=True), materials.second, part="tongue", ink=0.9)
    scene.fill(np.concatenate(outline), materials.main, part="upper")
    return Upper((throat_x, throat_y), dip, back_y, toe, toe_height)


def _trim(scene: Scene, rng: random.Random, name: str, base: Last, materials: Fabrics, upper: Upper) -> None:
    """Whatever sits on the upper of this kind of shoe."""
    x, y = upper.throat
    if name == "sneaker":
        _sport(scene, rng, base, materials, upper)
    if name in ("sneaker", "oxford"):
        if name == "sneaker" and rng.random() < 0.2:
            for row in range(rng.randint(2, 3)):
                start = np.array([x - 0.16 + 0.06 * row, y - 0.1 + 0.045 * row])
                add_band(scene, [start, start + xy(0.1, 0.0), start + xy(0.16, -0.1)], 0.045, materials.second,
                         part=f"velcro {row}", ink=0.9)  # fmt: skip
            scene.say("velcro", "velcro straps", "with velcro", "straps")
        else:
            add_laces(scene, rng, (x - 0.15, y - 0.1), (x - 0.01, y - 0.015), materials.main)
    if name in ("loafer", "slipper", "oxford") and rng.random() < 0.65:
        seam(
            scene,
            [
                (0.04, base.at(0) + upper.toe_height * 0.75),
                (x * 0.4, base.at(x * 0.4) + upper.toe_height * 0.75),
                (x * 0.9, y - 0.09),
                (x + 0.02, y - 0.01),
            ],
            materials.main,
            ink=0.8,
        )
    if name == "loafer":
        band = [(x - 0.1, y - 0.035), (x - 0.02, y), (x + 0.1, base.at(x) + 0.06), (x + 0.02, base.at(x) + 0.05)]
        scene.fill(smooth(band, 4, closed=True), materials.second, part="band", ink=0.9)
        if rng.random() < 0.45:
            scene.line([(x - 0.03, y - 0.05), (x + 0.04, y - 0.1)], materials.metal, width=0.025, part="bit")
            scene.say(f"{materials.metal.short(rng)} bit", "metal bar", f"{materials.metal.short(rng)} bar", "horsebit")
    if name in ("slipper", "pump", "flat", "platform", "loafer") and rng.random() < 0.35:
        _ornament(scene, rng, materials, x - 0.04, y - 0.03)
    if name == "maryjane" or (name in ("pump", "wedge", "flat", "platform") and rng.random() < 0.25):
        at = rng.uniform(x + 0.08, 0.72)
        low = base.at(at)
        across = [(at - 0.08, y + 0.01), (at, y + 0.035), (at + 0.05, low + 0.13), (at + 0.06, low + 0.06)]
        material = materials.main if rng.random() < 0.7 else materials.second
        add_band(scene, across, rng.uniform(0.03, 0.07), material, part="strap")
        if rng.random() < 0.6:
            add_buckle(scene, materials.metal, at + 0.045, base.at(at) + 0.11, size=0.022, part="buckle")
        scene.say("strap", "with strap", "buckle strap", "ankle strap", "bar strap")
    if name == "slipper" and rng.random() < 0.6:
        fur = pick(rng, "fur", ("cream", "beige", "white", "tan", "pink", "grey"))
        cuff = [(x - 0.01, y), (x * 0.6 + 0.4, upper.dip), (0.8, 0.4 * upper.dip + 0.6 * upper.back), (1.0, upper.back)]
        add_band(scene, cuff, rng.uniform(0.05, 0.09), fur, part="cuff", ink=0.85)
        scene.say(f"{fur.phrase(rng)} lining", "fur lining", f"{fur.short(rng)} fur trim", "fluffy lining")
    if name in ("pump", "wedge", "flat", "platform") and rng.random() < 0.25:
        scene.fill(ellipse(0.015, base.at(0) + upper.toe_height * 0.4, 0.05, 0.04), materials.lining, part="peep toe",
                   ink=0.9, flat=True)  # fmt: skip
        scene.say("peep toe", "open toe")
    elif rng.random() < 0.3:
        seam(scene, [(0.17, base.at(0.17)), (0.21, base.at(0.2) + upper.toe_height * 0.6),
                     (0.16, base.at(0.15) + upper.toe_height * 1.08)], materials.main)  # fmt: skip
        if rng.random() < 0.4:
            scene.say("toe cap", "cap toe", "with toe cap")
    if name in ("clog",) and rng.random() < 0.6:
        add_band(
            scene,
            [(x - 0.2, y - 0.12), (x - 0.08, y - 0.05), (x + 0.02, base.at(x) + 0.06)],
            0.06,
            materials.second,
            part="strap",
            ink=0.9,
        )
        add_buckle(scene, materials.metal, x - 0.06, y - 0.08, size=0.028, part="buckle")
        scene.say("buckle strap", "buckle", f"{materials.metal.short(rng)} buckle", "strap with buckle")
    if rng.random() < 0.3:
        seam(scene, [(x * 0.9, y - 0.03), (x + 0.05, base.at(x) + 0.1), (x + 0.15, base.at(x + 0.1) + 0.01)],
             materials.main)  # fmt: skip


def _sport(scene: Scene, rng: random.Random, base: Last, materials: Fabrics, upper: Upper) -> None:
    heel = base.at(1.0)
    if rng.random() < 0.55:
        x = np.linspace(0.0, 0.2, 5)
        cap = np.concatenate([upper.toe[:11], [(rng.uniform(0.14, 0.22), base.at(0.2))],
                              np.stack([x, base.top(x)], axis=1)[::-1]])  # fmt: skip
        scene.fill(cap, materials.second, part="toe cap", ink=0.85)
        scene.say(f"{materials.second.short(rng)} toe cap", "toe cap", "rubber toe")
    if rng.random() < 0.55:
        counter = [(0.8, heel), (0.85, heel + 0.12), (0.99, heel + 0.19), (1.015, heel + 0.1), (1.0, heel)]
        scene.fill(smooth(counter, 5), materials.second, part="counter", ink=0.75)
    if rng.random() < 0.6:
        mark = pick(rng, "plain", tuple(COLOURS))
        x = rng.uniform(0.5, 0.62)
        low, high = base.at(x) + 0.015, min(upper.dip, base.at(x) + 0.25) - 0.03
        form = rng.choice(("bars", "swoosh", "star", "cross"))
        if form == "bars":
            for bar in range(rng.randint(2, 4)):
                left = x + 0.065 * bar
                corners = [(left, low), (left + 0.035, low), (left - 0.03, high), (left - 0.065, high)]
                scene.fill(polyline(corners, 3, closed=True), mark, part="stripes", ink=0.75, flat=True)
        elif form == "swoosh":
            scene.fill(smooth([(0.4, low + 0.07), (0.5, low + 0.03), (0.85, heel + 0.15), (0.55, low + 0.08)], 5,
                              closed=True), mark, part="stripes", ink=0.75, flat=True)  # fmt: skip
        elif form == "star":
            scene.fill(ellipse(0.68, upper.dip - 0.09, 0.05, 0.05), mark, part="stripes", ink=0.6, flat=True)
        else:
            scene.line([(0.5, low), (0.75, high)], mark, width=0.03, part="stripes", ink=0.65)
            scene.line([(0.7, low), (0.55, high)], mark, width=0.03, part="stripes", ink=0.65)
        colour = mark.short(rng)
        scene.say(f"{colour} stripes" if form == "bars" else f"{colour} logo", f"{colour} logo", f"{colour} details",
                  f"with {colour} trim", f"{colour} accents")  # fmt: skip


def _ornament(scene: Scene, rng: random.Random, materials: Fabrics, x: float, y: float) -> None:
    if rng.random() < 0.65:
        for side in (-1, 1):
            wing = [(x, y), (x + side * 0.075, y + 0.045), (x + side * 0.085, y - 0.035)]
            scene.fill(smooth(wing, 5, closed=True), materials.second, part="bow", ink=0.9)
        scene.say("bow", "with bow", f"{materials.second.short(rng)} bow", "bow detail")
    else:
        scene.fill(ellipse(x, y, 0.04, 0.035), materials.metal, part="jewel", ink=0.8)
        scene.say("jewel", "with jewel", f"{materials.metal.short(rng)} ornament", "brooch")

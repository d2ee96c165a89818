"""Wrist watches from the front, with straps or metal bracelets, analogue, digital or smart; and wall clocks."""

from __future__ import annotations

import math
import random

import numpy as np

from stbir.data.drawn.curves import Points, ellipse, polyline, rounded
from stbir.data.drawn.dials import digit, hands, number
from stbir.data.drawn.garment import settle
from stbir.data.drawn.materials import Material, metal, pick
from stbir.data.drawn.phrases import made_of
from stbir.data.drawn.scene import Scene

STRAPS = ("leather", "leather", "leather", "suede", "plastic", "plastic", "fabric", "snake", "striped", "plain")


def build(rng: random.Random) -> Scene:
    """One watch, or a clock."""
    clock = rng.random() < 0.2
    kind = "clock" if clock else rng.choices(("analogue", "digital", "smart"), (7, 1.6, 1.2))[0]
    form = rng.choices(("round", "square", "cushion", "octagon", "tank"), (6, 1, 1, 0.6, 1))[0]
    if kind in ("digital", "smart"):
        form = rng.choice(("cushion", "cushion", "square", "round", "octagon"))
    case = pick(rng, ("metal", "wood", "plastic", "plain")) if clock else metal(rng)
    if kind in ("digital", "smart") and rng.random() < 0.6:
        case = pick(rng, "plastic", ("black", "black", "white", "pink", "blue", "grey", "red", "lime"))
    links = not clock and kind != "smart" and rng.random() < 0.35
    strap = case if links else pick(rng, STRAPS)
    names = {"clock": ("clock", "wall clock", "round clock" if form == "round" else "clock"),
             "analogue": ("watch", "wrist watch", "wristwatch", "analogue watch", "timepiece"),
             "digital": ("digital watch", "watch", "sports watch", "wristwatch"),
             "smart": ("smart watch", "smartwatch", "fitness watch", "watch")}[kind]  # fmt: skip
    scene = Scene("watch", names, case if clock or links or rng.random() < 0.3 else strap)
    outline = _outline(form, rng.uniform(0.98, 1.06))
    if not clock:
        _strap(scene, rng, strap, case, links=links)
        if kind != "smart" or rng.random() < 0.5:
            _crown(scene, rng, case, form)
    scene.fill(1.0 * outline, case, part="case", edge=0.8)
    shape = {
        "round": ("round", "round case", "round face"),
        "tank": ("rectangular", "rectangular case", "rectangle face"),
    }
    scene.say(*shape.get(form, (f"{form} case", f"{form} face", "square" if form != "octagon" else "eight sided")))
    if not clock and case.colour != scene.main.colour:
        scene.say(*made_of(rng, case, "case", "frame"))
    bezel = rng.uniform(0.76, 0.92)
    if rng.random() < 0.4:
        ring = pick(rng, ("plain", "metal"))
        scene.fill(0.95 * outline, ring, part="bezel", ink=0.7)
        scene.say(*made_of(rng, ring, "bezel", "ring", "rim"))
    face = bezel * outline
    if kind in ("digital", "smart"):
        _screen(scene, rng, face, smart=kind == "smart")
    else:
        _dial(scene, rng, face, bezel, clock=clock, tall=1.25 if form == "tank" else 1.0)
    if clock:
        scene.transform([[0.8, 0.0], [0.0, 0.8]])
    settle(scene, rng)
    return scene


def _outline(form: str, wide: float) -> Points:
    if form == "round":
        return ellipse(0.0, 0.0, 0.5 * wide, 0.5 * wide, count=32)
    if form == "octagon":
        return (
            0.52
            * wide
            * np.column_stack([np.cos(np.pi * (np.arange(8) + 0.5) / 4), np.sin(np.pi * (np.arange(8) + 0.5) / 4)])
        )
    x, y = (0.4 * wide, 0.5 * wide) if form == "tank" else (0.46 * wide, 0.47 * wide)
    if form == "cushion":
        cut = 0.16
        return rounded(
            [
                (-x, -y + cut),
                (-x + cut, -y),
                (x - cut, -y),
                (x, -y + cut),
                (x, y - cut),
                (x - cut, y),
                (-x + cut, y),
                (-x, y - cut),
            ]
        )
    return polyline([(-x, -y), (x, -y), (x, y), (-x, y)], 5, closed=True)


def _strap(scene: Scene, rng: random.Random, strap: Material, case: Material, *, links: bool) -> None:
    """Both halves, laid flat at full length or seen closed, when they curve away and end soon."""
    wide = rng.uniform(0.24, 0.36)
    closed = rng.random() < 0.75
    taper = rng.uniform(0.72, 0.95)
    dark = strap.darker(0.72)
    for side in (-1, 1):
        long = rng.uniform(0.95, 1.15) if closed else rng.uniform(1.5, 1.8) + 0.35 * (side > 0)
        tip = wide * taper
        half = [(0.0, 0.3), (wide, 0.3), (wide, 0.5), (tip, long - 0.1 * (side > 0)), (0.5 * tip, long), (0.0, long)]
        full = np.concatenate([half, (np.array(half) * [-1, 1])[-2:0:-1]]) * [1, side]
        scene.fill(polyline(full, 2, closed=True), strap, part=f"strap{side}", edge=0.8)
        if closed:  # the light falls off where it turns away
            for share, shade in ((0.75, 0.88), (0.88, 0.72)):
                y, x = long * share, wide + (tip - wide) * share
                end = np.array([(-x, y), (x, y), (tip, long * 0.99), (-tip, long * 0.99)]) * [1, side]
                scene.fill(end, strap.darker(shade), part="shade", ink=0.0, edge=0.0)
        if links:
            heights = np.arange(0.56, long, rng.uniform(0.085, 0.15))
            wander: list[tuple[float, float]] = []  # one line that turns at the edges of the strap
            for index, y in enumerate(heights.tolist()):
                x = (wide + (tip - wide) * y / long) * (-1.0) ** index
                wander += [(-x, side * y), (x, side * y)]
            scene.line(wander, strap.darker(0.6), width=0.012, part="links", ink=0.7)
            for x in (-0.4, 0.4):
                scene.line(
                    [(x * wide, side * 0.5), (x * tip, side * long * 0.98)],
                    strap.darker(0.65),
                    width=0.012,
                    part="link rows",
                    ink=0.6,
                )
        else:
            if not closed:
                _holes_or_buckle(scene, rng, case, dark, side, long, tip)
            for x in (-0.82, 0.82) if strap.texture in ("leather", "suede", "snake", "fabric") else ():
                path = [(x * wide, side * 0.54), (x * tip, side * long * 0.9)]
                scene.line(path, dark.darker(1.1), width=0.01, part="stitching", ink=0.3)
    for side in (-1, 1):
        for x in (-wide - 0.025, wide + 0.025):
            lug = np.array([(x - 0.03, 0.2), (x + 0.03, 0.2), (x + 0.025, 0.56), (x - 0.025, 0.56)]) * [1, side]
            scene.fill(polyline(lug, 2, closed=True), case.darker(0.9), part="lugs", ink=0.5)
    nouns = ("bracelet", "strap", "links", "chain strap") if links else ("strap", "band", "wristband")
    scene.say(*made_of(rng, strap, *nouns), *(("metal bracelet", "link bracelet") if links else ("with strap",)))
    scene.say("wide strap", "broad band") if wide > 0.31 else scene.say("narrow strap", "thin strap", "slim strap")


def _holes_or_buckle(
    scene: Scene, rng: random.Random, case: Material, dark: Material, side: int, long: float, tip: float
) -> None:
    if side > 0:
        for y in np.linspace(long - 0.65, long - 0.2, 5).tolist():
            scene.fill(ellipse(0.0, y, 0.025, 0.032, count=8), dark.darker(0.5), part="holes", ink=0.7, flat=True)
        scene.say("holes", "strap with holes")
        return
    buckle = [
        (-tip * 1.2, -long + 0.02),
        (tip * 1.2, -long + 0.02),
        (tip * 1.2, -long - 0.13),
        (-tip * 1.2, -long - 0.13),
    ]
    scene.line(polyline([*buckle, buckle[0]], 2), case, width=0.04, part="buckle", ink=0.9)
    scene.line([(0.0, -long + 0.02), (0.0, -long - 0.15)], case, width=0.025, part="pin", ink=0.5)
    loop = [
        (-tip * 1.06, -long + 0.22),
        (tip * 1.06, -long + 0.22),
        (tip * 1.06, -long + 0.3),
        (-tip * 1.06, -long + 0.3),
    ]
    scene.fill(loop, dark.darker(1.2), part="loop", ink=0.7)
    scene.say("buckle", "with buckle", f"{case.short(rng)} buckle")


def _crown(scene: Scene, rng: random.Random, case: Material, form: str) -> None:
    count = rng.choice((1, 1, 1, 3))
    for y in (-0.22, 0.0, 0.22) if count == 3 else (0.0,):
        x, size = (
            (math.sqrt(0.25 - y * y) if form == "round" else 0.4 if form == "tank" else 0.46) - 0.03,
            0.045 if y == 0 else 0.035,
        )
        box = [(x, y - size), (x + 0.11, y - size), (x + 0.11, y + size), (x, y + size)]
        scene.fill(polyline(box, 2, closed=True), case.darker(0.85), part=f"crown{y}", ink=0.85)
    scene.say("crown", "winder") if count == 1 else scene.say("side buttons", "three buttons", "push buttons")


def _dial(scene: Scene, rng: random.Random, face: Points, size: float, *, clock: bool, tall: float) -> None:
    dial = pick(
        rng,
        "plain",
        ("white", "white", "black", "black", "navy", "silver", "cream", "blue", "green", "grey", "pink", "gold"),
    )
    scene.fill(face, dial, part="dial", edge=0.6)
    scene.say(*made_of(rng, dial, "dial", "face"))
    pale = sum(dial.rgb) > 380
    ink = pick(rng, "plain", ("black", "black", "navy", "brown") if pale else ("white", "silver", "gold"))
    radius = 0.5 * size * (0.8 if tall > 1 else 0.97)
    stretch = np.array([1.0, tall])
    marks = rng.choice(("lines", "lines", "dots", "numerals", "numerals", "quarters", "none"))
    for hour in range(12) if marks != "none" else ():
        way = np.array([math.sin(hour * math.pi / 6), -math.cos(hour * math.pi / 6)]) * radius * stretch
        if marks == "numerals" or (marks == "quarters" and hour % 3 == 0):
            number(scene, hour or 12, 0.78 * way, 0.062, ink, "numerals", 0.6)
        elif marks == "dots":
            scene.fill(
                ellipse(0.84 * way[0], 0.84 * way[1], 0.022, 0.022, count=8), ink, part="dots", ink=0.6, flat=True
            )
        else:
            start = 0.72 if hour % 3 == 0 else 0.8
            scene.line([start * way, 0.9 * way], ink, width=0.028 if hour % 3 == 0 else 0.018, part="marks", ink=0.75)
    said = {"lines": ("hour marks", "line markers", "stick markers"), "dots": ("dot markers", "dots"),
            "numerals": ("numbers", "numerals", "arabic numerals", "big numbers"),
            "quarters": ("numbers at the quarters", "numbers 3 6 9 12"),
            "none": ("no numbers", "minimal", "blank dial")}  # fmt: skip
    scene.say(*said[marks])
    if not clock and rng.random() < 0.28:
        sub = dial.darker(0.8 if pale else 1.4)
        for x, y in ((-0.42, 0.0), (0.42, 0.0), (0.0, 0.44)) if rng.random() < 0.6 else ((0.0, 0.44),):
            scene.fill(
                ellipse(x * radius, y * radius, 0.24 * radius, 0.24 * radius, count=16), sub, part="subdials", ink=0.75
            )
            scene.line(
                [(x * radius, y * radius), (x * radius, (y - 0.18) * radius)],
                ink,
                width=0.012,
                part="small hands",
                ink=0.3,
            )
        scene.say("chronograph", "small dials", "subdials", "chrono")
    elif not clock and rng.random() < 0.3:
        box = np.array([(0.46, -0.1), (0.68, -0.1), (0.68, 0.1), (0.46, 0.1)]) * radius
        scene.fill(box, pick(rng, "plain", "white"), part="date", ink=0.7, flat=True)
        scene.say("date window", "date", "with date")
    hands(scene, rng, radius, ink)


def _screen(scene: Scene, rng: random.Random, face: Points, *, smart: bool) -> None:
    colour = ("black", "black", "dark grey", "navy") if smart else ("sage", "grey", "light grey", "black", "dark grey")
    screen = pick(rng, "glass" if smart else "plain", colour)
    inner = 0.94 * face if smart else 0.98 * face
    scene.fill(inner, pick(rng, "plain", ("black", "dark grey", "navy")), part="screen", edge=0.6)
    if not smart:
        panel = [(-0.3, -0.15), (0.3, -0.15), (0.3, 0.16), (-0.3, 0.16)]
        scene.fill(polyline(panel, 3, closed=True), screen, part="display", ink=0.9)
    bright = not smart and sum(screen.rgb) > 300
    ink = (
        pick(rng, "plain", "black")
        if bright
        else pick(rng, "plain", ("white", "lime", "light blue", "turquoise", "orange", "red"))
    )
    for x, value in zip(
        (-0.21, -0.085, 0.085, 0.21), (rng.randrange(3), *(rng.randrange(10) for _ in range(3))), strict=True
    ):
        digit(scene, value, np.array([x, 0.0]), 0.08, ink, "digits", 0.75)
    for y in (-0.03, 0.04):
        scene.fill(ellipse(0.0, y, 0.012, 0.012, count=8), ink, part="colon", ink=0.6, flat=True)
    if smart and rng.random() < 0.6:
        for x in np.linspace(-0.22, 0.22, rng.randint(2, 4)).tolist():
            scene.fill(ellipse(x, 0.24, 0.05, 0.05, count=12), pick(rng, "plain"), part="icons", ink=0.6, flat=True)
        scene.say("icons", "apps", "colourful icons")
    scene.say("digital display", "digits", "screen", "lcd", "touch screen" if smart else "digital")

"""Mechanical parts: angle and shelf brackets, flat plates, clamps and flanges with drilled holes and ribs."""

from __future__ import annotations

import math
import random

import numpy as np

from stbir.data.drawn.lathe import frustum
from stbir.data.drawn.plate import Sheet, add_plate, rectangle, rounded, slot
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.workpiece import NUMBERS, Workpiece

X, Y, Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
KINDS = {"angle": 4, "plate": 2, "channel": 2, "flange": 2.5, "shelf": 2, "tee": 1, "clamp": 1.5, "step": 1.2}


def build(rng: random.Random) -> Scene:
    """One bracket."""
    kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
    makers = {
        "plate": _plate,
        "channel": _channel,
        "flange": _flange,
        "shelf": _shelf,
        "tee": _tee,
        "clamp": _clamp,
        "step": _step,
    }
    return makers.get(kind, _angle)(rng)


def _angle(rng: random.Random) -> Scene:
    part = Workpiece(rng, ("angle bracket", "l bracket", "corner bracket", "right angle bracket"))
    w, deep, tall, t = rng.uniform(0.18, 0.6), rng.uniform(0.35, 0.9), rng.uniform(0.35, 1.0), part.thick
    c = part.corner
    floor = Sheet((0.0, 0.0, t / 2), X, Y, t)
    wall = Sheet((0.0, deep - t / 2, 0.0), X, Z, t)
    part.plate(floor, rectangle((-w, w), (0, deep), (c, c, 0, 0)), part.pattern((-w, 0), (w, deep - t)), part="base")
    part.plate(
        wall, rectangle((-w, w), (t, tall), (0, 0, c, c)), part.pattern((-w, t), (w, tall)), part="wall", bias=0.02
    )
    choice = rng.random()
    if choice < 0.42:
        reach, rise = (deep - t) * rng.uniform(0.5, 0.95), (tall - t) * rng.uniform(0.5, 0.95)
        corners = [(deep - t, t), (deep - t, t + rise), (deep - t - reach, t)]
        places = (0.0,) if choice < 0.24 else (-w + t / 2, w - t / 2)
        for x in places:
            _rib(part, Sheet((x, 0.0, 0.0), Y, Z, t * 0.8), corners)
        _say_ribs(part, len(places))
    return part.finish()


def _rib(part: Workpiece, sheet: Sheet, corners: list[tuple[float, float]]) -> None:
    outline = rounded(corners, 0.0)
    add_plate(part.solids, sheet, outline, part.material, "rib", bias=-0.1)


def _say_ribs(part: Workpiece, count: int) -> None:
    number = NUMBERS[count]
    noun = "rib" if count == 1 else "ribs"
    part.scene.say(f"{number} {noun}", f"{number} gusset" + ("s" if count > 1 else ""), "reinforced", "triangular rib")


def _plate(rng: random.Random) -> Scene:
    part = Workpiece(rng, ("mounting plate", "flat plate", "flat bracket", "mending plate"), height=0.05)
    long, w = rng.uniform(0.5, 1.0), rng.uniform(0.16, 0.5)
    c = part.corner * 1.5 if rng.random() < 0.7 else w
    upright = rng.random() < 0.35
    sheet = Sheet((0.0, 0.0, w if upright else 0.0), X, Z if upright else Y, part.thick)
    holes = part.pattern((-long, -w), (-long * 0.1, w), most=2) + part.pattern((long * 0.1, -w), (long, w), most=2)
    if rng.random() < 0.4:
        holes.append(slot(0.0, 0.0, 0.0, w * rng.uniform(0.2, 0.42)))
        holes = [h for h in holes[:-1] if abs(h[:, 0]).min() > w * 0.42] + holes[-1:]
    part.plate(sheet, rectangle((-long, long), (-w, w), c), holes, part="plate")
    return part.finish()


def _channel(rng: random.Random) -> Scene:
    part = Workpiece(rng, ("u bracket", "u-shaped bracket", "channel bracket", "saddle bracket"))
    w, deep, tall, t, c = (
        rng.uniform(0.25, 0.6),
        rng.uniform(0.15, 0.5),
        rng.uniform(0.25, 0.8),
        part.thick,
        part.corner,
    )
    part.plate(Sheet((0.0, 0.0, t / 2), X, Y, t), rectangle((-w, w), (-deep, deep), 0.0),
               part.pattern((-w + t, -deep), (w - t, deep)), part="base")  # fmt: skip
    round_top = rng.random() < 0.35
    radius = deep if round_top else c
    for side in (-1, 1):
        sheet = Sheet((side * (w - t / 2), 0.0, 0.0), Y, Z, t)
        outline = rectangle((-deep, deep), (t, tall), (0, 0, radius, radius))
        near = side * math.sin(part.solids.camera.azimuth) > 0
        bore = [slot(0.0, tall - deep * 0.95, 0.0, deep * 0.4)] if round_top and tall > 1.4 * deep else None
        holes = bore or part.pattern((-deep, t), (deep, tall), most=2)
        part.plate(sheet, outline, holes, part=f"wall{side}", bias=-0.15 if near else 0.1)
    return part.finish()


def _flange(rng: random.Random) -> Scene:
    part = Workpiece(rng, ("flange", "pipe flange", "round flange", "bearing housing"), height=0.15)
    radius, tall = rng.uniform(0.55, 0.8), rng.uniform(0.1, 0.8)
    bolts = rng.choice((3, 4, 4, 4, 5, 6, 6, 8))
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    square = rng.random() < 0.3 and bolts == 4
    outline = radius * np.column_stack([np.cos(turn), np.sin(turn)])
    if square:
        outline = rectangle((-radius, radius), (-radius, radius), part.corner or 0.12)
    part.corner = part.corner or 0.1
    ring, size = radius * (1.0 if square else 0.78), radius * rng.uniform(0.07, 0.12)
    start = math.pi / 4 if square else rng.uniform(0, 1)
    spots = [(ring * math.cos(a), ring * math.sin(a)) for a in start + 2 * math.pi * np.arange(bolts) / bolts]
    wide = radius * rng.uniform(0.35, 0.55)
    part.plate(
        Sheet((0.0, 0.0, 0.0), X, Y, part.thick), outline, [slot(x, y, 0.0, size) for x, y in spots], part="flange"
    )
    bore = part.material.darker(0.35)
    foot = wide * rng.choice((1.0, 1.0, 1.25))
    base = (0.0, 0.0, part.thick / 2)
    top = (0.0, 0.0, part.thick / 2 + tall)
    frustum(part.solids, base, top, (foot, wide), part.material, "tube", bias=-0.3, inside=bore)
    part.scene.say("tube", "pipe", "round tube", "cylinder", "hollow hub" if tall < 0.3 else "long tube")
    part.scene.say("square flange" if square else "round flange", "square base" if square else "round base")
    if rng.random() < 0.25:
        for index in range(4):
            angle = math.pi * index / 2 + 0.3
            along = (math.cos(angle), math.sin(angle), 0.0)
            corners = [(wide * 0.95, 0.04), (wide * 0.95, tall * 0.8), (radius * 0.7, 0.04)]
            outline = rounded(corners, 0.0)
            if (
                along[0] * math.sin(-part.solids.camera.azimuth) - along[1] * math.cos(part.solids.camera.azimuth)
                > -0.4
            ):
                add_plate(part.solids, Sheet(base, along, Z, 0.05), outline, part.material, "rib", bias=-0.5)
        _say_ribs(part, 4)
    return part.finish()


def _shelf(rng: random.Random) -> Scene:
    part = Workpiece(rng, ("shelf bracket", "wall bracket", "support bracket", "gusset bracket"))
    deep, tall, w, t = rng.uniform(0.5, 0.9), rng.uniform(0.5, 1.0), rng.uniform(0.08, 0.2), part.thick * 0.6
    wall = Sheet((0.0, deep - t / 2, 0.0), X, Z, t)
    top = Sheet((0.0, 0.0, tall - t / 2), X, Y, t)
    c = min(part.corner, w)
    high = [slot(0.0, tall * at, 0.0, w * 0.32) for at in (0.15, 0.8)]
    upper = [slot(0.0, deep * at, 0.0, w * 0.32) for at in (0.18, 0.75)]
    part.plate(wall, rectangle((-w, w), (0, tall - t), (c, c, 0, 0)), high, part="wall", bias=0.2)
    part.plate(top, rectangle((-w, w), (0, deep), (c, c, 0, 0)), upper, part="top", bias=-0.2)
    form = rng.choice(("triangle", "bow", "strut"))
    end = deep - t
    if form == "strut":
        start, stop = (0.0, end, tall * rng.uniform(0.1, 0.3)), (0.0, deep * rng.uniform(0.08, 0.3), tall - t)
        part.solids.rod(start, stop, w * 0.4, part.material, "strut", bias=-0.05)
        part.scene.say("diagonal strut", "diagonal brace", "cross bar")
    else:
        corners = [(end, 0.04), (end, tall - t), (0.05, tall - t)]
        if form == "bow":
            bend = np.linspace(0.1, 0.9, 7)
            curve = [(end - (end - 0.05) * (1 - b) ** 2, (tall - t) - (tall - t - 0.04) * b**2) for b in bend]
            corners += curve
        outline = rounded(corners, 0.0)
        hole = [slot(end * 0.72, tall * 0.72, 0.0, min(end, tall) * 0.13)] if rng.random() < 0.4 else []
        part.plate(Sheet((0.0, 0.0, 0.0), Y, Z, t), outline, hole, part="rib", bias=-0.05)
        part.scene.say("triangular rib" if form == "triangle" else "curved rib", "gusset", "web", "reinforced")
    return part.finish()


def _tee(rng: random.Random) -> Scene:
    part = Workpiece(rng, ("t bracket", "t plate", "tee plate"), height=0.05)
    a, w, long = rng.uniform(0.5, 0.8), rng.uniform(0.1, 0.18), rng.uniform(0.5, 0.9)
    corners = [(-a, -w), (a, -w), (a, w), (w, w), (w, w + long), (-w, w + long), (-w, w), (-a, w)]
    c = min(part.corner, w)
    if rng.random() < 0.4:
        corners = [(-w, -w), (a + w, -w), (a + w, w), (w, w), (w, w + long), (-w, w + long)]
        part.scene.names = ("l plate", "flat corner plate", "corner brace", "bracket")
        outline = rounded(corners, (c, c, c, 0, c, c))
        spots = [(0.0, 0.0), (a * 0.5, 0.0), (a, 0.0), (0.0, long * 0.5), (0.0, long)]
    else:
        outline = rounded(corners, (c, c, c, 0, c, c, 0, c))
        spots = [(-a * 0.8, 0.0), (0.0, 0.0), (a * 0.8, 0.0), (0.0, long * 0.45), (0.0, long * 0.9)]
    if rng.random() < 0.5:
        spots = [spots[0], spots[2], spots[4]]
    upright = rng.random() < 0.4
    holes = [slot(x, y, 0.0, w * 0.36) for x, y in spots]
    part.plate(Sheet((0.0, 0.0, 0.0), X, Z if upright else Y, part.thick), outline, holes, part="plate")
    return part.finish()


def _clamp(rng: random.Random) -> Scene:
    part = Workpiece(rng, ("pipe clamp", "bearing block", "pillow block", "mounting block"))
    w, deep, foot = rng.uniform(0.25, 0.36), rng.uniform(0.14, 0.32), rng.uniform(0.2, 0.34)
    t = max(part.thick, 0.06)
    bolts = [slot(side * (w + foot * 0.52), 0.0, 0.0, min(foot, deep) * 0.3) for side in (-1, 1)]
    outline = rectangle((-w - foot, w + foot), (-deep, deep), part.corner)
    part.plate(Sheet((0.0, 0.0, t / 2), X, Y, t), outline, bolts, part="base")
    rise = rng.uniform(0.25, 0.6)
    turn = np.linspace(0, np.pi, 17)
    arch = np.column_stack([w * np.cos(turn), rise + w * np.sin(turn)])
    outline = np.concatenate([[(-w, t), (w, t)], arch])
    bore = [slot(0.0, rise, 0.0, w * rng.uniform(0.5, 0.75))]
    sunk, part.sunk = part.sunk, 0.0
    part.plate(Sheet((0.0, 0.0, 0.0), X, Z, 2 * deep * 0.9), outline, bore, part="block", bias=-0.1)
    part.sunk = sunk
    part.scene.say("round top", "large bore", "bearing hole", "big centre hole", "arched block")
    return part.finish()


def _step(rng: random.Random) -> Scene:
    part = Workpiece(rng, ("z bracket", "offset bracket", "step bracket"))
    w, low, high, rise, t = (
        rng.uniform(0.15, 0.45),
        rng.uniform(0.3, 0.5),
        rng.uniform(0.3, 0.5),
        rng.uniform(0.2, 0.6),
        part.thick,
    )
    c = min(part.corner, w)
    part.plate(Sheet((0.0, -low, t / 2), X, Y, t), rectangle((-w, w), (0, low), (c, c, 0, 0)),
               part.pattern((-w, 0), (w, low - t)), part="base")  # fmt: skip
    part.plate(Sheet((0.0, -t / 2, 0.0), X, Z, t), rectangle((-w, w), (t, rise), 0.0), [], part="wall", bias=0.02)
    part.plate(Sheet((0.0, -t, rise + t / 2), X, Y, t), rectangle((-w, w), (0, high), (0, 0, c, c)),
               part.pattern((-w, t), (w, high)), part="top", bias=0.05)  # fmt: skip
    return part.finish()

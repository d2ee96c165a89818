"""What one leans against: slats, rungs, spindles, crosses, panels, hoops with a lattice."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from stbir.data.drawn.curves import ellipse, polyline, smooth
from stbir.data.drawn.materials import Material
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.seating.legs import Seat
from stbir.data.drawn.solids import Solids, smooth_path

Points = npt.NDArray[np.float64]

OUTLINES = ("rect", "rect", "round", "round", "oval", "waist", "taper", "low", "arch", "soft")
FRAMED = (
    *("slat", "slat", "ladder", "ladder", "panel", "panel", "panel", "panel"),
    *("spindle", "cross", "splat", "board", "lattice"),
)

HARD = ("wood", "plastic", "acrylic", "metal", "wicker", "mesh", "cork")
"""What nobody can put buttons into."""


def back_outline(rng: random.Random, form: str, width: float, height: float) -> Points:
    """The flat outline of a back that is twice `width` wide, standing on the origin."""
    w, h = width, height
    if form == "rect":
        top = w * rng.uniform(0.85, 1.1)
        return polyline([(-w, 0), (w, 0), (top, h), (-top, h)], 4, closed=True)
    if form == "oval":
        return ellipse(0, h / 2, w, h / 2, count=22)
    if form == "soft":
        corner = min(w, h) * rng.uniform(0.12, 0.4)
        low = [(-w * 0.95, 0), (w * 0.95, 0), (w, corner)]
        knots = [*low, (w, h - corner), (w - corner, h), (corner - w, h), (-w, h - corner), (-w, corner)]
        return smooth(knots, 3, closed=True)
    shapes = {
        "round": [(0.9, 0), (1.05, 0.5), (0.75, 0.93), (0, 1)],
        "waist": [(0.7, 0), (0.62, 0.3), (1, 0.78), (0.85, 0.98), (0, 1)],
        "taper": [(1, 0), (0.95, 0.5), (0.62, 0.98), (0, 1.02)],
        "low": [(1, 0), (1.1, 0.75), (0.95, 1.05), (0, 1)],
        "arch": [(0.95, 0), (1, 0.6), (0.7, 0.86), (0, 1)],
    }
    half = np.array(shapes[form]) * [w, h]
    left = half[::-1] * [-1, 1]
    start = 1 if half[-1, 0] == 0 else 0
    return smooth(np.concatenate([half, left[start:]]), 4, closed=True)


def back_panel(
    rng: random.Random,
    solids: Solids,
    seat: Seat,
    material: Material,
    *,
    form: str,
    width: float,
    height: float,
    lift: float = 0.0,
    bend: float = 0.0,
    thickness: float = 0.03,
    bias: float = 0.0,
    scene: Scene | None = None,
) -> None:
    """A closed back; where a `scene` is given, it may get tufts, seams or holes that are also said."""
    if form == "low":
        height *= 0.46
    outline = back_outline(rng, form, width, height)

    def place(flat: Points) -> Points:
        x, up = flat[:, 0], flat[:, 1]
        y = seat.depth + seat.rake * (up + lift) / max(seat.back, 0.1) - bend * (x / width) ** 2
        return np.column_stack([x, y, seat.height + lift + up])

    holes: list[Points] = []
    lines: list[Points] = []
    centre = np.array([0.0, height * 0.5])
    extra = rng.random() if scene is not None else 1.0
    if extra < 0.14:
        holes.append(ellipse(0, height * 0.8, width * rng.uniform(0.2, 0.5), height * 0.06, count=14))
    elif extra < 0.2:
        columns, rows = rng.randint(2, 4), rng.randint(2, 4)
        size = min(width, height) * 0.09
        for column in np.linspace(-0.5, 0.5, columns):
            for row in np.linspace(0.3, 0.8, rows):
                holes.append(ellipse(column * width, row * height, size, size, count=10))
    elif extra < 0.36:
        inner = (outline - centre) * rng.uniform(0.72, 0.88) + centre
        lines.append(np.concatenate([inner, inner[:1]]))
    elif extra < 0.48:
        for at in np.linspace(-0.6, 0.6, rng.randint(2, 6)):
            lines.append(polyline([(at * width, height * 0.08), (at * width, height * 0.9)], 4))
    elif extra < 0.58:
        for at in np.linspace(0.15, 0.85, rng.randint(2, 6)):
            lines.append(polyline([(-width * 0.85, height * at), (width * 0.85, height * at)], 4))
    solids.panel(outline, place, (0, thickness, 0), material, "back", bias=bias, holes=holes, lines=lines)
    if scene is None:
        return
    if extra < 0.2:
        scene.say("perforated back", "holes in the back", "cut-out back", "back with hole")
    elif 0.36 <= extra < 0.58:
        scene.say("channelled back", "ribbed back", "stitched back", "back with seams", "padded back")
    elif 0.58 <= extra < 0.68 and material.texture not in HARD:
        tufts(solids, place, width, height, material, bias=bias)
        scene.say("tufted back", "button back", "buttoned back", "tufted", "buttons")


def tufts(
    solids: Solids,
    place: Callable[[Points], Points],
    width: float,
    height: float,
    material: Material,
    *,
    bias: float = 0.0,
) -> None:
    """Rows of buttons on a back that `place` maps from flat to space."""
    flat = np.array([(x * width, y * height) for y in (0.35, 0.6, 0.82) for x in (-0.55, -0.18, 0.18, 0.55)])
    middle, depths = solids.camera.project(place(flat) - [0, 0.02, 0])
    dark = material.darker(0.55)
    for x, y in middle:
        size = 0.011
        solids.face_on(ellipse(x, y, size, size, count=7), float(depths.min()) + bias - 0.02, dark, "tuft", ink=0.6)


def framed_back(
    rng: random.Random,
    solids: Solids,
    scene: Scene,
    seat: Seat,
    frame: Material,
    cover: Material,
    *,
    form: str,
    radius: float,
    posts: bool = True,
) -> None:
    """Two posts with a top rail and a filling of the kind `form` (one of `FRAMED`)."""
    w, base, high = seat.width, seat.height, seat.back

    def at(x: float, up: float) -> tuple[float, float, float]:
        return (x, seat.back_y(up), base + up)

    flare = rng.uniform(0.94, 1.1)
    if posts:
        for side in (-1, 1):
            solids.rod(at(side * w * 0.96, 0), at(side * w * flare * 0.96, high), radius, frame, f"post{side}")
    rail = rng.uniform(0.03, 0.09)
    if posts and rng.random() < 0.85:
        arch, bow = rng.choice((0.0, 0.0, rng.uniform(0.01, 0.08))), rng.uniform(-0.01, 0.05)
        t = np.linspace(-1, 1, 7)
        y = seat.back_y(high) + bow * (1 - t * t)
        path = np.column_stack([t * w * flare * 1.03, y, base + high - rail + arch * (1 - t * t)])
        solids.strip(path, (0, 0, rail * 1.2), frame, "rail", bias=-0.015)
    count = rng.randint(3, 8)
    places = (-1 + 2 * (np.arange(count) + 1) / (count + 1)) * w
    low = rng.choice((0.02, 0.02, rng.uniform(0.06, 0.15)))
    if form == "slat":
        half = rng.uniform(0.008, 0.03)
        for index, x in enumerate(places):
            path = [at(x * 0.93 - half, low), at(x * flare - half, high - rail * 0.9)]
            solids.strip(path, (2 * half, 0, 0), frame, f"slat{index}", bias=0.01)
        scene.say("slat back", "slatted back", "vertical slats", "slats", f"{count} slats", "slat-back")
    elif form == "spindle":
        fan = rng.uniform(0.75, 1.0)
        for index, x in enumerate(places):
            solids.rod(at(x * fan, 0.0), at(x * flare, high - rail * 0.8), 0.007, frame, f"slat{index}", bias=0.01)
        scene.say("spindle back", "spindles", "thin spindles", "spindle-back", "windsor style")
    elif form in ("ladder", "board"):
        count = rng.randint(2, 6) if form == "ladder" else rng.randint(2, 4)
        share = rng.uniform(0.25, 0.55) if form == "ladder" else 0.85
        step = (high - rail) / count
        bow = rng.uniform(0.0, 0.04)
        t = np.linspace(-1, 1, 5)
        for index in range(count):
            up = step * (index + 0.25)
            path = np.column_stack([t * w, seat.back_y(up) + bow * (1 - t * t), np.full(5, base + up)])
            solids.strip(path, (0, 0, step * share), frame, f"slat{index}", bias=0.01)
        scene.say("ladder back", "horizontal slats", "slat back", "ladder-back", "slatted", f"{count} slats")
    elif form == "cross":
        for index, side in enumerate((-1, 1)):
            path = [at(side * w, 0.05), at(0, high * 0.5), at(-side * w * flare, high - rail)]
            solids.tube(smooth_path(path, 3), radius * 0.7, frame, f"slat{index}", bias=0.01)
        scene.say("cross back", "x back", "crossed back", "cross-back")
    elif form == "splat":
        shape = rng.choice(("waist", "rect", "oval", "soft"))
        back_panel(rng, solids, seat, frame, form=shape, width=w * rng.uniform(0.2, 0.5), height=high * 0.95,
                   thickness=0.012)  # fmt: skip
        scene.say("splat back", "centre splat", "carved back")
    elif form == "lattice":
        hoop(rng, solids, scene, seat, frame, width=w, height=high * 0.97)
    else:
        height = high * (rng.uniform(0.22, 0.5) if rng.random() < 0.45 else rng.uniform(0.5, 0.98))
        panel = cover if rng.random() < 0.75 else frame
        back_panel(rng, solids, seat, panel, form=rng.choice(OUTLINES), width=w * rng.uniform(0.9, 1.02),
                   height=height, lift=high - height, bend=rng.uniform(-0.03, 0.06), bias=-0.01,
                   thickness=rng.uniform(0.015, 0.05), scene=scene)  # fmt: skip


def hoop(
    rng: random.Random,
    solids: Solids,
    scene: Scene,
    seat: Seat,
    material: Material,
    *,
    width: float,
    height: float,
) -> None:
    """A round frame filled with a lattice, rays or curls of bent wire."""
    turn = np.linspace(0, 2 * np.pi, 25)
    form = rng.choice(("lattice", "lattice", "rays", "curls"))

    def place(x: float | Points, up: float | Points) -> Points:
        x, up = np.atleast_1d(x), np.atleast_1d(up)
        y = seat.depth + seat.rake * up / max(seat.back, 0.1)
        return np.column_stack([x, y, seat.height + up])

    centre, tall = height * 0.54, height * 0.46
    solids.tube(place(width * np.cos(turn), centre + tall * np.sin(turn)), 0.012, material, "back", bias=0.01)
    lines: list[Points] = []
    if form == "lattice":
        for at in np.linspace(-1.1, 1.1, rng.randint(4, 8)):
            for side in (-1, 1):
                offsets = (max(-0.95, at - 0.75), min(0.95, at + 0.75))
                limit = [math.sqrt(1 - min(0.95, abs(o)) ** 2) for o in offsets]
                ends = [np.clip(side * (o - at) * 1.2, -lim, lim) for o, lim in zip(offsets, limit, strict=True)]
                x, up = width * np.array(offsets), centre + tall * np.array(ends)
                lines.append(place(x, up))
        scene.say("lattice back", "woven back", "criss-cross back", "cane back")
    elif form == "rays":
        for angle in np.linspace(0.15, 0.85, rng.randint(5, 9)) * math.pi:
            tip = np.array([width * math.cos(angle), centre + tall * math.sin(angle)])
            lines.append(place(np.array([tip[0] * 0.25, tip[0]]), np.array([0.02, tip[1]])))
        scene.say("fan back", "spindle back", "bentwood back", "round back")
    else:
        for side in (-1, 1):
            for up in (0.35, 0.7):
                spin = np.linspace(0, 1.6 * np.pi, 9)
                reach = width * 0.42 * (1 - spin / 9)
                x = side * (width * 0.45 + reach * np.cos(spin))
                lines.append(place(x, height * up + reach * np.sin(spin)))
        scene.say("ornate back", "scroll back", "curly wrought back", "decorative back")
    for path in lines:
        solids.line(path, material.darker(0.8), "back", width=0.011, bias=0.005, ink=0.75)

"""What sits on an upper: tongue and laces, velcro, toe caps, stripes, bands, bows."""

from __future__ import annotations

import random

import numpy as np

from stbir.data.drawn.curves import Points
from stbir.data.drawn.materials import COLOURS, Material, pick
from stbir.data.drawn.shoemaking.last import HALF, UP
from stbir.data.drawn.shoemaking.loft import Loft
from stbir.data.drawn.shoemaking.stage import Stage
from stbir.data.drawn.solids import smooth_path

LACE_COLOURS = (
    *("black", "white") * 4,
    *("brown", "cream", "tan", "grey", "dark brown") * 2,
    *("red", "yellow", "turquoise", "purple", "pink", "orange", "blue"),
)


def add_tongue(stage: Stage, rng: random.Random, loft: Loft, material: Material, *, high: float) -> None:
    """What stands up behind the laces, `high` above the throat."""
    root, wide = loft.at(0.0, 1.0), rng.uniform(0.05, 0.08)
    back = rng.uniform(0.03, 0.09)
    shape = [(-0.06, 0.9 * wide, -0.05), (0.7 * back, wide, 0.8 * high), (back, 0, high),
 (0.7 * back, -wide, 0.8 * high),
             (-0.06, -0.9 * wide, -0.05)]  # fmt: skip
    stage.fill(root + smooth_path(shape, 4), material, part="tongue", ink=0.9)


def add_laces(
    stage: Stage, rng: random.Random, loft: Loft, shade: Material, *, low: float, high: float, most: int = 7
) -> None:
    """Rows of laces over the instep between heights `low` and `high` of the loft, often with a bow."""
    laces = pick(rng, "plain", LACE_COLOURS)
    rows, reach = rng.randint(max(3, most // 2), most), rng.uniform(0.04, 0.075)
    levels = np.linspace(low, high, rows)
    thick = rng.uniform(0.014, 0.026)
    places = np.stack([loft.at(loft.across(float(v), reach, 3), v) for v in levels]) + UP * 0.006
    for side in (0, 2):
        edge = places[:, side]
        stage.line(np.concatenate([edge[:1] * 1.5 - edge[1:2] * 0.5, edge, edge[-1:]]), shade.darker(0.6), width=0.008,
                   part="facing", ink=0.7)  # fmt: skip
    if rng.random() < 0.4:
        for row in range(rows - 1):
            stage.line(places[[row, row, row + 1], [0, 1, 2]], laces, width=thick, part="laces", ink=0.75)
            stage.line(places[[row, row, row + 1], [2, 1, 0]], laces, width=thick, part="laces", ink=0.6)
    else:
        for place in places:
            stage.line(place, laces, width=thick, part="laces", ink=0.75)
    if rng.random() < 0.55:
        add_lace_bow(stage, places[-1, 1], laces)
    stage.scene.say(f"{laces.short(rng)} laces", f"{laces.short(rng)} laces", "lace up", "laces", "with laces")


def add_lace_bow(stage: Stage, knot: Points, laces: Material) -> None:
    """Two loops and two ends."""
    for side in (-1, 1):
        loop = [
            knot,
            knot + np.array([0.02 * side, side * 0.09, 0.045]),
            knot + np.array([-0.03, side * 0.12, -0.02]),
            knot,
        ]
        stage.line(smooth_path(loop, 4), laces, width=0.015, part="bow", ink=0.8)
        end = [knot, knot + np.array([-0.03, side * 0.05, -0.05]), knot + np.array([-0.05, side * 0.09, -0.11])]
        stage.line(smooth_path(end, 4), laces, width=0.015, part="bow", ink=0.5)


def add_saddle(
    stage: Stage, loft: Loft, low: float, high: float, width: float, material: Material, *, part: str,
    ink: float = 0.9,
) -> None:  # fmt: skip
    """A band over the instep between heights `low` and `high` of the loft, `width` wide to both sides."""
    front = loft.at(loft.across(low, width, 9)[::-1], low)
    rear = loft.at(loft.across(high, width, 9)[::-1], high)
    stage.strip(front + UP * 0.006, rear + UP * 0.006, material, part=part, ink=ink)


def add_toe_piece(
    stage: Stage, loft: Loft, reach: float, depth: float, material: Material, *, part: str, ink: float = 0.85
) -> None:
    """A piece around the toe: along the sole as far as x = `reach`, over the toe up to height `depth`."""
    t = np.linspace(-1, 1, 17)
    u = reach * np.sign(t) * np.abs(t) ** 1.5
    rise = depth * (1 - np.abs(t) ** 2.4)
    stage.strip(loft.at(u, rise), loft.at(u, 0.0), material, part=part, ink=ink)


def seam(stage: Stage, loft: Loft, u: Points, v: Points, material: Material, *, ink: float = 0.6) -> None:
    """A line of stitches."""
    stage.on(loft, u, v, material.darker(0.55), width=0.007, part="seam", ink=ink)


def add_patch(
    stage: Stage, loft: Loft, corners: list[tuple[float, float]], material: Material, *, part: str, ink: float = 0.75
) -> None:
    """A flat piece on the near side, through corners (u, v)."""
    ring = np.array([*corners, corners[0]], np.float64)
    t = np.linspace(0, len(corners), 4 * len(corners), endpoint=False)
    at = np.arange(len(ring))
    outline = loft.at(np.interp(t, at, ring[:, 0]), np.interp(t, at, ring[:, 1]))
    stage.fill(outline, material, part=part, ink=ink, flat=True)


def add_stripes(stage: Stage, rng: random.Random, loft: Loft) -> None:
    """A sign on the near side: bars, a swoosh, a star, a cross."""
    mark = pick(rng, "plain", tuple(COLOURS))
    x = rng.uniform(0.42, 0.52)
    form = rng.choice(("bars", "swoosh", "star", "cross"))
    if form == "bars":
        for bar in range(rng.randint(2, 4)):
            left = x + 0.06 * bar
            add_patch(stage, loft, [(left, 0.1), (left + 0.035, 0.1), (left, 0.85), (left - 0.035, 0.85)], mark,
                      part="stripes")  # fmt: skip
    elif form == "swoosh":
        add_patch(stage, loft, [(0.36, 0.45), (0.42, 0.2), (0.5, 0.15), (0.86, 0.7), (0.54, 0.35), (0.45, 0.4)], mark,
                  part="stripes")  # fmt: skip
    elif form == "star":
        middle = loft.at(0.62, 0.5)
        turn = np.linspace(0, 2 * np.pi, 12, endpoint=False)
        disc = middle + 0.05 * np.stack([np.cos(turn), 0 * turn, np.sin(turn)], axis=1)
        stage.fill(disc, mark, part="stripes", ink=0.6, flat=True)
    else:
        for start, end in ((0.1, 0.85), (0.85, 0.1)):
            stage.on(loft, np.linspace(x, x + 0.2, 6), np.linspace(start, end, 6), mark, width=0.03, part="stripes",
                     ink=0.65)  # fmt: skip
    colour = mark.short(rng)
    stage.scene.say(
        f"{colour} stripes" if form == "bars" else f"{colour} logo", f"{colour} logo", f"{colour} details",
        f"with {colour} trim", f"{colour} accents",
    )  # fmt: skip


def add_collar(stage: Stage, loft: Loft, deep: float, material: Material, *, part: str = "cuff") -> None:
    """A trim around the opening, `deep` along the loft."""
    ring = np.concatenate([loft.rim, loft.rim[:1]])
    out = np.array([0.5 * (loft.rim[0, 0] + loft.rim[HALF, 0]), 0.0, 0.0])
    middle = (ring - out) * (1.06, 1.12, 1) + out + UP * 0.012
    stage.strip(middle, middle - UP * deep, material, part=part, inner=material.darker(0.85), ink=0.85)

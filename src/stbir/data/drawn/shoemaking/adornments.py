"""Small things on a surface: stitches, studs, crystals, holes, gathers, woven strips, perforated lines."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from stbir.data.drawn.curves import Points
from stbir.data.drawn.materials import Material, metal, pick
from stbir.data.drawn.shoemaking.fabrics import Fabrics
from stbir.data.drawn.shoemaking.last import UP
from stbir.data.drawn.shoemaking.loft import Loft
from stbir.data.drawn.shoemaking.stage import Stage

Surface: TypeAlias = Callable[[Points, Points], Points]
"""Maps places across (0 near, 1 far) and along (0 front, 1 rear) to points in space."""

_TURN = np.linspace(0, 2 * np.pi, 9, endpoint=False)
_T = np.linspace(0.02, 0.8, 12)


def vamp(loft: Loft, reach: float, low: float, high: float) -> Surface:
    """The front of an upper, as far as `reach` along both sides, between two heights of the loft."""
    return lambda across, along: loft.at(reach * (1 - 2 * across), low + (high - low) * along)


def adorn(stage: Stage, rng: random.Random, surface: Surface, materials: Fabrics, *, rich: float = 1.0) -> None:
    """Put one random kind of adornment on a surface, or none; `rich` scales how often there is one."""
    if rng.random() > 0.75 * rich:
        return
    rng.choices((stitches, studs, holes, gathers, weave, cut_outs), (4, 2, 2, 2, 1, 2))[0](
        stage, rng, surface, materials
    )


def thread(rng: random.Random, main: Material) -> Material:
    """Yarn for stitches: often darker leather, else white, natural or coloured."""
    if sum(main.rgb) > 200 and rng.random() < 0.6:
        return main.darker(0.5)
    return pick(rng, "plain", ("white", "cream", "beige", "black", "tan", "yellow", "red", "brown"))


def stitches(stage: Stage, rng: random.Random, surface: Surface, materials: Fabrics) -> None:
    """Lines of stitches along both edges."""
    yarn = thread(rng, materials.main)
    for along in (0.12, 0.88):
        stage.line(surface(_T, np.full_like(_T, along)), yarn, width=0.008, part="stitching", ink=0.35)
    shade = yarn.short(rng) if yarn.colour != materials.main.colour else "tonal"
    stage.scene.say(f"{shade} stitching", "stitching", f"{shade} stitches", "stitched edge", "stitched edges")


def studs(stage: Stage, rng: random.Random, surface: Surface, materials: Fabrics) -> None:
    """Rows of metal studs, or of crystals that sparkle in many colours."""
    gems = rng.random() < 0.35
    tone = metal(rng, rng.choice(("silver", "gold"))) if not gems else pick(rng, "plain", ("white", "turquoise", "red"))
    size = rng.uniform(0.007, 0.014)
    for place in _grid(rng.randint(3, 7), rng.randint(1, 3), surface):
        _dot(stage, place, size, tone, part="stud", ink=0.4)
    shade = tone.short(rng)
    if gems:
        stage.scene.say("crystals", "jewels", "with crystals", f"{shade} stones", "beads", "rhinestones")
    else:
        stage.scene.say(f"{shade} studs", "studs", "metal studs", "with studs", "studded", "rivets")


def holes(stage: Stage, rng: random.Random, surface: Surface, materials: Fabrics) -> None:
    """Small round perforations."""
    dark = materials.main.darker(0.35)
    for place in _grid(rng.randint(4, 8), rng.randint(2, 3), surface):
        _dot(stage, place, 0.007, dark, part="perforation", ink=0.3)
    stage.scene.say("perforations", "perforated", "with perforations", "small holes", "punched holes")


def cut_outs(stage: Stage, rng: random.Random, surface: Surface, materials: Fabrics) -> None:
    """Large openings through which one sees the inside."""
    inside = materials.lining.darker(0.75)
    count, half = rng.randint(2, 5), rng.uniform(0.05, 0.075)
    slim, tall = (0.5, 0.36) if rng.random() < 0.5 else (0.9, 0.24)
    for across in np.linspace(0.14, 0.66, count):
        reach = min(half, 0.24 / count)
        outline = surface(across + slim * reach * 1.4 * np.cos(_TURN), 0.5 + tall * np.sin(_TURN))
        stage.fill(outline, inside, part="cut out", ink=0.75, edge=0.6, flat=True)
    stage.scene.say("cut outs", "with cut outs", "cut out", "cut-out leather", "openwork")


def gathers(stage: Stage, rng: random.Random, surface: Surface, materials: Fabrics) -> None:
    """Folds from side to side, each a dark line below a light one."""
    t = np.linspace(0.02, 0.75, 9)
    for along in np.linspace(0.2, 0.8, rng.randint(2, 4)):
        bend = along + rng.uniform(-0.1, 0.1) * np.sin(3 * t) + rng.uniform(-0.05, 0.05)
        stage.line(surface(t, bend + 0.05), materials.main.darker(1.3), width=0.012, part="fold", ink=0.0)
        stage.line(surface(t, bend), materials.main.darker(0.6), width=0.01, part="fold", ink=0.55)
    stage.scene.say("ruched", "gathered", "pleated", "ruched vamp", "pleats")


def weave(stage: Stage, rng: random.Random, surface: Surface, materials: Fabrics) -> None:
    """Strips over and under each other, aslant."""
    dark, t = materials.main.darker(0.5), np.linspace(0.0, 1.0, 4)
    for start in np.linspace(0.05, 0.6, rng.randint(4, 6)):
        for lean in (0.15, -0.15):
            stage.line(surface(start + lean * (t - 0.5), t), dark, width=0.01, part="weave", ink=0.45)
    stage.scene.say("woven", "braided", "woven vamp", "interwoven straps", "lattice")


def knot(stage: Stage, place: Points, size: float, material: Material) -> None:
    """Where a strap is tied or twisted."""
    turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    ball = np.stack([0.7 * np.cos(turn), np.sin(turn), 0.55 * np.cos(turn - 0.7)], axis=1)
    stage.fill(place + size * ball, material.darker(1.12), part="knot", ink=0.9)
    stage.line(place + size * ball[2:9] * 0.55, material.darker(0.6), width=0.01, part="knot", ink=0.4)
    stage.scene.say("knot", "knotted", "knotted strap", "twisted", "twist front")


def brogue(stage: Stage, rng: random.Random, loft: Loft, main: Material) -> None:
    """A toe cap, straight or winged, with perforated edges."""
    t, dark = np.linspace(-0.7, 1.0, 19), main.darker(0.4)
    winged = rng.random() < 0.6
    reach = rng.uniform(0.32, 0.4) if winged else rng.uniform(0.17, 0.22)
    v = 0.72 - 0.62 * np.abs(t) ** 0.7 if winged else 0.5 * (1 - t**2)
    stage.on(loft, reach * t, v, dark, width=0.008, part="seam", ink=0.8)
    for place in loft.at(reach * t[4::1], v[4::1] - 0.05):
        _dot(stage, place, 0.006, dark, part="perforation", ink=0.2)
    names = ("wingtip", "brogue", "wing tip") if winged else ("cap toe", "brogue", "perforated toe cap")
    stage.scene.say(*names, "brogue leather", "perforated", "brogue details")


def _grid(columns: int, rows: int, surface: Surface) -> Points:
    across, along = np.meshgrid(np.linspace(0.12, 0.66, columns), np.linspace(0, 1, rows + 2)[1:-1])
    return surface(across.ravel(), along.ravel())


def _dot(stage: Stage, place: Points, size: float, material: Material, *, part: str, ink: float) -> None:
    centre = stage.see((place + 0.004 * UP)[None])[0]
    disc = centre + size * np.stack([np.cos(_TURN), np.sin(_TURN)], axis=1)
    stage.scene.fill(disc, material, part=part, ink=ink, edge=0.4, flat=True)

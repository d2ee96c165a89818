"""Seats to lie back in: padded recliners with their footstools, bent wood loungers, beach and garden slings."""

from __future__ import annotations

import math
import random

import numpy as np
import numpy.typing as npt

from stbir.data.drawn.materials import Material, metal, pick, wood
from stbir.data.drawn.phrases import made_of
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.seating.backs import back_panel
from stbir.data.drawn.seating.covers import cover_of, tubing
from stbir.data.drawn.seating.legs import Seat, stand_on_disc, stand_on_star
from stbir.data.drawn.seating.view import seat_camera
from stbir.data.drawn.solids import Solids, smooth_path

Points = npt.NDArray[np.float64]


def build_recliner(rng: random.Random) -> Scene:
    """A thickly padded swivel chair that leans back, perhaps with a footstool in front."""
    cover = cover_of(rng, *("leather",) * 8)
    base = wood(rng) if rng.random() < 0.35 else metal(rng, rng.choice(("black", "chrome", "silver", "dark grey")))
    seat = Seat(rng.uniform(0.23, 0.28), rng.uniform(0.23, 0.28), rng.uniform(0.3, 0.38), rng.uniform(0.6, 0.75), 0.25)
    solids = Solids(seat_camera(rng), strokes=False)
    names = ("recliner", "recliner chair", "swivel recliner", "reclining armchair", "relax chair", "armchair")
    scene = Scene("chair", names, cover)
    if rng.random() < 0.75:
        stand_on_disc(rng, solids, seat, base)
        scene.say("round base", "disc base", "swivel base")
    else:
        stand_on_star(rng, solids, seat, base, castors=False, arms=rng.choice((4, 5)))
        scene.say("star base", "swivel base")
    w, d, h = seat.width, seat.depth, seat.height
    thick = rng.uniform(0.12, 0.18)
    solids.cushion((0, -0.02, h + thick / 2), (2.05 * w, 2.2 * d, thick), cover, "seat", roundness=0.3, bias=-0.02)
    back_panel(rng, solids, seat, cover, form="soft", width=w, height=seat.back + 0.08, lift=0.04, thickness=0.12,
               bias=0.05)  # fmt: skip
    panels = rng.choice((2, 3, 3))
    for index in range(panels):
        up = 0.08 + seat.back * (index + 0.55) / panels
        size = (w * 1.85, seat.back / panels * 0.97, 0.1)
        solids.cushion((0, seat.back_y(up) - 0.03, h + up), size, cover, f"back{index}", tilt=math.radians(70),
                       roundness=0.3, bias=-0.01)  # fmt: skip
    _padded_rests(rng, solids, scene, seat, cover, base)
    scene.say("reclined back", "reclining", "high back", "padded back", "thick padding")
    scene.say(*made_of(rng, base, "base"))
    if rng.random() < 0.35:
        _footstool(rng, solids, seat, cover, base)
        scene.say("with footstool", "footstool", "matching ottoman", "with ottoman")
    solids.emit(scene)
    return scene


def _padded_rests(
    rng: random.Random, solids: Solids, scene: Scene, seat: Seat, cover: Material, base: Material
) -> None:
    rise = rng.uniform(0.24, 0.3)
    bent = base.texture == "wood" and rng.random() < 0.6
    for side in (-1, 1):
        near = -0.1 if side * math.sin(solids.camera.azimuth) > 0 else 0.02
        x, top = side * seat.width * 1.16, seat.height + rise
        rear = (x, seat.back_y(rise) * 0.9, top - 0.02)
        path = [(x * 0.92, 0.05, seat.height), (x, -seat.depth * 0.8, top - 0.12), (x, -seat.depth * 0.6, top), rear]
        solids.tube(smooth_path(path, 3), 0.022, base if bent else cover.darker(0.85), f"arm post{side}", bias=near)
        size = (0.09, seat.depth * 1.7, 0.06)
        solids.cushion((x, -0.02, top + 0.02), size, cover, f"arm{side}", roundness=0.4, bias=near - 0.04)
    scene.say("padded arms", "arms", "with arms", "armrests")


def _footstool(rng: random.Random, solids: Solids, seat: Seat, cover: Material, base: Material) -> None:
    ahead, high, half = -seat.depth - rng.uniform(0.28, 0.4), rng.uniform(0.2, 0.28), seat.width * 0.85
    for x in (-half * 0.7, half * 0.7):
        for y in (ahead + 0.12, ahead - 0.12):
            solids.rod((x, y, high), (x, y, 0), 0.02, base, "foot", bias=0.1)
    solids.cushion((0, ahead, high + 0.05), (2 * half, 0.36, 0.13), cover, "cushion", roundness=0.3, bias=-0.3)


def build_sling(rng: random.Random) -> Scene:
    """One sweep of cloth, cord or slats from the knees to the head: on bent wood, on low tubes or on crossed rails."""
    kind = rng.choice(("bent", "bent", "beach", "rails", "rails"))
    frame = tubing(rng) if kind == "beach" else wood(rng)
    cover = cover_of(rng)
    slatted = kind == "rails" and rng.random() < 0.6
    if slatted and rng.random() < 0.7:
        cover = frame
    w, d = rng.uniform(0.23, 0.29), rng.uniform(0.25, 0.31)
    h = rng.uniform(0.14, 0.2) if kind == "beach" else rng.uniform(0.32, 0.4)
    rise, reach = rng.uniform(0.5, 0.7), rng.uniform(0.18, 0.36)
    solids = Solids(seat_camera(rng, height=0.4), strokes=rng.random() < 0.6)
    named = {
        "bent": ("lounge chair", "armchair", "easy chair", "high-back lounge armchair"),
        "beach": ("beach chair", "low folding beach chair", "folding chair", "camping chair"),
        "rails": ("folding lounge chair", "garden chair", "reclining garden chair", "deck chair", "folding chair"),
    }
    scene = Scene("chair", named[kind], cover)
    knots = [(-d * 1.05, h + 0.05), (-d * 0.3, h + 0.03), (d * 0.7, h - 0.03), (d * 1.05, h + 0.12)]
    sweep = [*knots, (d + reach * 0.6, h + rise * 0.6), (d + reach, h + rise)]
    side = smooth_path([(-w, y, z) for y, z in sweep], 3)
    _cloth(rng, solids, scene, side, 2 * w, cover, slatted=slatted)
    _stand(rng, solids, kind, (w, d, h), (float(reach), float(rise)), frame)
    if kind == "bent":
        scene.say("bent wood arms", "curved wooden arms", "bentwood frame", "arms")
    elif kind == "beach":
        scene.say("low seat", "folding", "low to the ground")
    else:
        scene.say("folding", "foldable", "crossed legs", "x legs")
    scene.say(*made_of(rng, frame, "frame", "legs"))
    solids.emit(scene)
    return scene


def _cloth(
    rng: random.Random, solids: Solids, scene: Scene, side: Points, width: float, cover: Material, *, slatted: bool
) -> None:
    """The seat and the back in two pieces that meet at the bend; slats or seams run across them."""
    bend = len(side) // 2
    thick = rng.uniform(0.01, 0.06)
    for part, piece in (("seat", side[: bend + 1]), ("back", side[bend:])):
        shade = 1.0 if part == "seat" else 0.95
        if slatted:
            for index in range(0, len(piece) - 1):
                slat = np.array([piece[index], piece[index] * 0.25 + piece[index + 1] * 0.75])
                solids.strip(slat, (width, 0, 0), cover.darker(shade), f"slat{index}", ink=0.8)
            continue
        solids.strip(piece - [0, 0, thick], (width, 0, 0), cover.darker(0.65), part, bias=0.03)
        solids.strip(piece, (width, 0, 0), cover.darker(shade), part)
    if slatted:
        scene.say("slats", "slatted", "slatted seat and back", "horizontal slats")
    elif rng.random() < 0.4:
        tip, low = side[-1], side[-4]
        solids.strip([low, tip], (width, 0, 0), cover.darker(1.1), "headrest", bias=-0.06)
        scene.say("headrest", "head pillow", "neck cushion")


def _stand(
    rng: random.Random,
    solids: Solids,
    kind: str,
    at: tuple[float, float, float],
    lean: tuple[float, float],
    frame: Material,
) -> None:
    w, d, h = at
    reach, rise = lean
    radius = rng.uniform(0.008, 0.013) if kind == "beach" else rng.uniform(0.014, 0.024)
    for side in (-1, 1):
        x = side * w * 1.06
        near = -0.12 if side * math.sin(solids.camera.azimuth) > 0 else 0.2
        top = h + rng.uniform(0.19, 0.21)
        rear = (x, d + reach * 0.35, h + rise * 0.36)
        if kind == "rails":
            solids.rod((x, -d * 1.1, h + 0.03), (x, d * 1.6, 0), radius, frame, f"leg{side}", bias=near)
            solids.rod((x, -d * 1.1, 0), (x, d + reach, h + rise), radius, frame, f"post{side}", bias=near + 0.02)
            if w * 100 % 2 < 1:
                solids.strip([(x, -d, top), rear], (side * 0.06, 0, 0), frame, f"arm{side}", bias=near - 0.05)
                solids.rod((x, -d * 0.9, h), (x, -d * 0.9, top), radius, frame, f"arm post{side}", bias=near)
            continue
        if kind == "beach":
            solids.rod((x, -d * 0.7, h), (x, d * 0.9, 0), radius, frame, f"leg{side}", bias=near)
            solids.rod((x, d * 0.9, h), (x, -d * 0.9, 0), radius, frame, f"leg{side}", bias=near)
            pad = pick(rng, "plastic", "black")
            solids.tube(smooth_path([(x, -d, h), (x, -d * 0.5, top), rear]), 0.016, pad, f"arm{side}", bias=near - 0.03)
            continue
        bow = [(x, -d * 1.05, 0), (x, -d, h), (x, -d * 0.75, top), (x, d * 0.4, top), (x, d * 1.1, top * 0.85)]
        solids.strip(smooth_path(bow, 3), (side * 0.05, 0, 0), frame, f"arm{side}", bias=near)
        solids.rod((x, d * 0.5, top), (x, d * 1.1, 0), radius, frame, f"leg{side}", bias=near + 0.04)
    solids.rod((-w, d * 1.0, 0.03), (w, d * 1.0, 0.03), radius, frame, "stretcher", bias=0.3)

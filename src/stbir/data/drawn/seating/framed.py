"""Chairs with an open frame: dining, folding, rocking and garden chairs, bar stools, stools."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import numpy as np

from stbir.data.drawn.materials import Material, pick, wood
from stbir.data.drawn.phrases import made_of
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.seating.backs import FRAMED, back_panel, framed_back
from stbir.data.drawn.seating.covers import cover_of, tinted, tubing
from stbir.data.drawn.seating.legs import (
    Seat,
    stand_on_crossed_legs,
    stand_on_disc,
    stand_on_legs,
    stand_on_sled,
    stand_on_star,
)
from stbir.data.drawn.seating.view import seat_camera
from stbir.data.drawn.solids import Solids, smooth_path


def build_framed(rng: random.Random, kind: str) -> Scene:
    """A chair of the `kind` dining, bar, folding or rocking."""
    frame = wood(rng) if rng.random() < (0.78 if kind != "folding" else 0.45) else tubing(rng)
    if rng.random() < 0.14:
        frame = tinted(rng, ("plastic", "plain"))
    cover = cover_of(rng)
    padded = rng.random() < 0.48
    seat = _measures(rng, kind)
    solids = Solids(seat_camera(rng, height=0.45 if kind != "bar" else 0.6), strokes=rng.random() < 0.75)
    main = cover if padded and rng.random() < 0.3 else frame
    scene = Scene("chair", _names(kind, frame), main)
    radius = rng.uniform(0.011, 0.028) if frame.texture == "wood" else rng.uniform(0.008, 0.018)
    if kind == "folding":
        stand_on_crossed_legs(rng, solids, seat, frame, radius=radius * 0.85, tall=seat.back)
        if seat.height > 0.5:
            scene.names = ("folding bar stool", "folding bar chair", *scene.names[:2])
        scene.say("folding", "foldable", "crossed legs", "folding legs")
    else:
        splay = rng.uniform(0.0, 0.1) if rng.random() < (0.7 if kind == "bar" else 0.5) else 0.0
        stand_on_legs(rng, solids, seat, frame, radius=radius, splay=splay, lift=0.06 if kind == "rocking" else 0.0)
    if kind == "rocking":
        rockers(rng, solids, seat, frame)
        scene.say("rockers", "curved runners", "rocking base", "with rockers")
    add_seat(rng, solids, seat, cover if padded else frame, frame, padded=padded)
    form = rng.choice((*FRAMED, *("panel",) * 6, "ladder", "ladder") if kind == "folding" else FRAMED)
    back = cover if padded or rng.random() < 0.25 else frame
    framed_back(rng, solids, scene, seat, frame, back, form=form, radius=radius, posts=kind != "folding")
    if form in ("slat", "ladder", "spindle", "cross"):
        scene.names += (f"{form}-back chair", f"{form}-back {scene.names[1]}")
    if rng.random() < (0.8 if kind == "rocking" else 0.3) and kind != "folding":
        add_arms(rng, solids, seat, frame, radius=radius)
        scene.say("arms", "with arms", "armrests", "open arms")
        scene.names += ("armchair", "chair with arms")
    if padded:
        scene.say(*made_of(rng, cover, "seat", "cushion", "seat pad", "seat cushion"))
    scene.say(*made_of(rng, frame, "legs", "frame"))
    solids.emit(scene)
    return scene


def build_stool(rng: random.Random) -> Scene:
    """A stool without a back, low or as high as a bar; or an upholstered footstool or bench."""
    tall = rng.random() < 0.4
    height = rng.uniform(0.58, 0.78) if tall else rng.uniform(0.3, 0.46)
    wide = rng.uniform(0.3, 0.6) if not tall and rng.random() < 0.3 else rng.uniform(0.15, 0.24)
    seat = Seat(wide, min(wide, rng.uniform(0.15, 0.24)), height, 0.1, 0.0)
    frame = wood(rng) if rng.random() < 0.6 else tubing(rng)
    cover = cover_of(rng) if rng.random() < 0.6 else (frame if rng.random() < 0.5 else pick(rng, "plastic"))
    solids = Solids(seat_camera(rng, height=height / 2), strokes=rng.random() < 0.75)
    bench = wide > 0.3
    names = ("bench", "footstool", "ottoman", "upholstered bench") if bench else ("stool", "footstool", "small stool")
    if tall:
        names = ("bar stool", "stool", "high stool", "counter stool")
    scene = Scene("chair", names, cover)
    turned = seat.width == seat.depth and rng.random() < 0.6
    base = rng.random()
    if turned and base < 0.25:
        stand_on_disc(rng, solids, seat, frame)
    elif turned and base < 0.35:
        stand_on_star(rng, solids, seat, frame)
    elif base < 0.5:
        stand_on_sled(rng, solids, seat, frame, radius=rng.uniform(0.007, 0.014))
    else:
        splay = rng.uniform(0.0, 0.1)
        radius = rng.uniform(0.011, 0.026)
        under = replace(seat, width=seat.width * 0.72, depth=seat.depth * 0.72) if turned else seat
        stand_on_legs(rng, solids, under, frame, radius=radius, splay=splay, count=rng.choice((4, 4, 3)))
    thick = rng.uniform(0.03, 0.2 if not tall else 0.08)
    size = (seat.width * 2.15, seat.depth * 2.15, thick)
    if turned:
        solids.cushion((0, 0, height + thick / 2), size, cover, "seat", roundness=1.0, seam=0.7)
        scene.say("round seat", "round", "circular seat")
    elif rng.random() < 0.4:
        solids.box((0, 0, height + thick / 2), size, cover, "seat")
        scene.say("square seat" if not bench else "long seat", "flat top")
    else:
        solids.cushion((0, 0, height + thick / 2), size, cover, "seat", roundness=rng.uniform(0.2, 0.5))
        scene.say("padded seat", "upholstered seat", "cushioned seat")
    scene.say(*made_of(rng, frame, "legs", "base", "frame"))
    solids.emit(scene)
    return scene


def build_lounger(rng: random.Random) -> Scene:
    """A light chair of bent tube: cantilever, sling or easy chair with seat and back in one sweep."""
    frame = tubing(rng) if rng.random() < 0.7 else wood(rng)
    cover = cover_of(rng)
    if rng.random() < 0.1:
        frame = cover
    easy = rng.random() < 0.45
    high = rng.uniform(0.28, 0.36) if easy else rng.uniform(0.42, 0.48)
    rake = rng.uniform(0.2, 0.34) if easy else rng.uniform(0.06, 0.16)
    seat = Seat(rng.uniform(0.23, 0.31), rng.uniform(0.23, 0.3), high, rng.uniform(0.4, 0.6), rake)
    solids = Solids(seat_camera(rng), strokes=rng.random() < 0.8)
    names = ("lounge chair", "easy chair", "armchair") if easy else ("cantilever chair", "chair", "visitor chair")
    scene = Scene("chair", names, cover)
    radius, w, d = rng.uniform(0.009, 0.019), seat.width, seat.depth
    arms = rng.random() < 0.5
    sled = rng.random() < 0.5
    for side in (-1, 1):
        x = side * w * 1.03
        top = (x, seat.back_y(seat.back), high + seat.back)
        if sled:
            path = [(x, d, 0.02), (x, d * 0.9, 0.012), (x, -d, 0.012), (x, -d * 1.1, 0.07), (x, -d, high), (x, d, high)]
            solids.tube(path, radius, frame, f"leg{side}", bias=0.12)
            solids.rod((x, d, high), top, radius, frame, f"post{side}", bias=0.02)
        else:
            solids.rod((x, -d * 0.6, high + 0.02), (x, d * 1.25, 0), radius, frame, f"leg{side}", bias=0.2)
            solids.rod((x, d * 0.5, high), (x, -d * 1.1, 0), radius, frame, f"leg{side}", bias=0.2)
        if arms:
            near, far = (x * 1.06, -d, high + 0.2), (x * 1.06, seat.back_y(0.22), high + 0.22)
            solids.rod((x * 1.04, -d, high * 0.9), near, radius, frame, f"arm{side}", bias=-0.03)
            solids.strip([near, far], (side * 0.05, 0, 0), frame, f"arm{side}", bias=-0.05)
    solids.rod((-w, d, 0.012), (w, d, 0.012), radius, frame, "stretcher", bias=0.3)
    solids.cushion((0, -0.01, high + 0.03), (w * 2.02, d * 2.1, rng.uniform(0.03, 0.1)), cover, "seat", bias=-0.03)
    width = w * rng.uniform(0.9, 1.0)
    back_panel(rng, solids, seat, cover, form=rng.choice(("rect", "soft", "soft")), width=width, height=seat.back,
               lift=0.03, thickness=rng.uniform(0.02, 0.07), bias=-0.01, scene=scene)  # fmt: skip
    if arms:
        scene.say("arms", "with arms", "open arms", "armrests")
    scene.say(*made_of(rng, frame, "frame", "legs", "base"))
    solids.emit(scene)
    return scene


def add_seat(rng: random.Random, solids: Solids, seat: Seat, cover: Material, frame: Material, *, padded: bool) -> None:
    """A board, a drop-in pad, a cushion on a board, a round seat, or a seat of slats."""
    w, d, h = seat.width * 2.1, seat.depth * 2.1, seat.height
    thick = rng.uniform(0.02, 0.05)
    form = rng.random()
    if padded and form < 0.5:
        solids.box((0, 0, h), (w, d, thick), frame, "seat", bias=0.02)
        solids.cushion((0, 0, h + thick), (w * 0.97, d * 0.97, thick * 1.6), cover, "cushion", bias=-0.05)
    elif padded:
        round_seat = rng.choice((0.25, 0.4, 0.9))
        solids.cushion((0, 0, h + 0.01), (w, d, thick * 2), cover, "seat", roundness=round_seat, bias=-0.02)
    elif form < 0.25:
        solids.cushion((0, 0, h), (w, d, thick), cover, "seat", roundness=rng.uniform(0.5, 1.0), bias=-0.02)
    elif form < 0.45:
        count = rng.randint(4, 7)
        for index, y in enumerate(np.linspace(-d / 2, d / 2, count, endpoint=False)):
            size = (w, d / count * 0.78, thick * 0.8)
            solids.box((0, y + d / count / 2, h), size, cover, f"seat slat{index}", ink=0.85)
    else:
        solids.box((0, 0, h), (w, d, thick), cover, "seat", bias=-0.02)
    if form > 0.7:
        solids.box((0, 0, h - 0.045), (w * 0.9, d * 0.9, 0.05), frame, "apron", bias=0.06)


def add_arms(rng: random.Random, solids: Solids, seat: Seat, frame: Material, *, radius: float) -> None:
    """Arms on posts: straight boards, or one bent bar."""
    w, d, h = seat.width, seat.depth, seat.height
    rise = rng.uniform(0.16, 0.25)
    bent = rng.random() < 0.4
    for side in (-1, 1):
        near = -0.05 if side * math.sin(solids.camera.azimuth) > 0 else 0.0
        back = (side * w * 0.98, seat.back_y(rise), h + rise * 1.05)
        if bent:
            corner = (side * w * 1.2, -d * 0.75, h + rise)
            path = smooth_path([(side * w, -d * 0.65, h), corner, (side * w * 1.18, d * 0.2, h + rise * 1.1), back], 4)
            solids.tube(path, radius, frame, f"arm{side}", bias=near)
        else:
            tip = (side * w * 1.1, -d * rng.uniform(0.75, 1.05), h + rise)
            solids.rod((side * w * 1.06, -d * 0.75, h), tip, radius, frame, f"arm post{side}", bias=near)
            solids.strip([tip, back], (side * rng.uniform(0.03, 0.06), 0, 0), frame, f"arm{side}", bias=near - 0.02)


def rockers(rng: random.Random, solids: Solids, seat: Seat, frame: Material) -> None:
    """Two curved runners."""
    t = np.linspace(-1, 1, 9)
    reach = seat.depth + rng.uniform(0.1, 0.22)
    for side in (-1, 1):
        path = np.column_stack([np.full(9, side * seat.width), t * reach, 0.015 + 0.09 * t * t])
        solids.strip(path, (0, 0, 0.035), frame, f"rocker{side}", bias=0.25)


def _measures(rng: random.Random, kind: str) -> Seat:
    high = kind == "bar" or (kind == "folding" and rng.random() < 0.2)
    height = rng.uniform(0.58, 0.76) if high else rng.uniform(0.41, 0.48)
    back = rng.uniform(0.15, 0.38) if high else rng.uniform(0.34, 0.66)
    least, most = (0.15, 0.22) if high else (0.18, 0.25)
    return Seat(rng.uniform(least, most), rng.uniform(least, most), height, back, rng.uniform(0.02, 0.17))


def _names(kind: str, frame: Material) -> tuple[str, ...]:
    made = "wooden chair" if frame.texture == "wood" else "metal chair"
    return {
        "dining": ("chair", "dining chair", "kitchen chair", "side chair", made),
        "rocking": ("rocking chair", "rocker", "wooden rocking chair"),
        "bar": ("bar stool", "bar chair", "high stool", "bar stool with back", "counter stool"),
        "folding": ("folding chair", "fold up chair", "foldable chair", "garden chair"),
    }[kind]

"""The rest of what one sits on: parsons and director's chairs, loungers, high chairs, bean bags, steps."""

from __future__ import annotations

import math
import random

import numpy as np

from stbir.data.drawn.lathe import Lathe, turned
from stbir.data.drawn.materials import metal, pick, wood
from stbir.data.drawn.phrases import made_of
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.seating.backs import back_panel
from stbir.data.drawn.seating.covers import cover_of, tubing
from stbir.data.drawn.seating.legs import Seat, stand_on_legs, stand_on_trestle
from stbir.data.drawn.seating.view import seat_camera
from stbir.data.drawn.solids import Mark, Solids, smooth_path


def build_parsons(rng: random.Random) -> Scene:
    """A fully upholstered dining chair on four legs, perhaps with solid arms or a skirt down to the floor."""
    cover, frame = cover_of(rng), wood(rng)
    arms, skirt = rng.random() < 0.4, rng.random() < 0.2
    names = (
        ("dining armchair", "upholstered chair", "armchair") if arms else ("dining chair", "upholstered chair", "chair")
    )
    seat = Seat(rng.uniform(0.21, 0.27), rng.uniform(0.22, 0.27), rng.uniform(0.34, 0.4), rng.uniform(0.35, 0.6), 0.1)
    thick = rng.uniform(0.08, 0.14)
    if not arms and rng.random() < 0.4:
        names = ("slipper chair", "armless chair", "accent chair", "lounge chair")
        seat = Seat(rng.uniform(0.26, 0.33), rng.uniform(0.26, 0.31), rng.uniform(0.2, 0.3), seat.back, 0.12)
        thick = rng.uniform(0.12, 0.18)
    solids = Solids(seat_camera(rng), strokes=rng.random() < 0.5)
    scene = Scene("chair", names, cover)
    w, d, h = seat.width, seat.depth, seat.height
    if skirt:
        solids.box((0, 0, h / 2), (2.05 * w, 2.05 * d, h), cover, "skirt", taper=1.06, bias=0.1)
        for x in (-0.93, 0.93):
            solids.line([(x * w * 1.08, -d * 1.08, 0.01), (x * w, -d * 1.03, h)], cover.darker(0.7), "skirt", bias=-0.3)
        scene.say("skirted", "skirt to the floor", "loose cover", "slipcover")
    else:
        stand_on_legs(
            rng, solids, seat, frame, radius=rng.uniform(0.016, 0.028), splay=rng.uniform(0, 0.04), tied=False
        )
        scene.say(*made_of(rng, frame, "legs"))
    solids.cushion((0, 0, h + thick / 2), (2.08 * w, 2.08 * d, thick), cover, "seat", roundness=0.18, bias=-0.02)
    form = rng.choice(("rect", "soft", "arch", "round", "waist"))
    back_panel(
        rng,
        solids,
        seat,
        cover,
        form=form,
        width=w * rng.uniform(0.95, 1.02),
        height=seat.back + thick,
        lift=0.01,
        thickness=rng.uniform(0.06, 0.1),
        bend=rng.uniform(0.0, 0.05),
        bias=0.03,
        scene=scene,
    )
    if arms:
        rise = rng.uniform(0.16, 0.24)
        for side in (-1, 1):
            near = -0.08 if side * math.sin(solids.camera.azimuth) >= 0 else 0.02
            centre = (side * w * 1.12, 0.0, h + (thick + rise) / 2)
            solids.box(centre, (0.07, 1.95 * d, thick + rise), cover, f"arm{side}", bias=near)
        scene.say("solid arms", "with arms", "padded arms", "upholstered arms")
    solids.emit(scene)
    return scene


def build_director(rng: random.Random) -> Scene:
    """A director's or camping chair: crossed legs, a slung seat and back, flat arms."""
    frame = wood(rng) if rng.random() < 0.6 else tubing(rng)
    cover = pick(rng, ("fabric", "fabric", "fabric", "striped", "floral", "dots", "camo", "leather"))
    tall = rng.random() < 0.3
    h, w, d = (
        rng.uniform(0.65, 0.75) if tall else rng.uniform(0.4, 0.47),
        rng.uniform(0.24, 0.3),
        rng.uniform(0.18, 0.23),
    )
    rise, top = rng.uniform(0.18, 0.24), rng.uniform(0.38, 0.52)
    solids = Solids(seat_camera(rng), strokes=rng.random() < 0.8)
    scene = Scene("chair", ("director's chair", "folding chair", "camping chair", "director chair"), cover)
    radius = rng.uniform(0.01, 0.02)
    for y in (d, -d):
        for side in (-1, 1):
            solids.rod((side * w, y, h), (-side * w, y, 0.02), radius, frame, f"leg{y > 0}{side}", bias=0.25)
    for side in (-1, 1):
        x = side * w
        solids.rod((x, d, 0.02), (x, -d, 0.02), radius, frame, f"foot{side}", bias=0.3)
        solids.rod((x, d, h), (x, d + 0.03, h + top), radius, frame, f"post{side}", bias=0.05)
        solids.rod((x, -d, h), (x, -d, h + rise), radius, frame, f"arm post{side}")
        solids.strip([(x, -d * 1.15, h + rise), (x, d, h + rise)], (side * 0.05, 0, 0), frame, f"arm{side}", bias=-0.03)
    sag = rng.uniform(0.0, 0.05)
    across = np.column_stack([np.linspace(-w, w, 7), np.full(7, -d), h - sag * (1 - np.linspace(-1, 1, 7) ** 2)])
    solids.strip(across, (0, 2 * d, 0), cover, "seat", bias=-0.02)
    low = top * rng.uniform(0.45, 0.65)
    back = np.column_stack([np.linspace(-w, w, 5), np.full(5, d + 0.03), np.full(5, h + low)])
    solids.strip(back, (0, 0, top - low), cover, "back", bias=0.02)
    scene.say("crossed legs", "x legs", "folding", "foldable")
    scene.say("sling seat", "canvas seat", "fabric seat and back")
    scene.say(*made_of(rng, frame, "frame", "legs"))
    solids.emit(scene)
    return scene


def build_sun_lounger(rng: random.Random) -> Scene:
    """A long reclining seat of slats, fabric or a thick mattress on a low frame."""
    frame = wood(rng) if rng.random() < 0.5 else tubing(rng)
    cover = frame if rng.random() < 0.3 else cover_of(rng)
    solids = Solids(seat_camera(rng, high=32), strokes=rng.random() < 0.7)
    scene = Scene("chair", ("sun lounger", "lounger", "chaise longue", "deck chair", "reclining chair"), cover)
    w, long, h = rng.uniform(0.24, 0.32), rng.uniform(0.5, 0.85), rng.uniform(0.26, 0.36)
    rise, reach = rng.uniform(0.3, 0.6), rng.uniform(0.25, 0.5)
    knots = [(-long, h - 0.02), (-long * 0.3, h + 0.04), (0.15, h - 0.03), (0.15 + reach * 0.5, h + rise * 0.4)]
    side = smooth_path([(-w, y, z) for y, z in [*knots, (0.15 + reach, h + rise)]], 3)
    solids.strip(side - np.array([0.0, 0.0, 0.045]), (2 * w, 0, 0), cover.darker(0.7), "seat", bias=0.03)
    solids.strip(side, (2 * w, 0, 0), cover, "seat")
    middle = solids.camera.depth((0, 0, h))
    if rng.random() < 0.65:
        for index in range(1, len(side) - 1):
            path, _ = solids.camera.project([side[index], side[index] + np.array([2 * w, 0, 0])])
            solids.add(middle - 0.6, [Mark(path, cover.darker(0.7), "slats", 0.6, 0.0, 0.008)])
        scene.say("slats", "slatted", "ribbed", "stripes across", "channelled")
    radius, splay = rng.uniform(0.012, 0.022), rng.uniform(0, 0.05)
    for x in (-w, w):
        solids.rod((x, -long * 0.95, h - 0.04), (x, 0.3, h - 0.04), radius, frame, f"rail{x > 0}", bias=0.1)
        solids.rod(
            (x, 0.24, h - 0.04), (x, 0.15 + reach * 0.5, h + rise * 0.38), radius * 0.8, frame, "prop", bias=0.15
        )
        for end, y in enumerate((-long * 0.85, 0.26)):
            foot = (x * (1 + splay), y * (1 + splay), 0.0)
            solids.rod((x, y, h - 0.04), foot, radius, frame, f"leg{x > 0}{end}", bias=0.3)
    scene.say("reclined back", "adjustable back", "reclining", "long seat")
    scene.say(*made_of(rng, frame, "frame", "legs"))
    solids.emit(scene)
    return scene


def build_high_chair(rng: random.Random) -> Scene:
    """A chair for babies: tall legs, a small seat, a tray and perhaps a footrest."""
    frame = wood(rng) if rng.random() < 0.5 else metal(rng, rng.choice(("white", "silver", "grey", "black")))
    cover, board = cover_of(rng, *("plastic",) * 12), pick(rng, ("plastic", "wood"))
    seat = Seat(rng.uniform(0.15, 0.19), rng.uniform(0.14, 0.17), rng.uniform(0.5, 0.62), rng.uniform(0.28, 0.4), 0.06)
    solids = Solids(seat_camera(rng, height=0.5), strokes=rng.random() < 0.75)
    scene = Scene("chair", ("high chair", "baby high chair", "baby chair", "highchair"), cover)
    w, d, h = seat.width, seat.depth, seat.height
    radius = rng.uniform(0.012, 0.022)
    if rng.random() < 0.45:
        stand_on_trestle(rng, solids, seat, frame, radius=radius)
        scene.say("folding", "foldable", "a-frame legs", "folding frame")
    else:
        stand_on_legs(rng, solids, seat, frame, radius=radius, splay=rng.uniform(0.06, 0.14))
    padded = rng.random() < 0.6
    if padded:
        solids.box((0, 0.01, h - 0.04), (2.2 * w, 2.1 * d, 0.1), board, "base", bias=0.06)
    solids.cushion((0, 0, h + 0.02), (2.1 * w, 2.1 * d, 0.08 if padded else 0.05), cover, "seat")
    back_panel(
        rng,
        solids,
        seat,
        cover,
        form=rng.choice(("soft", "round", "oval", "rect")),
        width=w * rng.uniform(1.0, 1.15),
        height=seat.back,
        lift=0.03,
        thickness=rng.uniform(0.02, 0.08),
        bend=0.04,
        scene=scene,
    )
    z = h + rng.uniform(0.15, 0.2)
    for side in (-1, 1):
        solids.rod((side * w, -d * 0.4, h), (side * w * 1.15, -d * 0.6, z), 0.012, frame, f"arm{side}", bias=-0.02)
    size = (2 * w * rng.uniform(1.25, 1.5), rng.uniform(0.24, 0.3), 0.03)
    solids.cushion((0, -d * 1.3, z + 0.01), size, board, "tray", roundness=0.5, bias=-0.15, seam=0.7)
    scene.say(*made_of(rng, board, "tray"), "tray", "with tray", "food tray")
    if rng.random() < 0.6:
        solids.box((0, -d - 0.06, h * 0.5), (2 * w, 0.1, 0.02), frame, "footrest", bias=0.1)
        scene.say("footrest", "foot rest", "with footrest")
    scene.say(*made_of(rng, frame, "legs", "frame"))
    solids.emit(scene)
    return scene


def build_bean_bag(rng: random.Random) -> Scene:
    """A soft bag or a pouffe, with seams that run up to its top."""
    cover = cover_of(rng)
    pouffe = rng.random() < 0.5
    wide, tall = rng.uniform(0.36, 0.48), rng.uniform(0.3, 0.42) if pouffe else rng.uniform(0.55, 0.8)
    knots = [(0.7, 0.0), (1.0, 0.3), (0.98, 0.65), (0.7, 0.95), (0.1, 1.0)]
    if not pouffe:
        knots = [(0.8, 0.0), (1.0, 0.16), (0.9, 0.42), (0.55, 0.72), (0.3, 0.92), (0.1, 1.0)]
    solids = Solids(seat_camera(rng, height=tall / 2), strokes=False)
    names = (
        ("pouffe", "ottoman", "footstool", "floor cushion")
        if pouffe
        else ("bean bag", "beanbag chair", "bean bag chair")
    )
    scene = Scene("chair", names, cover)
    lathe = Lathe(solids.camera, turned(np.array(knots) * [wide * rng.uniform(0.9, 1.1), tall]))
    marks = lathe.body(cover, "body", shine=1.06)
    levels = np.linspace(0.02, tall * 0.98, 14)
    start = rng.uniform(-0.3, 0.3)
    for angle in np.linspace(-1.2, 1.2, rng.choice((3, 4, 5))) + start:
        marks.append(Mark(lathe.at(angle, levels), cover.darker(0.72), "seam", 0.7, 0.0, 0.01))
    solids.add(lathe.depth, marks)
    scene.say("seams", "panels", "stitched seams", "soft", "round")
    solids.emit(scene)
    return scene

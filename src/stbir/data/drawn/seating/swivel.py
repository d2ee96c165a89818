"""Office chairs: a seat on a star with castors, with a low or high back, arms and perhaps a headrest."""

from __future__ import annotations

import math
import random

from stbir.data.drawn.materials import Material, metal, pick
from stbir.data.drawn.phrases import made_of
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.seating.backs import back_panel
from stbir.data.drawn.seating.covers import cover_of
from stbir.data.drawn.seating.legs import Seat, stand_on_star
from stbir.data.drawn.seating.view import seat_camera
from stbir.data.drawn.solids import Solids, smooth_path


def build_office(rng: random.Random) -> Scene:
    """A swivel chair for a desk, from a small task chair to a padded executive one."""
    cover = cover_of(rng, "mesh", "mesh", "leather", "leather")
    if rng.random() < 0.3:
        cover = pick(rng, ("leather", "fabric", "mesh"), "black")
    base = metal(rng, rng.choice(("silver", "black", "black", "silver", "white", "grey")))
    executive = rng.random() < 0.4
    seat = Seat(
        width=rng.uniform(0.22, 0.28),
        depth=rng.uniform(0.21, 0.27),
        height=rng.uniform(0.4, 0.52),
        back=rng.uniform(0.55, 0.75) if executive else rng.uniform(0.28, 0.5),
        rake=rng.uniform(0.04, 0.16),
    )
    solids = Solids(seat_camera(rng), strokes=rng.random() < 0.6)
    names = ("office chair", "swivel chair", "desk chair", "computer chair", "office swivel chair")
    scene = Scene("chair", names + (("executive chair", "high back office chair") if executive else ()), cover)
    castors = rng.random() < 0.9
    stand_on_star(rng, solids, seat, base, castors=castors)
    thick = rng.uniform(0.05, 0.13) if executive else rng.uniform(0.04, 0.09)
    sitting = cover if rng.random() < 0.75 else cover_of(rng)
    solids.box((0, 0, seat.height - 0.015), (0.16, 0.2, 0.04), base, "mechanism", bias=0.25, ink=0.3)
    solids.cushion((0, -0.02, seat.height + thick / 2), (seat.width * 2.1, seat.depth * 2.1, thick), sitting, "seat",
                   roundness=rng.choice((0.35, 0.5, 0.8)), bias=-0.03)  # fmt: skip
    lift = rng.uniform(0.02, 0.06) if executive else rng.uniform(0.06, 0.2)
    if lift > 0.08:
        spine = [(0, 0.02, seat.height), (0, seat.depth + 0.05, seat.height + 0.02)]
        spine.append((0, seat.back_y(lift) + 0.04, seat.height + lift + 0.12))
        solids.tube(smooth_path(spine), 0.02, base, "spine", bias=0.12)
    _back(rng, solids, scene, seat, cover, lift=lift, executive=executive)
    if rng.random() < 0.55:
        _arms(rng, solids, scene, seat, base if rng.random() < 0.6 else pick(rng, "plastic", "black"), cover)
        scene.say("arms", "armrests", "with arms", "with armrests")
    else:
        scene.say("no arms", "armless", "without arms")
    scene.say(*made_of(rng, base, "base", "legs", "star base"))
    if castors:
        scene.say("wheels", "castors", "on wheels", "with wheels", "swivel base")
    if sitting is not cover:
        scene.say(*made_of(rng, sitting, "seat"))
    solids.emit(scene)
    return scene


def _back(
    rng: random.Random, solids: Solids, scene: Scene, seat: Seat, cover: Material, *, lift: float, executive: bool
) -> None:
    width, height = seat.width * rng.uniform(0.8, 1.02), seat.back
    form = rng.choice(("soft", "round", "taper", "waist", "rect", "soft", "arch"))
    thickness = rng.uniform(0.05, 0.11) if executive else rng.uniform(0.015, 0.06)
    back_panel(rng, solids, seat, cover, form=form, width=width, height=height, lift=lift, thickness=thickness,
               bend=rng.uniform(-0.02, 0.06), scene=scene)  # fmt: skip
    if executive and rng.random() < 0.5:
        for share in (0.25, 0.5, 0.76):
            up = lift + height * share
            centre = (0, seat.back_y(up) - 0.02, seat.height + up)
            size = (width * rng.uniform(1.5, 1.75), height * 0.23, 0.06)
            solids.cushion(centre, size, cover, "pad", tilt=math.radians(82), roundness=0.4, bias=-0.03)
        scene.say("padded back", "thick padding", "cushioned back")
    if rng.random() < (0.35 if executive else 0.15):
        up = lift + height + rng.uniform(0.05, 0.1)
        centre = (0, seat.back_y(up) - 0.01, seat.height + up)
        solids.rod((0, centre[1], centre[2] - 0.12), centre, 0.012, cover.darker(0.6), "headrest", bias=0.02)
        size = (width * rng.uniform(0.8, 1.3), rng.uniform(0.08, 0.14), 0.05)
        solids.cushion(centre, size, cover, "headrest", tilt=math.radians(80), roundness=rng.uniform(0.35, 0.7))
        scene.say("headrest", "with headrest", "head support")
    elif executive:
        scene.say("high back", "tall back", "high-back")


def _arms(rng: random.Random, solids: Solids, scene: Scene, seat: Seat, frame: Material, cover: Material) -> None:
    rise, out = rng.uniform(0.17, 0.25), rng.uniform(1.1, 1.25)
    form = rng.choice(("post", "loop", "bow"))
    pad = cover if rng.random() < 0.25 else pick(rng, "plastic", ("black", "black", "grey"))
    w, d, h = seat.width, seat.depth, seat.height
    for side in (-1, 1):
        near = -0.06 if side * math.sin(solids.camera.azimuth) > 0 else 0.02
        x, top = side * w * out, h + rise
        if form == "post":
            solids.tube([(side * w * 0.7, 0, h - 0.01), (x, 0.01, h), (x, 0.02, top)], 0.017, frame, f"arm post{side}",
                        bias=near)  # fmt: skip
        elif form == "loop":
            low = [(side * w, -d * 0.45, h + 0.01), (x, -d * 0.6, h + rise * 0.6), (x, -d * 0.45, top)]
            path = smooth_path([*low, (x, d * 0.5, top), (side * w, d * 0.7, h + 0.02)], 3)
            solids.tube(path, 0.015, frame, f"arm post{side}", bias=near)
        else:
            path = [
                (side * w * 0.9, -d * 0.2, h),
                (x, -d * 0.55, h + rise * 0.7),
                (x, -d * 0.2, top),
                (x, d * 0.6, top),
            ]
            path.append((side * w * 0.95, seat.back_y(rise), h + rise * 0.8))
            solids.tube(smooth_path(path, 3), 0.018, frame, f"arm post{side}", bias=near)
        size = (0.07, d * rng.uniform(1.0, 1.3), 0.03)
        solids.cushion((x, -0.01, top + 0.012), size, pad, f"arm{side}", roundness=0.5, bias=near - 0.03, seam=0.2)

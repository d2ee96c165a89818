"""Bar stools with a back: upholstered ones, moulded ones, ones on a round foot with a bent rail."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np

from stbir.data.drawn.materials import Material, wood
from stbir.data.drawn.phrases import made_of
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.seating.backs import back_panel
from stbir.data.drawn.seating.covers import cover_of, tinted, tubing
from stbir.data.drawn.seating.framed import build_framed
from stbir.data.drawn.seating.legs import Seat, stand_on_disc, stand_on_legs, stand_on_sled
from stbir.data.drawn.seating.shells import SHELLS, bent_shell, one_piece
from stbir.data.drawn.seating.view import seat_camera
from stbir.data.drawn.solids import Solids, smooth_path

NAMES = ("bar stool", "bar chair", "high stool", "bar stool with back", "counter stool")


def build_bar(rng: random.Random) -> Scene:
    """A bar stool of any kind that has a back."""
    kind = rng.choice(("framed", "framed", "padded", "shell", "rail"))
    if kind == "framed":
        return build_framed(rng, "bar")
    seat = Seat(rng.uniform(0.17, 0.22), rng.uniform(0.16, 0.21), rng.uniform(0.6, 0.74), rng.uniform(0.2, 0.34), 0.06)
    cover = tinted(rng, SHELLS) if kind == "shell" else cover_of(rng, *("leather",) * 8)
    frame = wood(rng) if kind == "padded" and rng.random() < 0.8 else tubing(rng)
    solids = Solids(seat_camera(rng, height=0.5), strokes=rng.random() < 0.6)
    scene = Scene("chair", NAMES, cover)
    if kind == "padded":
        _padded(rng, solids, seat, cover, frame)
        scene.say("upholstered seat", "padded seat and back", "upholstered")
    elif kind == "shell":
        stand_on_sled(rng, solids, replace(seat, width=seat.width * 0.95), frame, radius=rng.uniform(0.007, 0.012))
        _footrest(solids, seat, frame)
        (one_piece if rng.random() < 0.5 else bent_shell)(rng, solids, scene, seat, cover)
        scene.say("sled base", "sled legs", "wire base", "bent metal frame")
    else:
        _railed(rng, solids, scene, seat, cover, frame)
        scene.say("swivel", "round base", "pedestal base", "disc base")
        scene.names += ("swivel bar stool",)
    scene.say("footrest", "foot bar", "foot rail")
    scene.say(*made_of(rng, frame, "base" if kind == "rail" else "legs", "frame"))
    solids.emit(scene)
    return scene


def _footrest(solids: Solids, seat: Seat, frame: Material) -> None:
    y, z = -seat.depth * 1.02, seat.height * 0.3
    solids.rod((-seat.width, y, z), (seat.width, y, z), 0.01, frame, "foot rail", bias=0.2)


def _padded(rng: random.Random, solids: Solids, seat: Seat, cover: Material, frame: Material) -> None:
    thick = rng.uniform(0.06, 0.12)
    stand_on_legs(rng, solids, seat, frame, radius=rng.uniform(0.015, 0.024), splay=rng.uniform(0, 0.03), tied=False)
    w, d, z = seat.width * 0.94, seat.depth * 0.94, seat.height * rng.uniform(0.22, 0.32)
    for low, high in (((-w, -d), (w, -d)), ((-w, -d), (-w, d)), ((w, -d), (w, d)), ((-w, d), (w, d))):
        solids.rod((*low, z), (*high, z), 0.012, frame, "stretcher", bias=0.3)
    size = (2.08 * seat.width, 2.08 * seat.depth, thick)
    solids.cushion((0, 0, seat.height + thick / 2), size, cover, "seat", roundness=0.18, bias=-0.02)
    back_panel(rng, solids, seat, cover, form=rng.choice(("rect", "soft")), width=seat.width,
               height=seat.back + thick, lift=0.01, thickness=rng.uniform(0.04, 0.08), bias=0.03)  # fmt: skip


def _railed(rng: random.Random, solids: Solids, scene: Scene, seat: Seat, cover: Material, frame: Material) -> None:
    """A round cushion on a column; a bent rail carries a pad and runs round into arms."""
    stand_on_disc(rng, solids, seat, frame)
    w, d, h = seat.width, seat.depth, seat.height
    solids.cushion((0, 0, h + 0.03), (2.1 * w, 2.1 * d, 0.08), cover, "seat", roundness=0.9, bias=-0.02)
    rise = rng.uniform(0.2, 0.3)
    turn = np.linspace(-0.15 * np.pi, 1.15 * np.pi, 15)
    rail = np.column_stack([w * 1.1 * np.cos(turn), d * 1.1 * np.sin(turn), h + rise + 0.03 * np.sin(turn)])
    for side, end in ((1, rail[0]), (-1, rail[-1])):
        path = smooth_path([(side * w * 0.6, -d * 0.2, h), (side * w * 1.15, -d * 0.6, h + rise * 0.6), end], 3)
        solids.tube(path, 0.012, frame, f"arm post{side}", bias=-0.05 if side * solids.camera.azimuth > 0 else 0.1)
    solids.tube(rail, 0.014, frame, "arm", bias=0.05)
    pad = rail[4:11] - [0, 0, 0.05]
    solids.strip(pad, (0, 0, rng.uniform(0.08, 0.14)), cover, "back", bias=0.01)
    scene.say("curved arms", "arms", "with arms", "bent rail back", "low back")

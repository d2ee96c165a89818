"""Padded seats: armchairs, wing chairs, tub chairs and sofas."""

from __future__ import annotations

import math
import random

import numpy as np

from stbir.data.drawn.curves import smooth
from stbir.data.drawn.materials import Material, pick, wood
from stbir.data.drawn.phrases import made_of
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.seating.backs import back_panel, tufts
from stbir.data.drawn.seating.covers import cover_of, tubing
from stbir.data.drawn.seating.legs import Seat, stand_on_disc, stand_on_legs, stand_on_sled, stand_on_star
from stbir.data.drawn.seating.view import seat_camera
from stbir.data.drawn.solids import Mark, Solids, hull


def build_armchair(rng: random.Random) -> Scene:
    """A club chair or a wing chair."""
    if rng.random() < 0.35:
        names = ("wingback armchair", "wing chair", "wingback chair", "wingback", "high back armchair", "armchair")
        return build_couch(rng, "chair", 1, names, wings=True)
    return build_couch(rng, "chair", 1, ("armchair", "club chair", "lounge chair", "arm chair", "sofa chair"))


def build_section(rng: random.Random) -> Scene:
    """A part of a sofa for one or two: without arms, or a box whose arms are as high as its back."""
    seats = rng.choice((1, 1, 1, 2, 2))
    names = (
        ("one-seat section", "sofa section", "lounge chair") if seats == 1 else ("two-seat sofa", "sofa", "loveseat")
    )
    return build_couch(rng, "chair", seats, names, form=rng.choice(("armless", "armless", "box")))


def build_couch(
    rng: random.Random,
    family: str,
    seats: int,
    names: tuple[str, ...],
    *,
    wings: bool = False,
    form: str | None = None,
) -> Scene:
    """A box of padding with a back and one cushion per seat; `form` is "arms", "armless", "box" or any of them."""
    form = form or ("arms" if wings else rng.choices(("arms", "armless", "box"), (0.74, 0.08, 0.18))[0])
    cover = cover_of(rng)
    frame = wood(rng) if rng.random() < (0.7 if form == "arms" else 0.5) else tubing(rng)
    half = rng.uniform(0.25, 0.33) * (seats if seats == 1 else seats * 0.95)
    deep = rng.uniform(0.29, 0.37)
    legs = rng.uniform(0.08, 0.2) if rng.random() < 0.8 else 0.015
    body = rng.uniform(0.1, 0.2)
    pad = rng.uniform(0.08, 0.15)
    seat = legs + body
    back = rng.uniform(0.55, 0.75) if wings else rng.uniform(0.32, 0.46)
    if seats > 1:
        camera = seat_camera(rng, height=0.4, high=22, frontal=0.2, sideways=0.0, turned=(8.0, 42.0), nearest=4.5)
    else:
        camera = seat_camera(rng, height=0.4)
    solids = Solids(camera)
    scene = Scene(family, names, cover)
    arm = {"arms": rng.uniform(0.06, 0.14), "armless": 0.005, "box": rng.uniform(0.03, 0.06)}[form]
    back = back * 0.75 if form == "box" else back
    rise = back + pad if form == "box" else rng.uniform(0.14, 0.24) + pad
    place = Seat(half + arm * 0.8, deep * 0.92, legs, 0.5, 0.0)
    if legs > 0.05:
        if frame.texture == "metal" and rng.random() < 0.35:
            stand_on_sled(rng, solids, place, frame, radius=rng.uniform(0.006, 0.012))
            scene.say("sled legs", "sled base")
        else:
            radius = rng.uniform(0.014, 0.026) if frame.texture == "wood" else rng.uniform(0.008, 0.016)
            stand_on_legs(rng, solids, place, frame, radius=radius, splay=rng.uniform(0, 0.03), tied=False)
        scene.say(*made_of(rng, frame, "legs", "feet"))
    solids.box((0, 0, legs + body / 2), (2 * half, 2 * deep, body), cover, "base", bias=0.12)
    _couch_back(
        rng, solids, scene, cover, width=half + arm, deep=deep, seat=seat, low=legs, rise=back + pad, wings=wings
    )
    piping = pick(rng, "plain") if rng.random() < 0.06 else None
    _cushions(
        rng, solids, scene, cover, seats=seats, half=half, deep=deep, seat=seat, pad=pad, rise=back, piping=piping
    )
    if piping is not None:
        scene.say(*made_of(rng, piping, "piping", "trim", "edges"))
    if form != "armless":
        rolled = form == "arms" and not wings and rng.random() < 0.4
        for side in (-1, 1):
            top = seat + rise
            padded_arm(rng, solids, cover, (side * (half + arm * 0.95), deep, legs, top), arm, rolled=rolled, side=side)
        if rolled:
            scene.say("rolled arms", "curved arms", "round arms", "scroll arms")
        else:
            scene.say("square arms", "arms", "straight arms", "boxy arms")
    else:
        scene.say("no arms", "armless")
    if rng.random() < (0.35 if seats > 1 or form == "armless" else 0.1):
        _pillows(rng, solids, scene, cover, half=half, deep=deep, seat=seat + pad)
    solids.emit(scene)
    return scene


def _couch_back(
    rng: random.Random,
    solids: Solids,
    scene: Scene,
    cover: Material,
    *,
    width: float,
    deep: float,
    seat: float,
    low: float,
    rise: float,
    wings: bool,
) -> None:
    form = "soft" if wings else rng.choice(("box", "box", "soft", "soft", "arch"))
    if form == "box":
        size = (2 * width * 1.04, 0.15, seat + rise - low)
        solids.box((0, deep * 0.95, (seat + rise + low) / 2), size, cover, "back", bias=0.25, lean=0.05)
    else:
        lean = Seat(width, deep * 0.85, low, seat + rise - low, 0.12)
        form = form if width < 0.5 else rng.choice(("soft", "rect", "low"))
        height = (seat + rise - low) * (2.0 if form == "low" else 1.0)
        back_panel(rng, solids, lean, cover, form=form, width=width * 1.03, height=height, thickness=0.12, bias=0.2)
    if wings:
        for side in (-1, 1):
            _wing(rng, solids, cover, side, at=(width, deep * 0.93, seat + 0.12), tall=rise - 0.1)
        scene.say("wing back", "high back", "winged back", "side wings")


def _wing(
    rng: random.Random, solids: Solids, cover: Material, side: int, *, at: tuple[float, float, float], tall: float
) -> None:
    """A padded side of a high back, from `at` (half the width, the back, the arm) forward and `tall`."""
    x, y, z = at
    reach = rng.uniform(0.17, 0.26)
    knots = [(0.07, 0), (-reach * 1.1, 0), (-reach, tall * 0.4), (-reach * 0.95, tall * 0.75), (-reach * 0.4, tall)]
    outline = smooth([*knots, (0.09, tall * 0.99)], 3, closed=True)

    def place(flat: np.ndarray) -> np.ndarray:
        return np.column_stack(
            [np.full(len(flat), side * x * 1.03), y + flat[:, 0] + 0.06 * flat[:, 1], z + flat[:, 1]]
        )

    near = side * math.sin(solids.camera.azimuth) > 0
    shade = cover.darker(0.95 if near else 0.86)
    solids.panel(outline, place, (-side * 0.06, 0, 0), shade, f"wing{side}", bias=-0.02 if near else 0.12)


def _cushions(
    rng: random.Random,
    solids: Solids,
    scene: Scene,
    cover: Material,
    *,
    seats: int,
    half: float,
    deep: float,
    seat: float,
    pad: float,
    rise: float,
    piping: Material | None,
) -> None:
    count = seats if rng.random() < 0.85 else 1
    each = half / count
    backs = rng.random()
    shape = rng.uniform(0.15, 0.35)
    for index in range(count):
        x = -half + each * (2 * index + 1)
        centre = (x, -0.04, seat + pad / 2)
        size = (each * 2.0, deep * 1.85, pad)
        solids.cushion(centre, size, cover, f"cushion{index}", roundness=shape, seam=0.75, piping=piping)
        if backs < 0.65:
            centre = (x, deep * 0.62, seat + pad + rise * 0.42)
            size = (each * 1.95, rise * rng.uniform(0.86, 1.0), 0.14)
            solids.cushion(centre, size, cover, f"back cushion{index}", tilt=math.radians(80), roundness=shape,
                           bias=0.03, piping=piping)  # fmt: skip
    if backs >= 0.82:

        def place(flat: np.ndarray) -> np.ndarray:
            return np.column_stack([flat[:, 0], np.full(len(flat), deep * 0.78), seat + pad + flat[:, 1]])

        tufts(solids, place, half, rise, cover)
        scene.say("tufted back", "tufted", "button back", "buttoned", "chesterfield style")
    elif backs < 0.65:
        scene.say("back cushions" if count > 1 else "back cushion", "loose cushions", "padded back", "cushions")
    if count > 1:
        number = {2: "two", 3: "three", 4: "four"}[count]
        scene.say(f"{number} seat cushions", f"{number} seats", f"{count} cushions", f"{count} seat cushions")


def padded_arm(
    rng: random.Random,
    solids: Solids,
    cover: Material,
    at: tuple[float, float, float, float],
    half: float,
    *,
    rolled: bool,
    side: int,
) -> None:
    """An arm `at` x, half the depth, lower and upper height; `half` is half its width."""
    x, deep, low, high = at
    near = -0.12 if side * math.sin(solids.camera.azimuth) >= 0 else 0.0
    body_top = high - (half * 0.9 if rolled else 0.0)
    solids.box(
        (x, -0.03, (low + body_top) / 2), (2 * half, 1.94 * deep, body_top - low), cover, f"arm{side}", bias=near
    )
    if not rolled:
        return
    turn = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    radius = half * 1.3
    ring = np.column_stack([x + side * half * 0.2 + radius * np.cos(turn), np.full(14, -deep), radius * np.sin(turn)])
    ring[:, 2] += body_top
    front, depths = solids.camera.project(ring)
    rear, _ = solids.camera.project(ring + np.array([0.0, deep * 1.85, 0.0]))
    roll = Mark(hull(np.concatenate([front, rear]), rounded=False), cover, f"arm{side}", 1.0, 0.4)
    face = Mark(front, cover.darker(0.88), f"arm{side}", 0.9, 0.6)
    solids.add(float(depths.mean()) + deep + near - 0.02, [roll, face])


def _pillows(
    rng: random.Random, solids: Solids, scene: Scene, same: Material, *, half: float, deep: float, seat: float
) -> None:
    cover = same if rng.random() < 0.5 else cover_of(rng)
    count = rng.randint(1, 3) if half > 0.45 else 1
    for index in range(count):
        x = (-0.75, 0.75, -0.45)[index] * half
        size = (0.36, rng.uniform(0.3, 0.36), 0.12)
        solids.cushion((x, deep * 0.25, seat + 0.16), size, cover, f"pillow{index}", tilt=math.radians(70),
                       roundness=0.45, bias=-0.1, seam=0.1)  # fmt: skip
    scene.say(*made_of(rng, cover, "pillows" if count > 1 else "pillow", "cushions" if count > 1 else "cushion"))


def build_tub(rng: random.Random) -> Scene:
    """A chair whose back runs round into the arms."""
    cover = cover_of(rng)
    frame = wood(rng) if rng.random() < 0.6 else tubing(rng)
    radius, height, deep = rng.uniform(0.25, 0.32), rng.uniform(0.36, 0.45), rng.uniform(0.85, 1.0)
    solids = Solids(seat_camera(rng))
    names = ("tub chair", "armchair", "bucket chair", "lounge chair", "barrel chair")
    scene = Scene("chair", names, cover)
    base = rng.choice(("legs", "legs", "legs", "star", "disc", "plinth"))
    bottom = height - rng.uniform(0.08, 0.16)
    seat = Seat(radius * 0.75, radius * 0.72, bottom, 0.4, 0.1)
    if base == "legs":
        stand_on_legs(rng, solids, seat, frame, radius=rng.uniform(0.012, 0.022), splay=rng.uniform(0.0, 0.07))
    elif base == "star":
        stand_on_star(rng, solids, seat, frame, castors=rng.random() < 0.4, arms=rng.choice((4, 5)))
        scene.names += ("swivel armchair",)
    elif base == "disc":
        stand_on_disc(rng, solids, seat, frame)
        scene.names += ("swivel chair",)
    else:
        bottom = 0.03
    angle = np.linspace(-0.22 * np.pi, 1.22 * np.pi, 25)
    back, side = rng.uniform(0.24, 0.46), rng.uniform(0.08, 0.22)
    bulge = np.clip(np.sin(angle), 0, 1) ** rng.uniform(0.7, 1.6)
    flare = rng.uniform(1.0, 1.15)
    rim = np.column_stack([radius * np.cos(angle), radius * deep * np.sin(angle), np.full(25, bottom)])
    low = rim * ([1, 1, 1] if base in ("legs", "plinth") else [narrow := rng.uniform(0.62, 1.0), narrow, 1])
    high = np.column_stack([flare * rim[:, 0], flare * rim[:, 1], height + side + (back - side) * bulge])
    thick = rng.uniform(0.82, 0.93)
    inner_high, inner_low = high * [thick, thick, 1], low * [thick, thick, 1] + [0, 0, height - bottom]
    project = solids.camera.project
    outside, depths = project(np.concatenate([low, high[::-1]]))
    inside = project(np.concatenate([inner_low, inner_high[::-1]]))[0]
    edge = project(np.concatenate([high, inner_high[::-1]]))[0]
    far = float(depths.max())
    solids.add(far, [Mark(outside, cover.darker(0.75), "shell", 1.0, 0.6)])
    solids.add(far - 0.01, [Mark(inside, cover.darker(0.9), "shell", 0.8, 0.4)])
    solids.cushion((0, -0.02, height - 0.02), (radius * 1.85, radius * 1.85 * deep, 0.13), cover, "seat", roundness=0.8)
    front = solids.camera.depth((0, -radius, height))
    for start, stop in ((0, 8), (17, 25)):
        cheek = project(np.concatenate([low[start:stop], high[start:stop][::-1]]))
        if _faces_us(solids, low[(start + stop) // 2]):
            solids.add(front - 0.02, [Mark(cheek[0], cover.darker(0.95), "shell", 1.0, 0.4)])
    lip = project(np.concatenate([low[[0, -1]], (low * [1, 1, 1] + [0, 0, height - bottom - 0.06])[[-1, 0]]]))[0]
    solids.add(front + 0.03, [Mark(lip, cover.darker(0.85), "base", 0.9, 0.4)])
    solids.add(front - 0.03, [Mark(edge, cover.darker(1.06), "shell", 0.9, 0.4)])
    if base != "plinth":
        scene.say(*made_of(rng, frame, "legs", "base" if base != "legs" else "feet"))
    scene.say("curved back", "round back", "barrel back", "wrap around back", "curved arms")
    solids.emit(scene)
    return scene


def _faces_us(solids: Solids, outward: np.ndarray) -> bool:
    """Whether the outside of the shell at this point looks at the camera."""
    return bool(outward[:2] @ (solids.camera.position[:2] - outward[:2]) > 0)

"""What a seat stands on: four legs, a sled of bent tube, a star with castors, crossed legs."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import numpy as np

from stbir.data.drawn.materials import Material, pick
from stbir.data.drawn.solids import Solids, smooth_path

BEHIND = 0.3
"""Legs stand under the seat and are painted before it."""


@dataclass(frozen=True)
class Seat:
    """The measures of a seat in metres: half its width and depth, the height of its lower side, and how its back leans.

    `back` is the height of the back above the seat, `rake` how far its top leans away.
    """

    width: float
    depth: float
    height: float
    back: float
    rake: float

    def back_y(self, height: float) -> float:
        """Where the back stands, `height` above the seat."""
        return self.depth + self.rake * height / max(self.back, 0.1)


def stand_on_legs(
    rng: random.Random,
    solids: Solids,
    seat: Seat,
    material: Material,
    *,
    radius: float,
    splay: float = 0.0,
    lift: float = 0.0,
    count: int = 4,
    tied: bool = True,
) -> None:
    """Four straight legs (or three), round or square, perhaps with stretchers between them if `tied`."""
    w, d, h = seat.width * 0.94, seat.depth * 0.94, seat.height
    square = radius > 0.016 and rng.random() < 0.45 and splay < 0.03
    taper = rng.uniform(0.5, 1.0)
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1)] if count == 4 else [(-1, -0.6), (1, -0.6), (0, 1)]
    bow = rng.uniform(-0.05, 0.05) if rng.random() < 0.2 else 0.0
    for index, (x, y) in enumerate(corners):
        part = f"leg{index}"
        foot = (x * (w + splay), y * (d + splay), lift)
        top = (x * w, y * d, h)
        if square:
            centre = (x * w, y * d, (h + lift) / 2)
            solids.box(centre, (radius * 1.9, radius * 1.9, h - lift), material, part, bias=BEHIND, taper=taper)
        elif bow:
            middle = ((foot[0] + top[0]) / 2 + x * bow, (foot[1] + top[1]) / 2 + y * bow, (lift + h) / 2)
            solids.tube(smooth_path([top, middle, foot]), radius, material, part, taper=taper, bias=BEHIND)
        else:
            solids.rod(top, foot, radius, material, part, taper=taper, bias=BEHIND)
    if tied and count == 4 and rng.random() < 0.45:
        _stretchers(
            rng, solids, (w + splay * 0.5, d + splay * 0.5, h * rng.uniform(0.25, 0.6)), material, radius * 0.65
        )


def _stretchers(
    rng: random.Random, solids: Solids, at: tuple[float, float, float], material: Material, radius: float
) -> None:
    x, y, z = at
    form = rng.choice(("sides", "h", "ring", "front", "ring", "double"))
    if form != "front":
        for side in (-1, 1):
            solids.rod((side * x, -y, z), (side * x, y, z), radius, material, "stretcher", bias=BEHIND)
            if form == "double":
                solids.rod((side * x, -y, z / 2), (side * x, y, z / 2), radius, material, "stretcher", bias=BEHIND)
    if form == "h":
        solids.rod((-x, 0, z), (x, 0, z), radius, material, "stretcher", bias=BEHIND)
    if form in ("ring", "front", "double"):
        solids.rod((-x, -y, z * 1.1), (x, -y, z * 1.1), radius, material, "stretcher", bias=BEHIND)
    if form == "ring":
        solids.rod((-x, y, z * 1.1), (x, y, z * 1.1), radius, material, "stretcher", bias=BEHIND)


def stand_on_sled(rng: random.Random, solids: Solids, seat: Seat, material: Material, *, radius: float) -> None:
    """Two loops of bent tube or wire, left and right."""
    w, h = seat.width * rng.uniform(0.8, 1.0), seat.height
    out = rng.uniform(0.0, 0.06)
    front, back = seat.depth * rng.uniform(0.95, 1.15), seat.depth * rng.uniform(0.9, 1.2)
    top = seat.depth * rng.uniform(0.3, 0.85)
    for side in (-1, 1):
        x, foot = side * w, side * (w + out)
        front_leg = [(x, -top, h), (foot, -front * 0.97, 0.06), (foot, -front * 0.88, 0.012)]
        path = [*front_leg, (foot, back * 0.88, 0.012), (foot, back * 0.97, 0.06), (x, top, h)]
        solids.tube(path, radius, material, f"leg{side}", bias=BEHIND)
    if rng.random() < 0.4:
        solids.rod((-w, back * 0.9, 0.012), (w, back * 0.9, 0.012), radius, material, "stretcher", bias=BEHIND)


def stand_on_star(
    rng: random.Random, solids: Solids, seat: Seat, material: Material, *, castors: bool = True, arms: int = 5
) -> None:
    """A column on a star of feet, with castors or glides."""
    reach, rise = rng.uniform(0.24, 0.33), rng.uniform(0.07, 0.12)
    start = rng.uniform(0, 2 * math.pi / arms)
    wheel = pick(rng, "plastic", "black") if rng.random() < 0.75 else material
    thick = rng.uniform(0.014, 0.024)
    for index in range(arms):
        angle = start + 2 * math.pi * index / arms
        x, y = reach * math.cos(angle), reach * math.sin(angle)
        bend = (x * 0.55, y * 0.55, rise - 0.01)
        path = smooth_path([(0, 0, rise), bend, (x, y, 0.055)], 2)
        solids.tube(path, thick, material, f"base{index}", taper=0.65, bias=BEHIND)
        if castors:
            for shift in (-0.012, 0.014):
                centre = (x + shift, y, 0.028)
                shade = wheel if shift < 0 else wheel.darker(0.8)
                solids.disc(centre, 0.029, shade, f"castor{index}", axis=1, bias=BEHIND - shift, ink=0.8)
        else:
            solids.disc((x, y, 0.02), 0.02, wheel, f"foot{index}", bias=BEHIND, ink=0.4)
    middle = rise + (seat.height - rise) * rng.uniform(0.35, 0.6)
    solids.rod((0, 0, rise - 0.02), (0, 0, middle), rng.uniform(0.024, 0.034), material, "column", bias=BEHIND)
    gas = material.darker(0.85) if rng.random() < 0.6 else wheel
    solids.rod((0, 0, middle), (0, 0, seat.height), rng.uniform(0.015, 0.022), gas, "column", bias=BEHIND)


def stand_on_disc(rng: random.Random, solids: Solids, seat: Seat, material: Material) -> None:
    """A column on a round or trumpet-shaped foot, perhaps with a foot ring."""
    radius = rng.uniform(0.18, 0.26)
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ring = np.column_stack([np.cos(turn) * radius, np.sin(turn) * radius, np.full(24, 0.0)])
    upper = ring * [0.97, 0.97, 1] + [0, 0, 0.025]
    solids.face(ring, material.darker(0.7), "base", bias=BEHIND + 0.02)
    solids.face(upper, material, "base", bias=BEHIND + 0.01)
    path = [(0, 0, 0.02), (0, 0, seat.height)]
    solids.tube(path, rng.uniform(0.022, 0.035), material, "column", bias=BEHIND)
    if seat.height > 0.55 and rng.random() < 0.7:
        reach = rng.uniform(0.13, 0.19)
        hoop = np.column_stack([np.cos(turn) * reach, np.sin(turn) * reach, np.full(24, seat.height * 0.42)])
        solids.tube(np.concatenate([hoop, hoop[:1]]), 0.01, material, "foot ring", bias=BEHIND - 0.02)


def stand_on_crossed_legs(
    rng: random.Random, solids: Solids, seat: Seat, material: Material, *, radius: float, tall: float
) -> None:
    """Scissor legs of a folding chair; the rear feet run on into the posts of the back, `tall` above the seat."""
    w, d, h = seat.width, seat.depth, seat.height
    front = d * rng.uniform(0.8, 1.15)
    for side in (-1, 1):
        solids.rod((side * w * 0.94, d * 1.1, 0), (side * w * 0.94, -d * 0.7, h), radius, material, f"leg{side}")
        post = [(side * w, -front, 0), (side * w, seat.back_y(0) * 0.75, h), (side * w, seat.back_y(tall), h + tall)]
        solids.tube(post[:2], radius, material, f"post{side}", bias=BEHIND)
        solids.tube(post[1:], radius, material, f"post{side}", bias=0.04)
    if material.texture != "wood" or rng.random() < 0.15:
        y, top = seat.back_y(tall), h + tall
        rise = rng.uniform(0.02, 0.08)
        bow = [(-w, y, top - 0.01), (-w * 0.8, y, top + rise), (w * 0.8, y, top + rise), (w, y, top - 0.01)]
        solids.tube(smooth_path(bow, 3), radius, material, "post", bias=0.03)
    if rng.random() < 0.8:
        for y in (d * 1.0, -front * 0.93):
            z = h * rng.uniform(0.05, 0.2)
            solids.rod((-w * 0.95, y, z), (w * 0.95, y, z), radius * 0.8, material, "stretcher", bias=BEHIND)


def stand_on_trestle(rng: random.Random, solids: Solids, seat: Seat, material: Material, *, radius: float) -> None:
    """Two legs on either side that meet under the arms, tied near the floor or on castors: the way high chairs fold."""
    x, top = seat.width * 1.25, seat.height + rng.uniform(0.0, 0.12)
    reach = seat.depth + rng.uniform(0.12, 0.22)
    castors = rng.random() < 0.35
    for side in (-1, 1):
        for end in (-1, 1):
            foot = (side * (x + 0.03), end * reach, 0.03)
            solids.rod((side * x, -end * 0.03, top), foot, radius, material, f"leg{side}{end}", bias=BEHIND * 0.6)
            if castors:
                dark = pick(rng, "plastic", "black")
                solids.disc((foot[0], foot[1], 0.028), 0.028, dark, f"castor{side}{end}", axis=0, bias=0.1)
    for end in (-1, 1):
        z = top * rng.uniform(0.06, 0.2)
        y = end * reach * (1 - z / top)
        solids.rod((-x, y, z), (x, y, z), radius * 0.8, material, "stretcher", bias=BEHIND)

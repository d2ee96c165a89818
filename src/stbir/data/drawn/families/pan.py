"""Kitchen vessels: frying pans, saucepans, stock pots, casseroles, woks, and bowls, with handles, lids and lips."""

from __future__ import annotations

import math
import random
from typing import NamedTuple

import cv2
import numpy as np

from stbir.data.drawn.camera import Camera
from stbir.data.drawn.families.vase import decorate
from stbir.data.drawn.lathe import Lathe, turned
from stbir.data.drawn.materials import Material, metal, pick
from stbir.data.drawn.phrases import made_of
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.solids import Mark, Solids, smooth_path


class Kind(NamedTuple):
    """A sort of vessel: radii from the foot to the rim, the height for a radius of about 0.5, handles and lid."""

    names: tuple[str, ...]
    surfaces: tuple[str, ...]
    radii: tuple[tuple[float, ...], ...]
    tall: tuple[float, float]
    handles: tuple[str, ...]
    lid: float


STEEL = ("metal", "metal", "metal", "plain", "ceramic", "speckled")
CLAY = (
    "ceramic",
    "ceramic",
    "plain",
    "speckled",
    "glass",
    "wood",
    "plastic",
    "metal",
    "striped",
    "floral",
    "dots",
    "marble",
)
KINDS = {
    "frying pan": Kind(("frying pan", "pan", "skillet", "fry pan", "frypan"), STEEL,
                       ((0.8, 0.9, 1.0), (0.72, 0.9, 1.04)),
                       (0.1, 0.18), ("long", "long", "long", "helped"), 0.15),
    "saucepan": Kind(("saucepan", "sauce pan", "pot", "cooking pot", "milk pan"), STEEL,
                     ((0.97, 1.0, 1.0), (0.85, 0.95, 1.0), (0.9, 1.04, 0.98)), (0.4, 0.66),
                     ("long", "long", "helped"), 0.5),
    "stock pot": Kind(("stock pot", "cooking pot", "pot", "stew pot", "soup pot"), STEEL,
                      ((0.97, 1.0, 1.0), (0.92, 1.0, 1.0)),
                      (0.6, 1.0), ("loops",), 0.65),
    "casserole": Kind(("casserole", "casserole dish", "dutch oven", "cooking pot", "cocotte"),
                      ("ceramic", "plain", "metal", "glass"),
                      ((0.82, 0.97, 1.0), (0.9, 1.02, 1.0)), (0.35, 0.6), ("loops",), 0.75),
    "wok": Kind(("wok", "stir fry pan", "pan"), ("metal", "metal", "plain"),
                ((0.3, 0.62, 0.86, 1.0), (0.42, 0.76, 0.95, 1.05)),
                (0.26, 0.42), ("long", "loops", "helped"), 0.2),
    "bowl": Kind(("bowl", "soup bowl", "serving bowl", "salad bowl", "mixing bowl"), CLAY,
                 ((0.4, 0.78, 0.94, 1.0), (0.5, 0.9, 1.0, 0.98), (0.35, 0.6, 0.8, 1.0), (0.55, 0.58, 0.9, 1.04)),
                 (0.36, 0.7),
                 ("none", "none", "none", "none", "loops"), 0.06),
}  # fmt: skip


def build(rng: random.Random) -> Scene:
    """One vessel."""
    name = rng.choices(list(KINDS), (5, 5, 3, 3, 2, 4))[0]
    kind = KINDS[name]
    material = pick(rng, kind.surfaces)
    girth, tall = rng.uniform(0.46, 0.54), rng.uniform(*kind.tall)
    radii = np.array(rng.choice(kind.radii)) * girth
    knots = [(radii[0] * 0.9, 0.0), *zip(radii, np.linspace(0.04 * tall, tall, len(radii)), strict=True)]
    flat = name in ("frying pan", "wok")
    elevation = math.radians(rng.uniform(16, 52) if flat else rng.uniform(8, 36))
    camera = Camera(azimuth=0.0, elevation=elevation, distance=rng.uniform(3.5, 8.0), target=(0.0, 0.0, tall / 2))
    solids = Solids(camera, strokes=rng.random() < 0.4)
    scene = Scene("pan", kind.names, material)
    lathe = Lathe(camera, turned(knots))
    marks = lathe.body(material, "body", shine=1.2)
    _surface(rng, scene, lathe, marks, name, tall)
    if rng.random() < kind.lid:
        _lid(rng, solids, scene, lathe, material, float(radii[-1]), tall)
    else:
        _inside(rng, scene, lathe, marks, name, material, tall)
        if name == "saucepan" and rng.random() < 0.4:
            _lip(rng, solids, scene, lathe, material, tall)
    solids.add(lathe.depth, marks)
    form = rng.choice(kind.handles)
    own = (
        material
        if form == "loops" and rng.random() < 0.6
        else pick(rng, ("plastic", "plastic", "wood", "metal", "metal"))
    )
    if form in ("long", "helped"):
        angle = rng.choice((0.0, math.pi)) + rng.uniform(-0.75, 0.75)
        _long_handle(rng, solids, scene, lathe, own, angle, tall)
        if form == "helped":
            _loop(rng, solids, lathe, own, angle + math.pi, tall, name="helper handle")
            scene.say("helper handle", "second small handle", "loop handle")
    elif form == "loops":
        angle = rng.uniform(-0.5, 0.5)
        for index, turn in enumerate((angle, angle + math.pi)):
            _loop(rng, solids, lathe, own, turn, tall, name=f"handle{index}")
        scene.say("two handles", "side handles", "loop handles", *made_of(rng, own, "handles"))
    else:
        scene.say("no handles", "without handles", "handleless")
    deep = ("deep", "tall", "high sides") if tall > 0.5 else ("shallow", "low", "flat")
    if tall > 0.5 or tall < 0.2:
        scene.say(*deep)
    solids.emit(scene)
    return scene


def _surface(rng: random.Random, scene: Scene, lathe: Lathe, marks: list[Mark], name: str, tall: float) -> None:
    if name == "bowl" and rng.random() < 0.6:
        decorate(rng, scene, lathe, marks, tall=tall, often=1.0)
    elif name != "frying pan" and rng.random() < 0.3:
        colour = pick(rng, ("plain", "metal"))
        marks += lathe.band(colour, "band", 0.0, tall * rng.uniform(0.12, 0.3))
        scene.say(*made_of(rng, colour, "base", "bottom"))
    elif rng.random() < 0.3:
        height = tall * rng.uniform(0.15, 0.85)
        marks.append(Mark(lathe.arc(height), scene.main.darker(0.7), "ring", 0.6, 0.0, 0.012))
        scene.say("line around the side", "ring", "ridge")


def _inside(
    rng: random.Random, scene: Scene, lathe: Lathe, marks: list[Mark], name: str, material: Material, tall: float
) -> None:
    inside = None
    if rng.random() < (0.3 if name == "bowl" else 0.55):
        black = ("black", "dark grey", "black", "grey", "white", "cream", "beige")
        inside = pick(rng, ("plain", "ceramic", "speckled"), black if name != "bowl" else None)
        scene.say(*made_of(rng, inside, "inside", "interior"))
        if name != "bowl" and inside.colour in ("black", "dark grey"):
            scene.say("non-stick", "non stick coating", "coated")
    marks += lathe.opening(material, "rim", thickness=rng.uniform(0.9, 0.96), inside=(inside or material).darker(1.2))
    mouth = lathe.ring(tall, scale=0.9)
    floor = lathe.ring(0.08 * tall, scale=0.97)
    area, shared = cv2.intersectConvexConvex(mouth.astype(np.float32), floor.astype(np.float32))
    if area > 0.02:
        outline = shared[:, 0].astype(np.float64)
        marks.append(Mark(outline, (inside or material).darker(0.88), "floor", 0.5, 0.3))
        if name == "frying pan" and area > 0.2 and rng.random() < 0.3:
            _contents(rng, scene, marks, outline.mean(axis=0), float(np.ptp(outline[:, 1])))
        elif name == "frying pan" and rng.random() < 0.3:
            low, high = outline.min(axis=0), outline.max(axis=0)
            for x in np.linspace(low[0], high[0], 9)[2:-2].tolist():
                half = 0.36 * (high[1] - low[1])
                middle = (low[1] + high[1]) / 2
                marks.append(
                    Mark(
                        np.array([(x, middle - half), (x, middle + half)]),
                        material.darker(0.5),
                        "ridges",
                        0.6,
                        0.0,
                        0.012,
                    )
                )
            scene.say("grill lines", "ridged", "griddle pan", "grill ridges")


def _contents(rng: random.Random, scene: Scene, marks: list[Mark], at: np.ndarray, span: float) -> None:
    """A fried egg."""
    turn = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    wave = 1 + 0.12 * np.sin(3 * turn + rng.uniform(0, 6))
    circle = np.column_stack([np.cos(turn) * 0.36 * wave, np.sin(turn) * 0.3 * wave]) * span
    marks.append(Mark(at + circle, pick(rng, "plain", "white"), "egg", 0.8, 0.4))
    marks.append(Mark(at + 0.4 * circle, pick(rng, "plain", ("yellow", "orange")), "yolk", 0.8, 0.2, 0.0, True))
    scene.say("fried egg", "egg in the pan", "with an egg")


def _lip(rng: random.Random, solids: Solids, scene: Scene, lathe: Lathe, material: Material, tall: float) -> None:
    angle = rng.choice((-1.0, 1.0)) * rng.uniform(0.3, 0.9)
    edge = lathe.at([angle - 0.22, angle, angle + 0.22], [tall, tall, tall])
    out = edge[1] - lathe.ring(tall).mean(axis=0)
    tip = edge[1] + 0.13 * out / max(float(np.hypot(*out)), 1e-6)
    foot = lathe.at(angle, tall * 0.75)[0]
    solids.add(
        lathe.depth - 0.2, [Mark(np.array([edge[0], tip, edge[2], foot]), material.darker(0.95), "lip", 0.9, 0.5)]
    )
    scene.say("spout", "pouring lip", "lip", "pouring spout")


def _lid(
    rng: random.Random, solids: Solids, scene: Scene, lathe: Lathe, material: Material, rim: float, tall: float
) -> None:
    own = pick(rng, ("glass", "metal")) if rng.random() < 0.35 else material
    high = rng.uniform(0.06, 0.2)
    knots = [(rim * 1.03, tall - 0.01), (rim * 1.03, tall + 0.02), (rim * 0.72, tall + 0.7 * high), (0.05, tall + high)]
    lid = Lathe(solids.camera, turned(knots))
    marks = lid.body(own, "lid", shine=1.2)
    marks.append(Mark(lid.arc(tall + 0.02), own.darker(0.7), "lid edge", 0.7, 0.0, 0.014))
    knob = pick(rng, ("plastic", "metal", "wood"))
    top = tall + high
    if rng.random() < 0.65:
        shape = [(0.035, top - 0.01), (0.03, top + 0.03), (0.075, top + 0.05), (0.07, top + 0.09), (0.02, top + 0.1)]
        turned_knob = Lathe(solids.camera, turned(shape))
        marks += turned_knob.body(knob, "knob", shine=1.2)
        scene.say(*made_of(rng, knob, "knob", "lid knob"))
    else:
        path = smooth_path(
            [(-0.13, 0, top - 0.02), (-0.1, 0, top + 0.08), (0.1, 0, top + 0.08), (0.13, 0, top - 0.02)], 4
        )
        solids.tube(path, 0.024, knob, "lid handle", bias=-1.2)
        scene.say("lid handle", *made_of(rng, knob, "lid handle"))
    solids.add(lathe.depth - 0.6, marks)
    scene.say("lid", "with lid", "with a cover", "glass lid" if own.texture == "glass" else f"{own.short(rng)} lid")


def _long_handle(
    rng: random.Random, solids: Solids, scene: Scene, lathe: Lathe, own: Material, angle: float, tall: float
) -> None:
    height = tall * rng.uniform(0.72, 0.9)
    start, long, rise = lathe.radius(height) * 0.96, rng.uniform(0.65, 1.15), rng.uniform(0.0, 0.22)
    away = np.array([math.cos(angle), math.sin(angle), 0.0])
    up = np.array([0.0, 0.0, 1.0])
    low = up * height
    path = smooth_path([
        away * start + low, away * (start + 0.15) + low + 0.3 * rise * up,
        away * (start + 0.55 * long) + low + 0.85 * rise * up, away * (start + long) + low + rise * up,
    ], 4)  # fmt: skip
    behind = 0.5 if away[1] > 0.1 else -0.5
    thick = rng.uniform(0.028, 0.055)
    solids.tube(path[3:], thick, own, "handle", taper=rng.uniform(0.8, 1.3), bias=behind - 0.1)
    joint = metal(rng) if rng.random() < 0.5 else own.darker(0.8)
    solids.tube(path[:5], thick * 0.75, joint, "joint", bias=behind, ink=0.6)
    if rng.random() < 0.5:
        solids.disc(path[-2] + [0, 0, thick], thick * 0.45, own.darker(0.4), "hole", bias=behind - 0.8, ink=0.7)
        scene.say("hole in the handle", "hanging hole", "hanging loop")
    scene.say("long handle", "handle", "with handle", *made_of(rng, own, "handle"))


def _loop(
    rng: random.Random, solids: Solids, lathe: Lathe, own: Material, angle: float, tall: float, *, name: str
) -> None:
    height = tall * 0.84
    radius, reach, half = lathe.radius(height), 0.16, 0.26
    path: list[tuple[float, float, float]] = []
    for turn, out in ((-half, 0.0), (-half * 0.8, 0.75 * reach), (0.0, reach), (half * 0.8, 0.75 * reach), (half, 0.0)):
        far = radius * 0.98 + out
        path.append((far * math.cos(angle + turn), far * math.sin(angle + turn), height + 0.2 * out))
    behind = 0.5 if math.sin(angle) > 0.1 else -0.5
    solids.tube(smooth_path(path, 4), 0.028, own, name, bias=behind)

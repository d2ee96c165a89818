"""Vases and bottles: a turned body with a rim, bands, patterns, handles, a label, a cap or a cork."""

from __future__ import annotations

import math
import random

import numpy as np

from stbir.data.drawn.camera import Camera
from stbir.data.drawn.lathe import Lathe, turned
from stbir.data.drawn.materials import Material, metal, pick, wood
from stbir.data.drawn.phrases import made_of
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.solids import Mark, Solids, smooth_path

CLAY = ("ceramic", "ceramic", "ceramic", "speckled", "marble", "plain", "glass", "metal", "striped", "floral", "wicker")
BOTTLES = ("glass", "glass", "plastic", "plastic", "metal", "plain", "ceramic", "glitter")

# radius at heights spread evenly from 0 to 1, for a body of height 1
SHAPES: dict[str, tuple[float, ...]] = {
    "round vase": (0.16, 0.34, 0.4, 0.33, 0.16, 0.14, 0.17),
    "tall vase": (0.13, 0.15, 0.18, 0.2, 0.18, 0.13, 0.15),
    "amphora": (0.12, 0.22, 0.32, 0.36, 0.3, 0.14, 0.13, 0.18),
    "gourd vase": (0.2, 0.3, 0.26, 0.13, 0.19, 0.2, 0.11, 0.1),
    "flared vase": (0.17, 0.14, 0.12, 0.13, 0.17, 0.25, 0.34),
    "bud vase": (0.2, 0.28, 0.24, 0.12, 0.07, 0.06, 0.06, 0.08),
    "cylinder vase": (0.2, 0.21, 0.21, 0.21, 0.21, 0.2),
    "ginger jar": (0.2, 0.28, 0.35, 0.38, 0.34, 0.2, 0.19),
    "planter": (0.3, 0.36, 0.4, 0.43, 0.45),
    "bowl": (0.2, 0.45, 0.62, 0.72, 0.76),
    "teardrop vase": (0.26, 0.36, 0.35, 0.26, 0.16, 0.09, 0.06),
}


def build(rng: random.Random) -> Scene:
    """One vase or bottle."""
    return _bottle(rng) if rng.random() < 0.4 else _vase(rng)


def _vase(rng: random.Random) -> Scene:
    form = rng.choice(list(SHAPES))
    girth = rng.uniform(0.8, 1.2)
    radii = [radius * girth * rng.uniform(0.93, 1.08) for radius in SHAPES[form]]
    tall = rng.uniform(0.75, 1.3) if form not in ("bowl", "planter") else rng.uniform(0.5, 0.9)
    heights = np.linspace(0, tall, len(radii))
    straight = rng.random() < 0.15
    profile = turned(np.column_stack([radii, heights]), straight=straight)
    clay = pick(rng, CLAY)
    solids = Solids(_camera(rng, tall), strokes=False)
    lathe = Lathe(solids.camera, profile)
    kind = ("bowl",) if form == "bowl" else ("planter", "plant pot", "pot") if form == "planter" else ("vase",)
    scene = Scene("vase", (*kind, form, "pot" if rng.random() < 0.3 else kind[0]), clay)
    marks = lathe.body(clay, "body", shine=1.3 if clay.texture in ("glass", "ceramic", "metal") else 1.08)
    decorate(rng, scene, lathe, marks, tall=tall)
    inside = pick(rng, "plain", ("white", "cream", "black", "brown")) if rng.random() < 0.3 else None
    marks += lathe.opening(clay, "rim", thickness=rng.uniform(0.8, 0.94), inside=inside)
    solids.add(lathe.depth, marks)
    if rng.random() < (0.75 if form == "amphora" else 0.13):
        _side_handles(rng, solids, lathe, clay, tall)
        scene.say("two handles", "handles", "with handles", "side handles")
    if rng.random() < 0.12:
        stems(rng, solids, scene, tall)
    scene.say(form, f"{form} shape")
    solids.emit(scene)
    return scene


def decorate(
    rng: random.Random, scene: Scene, lathe: Lathe, marks: list[Mark], *, tall: float, often: float = 0.62
) -> None:
    """Bands, dipped ends, rings, ribs, dots, zigzags or leaves on a turned body of height `tall`."""
    if rng.random() > often:
        return
    colour = pick(rng, ("plain", "plain", "plain", "ceramic", "glitter"))
    form = rng.choice(("bands", "bands", "dipped", "rings", "ribs", "dots", "zigzag", "leaves", "facets", "neck"))
    if form == "bands":
        count = rng.randint(1, 3)
        thick = tall * rng.uniform(0.03, 0.14) / math.sqrt(count)
        start = tall * rng.uniform(0.15, 0.6)
        for index in range(count):
            low = start + index * thick * 1.9
            if low + thick < tall * 0.97:
                marks += lathe.band(colour, f"band{index}", low, low + thick)
        scene.say(*made_of(rng, colour, "band" if count == 1 else "bands", "stripe" if count == 1 else "stripes"))
    elif form in ("dipped", "neck"):
        split = tall * rng.uniform(0.2, 0.5)
        ends = (0.0, split) if form == "dipped" else (tall - split * 0.7, tall)
        marks += lathe.band(colour, "dip", *ends)
        nouns = ("bottom", "base", "lower half") if form == "dipped" else ("top", "neck", "upper part")
        scene.say(*made_of(rng, colour, *nouns))
    elif form == "rings":
        for height in np.linspace(tall * 0.12, tall * 0.9, rng.randint(3, 9)):
            marks.append(Mark(lathe.arc(float(height)), colour, "ring", 0.7, 0.0, tall * rng.uniform(0.006, 0.014)))
        scene.say("ringed", "ribbed", "grooves", "horizontal lines", "rings")
    elif form in ("ribs", "facets"):
        levels = np.linspace(tall * 0.03, tall * 0.94, 12)
        for angle in np.linspace(-1.3, 1.3, rng.randint(4, 9)):
            lean = 0.5 if form == "facets" else 0.0
            path = lathe.at(angle + lean * (levels / tall - 0.5), levels)
            marks.append(Mark(path, colour.darker(0.9), "rib", 0.65, 0.0, tall * 0.008))
        scene.say("vertical ribs", "fluted", "ribbed", "vertical lines", "striped")
    elif form == "dots":
        size = tall * rng.uniform(0.02, 0.05)
        for row in range(rng.randint(1, 4)):
            height = tall * (0.25 + 0.15 * row)
            for angle in np.arange(-1.2, 1.3, 0.42) + 0.21 * (row % 2):
                spin = np.linspace(0, 2 * np.pi, 9, endpoint=False)
                radius = max(lathe.radius(height), 0.02)
                spot = lathe.at(angle + size * np.cos(spin) / radius, height + size * np.sin(spin))
                marks.append(Mark(spot, colour, "dot", 0.7, 0.3, 0.0, True))
        scene.say(*made_of(rng, colour, "dots", "spots"), "dotted")
    elif form == "zigzag":
        middle, swing = tall * rng.uniform(0.3, 0.6), tall * rng.uniform(0.03, 0.08)
        angles = np.linspace(-1.5, 1.5, rng.choice((9, 13, 17)))
        for row in range(rng.randint(1, 3)):
            heights = middle + row * swing * 1.6 + swing * (-1.0) ** np.arange(len(angles))
            marks.append(Mark(lathe.at(angles, heights), colour, "zigzag", 0.85, 0.0, tall * 0.016))
        scene.say(*made_of(rng, colour, "zigzag", "zigzag pattern"), "zigzag band")
    else:
        middle = tall * rng.uniform(0.35, 0.55)
        for angle in (-0.8, 0.0, 0.8):
            motif(rng, lathe, marks, colour, angle=angle, height=middle, size=tall * rng.uniform(0.1, 0.2))
        scene.say(*made_of(rng, colour, "leaves", "leaf pattern", "painted leaves"), "leaf motif")


def motif(
    rng: random.Random,
    lathe: Lathe,
    marks: list[Mark],
    colour: Material,
    *,
    angle: float,
    height: float,
    size: float,
    form: str = "leaf",
) -> None:
    """A leaf, heart, star, circle or flower painted on the body, of half-size `size` around a point of it."""
    spin = np.linspace(0, 2 * np.pi, 21, endpoint=False)
    if form == "heart":
        x, y = np.sin(spin) ** 3, (13 * np.cos(spin) - 5 * np.cos(2 * spin) - 2 * np.cos(3 * spin)) / 16
    elif form == "circle":
        x, y = np.cos(spin), np.sin(spin)
    elif form in ("star", "flower"):
        reach = 1 - 0.5 * (np.arange(20) % 2) if form == "star" else 0.75 + 0.25 * np.cos(6 * spin[:20])
        x, y = reach * np.sin(np.linspace(0, 2 * np.pi, 20, endpoint=False)), 0.0 * spin[:20]
        y = reach * np.cos(np.linspace(0, 2 * np.pi, 20, endpoint=False))
    else:
        x, y = 0.42 * np.sin(spin) * np.abs(np.sin(spin / 2 + 0.4)), np.cos(spin)
    radius = max(lathe.radius(height), 0.05)
    marks.append(Mark(lathe.at(angle + size * x / radius, height + size * y), colour, "motif", 0.8, 0.3, 0.0, True))


def _side_handles(rng: random.Random, solids: Solids, lathe: Lathe, clay: Material, tall: float) -> None:
    low, high = tall * rng.uniform(0.45, 0.6), tall * rng.uniform(0.78, 0.94)
    out = rng.uniform(0.1, 0.2)
    for side in (-1, 1):
        inner, outer = lathe.radius(low), lathe.radius(high)
        bulge = side * (max(inner, outer) + out)
        path = [(side * inner * 0.97, 0, low), (bulge, 0, (low + 2 * high) / 3), (side * outer * 0.97, 0, high)]
        solids.tube(smooth_path(path, 5), rng.uniform(0.02, 0.035), clay, f"handle{side}", bias=0.02)


def stems(rng: random.Random, solids: Solids, scene: Scene, tall: float) -> None:
    """A few flowers or twigs that stick out of the top."""
    green = pick(rng, "plain", ("green", "dark green", "olive", "sage", "tan"))
    bloom = pick(rng, "plain")
    for index in range(rng.randint(2, 6)):
        lean, rise = rng.uniform(-0.4, 0.4), rng.uniform(0.25, 0.6)
        path = [(0.02 * lean, 0, tall * 0.97), (lean * 0.4, 0, tall + rise * 0.6), (lean, 0, tall + rise)]
        solids.tube(smooth_path(path, 3), 0.008, green, f"stem{index}", bias=-0.5)
        solids.disc(
            (lean, 0, tall + rise), rng.uniform(0.05, 0.1), bloom, f"flower{index}", axis=1, bias=-0.55, ink=0.8
        )
    scene.say("with flowers", *made_of(rng, bloom, "flowers"), "flowers")


def _bottle(rng: random.Random) -> Scene:
    tall = rng.uniform(0.9, 1.35)
    wide = tall * rng.uniform(0.12, 0.24)
    shoulder, neck = tall * rng.uniform(0.5, 0.78), wide * rng.uniform(0.25, 0.7)
    soft = rng.random() < 0.5
    slope = tall * rng.uniform(0.05, 0.2)
    knots = [(wide * 0.93, 0), (wide, tall * 0.03), (wide * rng.uniform(0.9, 1.05), shoulder)]
    top = min(shoulder + slope, tall * 0.93)
    knots += [(neck, top), (neck * rng.uniform(0.85, 1.0), tall)]
    if soft:
        knots.insert(3, (wide * 0.85, shoulder + (top - shoulder) * 0.35))
    profile = turned(knots, steps=6, straight=not soft and rng.random() < 0.4)
    material = pick(rng, BOTTLES)
    solids = Solids(_camera(rng, tall), strokes=False)
    lathe = Lathe(solids.camera, profile)
    sport = neck > wide * 0.5
    names = ("bottle", "water bottle", "flask", "thermos") if sport else ("bottle", "glass bottle", "jar bottle")
    scene = Scene("vase", names, material)
    marks = lathe.body(material, "body", shine=1.35)
    if rng.random() < 0.55:
        paper = pick(rng, ("plain", "plain", "striped", "floral"))
        low = shoulder * rng.uniform(0.15, 0.35)
        half = rng.uniform(0.6, 1.5)
        label = lathe.patch((-half, half), (low, shoulder * rng.uniform(0.65, 0.92)))
        marks.append(Mark(label, paper, "label", 0.9, 0.5))
        scene.say(*made_of(rng, paper, "label", "sticker"))
        if rng.random() < 0.5:
            print_on = pick(rng, "plain")
            form = rng.choice(("circle", "star", "leaf", "heart"))
            motif(
                rng, lathe, marks, print_on, angle=0.0, height=(low + shoulder * 0.75) / 2, size=wide * 0.35, form=form
            )
    else:
        decorate(rng, scene, lathe, marks, tall=shoulder, often=0.5)
    marks += lathe.opening(material, "rim", thickness=0.7)
    solids.add(lathe.depth, marks)
    if rng.random() < 0.75:
        _stopper(rng, solids, scene, neck, tall)
    if sport and rng.random() < 0.25:
        path = [(neck * 0.9, 0, tall * 0.97), (neck + 0.16, 0, tall * 0.99), (wide, 0, shoulder)]
        solids.tube(smooth_path(path, 5), 0.02, material, "handle", bias=0.01)
        scene.say("handle", "with handle", "side handle")
    solids.emit(scene)
    return scene


def _stopper(rng: random.Random, solids: Solids, scene: Scene, neck: float, tall: float) -> None:
    form = rng.choice(("cap", "cap", "cork", "pump", "ball"))
    material = {"cork": wood(rng, "light wood"), "ball": metal(rng)}.get(form) or pick(
        rng, ("plastic", "metal", "wood")
    )
    high = tall * rng.uniform(0.05, 0.14)
    wide = neck * (0.85 if form == "cork" else rng.uniform(1.02, 1.25))
    profile = turned([(wide, tall * 0.97), (wide, tall + high), (wide * 0.97, tall + high + 0.004)], straight=True)
    if form == "ball":
        profile = turned([(neck * 0.7, tall), (neck * 1.3, tall + neck), (neck * 0.3, tall + neck * 2.2)])
    cap = Lathe(solids.camera, profile)
    solids.add(cap.depth - 0.4, [*cap.body(material, "cap"), *cap.opening(material, "cap", thickness=1.0)])
    if form == "pump":
        pipe = [(0, 0, tall + high), (0, 0, tall + high * 2), (-wide * 1.8, 0, tall + high * 1.9)]
        solids.tube(pipe, wide * 0.25, material, "pump", bias=-0.5)
        scene.say(*made_of(rng, material, "pump", "dispenser"), "pump dispenser")
    elif form == "cork":
        scene.say("cork", "cork stopper", "with cork")
    else:
        scene.say(*made_of(rng, material, "cap", "lid", "top"))


def _camera(rng: random.Random, tall: float) -> Camera:
    elevation = rng.uniform(5, 28) if rng.random() < 0.88 else 0.0
    return Camera(
        azimuth=0.0, elevation=math.radians(elevation), distance=rng.uniform(3.5, 9.0), target=(0.0, 0.0, tall / 2)
    )

"""What shoes and boots have in common: the last they are built on, soles and heels, laces, the viewpoint.

Everything is drawn with the toe at x = 0, the heel at x = 1 and y pointing up; `set_down` turns it over.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stbir.data.drawn.curves import Points, ease, polyline, ribbon, smooth, xy
from stbir.data.drawn.materials import Material, metal, pick
from stbir.data.drawn.scene import Scene

SURFACES = (
    "leather", "leather", "leather", "leather", "leather", "leather", "suede", "suede", "suede", "suede", "fabric",
    "fabric", "plain", "plain", "patent", "patent",
    "quilted", "striped", "dots", "plaid", "floral", "leopard", "snake", "knit", "glitter", "mesh", "fur", "camo",
    "velvet", "felt", "zigzag", "metal", "plastic",
)  # fmt: skip
SOLE_COLOURS = ("black", "black", "white", "brown", "tan", "beige", "dark brown", "cream", "grey", "chestnut")
LACE_COLOURS = ("black", "black", "white", "white", "brown", "cream", "tan", "grey", "red", "yellow")
LINING_COLOURS = ("beige", "cream", "black", "grey", "tan", "white", "brown")


@dataclass(frozen=True)
class Last:
    """The line a foot stands on: `lift` of the heel, how far the toe springs up, how thick the sole is."""

    lift: float
    spring: float
    thickness: float
    arch_from: float
    arch_length: float

    def ground(self, x: npt.ArrayLike) -> Points:
        """The lower side of the sole."""
        x = np.asarray(x, np.float64)
        toe = self.spring * (np.clip(0.2 - x, 0, 1) / 0.2) ** 2
        return toe + self.lift * ease((x - self.arch_from) / self.arch_length)

    def top(self, x: npt.ArrayLike) -> Points:
        """The upper side of the sole, where the foot is."""
        return self.ground(x) + self.thickness

    def at(self, x: float) -> float:
        """The height of the upper side of the sole at one place."""
        return float(self.top(x))


@dataclass(frozen=True)
class Fabrics:
    """The materials of one shoe."""

    main: Material
    second: Material
    sole: Material
    lining: Material
    metal: Material


def fabrics(rng: random.Random) -> Fabrics:
    """Materials that may go together."""
    main = pick(rng, SURFACES)
    second = main.darker(rng.uniform(0.6, 1.25)) if rng.random() < 0.4 else pick(rng, ("leather", "suede", "fabric"))
    sole = pick(rng, "plain", SOLE_COLOURS) if rng.random() < 0.75 else main.darker(rng.uniform(0.5, 0.9))
    lining = pick(rng, "leather", LINING_COLOURS) if rng.random() < 0.6 else main.darker(rng.uniform(0.45, 0.7))
    return Fabrics(main, second, sole, lining, metal(rng, rng.choice(("gold", "silver", "silver", "black", "bronze"))))


def last(rng: random.Random, *, lift: float, thickness: float) -> Last:
    """A last with a heel `lift` above the ground."""
    spring = rng.uniform(0, 0.03) if lift > 0.04 else rng.uniform(0, 0.06)
    return Last(lift, spring, thickness, rng.uniform(0.25, 0.38), rng.uniform(0.35, 0.5))


def add_heel(scene: Scene, rng: random.Random, base: Last, materials: Fabrics, *, wedge: bool) -> None:
    """The heel under a lifted last, in one of many shapes."""
    if base.lift < 0.04:
        if rng.random() < 0.5:
            front, depth = rng.uniform(0.68, 0.78), rng.uniform(0.015, 0.05)
            block = polyline([(front, 0.02), (1.0, 0.02), (0.995, -depth), (front + 0.02, -depth)], 4, closed=True)
            scene.fill(block, materials.sole.darker(0.85), part="heel")
        return
    if wedge:
        start = base.arch_from + rng.uniform(-0.1, 0.05)
        x = np.linspace(start, 1.0, 14)
        lower = [(1 - rng.uniform(0, 0.08), 0.0), (start + rng.uniform(0, 0.08), 0.0)]
        outline = np.concatenate([np.stack([x, base.ground(x) + 0.004], axis=1), polyline(lower, 6)])
        rope = rng.random() < 0.25
        if rope:
            material = pick(rng, "wicker", ("beige", "tan", "cream"))
        else:
            material = materials.sole if rng.random() < 0.7 else materials.main
        scene.fill(outline, material, part="heel")
        if rope:
            scene.say("rope wedge", "espadrille wedge", "woven wedge heel", "natural rope sole")
        elif base.lift > 0.22:
            scene.say("high wedge", "wedge heel", "tall wedge", f"{material.short(rng)} wedge")
        else:
            scene.say("low wedge", "wedge", "wedge sole", f"{material.short(rng)} wedge")
        return
    tip = rng.choice((rng.uniform(0.025, 0.05), rng.uniform(0.08, 0.14), rng.uniform(0.15, 0.24)))
    seat = max(rng.uniform(0.14, 0.26), tip)
    back = 1 - rng.uniform(0.0, 0.06)
    material = materials.sole if rng.random() < 0.55 else materials.main.darker(0.9)
    front = smooth([(1 - seat, float(base.ground(1 - seat)) + 0.005), (back - tip * 1.15, base.lift * 0.45),
                    (back - tip, 0.0)], 5)  # fmt: skip
    rear = smooth([(back, 0.0), (back + 0.01, base.lift * 0.45), (1.0, base.lift + 0.005)], 5)
    scene.fill(np.concatenate([front, rear]), material, part="heel")
    if tip < 0.07:
        words = (
            ("stiletto heel", "high heel", "thin heel")
            if base.lift > 0.2
            else ("kitten heel", "low heel", "small heel")
        )
    else:
        words = ("block heel", "chunky heel", "high block heel") if base.lift > 0.2 else ("low block heel", "low heel")
    scene.say(*words)


def add_sole(scene: Scene, rng: random.Random, base: Last, materials: Fabrics) -> None:
    """The sole along the whole foot, sometimes with a coloured line or a tread."""
    x = np.linspace(-0.005, 1.0, 24)
    upper, lower = np.stack([x, base.top(x)], axis=1), np.stack([x, base.ground(x)], axis=1)
    scene.fill(np.concatenate([upper, lower[::-1]]), materials.sole, part="sole")
    if base.thickness > 0.05 and rng.random() < 0.4:
        stripe = pick(rng, "plain", ("white", "black", "red", "grey", "brown"))
        scene.line(0.45 * lower + 0.55 * upper, stripe, width=rng.uniform(0.006, 0.02), part="sole", ink=0.5)
    if base.thickness > 0.06:
        scene.say(f"thick {materials.sole.short(rng)} sole", "thick sole", "platform sole", "chunky sole")
    else:
        scene.say(f"{materials.sole.short(rng)} sole", f"with {materials.sole.short(rng)} sole")


def add_laces(
    scene: Scene, rng: random.Random, low: tuple[float, float], high: tuple[float, float], shade: Material
) -> None:
    """Rows of laces from `low` to `high` along the instep, often with a bow."""
    laces = pick(rng, "plain", LACE_COLOURS)
    start, end = np.array(low), np.array(high)
    along = (end - start) / max(float(np.hypot(*(end - start))), 1e-6)
    inward = np.array([along[1], -along[0]])
    rows = rng.randint(3, 7)
    width, reach = rng.uniform(0.014, 0.028), rng.uniform(0.06, 0.09)
    facing = [start + inward * reach, end + inward * reach]
    scene.line(polyline(facing, 4), shade.darker(0.6), width=0.008, part="facing", ink=0.7)
    crossed = rng.random() < 0.4
    for row in range(rows):
        point = start + (end - start) * row / (rows - 1)
        slant = along * (0.035 if crossed else 0.0)
        scene.line(smooth([point + slant, point + inward * reach * 0.5 + slant * 0.5 + along * 0.01,
                           point + inward * reach], 3), laces, width=width, part="laces", ink=0.75)  # fmt: skip
        if crossed:
            scene.line([point, point + inward * reach + slant], laces, width=width, part="laces", ink=0.6)
    if rng.random() < 0.6:
        knot = end + inward * reach * 0.4
        for side in (-1, 1):
            loop = smooth([knot, knot + xy(side * 0.07, 0.04), knot + xy(side * 0.1, -0.02), knot], 4)
            scene.line(loop, laces, width=0.016, part="bow", ink=0.8)
            scene.line(smooth([knot, knot + xy(side * 0.03, -0.06), knot + xy(side * 0.06, -0.12)], 4), laces,
                       width=0.016, part="bow", ink=0.5)  # fmt: skip
    scene.say(f"{laces.short(rng)} laces", f"{laces.short(rng)} laces", "lace up", "laces", "with laces")


def add_buckle(scene: Scene, material: Material, x: float, y: float, *, size: float, part: str) -> None:
    """A small frame of metal with a pin."""
    frame = polyline([(x - size, y - size), (x + size, y - size), (x + size, y + size), (x - size, y + size)], 2,
                     closed=True)  # fmt: skip
    scene.fill(frame, material, part=part, ink=0.75, flat=True)
    scene.fill(0.5 * (frame - (x, y)) + xy(x, y), material.darker(0.35), part=part, ink=0.2, edge=0, flat=True)


def add_band(
    scene: Scene, points: npt.ArrayLike, width: float, material: Material, *, part: str, ink: float = 0.95
) -> None:
    """A strap along a curve through `points`."""
    scene.fill(ribbon(smooth(points, 6), width), material, part=part, ink=ink)


def seam(scene: Scene, points: npt.ArrayLike, material: Material, *, ink: float = 0.6) -> None:
    """A line of stitches along a curve through `points`."""
    scene.line(smooth(points, 5), material.darker(0.55), width=0.007, part="seam", ink=ink)


def set_down(scene: Scene, rng: random.Random, *, tall: bool) -> None:
    """Seen from a little above and in front: bowed, foreshortened, turned, with y pointing down."""
    every = np.concatenate([shape.points for shape in scene.shapes])
    left, width = float(every[:, 0].min()), float(np.ptp(every[:, 0]))
    bow = rng.uniform(-0.01, 0.08) * width * (0.5 if tall else 1.0)
    nearer = rng.uniform(-0.05, 0.35) * (0.3 if tall else 1.0)
    lean = rng.uniform(-0.12, 0.12) * (0.4 if tall else 1.0)
    scene.warp(_seen(left, width, bow, nearer, lean))
    angle = math.radians(rng.uniform(-4, 6) if tall else rng.uniform(-5, 20))
    stretch, slant, height = rng.uniform(0.92, 1.08), rng.uniform(-0.05, 0.08), rng.uniform(0.88, 1.18)
    cos, sin = math.cos(angle), math.sin(angle)
    turn = np.array([[cos, -sin], [sin, cos]]) @ np.array([[stretch, slant], [0, height]])
    scene.transform(np.array([[1, 0], [0, -1]]) @ turn)
    if rng.random() < 0.08:
        scene.transform([[-1, 0], [0, 1]])


def _seen(left: float, width: float, bow: float, nearer: float, lean: float) -> Callable[[Points], Points]:
    def look(points: Points) -> Points:
        x = (points[:, 0] - left) / width
        inside = np.clip(x, -0.1, 1.1)
        y = points[:, 1] * (1 + nearer * (0.5 - x)) - bow * 4 * inside * (1 - inside)
        return np.stack([points[:, 0] + lean * points[:, 1] * (x - 0.3), y], axis=1)

    return look

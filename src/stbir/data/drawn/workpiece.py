"""A mechanical part under construction: it knows its material, its thickness and how many holes it has."""

from __future__ import annotations

import math
import random

import numpy as np
import numpy.typing as npt

from stbir.data.drawn.camera import Camera
from stbir.data.drawn.materials import metal, pick
from stbir.data.drawn.plate import Sheet, add_plate, slot
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.solids import Solids

Points = npt.NDArray[np.float64]

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


class Workpiece:
    """Plates with drilled patterns, added one by one; `finish` says and paints them."""

    def __init__(self, rng: random.Random, names: tuple[str, ...], *, height: float = 0.3) -> None:
        self.rng = rng
        self.material = metal(rng) if rng.random() < 0.72 else pick(rng, ("plain", "plastic", "metal"))
        side = rng.choice((-1.0, 1.0))
        camera = Camera(
            azimuth=side * math.radians(rng.uniform(18, 62)),
            elevation=math.radians(rng.uniform(14, 46)),
            distance=rng.uniform(3.0, 8.0),
            target=(0.0, 0.0, height),
        )
        self.solids = Solids(camera, strokes=False)
        self.scene = Scene("bracket", (*names, "bracket", "metal part"), self.material)
        self.thick = rng.uniform(0.03, 0.11)
        self.corner = rng.choice((0.0, 0.0, rng.uniform(0.04, 0.2)))
        self.sunk = rng.uniform(0.35, 0.6) if rng.random() < 0.2 else 0.0
        self.count = 0
        self.slots = 0

    def plate(self, sheet: Sheet, outline: Points, holes: list[Points], *, part: str, bias: float = 0.0) -> None:
        """Add a plate and count its holes."""
        self.count += len(holes)
        add_plate(self.solids, sheet, outline, self.material, part, holes=holes, sunk=self.sunk, bias=bias)

    def pattern(self, low: tuple[float, float], high: tuple[float, float], *, most: int = 4) -> list[Points]:
        """Holes or slots in the rectangle from `low` to `high`: one, a row, or one near each corner."""
        rng = self.rng
        wide, tall = high[0] - low[0], high[1] - low[1]
        x, y = (low[0] + high[0]) / 2, (low[1] + high[1]) / 2
        radius = min(wide, tall) * rng.uniform(0.1, 0.17)
        form = rng.choice(("one", "row", "row", "corners", "slot", "mixed") if most > 1 else ("one", "slot"))
        across = wide >= tall
        if form == "one":
            return [slot(x, y, 0.0, radius * rng.uniform(1.0, 1.9))]
        if form == "slot":
            self.slots += 1
            return [slot(x, y, max(wide, tall) * rng.uniform(0.25, 0.5), radius, upright=not across)]
        if form == "corners" and most >= 4:
            return [
                slot(x + sx * wide * 0.32, y + sy * tall * 0.3, 0.0, radius * 0.85) for sx in (-1, 1) for sy in (-1, 1)
            ]
        count = rng.randint(2, min(3, most))
        places = np.linspace(-0.33, 0.33, count)
        radius = min(radius, max(wide, tall) * 0.66 / (count - 1) * 0.27)
        row = [(x + at * wide, y) if across else (x, y + at * tall) for at in places]
        holes = [slot(a, b, 0.0, radius) for a, b in row]
        if form == "mixed" and count == 3:
            self.slots += 1
            holes[1] = slot(*row[1], max(wide, tall) * 0.12, radius * 1.3, upright=not across)
        return holes

    def finish(self) -> Scene:
        """Say what was built and paint it."""
        scene, count = self.scene, self.count
        if count:
            number = NUMBERS[min(count, 12)]
            noun = "hole" if count == 1 else "holes"
            phrases = (f"{number} {noun}", f"with {number} {noun}", f"{number} bolt {noun}", f"{number} screw {noun}")
            scene.say(*phrases, f"{count} {noun}", f"{number} drilled {noun}", f"{number} mounting {noun}")
        else:
            scene.say("no holes", "without holes", "solid")
        if self.slots:
            scene.say("slot" if self.slots == 1 else "slots", "slotted", "elongated hole", "oblong hole")
        if self.sunk and count:
            scene.say("countersunk holes", "countersunk", "bevelled holes")
        scene.say(
            *(("rounded corners", "rounded edges", "round ends") if self.corner else ("sharp corners", "square edges"))
        )
        scene.say(
            *(("thick plate", "heavy duty", "thick metal") if self.thick > 0.075 else ("thin plate", "sheet metal"))
        )
        self.solids.emit(scene)
        return scene

"""How fast objects are drawn: triples a second per family, and where the time goes. One process, fixed seeds.

python benchmarks/drawing.py [--count 100] [--size 128]
"""

from __future__ import annotations

import argparse
import platform
import random
import time

from stbir.data import drawn
from stbir.data.drawn.hand import sketch
from stbir.data.drawn.photograph import photograph
from stbir.data.drawn.words import describe
from stbir.evaluation.protocol import hardware
from stbir.functional.strokes import rasterise

STEPS = ("object", "photo", "sketch", "raster", "words")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100, help="objects per family")
    parser.add_argument("--size", type=int, default=128, help="side of the pictures in pixels")
    options = parser.parse_args()
    print(f"{hardware()}, Python {platform.python_version()}; one process, ", end="")
    print(f"{options.count} objects per family at {options.size} px")
    print(f"{'family':<10}{'triples/s':>10}" + "".join(f"{step:>9}" for step in STEPS))
    total = dict.fromkeys(STEPS, 0.0)
    for family in drawn.families():
        spent = timed(family, count=options.count, size=options.size)
        report(family, spent, options.count)
        for step in STEPS:
            total[step] += spent[step]
    report("all", total, options.count * len(drawn.families()))


def timed(family: str, *, count: int, size: int) -> dict[str, float]:
    """CPU seconds of each step for `count` objects; a first round, not counted, makes the textures."""
    for seed in range(count):
        drawn.draw(family, seed, size=size)
    spent = dict.fromkeys(STEPS, 0.0)
    for seed in range(count):
        marks = [time.process_time()]
        scene = drawn.scene_of(family, seed)
        marks.append(time.process_time())
        photograph(scene, random.Random(seed), size=size)
        marks.append(time.process_time())
        drawing = sketch(scene, random.Random(seed))
        marks.append(time.process_time())
        rasterise(drawing, size)
        marks.append(time.process_time())
        describe(scene, random.Random(seed))
        marks.append(time.process_time())
        for step, start, end in zip(STEPS, marks[:-1], marks[1:], strict=True):
            spent[step] += end - start
    return spent


def report(name: str, spent: dict[str, float], count: int) -> None:
    whole = sum(spent.values())
    shares = "".join(f"{100 * spent[step] / whole:>8.0f}%" for step in STEPS)
    print(f"{name:<10}{count / whole:>10.0f}{shares}")


if __name__ == "__main__":
    main()

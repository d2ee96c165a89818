"""An object as flat shapes in painter's order: what the photo, the sketch and the words are all made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from stbir.data.drawn.materials import Material

Points: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Shape:
    """A filled area (`width` 0) or a line of a given width; `points` is float64 of shape (n, 2).

    `ink` is the chance that a person draws its outline, `edge` the chance that the photo shows a dark
    line there. A `flat` shape is painted in one tone (small metal parts, thin rims).
    """

    points: Points
    material: Material
    part: str
    closed: bool
    width: float
    ink: float
    edge: float
    flat: bool


class Scene:
    """Shapes from back to front, later covers earlier, with the words that tell what they show.

    y points down in a finished scene; units are arbitrary, since the picture is fitted to the scene.
    `names` are the nouns for the whole, `main` is the material it is known by, and each entry of
    `details` lists phrases that mean the same detail.
    """

    def __init__(self, family: str, names: tuple[str, ...], main: Material) -> None:
        self.family = family
        self.names = names
        self.main = main
        self.shapes: list[Shape] = []
        self.details: list[tuple[str, ...]] = []

    def fill(
        self,
        points: npt.ArrayLike,
        material: Material,
        *,
        part: str,
        ink: float = 1.0,
        edge: float = 0.75,
        flat: bool = False,
    ) -> None:
        """Add a filled outline in front of everything so far; the outline closes itself."""
        outline = np.asarray(points, np.float64)
        self.shapes.append(Shape(outline, material, part, True, 0.0, ink, edge, flat))

    def line(self, points: npt.ArrayLike, material: Material, *, width: float, part: str, ink: float = 0.7) -> None:
        """Add an open line of `width` (in scene units) in front of everything so far."""
        self.shapes.append(Shape(np.asarray(points, np.float64), material, part, False, width, ink, 0.0, True))

    def say(self, *phrases: str) -> None:
        """Add one detail; `phrases` are different ways to say the same."""
        self.details.append(phrases)

    def transform(self, matrix: npt.ArrayLike, offset: npt.ArrayLike = 0.0) -> None:
        """Map every point p to `matrix` @ p + `offset`."""
        linear = np.asarray(matrix, np.float64).T
        shift = np.asarray(offset, np.float64)
        self.warp(lambda points: points @ linear + shift)

    def warp(self, function: Callable[[Points], Points]) -> None:
        """Replace the points of every shape by `function` of them: (n, 2) in, (n, 2) out."""
        self.shapes = [replace(shape, points=function(shape.points)) for shape in self.shapes]

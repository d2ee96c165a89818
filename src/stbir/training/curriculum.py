"""STBIR's module (a): queries and photos get worse while a stage goes on, so that the model learns to stand it.

STBIR (arXiv 2604.15735), with the numbers of its authors' development repository.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from stbir.config import Settings


class Curriculum(Settings):
    """How likely and how strongly pictures are degraded, by the epoch e of the stage, counted from 0.

    With u = clip((e - start) / ramp, 0, 1) the probability is p0 + (p_max - p0) u and the strength s0 + (s_max - s0) u.
    Every picture of the `sides` is degraded for itself, right and wrong ones alike, in training only. STBIR's stages:
    sketch start 0, ramp 4, p_max 0.7; image start 2, ramp 6, p_max 0.6; none while the text encoder is trained.
    The defaults here are the authors' general ones.

    With "text" among the `sides` words are forgotten too, as large a share of them as the strength says: a query of bad
    quality may be bad in what it says (DESIGN).

    Sketches whose strokes are known are also misdrawn (DESIGN): one mistake of `stbir.functional.degrade.sketches`,
    `strokes` times as strong as the picture's degradation; 0 leaves the strokes alone, as STBIR does.
    """

    p0: float = Field(default=0.05, ge=0, le=1)
    p_max: float = Field(default=0.6, ge=0, le=1)
    s0: float = Field(default=0.2, ge=0, le=1)
    s_max: float = Field(default=1.0, ge=0, le=1)
    start: int = Field(default=0, ge=0)
    ramp: int = Field(default=8, ge=1)
    sides: tuple[Literal["photo", "sketch", "text"], ...] = ("photo", "sketch")
    strokes: float = Field(default=1.0, ge=0, le=1)

    @model_validator(mode="after")
    def _rising(self) -> Curriculum:
        if self.p_max < self.p0 or self.s_max < self.s0:
            raise ValueError("a curriculum gets harder: p_max must not be below p0, nor s_max below s0")
        return self

    def at(self, epoch: int) -> tuple[float, float]:
        """The probability and the strength in an epoch.

        >>> [tuple(round(value, 3) for value in Curriculum().at(epoch)) for epoch in (0, 4, 8, 20)]
        [(0.05, 0.2), (0.325, 0.6), (0.6, 1.0), (0.6, 1.0)]
        """
        u = min(1.0, max(0.0, (epoch - self.start) / self.ramp))
        return self.p0 + (self.p_max - self.p0) * u, self.s0 + (self.s_max - self.s0) * u

    def touches(self, side: str) -> bool:
        """Whether it can ever change anything of this side."""
        return side in self.sides and self.p_max > 0

"""Which weights are kept and when a stage ends early: what the measurements of a run have found so far."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Standing:
    """The best value so far and where it was; `since` measurements came after it."""

    best: float | None = None
    stage: str = ""
    step: int = 0
    since: int = 0

    def after(self, value: float, *, stage: str, step: int, lower: bool) -> Standing:
        """Where things stand after one more measurement; an equal value is not better, one that is no number never.

        >>> stands = Standing().after(0.5, stage="first", step=10, lower=False)
        >>> stands.after(0.5, stage="first", step=20, lower=False)
        Standing(best=0.5, stage='first', step=10, since=1)
        """
        better = not math.isnan(value) and (self.best is None or (value < self.best if lower else value > self.best))
        if better:
            return Standing(value, stage, step)
        return Standing(self.best, self.stage, self.step, self.since + 1)


@dataclass(frozen=True)
class Selection:
    """The standing of the stage that runs, and that of all stages together."""

    here: Standing = field(default_factory=Standing)
    overall: Standing = field(default_factory=Standing)

    def after(self, value: float, *, stage: str, step: int, lower: bool) -> Selection:
        """Both standings after one more measurement."""
        here, overall = (s.after(value, stage=stage, step=step, lower=lower) for s in (self.here, self.overall))
        return Selection(here, overall)

    def next_stage(self) -> Selection:
        """What the next stage begins with."""
        return Selection(overall=self.overall)

    def values(self) -> dict[str, Any]:
        """Plain values for a checkpoint; `read` reads them."""
        return asdict(self)

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Selection:
        """Make again what `values` gave.

        >>> selection = Selection().after(0.5, stage="first", step=10, lower=False)
        >>> Selection.read(selection.values()) == selection
        True
        """
        return cls(Standing(**values["here"]), Standing(**values["overall"]))

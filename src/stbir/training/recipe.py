"""A training run as data: what to start from, what to train on, which parameters, how long."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from stbir.config import Settings
from stbir.nn.scratch import ScratchConfig


class Start(Settings):
    """Which method, with which settings, on which weights: those of a MODEL, or new ones."""

    method: str = "late_fusion"
    weights: str | None = None
    scratch: ScratchConfig | None = None
    settings: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_start(self) -> Start:
        if (self.weights is None) == (self.scratch is None):
            raise ValueError("give either weights (a MODEL to start from) or scratch (the sizes of a new one)")
        return self


class DrawnData(Settings):
    """Triples that `stbir.data.drawn` draws: never the held-out families and combinations.

    In `one_family` of the batches all objects are of one family, so that they are hard to tell
    apart. `ramp` is the number of steps over which sketches go from careful to as distorted as
    people draw them; until half of it all batches are mixed.
    """

    source: Literal["drawn"] = "drawn"
    families: dict[str, float] = Field(default_factory=dict)
    one_family: float = Field(default=0.75, ge=0, le=1)
    ramp: int = Field(default=400, ge=0)
    mirror: bool = True
    unfinished: float = Field(default=0.0, ge=0, le=1)
    thick: float = Field(default=0.0, ge=0, le=1)
    forget_word: float = Field(default=0.1, ge=0, lt=1)


class Stage(Settings):
    """One stretch of training: the parameters that `free` names, and how they move.

    The rate rises over `warm_up` steps and falls to zero over the last `decay` of them (a share).
    `average` is the decay of a moving average of the weights, which is what the stage leaves behind.
    """

    name: str = "main"
    free: tuple[str, ...] = ("*",)
    steps: int = Field(ge=1)
    batch_size: int = Field(default=96, ge=2)
    learning_rate: float = Field(default=8e-4, gt=0)
    warm_up: int = Field(default=50, ge=0)
    decay: float = Field(
        default=0.25, ge=0, le=1, description="share of the steps, at the end, over which the rate falls to 0"
    )
    weight_decay: float = Field(default=0.05, ge=0)
    clip: float = Field(default=1.0, gt=0)
    average: float = Field(default=0.0, ge=0, lt=1)
    precision: Literal["fp32", "bf16"] = "fp32"


class Recipe(Settings):
    """Everything that decides a run's weights."""

    name: str = Field(pattern=r"^[A-Za-z0-9][\w.-]*$")
    seed: int = Field(default=0, ge=0)
    start: Start
    data: DrawnData = DrawnData()
    stages: tuple[Stage, ...] = Field(min_length=1)
    save_every: int = Field(default=200, ge=1)
    save_as: Literal["fp32", "fp16"] = "fp32"

    @model_validator(mode="after")
    def _own_names(self) -> Recipe:
        # The name of a stage decides what it draws; two of one name would train on the same batches.
        names = [stage.name for stage in self.stages]
        if len(set(names)) != len(names):
            raise ValueError(f"every stage needs a name of its own, given: {', '.join(names)}")
        return self

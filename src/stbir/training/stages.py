"""One stretch of training as data: what is free, how it moves, how long, and by what it is judged."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from stbir.config import Settings
from stbir.errors import UnknownName
from stbir.evaluation.options import read_measure
from stbir.evaluation.vectors import ASKED
from stbir.training.curriculum import Curriculum

LOSS = "loss"
"""The metric that is the mean loss on held-out batches."""


class Validation(Settings):
    """When a run is measured on the held-out part of its data, and by which number.

    `metric` is a modality ("sketch", "text", "both", ...) and a measure of `stbir evaluate`, such as "both/acc@1", or
    "loss". A stage is always measured after its last step too. It ends early when `patience` measurements in a row
    were not better than the best one before them (0: never); an equal one is not better.
    """

    every: int = Field(default=1, ge=1)
    unit: Literal["epochs", "steps"] = "epochs"
    metric: str = "both/acc@1"
    patience: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _known_metric(self) -> Validation:
        if self.metric != LOSS:
            modality, measure = parts(self.metric)
            if modality not in ASKED:
                raise ValueError(
                    str(UnknownName("modality", modality, ASKED, hint="a metric is like both/acc@1, or loss"))
                )
            read_measure(measure)
        return self


class Stage(Settings):
    """One stretch of training: the parameters that `free` names, and how they move.

    It lasts `steps` steps, or `epochs` times through the data where the data has an end. The rate rises over `warm_up`
    steps; then, by `schedule`, it stays and falls to zero over the last `decay` of all steps (a share) along a line, or
    falls all the way to zero along half a cosine, or stays. `rates` gives parameters that a pattern names their own
    rate, as a factor of `learning_rate`; the first pattern that fits counts. `accumulate` cuts the `batch_size` rows of
    a step into so many portions, to need less memory: a loss that is a mean over rows stays the same, one that
    contrasts rows with each other sees fewer of them. `clip` is the largest norm of the gradient, 0 for any. `average`
    is the decay of a moving average of the weights, which is what is measured and what the stage leaves behind. With
    `keep` "best" it leaves behind what was best when measured, not what was last.
    """

    name: str = "main"
    free: tuple[str, ...] = ("*",)
    steps: int | None = Field(default=None, ge=1)
    epochs: int | None = Field(default=None, ge=1)
    batch_size: int = Field(default=96, ge=2)
    accumulate: int = Field(default=1, ge=1)
    optimiser: Literal["adamw", "adam", "sgd"] = "adamw"
    betas: tuple[Annotated[float, Field(ge=0, lt=1)], Annotated[float, Field(ge=0, lt=1)]] = (0.9, 0.98)
    momentum: float = Field(default=0.9, ge=0, lt=1, description="of sgd")
    learning_rate: float = Field(default=8e-4, gt=0)
    rates: dict[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    warm_up: int = Field(default=50, ge=0)
    schedule: Literal["linear", "cosine", "constant"] = "linear"
    decay: float = Field(
        default=0.25, ge=0, le=1, description="share of the steps, at the end, over which the rate falls to 0"
    )
    weight_decay: float = Field(default=0.05, ge=0)
    clip: float = Field(default=1.0, ge=0)
    average: float = Field(default=0.0, ge=0, lt=1)
    precision: Literal["fp32", "bf16", "fp16"] = "fp32"
    objective: dict[str, Any] = Field(default_factory=dict, description="what the method's Objective says of the loss")
    curriculum: Curriculum | None = None
    negatives: int = Field(default=0, ge=0, description="wrong things that each row of a batch gets")
    negatives_of: tuple[Literal["photo", "sketch", "text"], ...] = ()
    same_class: bool = Field(default=True, description="wrong photos and sketches come from the row's virtual class")
    validation: Validation | None = Field(default=None, description="instead of the recipe's")
    keep: Literal["last", "best"] = "last"
    extras: bool = Field(
        default=True, description="whether it is trained on the extra sets too, or on the others alone"
    )

    @model_validator(mode="after")
    def _one_length(self) -> Stage:
        if (self.steps is None) == (self.epochs is None):
            raise ValueError(f"stage {self.name!r} needs either steps or epochs")
        if bool(self.negatives) != bool(self.negatives_of):
            raise ValueError(
                f"stage {self.name!r}: negatives says how many wrong things a row gets, negatives_of which; "
                "give both or neither"
            )
        if self.batch_size < 2 * self.accumulate:
            raise ValueError(
                f"a batch of {self.batch_size} cannot be cut into {self.accumulate} portions of at least 2 rows; "
                "lower accumulate"
            )
        return self


def parts(metric: str) -> tuple[str, str]:
    """Take a metric apart into its modality and its measure.

    >>> parts("both/acc@1")
    ('both', 'acc@1')
    """
    modality, _, measure = metric.partition("/")
    return modality, measure


def lower_is_better(metric: str) -> bool:
    """Whether a smaller value of a metric is the better one.

    >>> lower_is_better("loss"), lower_is_better("both/median_rank"), lower_is_better("sketch/mrr")
    (True, True, False)
    """
    return metric == LOSS or parts(metric)[1] == "median_rank"

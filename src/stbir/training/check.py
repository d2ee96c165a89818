"""What a recipe asks for that its method, its data or this machine cannot give: found before the first step."""

from __future__ import annotations

from stbir.config import Settings, parse
from stbir.errors import ConfigError
from stbir.methods.base import Method
from stbir.nn.freezing import matching
from stbir.training.optimisation import factors
from stbir.training.processes import Processes
from stbir.training.recipe import DrawnData, Recipe
from stbir.training.source import LossSource, Source
from stbir.training.stages import LOSS, Stage
from stbir.training.validation import interval


def check_plan(plan: Recipe, *, method: Method, source: Source, processes: Processes) -> None:
    """Go through all stages; hours of training would be lost if the last one were found wrong when it begins.

    Raises:
        ConfigError: a pattern matches nothing, an objective is none of the method's, the data has no epochs or no
            held-out part, a batch is too small, or the precision needs another device.
    """
    for stage in plan.stages:
        factors(matching(method, stage.free), stage.rates)
        objective_of(method, stage)
        source.steps(stage)
        _check_data(plan, stage)
        if stage.precision == "fp16" and processes.device.type != "cuda":
            raise ConfigError(f"stage {stage.name!r}: precision fp16 needs a CUDA device; take bf16 or fp32 here")
        least = 2 * processes.count * stage.accumulate
        if stage.batch_size < least:
            raise ConfigError(
                f"stage {stage.name!r}: batch_size is {stage.batch_size}; {processes.count} processes with "
                f"{stage.accumulate} portions each need at least {least}"
            )
        _check_validation(plan, stage, source)


def objective_of(method: Method, stage: Stage) -> Settings:
    """What a stage says about the loss, as the method understands it.

    Raises:
        ConfigError: the method's loss has no such setting, or not with this value.
    """
    return parse(type(method).Objective, dict(stage.objective), source=f"objective of stage {stage.name!r}")


def _check_data(plan: Recipe, stage: Stage) -> None:
    """Refuse what only pairs can give: it would silently do nothing."""
    if isinstance(plan.data, DrawnData):
        for name, given in (("a curriculum", stage.curriculum is not None), ("negatives", stage.negatives > 0)):
            if given:
                raise ConfigError(
                    f'stage {stage.name!r} asks for {name}, which drawn data does not have; take source = "pairs", or '
                    "leave it out"
                )


def _check_validation(plan: Recipe, stage: Stage, source: Source) -> None:
    how = plan.validation_of(stage)
    if how is None:
        return
    if source.held_out is None:
        raise ConfigError(
            f"stage {stage.name!r} is to be measured, but the data has no held-out part; "
            "hold some out in [data], or take [validation] away"
        )
    if how.metric == LOSS and not isinstance(source, LossSource):
        raise ConfigError(
            f"stage {stage.name!r}: this data cannot say its held-out loss; take a metric such as both/acc@1"
        )
    interval(source, stage, how)

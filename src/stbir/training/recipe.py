"""A training run as data: what to start from, what to train on, which parameters, how long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, ValidationError, model_validator

from stbir.config import Settings
from stbir.nn.scratch import ScratchConfig
from stbir.training.pairs import PairsData
from stbir.training.stages import Stage, Validation


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
    people draw them; until half of it all batches are mixed. `held_out` objects of the same families
    are drawn for validation.
    """

    source: Literal["drawn"] = "drawn"
    families: dict[str, float] = Field(default_factory=dict)
    one_family: float = Field(default=0.75, ge=0, le=1)
    ramp: int = Field(default=400, ge=0)
    mirror: bool = True
    unfinished: float = Field(default=0.0, ge=0, le=1)
    thick: float = Field(default=0.0, ge=0, le=1)
    forget_word: float = Field(default=0.1, ge=0, lt=1)
    held_out: int = Field(default=0, ge=0)


def _kind(data: Any) -> str:
    """Which data a table is about; drawn where it does not say."""
    return str(data.get("source", "drawn") if isinstance(data, dict) else getattr(data, "source", "drawn"))


Data = Annotated[
    Annotated[DrawnData, Tag("drawn")] | Annotated[PairsData, Tag("pairs")],
    Discriminator(_kind, custom_error_type="source", custom_error_message='source is "drawn" or "pairs"'),
]


class Recipe(Settings):
    """Everything that decides a run's weights.

    With `select` "stage", each stage goes on from what the one before it left behind, and the last one's is saved. With
    "overall", each goes on from the last weights of the one before it, and saved is what was best in any of them.
    """

    name: str = Field(pattern=r"^[A-Za-z0-9][\w.-]*$")
    seed: int = Field(default=0, ge=0)
    start: Start
    data: Data = DrawnData()
    stages: tuple[Stage, ...] = Field(min_length=1)
    validation: Validation | None = None
    select: Literal["stage", "overall"] = "stage"
    save_every: int = Field(default=200, ge=1)
    save_as: Literal["fp32", "fp16"] = "fp32"

    @model_validator(mode="after")
    def _own_names(self) -> Recipe:
        # The name of a stage decides what it draws; two of one name would train on the same batches.
        names = [stage.name for stage in self.stages]
        if len(set(names)) != len(names):
            raise ValueError(f"every stage needs a name of its own, given: {', '.join(names)}")
        return self

    @model_validator(mode="after")
    def _words_to_learn(self) -> Recipe:
        if self.start.scratch is not None and self.data.source != "drawn":
            raise ValueError("a new CLIP learns its words from drawn objects; start from weights to train on pairs")
        return self

    @model_validator(mode="after")
    def _can_select(self) -> Recipe:
        for stage in self.stages:
            if stage.keep == "best" and self.validation_of(stage) is None:
                raise ValueError(f"stage {stage.name!r} keeps its best, but nothing is measured; add [validation]")
            if stage.keep == "best" and self.select == "overall":
                raise ValueError(
                    f'select = "overall" goes on from the last weights of each stage, but stage {stage.name!r} '
                    'keeps its best; take select = "stage" or keep = "last"'
                )
        measured = {given.metric for stage in self.stages if (given := self.validation_of(stage))}
        if self.select == "overall" and len(measured) != 1:
            said = ", ".join(sorted(measured)) or "nothing; add [validation]"
            raise ValueError(f'select = "overall" compares all stages by one metric, measured is: {said}')
        return self

    def validation_of(self, stage: Stage) -> Validation | None:
        """How a stage of this recipe is measured; None where it is not."""
        return stage.validation or self.validation


def completed(recipe: Mapping[str, Any]) -> Mapping[str, Any]:
    """A recipe as an older run wrote it, with the defaults of what has become a setting since; a wrong one as it is."""
    try:
        return Recipe.model_validate(recipe).model_dump(mode="json")
    except ValidationError:
        return recipe

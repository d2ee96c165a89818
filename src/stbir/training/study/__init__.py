"""A study: many recipes on many tasks, seeds and folds, as one table; the settings. `run` fills it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from stbir.config import Settings, parse
from stbir.errors import InputError
from stbir.evaluation.options import Protocol, changed
from stbir.training.pairs import PairsData
from stbir.training.recipe import Recipe
from stbir.training.stages import LOSS

NAME = r"^[A-Za-z0-9][\w.-]*$"


class Look(Settings):
    """One way to measure a test: the options of `stbir.evaluation.options.Protocol`, and a name for the table.

    `{ name = "within", options = { within = "category" } }` ranks each sketch among the photos of its category.
    """

    name: str = Field(pattern=r"^[A-Za-z0-9][\w. -]*$")
    options: dict[str, Any] = Field(default_factory=dict)

    @property
    def protocol(self) -> Protocol:
        """The protocol that the options make."""
        return changed(Protocol(), self.options)

    @model_validator(mode="after")
    def _possible(self) -> Look:
        try:
            protocol = self.protocol
        except InputError as error:
            raise ValueError(str(error)) from None
        if protocol.sketches != "each" or protocol.ties == "average":
            raise ValueError(f"look {self.name!r}: a study asks each sketch and gives each query one rank")
        return self


class Test(Settings):
    """A split of a data set to be tested on; the folder is relative to the root that `--data` gives.

    What we draw ourselves can do without a folder. `looks` count instead of those of the task.
    """

    name: str
    folder: str | None = None
    split: str = "test"
    variant: str | None = None
    looks: tuple[Look, ...] = ()

    @property
    def title(self) -> str:
        """What stands in the table."""
        return f"{self.name} {self.split}"


class ChosenOn(Settings):
    """The objects that settings were chosen on: the validation parts of all these folds."""

    folds: int = Field(ge=2)
    fold_seed: int = Field(ge=0)
    validation: float = Field(gt=0, lt=1)


class Task(Settings):
    """What models are trained and tested on.

    With `folds` every object is tested once per seed, by a model that has never seen it; which objects are tested
    together depends on the seed. `only_folds` leaves out the others of each seed, where all would take too long: then
    each seed tests a part of its own, drawn anew. Without folds, the splits that `tests` names are tested on. `looks`
    are the ways each test is measured; without any, each query looks for its own photo among all of the test. Objects
    that settings were `chosen_on` are tested too, and the table has a second test without them. What of the data
    `recipes_decide` is as each recipe has it, for methods that are learned without pairs. On their held-out part runs
    are judged by `metric` where their recipes name another one, but the loss: a task without words has no "both".
    """

    name: str = Field(pattern=NAME)
    data: PairsData
    folds: int = Field(default=0, ge=0)
    only_folds: tuple[int, ...] = ()
    tests: tuple[Test, ...] = ()
    looks: tuple[Look, ...] = ()
    chosen_on: ChosenOn | None = None
    recipes_decide: tuple[Literal["unpaired"], ...] = ()
    metric: str | None = None

    @property
    def tested_folds(self) -> tuple[int, ...]:
        """The folds of a seed that are tested; a task without folds counts as one."""
        return self.only_folds or tuple(range(max(1, self.folds)))

    @model_validator(mode="after")
    def _one_way(self) -> Task:
        if self.folds == 1 or bool(self.folds) == bool(self.tests):
            raise ValueError(f"task {self.name!r} needs either folds, 2 or more, or tests")
        if len({*self.only_folds} & {*range(self.folds)}) < len(self.only_folds):
            raise ValueError(
                f"task {self.name!r}: only_folds are different numbers from 0 to below folds = {self.folds}, "
                f"given: {', '.join(map(str, self.only_folds))}"
            )
        if self.chosen_on is not None and not self.folds:
            raise ValueError(f"task {self.name!r}: chosen_on tells objects of folds apart, and this task has tests")
        if self.data.folds or self.data.fold:
            raise ValueError(
                f"task {self.name!r}: the folds of a study are those of its task; leave them out of its data"
            )
        if len({look.name for look in self.looks}) < len(self.looks):
            raise ValueError(f"task {self.name!r}: two looks of a name; every one needs its own")
        return self


class Study(Settings):
    """Which recipes and which models, as they are, meet on which tasks.

    `recipes` are files beside the study; what they say of their data is replaced by that of the task, but for what the
    task lets them decide. `models` are measured without training. The differences of all the others to each of
    `against` are tested. A seed decides folds, batches and everything random in them; what a method adds to its CLIP
    starts alike for all of them.
    """

    name: str = Field(pattern=NAME)
    seeds: tuple[int, ...] = Field(default=(0, 1, 2), min_length=1)
    models: tuple[str, ...] = ()
    recipes: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    tasks: tuple[Task, ...] = Field(min_length=1)

    @property
    def entrants(self) -> tuple[str, ...]:
        """Models and recipes by the names that stand in the table."""
        return (*self.models, *(Path(recipe).stem for recipe in self.recipes))

    @model_validator(mode="after")
    def _known(self) -> Study:
        entrants = self.entrants
        if len(set(self.seeds)) < len(self.seeds) or min(self.seeds) < 0:
            raise ValueError(f"seeds are different numbers from 0 on, given: {', '.join(map(str, self.seeds))}")
        if not entrants:
            raise ValueError("a study needs models or recipes")
        for what, names in (("entrant", entrants), ("task", tuple(task.name for task in self.tasks))):
            if twice := [name for name in names if names.count(name) > 1]:
                raise ValueError(f"two of a name, {what} {twice[0]!r}; every one needs its own")
        if unknown := [name for name in self.against if name not in entrants]:
            raise ValueError(f"against names {unknown[0]!r}, which is none of {', '.join(entrants)}")
        return self


@dataclass(frozen=True, eq=False)
class Cell:
    """One training and its tests."""

    task: Task
    entrant: str
    recipe: Recipe | None
    seed: int
    fold: int

    def looks(self, test: str) -> tuple[Look, ...]:
        """How a test, by its name in the table, is measured."""
        own = {one.title: one.looks for one in self.task.tests}.get(test, ())
        return own or self.task.looks

    @property
    def place(self) -> Path:
        """Where its results lie, below the folder of the study."""
        entrant = re.sub(r"[^\w.-]+", "-", self.entrant).strip("-")  # a model may be a folder or a hub id
        return Path(self.task.name) / entrant / f"seed-{self.seed}-fold-{self.fold}"

    @property
    def data(self) -> PairsData:
        """The data of the task with this seed's folds, of which this one is held out."""
        changes = {"folds": self.task.folds, "fold": self.fold, "fold_seed": self.seed}
        return self.task.data.model_copy(update=changes if self.task.folds else {})

    @property
    def plan(self) -> Recipe | None:
        """The recipe as it is trained here; None where nothing is.

        Raises:
            ConfigError: with the data of this task it is no recipe.
        """
        if self.recipe is None:
            return None
        values = self.recipe.model_dump()
        own = {name: values["data"].get(name, False) for name in self.task.recipes_decide}
        values |= {"data": self.data.model_dump() | own, "seed": self.seed}
        for judged in (values, *values["stages"]):
            if self.task.metric and judged["validation"] and judged["validation"]["metric"] != LOSS:
                judged["validation"] |= {"metric": self.task.metric}
        return parse(Recipe, values, source=f"{self.entrant} on task {self.task.name}")


def cells_of(study: Study, recipes: dict[str, Recipe]) -> list[Cell]:
    """Every training and test of a study, seeds before recipes, so that a table half done compares like with like."""
    return [
        Cell(task, entrant, recipes.get(entrant), seed, fold)
        for seed in study.seeds
        for task in study.tasks
        for fold in task.tested_folds
        for entrant in study.entrants
    ]

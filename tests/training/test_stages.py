"""What a recipe may ask for, and what contradicts itself."""

import pytest

from stbir.config import parse
from stbir.errors import ConfigError
from stbir.training.recipe import Recipe


def recipe(**changes: object) -> Recipe:
    values = {"name": "some", "start": {"weights": "tiny"}, "stages": [{"name": "one", "steps": 4}], **changes}
    return parse(Recipe, values, source="recipe")


MEASURED = {"unit": "steps", "metric": "both/mrr"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stages": [{"name": "one"}]}, "stage 'one' needs either steps or epochs"),
        ({"stages": [{"steps": 4, "epochs": 1}]}, "needs either steps or epochs"),
        ({"stages": [{"steps": 4, "batch_size": 8, "accumulate": 5}]}, "cannot be cut into 5 portions"),
        ({"stages": [{"steps": 4, "rates": {"*": 0.0}}]}, "greater than 0"),
        ({"stages": [{"steps": 4, "schedule": "step"}]}, "'linear', 'cosine' or 'constant'"),
        ({"validation": {"metric": "skech/acc@1"}}, "unknown modality 'skech', did you mean 'sketch'.*or loss"),
        ({"validation": {"metric": "sketch/acc"}}, r"unknown measure 'acc'.*acc@K"),
        ({"stages": [{"name": "one", "steps": 4, "keep": "best"}]}, "'one' keeps its best, but nothing is measured"),
        ({"select": "overall"}, "compares all stages by one metric, measured is: nothing"),
        (
            {"select": "overall", "validation": MEASURED, "stages": [{"steps": 4, "keep": "best"}]},
            "goes on from the last weights of each stage",
        ),
        (
            {
                "select": "overall",
                "validation": MEASURED,
                "stages": [{"name": "a", "steps": 4}, {"name": "b", "steps": 4, "validation": {"metric": "loss"}}],
            },
            "measured is: both/mrr, loss",
        ),
    ],
)
def test_contradictions_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        recipe(**changes)


def test_a_stage_is_measured_as_it_says_or_as_the_recipe_says() -> None:
    plan = recipe(
        validation=MEASURED,
        stages=[{"name": "a", "steps": 4}, {"name": "b", "epochs": 2, "validation": {"metric": "loss", "patience": 3}}],
    )
    first, second = (plan.validation_of(stage) for stage in plan.stages)
    assert first is plan.validation
    assert second is not None
    assert (second.metric, second.patience, second.unit) == ("loss", 3, "epochs")

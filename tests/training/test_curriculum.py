"""The curriculum rises as STBIR's does; the numbers are worked out by hand from its formula."""

import pytest
from pydantic import ValidationError

from stbir.training.curriculum import Curriculum


@pytest.mark.parametrize(
    ("settings", "epoch", "likely", "strength"),
    [
        ({}, 0, 0.05, 0.2),
        ({}, 2, 0.05 + 0.55 / 4, 0.4),
        ({}, 8, 0.6, 1.0),
        ({}, 99, 0.6, 1.0),
        # the sketch stage
        ({"ramp": 4, "p_max": 0.7}, 1, 0.2125, 0.4),
        ({"ramp": 4, "p_max": 0.7}, 2, 0.375, 0.6),
        ({"ramp": 4, "p_max": 0.7}, 4, 0.7, 1.0),
        # the image stage
        ({"start": 2, "ramp": 6}, 0, 0.05, 0.2),
        ({"start": 2, "ramp": 6}, 2, 0.05, 0.2),
        ({"start": 2, "ramp": 6}, 5, 0.325, 0.6),
        ({"start": 2, "ramp": 6}, 8, 0.6, 1.0),
    ],
)
def test_schedule(settings: dict[str, float], epoch: int, likely: float, strength: float) -> None:
    assert Curriculum.model_validate(settings).at(epoch) == pytest.approx((likely, strength))


def test_it_cannot_get_easier() -> None:
    with pytest.raises(ValidationError, match="p_max must not be below p0"):
        Curriculum(p0=0.7)
    with pytest.raises(ValidationError, match="nor s_max below s0"):
        Curriculum(s_max=0.1)


def test_which_sides_it_touches() -> None:
    assert [Curriculum(sides=("sketch",)).touches(side) for side in ("photo", "sketch", "text")] == [False, True, False]
    assert not Curriculum(p0=0, p_max=0).touches("photo")

"""Rates, groups and averages against numbers worked out by hand."""

import math

import pytest
import torch
from torch import nn

from stbir.errors import ConfigError
from stbir.training.optimisation import factors, follow, optimiser_of, rate, set_rate
from stbir.training.stages import Stage


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Linear(2, 2)
        self.head = nn.Linear(2, 1)


def rates(**settings: object) -> list[float]:
    stage = Stage.model_validate({"steps": 8, "learning_rate": 2.0, **settings})
    return [rate(stage, step, steps=8) for step in range(8)]


def test_linear_rises_stays_and_falls() -> None:
    assert rates(warm_up=2, decay=0.5) == pytest.approx([1.0, 2.0, 2.0, 2.0, 2.0, 1.5, 1.0, 0.5])


def test_cosine_falls_from_the_end_of_the_warm_up() -> None:
    fall = [1 + math.cos(math.pi * done / 6) for done in range(6)]
    assert rates(warm_up=2, schedule="cosine") == pytest.approx([1.0, 2.0, *fall])
    assert rates(warm_up=0, schedule="cosine")[4] == pytest.approx(1.0)


def test_constant_stays_after_the_warm_up() -> None:
    assert rates(warm_up=4, schedule="constant") == pytest.approx([0.5, 1.0, 1.5, 2.0, 2.0, 2.0, 2.0, 2.0])


def test_the_schedule_of_a_stage_in_epochs_has_the_length_it_is_told() -> None:
    stage = Stage(epochs=3, learning_rate=1.0, warm_up=0, decay=1.0)
    assert [rate(stage, step, steps=4) for step in range(4)] == pytest.approx([1.0, 0.75, 0.5, 0.25])


def test_each_parameter_moves_at_the_rate_of_the_first_pattern_that_fits() -> None:
    net = Net()
    before = {name: value.detach().clone() for name, value in net.named_parameters()}
    stage = Stage.model_validate(
        {"steps": 1, "optimiser": "sgd", "momentum": 0.0, "weight_decay": 0.0, "rates": {"head.*": 10.0, "*bias": 3.0}}
    )
    optimiser = optimiser_of(net, stage)
    set_rate(optimiser, 0.01)
    for parameter in net.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimiser.step()
    moved = {name: float((before[name] - value).mean().detach()) for name, value in net.named_parameters()}
    assert moved == pytest.approx(
        {"body.weight": 0.01, "body.bias": 0.03, "head.weight": 0.1, "head.bias": 0.1}, rel=1e-4
    )


def test_a_rate_for_what_is_frozen_is_a_mistake() -> None:
    with pytest.raises(ConfigError, match=r"rates: the pattern 'body\.\*' names nothing that this stage frees"):
        factors(["head.weight"], {"body.*": 2.0})
    with pytest.raises(ConfigError, match="names nothing that this stage frees"):
        optimiser_of(Net(), Stage(steps=1, free=("head.*",), rates={"body.*": 2.0}))


@pytest.mark.parametrize(
    ("name", "kind"), [("adamw", torch.optim.AdamW), ("adam", torch.optim.Adam), ("sgd", torch.optim.SGD)]
)
def test_the_optimiser_is_the_one_named_and_vectors_do_not_decay(name: str, kind: type) -> None:
    stage = Stage.model_validate(
        {"steps": 1, "optimiser": name, "betas": (0.5, 0.6), "momentum": 0.7, "free": ["head*"]}
    )
    optimiser = optimiser_of(Net(), stage)
    assert type(optimiser) is kind
    for group in optimiser.param_groups:
        assert group.get("betas", (0.5, 0.6)) == (0.5, 0.6)
        assert group.get("momentum", 0.7) == 0.7
        for parameter in group["params"]:
            assert group["weight_decay"] == (0.05 if parameter.ndim > 1 else 0.0)
    assert sum(len(group["params"]) for group in optimiser.param_groups) == 2


def test_an_average_follows_the_weights_and_copies_statistics() -> None:
    fast, slow = nn.BatchNorm1d(1), nn.BatchNorm1d(1)
    fast.running_mean = torch.tensor([5.0])
    nn.init.constant_(fast.weight, 3.0)
    nn.init.constant_(slow.weight, 1.0)
    follow(slow, fast, 0.75)
    assert float(slow.weight.detach()) == 1.5
    follow(slow, fast, 0.75)
    assert float(slow.weight.detach()) == 1.875
    assert float(slow.running_mean) == 5.0  # type: ignore[arg-type]

import pytest
import torch
from torch import nn

from stbir.errors import ConfigError
from stbir.nn.freezing import free_only


def net() -> nn.Sequential:
    return nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3), nn.Sequential(nn.Dropout(0.5), nn.Linear(3, 1)))


def test_a_step_moves_exactly_what_the_patterns_name() -> None:
    module = net()
    free = free_only(module, ["2.1.*"])
    assert free == ["2.1.bias", "2.1.weight"]
    before = {name: value.clone() for name, value in module.state_dict().items()}
    optimiser = torch.optim.SGD([p for p in module.parameters() if p.requires_grad], lr=0.1)
    module(torch.randn(8, 3)).sum().backward()
    optimiser.step()
    moved = {name for name, value in module.state_dict().items() if not torch.equal(value, before[name])}
    assert moved == set(free)  # the batch statistics of the frozen norm did not drift either


def test_modes_follow_what_is_free() -> None:
    module = net()
    free_only(module, ["2.*"])
    assert [module[0].training, module[1].training, module[2].training] == [False, False, True]
    free_only(module, ["*"])
    assert all(part.training for part in module.modules())


def test_dropout_goes_with_the_part_it_stands_in() -> None:
    module = net()
    free_only(module, ["2.1.*"])
    assert module[2][0].training
    free_only(module, ["0.*"])
    assert not module[2][0].training


def test_a_pattern_without_a_match_is_a_mistake() -> None:
    with pytest.raises(ConfigError, match=r"'layernorm\*' matches no parameter; parameters are named like 0.weight"):
        free_only(net(), ["0.*", "layernorm*"])

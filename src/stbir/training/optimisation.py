"""How weights move: the rate at each step, which parameters have which, and the moving average behind them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

import torch
from torch import nn

from stbir.errors import ConfigError
from stbir.nn.freezing import matching
from stbir.training.stages import Stage


def rate(stage: Stage, step: int, *, steps: int) -> float:
    """The learning rate at a step, counted from 0, of a stage that lasts `steps`.

    >>> stage = Stage(steps=100, learning_rate=1.0, warm_up=10, decay=0.2)
    >>> [round(rate(stage, step, steps=100), 2) for step in (0, 9, 50, 80, 90, 99)]
    [0.1, 1.0, 1.0, 1.0, 0.5, 0.05]
    >>> stage = Stage(steps=100, learning_rate=1.0, warm_up=20, schedule="cosine")
    >>> [round(rate(stage, step, steps=100), 2) for step in (0, 20, 60, 99)]
    [0.05, 1.0, 0.5, 0.0]
    """
    rise = min(1.0, (step + 1) / stage.warm_up) if stage.warm_up else 1.0
    fall = 1.0
    if stage.schedule == "linear":
        tail = stage.decay * steps
        fall = min(1.0, (steps - step) / tail) if tail else 1.0
    elif stage.schedule == "cosine":
        done = max(0, step - stage.warm_up) / max(1, steps - stage.warm_up)
        fall = 0.5 * (1 + math.cos(math.pi * done))
    return stage.learning_rate * rise * fall


def factors(names: Sequence[str], rates: Mapping[str, float]) -> dict[str, float]:
    """Give each parameter the factor of the first pattern that fits its name, and 1 where none does.

    >>> factors(["head.weight", "head.bias", "clip.scale"], {"*.bias": 2.0, "head.*": 10.0})
    {'head.weight': 10.0, 'head.bias': 2.0, 'clip.scale': 1.0}

    Raises:
        ConfigError: a pattern fits none of the names, so it is a mistake.
    """
    for pattern in rates:
        if not any(fnmatchcase(name, pattern) for name in names):
            some = ", ".join(names[:: max(1, len(names) // 6)][:6])
            raise ConfigError(f"rates: the pattern {pattern!r} names nothing that this stage frees, such as {some}")
    return {
        name: next((factor for pattern, factor in rates.items() if fnmatchcase(name, pattern)), 1.0) for name in names
    }


def optimiser_of(method: nn.Module, stage: Stage) -> torch.optim.Optimizer:
    """Make the optimiser of a stage for what it frees; `set_rate` brings the rates.

    Biases, norms and other vectors have no weight decay, whatever the optimiser.

    Raises:
        ConfigError: a pattern of `rates` names nothing that is free.
    """
    parameters = dict(method.named_parameters())
    free = matching(method, stage.free)
    given = factors(free, stage.rates)
    groups: list[dict[str, Any]] = []
    for factor in dict.fromkeys(given.values()):
        own = [parameters[name] for name in free if given[name] == factor]
        for some, decay in (
            ([p for p in own if p.ndim > 1], stage.weight_decay),
            ([p for p in own if p.ndim <= 1], 0.0),
        ):
            if some:
                groups.append({"params": some, "weight_decay": decay, "factor": factor})
    if stage.optimiser == "sgd":
        return torch.optim.SGD(groups, lr=stage.learning_rate, momentum=stage.momentum)
    kind = torch.optim.AdamW if stage.optimiser == "adamw" else torch.optim.Adam
    return kind(groups, lr=stage.learning_rate, betas=stage.betas)


def set_rate(optimiser: torch.optim.Optimizer, value: float) -> None:
    """Let every group of parameters learn at `value` times its own factor."""
    for group in optimiser.param_groups:
        group["lr"] = value * group["factor"]


@torch.no_grad()
def follow(average: nn.Module, method: nn.Module, keep: float) -> None:
    """Move an average towards the weights: `keep` of it stays; statistics such as those of norms are copied."""
    for slow, fast in zip(average.parameters(), method.parameters(), strict=True):
        slow.lerp_(fast, 1 - keep)
    for slow, fast in zip(average.buffers(), method.buffers(), strict=True):
        slow.copy_(fast)

"""Which parameters a stage trains: patterns on their names say what is free, all the rest is frozen."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from torch import nn

from stbir.errors import ConfigError


def matching(module: nn.Module, patterns: Sequence[str]) -> list[str]:
    """Return the names of the parameters that any of the shell-style `patterns` matches.

    All layer norms of a CLIP are `*lay*norm*`: the library spells them in three ways.

    Raises:
        ConfigError: a pattern matches nothing, so it is a mistake.
    """
    names = [name for name, _ in module.named_parameters()]
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in names):
            some = ", ".join(names[:: max(1, len(names) // 6)][:6])
            raise ConfigError(f"the pattern {pattern!r} matches no parameter; parameters are named like {some}")
    return [name for name in names if any(fnmatchcase(name, pattern) for pattern in patterns)]


def free_only(module: nn.Module, patterns: Sequence[str]) -> list[str]:
    """Free what `patterns` match, freeze the rest, and put parts without a free parameter in eval mode.

    A frozen part in training mode would still drop units and move its batch statistics. A part that
    has no parameters, such as dropout, goes with the part it stands in. Returns the names of the free
    parameters.
    """
    free = set(matching(module, patterns))
    for name, parameter in module.named_parameters():
        parameter.requires_grad_(name in free)
    module.train()
    for part in module.modules():
        parameters = list(part.parameters())
        if parameters and not any(parameter.requires_grad for parameter in parameters):
            part.eval()
    return sorted(free)

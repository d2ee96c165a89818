"""One process, or several that share every step: `accelerate launch -m stbir train RECIPE`.

Every process holds all weights and takes its rows of each batch; gradients are summed over the rows of all of them.
One of them, the main one, measures, writes and speaks.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import torch
from torch import Tensor, nn

from stbir.errors import InputError

T = TypeVar("T")

PATIENCE = timedelta(hours=3)
"""The others wait so long for the main one, which measures alone."""


@dataclass(frozen=True)
class Processes:
    """The processes of a run as one of them sees them, counted from 0, and where this one computes."""

    number: int
    count: int
    device: torch.device

    @property
    def main(self) -> bool:
        return self.number == 0

    def summed(self, value: Tensor) -> Tensor:
        """The sum of a tensor over all processes, the same in each of them."""
        if self.count == 1:
            return value
        from accelerate.utils import reduce

        total = reduce(value.to(self.device), reduction="sum")
        assert isinstance(total, Tensor)
        return total

    def told(self, value: T) -> T:
        """What the main process says; the others wait for it, and what they give is not looked at."""
        if self.count == 1:
            return value
        from accelerate.utils import broadcast_object_list

        said = [value]
        broadcast_object_list(said)
        return said[0]

    def wait(self) -> None:
        """Go on when all processes are here."""
        if self.count > 1:
            from accelerate import PartialState

            PartialState().wait_for_everyone()

    def sum_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Replace each gradient by its sum over all processes; what none of them has a gradient for stays without."""
        if self.count == 1:
            return
        free = [parameter for parameter in parameters if parameter.requires_grad]
        reached = self.summed(torch.tensor([float(parameter.grad is not None) for parameter in free])).tolist()
        moving = [parameter for parameter, some in zip(free, reached, strict=True) if some]
        rows = [p.grad.flatten() if p.grad is not None else torch.zeros_like(p).flatten() for p in moving]
        total = self.summed(torch.cat(rows))
        for parameter, own in zip(moving, total.split([p.numel() for p in moving]), strict=True):
            parameter.grad = own.view_as(parameter).clone()


def is_main() -> bool:
    """Whether this process is the one that speaks: the only one, or the first of those that a launcher started."""
    return int(os.environ.get("RANK", "0")) == 0


def processes() -> Processes:
    """Find out from what a launcher said whether this process is alone, and meet the others.

    Raises:
        InputError: it is one of several, and `accelerate` is not installed.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return Processes(0, 1, torch.device("cuda" if torch.cuda.is_available() else "cpu"))
    try:
        from accelerate import PartialState
    except ImportError:
        raise InputError(
            "training in several processes needs accelerate; install it with: pip install 'stbir[accelerate]'"
        ) from None
    state = PartialState(cpu=not torch.cuda.is_available(), timeout=PATIENCE)
    assert state.device is not None
    return Processes(state.process_index, state.num_processes, state.device)

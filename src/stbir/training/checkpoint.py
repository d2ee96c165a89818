"""The state of a run in one safetensors file, replaced atomically: a kill leaves the old one or the new one."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from stbir.errors import InputError

MOMENTS = ("step", "exp_avg", "exp_avg_sq")


@dataclass(frozen=True)
class Progress:
    """How far a run is: the stage (counted from 0), the steps done in it, and the recipe it follows."""

    stage: int
    step: int
    recipe: Mapping[str, Any]


def save(
    path: Path, progress: Progress, method: nn.Module, average: nn.Module | None, optimiser: torch.optim.Optimizer
) -> None:
    """Write everything needed to go on as if nothing had happened."""
    from safetensors.torch import save_file

    tensors: dict[str, Tensor] = {f"method.{name}": value for name, value in method.state_dict().items()}
    if average is not None:
        tensors |= {f"average.{name}": value for name, value in average.state_dict().items()}
    for name, parameter in method.named_parameters():
        for moment in MOMENTS:
            if moment in optimiser.state.get(parameter, {}):
                tensors[f"optimiser.{moment}.{name}"] = optimiser.state[parameter][moment]
    about = {"stage": progress.stage, "step": progress.step, "recipe": dict(progress.recipe)}
    for left in path.parent.glob(".tmp??????"):
        left.unlink(missing_ok=True)  # what the library was writing when an earlier run was killed
    fresh = path.with_suffix(".part")
    save_file(
        {name: value.detach().cpu().clone().contiguous() for name, value in tensors.items()},
        fresh,
        metadata={"progress": json.dumps(about)},
    )
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(fresh, path)


def progress_of(path: Path) -> Progress:
    """Read how far the run at `path` is.

    Raises:
        InputError: the file is damaged.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "pt") as file:
            about = json.loads(file.metadata()["progress"])
        return Progress(about["stage"], about["step"], about["recipe"])
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"the checkpoint {path} is damaged ({error}); delete it and train again") from None


def restore(path: Path, method: nn.Module, average: nn.Module | None, optimiser: torch.optim.Optimizer | None) -> None:
    """Put the tensors of a checkpoint back; without `optimiser` a new stage begins with fresh moments."""
    from safetensors.torch import load_file

    tensors = load_file(path)
    method.load_state_dict(_below(tensors, "method."))
    if average is not None and _below(tensors, "average."):
        average.load_state_dict(_below(tensors, "average."))
    if optimiser is not None:
        by_moment = {moment: _below(tensors, f"optimiser.{moment}.") for moment in MOMENTS}
        for name, parameter in method.named_parameters():
            found = {moment: values[name] for moment, values in by_moment.items() if name in values}
            if found:
                optimiser.state[parameter] = {
                    moment: value if moment == "step" else value.to(parameter.device) for moment, value in found.items()
                }


def _below(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}

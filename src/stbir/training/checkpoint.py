"""The state of a run in one safetensors file, replaced atomically: a kill leaves the old one or the new one."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from stbir.errors import InputError


@dataclass(frozen=True)
class Progress:
    """How far a run is: the stage (counted from 0), the steps done in it, and the recipe it follows.

    `selection` is what its measurements have found, `scaler` the state of loss scaling; both plain values.
    """

    stage: int
    step: int
    recipe: Mapping[str, Any]
    selection: Mapping[str, Any] = field(default_factory=dict)
    scaler: Mapping[str, Any] = field(default_factory=dict)


def save(
    path: Path,
    progress: Progress,
    method: nn.Module,
    *,
    average: nn.Module | None,
    optimiser: torch.optim.Optimizer | None,
    best: Mapping[str, Tensor] | None,
) -> None:
    """Write everything needed to go on as if nothing had happened; `best` are the best weights so far, where kept."""
    from safetensors.torch import save_file

    tensors: dict[str, Tensor] = {f"method.{name}": value for name, value in method.state_dict().items()}
    if average is not None:
        tensors |= {f"average.{name}": value for name, value in average.state_dict().items()}
    if best is not None:
        tensors |= {f"best.{name}": value for name, value in best.items()}
    if optimiser is not None:
        for name, parameter in method.named_parameters():
            for moment, value in optimiser.state.get(parameter, {}).items():
                if isinstance(value, Tensor):
                    tensors[f"optimiser.{moment}.{name}"] = value
    for left in path.parent.glob(".tmp??????"):
        left.unlink(missing_ok=True)  # what the library was writing when an earlier run was killed
    fresh = path.with_suffix(".part")
    save_file(
        {name: value.detach().cpu().clone().contiguous() for name, value in tensors.items()},
        fresh,
        metadata={"progress": json.dumps(asdict(progress))},
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
        return Progress(**about)
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
        found = _below(tensors, "optimiser.")
        moments = sorted({name.partition(".")[0] for name in found})
        for name, parameter in method.named_parameters():
            # how many steps were done stays on the processor, where the optimiser looks for it
            state = {
                moment: value if moment == "step" else value.to(parameter.device)
                for moment in moments
                if (value := found.get(f"{moment}.{name}")) is not None
            }
            if state:
                optimiser.state[parameter] = state


def best_of(path: Path) -> dict[str, Tensor] | None:
    """The best weights so far, where the checkpoint keeps them."""
    from safetensors import safe_open

    with safe_open(path, "pt") as file:
        names = [name for name in file.keys() if name.startswith("best.")]
        return {name.removeprefix("best."): file.get_tensor(name) for name in names} or None


def _below(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}

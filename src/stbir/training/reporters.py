"""Where the numbers of a run go while it runs, beside its own log: TensorBoard, or a function of yours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from stbir.errors import InputError, UnknownName


class Reporter(Protocol):
    """What is told the numbers of a run."""

    def report(self, step: int, values: Mapping[str, float]) -> None:
        """Take numbers by name, such as "train/loss"; `step` counts through all stages."""
        ...

    def close(self) -> None:
        """Nothing more comes."""
        ...


Maker = Callable[[Path, Mapping[str, Any], int], Reporter]
"""Makes a reporter from the folder of a run, its recipe as plain values, and the step that it begins with."""


class TensorBoard:
    """Writes to `tensorboard/` in the folder of the run; look at it with `tensorboard --logdir FOLDER`."""

    def __init__(self, folder: Path, recipe: Mapping[str, Any], first: int) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:
            raise InputError("reporting to tensorboard needs it installed: pip install 'stbir[tensorboard]'") from None
        # what was written after the checkpoint that a run goes on from is not shown twice
        self._writer = SummaryWriter(str(folder / "tensorboard"), purge_step=first or None)

    def report(self, step: int, values: Mapping[str, float]) -> None:
        for name, value in values.items():
            self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        self._writer.close()


MAKERS: dict[str, Maker] = {"tensorboard": TensorBoard}


def open_reporter(name: str, *, folder: Path, recipe: Mapping[str, Any], first: int = 0) -> Reporter:
    """Open a reporter by its name, or by "package.module:function", where the function is a `Maker`.

    Raises:
        UnknownName: it is neither.
        InputError: it needs something that is not installed, or there is no such function.
    """
    if name in MAKERS:
        return MAKERS[name](folder, recipe, first)
    module, colon, function = name.partition(":")
    if not colon:
        raise UnknownName("reporter", name, MAKERS, hint="or give package.module:function")
    try:
        make: Maker = getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise InputError(f"there is no reporter {name}: {error}") from None
    return make(folder, recipe, first)

"""A method measured on the held-out part of its data while it is trained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import islice
from typing import Any

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from stbir.config import Settings
from stbir.errors import ConfigError, InputError
from stbir.evaluation.options import DEFAULT_MEASURES, Protocol
from stbir.evaluation.protocol import evaluate
from stbir.evaluation.vectors import encode_asked, encode_gallery
from stbir.methods.base import Method
from stbir.methods.batch import Batch
from stbir.training.collapse import MOST, Spread, spread
from stbir.training.portions import onto
from stbir.training.source import LossSource, Source
from stbir.training.stages import LOSS, Stage, Validation, parts
from stbir.types import Report, Split

SIDES = ("photo", "sketch", "text")


@dataclass(frozen=True)
class Measured:
    """Numbers by metric, how far the vectors of each side spread, and the report that they come from."""

    numbers: Mapping[str, float]
    spreads: Mapping[str, Spread]
    report: Report

    def value(self, metric: str) -> float:
        """The number of one metric.

        Raises:
            ConfigError: the held-out part has no queries that it could be measured with.
        """
        if metric not in self.numbers:
            raise ConfigError(f"metric {metric!r} cannot be measured here; there is: {', '.join(self.numbers)}")
        return self.numbers[metric]


def measure(method: Method, split: Split, *, metric: str | None = None) -> Measured:
    """Measure all modalities of a split with the usual measures and that of `metric`; the method stays in eval mode.

    Raises:
        InputError: whatever `stbir.evaluation.protocol.evaluate` refuses.
    """
    method.eval()
    wanted = [parts(metric)[1]] if metric is not None and metric != LOSS else []
    protocol = Protocol(measures=tuple(dict.fromkeys([*DEFAULT_MEASURES, *wanted])))
    photos = encode_gallery(method, split.photos)
    # nobody looks at the intervals of a single measurement, so that they need no resampling
    report = evaluate(method, split, protocol=protocol, resamples=1, photos=photos)
    asked = encode_asked(method, list(islice(split.queries, MOST // 4)))
    spreads = {"photo": spread(photos.vectors)} | {side: spread(asked[side].vectors) for side in SIDES if side in asked}
    numbers = {
        f"{modality}/{name}": float("inf") if result[name] is None else float(result[name])
        for modality, result in report.results.items()
        for name in protocol.measures
    }
    return Measured(numbers, spreads, report)


@torch.no_grad()
def held_out_loss(method: Method, batches: Iterable[Batch], *, objective: Settings, precision: str) -> float:
    """The mean loss over the rows of held-out batches; the method stays in eval mode.

    Raises:
        InputError: there are no batches.
    """
    method.eval()
    total, rows = 0.0, 0
    for batch in batches:
        with autocast(method, precision):
            terms = method.loss(onto(batch, method.backbone.device), objective)
        total += float(torch.stack(list(terms.values())).sum()) * len(batch.instances)
        rows += len(batch.instances)
    if not rows:
        raise InputError("the data has no held-out batches, so there is no held-out loss")
    return total / rows


def autocast(method: Method, precision: str) -> Any:
    """Compute in half precision what bears it, where a stage says so."""
    kind = torch.float16 if precision == "fp16" else torch.bfloat16
    return torch.autocast(method.backbone.device.type, dtype=kind, enabled=precision != "fp32")


def validate(method: Method, source: Source, stage: Stage, *, how: Validation, objective: Settings) -> Measured:
    """Measure a method as a stage says; with the metric "loss", the held-out loss is among the numbers.

    Raises:
        InputError: whatever `measure` and `held_out_loss` refuse.
    """
    assert source.held_out is not None
    found = measure(method, source.held_out, metric=how.metric)
    if how.metric != LOSS:
        return found
    assert isinstance(source, LossSource)
    batches = source.held_out_batches(method, stage)
    loss = held_out_loss(method, batches, objective=objective, precision=stage.precision)
    return Measured({**found.numbers, LOSS: loss}, found.spreads, found.report)


def interval(source: Source, stage: Stage, how: Validation) -> int:
    """How many steps lie between two measurements.

    Raises:
        ConfigError: it is given in epochs, and the data has no end.
    """
    if how.unit == "steps":
        return how.every
    return how.every * source.steps(stage.model_copy(update={"steps": None, "epochs": 1}))


def attention(method: Method, precision: str) -> AbstractContextManager[Any]:
    """Attention written out where PyTorch's fused one is slow: backwards in bfloat16 on a processor.

    For 65 tokens it takes two to three times as long there; in single precision it is the faster one.
    """
    slow = precision == "bf16" and method.backbone.device.type == "cpu"
    return sdpa_kernel(SDPBackend.MATH) if slow else nullcontext()

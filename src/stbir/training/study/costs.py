"""What an entrant costs: parameters, how many of them are trained, time per query, bytes per photo, CPU hours."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from stbir.nn.freezing import matching
from stbir.training.study import Cell

if TYPE_CHECKING:
    from stbir.methods.base import Method
    from stbir.training.recipe import Recipe
    from stbir.types import Split

TIMED = 20
"""How many queries are timed, one by one."""


@dataclass(frozen=True)
class Cost:
    """What one entrant costs; None where its results are older than the measurement.

    `trained` counts the parameters that any stage moves. `ms_per_query` is the median time to embed one query with
    everything it has, one at a time, on the threads of the study; `bytes_per_photo` is what `Encoded` holds of a photo,
    before an index stores it. All are those of the largest cell but `ms_per_query`, the median of the cells, and
    `cpu_hours`, the sum of training and testing.
    """

    entrant: str
    parameters: int | None
    trained: int | None
    ms_per_query: float | None
    bytes_per_photo: int | None
    cpu_hours: float


def costs_of_cell(method: Method, plan: Recipe | None, splits: Iterable[Split]) -> dict[str, Any]:
    """Count and time what a trained method costs; `plan` is its recipe, None where nothing was trained.

    The queries that are timed are the first of the first split.
    """
    parameters = {name: parameter.numel() for name, parameter in method.named_parameters()}
    free = {name for stage in (plan.stages if plan else ()) for name in matching(method, stage.free)}
    found: dict[str, Any] = {"trained": sum(parameters[name] for name in free)}
    split = next(iter(splits))
    queries = list(islice(split.queries, TIMED))
    taken: list[float] = []
    for query in (*queries[:1], *queries):  # the first one is not counted: it finds everything cold
        began = time.perf_counter()
        method.encode_queries([query])
        taken.append(time.perf_counter() - began)
    if queries:
        found["ms_per_query"] = round(1000 * statistics.median(taken[1:]), 3)
    one = method.encode_photos(split.photos[:1])
    held = [one.vectors, *(part for part in (one.tokens, one.mask) if part is not None)]
    return found | {"bytes_per_photo": sum(part.nbytes for part in held)}


def costs(results: Mapping[Cell, Mapping[str, Any]]) -> list[Cost]:
    """The costs of every entrant, over the cells that are done."""
    found: list[Cost] = []
    for entrant in dict.fromkeys(cell.entrant for cell in results):
        mine = [one for cell, one in results.items() if cell.entrant == entrant]
        times = _known(mine, "ms_per_query")
        found.append(
            Cost(
                entrant=entrant,
                parameters=max(_known(mine, "parameters"), default=None),
                trained=max(_known(mine, "trained"), default=None),
                ms_per_query=statistics.median(times) if times else None,
                bytes_per_photo=max(_known(mine, "bytes_per_photo"), default=None),
                cpu_hours=sum(one["cpu_seconds"] for one in mine) / 3600,
            )
        )
    return found


def _known(results: Iterable[Mapping[str, Any]], name: str) -> list[Any]:
    return [one[name] for one in results if one.get(name) is not None]

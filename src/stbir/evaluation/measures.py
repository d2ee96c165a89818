"""From where the relevant photos stand to one value per query and measure, as a protocol defines it."""

from __future__ import annotations

from typing import Any

import numpy as np

from stbir.evaluation.intervals import Labels, bootstrap
from stbir.evaluation.options import Measure, Protocol, read_measure
from stbir.functional.expected import (
    expected_average_precision,
    expected_first,
    expected_hit_at,
    expected_precision_at,
    expected_recall_at,
    expected_reciprocal,
)
from stbir.functional.metrics import NEVER, Ranks, Reals, hit_at, reciprocal
from stbir.functional.precision import average_precision, precision_at, recall_at
from stbir.functional.standings import Standings

RANK = "rank"
"""The rank of the best relevant photo: always among the values, whatever is measured."""


def values_of(found: Standings, protocol: Protocol) -> dict[str, Reals]:
    """Measure each query: its rank, and each measure of the protocol but the median, which no query has alone.

    >>> from stbir.functional.standings import standings
    >>> found = standings(np.array([[3.0, 2.0, 1.0]]), np.array([[False, True, True]]))
    >>> {name: value.tolist() for name, value in values_of(found, Protocol(measures=("acc@1", "p@2"))).items()}
    {'rank': [2.0], 'acc@1': [0.0], 'p@2': [0.5]}
    """
    measures = {name: read_measure(name) for name in protocol.measures if name != "median_rank"}
    if protocol.ties == "average":
        return {RANK: expected_first(found)} | {
            name: _expected(found, measure, protocol) for name, measure in measures.items()
        }
    positions = found.positions(protocol.ties)
    first = positions[:, 0] if positions.shape[1] else np.full(len(positions), NEVER)
    return {RANK: np.where(first == NEVER, np.inf, first.astype(np.float64))} | {
        name: _placed(positions, first, found.counts, measure, protocol) for name, measure in measures.items()
    }


def summarise_values(
    values: dict[str, Reals], protocol: Protocol, *, seed: int, resamples: int, clusters: Labels | None = None
) -> dict[str, Any]:
    """Average the values of one modality, in the order of the protocol, with a 95 % interval around each mean.

    Args:
        values: what `values_of` gave for all queries.
        protocol: what is measured.
        seed: of the resampling.
        resamples: how often the queries are resampled.
        clusters: which queries are drawn together; each by itself where it is left out.
    """
    averaged = {name: values[name] for name in protocol.measures if name != "median_rank"}
    # the median has no interval here; a protocol may measure nothing else
    intervals = bootstrap(averaged, seed=seed, resamples=resamples, clusters=clusters) if averaged else {}
    result: dict[str, Any] = {}
    for name in protocol.measures:
        if name == "median_rank":
            middle = float(np.median(values[RANK]))
            result[name] = middle if np.isfinite(middle) else None
        else:
            result[name] = float(values[name].mean())
    return {
        **result,
        "queries": len(values[RANK]),
        "intervals": {name: list(interval) for name, interval in intervals.items()},
    }


def _placed(positions: Ranks, first: Ranks, counts: Ranks, measure: Measure, protocol: Protocol) -> Reals:
    if measure.kind == "mrr":
        return reciprocal(first)
    if measure.kind == "map":
        return average_precision(
            positions,
            measure.k,
            counts=counts,
            interpolated=protocol.interpolated,
            denominator=protocol.ap_denominator,
        )
    assert measure.k is not None, f"{measure.kind} has a depth"
    if measure.kind == "acc":
        return hit_at(first, measure.k)
    if measure.kind == "r":
        return recall_at(positions, measure.k, counts=counts)
    return precision_at(positions, measure.k, counts=counts, denominator=protocol.p_denominator)


def _expected(found: Standings, measure: Measure, protocol: Protocol) -> Reals:
    if measure.kind == "mrr":
        return expected_reciprocal(found)
    if measure.kind == "map":
        return expected_average_precision(found, measure.k, denominator=protocol.ap_denominator)
    assert measure.k is not None, f"{measure.kind} has a depth"
    if measure.kind == "acc":
        return expected_hit_at(found, measure.k)
    if measure.kind == "r":
        return expected_recall_at(found, measure.k)
    return expected_precision_at(found, measure.k, denominator=protocol.p_denominator)

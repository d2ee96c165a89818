"""Whether one model is better than another on the same queries, or the difference is chance.

Queries that look for the same photo are alike, so they are drawn and exchanged together: `clusters` says which belong
together. Taking them as independent makes intervals too narrow and finds differences that are none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from stbir.evaluation.intervals import Labels, clustered
from stbir.functional.metrics import Reals

_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class Difference:
    """How much better the second model is: mean difference, its 95 % interval, and the chance of one as large."""

    mean: float
    low: float
    high: float
    p: float


def compare_paired(
    first: Reals, second: Reals, *, seed: int, clusters: Labels | None = None, resamples: int = 10_000
) -> Difference:
    """Compare two models by their values on the same queries, in the same order.

    The interval is the percentile interval of a paired bootstrap over clusters, the p-value that of `randomisation_p`.

    Args:
        first: one value per query.
        second: one value per query.
        seed: of everything that is drawn.
        clusters: the cluster of each query; each query is its own where it is left out.
        resamples: how often clusters are drawn, and how often the models exchange them.

    >>> compare_paired(np.zeros(20), np.ones(20), seed=0, resamples=999)
    Difference(mean=1.0, low=1.0, high=1.0, p=0.001)
    """
    differences = second - first
    low, high = paired_interval(differences, seed=seed, clusters=clusters, resamples=resamples)
    p = randomisation_p(differences, seed=seed, clusters=clusters, resamples=resamples)
    return Difference(float(differences.mean()), low, high, p)


def paired_interval(
    differences: Reals, *, seed: int, clusters: Labels | None = None, resamples: int = 10_000, level: float = 0.95
) -> tuple[float, float]:
    """Give the percentile interval of the mean difference, clusters of queries drawn with replacement."""
    assert len(differences), "no queries to compare"
    sums, sizes = clustered(differences, clusters)
    generator = np.random.default_rng(seed)
    means: list[Reals] = []
    for count in _portions(resamples, len(sums)):
        drawn = generator.integers(len(sums), size=(count, len(sums)))
        means.append(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1))
    tail = 100 * (1 - level) / 2
    low, high = np.percentile(np.concatenate(means), [tail, 100 - tail])
    return float(low), float(high)


def randomisation_p(differences: Reals, *, seed: int, clusters: Labels | None = None, resamples: int = 10_000) -> float:
    """Give the two-sided p-value of Fisher's randomisation test for paired values.

    If the models were equally good, the sign of each cluster's difference would be a coin toss: the p-value is the
    share of tosses whose mean is as far from 0 as the real one, the real one counted among them, so it is never 0.

    >>> randomisation_p(np.array([0.1, -0.1]), seed=0, resamples=99)
    1.0
    """
    assert len(differences), "no queries to compare"
    sums, _ = clustered(differences, clusters)
    generator = np.random.default_rng(seed)
    # sums of the same numbers in another order differ in the last digits; those are equal, not less
    reached = abs(sums.sum()) - 1e-9 * np.abs(sums).sum()
    as_far = 0
    for count in _portions(resamples, len(sums)):
        signs = 2.0 * generator.integers(2, size=(count, len(sums)), dtype=np.int8) - 1
        as_far += int((np.abs(signs @ sums) >= reached).sum())
    return (1 + as_far) / (1 + resamples)


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values of several comparisons, after Holm: each stays valid although many were looked at.

    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for place, number in enumerate(sorted(range(len(p_values)), key=lambda one: p_values[one])):
        largest = max(largest, min(1.0, (len(p_values) - place) * p_values[number]))
        adjusted[number] = largest
    return adjusted


def _portions(resamples: int, width: int) -> Iterator[int]:
    """Split the resamples so that memory stays bounded."""
    most = max(1, _AT_ONCE // max(1, width))
    for start in range(0, resamples, most):
        yield min(most, resamples - start)

"""How far an average can be trusted: bootstrap intervals over queries.

Queries that look for the same photo are alike, so they are drawn together: `clusters` says which belong together.
Taking five sketches of one photo as independent would make intervals too narrow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from stbir.functional.metrics import Reals

Labels = npt.NDArray[np.int64]


def bootstrap(
    values: Mapping[str, Reals],
    *,
    seed: int,
    clusters: Labels | None = None,
    resamples: int = 1000,
    level: float = 0.95,
) -> dict[str, tuple[float, float]]:
    """Give the percentile interval of each mean, from clusters of queries drawn with replacement.

    All measures share their resamples, as they share their queries.

    Args:
        values: one value per query, by measure; all of the same length, at least one query.
        seed: of the generator that draws.
        clusters: the cluster of each query; each query is its own where it is left out.
        resamples: how often the clusters are drawn.
        level: the share of resampled means inside the interval.

    >>> bootstrap({"acc@1": np.ones(9)}, seed=0)
    {'acc@1': (1.0, 1.0)}
    """
    table = np.stack([*values.values()])
    assert table.shape[1], "no queries to resample"
    sums, sizes = clustered(table, clusters)
    generator = np.random.default_rng(seed)
    means: list[Reals] = []
    # one resample at a time: all at once would take resamples x queries of memory
    for _ in range(resamples):
        drawn = generator.integers(len(sizes), size=len(sizes))
        means.append(sums[:, drawn].sum(axis=1) / sizes[drawn].sum())
    tail = 100 * (1 - level) / 2
    low, high = np.percentile(np.stack(means), [tail, 100 - tail], axis=0)
    return {name: (float(low[i]), float(high[i])) for i, name in enumerate(values)}


def clusters_of(wanted: Sequence[str | None]) -> Labels:
    """Number what each query looks for, in the order of appearance; a query that names nothing stands for itself.

    >>> clusters_of(["a", "b", None, "a", None]).tolist()
    [0, 1, 2, 0, 3]
    """
    numbers: dict[str | int, int] = {}
    keys = (place if name is None else name for place, name in enumerate(wanted))
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.int64)


def clustered(values: Reals, clusters: Labels | None) -> tuple[Reals, Reals]:
    """Sum the values of each cluster, and count its queries.

    Args:
        values: of shape (..., queries).
        clusters: the cluster of each query, or None where each is its own.
    """
    if clusters is None:
        return values, np.ones(values.shape[-1])
    _, places = np.unique(clusters, return_inverse=True)
    sizes = np.bincount(places).astype(np.float64)
    rows = values.reshape(-1, values.shape[-1])
    sums = np.stack([np.bincount(places, weights=row) for row in rows]).astype(np.float64)
    return sums.reshape(*values.shape[:-1], len(sizes)), sizes

"""How far an average can be trusted: bootstrap intervals over queries."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from stbir.functional.metrics import Reals


def bootstrap(
    values: Mapping[str, Reals], *, seed: int, resamples: int = 1000, level: float = 0.95
) -> dict[str, tuple[float, float]]:
    """Give the percentile interval of each mean, from queries drawn with replacement.

    All measures share their resamples, as they share their queries. The queries are taken as independent:
    where many ask for the same few photos the true interval is wider.

    Args:
        values: one value per query, by measure; all of the same length, at least one query.
        seed: of the generator that draws.
        resamples: how often the queries are drawn.
        level: the share of resampled means inside the interval.

    >>> bootstrap({"acc@1": np.ones(9)}, seed=0)
    {'acc@1': (1.0, 1.0)}
    """
    table = np.stack([*values.values()])
    generator = np.random.default_rng(seed)
    count = table.shape[1]
    assert count, "no queries to resample"
    # one resample at a time: all at once would take resamples x queries of memory
    means = np.stack([table[:, generator.integers(count, size=count)].mean(axis=1) for _ in range(resamples)])
    tail = 100 * (1 - level) / 2
    low, high = np.percentile(means, [tail, 100 - tail], axis=0)
    return {name: (float(low[i]), float(high[i])) for i, name in enumerate(values)}

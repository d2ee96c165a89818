"""t-SNE: its probabilities against slow loops, and that groups stay groups."""

import math

import numpy as np
import pytest

from stbir.functional.tsne import neighbourhoods, tsne


def test_neighbourhoods_equal_slow_loops_and_have_the_perplexity() -> None:
    rows = np.random.default_rng(0).normal(size=(12, 5)).astype(np.float32)
    joint = neighbourhoods(rows, perplexity=3.0)
    given = np.zeros((12, 12))
    for i in range(12):
        apart = [float(((rows[i].astype(float) - rows[j]) ** 2).sum()) for j in range(12)]
        best = None
        for sharp in np.geomspace(1e-3, 1e3, 20_001):
            powers = [
                0.0 if j == i else math.exp(-sharp * (apart[j] - min(apart[:i] + apart[i + 1 :]))) for j in range(12)
            ]
            shares = [power / sum(powers) for power in powers]
            far = abs(-sum(share * math.log(share) for share in shares if share) - math.log(3.0))
            if best is None or far < best[0]:
                best = far, shares
        assert best is not None
        given[i] = best[1]
    np.testing.assert_allclose(joint, (given + given.T) / 24, atol=1e-4)
    assert joint.sum() == pytest.approx(1)


def test_groups_stay_together() -> None:
    rng = np.random.default_rng(1)
    centres = rng.normal(size=(4, 32))
    rows = np.concatenate([centre + 0.2 * rng.normal(size=(15, 32)) for centre in centres]).astype(np.float32)
    places = tsne(rows, seed=0)
    assert places.shape == (60, 2)
    apart = ((places[:, None] - places) ** 2).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    assert (apart.argmin(axis=1) // 15 == np.arange(60) // 15).all()
    np.testing.assert_array_equal(places, tsne(rows, seed=0))
    assert not np.array_equal(places, tsne(rows, seed=1))


def test_few_and_equal_rows_are_placed() -> None:
    assert tsne(np.zeros((3, 4), np.float32), seed=0).tolist() == [[0, 0]] * 3
    assert np.isfinite(tsne(np.ones((9, 4), np.float32), seed=0)).all()

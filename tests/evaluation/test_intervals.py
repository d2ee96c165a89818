"""Bootstrap intervals: against a slow loop, theory and the seed."""

import numpy as np
import pytest

from stbir.evaluation.intervals import bootstrap


def test_agrees_with_a_slow_loop() -> None:
    values = {"a": np.array([0.0, 1.0, 0.0, 0.5]), "b": np.array([1.0, 1.0, 0.0, 1.0])}
    generator = np.random.default_rng(7)
    means: dict[str, list[float]] = {"a": [], "b": []}
    for _ in range(200):
        drawn = generator.integers(4, size=4)
        for name in means:
            means[name].append(sum(float(values[name][i]) for i in drawn) / 4)
    for name, (low, high) in bootstrap(values, seed=7, resamples=200).items():
        assert (low, high) == pytest.approx((np.percentile(means[name], 2.5), np.percentile(means[name], 97.5)))


def test_matches_the_normal_approximation_for_many_queries() -> None:
    hits = (np.arange(2000) % 10 < 3).astype(float)
    low, high = bootstrap({"x": hits}, seed=0)["x"]
    half = 1.96 * np.sqrt(0.3 * 0.7 / 2000)
    assert low == pytest.approx(0.3 - half, abs=0.004)
    assert high == pytest.approx(0.3 + half, abs=0.004)


def test_the_seed_decides_and_the_level_widens() -> None:
    values = {"x": np.random.default_rng(1).random(50)}
    assert bootstrap(values, seed=3) == bootstrap(values, seed=3)
    assert bootstrap(values, seed=3) != bootstrap(values, seed=4)
    narrow, wide = bootstrap(values, seed=3, level=0.5)["x"], bootstrap(values, seed=3, level=0.99)["x"]
    assert wide[0] < narrow[0] < values["x"].mean() < narrow[1] < wide[1]


def test_one_query_is_certain_of_itself() -> None:
    assert bootstrap({"x": np.array([0.25])}, seed=0) == {"x": (0.25, 0.25)}


def test_queries_of_one_photo_are_drawn_together() -> None:
    rng = np.random.default_rng(0)
    clusters = np.array([0, 0, 0, 1, 2, 2, 3])
    values = {"a": rng.random(7), "b": rng.random(7)}
    found = bootstrap(values, seed=5, clusters=clusters, resamples=150)
    generator = np.random.default_rng(5)
    drawn = [generator.integers(4, size=4) for _ in range(150)]
    for name, value in values.items():
        means = [np.mean([v for one in some for v in value[clusters == one]]) for some in drawn]
        assert found[name] == pytest.approx(tuple(np.percentile(means, [2.5, 97.5])))


def test_five_sketches_of_a_photo_are_no_five_photos() -> None:
    hits = np.repeat(np.random.default_rng(1).random(40) < 0.5, 5).astype(float)
    low, high = bootstrap({"x": hits}, seed=0, clusters=np.repeat(np.arange(40), 5))["x"]
    narrow_low, narrow_high = bootstrap({"x": hits}, seed=0)["x"]
    # the standard error is that of 40 values, sqrt(5) times that of 200
    assert 1.9 < (high - low) / (narrow_high - narrow_low) < 2.6
    assert bootstrap({"x": hits}, seed=0, clusters=np.arange(200)) == bootstrap({"x": hits}, seed=0)

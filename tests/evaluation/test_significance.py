"""The tests keep their level on simulated models that are equally good, and find one that is better."""

from itertools import product

import numpy as np
import pytest

from stbir.evaluation.significance import compare_paired, holm, paired_interval, randomisation_p

LEVEL = 0.05
TRIALS = 400
# three standard errors of a share of TRIALS
SLACK = 3 * np.sqrt(LEVEL * (1 - LEVEL) / TRIALS)


def test_the_p_value_is_the_share_of_sign_flips() -> None:
    differences = np.array([0.4, -0.1, 0.3, 0.2, 0.5, -0.2])
    flips = np.array([*product((-1, 1), repeat=6)])
    exact = (np.abs(flips @ differences) >= abs(differences.sum()) - 1e-12).mean()
    assert randomisation_p(differences, seed=0, resamples=20_000) == pytest.approx(exact, abs=0.01)


def test_equal_models_are_seldom_called_different() -> None:
    rng = np.random.default_rng(0)
    rejected = outside = 0
    for trial in range(TRIALS):
        # reciprocal ranks of two models that fail on the same hard queries
        hard = rng.random(80) < 0.4
        first, second = (1 / rng.integers(1, np.where(hard, 40, 5)) for _ in range(2))
        found = compare_paired(first, second, seed=trial, resamples=400)
        rejected += found.p <= LEVEL
        outside += not found.low <= 0 <= found.high
    assert rejected / TRIALS <= LEVEL + SLACK
    assert rejected / TRIALS >= LEVEL - SLACK
    # a bootstrap of 80 queries is a little too narrow
    assert outside / TRIALS <= LEVEL + SLACK + 0.02


def test_queries_of_one_photo_count_once() -> None:
    rng = np.random.default_rng(1)
    clusters = np.repeat(np.arange(25), 6)
    alone = together = 0
    for trial in range(TRIALS):
        # the difference belongs to the photo, its six sketches repeat it
        differences = np.repeat(rng.normal(size=25), 6) + 0.1 * rng.normal(size=150)
        alone += randomisation_p(differences, seed=trial, resamples=200) <= LEVEL
        together += randomisation_p(differences, seed=trial, clusters=clusters, resamples=200) <= LEVEL
    assert together / TRIALS <= LEVEL + SLACK
    assert alone / TRIALS > 0.3  # what taking them as independent would do


def test_a_better_model_is_found() -> None:
    rng = np.random.default_rng(2)
    first = (rng.random(300) < 0.5).astype(float)
    second = np.where(rng.random(300) < 0.2, 1.0, first)
    found = compare_paired(first, second, seed=0, resamples=2000)
    assert found.mean == pytest.approx((second - first).mean())
    assert 0 < found.low < found.mean < found.high
    assert found.p < 0.001
    other = compare_paired(second, first, seed=0, resamples=2000)
    assert (other.mean, other.p) == (-found.mean, found.p)


def test_the_interval_covers_clusters_of_different_size() -> None:
    low, high = paired_interval(np.array([1.0, 1, 1, 0]), seed=0, clusters=np.array([0, 0, 0, 1]), resamples=500)
    assert (low, high) == (0, 1)


def test_the_same_twice_and_no_difference() -> None:
    values = np.random.default_rng(3).random(50)
    assert compare_paired(values, values, seed=0, resamples=200).p == 1
    one, two = (compare_paired(values, values[::-1], seed=5, resamples=200) for _ in range(2))
    assert one == two


def test_holm_by_hand() -> None:
    assert holm([0.02, 0.01, 0.5]) == pytest.approx([0.04, 0.03, 0.5])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []

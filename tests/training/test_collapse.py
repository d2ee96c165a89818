"""Vectors that tell things apart, and vectors that no longer do."""

import numpy as np
import pytest

from stbir.training.collapse import effective_rank, spread
from stbir.types import Floats


def unit(rows: np.ndarray) -> Floats:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_the_effective_rank_is_exp_of_the_entropy_of_the_singular_values() -> None:
    shares = np.array([0.5, 0.25, 0.25])
    expected = np.exp(-sum(share * np.log(share) for share in shares))
    turn, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))
    assert effective_rank(turn @ np.diag([4.0, 2.0, 2.0])) == pytest.approx(expected)


def test_random_vectors_are_well_spread() -> None:
    found = spread(unit(np.random.default_rng(0).normal(size=(200, 64))))
    assert found.trouble() is None
    assert found.effective_rank > 50
    assert found.deviation == pytest.approx(64**-0.5, rel=0.05)
    assert abs(found.similarity) < 0.02


def test_vectors_of_one_category_share_much_and_are_still_fine() -> None:
    rng = np.random.default_rng(0)
    rows = unit(2 * unit(rng.normal(size=(1, 64))) + unit(rng.normal(size=(200, 64))))
    assert spread(rows).similarity > 0.7
    assert spread(rows).trouble() is None


def test_vectors_that_are_nearly_the_same_are_a_collapse() -> None:
    rng = np.random.default_rng(0)
    rows = unit(10 * unit(rng.normal(size=(1, 64))) + unit(rng.normal(size=(200, 64))))
    assert "they are nearly the same (mean similarity 0.99" in str(spread(rows).trouble())


def test_vectors_along_one_line_are_a_collapse_though_half_of_them_are_opposite() -> None:
    rng = np.random.default_rng(0)
    rows = np.tile(unit(rng.normal(size=(1, 64))), (200, 1)) * rng.choice([-1, 1], size=(200, 1))
    assert "they lie along about 1.0 directions of 64" in str(spread(rows.astype(np.float32)).trouble())


def test_one_vector_has_no_similarities() -> None:
    assert spread(np.ones((1, 1), np.float32)).deviation == 0

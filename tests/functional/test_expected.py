"""Closed forms against the plain definition: the mean over every order of the tied photos."""

from collections.abc import Callable
from itertools import permutations

import numpy as np
import pytest

from stbir.functional.expected import (
    expected_average_precision,
    expected_first,
    expected_hit_at,
    expected_precision_at,
    expected_recall_at,
    expected_reciprocal,
)
from stbir.functional.metrics import NEVER
from stbir.functional.precision import average_precision, precision_at, recall_at
from stbir.functional.standings import standings


def over_all_orders(scores: list[int], relevant: list[bool], value: Callable[[np.ndarray, np.ndarray], float]) -> float:
    """Break the ties in every possible way, measure each, and average."""
    values: list[float] = []
    for order in permutations(range(len(scores))):
        ranked = sorted(range(len(scores)), key=lambda photo: (-scores[photo], order[photo]))
        places = [place + 1 for place, photo in enumerate(ranked) if relevant[photo]]
        values.append(value(np.array([places]), np.array([len(places)])))
    return float(np.mean(values))


@pytest.mark.parametrize("seed", range(12))
def test_closed_forms_are_the_mean_over_all_orders(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores, relevant = rng.integers(0, 3, 6), rng.random(6) < 0.5
    relevant[rng.integers(6)] = True
    found = standings(scores[None].astype(float), relevant[None])
    listed = ([int(score) for score in scores], [bool(one) for one in relevant])
    assert expected_first(found)[0] == pytest.approx(over_all_orders(*listed, lambda p, _: p[0, 0]))
    assert expected_reciprocal(found)[0] == pytest.approx(over_all_orders(*listed, lambda p, _: 1 / p[0, 0]))
    ap = over_all_orders(*listed, lambda p, n: average_precision(p, counts=n)[0])
    assert expected_average_precision(found)[0] == pytest.approx(ap)
    for k in (1, 2, 4, 9):
        hit = over_all_orders(*listed, lambda p, _, k=k: float(p[0, 0] <= k))
        assert expected_hit_at(found, k)[0] == pytest.approx(hit)
        recall = over_all_orders(*listed, lambda p, n, k=k: recall_at(p, k, counts=n)[0])
        assert expected_recall_at(found, k)[0] == pytest.approx(recall)
        for rule in ("k", "capped", "cut"):
            share = over_all_orders(*listed, lambda p, n, k=k, r=rule: precision_at(p, k, counts=n, denominator=r)[0])
            assert expected_precision_at(found, k, denominator=rule)[0] == pytest.approx(share)
        for rule in ("k", "capped", "relevant"):
            ap = over_all_orders(*listed, lambda p, n, k=k, r=rule: average_precision(p, k, counts=n, denominator=r)[0])
            assert expected_average_precision(found, k, denominator=rule)[0] == pytest.approx(ap)


def test_a_constant_method_is_worth_what_guessing_is_worth() -> None:
    found = standings(np.zeros((1, 20)), np.arange(20)[None] == 7)
    assert expected_hit_at(found, 1)[0] == pytest.approx(1 / 20)
    assert expected_hit_at(found, 5)[0] == pytest.approx(5 / 20)
    assert expected_first(found)[0] == 10.5


def test_nothing_relevant_is_worth_nothing() -> None:
    found = standings(np.zeros((1, 3)), np.zeros((1, 3), bool))
    assert found.positions("against").shape == (1, 0)
    assert expected_first(found)[0] == np.inf
    assert [value(found, 1)[0] for value in (expected_hit_at, expected_precision_at, expected_recall_at)] == [0, 0, 0]
    assert (expected_reciprocal(found)[0], expected_average_precision(found)[0]) == (0, 0)
    assert NEVER > 10**18

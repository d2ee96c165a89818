"""Metrics against hand-made tables, a slow loop, and trec_eval."""

import numpy as np
import pytest
import pytrec_eval

from stbir.functional.metrics import NEVER, hit_at, median_rank, reciprocal, target_ranks
from stbir.functional.streaming import vector_ranks


def slow_rank(scores: list[float], relevant: list[bool]) -> int:
    """The definition, photo by photo: sort with every tie broken against the relevant ones."""
    if not any(relevant):
        return NEVER
    best = max(score for score, good in zip(scores, relevant, strict=True) if good)
    rank = 1
    for score, good in zip(scores, relevant, strict=True):
        if not good and score >= best:
            rank += 1
    return rank


@pytest.mark.parametrize(
    ("scores", "relevant", "rank"),
    [
        ([3, 2, 1], [1, 0, 0], 1),
        ([3, 2, 1], [0, 0, 1], 3),
        ([5, 5, 5, 5], [0, 1, 0, 0], 4),  # a constant method gets the last rank
        ([5, 5, 5, 5], [1, 1, 0, 0], 3),  # relevant photos do not count against each other
        ([9, 1, 5], [0, 1, 1], 2),  # the best relevant one counts
        ([1], [1], 1),
        ([1, 2], [0, 0], NEVER),
        ([float("nan"), 1], [0, 1], 2),
        ([float("nan"), 1, 2], [1, 0, 0], 3),
        ([-np.inf, -np.inf], [1, 0], 2),
    ],
)
def test_hand_made_ranks(scores: list[float], relevant: list[int], rank: int) -> None:
    assert target_ranks(np.array([scores], dtype=float), np.array([relevant], dtype=bool)).tolist() == [rank]


def test_no_photos_at_all() -> None:
    assert target_ranks(np.empty((2, 0)), np.empty((2, 0), dtype=bool)).tolist() == [NEVER, NEVER]


def test_ranks_agree_with_a_slow_loop_also_in_ties() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        shape = (int(rng.integers(1, 8)), int(rng.integers(1, 30)))
        scores = rng.integers(0, 6, shape).astype(np.float32)
        relevant = rng.random(shape) < rng.choice([0.0, 0.05, 0.3])
        expected = [slow_rank(list(s), list(r)) for s, r in zip(scores, relevant, strict=True)]
        assert target_ranks(scores, relevant).tolist() == expected


def test_agrees_with_trec_eval() -> None:
    rng = np.random.default_rng(1)
    scores = rng.permuted(np.arange(60.0)[None].repeat(40, 0), axis=1)
    relevant = rng.random(scores.shape) < 0.04
    relevant[np.arange(40), rng.integers(0, 60, 40)] = True
    truth = {f"q{q}": {f"p{p}": int(relevant[q, p]) for p in range(60)} for q in range(40)}
    run = {f"q{q}": {f"p{p}": float(scores[q, p]) for p in range(60)} for q in range(40)}
    measured = pytrec_eval.RelevanceEvaluator(truth, {"recip_rank", "success.1,5,10"}).evaluate(run)
    ranks = target_ranks(scores, relevant)
    for k in (1, 5, 10):
        assert hit_at(ranks, k).tolist() == [measured[f"q{q}"][f"success_{k}"] for q in range(40)]
    assert reciprocal(ranks) == pytest.approx([measured[f"q{q}"]["recip_rank"] for q in range(40)])
    assert 0 < hit_at(ranks, 5).mean() < 1


def test_vector_ranks_do_not_depend_on_the_memory_budget() -> None:
    rng = np.random.default_rng(2)
    queries = rng.normal(size=(23, 8)).astype(np.float32)
    photos = rng.normal(size=(31, 8)).astype(np.float32)
    labels, wanted = rng.integers(0, 20, 31), rng.integers(0, 20, 23)
    scores = np.round(queries.astype(float) @ photos.astype(float).T, 6)
    expected = target_ranks(scores, wanted[:, None] == labels[None])
    assert (expected == NEVER).any()
    assert (expected < NEVER).any()
    for budget in (1, 31, 100, 10_000):
        found = vector_ranks(queries, photos, query_labels=wanted, photo_labels=labels, budget=budget)
        assert found.tolist() == expected.tolist()


def test_vector_ranks_within_groups_is_a_smaller_gallery() -> None:
    rng = np.random.default_rng(3)
    queries, photos = rng.normal(size=(12, 4)), rng.normal(size=(12, 4))
    groups = np.arange(12) % 3
    found = vector_ranks(
        queries,
        photos,
        query_labels=np.arange(12),
        photo_labels=np.arange(12),
        query_groups=groups,
        photo_groups=groups,
        budget=24,
    )
    for query in range(12):
        members = np.flatnonzero(groups == groups[query])
        alone = vector_ranks(
            queries[query : query + 1], photos[members], query_labels=np.array([query]), photo_labels=members
        )
        assert found[query] == alone[0]


def test_copies_of_one_photo_tie_wherever_they_stand() -> None:
    rng = np.random.default_rng(4)
    photo = rng.normal(size=512).astype(np.float32)
    photo /= np.linalg.norm(photo)
    photos = np.tile(photo, (37, 1))
    ranks = vector_ranks(photos[:5], photos, query_labels=np.arange(5), photo_labels=np.arange(37))
    assert ranks.tolist() == [37] * 5


def test_averages_by_hand() -> None:
    ranks = np.array([1, 2, 6, 11, NEVER])
    assert [hit_at(ranks, k).mean() for k in (1, 5, 10)] == pytest.approx([0.2, 0.4, 0.6])
    assert reciprocal(ranks).mean() == pytest.approx((1 + 1 / 2 + 1 / 6 + 1 / 11) / 5)
    assert median_rank(ranks) == 6.0
    assert median_rank(np.array([1, NEVER, NEVER])) == float("inf")
    assert hit_at(np.array([NEVER]), NEVER).tolist() == [0.0]

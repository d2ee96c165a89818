"""A table of rankings made by hand: every definition of every measure, with numbers worked out on paper."""

import numpy as np
import pytest

from stbir.functional.metrics import NEVER
from stbir.functional.precision import average_precision, precision_at, recall_at
from stbir.functional.standings import standings

# rankings, best first; r is relevant, . is not
RANKINGS = {
    "first": "r....",
    "third": "..r..",
    "spread": "r.r..r....",  # precisions 1, 2/3, 3/6
    "late": ".rr.",  # precisions 1/2, 2/3
    "all": "rrr",
    "none": "....",
}


def places(ranking: str) -> tuple[np.ndarray, np.ndarray]:
    found = [place + 1 for place, photo in enumerate(ranking) if photo == "r"]
    return np.array([found], dtype=np.int64), np.array([len(found)])


@pytest.mark.parametrize(
    ("ranking", "k", "rule", "value"),
    [
        ("first", 1, "k", 1),
        ("first", 5, "k", 1 / 5),
        ("first", 5, "capped", 1),
        ("first", 5, "cut", 1),
        ("third", 5, "k", 1 / 5),
        ("third", 5, "capped", 1),
        ("third", 5, "cut", 0),  # only the first min(5, 1) = 1 photo is looked at
        ("spread", 2, "k", 1 / 2),
        ("spread", 5, "k", 2 / 5),
        ("spread", 5, "capped", 2 / 3),
        ("spread", 5, "cut", 2 / 3),
        ("spread", 10, "k", 3 / 10),
        ("spread", 10, "capped", 1),
        ("spread", 10, "cut", 2 / 3),
        ("all", 10, "k", 3 / 10),
        ("all", 10, "capped", 1),
        ("none", 5, "k", 0),
        ("none", 5, "capped", 0),
        ("none", 5, "cut", 0),
    ],
)
def test_precision(ranking: str, k: int, rule, value: float) -> None:
    found, counts = places(RANKINGS[ranking])
    assert precision_at(found, k, counts=counts, denominator=rule).tolist() == pytest.approx([value])


@pytest.mark.parametrize(
    ("ranking", "k", "value"),
    [("spread", 1, 1 / 3), ("spread", 5, 2 / 3), ("spread", 6, 1), ("third", 2, 0), ("third", 3, 1), ("none", 3, 0)],
)
def test_recall(ranking: str, k: int, value: float) -> None:
    found, counts = places(RANKINGS[ranking])
    assert recall_at(found, k, counts=counts).tolist() == pytest.approx([value])


@pytest.mark.parametrize(
    ("ranking", "k", "interpolated", "rule", "value"),
    [
        ("first", None, False, "capped", 1),
        ("third", None, False, "capped", 1 / 3),
        ("third", None, True, "capped", 1 / 3),
        ("spread", None, False, "capped", (1 + 2 / 3 + 1 / 2) / 3),
        ("spread", None, True, "capped", (1 + 2 / 3 + 1 / 2) / 3),  # falling precisions: the same
        ("late", None, False, "capped", (1 / 2 + 2 / 3) / 2),
        ("late", None, True, "capped", 2 / 3),  # 1/2 becomes the 2/3 behind it
        ("late", 2, False, "capped", (1 / 2) / 2),
        ("late", 2, True, "capped", (1 / 2) / 2),  # what is behind the cut does not help
        ("spread", 5, False, "capped", (1 + 2 / 3) / 3),
        ("spread", 5, False, "relevant", (1 + 2 / 3) / 3),
        ("spread", 5, False, "k", (1 + 2 / 3) / 5),
        ("spread", 2, False, "capped", 1 / 2),
        ("spread", 2, False, "relevant", 1 / 3),
        ("spread", 2, False, "k", 1 / 2),
        ("all", 2, False, "capped", 1),
        ("all", 2, True, "capped", 1),
        ("all", 10, False, "k", 3 / 10),
        ("all", None, False, "k", 1),
        ("none", None, False, "capped", 0),
        ("none", 5, True, "capped", 0),
    ],
)
def test_average_precision(ranking: str, k: int | None, interpolated: bool, rule, value: float) -> None:
    found, counts = places(RANKINGS[ranking])
    measured = average_precision(found, k, counts=counts, interpolated=interpolated, denominator=rule)
    assert measured.tolist() == pytest.approx([value])


def voc_area(hits: list[bool], relevant: int) -> float:
    """The area under the interpolated curve, written as the published code writes it: step by step over the recall."""
    recall = [0.0, *(np.cumsum(hits) / relevant), 1.0]
    precision = [0.0, *(np.cumsum(hits) / np.arange(1, len(hits) + 1)), 0.0]
    for place in range(len(precision) - 2, -1, -1):
        precision[place] = max(precision[place], precision[place + 1])
    return sum((recall[i + 1] - recall[i]) * precision[i + 1] for i in range(len(recall) - 1))


@pytest.mark.parametrize("seed", range(20))
def test_interpolated_is_the_area_under_the_voc_curve(seed: int) -> None:
    rng = np.random.default_rng(seed)
    hits = rng.random(30) < 0.3
    hits[rng.integers(30)] = True
    positions, counts = np.flatnonzero(hits)[None] + 1, np.array([int(hits.sum())])
    whole = average_precision(positions, counts=counts, interpolated=True)
    assert whole[0] == pytest.approx(voc_area(list(hits), int(hits.sum())))
    for k in (1, 5, 12, 40):
        cut = average_precision(positions, k, counts=counts, interpolated=True)
        assert cut[0] == pytest.approx(voc_area(list(hits[:k]), min(k, int(hits.sum()))))


def test_ties_decide_the_places() -> None:
    scores = np.array([[0.9, 0.5, 0.5, 0.5, 0.1], [0.3, 0.3, 0.3, 0.3, 0.3]])
    relevant = np.array([[False, True, False, True, False], [False, False, False, False, True]])
    found = standings(scores, relevant)
    assert found.positions("against").tolist() == [[3, 4], [5, NEVER]]
    assert found.positions("for").tolist() == [[2, 3], [1, NEVER]]
    against, favoured = (average_precision(found.positions(t), counts=found.counts) for t in ("against", "for"))
    assert against.tolist() == pytest.approx([(1 / 3 + 2 / 4) / 2, 1 / 5])
    assert favoured.tolist() == pytest.approx([(1 / 2 + 2 / 3) / 2, 1])

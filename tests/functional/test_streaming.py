"""Block by block gives exactly what the whole matrix gives, and takes no more memory than it says."""

import tracemalloc

import numpy as np
import pytest

from stbir.functional.standings import keys, standings
from stbir.functional.streaming import stream_standings, stream_top


def sides(rng: np.random.Generator, queries: int, photos: int, labels: int) -> tuple[np.ndarray, ...]:
    # few directions, so that many scores tie
    few = rng.normal(size=(9, 5)).astype(np.float32)
    few /= np.linalg.norm(few, axis=1, keepdims=True)
    wanted, shown = rng.integers(0, labels, queries), rng.integers(0, labels, photos)
    return few[rng.integers(0, 9, queries)], few[rng.integers(0, 9, photos)], wanted, shown


@pytest.mark.parametrize("labels", [2, 7, 60])
@pytest.mark.parametrize("budget", [1, 50, 300, 1 << 22])
def test_standings_equal_the_naive_ones(labels: int, budget: int) -> None:
    queries, photos, wanted, shown = sides(np.random.default_rng(labels), 37, 53, labels)
    scores = queries.astype(float) @ photos.astype(float).T
    expected = standings(scores, wanted[:, None] == shown[None])
    seen = 0
    for part, found in stream_standings(queries, photos, query_labels=wanted, photo_labels=shown, budget=budget):
        most = found.above.shape[1]
        assert found.above.tolist() == expected.above[part, :most].tolist()
        assert found.beside.tolist() == expected.beside[part, :most].tolist()
        assert found.counts.tolist() == expected.counts[part].tolist()
        seen += len(found.counts)
    assert seen == 37
    assert (expected.beside[expected.counts > 0, 0] > 0).any()


@pytest.mark.parametrize("ties", ["against", "for", "average"])
@pytest.mark.parametrize("budget", [1, 90, 1 << 22])
@pytest.mark.parametrize("k", [1, 10, 53, 99])
def test_the_best_equal_the_naive_ones(ties, budget: int, k: int) -> None:
    queries, photos, wanted, shown = sides(np.random.default_rng(5), 21, 53, 6)
    scores = keys(queries.astype(float) @ photos.astype(float).T)
    blocks = stream_top(queries, photos, k=k, query_labels=wanted, photo_labels=shown, ties=ties, budget=budget)
    for part, numbers, values in blocks:
        for row, query in enumerate(range(part.start, part.stop)):
            good = wanted[query] == shown
            later = {"against": good, "for": ~good, "average": np.zeros(53, bool)}[ties]
            order = sorted(range(53), key=lambda photo: (-scores[query, photo], later[photo], photo))[:k]
            assert numbers[row].tolist() == order
            assert values[row] == pytest.approx(scores[query, order] / 1e6, abs=1e-12)


def test_the_places_among_the_best_are_the_positions() -> None:
    queries, photos, wanted, shown = sides(np.random.default_rng(8), 15, 40, 5)
    ((_, found),) = stream_standings(queries, photos, query_labels=wanted, photo_labels=shown)
    for ties in ("against", "for"):
        ((_, numbers, _),) = stream_top(queries, photos, k=40, query_labels=wanted, photo_labels=shown, ties=ties)
        for row in range(15):
            places = np.flatnonzero(shown[numbers[row]] == wanted[row]) + 1
            assert found.positions(ties)[row, : found.counts[row]].tolist() == places.tolist()


def test_what_is_no_number_helps_nobody() -> None:
    photos = np.array([[1.0, 0], [np.nan, 0], [0, 1]])
    queries = np.array([[1.0, 0], [1, 0]])
    ((_, found),) = stream_standings(queries, photos, query_labels=np.array([0, 1]), photo_labels=np.arange(3))
    assert found.positions("against")[:, 0].tolist() == [2, 3]
    ((_, numbers, _),) = stream_top(queries, photos, k=3, query_labels=np.array([0, 1]), photo_labels=np.arange(3))
    assert numbers.tolist() == [[1, 0, 2], [0, 2, 1]]


def test_memory_does_not_grow_with_queries_times_photos() -> None:
    rng = np.random.default_rng(0)
    queries, photos = (rng.normal(size=(count, 8)).astype(np.float32) for count in (3_000, 20_000))
    wanted, shown = np.arange(3_000), np.arange(20_000)
    budget = 1 << 18
    tracemalloc.start()
    for _ in stream_standings(queries, photos, query_labels=wanted, photo_labels=shown, budget=budget):
        pass
    for _ in stream_top(queries, photos, k=100, query_labels=wanted, photo_labels=shown, budget=budget):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    whole = 8 * len(queries) * len(photos)
    assert peak < 6 * 8 * budget + 2_000_000
    assert peak < whole / 30

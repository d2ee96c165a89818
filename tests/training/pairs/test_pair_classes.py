"""Virtual classes: given, found by clustering, or the categories."""

from __future__ import annotations

import numpy as np
import pytest

from stbir.errors import ConfigError
from stbir.training.pairs.classes import clustered, virtual_classes
from stbir.training.pairs.items import Item
from stbir.types import Photo


def item(name: str, category: str | None, given: str | None = None) -> Item:
    metadata = {} if given is None else {"virtual_class": given}
    return Item(name, "set", Photo(name, category=category, metadata=metadata), (), (), ())


def never():
    raise AssertionError("the vectors are not needed")


ITEMS = [
    item("a", "shoe", "1"),
    item("b", "chair", "1"),
    item("c", "shoe", "2"),
    item("d", "shoe"),
    item("e", "shoe", "1"),
]


def test_given_classes_are_told_apart_by_category(data) -> None:
    numbers, count = virtual_classes(ITEMS, data(virtual_classes="given"), vectors=never, seed=0)
    assert (numbers.tolist(), count) == ([1, 0, 2, -1, 1], 3)
    with pytest.raises(ConfigError, match='use "kmeans"'):
        virtual_classes(ITEMS[3:4], data(virtual_classes="given"), vectors=never, seed=0)


def test_categories_and_none(data) -> None:
    numbers, count = virtual_classes([*ITEMS, item("f", None)], data(virtual_classes="category"), vectors=never, seed=0)
    assert (numbers.tolist(), count) == ([1, 0, 1, 1, 1, -1], 2)
    numbers, count = virtual_classes(ITEMS, data(), vectors=never, seed=0)
    assert (numbers.tolist(), count) == ([-1] * 5, 0)


def heaps(centres: int, each: int, generator: np.random.Generator) -> np.ndarray:
    """Vectors in clear heaps, heap after heap."""
    return np.repeat(np.eye(centres, 40), each, axis=0) + generator.normal(size=(centres * each, 40)) * 0.01


def test_clusters_are_heaps_of_like_vectors_within_a_category() -> None:
    generator = np.random.default_rng(0)
    vectors = np.concatenate([heaps(3, 5, generator), heaps(2, 5, generator)]).astype(np.float32)
    categories = ["mug"] * 15 + ["hat"] * 10
    mixed = generator.permutation(25)
    found = clustered(vectors[mixed], [categories[i] for i in mixed], counts={"mug": 3, "hat": 2}, seed=0)
    heap = [f"{categories[i]}{i // 5}" for i in mixed]
    pairs = {(categories[i], label, name) for i, label, name in zip(mixed, found, heap, strict=True)}
    assert len(pairs) == 5  # each heap is one cluster and each cluster one heap
    assert found[[categories[i] for i in mixed].index("hat")] == 0  # numbered by the first member


@pytest.mark.parametrize(
    ("category", "count", "clusters"),
    [("shoe", 40, 13), ("chair", 60, 24), ("hat", 50, 5), ("hat", 1, 1), ("shoe", 6, 6)],
)
def test_how_many_clusters(category: str, count: int, clusters: int) -> None:
    vectors = np.random.default_rng(1).normal(size=(count, 8)).astype(np.float32)
    found = clustered(vectors, [category] * count, counts={}, seed=0)
    assert len(set(found)) == clusters
    assert found == clustered(vectors, [category] * count, counts={}, seed=0)


def test_only_training_photos_have_a_class(opened, data) -> None:
    pairs = opened(folds=3, validation=0.2, virtual_classes="kmeans", clusters={"shoe": 3, "chair": 2})
    assert pairs.classes == 5
    assert len(pairs.class_of) == len(pairs.prepared) < 22
    assert set(pairs.class_of.tolist()) == set(range(5))
    with pytest.raises(ConfigError, match="of mug, but the photos are of the categories chair, shoe"):
        opened(virtual_classes="kmeans", clusters={"mug": 3})

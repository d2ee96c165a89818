"""Vectors of unit length for the tests of indexes, at random and in clusters."""

import numpy as np

from stbir.types import Floats


def unit(count: int, dimension: int = 8, *, seed: int = 0) -> Floats:
    return scaled(np.random.default_rng(seed).normal(size=(count, dimension)))


def clustered(count: int, dimension: int, *, clusters: int = 40, seed: int = 0) -> Floats:
    """Rows near one of some centres, as the vectors of photos are."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(clusters, dimension))
    return scaled(centres[rng.integers(clusters, size=count)] + 0.5 * rng.normal(size=(count, dimension)))


def scaled(rows: object) -> Floats:
    array = np.asarray(rows, dtype=np.float64)
    return (array / np.linalg.norm(array, axis=1, keepdims=True)).astype(np.float32)

"""Four drawn boots, STBIR on a small random CLIP, and the bundled model."""

from pathlib import Path

import pytest
from staged import Pairs, made

import stbir
from stbir.data import drawn
from stbir.methods.base import Method
from stbir.methods.stbir import STBIR


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    return [drawn.draw("boot", seed, size=64).pair() for seed in range(4)]


@pytest.fixture(scope="module")
def plain(clip_folder: Path) -> STBIR:
    return made(clip_folder, classes=3)


@pytest.fixture(scope="module")
def tiny() -> Method:
    return stbir.load("tiny")

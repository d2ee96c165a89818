"""What a method is told of a query: never the truth, but for the category where only that is ranked."""

from pathlib import Path

import pytest

from stbir.data import drawn
from stbir.evaluation.examples import find_examples
from stbir.evaluation.progressive import evaluate_progressive
from stbir.evaluation.protocol import evaluate
from stbir.evaluation.robustness import evaluate_robustness
from stbir.methods import build
from stbir.methods.base import Method
from stbir.nn.clip import load_backbone
from stbir.types import Split


@pytest.fixture(scope="module")
def split() -> Split:
    pairs = [drawn.draw(name, seed, size=64).pair() for name in ("boot", "bag") for seed in range(2)]
    return Split("four", [query for query, _ in pairs], [photo for _, photo in pairs])


@pytest.mark.parametrize("within", [None, "category"])
@pytest.mark.parametrize("measure", [evaluate, evaluate_progressive, evaluate_robustness, find_examples])
def test_only_within_a_category_it_is_told(clip_folder: Path, split: Split, within, measure, monkeypatch) -> None:
    method, seen = build("late_fusion", load_backbone(str(clip_folder))).eval(), []
    encode = Method.encode_queries
    monkeypatch.setattr(method, "encode_queries", lambda some, **how: seen.extend(some) or encode(method, some, **how))
    options = {"names": ("lines thick",)} if measure is evaluate_robustness else {}
    measure(method, split, within=within, **options)
    assert len(seen) >= 8
    assert {query.instance for query in seen} == {None}
    assert {query.category for query in seen} == ({"boot", "bag"} if within else {None})

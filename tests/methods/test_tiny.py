"""The bundled model: small, complete, made as its recipe says, and far above chance on what it never saw."""

import json
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

import stbir
from stbir.data import drawn
from stbir.methods.base import Method
from stbir.nn.clip import BUNDLED
from stbir.types import Query

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tiny() -> Method:
    return stbir.load("tiny")


def test_it_is_small_and_has_a_card() -> None:
    files = list((BUNDLED / "tiny").iterdir())
    assert sum(path.stat().st_size for path in files) < 16e6
    card = (BUNDLED / "tiny" / "README.md").read_text()
    assert "license: apache-2.0" in card
    assert not re.search(r"@[A-Z]+@|More Information Needed", card)


def test_it_was_made_by_the_recipe_of_its_name() -> None:
    from stbir.config import parse
    from stbir.training.recipe import Recipe

    # settings that are newer than the weights have the values of that time by default
    followed = parse(Recipe, json.loads((BUNDLED / "tiny" / "recipe.json").read_text()), source="recipe.json")
    recipe = parse(Recipe, tomllib.loads((ROOT / "recipes" / "tiny.toml").read_text()), source="tiny.toml")
    assert followed == recipe


@pytest.mark.parametrize(("family", "sketch", "both"), [("hat", 0.3, 0.6), ("teapot", 0.3, 0.6)])
def test_it_finds_families_it_never_saw(tiny: Method, family: str, sketch: float, both: float) -> None:
    """Acc@1 among 60 objects of one kind, where chance is 1.7 %."""
    assert family in drawn.HELD_OUT_FAMILIES
    pairs = [drawn.draw(family, seed, size=128).pair() for seed in range(60)]
    photos = tiny.encode_photos([photo for _, photo in pairs]).vectors
    for least, queries in (
        (sketch, [Query(query.sketches) for query, _ in pairs]),
        (both, [query for query, _ in pairs]),
    ):
        first = (tiny.encode_queries(queries).vectors @ photos.T).argmax(axis=1)
        assert np.mean(first == np.arange(60)) > least


def test_words_alone_find_the_colour(tiny: Method) -> None:
    pairs = [drawn.draw(family, seed, size=128) for family in ("chair", "shoe", "bag") for seed in range(40)]
    photos = tiny.encode_photos([triple.pair()[1] for triple in pairs]).vectors
    colours = np.array([triple.colour for triple in pairs])
    for colour in ("red", "black", "yellow"):
        scores = photos @ tiny.encode_queries([Query(text=colour)]).vectors[0]
        assert np.mean(scores[colours == colour]) > np.mean(scores[colours != colour]) + 0.1

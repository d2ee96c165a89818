"""Each degradation of words does what it says, more with more strength, and the same twice."""

import itertools

import numpy as np
import pytest

from stbir.errors import InputError
from stbir.functional.degrade.words import BASIC, change_colours, colours, drop_words, negate, swap_words

TEXT = "Dark red boot with navy blue laces, white sole and gold zip"
STRENGTHS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
ALL = {
    "drop": lambda text, strength, seed: drop_words(text, strength, generator=np.random.default_rng(seed)),
    "swap": lambda text, strength, seed: swap_words(text, "a b c d", strength, generator=np.random.default_rng(seed)),
    "colours": lambda text, strength, seed: change_colours(text, strength, generator=np.random.default_rng(seed)),
    "negate": lambda text, strength, seed: negate(text, strength, generator=np.random.default_rng(seed)),
}


@pytest.mark.parametrize("name", ALL)
def test_strength_zero_changes_nothing_and_the_rest_is_the_same_twice(name: str) -> None:
    assert ALL[name](TEXT, 0, 5) == TEXT
    assert ALL[name](TEXT, 0.6, 5) == ALL[name](TEXT, 0.6, 5) != TEXT
    assert len({ALL[name](TEXT, 0.6, seed) for seed in range(20)}) > 1


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan")])
def test_a_strength_lies_between_0_and_1(name: str, strength: float) -> None:
    with pytest.raises(InputError, match="a strength lies between 0 and 1"):
        ALL[name](TEXT, strength, 0)


def test_dropped_words_stay_dropped_and_one_is_left() -> None:
    kept = [drop_words(TEXT, strength, generator=np.random.default_rng(1)).split() for strength in STRENGTHS]
    assert [len(words) for words in kept] == [12, 10, 8, 5, 3, 1]
    for more, fewer in itertools.pairwise(kept):
        assert set(fewer) <= set(more)
    in_order = [word for word in TEXT.split() if word in kept[2]]
    assert kept[2] == in_order
    assert drop_words("boot", 1, generator=np.random.default_rng(0)) == "boot"


def test_swapped_words_end_as_the_other_text() -> None:
    other = "blue glass vase"
    said = [swap_words("red boot with laces", other, s, generator=np.random.default_rng(2)).split() for s in STRENGTHS]
    foreign = [sum(word in other.split() for word in words) for words in said]
    assert foreign == sorted(foreign)
    assert (foreign[0], " ".join(said[-1])) == (0, other)
    assert swap_words("red boot", "", 1, generator=np.random.default_rng(0)) == "red boot"


def test_colours_are_found_with_their_shade() -> None:
    assert colours(TEXT) == ["Dark red", "navy blue", "white", "gold"]
    assert colours("goldfish tank, redwood, a boot") == []


def test_another_colour_is_of_another_kind() -> None:
    for seed in range(30):
        changed = change_colours("a navy blue boot", 1, generator=np.random.default_rng(seed))
        new = changed.removeprefix("a ").removesuffix(" boot")
        assert new in BASIC
        assert new != "blue"
    counts = [len(set(colours(TEXT)) - set(colours(ALL["colours"](TEXT, s, 0)))) for s in STRENGTHS]
    assert counts == [0, 1, 2, 3, 4, 4]
    assert ALL["colours"](TEXT, 1, 0).endswith(" zip")
    with pytest.raises(InputError, match="names no colour that is known here: 'a boot'"):
        change_colours("a boot", 1, generator=np.random.default_rng(0))


def test_phrases_are_negated_one_after_the_other() -> None:
    said = [negate(TEXT, strength, generator=np.random.default_rng(0)) for strength in STRENGTHS]
    assert [text.count("not ") for text in said] == [0, 1, 2, 3, 4, 4]
    assert said[-1] == "not Dark red boot with not navy blue laces, not white sole and not gold zip"
    assert all(text.replace("not ", "") == TEXT for text in said)


@pytest.mark.parametrize("text", ["x", " ", ",", "靴子 红色", "word " * 3000])
def test_any_text_comes_through(text: str) -> None:
    for name in ("drop", "swap", "negate"):
        assert isinstance(ALL[name](text, 1, 0), str)

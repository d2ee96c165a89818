import random

import pytest

from stbir.data import drawn
from stbir.data.drawn.materials import (
    COLOURS,
    METALS,
    TEXTURES,
    TWO_COLOURED,
    VARIANTS,
    WOODS,
    held_out_combinations,
    metal,
    pick,
    wood,
)  # fmt: skip
from stbir.data.drawn.textures import surface
from stbir.data.drawn.words import describe

WORDS = {name: words for table in (COLOURS, WOODS, METALS) for name, (_, _, words) in table.items()}


@pytest.mark.parametrize("family", drawn.families())
def test_words_say_the_main_colour(family: str) -> None:
    for seed in range(20):
        scene = drawn.scene_of(family, seed)
        for style in ("appearance", "title"):
            text = describe(scene, random.Random(seed), style=style)
            assert any(word in text for word in scene.main.words), text
        assert any(name in describe(scene, random.Random(seed), style="title") for name in scene.names)


def test_appearance_leaves_the_noun_out() -> None:
    scene = drawn.scene_of("bag", 1)
    scene.details.clear()
    for seed in range(30):
        text = describe(scene, random.Random(seed), style="appearance")
        assert not any(name in text.split() for name in scene.names), text


def test_there_are_hundreds_of_words() -> None:
    seen: set[str] = set()
    for family in drawn.families():
        for seed in range(60):
            scene = drawn.scene_of(family, seed)
            phrases = [*scene.names, *scene.main.words, *(phrase for detail in scene.details for phrase in detail)]
            seen.update(word for phrase in phrases for word in phrase.split())
    assert len(seen) > 300


def test_materials() -> None:
    rng = random.Random(0)
    for texture in TEXTURES:
        material = pick(rng, texture)
        assert material.texture == texture
        phrase = material.phrase(rng)
        assert any(word in phrase for word in material.words), phrase
        assert material.short(rng) in material.words
        assert (material.second_rgb is not None) == (texture in TWO_COLOURED)
        darker = material.darker(0.5)
        assert darker.rgb == tuple(0.5 * value for value in material.rgb)
        assert (darker.colour, darker.words) == (material.colour, material.words)
    assert pick(rng, "suede", "navy").colour == "navy"
    assert pick(rng, ("suede", "felt"), ("navy", "red")).colour in ("navy", "red")
    assert wood(rng, "dark wood").colour == "dark wood"
    assert metal(rng, "gold").texture == "metal"


def test_every_texture_has_a_surface() -> None:
    for texture in TEXTURES:
        for variant in range(VARIANTS if texture in ("wood", "plaid") else 1):
            shade, blend = surface(texture, variant)
            assert 0.7 < shade.mean() < 1.2
            assert 0.005 < shade.std() < 0.4
            assert (blend is not None) == (texture in TWO_COLOURED)
            assert blend is None or (0 <= blend.min() and blend.max() <= 1 and 0.02 < blend.mean() < 0.9)


def test_held_out_combinations_are_a_small_share_of_every_texture() -> None:
    pairs = held_out_combinations()
    assert {texture for _, texture in pairs} == set(TEXTURES)
    count = sum(len({"wood": WOODS, "metal": METALS}.get(texture, COLOURS)) for texture in TEXTURES)
    assert 0.06 < len(pairs) / count < 0.1

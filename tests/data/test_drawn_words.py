import random

import pytest

from stbir.data import drawn
from stbir.data.drawn.colours import COLOURS, MANY, METALS, WOODS
from stbir.data.drawn.finishes import PALETTES, RELATIVES, SECONDS, TEXTURES, TWO_COLOURED
from stbir.data.drawn.materials import VARIANTS, Material, colours_of, held_out_combinations, metal, pick, wood
from stbir.data.drawn.parts import named_parts
from stbir.data.drawn.scene import Scene
from stbir.data.drawn.textures import surface
from stbir.data.drawn.words import MOST_WORDS, STYLES, describe


@pytest.mark.parametrize("family", drawn.families())
def test_words_say_the_main_colour(family: str) -> None:
    for seed in range(20):
        scene = drawn.scene_of(family, seed)
        for style in STYLES:
            text = describe(scene, random.Random(seed), style=style)
            assert any(word in text for word in (*scene.main.words, *MANY)), text
            assert "  " not in text
            assert text.strip() == text
        assert any(name in describe(scene, random.Random(seed), style="title") for name in scene.names)


def test_appearance_leaves_the_noun_out() -> None:
    scene = drawn.scene_of("bag", 1)
    scene.details.clear()
    for seed in range(30):
        text = describe(scene, random.Random(seed), style="appearance")
        assert not any(name in text.split() for name in scene.names), text


@pytest.mark.parametrize("family", ["chair", "boot", "bag"])
def test_a_list_is_short(family: str) -> None:
    for seed in range(60):
        text = describe(drawn.scene_of(family, seed), random.Random(seed), style="list")
        assert len(text.split()) <= MOST_WORDS, text


def test_a_telegram_has_no_little_words() -> None:
    for seed in range(40):
        text = describe(drawn.scene_of("boot", seed), random.Random(seed), style="telegram")
        assert not {"with", "and", "the"} & set(text.split()), text


def _two_squares(seat: Material, leg: Material) -> Scene:
    scene = Scene("chair", ("chair",), seat)
    scene.fill([(0, 0), (4, 0), (4, 4), (0, 4)], seat, part="seat")
    scene.fill([(0, 4), (4, 4), (4, 8), (0, 8)], leg.darker(0.9), part="leg-1")
    scene.fill([(0, 4), (1, 4), (1, 8), (0, 8)], leg, part="leg1")
    return scene


def test_parts_are_said_in_their_own_colours() -> None:
    rng = random.Random(0)
    scene = _two_squares(pick(rng, "plain", "red"), metal(rng, "black"))
    parts = {part.name: part for part in named_parts(scene)}
    assert set(parts) == {"seat", "leg"}
    assert parts["seat"].alike
    assert not parts["leg"].alike
    texts = [describe(scene, random.Random(seed), style="appearance") for seed in range(60)]
    assert sum("black" in text or "iron" in text for text in texts) > 30, texts


def test_a_part_that_is_hidden_is_not_said() -> None:
    scene = _two_squares(pick(random.Random(0), "plain", "red"), metal(random.Random(0), "black"))
    scene.fill([(-1, 3.9), (5, 3.9), (5, 9), (-1, 9)], scene.main, part="skirt")
    assert {part.name for part in named_parts(scene)} == {"seat"}


def test_a_part_in_deep_shade_is_called_what_it_looks_like() -> None:
    tan = pick(random.Random(0), "leather", "tan")
    leg = next(part for part in named_parts(_two_squares(tan, tan.darker(0.45))) if part.name == "leg")
    assert leg.material.colour in ("brown", "dark brown", "chestnut")
    assert not leg.alike


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
    assert pick(rng, ("suede", "glass"), ("navy", "red")).colour in ("navy", "red")
    assert pick(rng, "leopard", ("navy", "tan")).colour == "tan"
    assert pick(rng, "leopard", "navy").colour in PALETTES["leopard"]
    assert {pick(rng, "zebra").second_words for _ in range(5)} == {COLOURS["black"][2]}
    assert wood(rng, "dark wood").colour == "dark wood"
    assert metal(rng, "gold").texture == "metal"


def test_a_choice_of_textures_gives_their_relatives_too() -> None:
    rng = random.Random(0)
    seen = {pick(rng, ("quilted",)).texture for _ in range(60)}
    assert seen == {"quilted", "tufted"}
    assert {pick(rng, "quilted").texture for _ in range(60)} == {"quilted"}


def test_the_tables_name_what_exists() -> None:
    assert set(TWO_COLOURED) | set(PALETTES) | set(SECONDS) | set(RELATIVES) <= set(TEXTURES)
    assert {relative for relatives in RELATIVES.values() for relative, _ in relatives} <= set(TEXTURES)
    assert {name for names in (*PALETTES.values(), *SECONDS.values()) for name in names} <= set(COLOURS)
    assert all(sum(share for _, share in relatives) < 0.6 for relatives in RELATIVES.values())
    assert all(
        word == word.lower().strip() for table in (COLOURS, WOODS, METALS) for *_, ws in table.values() for word in ws
    )


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
    count = sum(len(colours_of(texture)) for texture in TEXTURES)
    assert all(0 < sum(of == texture for _, of in pairs) < len(colours_of(texture)) for texture in TEXTURES)
    assert 0.06 < len(pairs) / count < 0.1

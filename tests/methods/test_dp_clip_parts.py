"""The parts of DP-CLIP: prompts, text scaling, windows, sentences and supports, against their equations."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from stbir.nn.captions import TEMPLATES, sentences
from stbir.nn.category_tower import NEUTRAL, CategoryTower
from stbir.nn.clip import Backbone
from stbir.nn.scratch import ScratchConfig, new_backbone
from stbir.nn.sideway import Sideway
from stbir.nn.support_prompts import SupportPrompts
from stbir.nn.supports import Supports, choose
from stbir.nn.windows import Windows, window_places, window_side

RANK = 4


@pytest.fixture(scope="module")
def backbone() -> Backbone:
    config = ScratchConfig(
        side=64, patch=16, vision_width=64, vision_depth=2, text_width=32, text_depth=1, dimension=32, framing="none"
    )
    return new_backbone(config, ["red boot", "red boot"], seed=0)


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_windows_are_the_corners_of_the_published_grid() -> None:
    places = window_places(7)
    assert places.shape == (4, 25)
    for window, (top, left) in zip(places.tolist(), [(0, 0), (0, 2), (2, 0), (2, 2)], strict=True):
        assert window == [7 * row + column for row in range(top, top + 5) for column in range(left, left + 5)]
    assert [window_side(side) for side in (1, 2, 3, 4, 8, 16)] == [1, 2, 3, 3, 6, 12]


def test_each_window_is_read_with_the_class_token_and_its_own_projection(backbone: Backbone) -> None:
    tower = backbone.vision
    windows = Windows(tower).eval()
    for number, (norm, projection) in enumerate(zip(windows.norms, windows.projections, strict=True), start=1):
        norm.get_parameter("weight").data.mul_(number)
        projection.get_parameter("weight").data.div_(number**2)
    tokens = random(3, 17, 64)
    with torch.no_grad():
        found = windows(tokens)
        for row in range(3):
            for window, (top, left) in enumerate([(0, 0), (0, 1), (1, 0), (1, 1)]):
                inside = [tokens[row, 0]]
                inside += [tokens[row, 1 + 4 * y + x] for y in range(top, top + 3) for x in range(left, left + 3)]
                read = tower.model.encoder.layers[-1](torch.stack(inside)[None], None)[0, 0]
                expected = windows.projections[window](windows.norms[window](read))
                torch.testing.assert_close(found[row, window], expected, atol=1e-5, rtol=1e-4)


def scaled_by_hand(sideway: Sideway, backbone: Backbone, index: int, tokens: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """One layer for one picture, (tokens, width), number by number where it is not CLIP's own."""
    layer = backbone.clip.vision_model.encoder.layers[index]
    attention, width = layer.self_attn, tokens.shape[1]
    normed = layer.layer_norm1(tokens)
    more = torch.zeros(len(tokens), 3 * width)
    for t in range(len(tokens)):
        for j in range(RANK):
            h = sum(float(normed[t, i] * sideway.attention_down[index, j, i]) for i in range(width))
            more[t] += (h + h * float(a[j])) * sideway.attention_up[index, :, j] / RANK
    query = attention.q_proj(normed) + more[:, :width]
    key = attention.k_proj(normed) + more[:, width : 2 * width]
    value = attention.v_proj(normed) + more[:, 2 * width :]
    size = width // attention.num_heads
    heads: list[Tensor] = []
    for head in range(attention.num_heads):
        part = slice(head * size, (head + 1) * size)
        weights = torch.softmax(query[:, part] @ key[:, part].T / math.sqrt(size), dim=1)
        heads.append(weights @ value[:, part])
    middle = tokens + attention.out_proj(torch.cat(heads, dim=1))
    beside = torch.zeros_like(middle)
    for t in range(len(tokens)):
        for j in range(RANK):
            h = sum(float(middle[t, i] * sideway.mlp_down[index, j, i]) for i in range(width))
            beside[t] += (h + h * float(b[j])) * sideway.mlp_up[index, :, j] / RANK
    return middle + layer.mlp(layer.layer_norm2(middle)) + beside


@torch.no_grad()
def test_the_scaling_follows_its_equations(backbone: Backbone) -> None:
    sideway = Sideway(backbone.vision, dimension=32, rank=RANK)
    sideway.attention_up.copy_(random(2, 192, RANK, seed=1))
    sideway.mlp_up.copy_(random(2, 64, RANK, seed=2))
    tokens, texts = random(2, 4, 64, seed=3), random(2, 32, seed=4)
    factors = sideway.factors(texts)
    assert factors.shape == (2, 2, 2, RANK)
    for index in range(2):
        found = sideway.through(backbone.vision, factors)(index, tokens)
        first, _, second = sideway.scales[index]
        for row in range(2):
            a, b = second(torch.relu(first(texts[row]))).chunk(2)
            expected = scaled_by_hand(sideway, backbone, index, tokens[row], a, b)
            torch.testing.assert_close(found[row], expected, atol=1e-4, rtol=1e-4)


@torch.no_grad()
def test_at_the_start_nothing_is_added(backbone: Backbone) -> None:
    plain = backbone.vision.run(random(2, 17, 64))
    sideway = Sideway(backbone.vision, dimension=32, rank=16)
    scaled = backbone.vision.run(random(2, 17, 64), through=sideway.through(backbone.vision, random(2, 2, 2, 16)))
    for one, other in zip(plain, scaled, strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)


def test_the_rank_is_never_more_than_the_width(backbone: Backbone) -> None:
    assert Sideway(backbone.vision, dimension=32, rank=768).rank == 64


@torch.no_grad()
def test_prompts_are_the_last_outputs_of_the_shared_block(backbone: Backbone) -> None:
    prompts = SupportPrompts(backbone.vision, count=3, dropout=0.1).eval()
    for value in prompts.block.parameters():
        value.add_(0.1 * random(*value.shape))
    support = random(34, 64)
    for given in (support, None):
        found = prompts(given)
        assert found.shape == (2, 3, 64)
        for layer in range(2):
            asked = torch.stack([prompts.project.weight @ q + prompts.project.bias for q in prompts.queries[layer]])
            sequence = asked if given is None else torch.cat([given, asked])
            torch.testing.assert_close(found[layer], prompts.block(sequence[None], None)[0, -3:], atol=1e-5, rtol=1e-4)
    assert not torch.allclose(prompts(support), prompts(None), atol=1e-3)


def test_prompts_start_as_published(backbone: Backbone) -> None:
    prompts = SupportPrompts(backbone.vision, count=3, dropout=0.1).requires_grad_(False)
    bound = math.sqrt(6 / (3 * 16 * 16 + 64))
    assert bound * 0.9 < float(prompts.queries.abs().max()) <= bound
    assert float(prompts.block.mlp.fc1.weight.std()) == pytest.approx(0.002, rel=0.05)


def tower_of(backbone: Backbone, **settings: int) -> CategoryTower:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        sizes = {"prompts": 3, "rank": RANK} | settings
        return CategoryTower(backbone, dropout=0.0, naming="many", names=(), **sizes).eval()


@torch.no_grad()
def test_without_prompts_the_untrained_tower_is_clip(backbone: Backbone) -> None:
    pixels = random(2, 3, 64, 64)
    plain = torch.nn.functional.normalize(backbone.embed_pictures(pixels), dim=-1)
    names = ["boot", None]
    torch.testing.assert_close(tower_of(backbone, prompts=0)(backbone, pixels, names)[:, 0], plain, atol=1e-5, rtol=0)
    with_prompts = tower_of(backbone)(backbone, pixels, names)[:, 0]
    assert not torch.allclose(with_prompts, plain, atol=1e-3)
    torch.testing.assert_close(
        with_prompts, tower_of(backbone, rank=0)(backbone, pixels, names)[:, 0], atol=1e-5, rtol=0
    )


@torch.no_grad()
def test_prompts_enter_every_layer_and_windows_see_none(backbone: Backbone) -> None:
    tower, pixels = tower_of(backbone, rank=0), random(2, 3, 64, 64)
    support = random(3, 3, 64, 64, seed=5)
    found = tower(backbone, pixels, ["boot", "bag"], supports={"boot": support})
    vision = backbone.vision
    for row, pictures in ((0, support), (1, None)):
        tokens = None if pictures is None else torch.cat([*vision.embed(pictures)])
        assert tower.prompts is not None
        prompts = tower.prompts(tokens)
        sequence = vision.model.pre_layrnorm(torch.cat([vision.embed(pixels[row : row + 1]), prompts[:1]], dim=1))
        sequence = vision.model.encoder.layers[0](sequence, None)
        local = torch.nn.functional.normalize(tower.windows(sequence[:, :17]), dim=-1)
        sequence = vision.model.encoder.layers[1](torch.cat([sequence[:, :17], prompts[1:]], dim=1), None)
        whole = torch.nn.functional.normalize(vision.pool(sequence), dim=-1)
        torch.testing.assert_close(found[row], torch.cat([whole, local[0]]), atol=1e-5, rtol=1e-4)


@torch.no_grad()
def test_maps_compare_every_prompt_with_every_patch(backbone: Backbone) -> None:
    tower, pixels = tower_of(backbone, rank=0), random(2, 3, 64, 64)
    found = tower.similarity_maps(backbone, pixels, ["boot", None])
    assert found.shape == (2, 3, 4, 4)
    assert tower.prompts is not None
    prompts = tower.prompts(None)
    for row in range(2):
        tokens = backbone.vision.run(backbone.vision.embed(pixels[row : row + 1]), prompts=dict(enumerate(prompts)))
        last = tokens[-1][0]
        for prompt in range(3):
            for place in range(16):
                one, other = last[17 + prompt], last[1 + place]
                cosine = float(one @ other / (one.norm() * other.norm()))
                assert float(found[row, prompt, place // 4, place % 4]) == pytest.approx(cosine, abs=1e-5)
    assert tower_of(backbone, prompts=0).similarity_maps(backbone, pixels, [None, None]).shape == (2, 0, 4, 4)


@torch.no_grad()
def test_a_category_is_the_mean_of_its_sentences(backbone: Backbone) -> None:
    tower = tower_of(backbone)
    rows = [
        torch.nn.functional.normalize(backbone.embed_texts(*backbone.preprocessing.text([said])), dim=-1)[0]
        for said in sentences("red boot", "many")
    ]
    found = tower.text_of(backbone, "red boot")
    torch.testing.assert_close(found, torch.stack(rows).mean(dim=0), atol=1e-5, rtol=1e-4)
    assert float(found.norm()) < 0.9999
    assert NEUTRAL == "object"


def test_sentences_say_this_is_where_an_article_comes_first() -> None:
    said = sentences("Hot_air balloon", "many")
    assert len(said) == len(set(said)) == len(TEMPLATES) == 63
    assert said[0] == "This is a photo of a Hot air balloon."
    assert said[22] == "This is the good photo of the Hot air balloon."
    assert said[44] == "one Hot air balloon in a poor photo."
    assert sum(text.startswith("This is ") for text in said) == 42
    assert all("Hot air balloon" in text and "{" not in text for text in said)
    assert sentences("ant", "one") == ["This is an ant in the image"]


def pictures(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, 8, 8, 3)).astype(np.uint8)


def test_a_support_follows_from_content_and_seed_alone() -> None:
    some = pictures(9, 0)
    order = np.random.default_rng(1).permutation(9)
    for seed in range(3):
        np.testing.assert_array_equal(choose(some, 2, seed), choose(some[order], 2, seed))
    assert len({choose(some, 2, seed).tobytes() for seed in range(8)}) > 3
    assert choose(some[:1], 2, 0).shape == (1, 8, 8, 3)


def test_supports_grow_and_are_replaced() -> None:
    supports = Supports((), side=8)
    assert supports.of("boot") is None
    supports.put("boot", sketches=pictures(3, 0), photos=pictures(5, 1), seed=0)
    supports.put("bag", sketches=pictures(0, 0), photos=pictures(1, 2), seed=0)
    first, second = supports.of("boot"), supports.of("bag")
    assert first is not None
    assert second is not None
    np.testing.assert_array_equal(first, np.concatenate([choose(pictures(3, 0), 1, 0), choose(pictures(5, 1), 2, 0)]))
    np.testing.assert_array_equal(second, pictures(1, 2))
    supports.put("boot", sketches=pictures(0, 0), photos=pictures(1, 3), seed=0)
    again = supports.of("boot")
    assert again is not None
    np.testing.assert_array_equal(again, pictures(1, 3))
    assert supports.names == ["boot", "bag"]

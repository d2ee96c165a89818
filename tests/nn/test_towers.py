"""The towers give what CLIPModel gives, and open up where the published methods need it."""

import copy
from pathlib import Path

import pytest
import torch

from stbir.nn.clip import Backbone, load_backbone
from stbir.nn.freezing import matching
from stbir.nn.text import Sentence

TEXTS = ["red boot", "blue fabric chair, wooden legs and arms", "mug"]


@pytest.fixture(scope="module")
def backbone(clip_folder: Path) -> Backbone:
    return load_backbone(str(clip_folder))


@pytest.fixture(scope="module")
def pixels() -> torch.Tensor:
    return torch.randn(3, 3, 64, 64, generator=torch.Generator().manual_seed(0))


@torch.inference_mode()
def test_pictures_equal_clip(backbone: Backbone, pixels: torch.Tensor) -> None:
    theirs = backbone.clip.get_image_features(pixel_values=pixels).pooler_output
    torch.testing.assert_close(backbone.vision(pixels), theirs, atol=1e-5, rtol=1e-5)


@torch.inference_mode()
def test_texts_equal_clip_padded_or_not(backbone: Backbone) -> None:
    short = backbone.preprocessing.text(TEXTS)
    padded = backbone.preprocessing.tokenizer(TEXTS, padding="max_length", max_length=24, return_tensors="pt")
    theirs = backbone.clip.get_text_features(**padded).pooler_output
    assert short[0].shape[1] < padded["input_ids"].shape[1]
    torch.testing.assert_close(backbone.embed_texts(*short), theirs, atol=1e-5, rtol=1e-5)


@torch.inference_mode()
def test_every_layer_comes_out(backbone: Backbone, pixels: torch.Tensor) -> None:
    states = backbone.vision.run(backbone.vision.embed(pixels))
    theirs = backbone.clip.vision_model(pixel_values=pixels, output_hidden_states=True).hidden_states
    assert len(states) == backbone.vision.depth + 1 == len(theirs)
    for ours, other in zip(states, theirs, strict=True):
        assert ours.shape == (3, 1 + backbone.vision.patches, backbone.vision.width)
        torch.testing.assert_close(ours, other, atol=1e-5, rtol=1e-5)
    sentence = backbone.text.sentence(*backbone.preprocessing.text(TEXTS))
    states = backbone.text.run(sentence)
    ids, mask = backbone.preprocessing.text(TEXTS)
    theirs = backbone.clip.text_model(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states
    assert len(states) == backbone.text.depth + 1 == len(theirs)
    for ours, other in zip(states, theirs, strict=True):
        torch.testing.assert_close(ours[mask.bool()], other[mask.bool()], atol=1e-5, rtol=1e-5)


@torch.inference_mode()
def test_the_last_layer_can_run_alone(backbone: Backbone, pixels: torch.Tensor) -> None:
    tower = backbone.vision
    states = tower.run(tower.embed(pixels))
    again = tower.run(states[-2], start=tower.depth - 1)
    torch.testing.assert_close(again[-1], states[-1])
    window = states[-2][:, [0, 1, 2, 5, 6]]
    assert tower.run(window, start=tower.depth - 1)[-1].shape == window.shape
    assert tower.project_patches(states[-1]).shape == (3, tower.patches, backbone.dimension)


@torch.inference_mode()
def test_picture_prompts_are_replaced_layer_by_layer(backbone: Backbone, pixels: torch.Tensor) -> None:
    tower = backbone.vision
    inside = 1 + tower.patches
    prompts = {0: torch.randn(2, tower.width), 2: torch.randn(3, 2, tower.width)}
    states = tower.run(tower.embed(pixels), prompts=prompts)
    assert [state.shape[1] - inside for state in states] == [2, 2, 2, 2]
    torch.testing.assert_close(states[0][:, inside:], tower.model.pre_layrnorm(prompts[0]).expand(3, -1, -1))
    by_hand = torch.cat([states[2][:, :inside], prompts[2]], dim=1)
    torch.testing.assert_close(states[3], tower.model.encoder.layers[2](by_hand, None))
    resumed = tower.run(states[2], prompts={2: prompts[2]}, start=2, behind=2)
    torch.testing.assert_close(resumed[-1], states[-1])
    late = tower.run(tower.embed(pixels), prompts={1: prompts[2]})
    assert [state.shape[1] - inside for state in late] == [0, 0, 2, 2]


@torch.inference_mode()
def test_composing_the_words_of_a_text_gives_the_text(backbone: Backbone) -> None:
    tower = backbone.text
    sentence = tower.sentence(*backbone.preprocessing.text(TEXTS))
    torch.testing.assert_close(tower(tower.compose([sentence])), tower(sentence))


@torch.inference_mode()
def test_pseudo_words_stand_where_words_would(backbone: Backbone) -> None:
    """`a PSEUDO <text>`, ragged over the batch, equals the same sentence written token by token."""
    tower, tokenizer = backbone.text, backbone.preprocessing.tokenizer
    begin, end = tower.begin, tower.end
    lead = tokenizer.convert_tokens_to_ids(["red", "boot"])
    word = torch.randn(3, 1, tower.width)
    table = tower.model.embeddings.token_embedding
    texts = tower.sentence(*backbone.preprocessing.text(TEXTS))
    composed = tower.compose([table(torch.tensor(lead)), word, texts])
    for row, text in enumerate(TEXTS):
        ids = tokenizer(text)["input_ids"][1:-1]
        by_hand = torch.cat([table(torch.tensor([begin, *lead])), word[row], table(torch.tensor([*ids, end]))])
        count = len(by_hand)
        assert int(composed.mask[row].sum()) == count
        torch.testing.assert_close(composed.embeddings[row, :count], by_hand)
        alone = tower(Sentence(by_hand[None], torch.ones(1, count, dtype=torch.bool)))
        torch.testing.assert_close(tower(composed)[row], alone[0], atol=1e-5, rtol=1e-5)


def test_a_sentence_has_limits(backbone: Backbone) -> None:
    tower = backbone.text
    with pytest.raises(ValueError, match="reads at most 24"):
        tower.compose([torch.randn(30, tower.width)])
    with pytest.raises(ValueError, match="at least one piece"):
        tower.compose([])


@torch.inference_mode()
def test_words_are_cut_where_pseudo_words_need_the_room(backbone: Backbone) -> None:
    """`PSEUDO <a novel> PSEUDO` keeps both pseudo-words and as many first words as the tower can read."""
    tower = backbone.text
    word = torch.randn(2, 1, tower.width)
    long = tower.sentence(*backbone.preprocessing.text(["red boot " * 50, "mug"]))
    short = tower.sentence(*backbone.preprocessing.text(["red boot " * 10, "mug"]))
    whole = tower.compose([word, long, word])
    assert whole.mask.sum(dim=1).tolist() == [tower.length, 5]
    torch.testing.assert_close(whole.embeddings[0, 22], word[0, 0])
    torch.testing.assert_close(whole.embeddings[0, :22], tower.compose([word, short, word]).embeddings[0, :22])
    torch.testing.assert_close(tower(whole)[1], tower(tower.compose([word, short, word]))[1], atol=1e-5, rtol=1e-5)


@torch.inference_mode()
def test_low_rank_additions_hang_on_the_layers(backbone: Backbone, pixels: torch.Tensor) -> None:
    """What a method adds to q, k and v through the layers' own modules equals changed weights."""
    tower, changed = backbone.vision, copy.deepcopy(backbone).vision
    down, up = torch.randn(2, tower.width), torch.randn(tower.width, 2)
    hooks = []
    for layer, other in zip(tower.model.encoder.layers, changed.model.encoder.layers, strict=True):
        for name in ("q_proj", "k_proj", "v_proj"):
            getattr(other.self_attn, name).weight += 0.1 * up @ down
            part = getattr(layer.self_attn, name)
            hooks.append(part.register_forward_hook(lambda _, given, out: out + 0.1 * given[0] @ down.T @ up.T))
    plain = changed(pixels)
    torch.testing.assert_close(tower(pixels), plain, atol=1e-4, rtol=1e-4)
    for hook in hooks:
        hook.remove()
    assert not torch.allclose(tower(pixels), plain, atol=1e-3)


@torch.inference_mode()
def test_text_prompts_keep_the_end_token(backbone: Backbone) -> None:
    tower = backbone.text
    sentence = tower.sentence(*backbone.preprocessing.text(TEXTS))
    prompts = {0: torch.randn(3, tower.width), 1: torch.randn(3, tower.width)}
    states = tower.run(sentence, prompts=prompts)
    assert all(state.shape[1] == sentence.mask.shape[1] + 3 for state in states)
    end = int(sentence.mask[0].sum()) - 1
    by_hand = tower.projection(tower.model.final_layer_norm(states[-1][0, end + 3]))
    torch.testing.assert_close(tower.pool(states[-1], sentence.mask)[0], by_hand)
    assert not torch.allclose(tower(sentence, prompts=prompts), tower(sentence), atol=1e-3)


def test_one_pattern_names_all_layer_norms(backbone: Backbone) -> None:
    norms = {name for name, part in backbone.named_modules() if isinstance(part, torch.nn.LayerNorm)}
    assert set(matching(backbone, ["*lay*norm*"])) == {f"{n}.{kind}" for n in norms for kind in ("weight", "bias")}


def test_gradients_reach_pseudo_words_and_prompts_through_a_frozen_tower(backbone: Backbone) -> None:
    for parameter in backbone.parameters():
        parameter.requires_grad_(False)
    word = torch.randn(2, 1, backbone.text.width, requires_grad=True)
    prompt = torch.randn(2, backbone.vision.width, requires_grad=True)
    said = backbone.text(backbone.text.compose([word]))
    seen = backbone.vision(torch.randn(2, 3, 64, 64), prompts={1: prompt})
    (said * seen).sum().backward()
    assert word.grad is not None
    assert word.grad.abs().sum() > 0
    assert prompt.grad is not None
    assert prompt.grad.abs().sum() > 0
    for parameter in backbone.parameters():
        parameter.requires_grad_(True)


@torch.inference_mode()
def test_a_checkpoint_in_the_layout_of_openai(tmp_path: Path) -> None:
    """Byte-pair words, padding with the end token, and the historical end id 2 in the configuration."""
    from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel, CLIPTokenizer

    letters = [chr(code) for code in range(33, 127)]
    words = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    tokenizer = CLIPTokenizer(vocab={word: i for i, word in enumerate(words)}, merges=[])
    text = {"vocab_size": len(words), "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
    text |= {"num_attention_heads": 2, "max_position_embeddings": 77, "eos_token_id": 2, "bos_token_id": 0}
    vision = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    vision |= {"image_size": 64, "patch_size": 32}
    clip = CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=16))
    for part in (clip, tokenizer, CLIPImageProcessorPil(size={"shortest_edge": 64}, crop_size=64)):
        part.save_pretrained(tmp_path)
    backbone = load_backbone(str(tmp_path))
    assert backbone.text.begin == len(words) - 2
    ours = backbone.embed_texts(*backbone.preprocessing.text([*TEXTS, "long " * 100]))
    full = tokenizer([*TEXTS, "long " * 100], padding="max_length", truncation=True, max_length=77, return_tensors="pt")
    theirs = backbone.clip.get_text_features(**full).pooler_output
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-5)
    sentence = backbone.text.sentence(*backbone.preprocessing.text(TEXTS))
    torch.testing.assert_close(backbone.text(backbone.text.compose([sentence])), ours[:3], atol=1e-5, rtol=1e-5)


@torch.inference_mode()
@pytest.mark.parametrize("cells", [1, 2, 4])
def test_patches_are_averaged_over_a_grid(backbone: Backbone, pixels: torch.Tensor, cells: int) -> None:
    tower = backbone.vision
    tokens = tower.run(tower.embed(pixels), prompts={0: torch.randn(2, tower.width)})[-1]
    patches = tower.model.post_layernorm(tokens[:, 1:17]).unflatten(1, (4, 4))
    grid, wide = tower.grid(tokens, cells), 4 // cells
    assert grid.shape == (3, cells**2, tower.width)
    for row in range(cells):
        for column in range(cells):
            part = patches[:, row * wide : (row + 1) * wide, column * wide : (column + 1) * wide]
            torch.testing.assert_close(grid[:, row * cells + column], part.mean(dim=(1, 2)))

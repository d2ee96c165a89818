"""CLIP-AT: every loss against a slow loop, what its prompts do, and what a batch cannot have."""

import dataclasses
import math
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from stbir.data import drawn
from stbir.errors import ConfigError, UnknownName
from stbir.methods import build, load
from stbir.methods.base import Method
from stbir.methods.batch import Batch, Negatives
from stbir.methods.clip_at import CLIPAT, CLIPATObjective, orders, shuffled
from stbir.nn.clip import load_backbone
from stbir.nn.freezing import free_only
from stbir.types import Photo, Query

FAMILIES = ("boot", "chair", "boot", "boot", "chair", "mug")
PUBLISHED = ("prompt", "backbone.clip.vision_model.*lay*norm*")
NAMES = ("boot", "chair", "mug", "bottle")

Pairs = list[tuple[Query, Photo]]


def made(folder: Path, **settings: object) -> CLIPAT:
    method = build("clip_at", load_backbone(str(folder)), settings).eval()
    assert isinstance(method, CLIPAT)
    return method


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    return [drawn.draw(family, seed, size=64).pair() for seed, family in enumerate(FAMILIES)]


@pytest.fixture(scope="module")
def method(clip_folder: Path) -> CLIPAT:
    return made(clip_folder, separate=True)


@pytest.fixture(scope="module")
def batch(method: CLIPAT, pairs: Pairs) -> Batch:
    return method.batch(pairs)


def rows_by_hand(method: CLIPAT, pixels: Tensor, prompt: Tensor) -> Tensor:
    """Embed with prompts behind the patches where they enter the tower."""
    model = method.backbone.clip.vision_model
    with torch.no_grad():
        tokens = torch.cat([model.embeddings(pixels), prompt.expand(len(pixels), -1, -1)], dim=1)
        tokens = model.pre_layrnorm(tokens)
        for layer in model.encoder.layers:
            tokens = layer(tokens, None)
        rows = method.backbone.clip.visual_projection(model.post_layernorm(tokens[:, 0]))
    return rows / rows.norm(dim=1, keepdim=True)


def embedded(method: CLIPAT, batch: Batch) -> tuple[Tensor, Tensor]:
    assert method.sketch_prompt is not None
    normalise = method.backbone.normalise
    return (
        rows_by_hand(method, normalise(batch.sketches), method.sketch_prompt),
        rows_by_hand(method, normalise(batch.photos), method.prompt),
    )


def hinges(sketches: Tensor, photos: Tensor, wrong: list[tuple[int, Tensor]]) -> float:
    def distance(a: Tensor, b: Tensor) -> float:
        return 1 - float(a @ b)

    values = [max(0.0, 0.2 + distance(sketches[i], photos[i]) - distance(sketches[i], other)) for i, other in wrong]
    return sum(values) / len(values)


def pairs_of(alike: bool) -> list[tuple[int, int]]:
    return [(i, j) for i in range(6) for j in range(6) if i != j and (FAMILIES[i] == FAMILIES[j]) == alike]


def test_prompts_stand_behind_the_patches(method: CLIPAT, batch: Batch, pairs: Pairs) -> None:
    sketches, photos = embedded(method, batch)
    ours = method.encode_queries([Query(query.sketches) for query, _ in pairs]).vectors
    np.testing.assert_allclose(ours, sketches.numpy(), atol=1e-5)
    np.testing.assert_allclose(method.encode_photos([photo for _, photo in pairs]).vectors, photos.numpy(), atol=1e-5)
    assert method.prompt.shape == (3, 64)


def test_triplets_equal_a_slow_loop(method: CLIPAT, batch: Batch) -> None:
    sketches, photos = embedded(method, batch)
    with torch.no_grad():
        terms = method.loss(batch)
    strange, hard = ([(i, photos[j]) for i, j in pairs_of(alike)] for alike in (False, True))
    assert float(terms["triplet"]) == pytest.approx(hinges(sketches, photos, strange), abs=1e-5)
    assert float(terms["hard"]) == pytest.approx(hinges(sketches, photos, hard), abs=1e-5)
    wrong = method.batch([drawn.draw("bag", seed, size=64).pair() for seed in range(12)])
    brought = rows_by_hand(method, method.backbone.normalise(wrong.photos), method.prompt)
    given = dataclasses.replace(batch, negatives=Negatives(2, photos=wrong.photos))
    with torch.no_grad():
        again = method.loss(given)
    hard += [(i, brought[2 * i + k]) for i in range(6) for k in range(2)]
    assert float(again["hard"]) == pytest.approx(hinges(sketches, photos, hard), abs=1e-5)
    assert float(again["triplet"]) == float(terms["triplet"])


def test_classification_equals_a_slow_loop(method: CLIPAT, batch: Batch) -> None:
    sketches, photos = embedded(method, batch)

    def slow(names: tuple[str, ...]) -> float:
        texts = method.backbone.preprocessing.text([f"a photo of a {name}" for name in names])
        with torch.no_grad():
            captions = method.backbone.embed_texts(*texts)
            scale = float(method.backbone.clip.logit_scale.exp())
        captions = captions / captions.norm(dim=1, keepdim=True)
        values: list[float] = []
        for rows in (sketches, photos):
            for row, family in zip(rows, FAMILIES, strict=True):
                logits = [scale * float(row @ caption) for caption in captions]
                values.append(math.log(sum(math.exp(x) for x in logits)) - logits[names.index(family)])
        return 0.5 * sum(values) / len(values)

    with torch.no_grad():
        own = method.loss(batch)["classes"]
        listed = method.loss(batch, CLIPATObjective(categories=NAMES[::-1]))["classes"]
    assert float(own) == pytest.approx(slow(("boot", "chair", "mug")), abs=1e-5)
    assert float(listed) == pytest.approx(slow(NAMES[::-1]), abs=1e-5)
    assert float(listed) > float(own)
    with pytest.raises(UnknownName, match="mug"):
        method.loss(batch, CLIPATObjective(categories=("boot", "chair")))


def test_divergence_equals_a_slow_loop(method: CLIPAT, batch: Batch) -> None:
    sketches, photos = embedded(method, batch)
    gaps: dict[str, list[float]] = defaultdict(list)
    for i, family in enumerate(FAMILIES):
        others = [float(sketches[i] @ photos[j]) for k, j in pairs_of(True) if k == i]
        if others:
            right = 1 - float(sketches[i] @ photos[i])
            gaps[family].append(sum(right - (1 - other) for other in others) / len(others))
    assert {name: len(some) for name, some in gaps.items()} == {"boot": 3, "chair": 2}
    shares: list[list[float]] = []
    for some in gaps.values():
        powers = [math.exp(gap) for gap in sorted(some[:2])]
        shares.append([power / sum(powers) for power in powers])
    p, q = shares
    expected = sum(sum(a * math.log(a / b) for a, b in zip(one, other, strict=True)) for one, other in ((p, q), (q, p)))
    with torch.no_grad():
        found = method.loss(batch, CLIPATObjective(divergence=10.0))["divergence"]
    assert expected > 0
    assert float(found) == pytest.approx(10 * expected / 2, rel=1e-3)


def test_shuffling_equals_a_slow_loop(method: CLIPAT, batch: Batch) -> None:
    first, second = orders(batch.instances, 4)

    def moved(pictures: Tensor, order: Tensor) -> Tensor:
        made = torch.empty_like(pictures)
        for row in range(len(pictures)):
            for place in range(4):
                y, x = divmod(place, 2)
                from_y, from_x = divmod(int(order[row, place]), 2)
                made[row, :, 32 * y : 32 * y + 32, 32 * x : 32 * x + 32] = pictures[
                    row, :, 32 * from_y : 32 * from_y + 32, 32 * from_x : 32 * from_x + 32
                ]
        return made

    assert method.sketch_prompt is not None
    normalise = method.backbone.normalise
    photos = normalise(batch.photos)
    assert torch.equal(moved(photos, second), shuffled(photos, second))
    sketches = rows_by_hand(method, moved(normalise(batch.sketches), first), method.sketch_prompt)
    same, other = (rows_by_hand(method, moved(photos, order), method.prompt) for order in (first, second))
    with torch.no_grad():
        found = method.loss(batch, CLIPATObjective(shuffle=1.0))["shuffle"]
    assert float(found) == pytest.approx(hinges(sketches, same, [*enumerate(other)]), abs=1e-5)
    with pytest.raises(ConfigError, match="cut into 3 patches"):
        method.loss(batch, CLIPATObjective(patches=3))


def test_orders_are_those_of_the_batch() -> None:
    first, second = orders(["a", "b", "c"], 4)
    for ours, theirs in zip((first, second), orders(["a", "b", "c"], 4), strict=True):
        assert torch.equal(ours, theirs)
    assert not torch.equal(first, orders(["b", "a", "c"], 4)[0])
    assert len({tuple(order) for seed in range(20) for order in orders([str(seed)] * 4, 4)[0].tolist()}) > 15


def test_a_batch_without_categories_has_only_triplets(method: CLIPAT, batch: Batch) -> None:
    unknown = dataclasses.replace(batch, categories=(None,) * 6)
    sketches, photos = embedded(method, batch)
    with torch.no_grad():
        terms = method.loss(unknown)
    assert float(terms["triplet"]) == pytest.approx(
        hinges(sketches, photos, [(i, photos[j]) for i in range(6) for j in range(6) if i != j]), abs=1e-5
    )
    assert [float(terms[name]) for name in ("hard", "classes", "divergence")] == [0, 0, 0]
    partly = dataclasses.replace(batch, categories=("boot", None, None, "mug", None, None))
    with torch.no_grad():
        assert float(method.loss(partly)["classes"]) > 0


def test_the_published_stage_moves_prompts_and_norms_alone(clip_folder: Path, batch: Batch) -> None:
    for separate, free in ((False, PUBLISHED), (True, ("*prompt", PUBLISHED[1]))):
        method = made(clip_folder, separate=separate)
        named = set(free_only(method, free))
        assert {name for name in named if not name.startswith("backbone")} == {
            "prompt",
            *(["sketch_prompt"] if separate else []),
        }
        norms = {name for name, part in method.named_modules() if isinstance(part, torch.nn.LayerNorm)}
        norms = {name for name in norms if "vision_model" in name}
        assert {name.rpartition(".")[0] for name in named if name.startswith("backbone")} == norms
        before = {name: value.clone() for name, value in method.state_dict().items()}
        optimiser = torch.optim.Adam([p for p in method.parameters() if p.requires_grad], lr=1e-3, eps=1e-30)
        torch.stack(list(method.loss(batch).values())).sum().backward()
        optimiser.step()
        assert {name for name, value in method.state_dict().items() if not torch.equal(value, before[name])} == named


def test_pictures_can_be_normalised_as_the_code_does(clip_folder: Path, pairs: Pairs) -> None:
    method, plain = made(clip_folder, statistics="imagenet"), made(clip_folder)
    ours = method.encode_photos([photo for _, photo in pairs]).vectors
    raw = torch.from_numpy(method.batch(pairs).photos).permute(0, 3, 1, 2) / 255
    mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    pixels = (raw - mean.view(3, 1, 1)) / deviation.view(3, 1, 1)
    np.testing.assert_allclose(ours, rows_by_hand(method, pixels, method.prompt).numpy(), atol=1e-4)
    assert not np.allclose(ours, plain.encode_photos([photo for _, photo in pairs]).vectors, atol=1e-3)
    assert method.fingerprint() != plain.fingerprint()


def test_it_is_saved_and_loaded(clip_folder: Path, tmp_path: Path, pairs: Pairs) -> None:
    method = made(clip_folder, separate=True, prompts=2, statistics="imagenet")
    with torch.no_grad():
        method.get_parameter("sketch_prompt").add_(0.5)
    method.save(tmp_path)
    again: Method = load(tmp_path)
    assert again.fingerprint() == method.fingerprint()
    asked = [query for query, _ in pairs]
    np.testing.assert_array_equal(again.encode_queries(asked).vectors, method.encode_queries(asked).vectors)

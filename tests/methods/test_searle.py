"""SEARLE: optimised words, the network that guesses them, and their losses against slow loops."""

import copy
import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from stbir.data import drawn
from stbir.functional.scoring import unit
from stbir.methods import build
from stbir.methods.batch import Batch
from stbir.methods.searle import PHRASES, SEARLE, Inversion, SEARLEObjective, distillation
from stbir.nn.clip import load_backbone
from stbir.nn.freezing import free_only
from stbir.nn.inversion import frame
from stbir.testing.method import small_backbone
from stbir.types import Photo, Query

Pairs = list[tuple[Query, Photo]]
QUICK = Inversion(steps=40, average=0.5)


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    return [drawn.draw(family, seed, size=64).pair() for seed, family in enumerate(("boot", "chair", "mug", "boot"))]


@pytest.fixture(scope="module")
def method(clip_folder: Path) -> SEARLE:
    made = build("searle", load_backbone(str(clip_folder))).eval()
    assert isinstance(made, SEARLE)
    return made


@pytest.fixture(scope="module")
def batch(method: SEARLE, pairs: Pairs) -> Batch:
    return method.batch(pairs)


def photos_of(method: SEARLE, batch: Batch) -> Tensor:
    with torch.no_grad():
        return method.rows(batch, "photo")


def away(method: SEARLE, word: Tensor, target: Tensor) -> float:
    """delta(T("a photo of v"), V(I)) of one photo."""
    said = method.backbone.text(
        frame("a photo of *", backbone=method.backbone).around(word[None], method.backbone.text)
    )
    return 1 - float((unit(said)[0] @ target).detach())


def pulled(method: SEARLE, phrase: str, word: Tensor, category: str) -> float:
    """delta(T(h(v)), T(h(c))) of one word."""
    said = method.backbone.text(frame(phrase, backbone=method.backbone).around(word[None], method.backbone.text))
    told = method.backbone.embed_texts(*method.backbone.preprocessing.text([phrase.replace("*", category)]))
    return 1 - float((unit(said)[0] @ unit(told)[0]).detach())


def test_optimising_brings_the_sentence_to_the_photo(method: SEARLE, batch: Batch) -> None:
    photos = photos_of(method, batch)
    lengths: dict[int, list[float]] = {}
    for steps in (1, 60, 200):
        how = Inversion(steps=steps, average=0.0, phrases=0.0)
        words = method.invert(photos, [None] * 4, how, seeds=[1, 2, 3, 4])
        lengths[steps] = [away(method, word, photo) for word, photo in zip(words, photos, strict=True)]
    assert all(late < early for early, late in zip(lengths[1], lengths[60], strict=True))
    assert sum(lengths[200]) < 0.7 * sum(lengths[1])


def test_one_step_is_that_of_the_equation(method: SEARLE, batch: Batch) -> None:
    """AdamW's first step is the sign of the slope; the slope is that of L_oti, differenced here number by number."""
    photo = photos_of(method, batch)[:1]
    how = Inversion(steps=1, average=0.0, weight_decay=0.0, learning_rate=1e-3)
    start = how.spread * torch.randn(method.backbone.text.width, generator=torch.Generator().manual_seed(5))
    moved = method.invert(photo, ["boot"], how, seeds=[5])[0] - start

    def loss(word: Tensor) -> float:
        return away(method, word, photo[0]) + 0.5 * pulled(method, PHRASES[0], word, "boot")

    with torch.no_grad():
        steps = 1e-2 * torch.eye(len(start))
        slopes = torch.tensor([loss(start + step) - loss(start - step) for step in steps])
    clear = slopes.abs() > slopes.abs().median()
    assert torch.equal(moved[clear].sign(), -slopes[clear].sign())
    assert torch.allclose(moved.abs(), torch.tensor(1e-3), rtol=0.05)


def test_the_running_average_is_what_counts(method: SEARLE, batch: Batch) -> None:
    photo = photos_of(method, batch)[:1]
    path = [method.invert(photo, ["boot"], Inversion(steps=steps, average=0.0), seeds=[3])[0] for steps in (1, 2, 3)]
    mean = 0.02 * torch.randn(method.backbone.text.width, generator=torch.Generator().manual_seed(3))
    for word in path:
        mean = 0.9 * mean + 0.1 * word
    found = method.invert(photo, ["boot"], Inversion(steps=3, average=0.9), seeds=[3])[0]
    assert torch.allclose(found, mean, atol=1e-6)


def test_a_word_follows_from_its_photo_alone(method: SEARLE, batch: Batch) -> None:
    photos = photos_of(method, batch)
    together = method.invert(photos, batch.categories, QUICK, seeds=[1, 2, 3, 4])
    again = method.invert(photos, batch.categories, QUICK, seeds=[1, 2, 3, 4])
    alone = method.invert(photos[2:3], batch.categories[2:3], QUICK, seeds=[3])
    other = method.invert(photos[2:3], batch.categories[2:3], QUICK, seeds=[4])
    assert torch.equal(together, again)
    assert torch.allclose(together[2], alone[0], atol=1e-3)
    assert not torch.allclose(alone, other, atol=1e-2)
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.allclose(method.invert(photos, batch.categories, QUICK, seeds=[1, 2, 3, 4]), together, atol=1e-3)


def test_words_are_made_once(clip_folder: Path, pairs: Pairs, monkeypatch: pytest.MonkeyPatch) -> None:
    method = build("searle", load_backbone(str(clip_folder))).eval()
    assert isinstance(method, SEARLE)
    batch, objective = method.batch(pairs), SEARLEObjective(inversion=QUICK)
    first = method.loss(batch, objective)
    turned = dataclasses.replace(
        batch,
        photos=batch.photos[::-1].copy(),
        categories=batch.categories[::-1],
        instances=batch.instances[::-1],
    )
    monkeypatch.setattr(SEARLE, "invert", lambda *_, **__: pytest.fail("a word was made again"))
    again = method.loss(turned, objective)
    assert torch.allclose(again["distil"], first["distil"], rtol=1e-5)
    monkeypatch.undo()
    fresh = copy.deepcopy(method)
    fresh._found.clear()  # as after an interruption
    words = [some.optimised(batch, photos_of(some, batch), QUICK) for some in (method, fresh)]
    assert torch.equal(*words)
    other = QUICK.model_copy(update={"seed": 1})
    assert not torch.allclose(fresh.optimised(batch, photos_of(fresh, batch), other), words[0], atol=1e-2)


def test_an_instance_keeps_its_word_however_it_is_shown(clip_folder: Path, pairs: Pairs) -> None:
    method = build("searle", load_backbone(str(clip_folder))).eval()
    assert isinstance(method, SEARLE)
    batch = method.batch(pairs)
    known = dataclasses.replace(batch, instances=(*batch.instances[:-1], None), categories=(None,) * len(pairs))
    bent = dataclasses.replace(known, photos=255 - batch.photos)
    first, again = (method.optimised(one, photos_of(method, one), QUICK, of="instance") for one in (known, bent))
    assert torch.equal(again[:-1], first[:-1])
    assert not torch.equal(again[-1], first[-1])  # whose photo it is nobody knows
    turned = dataclasses.replace(known, instances=(*known.instances[1:], "another"))
    others = method.optimised(turned, photos_of(method, turned), QUICK, of="instance")
    assert torch.equal(others[:-2], first[1:-1])
    assert not torch.equal(others[-1], first[-1])


@pytest.mark.parametrize("instances", [("a", "b", "c", "d"), ("a", "a", "b", None)])
def test_the_distillation_equals_a_slow_loop(instances: tuple[str | None, ...]) -> None:
    rng = torch.Generator().manual_seed(0)
    found, guesses = torch.randn(4, 6, generator=rng), torch.randn(4, 6, generator=rng)
    words, names, t, total = [*found, *guesses], [*instances, *instances], 0.25, 0.0

    def likeness(a: Tensor, b: Tensor) -> float:
        return float(a @ b) / (float(a.norm()) * float(b.norm()))

    for i, word in enumerate(words):
        partner = (i + 4) % 8
        others = [
            k
            for k in range(8)
            if k != i and (k == partner or names[i] is None or names[k] != names[i] or k % 4 == i % 4)
        ]
        total -= math.log(
            math.exp(likeness(word, words[partner]) / t) / sum(math.exp(likeness(word, words[k]) / t) for k in others)
        )
    same = torch.tensor(
        [[i == j or (a is not None and a == b) for j, b in enumerate(instances)] for i, a in enumerate(instances)]
    )
    assert float(distillation(found, guesses, t, same)) == pytest.approx(total / 8, rel=1e-5)


def test_the_loss_equals_a_slow_loop(method: SEARLE, batch: Batch) -> None:
    named = dataclasses.replace(batch, categories=("boot", None, "mug", "boot"))
    objective = SEARLEObjective(inversion=QUICK)
    with torch.no_grad():
        terms = method.loss(named, objective)
        both = method.loss(named, objective.model_copy(update={"pictures": "both"}))
        found = method.optimised(named, photos_of(method, named), QUICK)
        guesses = method.words(method.backbone.embed_pictures(method.see(batch.photos)))
        drawings = method.words(method.backbone.embed_pictures(method.backbone.normalise(batch.sketches)))
        far = [
            [pulled(method, PHRASES[i], word, named.categories[i] or "") for i, word in enumerate(some) if i != 1]
            for some in (guesses, drawings)
        ]
        distil = [
            float(distillation(found, some, 0.25, torch.eye(4, dtype=torch.bool))) for some in (guesses, drawings)
        ]
    assert float(terms["distil"]) == pytest.approx(distil[0], rel=1e-5)
    assert float(terms["phrases"]) == pytest.approx(0.25 * sum(far[0]) / 3, rel=1e-3)
    assert float(both["distil"]) == pytest.approx(sum(distil) / 2, rel=1e-5)
    assert float(both["phrases"]) == pytest.approx(0.25 * (sum(far[0]) + sum(far[1])) / 6, rel=1e-3)
    nameless = dataclasses.replace(batch, categories=(None,) * 4)
    assert set(method.loss(nameless, objective)) == {"distil"}


def test_phi_learns_to_tell_its_words_and_clip_stays(clip_folder: Path, batch: Batch) -> None:
    method = build("searle", load_backbone(str(clip_folder)))
    assert isinstance(method, SEARLE)
    objective, before = SEARLEObjective(inversion=QUICK), copy.deepcopy(method.state_dict())
    free_only(method, ["converter.*"])
    assert any(isinstance(part, torch.nn.Dropout) and part.training for part in method.converter)
    torch.manual_seed(0)
    optimiser = torch.optim.AdamW(method.converter.parameters(), lr=2e-3)
    for _ in range(150):
        optimiser.zero_grad()
        torch.stack(list(method.loss(batch, objective).values())).sum().backward()
        optimiser.step()
    moved = {name for name, value in method.state_dict().items() if not torch.equal(value, before[name])}
    assert moved == {name for name in before if name.startswith("converter.")}
    method.eval()
    with torch.no_grad():
        found = unit(method.optimised(batch, photos_of(method, batch), QUICK))
        guesses = unit(method.words(method.backbone.embed_pictures(method.see(batch.photos))))
    assert (guesses @ found.T).argmax(dim=1).tolist() == [0, 1, 2, 3]


def test_the_published_network() -> None:
    """Linear, GELU, Dropout 0.5, twice, and Linear; hidden layers four times as wide as CLIP's embedding."""
    method = build("searle", small_backbone(["red"]))
    assert isinstance(method, SEARLE)
    kinds = [type(part).__name__ for part in method.converter.children()]
    assert kinds == ["Linear", "GELU", "Dropout", "Linear", "GELU", "Dropout", "Linear"]
    shapes = [tuple(value.shape) for name, value in method.converter.named_parameters() if "weight" in name]
    assert shapes == [(128, 32), (128, 128), (64, 128)]
    assert [part.p for part in method.converter.children() if isinstance(part, torch.nn.Dropout)] == [0.5, 0.5]


def test_its_own_sentence_composes_both(method: SEARLE, pairs: Pairs) -> None:
    query = Query(pairs[0][0].sketches, "red leather")
    word = method.words(
        method.backbone.embed_pictures(
            method.backbone.normalise([method.backbone.preprocessing.sketch(query.sketches[0])])
        )
    )
    tower = method.backbone.text
    with torch.no_grad():
        said = tower(frame("a photo of * that is red leather", backbone=method.backbone).around(word, tower))
        expected = unit(said)[0].numpy()
    assert np.allclose(method.encode_queries([query]).vectors[0], expected, atol=1e-5)
    assert all(phrase.count("*") == 1 for phrase in PHRASES)

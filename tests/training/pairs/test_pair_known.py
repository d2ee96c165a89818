"""What a frozen tower gives is computed once, and is what the loss would compute."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from stbir.methods.base import Method
from stbir.methods.batch import Batch
from stbir.nn.freezing import free_only
from stbir.training.curriculum import Curriculum

WORDS_ONLY = ["backbone.clip.text_model.*", "backbone.clip.text_projection*"]
PICTURES_ONLY = ["backbone.clip.vision_model.*"]
SIDES = ("photo", "sketch", "text")


def plainly(method: Method, batch: Batch, side: str) -> torch.Tensor:
    """The rows of a side as the loss computes them where nothing is known."""
    method.eval()
    bare = Batch(batch.photos, batch.sketches, batch.ids, batch.mask, batch.instances, batch.categories)
    return method.rows(bare, side)


@pytest.mark.parametrize("mirror", [False, True])
def test_known_rows_are_those_that_the_loss_would_compute(opened, method: Method, stage, mirror: bool) -> None:
    free_only(method, WORDS_ONLY)
    batches = opened(mirror=mirror).batches(method, stage(negatives=2, negatives_of=SIDES))
    for step in (0, 3):
        batch = batches[step]
        assert batch.embedded.keys() == {"photo", "sketch"}
        wrong = batch.negatives
        negatives = Batch(wrong.photos, wrong.sketches, wrong.ids, wrong.mask, (), ())
        for side in ("photo", "sketch"):
            torch.testing.assert_close(batch.embedded[side], plainly(method, batch, side), atol=1e-6, rtol=0)
            assert wrong.embedded[side].shape == (8, method.dimension)
            torch.testing.assert_close(wrong.embedded[side], plainly(method, negatives, side), atol=1e-6, rtol=0)
            assert not batch.embedded[side].requires_grad


def test_the_loss_and_its_gradient_are_the_same(opened, method: Method, stage) -> None:
    free_only(method, WORDS_ONLY)
    batch = opened().batches(method, stage())[0]
    bare = Batch(batch.photos, batch.sketches, batch.ids, batch.mask, batch.instances, batch.categories)
    found = []
    for one in (batch, bare):
        method.zero_grad()
        sum(method.loss(one).values()).backward()
        found.append(torch.cat([p.grad.flatten() for p in method.parameters() if p.grad is not None]))
    torch.testing.assert_close(found[0], found[1], atol=1e-5, rtol=1e-4)
    assert found[0].abs().max() > 0


def test_a_frozen_tower_does_not_run_in_a_step(opened, method: Method, stage, monkeypatch: pytest.MonkeyPatch) -> None:
    free_only(method, WORDS_ONLY)
    batches = opened().batches(method, stage(negatives=2, negatives_of=SIDES))

    def runs(*_: object) -> None:
        raise AssertionError("a frozen tower runs")

    monkeypatch.setattr(type(method.backbone), "embed_pictures", runs)
    terms = method.loss(batches[0])
    assert all(torch.isfinite(term) for term in terms.values())
    with pytest.raises(AssertionError, match="a frozen tower runs"):
        method.loss(replace(batches[0], embedded={}))


def test_what_is_trained_is_not_known(opened, method: Method, stage) -> None:
    pairs = opened()
    free_only(method, PICTURES_ONLY)
    assert pairs.batches(method, stage())[0].embedded.keys() == {"text"}
    free_only(method, ["*"])
    assert pairs.batches(method, stage())[0].embedded == {}


@pytest.mark.parametrize(
    ("settings", "curriculum", "known"),
    [
        ({}, Curriculum(), {"text"}),
        ({}, Curriculum(sides=("sketch",)), {"photo", "text"}),
        ({}, Curriculum(sides=("text",)), {"photo", "sketch"}),
        ({}, Curriculum(p0=0, p_max=0), {"photo", "sketch", "text"}),
        ({"move": 0.1}, None, {"photo", "text"}),
        ({"move_photo": 0.1}, None, {"sketch", "text"}),
        ({"sway": 0.1}, None, {"photo", "text"}),
        ({"bend": 0.1}, None, {"text"}),
        ({"forget_word": 0.1}, None, {"photo", "sketch"}),
    ],
)
def test_what_changes_from_step_to_step_is_not_known(
    opened, method: Method, stage, settings, curriculum, known
) -> None:
    free_only(method, ["backbone.clip.logit_scale"])
    assert opened(**settings).batches(method, stage(curriculum=curriculum))[0].embedded.keys() == known


def test_looking_ahead_leaves_the_modes_and_the_weights_alone(opened, method: Method, stage) -> None:
    free_only(method, PICTURES_ONLY)
    modes = [part.training for part in method.modules()]
    before = {name: value.clone() for name, value in method.state_dict().items()}
    opened().batches(method, stage())
    assert [part.training for part in method.modules()] == modes
    assert any(modes)
    assert not all(modes)
    assert all(torch.equal(value, before[name]) for name, value in method.state_dict().items())
    assert all(parameter.grad is None for parameter in method.parameters())

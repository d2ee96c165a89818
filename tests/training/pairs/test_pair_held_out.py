"""The loss on what is held out is of objects that nobody trained on, shown as they are, the same at every call."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from stbir.methods.base import Method
from stbir.training.curriculum import Curriculum
from stbir.training.stages import Stage
from stbir.training.validation import held_out_loss, validate


def staged(**settings: object) -> Stage:
    return Stage.model_validate(
        {"name": "s", "epochs": 1, "batch_size": 4, "negatives": 2, "negatives_of": ["photo", "text"]} | settings
    )


def test_held_out_batches_are_of_held_out_objects_as_they_are(opened, method: Method) -> None:
    changes = {"mirror": True, "bend": 1.0, "sway": 1.0, "move": 1.0, "move_photo": 1.0, "forget_word": 0.9}
    pairs = opened(validation=0.4, virtual_classes="category", **changes)
    hard = staged(curriculum=Curriculum(p0=1, p_max=1, s0=1))
    batches, again = ([*pairs.held_out_batches(method, hard)] for _ in range(2))
    assert len(batches) == len(pairs.judged) // 4 > 1
    trained = {*pairs.prepared.names}
    for batch, other in zip(batches, again, strict=True):
        assert not trained & {*batch.instances}
        assert len(set(batch.instances)) == 4
        assert batch.classes is None
        assert batch.strengths is None or not batch.strengths.any()
        for photo in (*batch.photos, *batch.negatives.photos):
            assert any(np.array_equal(photo, one) for one in pairs.judged.looked)
        assert np.array_equal(batch.photos, other.photos)
        assert np.array_equal(batch.sketches, other.sketches)
        assert torch.equal(batch.negatives.ids, other.negatives.ids)


def test_the_loss_can_be_the_metric(opened, method: Method) -> None:
    pairs = opened(validation=0.4)
    stage = staged(validation={"metric": "loss"})
    objective = type(method).Objective()
    found = validate(method, pairs, stage, how=stage.validation, objective=objective).value("loss")
    batches = [*pairs.held_out_batches(method, stage)]
    with torch.no_grad():
        each = [float(sum(method.eval().loss(batch, objective).values())) for batch in batches]
    assert found == pytest.approx(sum(each) / len(each), rel=1e-5)
    assert held_out_loss(method, batches, objective=objective, precision="fp32") == pytest.approx(found)


def test_without_a_held_out_part_there_are_no_batches(opened, method: Method) -> None:
    assert [*opened(validation=0).held_out_batches(method, staged())] == []

"""Losses against slow loops written from their equations."""

import math

import pytest
import torch
from torch import Tensor

from stbir.functional.losses import explicit_nce, info_nce, similarities, similarities_in_batch, triplet
from stbir.functional.margins import class_cosines, margin_loss, with_margin
from stbir.functional.scoring import unit

BATCH, EACH, SIZE, CLASSES = 5, 3, 8, 4


def random_rows(*shape: int, seed: int) -> Tensor:
    return unit(torch.randn(*shape, generator=torch.Generator().manual_seed(seed)))


@pytest.fixture
def rows() -> tuple[Tensor, Tensor, Tensor]:
    return random_rows(BATCH, SIZE, seed=0), random_rows(BATCH, SIZE, seed=1), random_rows(BATCH, EACH, SIZE, seed=2)


def test_contrast_with_explicit_negatives(rows: tuple[Tensor, Tensor, Tensor]) -> None:
    anchors, positives, negatives = rows
    total = 0.0
    for a, p, wrong in zip(anchors, positives, negatives, strict=True):
        right = math.exp(float(a @ p) / 0.07)
        total -= math.log(right / (right + sum(math.exp(float(a @ n) / 0.07) for n in wrong)))
    loss = explicit_nce(*similarities(anchors, positives, negatives), temperature=0.07)
    assert float(loss) == pytest.approx(total / BATCH, rel=1e-5)


def test_triplets_with_explicit_negatives(rows: tuple[Tensor, Tensor, Tensor]) -> None:
    anchors, positives, negatives = rows
    total = 0.0
    for a, p, wrong in zip(anchors, positives, negatives, strict=True):
        for n in wrong:
            total += max(0.0, 0.2 + float(a @ n) - float(a @ p))
    loss = triplet(*similarities(anchors, positives, negatives), margin=0.2)
    assert float(loss) == pytest.approx(total / (BATCH * EACH), rel=1e-5)


def test_the_others_of_a_batch_as_negatives(rows: tuple[Tensor, Tensor, Tensor]) -> None:
    anchors, positives, _ = rows
    same = torch.eye(BATCH, dtype=torch.bool)
    same[1, 3] = same[3, 1] = True  # two drawings of one object
    scores = similarities_in_batch(anchors, positives, same)
    contrast, hinge, count = 0.0, 0.0, 0
    for i in range(BATCH):
        others = [j for j in range(BATCH) if not same[i, j]]
        right = float(anchors[i] @ positives[i])
        wrong = [float(anchors[i] @ positives[j]) for j in others]
        contrast -= math.log(math.exp(right / 0.1) / sum(math.exp(s / 0.1) for s in (right, *wrong)))
        hinge += sum(max(0.0, 0.2 + s - right) for s in wrong)
        count += len(others)
    assert float(explicit_nce(*scores, temperature=0.1)) == pytest.approx(contrast / BATCH, rel=1e-5)
    assert float(triplet(*scores, margin=0.2)) == pytest.approx(hinge / count, rel=1e-5)


def test_a_batch_without_negatives_teaches_nothing() -> None:
    one = random_rows(1, SIZE, seed=0).requires_grad_(True)
    scores = similarities_in_batch(one, random_rows(1, SIZE, seed=1), torch.ones(1, 1, dtype=torch.bool))
    total = explicit_nce(*scores, temperature=0.07) + triplet(*scores, margin=0.2)
    total.backward()
    assert float(total.detach()) == 0
    assert one.grad is not None
    assert (one.grad == 0).all()


@pytest.mark.parametrize("kind", ["arcface", "cosface", "linear"])
def test_class_margins(kind: str) -> None:
    rows, weight = random_rows(BATCH, SIZE, seed=3), 5 * random_rows(CLASSES, SIZE, seed=4)
    classes = torch.tensor([0, 3, -1, 2, 0])
    total = 0.0
    for row, y in zip(rows, classes.tolist(), strict=True):
        if y < 0:
            continue
        logits = []
        for j in range(CLASSES):
            cosine = float(row @ weight[j]) / (float(row.norm()) * float(weight[j].norm()))
            if j == y:
                cosine = {"arcface": math.cos(math.acos(cosine) + 0.2), "cosface": cosine - 0.2, "linear": cosine}[kind]
            logits.append(32 * cosine)
        total -= math.log(math.exp(logits[y]) / sum(map(math.exp, logits)))
    loss = margin_loss(rows, weight, classes, kind=kind, margin=0.2, scale=32.0)
    assert float(loss) == pytest.approx(total / 4, rel=1e-4)


def test_a_perfect_row_has_a_finite_slope() -> None:
    weight = torch.eye(3)
    rows = torch.eye(3).requires_grad_(True)
    margin_loss(rows, weight, torch.arange(3)).backward()
    assert rows.grad is not None
    assert torch.isfinite(rows.grad).all()
    angle = with_margin(class_cosines(weight, weight), torch.arange(3), kind="arcface", margin=0.2).diagonal()
    torch.testing.assert_close(angle, torch.full((3,), math.cos(0.2)), atol=1e-3, rtol=0)


def test_unknown_classes_add_nothing() -> None:
    rows = random_rows(BATCH, SIZE, seed=3).requires_grad_(True)
    loss = margin_loss(rows, random_rows(CLASSES, SIZE, seed=4), torch.full((BATCH,), -1))
    loss.backward()
    assert float(loss.detach()) == 0
    assert rows.grad is not None
    assert (rows.grad == 0).all()


def test_half_precision_compares_in_full(rows: tuple[Tensor, Tensor, Tensor]) -> None:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        right, wrong = similarities(*rows)
        _, others = similarities_in_batch(rows[0], rows[1], torch.eye(BATCH, dtype=torch.bool))
        cosines = class_cosines(rows[0], rows[1])
    for value in (right, wrong, others, cosines):
        assert value.dtype == torch.float32
    torch.testing.assert_close(right, (rows[0] * rows[1]).sum(dim=1))


def test_rows_of_one_object_are_not_contrasted() -> None:
    """Against a slow loop that leaves out, in both directions, what shows the same object."""
    generator = torch.Generator().manual_seed(3)
    queries, photos = (unit(torch.randn(5, 8, generator=generator)) for _ in range(2))
    names = "aabcb"
    same = torch.tensor([[one == other for other in names] for one in names])
    total = 0.0
    for rows, others in ((queries, photos), (photos, queries)):
        for i in range(5):
            scores = [float(7 * rows[i] @ others[j]) for j in range(5) if j == i or names[j] != names[i]]
            total -= float(7 * rows[i] @ others[i]) - math.log(sum(math.exp(score) for score in scores))
    assert float(info_nce(queries, photos, 7.0, same=same)) == pytest.approx(total / 10, rel=1e-5)
    assert float(info_nce(queries, photos, 7.0, same=torch.eye(5, dtype=torch.bool))) == pytest.approx(
        float(info_nce(queries, photos, 7.0)), rel=1e-6
    )

"""The stages of STBIR: their losses against slow loops, and what each of them moves."""

import copy
import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from staged import EACH, LINES, STAGES, Pairs, made, vectors, with_negatives
from torch import Tensor

from stbir.data import drawn
from stbir.functional.scoring import unit
from stbir.methods import build
from stbir.methods.base import Method, Side
from stbir.methods.batch import Negatives
from stbir.methods.stbir import STBIR, STBIRObjective, Target, quad
from stbir.nn.freezing import free_only, matching


def slow_stage(rows: dict[str, Tensor], wrong: dict[str, Tensor], target: str) -> tuple[float, float]:
    """The contrast and the triplets of a stage, row by row and negative by negative, as the paper's equations say."""
    contrast, hinge = 0.0, 0.0
    others = [rows[name] for name in rows if name != target]
    for b in range(len(rows[target])):
        mean = [(float(x) + float(y)) / 2 for x, y in zip(others[0][b], others[1][b], strict=True)]
        norm = math.sqrt(sum(x * x for x in mean))
        anchor = torch.tensor([x / norm for x in mean])
        right = float(anchor @ rows[target][b])
        scores = [float(anchor @ n) for n in wrong[target][EACH * b : EACH * (b + 1)]]
        contrast -= math.log(math.exp(right / 0.07) / sum(math.exp(s / 0.07) for s in (right, *scores)))
        hinge += sum(max(0.0, 0.2 + s - right) for s in scores) / EACH
    return contrast / len(rows[target]), hinge / len(rows[target])


@pytest.mark.parametrize("target", ["sketch", "image", "text"])
def test_a_stage_equals_a_slow_loop(plain: STBIR, pairs: Pairs, target: str) -> None:
    batch = with_negatives(plain, pairs)
    assert batch.negatives is not None
    with torch.no_grad():
        terms = plain.loss(batch, STBIRObjective(target=target))
        rows, wrong = (
            {
                "image": plain.embed_photos(plain.see(some.photos)),
                "sketch": plain.embed_sketches(plain.backbone.normalise(some.sketches)),
                "text": plain.embed_texts(some.ids, some.mask),
            }
            for some in (batch, batch.negatives)
        )
    contrast, hinge = slow_stage(rows, wrong, target)
    assert float(terms["nce"]) == pytest.approx(0.8 * contrast, rel=1e-4)
    assert float(terms["triplet"]) == pytest.approx(0.7 * hinge, rel=1e-4)
    assert plain.head is not None
    total = 0.0
    for row, y in zip(rows[target], [0, 2, -1, 1], strict=True):
        if y >= 0:
            cosines = [float(row @ unit(w)) for w in plain.head.weight.detach()]
            logits = [32 * (math.cos(math.acos(c) + 0.2) if j == y else c) for j, c in enumerate(cosines)]
            total -= logits[y] - math.log(sum(map(math.exp, logits)))
    assert float(terms["classes"]) == pytest.approx(0.2 * total / 3, rel=1e-4)
    assert set(terms) == {"nce", "triplet", "classes", "quality"}


@pytest.mark.parametrize(
    ("target", "side", "partners"),
    [("sketch", "sketch", ["photo"]), ("image", "photo", ["sketch", "text"]), ("text", "text", ["photo"])],
)
def test_modalities_can_be_anchors_by_themselves(
    plain: STBIR, pairs: Pairs, target: Target, side: Side, partners: list[Side]
) -> None:
    """With `alone` 0.5 the photo counts half, or sketch and words a quarter each; sketch and words never meet."""
    batch = with_negatives(plain, pairs)
    with torch.no_grad():
        alone, together = (plain.loss(batch, STBIRObjective(target=target, alone=alone)) for alone in (0.5, 0.0))
        right, wrong = plain.rows(batch, side), plain.wrong_rows(batch, side)
        assert wrong is not None
        contrast, hinge = 0.0, 0.0
        for partner in partners:
            for b, anchor in enumerate(plain.rows(batch, partner)):
                scores = [float(anchor @ n) for n in wrong[b]]
                own = float(anchor @ right[b])
                contrast -= math.log(math.exp(own / 0.07) / sum(math.exp(s / 0.07) for s in (own, *scores)))
                hinge += sum(max(0.0, 0.2 + s - own) for s in scores) / EACH
    share = 0.5 / len(partners) / len(right)
    assert float(alone["nce"] - together["nce"]) == pytest.approx(0.8 * share * contrast, rel=1e-4)
    assert float(alone["triplet"] - together["triplet"]) == pytest.approx(0.7 * share * hinge, rel=1e-3)


@pytest.mark.parametrize("target", ["sketch", "text"])
def test_the_query_can_be_contrasted_as_it_is_asked(plain: STBIR, pairs: Pairs, target: Target) -> None:
    batch = with_negatives(plain, pairs)
    with torch.no_grad():
        terms = plain.loss(batch, STBIRObjective(target=target, asked=0.5))
        photos = plain.rows(batch, "photo")
        asked = [unit(s + t) for s, t in zip(plain.rows(batch, "sketch"), plain.rows(batch, "text"), strict=True)]
        total = 0.0
        for i, own in enumerate(asked):
            right = float(own @ photos[i]) / 0.07
            total += math.log(sum(math.exp(float(own @ photo) / 0.07) for photo in photos)) - right
            total += math.log(sum(math.exp(float(query @ photos[i]) / 0.07) for query in asked)) - right
        image = plain.loss(batch, STBIRObjective(target="image", asked=0.5))
    assert float(terms["asked"]) == pytest.approx(0.5 * 0.8 * total / 2 / len(asked), rel=1e-4)
    assert "asked" not in image  # there the anchor is the query


def test_all_stages_at_once_add_up(plain: STBIR, pairs: Pairs) -> None:
    batch = with_negatives(plain, pairs)
    with torch.no_grad():
        total = plain.loss(batch, STBIRObjective(target="all"))
        single = [plain.loss(batch, STBIRObjective(target=target)) for target in STAGES]
    for name in ("nce", "triplet", "classes"):
        assert float(total[name]) == pytest.approx(sum(float(terms[name]) for terms in single), rel=1e-5)


def test_without_negatives_the_batch_has_its_own(plain: STBIR, pairs: Pairs) -> None:
    objective = STBIRObjective(target="sketch")
    batch = plain.batch(pairs)
    others = [[j for j in range(4) if j != i] for i in range(4)]
    sketches = np.concatenate([batch.sketches[rest] for rest in others])
    given = dataclasses.replace(batch, negatives=Negatives(3, sketches=sketches))
    both = with_negatives(plain, pairs)
    more = objective.model_copy(update={"in_batch": True})
    with torch.no_grad():
        own, named = plain.loss(batch, objective), plain.loss(given, objective)
        few, many = plain.loss(both, objective), plain.loss(both, more)
    for name in ("nce", "triplet"):
        assert float(own[name]) == pytest.approx(float(named[name]), rel=1e-4)
    assert float(many["nce"]) > float(few["nce"])


def test_a_second_drawing_of_an_object_is_no_wrong_answer(plain: STBIR, pairs: Pairs) -> None:
    batch = plain.batch(pairs)
    twins = dataclasses.replace(batch, instances=("a", "a", "b", "c"))
    with torch.no_grad():
        apart, alike = (plain.loss(some, STBIRObjective(target="sketch")) for some in (batch, twins))
    assert float(alike["nce"]) < float(apart["nce"])


@pytest.mark.parametrize("settings", [{"classes": 3}, {"classes": 3, **LINES}], ids=["clip", "lines"])
@pytest.mark.parametrize("target", list(STAGES))
def test_a_stage_moves_what_it_names(clip_folder: Path, pairs: Pairs, settings: dict[str, object], target: str) -> None:
    method = made(clip_folder, **settings)
    patterns = [name for name in STAGES[target] if "lines" in settings.values() or "_*" not in name]
    named = set(matching(method, patterns))
    free_only(method, patterns)
    before = copy.deepcopy(method.state_dict())
    optimiser = torch.optim.Adam([p for p in method.parameters() if p.requires_grad], lr=1e-3, eps=1e-30)
    terms = method.loss(with_negatives(method, pairs), STBIRObjective(target=target, quadrants=0.2))
    torch.stack(list(terms.values())).sum().backward()
    optimiser.step()
    assert {name for name, value in method.state_dict().items() if not torch.equal(value, before[name])} == named


@pytest.mark.parametrize("target", [*STAGES, "all", "joint"])
def test_the_judge_learns_and_moves_nobody(plain: STBIR, pairs: Pairs, target: str) -> None:
    method = copy.deepcopy(plain)
    free_only(method, ["*"])
    method.loss(with_negatives(method, pairs), STBIRObjective(target=target))["quality"].backward()
    reached = {name for name, value in method.named_parameters() if value.grad is not None}
    assert reached == {name for name, _ in method.named_parameters() if name.startswith("judge.")}


def test_known_rows_are_not_computed(plain: STBIR, pairs: Pairs, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = with_negatives(plain, pairs)
    assert batch.negatives is not None
    with torch.no_grad():
        expected = plain.loss(batch, STBIRObjective(target="text"))
        known = {side: plain.rows(batch, side) for side in ("photo", "sketch")}
        wrong = plain.wrong_rows(batch, "text")
        assert wrong is not None
        negatives = Negatives(EACH, embedded={"text": wrong.flatten(0, 1)})
        for name in ("embed_photos", "embed_sketches"):
            monkeypatch.setattr(plain, name, lambda *_: pytest.fail("a frozen tower ran"))
        cached = dataclasses.replace(batch, negatives=negatives, embedded=known)
        got = plain.loss(cached, STBIRObjective(target="text"))
    for name, value in expected.items():
        assert float(got[name]) == pytest.approx(float(value), rel=1e-5)


@pytest.mark.parametrize("settings", [{}, LINES], ids=["clip", "lines"])
def test_quadrants_of_the_right_sketch_belong_and_others_do_not(
    clip_folder: Path, pairs: Pairs, settings: dict[str, object]
) -> None:
    method = made(clip_folder, **settings)
    batch = with_negatives(method, pairs)
    assert batch.negatives is not None
    assert batch.negatives.sketches is not None
    with torch.no_grad():
        term = method.loss(batch, STBIRObjective(target="image", quadrants=0.2))["quadrants"]
        total = 0.0
        for b in range(len(pairs)):
            whole = method.embed_photos(method.see(batch.photos[b : b + 1]))[0]
            mixed: list[Tensor] = []
            for sketch in (batch.sketches[b], batch.negatives.sketches[EACH * b]):
                picture = batch.photos[b].copy()
                drawing = np.concatenate([sketch, sketch[..., :1]], axis=2)[..., : picture.shape[2]]
                picture[:32, 32:], picture[32:, :32] = drawing[:32, 32:], drawing[32:, :32]
                mixed.append(method.embed_photos(method.see(picture[None]))[0])
            total += 1 - float(mixed[0] @ whole) + max(0.0, float(mixed[1] @ whole) - 0.1)
        assert "quadrants" not in method.loss(batch, STBIRObjective(target="sketch", quadrants=0.2))
    assert float(term) == pytest.approx(0.2 * total / len(pairs), rel=1e-4)


def test_quadrants_lie_across() -> None:
    mixed = quad(torch.zeros(1, 3, 4, 4), torch.ones(1, 3, 4, 4))
    assert mixed[0, 0].tolist() == [[0, 0, 1, 1], [0, 0, 1, 1], [1, 1, 0, 0], [1, 1, 0, 0]]


@pytest.mark.parametrize("target", ["image", "joint", "fusion"])
def test_half_precision_compares_in_full(clip_folder: Path, pairs: Pairs, target: str) -> None:
    method = made(clip_folder, fusion="templates", classes=3)
    batch, objective = with_negatives(method, pairs), STBIRObjective(target=target)
    with torch.inference_mode():
        exact = method.loss(batch, objective)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            rough = method.loss(batch, objective)
    for name, term in rough.items():
        assert term.dtype == torch.float32
        assert float(term) == pytest.approx(float(exact[name]), rel=0.1, abs=0.02), name


def test_three_stages_overfit_ten_pairs(tiny: Method) -> None:
    """Ten hats, which are hard to tell apart: drawing learns in its stage, words in theirs, and both are right."""
    pairs = [drawn.draw("hat", seed, size=128, distortion=1.0).pair() for seed in range(10)]
    method = build("stbir", copy.deepcopy(tiny.backbone), {"sketch": "lines", "classes": 10})
    method.inherit(tiny)
    batch = dataclasses.replace(method.batch(pairs), classes=torch.arange(10))
    by_sketch, by_text, _ = right_ones(method, pairs)
    assert by_sketch < 10
    assert by_text < 10
    for target, patterns in STAGES.items():
        free_only(method, patterns)
        optimiser = torch.optim.AdamW([p for p in method.parameters() if p.requires_grad], lr=5e-4, weight_decay=0.0)
        for _ in range(6):
            optimiser.zero_grad()
            torch.stack(list(method.loss(batch, STBIRObjective(target=target)).values())).sum().backward()
            optimiser.step()
        by_sketch, by_text, by_both = right_ones(method, pairs)
        assert by_sketch == by_both == 10, target
    assert by_text == 10


def right_ones(method: Method, pairs: Pairs) -> list[int]:
    """For how many pairs the right photo is first, by sketch, words and both."""
    photos, *queries = vectors(method.eval(), pairs)
    return [int(((rows @ photos.T).argmax(axis=1) == np.arange(len(pairs))).sum()) for rows in queries]

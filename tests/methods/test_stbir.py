"""STBIR: its losses against slow loops, what each stage moves, where it starts, and how queries are fused."""

import copy
import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

import stbir
from stbir.data import drawn
from stbir.errors import ConfigError, EmptyQuery
from stbir.functional.scoring import unit
from stbir.methods import build, load
from stbir.methods.base import Method
from stbir.methods.batch import Batch, Negatives
from stbir.methods.stbir import STBIR, STBIRObjective, quad
from stbir.nn.clip import load_backbone
from stbir.nn.freezing import free_only, matching
from stbir.testing import check_method
from stbir.types import Floats, Photo, Query

EACH = 2
STAGES = {
    "sketch": ("sketch.*", "head.*", "judge.*"),
    "image": ("backbone.clip.vision_model.*", "backbone.clip.visual_projection.*", "image_*", "head.*", "judge.*"),
    "text": (
        "backbone.clip.text_model.encoder.*",
        "backbone.clip.text_model.embeddings.token_embedding.*",
        "backbone.clip.text_model.final_layer_norm.*",
        "backbone.clip.text_projection.*",
        "text_*",
        "head.*",
        "judge.*",
    ),
}
LINES = {"sketch": "lines", "place_dimension": 24}

Pairs = list[tuple[Query, Photo]]


def made(folder: Path, **settings: object) -> STBIR:
    method = build("stbir", load_backbone(str(folder)), settings).eval()
    assert isinstance(method, STBIR)
    return method


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    return [drawn.draw("boot", seed, size=64).pair() for seed in range(4)]


@pytest.fixture(scope="module")
def plain(clip_folder: Path) -> STBIR:
    return made(clip_folder, classes=3)


@pytest.fixture(scope="module")
def tiny() -> Method:
    return stbir.load("tiny")


def with_negatives(method: Method, pairs: Pairs) -> Batch:
    """A batch whose rows bring two wrong things of every kind, and classes."""
    wrong = method.batch([drawn.draw("bag", seed, size=64).pair() for seed in range(EACH * len(pairs))])
    negatives = Negatives(EACH, wrong.photos, wrong.sketches, wrong.ids, wrong.mask)
    return dataclasses.replace(method.batch(pairs), negatives=negatives, classes=torch.tensor([0, 2, -1, 1]))


def vectors(method: Method, pairs: Pairs) -> list[Floats]:
    """Of photos, sketches, words and both."""
    return [
        method.encode_photos([photo for _, photo in pairs]).vectors,
        method.encode_queries([Query(query.sketches) for query, _ in pairs]).vectors,
        method.encode_queries([Query(text=query.text) for query, _ in pairs]).vectors,
        method.encode_queries([query for query, _ in pairs]).vectors,
    ]


def test_built_on_tiny_it_starts_as_tiny(tiny: Method) -> None:
    pairs = [drawn.draw("chair", seed, size=128).pair() for seed in range(3)]
    method = build("stbir", tiny.backbone, {"sketch": "lines"})
    method.inherit(tiny)
    assert method.dimension == tiny.dimension
    for ours, theirs in zip(vectors(method.eval(), pairs), vectors(tiny, pairs), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_built_on_clip_it_starts_as_late_fusion(clip_folder: Path, pairs: Pairs) -> None:
    late = build("late_fusion", load_backbone(str(clip_folder))).eval()
    for ours, theirs in zip(vectors(made(clip_folder), pairs), vectors(late, pairs), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_lines_of_another_size_are_not_inherited(tiny: Method) -> None:
    method = build("stbir", tiny.backbone, LINES)
    with pytest.raises(ConfigError, match="has place_dimension = 256"):
        method.inherit(tiny)


def test_what_fits_is_inherited(clip_folder: Path, pairs: Pairs) -> None:
    first, second = made(clip_folder, classes=3), made(clip_folder, classes=5)
    with torch.no_grad():
        first.sketch.visual_projection.weight.mul_(torch.linspace(0.5, 2, 32)[:, None])
    assert not np.allclose(vectors(first, pairs)[1], vectors(second, pairs)[1], atol=1e-3)
    second.inherit(first)
    np.testing.assert_array_equal(vectors(first, pairs)[1], vectors(second, pairs)[1])
    assert second.head is not None
    assert second.head.weight.shape == (5, 32)


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


def test_a_sum_counts_every_sketch(clip_folder: Path, pairs: Pairs) -> None:
    query = Query((pairs[0][0].sketches[0], pairs[1][0].sketches[0]), pairs[0][0].text)
    mean, total = made(clip_folder), made(clip_folder, fusion="sum")
    first, second, text = mean.encode_queries(
        [Query(query.sketches[:1]), Query(query.sketches[1:]), Query(text=query.text)]
    ).vectors
    for method, expected in (
        (mean, (first + second) / np.linalg.norm(first + second) + text),
        (total, first + second + text),
    ):
        got = method.encode_queries([query]).vectors[0]
        np.testing.assert_allclose(got, expected / np.linalg.norm(expected), atol=1e-5)


def test_templates_fuse_both_and_leave_one_alone(clip_folder: Path, pairs: Pairs) -> None:
    method, mean = made(clip_folder, fusion="templates"), made(clip_folder)
    fused, plain = vectors(method, pairs), vectors(mean, pairs)
    for ours, theirs in zip(fused[:3], plain[:3], strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
    assert method.templates is not None
    with torch.no_grad():
        query = method.templates(torch.from_numpy(fused[1]), torch.from_numpy(fused[2])).numpy()
    expected = 0.64 * query + 0.36 * plain[3]
    np.testing.assert_allclose(fused[3], expected / np.linalg.norm(expected, axis=1, keepdims=True), atol=1e-5)
    silent = method.encode_queries([Query(pairs[0][0].sketches, pairs[0][0].text, weights={"text": 0.0})]).vectors[0]
    np.testing.assert_allclose(silent, plain[1][0], atol=1e-5)


def test_the_fusion_stage_moves_the_templates(clip_folder: Path, pairs: Pairs) -> None:
    method = made(clip_folder, fusion="templates")
    patterns = ["templates.*", "image_projection.*", "text_projection.*"]
    free_only(method, patterns)
    optimiser = torch.optim.Adam([p for p in method.parameters() if p.requires_grad], lr=1e-3, eps=1e-30)
    batch, losses = with_negatives(method, pairs), []
    before = copy.deepcopy(method.state_dict())
    for _ in range(15):
        optimiser.zero_grad()
        total = torch.stack(list(method.loss(batch, STBIRObjective(target="fusion")).values())).sum()
        total.backward()
        optimiser.step()
        losses.append(float(total.detach()))
    moved = {name for name, value in method.state_dict().items() if not torch.equal(value, before[name])}
    assert moved == set(matching(method, patterns))
    assert losses[-1] < 0.7 * losses[0]


def test_the_fusion_stage_needs_templates(plain: STBIR, pairs: Pairs) -> None:
    with pytest.raises(ConfigError, match='set fusion = "templates"'):
        plain.loss(plain.batch(pairs), STBIRObjective(target="fusion"))


def test_quality_is_a_share_of_one(plain: STBIR, pairs: Pairs) -> None:
    queries = [Query(pairs[0][0].sketches), Query(text="red boot"), pairs[0][0]]
    grades = plain.quality(queries)
    assert grades.shape == (3,)
    assert grades.dtype == np.float32
    assert ((grades > 0) & (grades < 1)).all()
    assert plain.quality([]).shape == (0,)
    with pytest.raises(EmptyQuery):
        plain.quality([Query()])


@pytest.mark.parametrize(
    "settings", [{"classes": 3}, {**LINES, "grid": 2}, {"fusion": "templates"}], ids=["clip", "lines", "templates"]
)
def test_it_is_saved_and_loaded(clip_folder: Path, tmp_path: Path, pairs: Pairs, settings: dict[str, object]) -> None:
    method = made(clip_folder, **settings)
    with torch.no_grad():
        for value in method.parameters():
            value.add_(0.01 * torch.randn(value.shape, generator=torch.Generator().manual_seed(0)))
    method.train().eval()
    method.save(tmp_path)
    again = load(tmp_path)
    assert isinstance(again, STBIR)
    assert again.fingerprint() == method.fingerprint()
    for ours, theirs in zip(vectors(method, pairs), vectors(again, pairs), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(again.quality([pairs[0][0]]), method.quality([pairs[0][0]]))


def test_training_settings_stay_out_of_the_fingerprint(clip_folder: Path) -> None:
    one, other = made(clip_folder), made(clip_folder, head="cosface")
    assert one.fingerprint() == other.fingerprint()
    assert one.fingerprint() != made(clip_folder, fusion="sum").fingerprint()


def test_wrong_settings_are_refused(clip_folder: Path) -> None:
    with pytest.raises(ConfigError, match="a ResNet-50's"):
        made(clip_folder, sketch_weights="somewhere")
    with pytest.raises(ConfigError, match="does not divide"):
        made(clip_folder, fusion="templates", templates={"heads": 5})


@pytest.mark.parametrize(
    "settings",
    [
        {"sketch": "lines", "place_dimension": 48},
        {"fusion": "templates", "templates": {"layers": 1, "hidden": 32, "dropout": 0}},
    ],
    ids=["lines", "templates"],
)
def test_the_contract_holds_with_other_settings(settings: dict[str, object]) -> None:
    check_method(lambda backbone: build("stbir", backbone, settings), patterns=(("*",), ("sketch.*",)))


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

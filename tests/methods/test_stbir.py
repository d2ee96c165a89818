"""STBIR: where it starts, how queries are fused and graded, what is saved."""

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from staged import LINES, Pairs, made, vectors, with_negatives

from stbir.data import drawn
from stbir.errors import ConfigError, EmptyQuery
from stbir.methods import build, load
from stbir.methods.base import Method
from stbir.methods.stbir import STBIR, STBIRObjective
from stbir.nn.clip import load_backbone
from stbir.nn.freezing import free_only, matching
from stbir.testing import check_method
from stbir.training.extends import read_recipe
from stbir.types import Query

RECIPES = Path(__file__).parents[2] / "recipes"


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
    assert method.templates is not None
    plain = vectors(mean, pairs)
    for ours, theirs in zip(vectors(method, pairs), plain, strict=True):  # untrained, they have nothing to say
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
    with torch.no_grad():
        method.templates.tokens += 0.01
    fused = vectors(method, pairs)
    for ours, theirs in zip(fused[:3], plain[:3], strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
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


def test_the_stage_of_the_judge_moves_the_judge_alone(clip_folder: Path, pairs: Pairs) -> None:
    stage = read_recipe(RECIPES / "stbir/judged.toml").stages[-1]
    method = made(clip_folder)
    free_only(method, stage.free)
    before = {name: value.clone() for name, value in method.state_dict().items()}
    optimiser = torch.optim.AdamW([one for one in method.parameters() if one.requires_grad], lr=stage.learning_rate)
    terms = method.loss(method.batch(pairs), STBIRObjective.model_validate(stage.objective))
    torch.stack(list(terms.values())).sum().backward()
    optimiser.step()
    moved = {name for name, value in method.state_dict().items() if not torch.equal(value, before[name])}
    assert moved == {name for name in before if name.startswith("judge.")}


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

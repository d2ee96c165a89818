"""MA-SBIR: every loss against a slow loop, both ways of searching, and what never reaches the loss."""

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from stbir.data import drawn
from stbir.errors import InputError
from stbir.methods import build, load
from stbir.methods.base import Method
from stbir.methods.batch import Batch, Negatives
from stbir.methods.ma_sbir import MASBIR, MASBIRObjective
from stbir.nn.clip import load_backbone
from stbir.nn.freezing import free_only, matching
from stbir.testing import check_method
from stbir.types import Floats, Photo, Query

FAMILIES = ("boot", "boot", "bag", "chair")
OFF = {"clip": 0.0, "semantic": 0.0, "discriminator": 0.0, "reconstruction": 0.0, "triplet": 0.0}
FINE_PATTERNS = ("backbone.clip.vision_model.*lay*norm*", "encodings.*", "discriminator.*")

Pairs = list[tuple[Query, Photo]]


def made(folder: Path, **settings: object) -> MASBIR:
    method = build("ma_sbir", load_backbone(str(folder)), {"encoding_std": 0.3, **settings}).eval()
    assert isinstance(method, MASBIR)
    return method


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    return [drawn.draw(family, seed, size=64).pair() for seed, family in enumerate(FAMILIES)]


@pytest.fixture(scope="module")
def method(clip_folder: Path) -> MASBIR:
    return made(clip_folder)


@pytest.fixture(scope="module")
def batch(method: MASBIR, pairs: Pairs) -> Batch:
    return method.batch(pairs)


def clip_rows(method: Method, batch: Batch) -> tuple[list[Tensor], list[Tensor], list[Tensor]]:
    """Unit embeddings of photos, sketches and captions by CLIP alone."""
    backbone = method.backbone
    captions = backbone.preprocessing.text([f"a photo of a {family}." for family in FAMILIES])
    with torch.no_grad():
        rows = (
            backbone.embed_pictures(backbone.normalise(batch.photos)),
            backbone.embed_pictures(backbone.normalise(batch.sketches)),
            backbone.embed_texts(*captions),
        )
    photos, sketches, texts = ([norm(row) for row in some] for some in rows)
    return photos, sketches, texts


def norm(row: Tensor) -> Tensor:
    return row / math.sqrt(sum(float(x) ** 2 for x in row))


def cos(a: Tensor, b: Tensor) -> float:
    return sum(float(x) * float(y) for x, y in zip(norm(a), norm(b), strict=True))


Sample = tuple[Tensor, int, Tensor, int]
"""One half and its modality, the other half and its modality."""


def slow(method: MASBIR, samples: list[Sample]) -> dict[str, float]:
    """The losses as sections 3.3 of the equations state them, sample by sample."""
    m = method.encodings.weight.detach()
    weight, bias = method.discriminator.weight.detach(), method.discriminator.bias.detach()
    semantic, reconstruction, orthogonal = 0.0, 0.0, 0.0
    entropies: tuple[list[float], list[float]] = ([], [])
    for a, i, b, x in samples:
        s_a, s_b = a - m[i], b - m[x]
        centre = norm((a + b) / 2)
        semantic += (1 - cos(s_b, centre)) + (1 - cos(s_a, centre))
        reconstruction += (1 - cos(s_b + m[i], a)) + (1 - cos(s_a + m[x], b))
        orthogonal += sum(abs(float(c) * float(e)) for j in range(4) for c, e in zip(centre, m[j], strict=True))
        for place, (s, own) in enumerate(((s_a, i), (s_b, x))):
            for j in range(4):
                if j == own:
                    continue
                logits = [float(weight[k] @ norm(s + m[j]) + bias[k]) for k in range(4)]
                entropies[place].append(math.log(sum(math.exp(value) for value in logits)) - logits[j])
    count = len(samples)
    return {
        "semantic": semantic / count,
        "reconstruction": reconstruction / count,
        "orthogonal": orthogonal / count,
        "discriminator": (np.mean(entropies[0]) + np.mean(entropies[1])) / 2,
    }


def slow_clip(pictures: list[Tensor], texts: list[Tensor], scale: float) -> float:
    count, total = len(pictures), 0.0
    for i in range(count):
        for row in ([cos(pictures[i], t) for t in texts], [cos(p, texts[i]) for p in pictures]):
            total += math.log(sum(math.exp(scale * value) for value in row)) - scale * row[i]
    return total / (2 * count)


def test_every_term_equals_a_slow_loop(method: MASBIR, batch: Batch) -> None:
    photos, sketches, texts = clip_rows(method, batch)
    samples = [(v, 0, t, 3) for v, t in zip(photos, texts, strict=True)]
    samples += [(v, 1, t, 3) for v, t in zip(sketches, texts, strict=True)]
    expected = slow(method, samples)
    expected["clip"] = slow_clip(
        [*photos, *sketches], texts + texts, float(method.backbone.clip.logit_scale.detach().exp())
    )
    with torch.no_grad():
        terms = method.loss(batch)
    weights = {"clip": 1.0, "semantic": 0.1, "discriminator": 0.1, "reconstruction": 0.02}
    assert terms.keys() == weights.keys()
    for name, weight in weights.items():
        assert float(terms[name]) == pytest.approx(weight / 1.22 * expected[name], rel=1e-4, abs=1e-6), name
    with torch.no_grad():
        alone = method.loss(batch, MASBIRObjective(**{**OFF, "orthogonal": 3.0}))
    assert {name: pytest.approx(float(value), rel=1e-4) for name, value in alone.items()} == {
        "orthogonal": expected["orthogonal"]
    }


def test_the_fine_terms_equal_a_slow_loop(method: MASBIR, batch: Batch) -> None:
    photos, sketches, _ = clip_rows(method, batch)
    m = method.encodings.weight.detach()
    expected = slow(method, [(s, 1, p, 0) for s, p in zip(sketches, photos, strict=True)])

    def hinge(row: int, other: Tensor) -> float:
        anchor = sketches[row] - m[1]
        return max(0.0, 0.2 + cos(anchor, other - m[0]) - cos(anchor, photos[row] - m[0]))

    own = [hinge(i, photos[j]) for i in range(4) for j in range(4) if i != j]
    wrong = method.batch([drawn.draw("mug", seed, size=64).pair() for seed in range(8)])
    with torch.no_grad():
        rows = method.backbone.embed_pictures(method.backbone.normalise(wrong.photos))
        terms = method.loss(batch, MASBIRObjective(level="fine"))
        given = dataclasses.replace(batch, negatives=Negatives(2, photos=wrong.photos))
        brought = method.loss(given, MASBIRObjective(level="fine"))["triplet"]
    weights = {"triplet": 1.0, "semantic": 0.1, "discriminator": 0.1, "reconstruction": 0.02}
    expected["triplet"] = float(np.mean(own))
    assert terms.keys() == weights.keys()
    for name, weight in weights.items():
        assert float(terms[name]) == pytest.approx(weight * expected[name], rel=1e-4, abs=1e-6), name
    theirs = [hinge(i, norm(rows[2 * i + k])) for i in range(4) for k in range(2)]
    assert float(brought) == pytest.approx(float(np.mean(theirs)), rel=1e-4)
    assert float(brought) != pytest.approx(float(np.mean(own)), rel=1e-2)


def vectors(method: Method, pairs: Pairs) -> dict[str, Floats]:
    return {
        "photo": method.encode_photos([photo for _, photo in pairs]).vectors,
        "sketch": method.encode_queries([Query(query.sketches) for query, _ in pairs]).vectors,
        "text": method.encode_queries([Query(text=query.text) for query, _ in pairs]).vectors,
        "both": method.encode_queries([query for query, _ in pairs]).vectors,
    }


def test_queries_are_converted_and_photos_never(method: MASBIR, pairs: Pairs, clip_folder: Path) -> None:
    late = build("late_fusion", load_backbone(str(clip_folder))).eval()
    plain, converted = vectors(late, pairs), vectors(method, pairs)
    original = vectors(made(clip_folder, mode="original"), pairs)
    for name, rows in original.items():
        np.testing.assert_allclose(rows, plain[name], atol=1e-5)
    np.testing.assert_allclose(converted["photo"], plain["photo"], atol=1e-5)
    m = method.encodings.weight.detach().numpy()
    for name, own in (("sketch", 1), ("text", 3)):
        expected = plain[name] - m[own] + m[0]
        expected /= np.linalg.norm(expected, axis=1, keepdims=True)
        np.testing.assert_allclose(converted[name], expected, atol=1e-5)
        assert not np.allclose(converted[name], plain[name], atol=1e-2)
    both = converted["sketch"] + converted["text"]
    np.testing.assert_allclose(converted["both"], both / np.linalg.norm(both, axis=1, keepdims=True), atol=1e-5)


def test_it_starts_nearly_as_clip(clip_folder: Path, pairs: Pairs) -> None:
    late = build("late_fusion", load_backbone(str(clip_folder))).eval()
    fresh = build("ma_sbir", load_backbone(str(clip_folder))).eval()
    nearness = (vectors(late, pairs)["sketch"] * vectors(fresh, pairs)["sketch"]).sum(axis=1)
    assert (nearness > 0.97).all()


def test_who_was_drawn_after_whom_never_reaches_the_loss(method: MASBIR, batch: Batch) -> None:
    """Sketches may change places within a category, as may the words, and nothing changes."""
    swapped = batch.sketches[[1, 0, 2, 3]]
    strange = batch.sketches[[2, 1, 0, 3]]
    with torch.no_grad():
        before, after, wrong = (
            method.loss(dataclasses.replace(batch, sketches=some, ids=batch.ids[[3, 2, 1, 0]]))
            for some in (batch.sketches, swapped, strange)
        )
    for name, value in before.items():
        assert float(after[name]) == pytest.approx(float(value), rel=1e-5)
    assert float(wrong["clip"]) != pytest.approx(float(before["clip"]), rel=1e-3)


def test_a_category_is_needed(method: MASBIR, batch: Batch) -> None:
    unknown = dataclasses.replace(batch, categories=("boot", None, "bag", "chair"))
    with pytest.raises(InputError, match="a photo to train on has none"):
        method.loss(unknown)
    assert "triplet" in method.loss(unknown, MASBIRObjective(level="fine"))


def test_long_words_are_cut_and_end_as_sentences_do(clip_folder: Path) -> None:
    short, long = "red boot with black", "red boot with black chair legs"
    cut, whole = made(clip_folder, mode="original", text_tokens=6), made(clip_folder, mode="original")
    ours = cut.encode_queries([Query(text=long), Query(text=short), Query(text="red")]).vectors
    theirs = whole.encode_queries([Query(text=short), Query(text=short), Query(text="red")]).vectors
    np.testing.assert_allclose(ours, theirs, atol=1e-6)
    assert not np.allclose(whole.encode_queries([Query(text=long)]).vectors[0], ours[0], atol=1e-3)


def test_the_temperature_starts_anew_but_is_read_back(clip_folder: Path, tmp_path: Path) -> None:
    late = load(clip_folder)
    first = build("ma_sbir", late.backbone)
    first.inherit(late)
    assert first.backbone.clip.logit_scale.item() == pytest.approx(2.6592)
    with torch.no_grad():
        first.backbone.clip.logit_scale.fill_(3.5)
        first.get_parameter("encodings.weight").add_(1.0)
    first.eval().save(tmp_path)
    saved = load(tmp_path)
    assert saved.backbone.clip.logit_scale.item() == 3.5
    again = build("ma_sbir", saved.backbone)
    again.inherit(saved)
    assert again.backbone.clip.logit_scale.item() == 3.5
    assert torch.equal(again.get_parameter("encodings.weight"), first.get_parameter("encodings.weight"))
    assert saved.fingerprint() == first.fingerprint()
    assert saved.fingerprint() != made(clip_folder).fingerprint()


def test_the_fine_variant_overfits_ten_pairs(clip_folder: Path) -> None:
    method = made(clip_folder, encoding_std=0.02)
    ten = [drawn.draw("chair" if seed % 2 else "boot", seed, size=64).pair() for seed in range(10)]
    batch, wanted = method.batch(ten), MASBIRObjective(level="fine")
    assert_moves_exactly(made(clip_folder), FINE_PATTERNS, batch, wanted)
    method.requires_grad_(True)
    optimiser = torch.optim.AdamW(
        [p for name, p in method.named_parameters() if not name.startswith("backbone.clip.text")], lr=2e-3
    )
    for _ in range(60):
        optimiser.zero_grad()
        torch.stack(list(method.loss(batch, wanted).values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(method.parameters(), 1.0)
        optimiser.step()
    rows = vectors(method.train().eval(), ten)
    assert (rows["sketch"] @ rows["photo"].T).argmax(axis=1).tolist() == list(range(10))


def assert_moves_exactly(
    method: MASBIR, patterns: tuple[str, ...], batch: Batch, wanted: MASBIRObjective | None
) -> None:
    free_only(method, patterns)
    before = {name: value.detach().clone() for name, value in method.state_dict().items()}
    optimiser = torch.optim.Adam([p for p in method.parameters() if p.requires_grad], lr=1e-3, eps=1e-30)
    torch.stack(list(method.loss(batch, wanted).values())).sum().backward()
    optimiser.step()
    moved = {name for name, value in method.state_dict().items() if not torch.equal(value, before[name])}
    assert moved == set(matching(method, patterns))


def test_the_contract_holds_for_lines() -> None:
    settings = {"sketch": "lines", "place_dimension": 48, "mode": "original"}
    check_method(lambda backbone: build("ma_sbir", backbone, settings), patterns=(("*",), ("sketch.*", "encodings.*")))

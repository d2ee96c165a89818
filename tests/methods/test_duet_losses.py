"""The six losses of Duet against slow loops that put every sentence together word by word, and what they move."""

import dataclasses
import math
from pathlib import Path

import pytest
import torch
from torch import Tensor
from worded import Pairs, four_pairs, varied

from stbir.data import drawn
from stbir.errors import ConfigError
from stbir.functional.scoring import unit
from stbir.methods.batch import Batch, Negatives
from stbir.methods.duet import FIXED, NEUTRAL, Duet, DuetObjective
from stbir.nn.freezing import free_only, matching
from stbir.nn.text import Sentence

EACH = 2
PUBLISHED = ["backbone.clip.vision_model.*lay*norm*", "converter.*", "prompt.*", "decoder.*"]


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    return four_pairs()


@pytest.fixture
def method(clip_folder: Path, pairs: Pairs) -> Duet:
    return varied(clip_folder, pairs)


def test_no_row_can_be_taken_for_another(method: Duet, pairs: Pairs) -> None:
    slow = Slow(method, method.batch(pairs))
    for rows in (torch.stack(slow.queries), torch.stack(slow.complete), slow.photos):
        assert (rows @ rows.T - torch.eye(4)).max() < 0.99


def wrong_photos(method: Duet, count: int) -> Negatives:
    return Negatives(
        EACH, photos=method.batch([drawn.draw("bag", seed, size=64).pair() for seed in range(count)]).photos
    )


def cosine(first: Tensor, second: Tensor) -> float:
    dot = sum(float(a) * float(b) for a, b in zip(first, second, strict=True))
    return dot / math.sqrt(sum(float(a) ** 2 for a in first) * sum(float(b) ** 2 for b in second))


def apart(first: Tensor, second: Tensor) -> float:
    return 1 - cosine(first, second)


class Slow:
    """One row at a time, with CLIP as the library runs it."""

    def __init__(self, method: Duet, batch: Batch) -> None:
        self.method, self.batch, self.clip = method, batch, method.backbone.clip
        self.table = self.clip.text_model.embeddings.token_embedding
        self.photos, self.patches = self.look(method.see(batch.photos))
        self.sketches, _ = self.look(method.backbone.normalise(batch.sketches))
        self.queries = [self.said(method.prompt.words, self.word(s)) for s in self.sketches]
        self.complete = [
            self.said(method.prompt.words, self.word(s), self.word(p - s))
            for s, p in zip(self.sketches, self.photos, strict=True)
        ]

    def look(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        tokens = self.clip.vision_model(pixel_values=pixels).last_hidden_state[:, 1:]
        patches = self.clip.visual_projection(self.clip.vision_model.post_layernorm(tokens))
        return unit(self.clip.get_image_features(pixel_values=pixels).pooler_output), unit(patches)

    def word(self, feature: Tensor) -> Tensor:
        return self.method.converter(feature[None] * math.sqrt(len(feature)))

    def real(self, text: str) -> Tensor:
        return self.table(torch.tensor(self.method.backbone.preprocessing.tokenizer(text)["input_ids"][1:-1]))

    def said(self, *pieces: Tensor) -> Tensor:
        tower = self.method.backbone.text
        rows = torch.cat([self.table(torch.tensor([tower.begin])), *pieces, self.table(torch.tensor([tower.end]))])
        return unit(tower(Sentence(rows[None], torch.ones(1, len(rows), dtype=torch.bool))))[0]

    def region(self, query: Tensor, patches: Tensor) -> Tensor:
        weights = [math.exp(cosine(query, v) / 0.07) for v in patches]
        return sum((w / sum(weights) * v for w, v in zip(weights, patches, strict=True)), torch.zeros(len(query)))

    def wrong(self, row: int) -> list[tuple[Tensor, Tensor]]:
        """The wrong photos of a row with their patches."""
        if self.batch.negatives is None:
            return [(self.photos[j], self.patches[j]) for j in range(len(self.photos)) if j != row]
        assert self.batch.negatives.photos is not None
        photos, patches = self.look(self.method.see(self.batch.negatives.photos))
        return [(photos[j], patches[j]) for j in range(EACH * row, EACH * (row + 1))]

    def triplets(self) -> tuple[float, float]:
        whole: list[float] = []
        regions: list[float] = []
        for row, query in enumerate(self.queries):
            for photo, patches in self.wrong(row):
                whole.append(max(0.0, 0.2 + apart(query, self.photos[row]) - apart(query, photo)))
                near, far = self.region(query, self.patches[row]), self.region(query, patches)
                regions.append(max(0.0, 0.2 + apart(query, near) - apart(query, far)))
        return sum(whole) / len(whole), sum(regions) / len(regions)


@pytest.mark.parametrize("given", [False, True], ids=["batch", "explicit"])
@torch.no_grad()
def test_triplets_equal_a_slow_loop(method: Duet, pairs: Pairs, given: bool) -> None:
    batch = method.batch(pairs)
    if given:
        batch = dataclasses.replace(batch, negatives=wrong_photos(method, EACH * len(pairs)))
    whole, regions = Slow(method, batch).triplets()
    terms = method.loss(batch, DuetObjective(region=0.7))
    assert float(terms["triplet"]) == pytest.approx(whole, abs=1e-5)
    assert float(terms["region"]) == pytest.approx(0.7 * regions, abs=1e-5)
    without = method.loss(batch, DuetObjective(region=0))
    assert "region" not in without
    assert float(without["triplet"]) == pytest.approx(whole, abs=1e-5)


@torch.no_grad()
def test_photos_as_words_on_request(method: Duet, pairs: Pairs) -> None:
    batch = method.batch(pairs)
    assert "photo words" not in method.loss(batch)
    slow = Slow(method, batch)
    told = [slow.said(method.prompt.words, slow.word(p)) for p in slow.photos]
    hinges = [
        max(0.0, 0.2 + apart(own, slow.photos[i]) - apart(own, photo))
        for i, own in enumerate(told)
        for photo, _ in slow.wrong(i)
    ]
    terms = method.loss(batch, DuetObjective(photo_words=0.3))
    assert float(terms["photo words"]) == pytest.approx(0.3 * sum(hinges) / len(hinges), abs=1e-5)


@torch.no_grad()
def test_what_is_missing_must_help(method: Duet, pairs: Pairs) -> None:
    batch = method.batch(pairs)
    slow = Slow(method, batch)
    rows = zip(slow.queries, slow.complete, slow.photos, strict=True)
    hinges = [max(0.0, 0.1 + apart(whole, p) - apart(q, p)) for q, whole, p in rows]
    assert len({round(hinge, 3) for hinge in hinges}) > 1
    assert float(method.loss(batch)["composed"]) == pytest.approx(0.5 * sum(hinges) / 4, abs=1e-5)


@torch.no_grad()
def test_words_that_say_nothing_must_change_nothing(method: Duet, pairs: Pairs) -> None:
    batch = method.batch(pairs)
    slow = Slow(method, batch)
    moved: list[float] = []
    for row, query in enumerate(slow.queries):
        told = slow.said(method.prompt.words, slow.word(slow.sketches[row]), slow.real(NEUTRAL[row]))
        moved.append(abs(apart(told, slow.photos[row]) - apart(query, slow.photos[row])))
    assert float(method.loss(batch)["neutral"]) == pytest.approx(0.5 * sum(moved) / 4, abs=1e-5)
    texts = ("red leather", "mug")  # fewer than rows: round and round
    told = [slow.said(method.prompt.words, slow.word(s), slow.real(texts[i % 2])) for i, s in enumerate(slow.sketches)]
    moved = [abs(apart(t, p) - apart(q, p)) for t, p, q in zip(told, slow.photos, slow.queries, strict=True)]
    terms = method.loss(batch, DuetObjective(neutral_texts=texts))
    assert float(terms["neutral"]) == pytest.approx(0.5 * sum(moved) / 4, abs=1e-5)


@torch.no_grad()
def test_the_prompt_stays_near_fixed_ones(method: Duet, pairs: Pairs) -> None:
    batch = method.batch(pairs)
    slow = Slow(method, batch)
    far, contrast = 0.0, 0.0
    for prompt in FIXED:
        fixed = [slow.said(slow.real(prompt), slow.word(s)) for s in slow.sketches]
        scores = [[cosine(q, f) / 0.07 for f in fixed] for q in slow.queries]
        for i, query in enumerate(slow.queries):
            far += apart(query, fixed[i])
            across, down = (sum(math.exp(s) for s in line) for line in (scores[i], [row[i] for row in scores]))
            contrast -= (2 * scores[i][i] - math.log(across) - math.log(down)) / 2
    count = len(FIXED) * len(pairs)
    assert float(method.loss(batch)["prompts"]) == pytest.approx(0.1 * far / count, abs=1e-5)
    terms = method.loss(batch, DuetObjective(prompts_loss="nce"))
    assert float(terms["prompts"]) == pytest.approx(0.1 * contrast / count, rel=1e-3)


@torch.no_grad()
def test_the_photo_is_drawn_from_sketch_and_completed_sketch(method: Duet, pairs: Pairs) -> None:
    batch = method.batch(pairs)
    slow = Slow(method, batch)
    wrong = 0.0
    for row in range(len(pairs)):
        target = torch.from_numpy(batch.photos[row]).permute(2, 0, 1) / 255
        for vector in (slow.queries[row], slow.complete[row]):
            picture = method.decoder(vector[None])[0]
            assert picture.shape == (3, 64, 64)
            wrong += float((picture - target).square().sum()) / (3 * 64 * 64)
    assert float(method.loss(batch)["picture"]) == pytest.approx(0.1 * wrong / 4, rel=1e-4)


@torch.no_grad()
def test_a_second_drawing_of_an_object_is_no_wrong_answer(method: Duet, pairs: Pairs) -> None:
    batch = method.batch(pairs)
    twins = dataclasses.replace(batch, instances=("a", "a", "b", "c"))
    slow = Slow(method, twins)
    hinges = [
        max(0.0, 0.2 + apart(q, slow.photos[i]) - apart(q, slow.photos[j]))
        for i, q in enumerate(slow.queries)
        for j in range(4)
        if i != j and {i, j} != {0, 1}
    ]
    terms = method.loss(twins)
    assert float(terms["triplet"]) == pytest.approx(sum(hinges) / len(hinges), abs=1e-5)
    assert float(terms["region"]) != pytest.approx(float(method.loss(batch)["region"]), abs=1e-6)


@torch.no_grad()
def test_no_caption_is_read(method: Duet, pairs: Pairs) -> None:
    silent = [(dataclasses.replace(query, text=None), photo) for query, photo in pairs]
    expected, batch = method.loss(method.batch(pairs)), method.batch(silent)
    nothing = dataclasses.replace(batch, ids=torch.zeros(0, 0), mask=torch.zeros(0, 0))
    for name, term in method.loss(nothing).items():
        assert float(term) == float(expected[name]), name


def test_the_photo_is_cut_off_in_the_difference(method: Duet, pairs: Pairs) -> None:
    """The slope of L_comp at p+ is that of its two distances alone: 0.5 (q - q_D) / rows where the hinge is open."""
    batch = method.batch(pairs)
    photos = method.rows(batch, "photo").detach().requires_grad_(True)
    known = dataclasses.replace(batch, embedded={"photo": photos})
    method.loss(known, DuetObjective(region=0, composed_margin=2.0))["composed"].backward()
    with torch.no_grad():
        slow = Slow(method, batch)
        expected = 0.5 * (torch.stack(slow.queries) - torch.stack(slow.complete)) / len(pairs)
    assert photos.grad is not None
    torch.testing.assert_close(photos.grad, expected, atol=1e-5, rtol=1e-3)


def test_what_the_paper_trains_learns_through_a_frozen_text_tower(method: Duet, pairs: Pairs) -> None:
    free = set(free_only(method, PUBLISHED))
    norms = {
        name for name, part in method.backbone.vision.model.named_modules() if isinstance(part, torch.nn.LayerNorm)
    }
    assert {name for name in free if name.startswith("backbone.")} == {
        f"backbone.clip.vision_model.{name}.{kind}" for name in norms for kind in ("weight", "bias")
    }
    torch.stack(list(method.loss(method.batch(pairs)).values())).sum().backward()
    for name, parameter in method.named_parameters():
        if name in free:
            assert parameter.grad is not None, name
            assert parameter.grad.abs().sum() > 0, name
        else:
            assert parameter.grad is None, name


@pytest.mark.parametrize(
    ("term", "unmoved"),
    [("triplet", "decoder.*"), ("region", "decoder.*"), ("composed", "decoder.*"), ("neutral", "decoder.*")],
)
def test_terms_reach_converter_prompt_and_norms(method: Duet, pairs: Pairs, term: str, unmoved: str) -> None:
    free_only(method, PUBLISHED)
    method.loss(method.batch(pairs), DuetObjective(margin=3.0, composed_margin=3.0))[term].backward()
    reached = {name for name, value in method.named_parameters() if value.grad is not None and value.grad.abs().sum()}
    assert reached == set(matching(method, PUBLISHED)) - set(matching(method, [unmoved]))


def test_known_photos_are_not_computed(method: Duet, pairs: Pairs, monkeypatch: pytest.MonkeyPatch) -> None:
    batch, objective = method.batch(pairs), DuetObjective(region=0)
    with torch.no_grad():
        expected, known = method.loss(batch, objective), method.rows(batch, "photo")
        monkeypatch.setattr(method, "embed_photos", lambda *_: pytest.fail("a frozen tower ran"))
        got = method.loss(dataclasses.replace(batch, embedded={"photo": known}), objective)
    for name, value in expected.items():
        assert float(got[name]) == pytest.approx(float(value), abs=1e-6)


@pytest.mark.parametrize("region", [0.0, 1.0])
def test_wrong_things_without_photos_are_refused(method: Duet, pairs: Pairs, region: float) -> None:
    batch = method.batch(pairs)
    only_sketches = dataclasses.replace(batch, negatives=Negatives(1, sketches=batch.sketches))
    with pytest.raises(ConfigError, match="wants wrong photos"):
        method.loss(only_sketches, DuetObjective(region=region))


def test_half_precision_compares_in_full(method: Duet, pairs: Pairs) -> None:
    batch = method.batch(pairs)
    with torch.inference_mode():
        exact = method.loss(batch)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            rough = method.loss(batch)
    for name, term in rough.items():
        assert term.dtype == torch.float32
        assert float(term) == pytest.approx(float(exact[name]), rel=0.2, abs=0.03), name

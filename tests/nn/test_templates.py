"""Fusion by templates: its terms against slow loops, and that both modalities reach the query."""

import math

import pytest
import torch
from torch import Tensor

from stbir.functional.scoring import unit
from stbir.nn.templates import TemplateConfig, TemplateLoss, Templates, hard_nce, overlap

BATCH, SIZE = 5, 16


def random_rows(seed: int, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def templates() -> Templates:
    torch.manual_seed(0)
    return Templates(SIZE, TemplateConfig(count=3, layers=2, heads=4, hidden=6)).eval()


def test_both_modalities_reach_the_query(templates: Templates) -> None:
    sketch, text = unit(random_rows(0, BATCH, SIZE)), unit(random_rows(1, BATCH, SIZE))
    query = templates(sketch, text)
    torch.testing.assert_close(query.norm(dim=1), torch.ones(BATCH))
    torch.testing.assert_close(templates(sketch[1:2], text[1:2])[0], query[1])
    assert not torch.allclose(query, templates(text, text), atol=1e-3)
    assert not torch.allclose(query, templates(sketch, sketch), atol=1e-3)


def test_only_the_hardest_count() -> None:
    right, wrong = random_rows(2, BATCH), random_rows(3, BATCH, 7)
    total = 0.0
    for r, others in zip(right.tolist(), wrong.tolist(), strict=True):
        scores = [math.exp(s / 0.5) for s in (r, *sorted(others)[-3:])]
        total -= math.log(scores[0] / sum(scores))
    assert float(hard_nce(right, wrong, 0.5, hardest=3)) == pytest.approx(total / BATCH, rel=1e-5)
    assert float(hard_nce(right, wrong, 0.5, hardest=99)) > total / BATCH


def test_overlap_is_the_mean_squared_correlation_of_all_pairs() -> None:
    parts = [random_rows(seed, 20, 3) for seed in (4, 5, 6)]
    total, count = 0.0, 0
    for first, second in ((0, 1), (0, 2), (1, 2)):
        for i in range(3):
            for j in range(3):
                both = torch.corrcoef(torch.stack([parts[first][:, i], parts[second][:, j]]))
                total, count = total + float(both[0, 1]) ** 2, count + 1
    assert float(overlap(*parts)) == pytest.approx(total / count, rel=1e-3)


def test_the_terms_of_the_loss(templates: Templates) -> None:
    sketch, text, photos = (unit(random_rows(seed, BATCH, SIZE)) for seed in (0, 1, 2))
    query = templates(sketch, text).detach()
    scores = (query @ photos.T).diagonal(), query @ photos.roll(1, 0).T
    weights = TemplateLoss(hard=1, sketch=2, text=3, apart=4, rebuilt=5)
    with torch.no_grad():
        terms = templates.loss(query, sketch, text, scores, weights)
        shared, drawn, said = templates.shared(query), templates.sketch_only(query), templates.text_only(query)
        sketches = unit(templates.to_sketch(torch.cat([shared, drawn], dim=1)))
        texts = unit(templates.to_text(torch.cat([shared, said], dim=1)))
        queries = templates.to_query(torch.cat([shared, drawn, said], dim=1))
    expected = {
        "hard": float(hard_nce(*scores, 0.07, hardest=8)),
        "rebuilt sketch": 2 * sum(1 - float(a @ b) for a, b in zip(sketches, sketch, strict=True)) / BATCH,
        "rebuilt text": 3 * sum(1 - float(a @ b) for a, b in zip(texts, text, strict=True)) / BATCH,
        "apart": 4 * float(overlap(shared, drawn, said)),
        "rebuilt query": 5 * float(((queries - query) ** 2).sum()) / (BATCH * SIZE),
    }
    assert {name: float(value) for name, value in terms.items()} == pytest.approx(expected, rel=1e-4)

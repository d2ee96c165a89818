"""The judge of queries: the standing it learns from, and that it learns it."""

import math

import pytest
import torch

from stbir.functional.scoring import unit
from stbir.nn.quality import Judge, standing


def test_clear_places_give_the_logarithm_of_the_rank() -> None:
    wrong = torch.tensor([[0.1, 0.3, 0.5, 0.7, -torch.inf]])  # five photos in all
    for right, rank in ((0.9, 1), (0.6, 2), (0.4, 3), (0.2, 4), (-0.1, 5)):
        got = float(standing(torch.tensor([right]), wrong))
        assert got == pytest.approx(1 - math.log(rank) / math.log(5), abs=0.01)


def test_a_near_win_counts_less_than_a_clear_one() -> None:
    near, clear = (float(standing(torch.tensor([r]), torch.tensor([[0.5, 0.2]]))) for r in (0.51, 0.8))
    assert 0.5 < near < 0.8 < clear <= 1


def test_alone_there_is_nothing_to_lose() -> None:
    assert standing(torch.tensor([0.3]), torch.tensor([[-torch.inf]])).tolist() == [1.0]


def test_it_learns_which_queries_do_well() -> None:
    generator = torch.Generator().manual_seed(0)
    torch.manual_seed(0)
    photos = unit(torch.randn(128, 16, generator=generator))
    odd = torch.eye(16)[1]
    spoilt = (torch.arange(128) % 2 == 0)[:, None]

    def asked(poor: torch.Tensor) -> torch.Tensor:
        """Poor ones are torn away from their photo, and towards one side, as odd sketches are."""
        strange = unit(torch.randn(128, 16, generator=generator) + 3 * odd)
        return unit(torch.where(poor, strange, photos + 0.1 * torch.randn(128, 16, generator=generator)))

    queries = asked(spoilt)
    scores = queries @ photos.T
    reached = standing(scores.diagonal(), scores.masked_fill(torch.eye(128, dtype=torch.bool), -torch.inf))
    judge = Judge(16)
    optimiser = torch.optim.Adam(judge.parameters(), lr=1e-2)
    for _ in range(100):
        optimiser.zero_grad()
        judge.loss(queries, reached).backward()
        optimiser.step()
    with torch.no_grad():
        foreseen = judge(asked(~spoilt))  # those that did well do badly now
    assert float(foreseen[spoilt[:, 0]].mean()) > float(foreseen[~spoilt[:, 0]].mean()) + 0.3


def test_queries_and_standings_get_no_gradient() -> None:
    queries, reached = torch.randn(4, 8, requires_grad=True), torch.rand(4, requires_grad=True)
    judge = Judge(8)
    judge.loss(queries, reached).backward()
    assert queries.grad is None
    assert reached.grad is None
    assert all(value.grad is not None and bool(value.grad.abs().sum() > 0) for value in judge.parameters())

"""Better, worse or not shown: on values made by hand."""

from pathlib import Path

import pytest

from stbir.training.verdict import NOT_MEASURED, judge, read_verdict, write_verdict
from stbir.types import Report


def report(values: list[float], modality: str = "both") -> Report:
    mean = sum(values) / len(values)
    measures = ("acc@1", "mrr")
    return Report(
        protocol={},
        results={modality: {**dict.fromkeys(measures, mean), "median_rank": 1.0, "queries": len(values)}},
        per_query={
            modality: {
                "query": list(range(len(values))),
                "target": [f"photo {number}" for number in range(len(values))],
                **{name: values for name in measures},
            }
        },
    )


@pytest.mark.parametrize(
    ("before", "after", "outcome", "words"),
    [
        (0.0, 1.0, "better", "better than at the start: both/acc@1 went from 0.125 to 0.875 on 40 held-out queries"),
        (1.0, 0.0, "worse", "worse than at the start: both/acc@1 went from 0.875 to 0.125"),
        (1.0, 1.0, "no difference", "not shown to differ from the start: both/acc@1 went from 0.875 to 0.875"),
    ],
)  # fmt: skip
def test_the_outcome_follows_from_the_interval(before: float, after: float, outcome: str, words: str) -> None:
    first = report([before] * 35 + [1 - before] * 5)
    second = report([after] * 35 + [1 - after] * 5)
    verdict = judge(first, second, "both/acc@1", chosen=False, seed=0)
    assert verdict.outcome == outcome
    assert words in verdict.words
    assert verdict.difference == pytest.approx((after - before) * 0.75)
    assert verdict.low is not None
    assert verdict.high is not None
    assert verdict.low <= verdict.difference <= verdict.high
    assert (verdict.low > 0, verdict.high < 0) == (outcome == "better", outcome == "worse")


@pytest.mark.parametrize(("more", "outcome"), [(1, "no difference"), (4, "no difference"), (8, "better")])
def test_a_few_queries_more_show_nothing(more: int, outcome: str) -> None:
    """Four tosses that all fall on one side happen once in eight times, though the interval is above 0."""
    first, second = report([0.0] * 40), report([0.0] * (40 - more) + [1.0] * more)
    verdict = judge(first, second, "both/acc@1", chosen=False, seed=0)
    assert verdict.outcome == outcome
    assert verdict.low is not None
    assert (verdict.low > 0) == (more > 1)


@pytest.mark.parametrize("metric", ["loss", "both/median_rank", "sketch/median_rank"])
def test_what_has_no_value_per_query_is_judged_by_the_mrr(metric: str) -> None:
    verdict = judge(report([0.0] * 9, "both"), report([1.0] * 9, "both"), metric, chosen=True, seed=0)
    assert verdict.metric == "both/mrr"
    assert verdict.words.endswith("the weights were chosen by the same queries, which flatters them a little")


def test_it_is_written_and_read(tmp_path: Path) -> None:
    assert read_verdict(tmp_path) is None
    write_verdict(tmp_path, NOT_MEASURED)
    assert read_verdict(tmp_path) == NOT_MEASURED

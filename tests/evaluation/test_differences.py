"""The tests on a page of several models are those of `stbir compare`, and are left out where they cannot be made."""

from typing import Any

import numpy as np
import pytest

from stbir.evaluation.report.comparison import render_comparison
from stbir.evaluation.report.differences import RESAMPLES, SEED, differences
from stbir.evaluation.report.findings import Findings, check_findings
from stbir.evaluation.significance import compare_paired

COUNT = 60
HITS = {
    "weak": (np.random.default_rng(0).random(COUNT) < 0.3).astype(float),
    "strong": (np.random.default_rng(1).random(COUNT) < 0.8).astype(float),
}


def report(name: str, **changes: Any) -> Findings:
    values = HITS[name].tolist()
    said: dict[str, Any] = {
        "protocol": {"table": "t.csv", "revision": "1", "options": {}, "model": {"name": name, "source": "here"}},
        "results": {
            "sketch": {"queries": COUNT, "acc@1": float(HITS[name].mean()), "intervals": {"acc@1": [0.0, 1.0]}}
        },
        "per_query": {
            "sketch": {"query": [*range(1, COUNT + 1)], "target": [f"{i // 2}" for i in range(COUNT)], "acc@1": values}
        },
    }
    return check_findings(said | changes, source=name)


def test_the_page_says_what_the_test_says() -> None:
    (text,) = differences([report("weak"), report("strong")], ["<weak>", "strong"])
    expected = compare_paired(
        HITS["weak"], HITS["strong"], seed=SEED, clusters=np.arange(COUNT) // 2, resamples=RESAMPLES
    )
    assert f"+{100 * expected.mean:.1f}<small>" in text
    assert f"p {expected.p:.4f}" in text
    assert expected.p < 0.01
    assert "<weak>" not in text
    assert "Differences" in render_comparison([report("weak"), report("strong")])


@pytest.mark.parametrize(
    "other",
    [
        report("strong", per_query={}),
        report("strong", per_query={"sketch": {"query": [1], "target": ["0"], "acc@1": [1.0]}}),
        report(
            "strong",
            per_query={"sketch": {"query": [*range(2, COUNT + 2)], "target": ["0"] * COUNT, "acc@1": [1.0] * COUNT}},
        ),
    ],
    ids=["no values", "too few values", "other queries"],
)
def test_no_test_without_the_same_queries(other: Findings) -> None:
    assert differences([report("weak"), other], ["weak", "strong"]) == []
    assert "p " not in render_comparison([report("weak"), other]).partition("<h2>Differences</h2>")[2]

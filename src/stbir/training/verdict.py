"""Whether a run made the model better than it was at the start, with an interval around the difference."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from stbir.evaluation.comparison import compare_models
from stbir.training.stages import LOSS, lower_is_better, parts
from stbir.types import Report

FILE = "verdict.json"


@dataclass(frozen=True)
class Verdict:
    """What a run came to: "better", "worse", "no difference" or "unknown", in words and, where known, in numbers.

    `low` and `high` are the 95 % interval of `difference`, which is the end minus the start.
    """

    outcome: str
    words: str
    metric: str | None = None
    queries: int = 0
    start: float | None = None
    end: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None


NOT_MEASURED = Verdict(
    "unknown", "whether it is better than at the start is not known: the data of this recipe has no held-out part"
)


def judge(start: Report, end: Report, metric: str, *, chosen: bool, seed: int) -> Verdict:
    """Compare the reports of the start and of the end on the same queries, those of one photo taken together.

    DESIGN: a loss has no value per query, a median rank no mean over queries; for these the verdict is about the MRR
    of the first of both, sketch and text that was measured. And where few queries changed, the interval alone is too
    sure of itself: better or worse needs the randomisation test to agree at 5 %.

    Args:
        start: of the model before its first step.
        end: of the trained one.
        metric: what validation looked at.
        chosen: whether weights were chosen by these same queries, which flatters them.
        seed: of the paired bootstrap.
    """
    modality, name = parts(metric)
    if metric == LOSS or lower_is_better(metric):
        name = "mrr"
    if modality not in end.results:
        modality = next(one for one in ("both", "sketch", "text") if one in end.results)
    reports = [
        Report(
            protocol=report.protocol,
            results={modality: {name: report.results[modality][name]}},
            per_query={modality: report.per_query[modality]},
        )
        for report in (start, end)
    ]
    before, after = compare_models(reports, seed=seed)[modality][name]
    found = after.difference
    assert found is not None
    queries = len(end.per_query[modality]["query"])
    sure = found.p <= 0.05
    outcome = "better" if sure and found.low > 0 else "worse" if sure and found.high < 0 else "no difference"
    first = {
        "better": "better than at the start",
        "worse": "worse than at the start",
        "no difference": "not shown to differ from the start",
    }[outcome]
    words = (
        f"{first}: {modality}/{name} went from {before.value:.3f} to {after.value:.3f} on {queries:,} held-out "
        f"queries ({found.mean:+.3f}, 95 % interval {found.low:+.3f} to {found.high:+.3f}, p = {found.p:.2g})"
    )
    if chosen:
        words += "; the weights were chosen by the same queries, which flatters them a little"
    return Verdict(
        outcome=outcome,
        words=words,
        metric=f"{modality}/{name}",
        queries=queries,
        start=before.value,
        end=after.value,
        difference=found.mean,
        low=found.low,
        high=found.high,
        p=found.p,
    )


def write_verdict(folder: Path, verdict: Verdict) -> None:
    """Put a verdict into the folder of its run."""
    (folder / FILE).write_text(json.dumps(asdict(verdict), indent=2) + "\n", encoding="utf-8")


def read_verdict(folder: Path) -> Verdict | None:
    """Read the verdict of a finished run; None where it left none, as runs of older versions."""
    path = folder / FILE
    return Verdict(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None

"""One protocol for every method: how often, and how high, the one right photo is found.

Each query looks for one photo and is ranked against every distinct photo of the split, or with
`within="category"` against those of its category. Ties count against the target.
"""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

import stbir
from stbir.errors import InputError
from stbir.evaluation.intervals import bootstrap
from stbir.evaluation.targets import Labels, Targets, find_targets
from stbir.evaluation.vectors import encode_asked, encode_gallery
from stbir.functional.metrics import Ranks, hit_at, median_rank, reciprocal
from stbir.types import Floats, Report, Split

if TYPE_CHECKING:
    from stbir.methods.base import Method

CUTS = (1, 5, 10)
TIES = "against the target (scores equal to 6 decimals)"
AGGREGATION = "mean over queries"


def evaluate(
    method: Method,
    split: Split,
    *,
    within: Literal["category"] | None = None,
    seed: int = 0,
    resamples: int = 1000,
    progress: bool = False,
    photos: Floats | None = None,
) -> Report:
    """Measure `method` on `split`: with the sketch alone, the words alone, and both.

    Acc@k, MRR and the median rank count all queries of the modality; the relevant photos of a query are those
    of its instance. Rates and MRR come with a bootstrap 95 % interval (percentile, queries resampled).

    Args:
        method: what embeds queries and photos.
        split: every query names its instance; a table read by `stbir.data.table.read_table`.
        within: "category" ranks each query only against the photos of its target's category.
        seed: of the resampling.
        resamples: how often the queries are resampled.
        progress: show a bar while the photos are embedded.
        photos: the vectors of the photos, from `stbir.evaluation.vectors.encode_gallery`, where they are known already.

    Raises:
        InputError: nothing to rank, a target that is not among the photos, a photo without a category where
            `within` needs one, a picture or a sketch that cannot be read.
    """
    targets = find_targets(split, within=within)
    # queries first: a broken sketch is found before the long run over the photos
    asked = encode_asked(method, split.queries)
    if not asked:
        raise InputError(f"{split.name} has no query with a sketch or words; there is nothing to measure")
    wanted = {name: targets.of(part.wanted) for name, part in asked.items()}
    if photos is None:
        photos = encode_gallery(method, split.photos, progress=progress)
    results: dict[str, dict[str, Any]] = {}
    for name, part in asked.items():
        ranks = targets.ranks(part.vectors, photos, wanted=wanted[name])
        results[name] = summarise(ranks, seed=seed, resamples=resamples)
    protocol = describe(
        method, targets, asked=np.concatenate([*wanted.values()]), within=within, seed=seed, resamples=resamples
    )
    return Report(protocol=protocol, results=results)


def describe(
    method: Method, targets: Targets, *, asked: Labels, within: str | None, seed: int, resamples: int
) -> dict[str, Any]:
    """The protocol that all measurements share, in words and numbers; `asked` are the labels of all targets."""
    split = targets.split
    return {
        "table": split.name,
        "gallery": len(split.photos),
        "queries": len(split.queries),
        "distractors": len(split.photos) - int(np.isin(targets.photos, asked).sum()),
        "within": within,
        "ties": TIES,
        "aggregation": AGGREGATION,
        "intervals": "bootstrap over queries, percentile, 95 %",
        "seed": seed,
        "resamples": resamples,
        "model": {"name": method.name, "source": method.source, "fingerprint": method.fingerprint()},
        "stbir": stbir.__version__,
        "torch": _installed("torch"),
        "hardware": hardware(),
    }


def summarise(ranks: Ranks, *, seed: int, resamples: int) -> dict[str, Any]:
    """Average the measures of one modality and put an interval around each rate and around MRR."""
    values = {f"acc@{k}": hit_at(ranks, k) for k in CUTS} | {"mrr": reciprocal(ranks)}
    intervals = bootstrap(values, seed=seed, resamples=resamples)
    return {
        **{name: float(value.mean()) for name, value in values.items()},
        "median_rank": median_rank(ranks),
        "queries": len(ranks),
        "intervals": {name: list(interval) for name, interval in intervals.items()},
    }


def hardware() -> str:
    """Name the processor and how many cores this process may use."""
    name = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                name = line.partition(":")[2].strip()
                break
    except OSError:
        pass  # not Linux
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return f"{name}, {cores} core{'s'[: cores > 1]}"


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None

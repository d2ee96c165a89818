"""One way to measure every method: which queries, which photos, which numbers, all of it said in the report.

By default each query looks for one photo and is ranked against every distinct photo of the split, or with
`within="category"` against those of its category, and ties count against the target. Everything else is an
option of `stbir.evaluation.options.Protocol`.
"""

from __future__ import annotations

import os
import platform
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

import stbir
from stbir.errors import InputError
from stbir.evaluation.averaged import Averaged
from stbir.evaluation.findings import Evaluation, Findings, find
from stbir.evaluation.intervals import clusters_of
from stbir.evaluation.measures import RANK, summarise_values
from stbir.evaluation.options import Protocol, changed, said_about, said_of_ties
from stbir.evaluation.presets import PRESETS
from stbir.evaluation.rerank import Reranking, kept, rows_of
from stbir.evaluation.revision import revision
from stbir.evaluation.targets import Labels, Targets, find_targets
from stbir.evaluation.trial import Trial, lay_out, selection
from stbir.evaluation.vectors import encode_asked, encode_gallery
from stbir.types import Encoded, Report, Split

if TYPE_CHECKING:
    from stbir.methods.base import Method

CUTS = (1, 5, 10)
AGGREGATION = "mean over queries"


def evaluate(
    method: Method,
    split: Split,
    *,
    within: Literal["category"] | None = None,
    protocol: Protocol | None = None,
    seed: int = 0,
    resamples: int = 1000,
    progress: bool = False,
    photos: Encoded | None = None,
) -> Report:
    """Measure `method` on `split`: with the sketch alone, the words alone, and both.

    Acc@k, MRR and the median rank count all queries of the modality; the relevant photos of a query are those
    of its instance. Rates and MRR come with a bootstrap 95 % interval (percentile, queries resampled). A protocol may
    ask for other measures, galleries and queries.

    Args:
        method: what embeds queries and photos.
        split: every query names its instance; a table read by `stbir.data.table.read_table`.
        within: "category" ranks each query only against the photos of its target's category, whatever the protocol.
        protocol: what is measured; see `stbir.evaluation.presets` for the published ones.
        seed: of the resampling.
        resamples: how often the queries are resampled.
        progress: show a bar while the photos are embedded.
        photos: the photos encoded, by `stbir.evaluation.vectors.encode_gallery`, where they are so already.

    Raises:
        InputError: nothing to rank, a target that is not among the photos, a photo without a category where
            one is needed, a picture or a sketch that cannot be read.
    """
    protocol = protocol or Protocol()
    if within is not None:
        protocol = changed(protocol, {"within": within})
    return evaluate_in_full(
        method, split, protocol=protocol, depth=0, seed=seed, resamples=resamples, progress=progress, photos=photos
    ).report


def evaluate_in_full(
    method: Method,
    split: Split,
    *,
    protocol: Protocol,
    depth: int,
    seed: int = 0,
    resamples: int = 1000,
    progress: bool = False,
    photos: Encoded | None = None,
) -> Evaluation:
    """Measure as `evaluate` does, and keep the value of every query and its best photos, for files and pictures.

    Args:
        method: what embeds queries and photos.
        split: queries and photos.
        protocol: what is measured.
        depth: how many of the best photos of each query are kept.
        seed: of the resampling.
        resamples: how often the queries are resampled.
        progress: show a bar while the photos are embedded.
        photos: the photos encoded, by `stbir.evaluation.vectors.encode_gallery`, where they are so already.

    Raises:
        InputError: whatever `evaluate` refuses.
    """
    targets = find_targets(split, within=protocol.within)
    # queries first: a broken sketch is found before the long run over the photos
    queries = Averaged(split.queries) if protocol.sketches == "averaged" else split.queries
    asked = encode_asked(method, queries, asks=selection(targets, protocol), told=targets.told)
    if isinstance(queries, Averaged):
        first = queries.first
        asked = {name: replace(some, numbers=[first[n] for n in some.numbers]) for name, some in asked.items()}
    if not asked:
        of_these = f" of the {len(protocol.categories)} categories of protocol {protocol.name}" * bool(
            protocol.categories
        )
        raise InputError(f"{split.name} has no query with a sketch or words{of_these}; there is nothing to measure")
    trial = lay_out(targets, protocol, asked)
    # each photo once, however often it stands in the gallery
    numbers, places = np.unique(trial.gallery, return_inverse=True)
    if photos is None:
        encoded = kept(encode_gallery(method, [split.photos[number] for number in numbers], progress=progress))
    else:
        encoded = kept(rows_of(photos, numbers))
    if len(numbers) < len(places) or (places != np.arange(len(places))).any():
        encoded = rows_of(encoded, places)
    again = None if encoded.tokens is None else Reranking(method, encoded)
    findings = {name: find(trial, name, encoded.vectors, depth=depth, again=again) for name in trial.asked}
    results = {
        name: summarise_values(
            found.values,
            protocol,
            seed=seed,
            resamples=resamples,
            clusters=clusters_of(trial.asked[name].wanted),
        )
        for name, found in findings.items()
    }
    said = describe(
        method,
        targets,
        asked=np.concatenate([*trial.wanted.values()]),
        within=protocol.within,
        seed=seed,
        resamples=resamples,
    )
    # what differs from one photo per query among all photos
    said |= {
        "gallery": len(trial.gallery),
        "distractors": trial.distractors,
        "ties": _ties(protocol),
        "options": protocol.model_dump(mode="json"),
        "said": said_about(protocol),
        "deviations": deviations(trial),
    }
    if again is not None:
        said["reranked"] = again.said()
    report = Report(
        protocol=said,
        results=results,
        per_query={name: _per_query(trial, name, found) for name, found in findings.items()},
    )
    return Evaluation(report, trial, findings)


def deviations(trial: Trial) -> list[str]:
    """Say where data or options are not those of the published protocol: such numbers are not comparable with it."""
    protocol, found = trial.protocol, []
    photos = len(trial.gallery)
    if protocol.expected_photos is not None and photos != protocol.expected_photos:
        found.append(f"{protocol.expected_photos:,} photos expected, {photos:,} found")
    drawn = len(trial.asked["sketch"].numbers) if "sketch" in trial.asked else 0
    if protocol.expected_queries is not None and drawn != protocol.expected_queries:
        found.append(f"{protocol.expected_queries:,} sketches expected, {drawn:,} found")
    published = PRESETS.get(protocol.name, protocol)
    if published != Protocol():
        changed = [key for key, value in published if value != getattr(protocol, key)]
        found += [f"{key} changed to {getattr(protocol, key)}" for key in changed]
    return found


def _ties(protocol: Protocol) -> str:
    return f"{said_of_ties(protocol.ties)} (scores equal to 6 decimals)"


def _per_query(trial: Trial, name: str, found: Findings) -> dict[str, list[Any]]:
    """One list per column, so that the file stays small; a rank that does not exist is None."""
    asked, photos = trial.asked[name], trial.targets.split.photos
    shown = [None if i not in trial.targets.numbers else photos[trial.targets.numbers[i]].id for i in asked.wanted]
    columns: dict[str, list[Any]] = {"query": [number + 1 for number in asked.numbers], "target": shown}
    for measure, values in found.values.items():
        whole = measure == RANK and bool((values == np.floor(values)).all())
        columns[measure] = [
            None if not np.isfinite(value) else int(value) if whole else float(value) for value in values
        ]
    return columns


def describe(
    method: Method, targets: Targets, *, asked: Labels, within: str | None, seed: int, resamples: int
) -> dict[str, Any]:
    """The protocol that all measurements share, in words and numbers; `asked` are the labels of all targets."""
    split = targets.split
    return {
        "table": split.name,
        "revision": revision(split),
        "gallery": len(split.photos),
        "queries": len(split.queries),
        "distractors": len(split.photos) - int(np.isin(targets.photos, asked).sum()),
        "within": within,
        "ties": _ties(Protocol()),
        "aggregation": AGGREGATION,
        "intervals": "bootstrap, queries of one photo together, percentile, 95 %",
        "seed": seed,
        "resamples": resamples,
        "model": {"name": method.name, "source": method.source, "fingerprint": method.fingerprint()},
        "stbir": stbir.__version__,
        "torch": _installed("torch"),
        "python": platform.python_version(),
        "hardware": hardware(),
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

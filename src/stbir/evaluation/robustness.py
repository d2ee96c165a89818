"""How a model stands worse queries: curves over the strength of each degradation, and the area under them.

At every strength each query is degraded, embedded, and ranked against all photos, which are embedded once; a method
that re-ranks does so at every strength. Strength 0 is the query as it is. A query has one set of mistakes for one seed,
and a larger strength makes these larger, so that a curve compares like with like; nothing but the seed, the place of
the query in its table and the name of the degradation decides them.

The area is that under the curve of a measure, by the trapezoidal rule over strengths from 0 to 1: the mean height of
the curve, 1 for a model that finds everything at every strength. `kept` is the area as a share of the height at
strength 0: what is left of this model's own ability, 1 where the curve is flat. Flat is good where the query got
poorer; where it got wrong (words swapped, contradicted, negated) a flat curve means that nobody listened.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from stbir.errors import InputError
from stbir.evaluation.degradations import STRENGTHS, Degradation, choose
from stbir.evaluation.intervals import Labels, bootstrap
from stbir.evaluation.protocol import describe
from stbir.evaluation.ranking import Ranking
from stbir.evaluation.rerank import rows_of
from stbir.evaluation.targets import find_targets
from stbir.evaluation.vectors import BATCH, chunks, encode_gallery, hidden, only
from stbir.functional.metrics import Ranks, Reals, hit_at, reciprocal
from stbir.types import Encoded, Query, Report, Split

if TYPE_CHECKING:
    from stbir.methods.base import Method

MEASURES = ("acc@1", "acc@10", "mrr")


def evaluate_robustness(
    method: Method,
    split: Split,
    *,
    within: Literal["category"] | None = None,
    seed: int = 0,
    resamples: int = 1000,
    progress: bool = False,
    photos: Encoded | None = None,
    names: tuple[str, ...] | None = None,
) -> Report:
    """Measure `method` on queries that are degraded in every way that `stbir.evaluation.degradations` lists.

    The results of a modality hold a curve per degradation: Acc@1, Acc@10 and MRR at each strength and their areas,
    all with bootstrap 95 % intervals (percentile, queries resampled).

    Args:
        method: what embeds queries and photos.
        split: every query names its instance; a table read by `stbir.data.table.read_table`.
        within: "category" ranks each query only against the photos of its target's category.
        seed: of the mistakes and of the resampling.
        resamples: how often the queries are resampled.
        progress: show a bar while queries and photos are embedded.
        photos: the photos encoded, by `stbir.evaluation.vectors.encode_gallery`, where they are so already.
        names: of the degradations, all of them for None.

    Raises:
        InputError: no query that any of them applies to, or whatever `stbir.evaluation.protocol.evaluate` refuses.
        UnknownName: a degradation that is not known.
    """
    from tqdm import tqdm

    chosen = choose(names)
    targets = find_targets(split, within=within)
    if photos is None:
        photos = encode_gallery(method, split.photos, progress=progress)
    ranking = Ranking(method, targets, photos)
    curves = {name: {modality: _Curve() for modality in one.modalities} for name, one in chosen.items()}
    before = ""  # the last words of the chunk before, so that its first query has other words to be mixed up with
    place = 0
    with tqdm(total=len(split.queries), unit="query", disable=not progress, leave=False) as bar:
        for some in chunks(split.queries, BATCH):
            others = _other_words(some, before=before)
            for name, degradation in chosen.items():
                asked = _Asked(some, others, first=place, seed=seed, name=name)
                _measure(method, ranking, degradation, asked=asked, curves=curves[name])
            before = next((query.text for query in reversed(some) if query.text), before)
            place += len(some)
            bar.update(len(some))
    results: dict[str, dict[str, Any]] = {}
    for name, of_modality in curves.items():
        for modality, curve in of_modality.items():
            if curve.ranks:
                of_curves = results.setdefault(modality, {})
                of_curves[name] = {
                    **summarise(
                        np.concatenate(curve.ranks, axis=1),
                        seed=seed,
                        resamples=resamples,
                        clusters=np.concatenate(curve.labels),
                    ),
                    "not_applicable": curve.left_out,
                }
    if not results:
        needs = sorted({one.needs for one in chosen.values()})
        raise InputError(f"{split.name} has no query to degrade; give queries with {', or '.join(needs)}")
    labels = np.concatenate([one for of in curves.values() for curve in of.values() for one in curve.labels])
    protocol = describe(method, targets, asked=labels, within=within, seed=seed, resamples=resamples) | {
        "strengths": list(STRENGTHS),
        "degradations": {
            name: {
                "what": one.about,
                "needs": one.needs,
                "misleads": one.misleads,
                "not_applicable": max(curve.left_out for curve in curves[name].values()),
            }
            for name, one in chosen.items()
        },
        "areas": "under the curve from strength 0 to 1, trapezoidal; kept: the area over the height at strength 0",
        **ranking.said(),
    }
    return Report(
        protocol=protocol, results={name: results[name] for name in ("sketch", "text", "both") if name in results}
    )


def area(values: Reals, *, strengths: Sequence[float] = STRENGTHS) -> Reals:
    """Give the area under the curve of each query, over the width of the curve: the mean height.

    Args:
        values: of shape (strengths, queries).
        strengths: ascending, at least two.

    >>> area(np.array([[1.0, 1.0], [0.0, 1.0], [0.0, 1.0]]), strengths=(0, 0.5, 1)).tolist()
    [0.25, 1.0]
    """
    steps = np.diff(np.asarray(strengths, np.float64))
    assert len(strengths) == len(values) > 1, f"{len(values)} values at {len(strengths)} strengths"
    assert (steps > 0).all(), f"strengths must ascend: {strengths}"
    return ((values[1:] + values[:-1]) / 2 * steps[:, None]).sum(axis=0) / steps.sum()


def summarise(ranks: Ranks, *, seed: int, resamples: int, clusters: Labels | None = None) -> dict[str, Any]:
    """Average each measure at every strength and over all of them, with intervals.

    Args:
        ranks: of shape (strengths, queries).
        seed: of the resampling.
        resamples: how often the queries are resampled.
        clusters: which queries are drawn together; each by itself where it is left out.
    """
    values = {"acc@1": hit_at(ranks, 1), "acc@10": hit_at(ranks, 10), "mrr": reciprocal(ranks)}
    areas = {measure: area(value) for measure, value in values.items()}
    # one call, so that all intervals come from the same resampled queries
    rows = {f"{measure} {step}": value[step] for measure, value in values.items() for step in range(len(STRENGTHS))}
    intervals = bootstrap(rows | areas, seed=seed, resamples=resamples, clusters=clusters)
    curve = [
        {
            "strength": strength,
            **{measure: float(values[measure][step].mean()) for measure in MEASURES},
            "intervals": {measure: list(intervals[f"{measure} {step}"]) for measure in MEASURES},
        }
        for step, strength in enumerate(STRENGTHS)
    ]
    starts = {measure: float(values[measure][0].mean()) for measure in MEASURES}
    return {
        "queries": ranks.shape[1],
        "area": {measure: float(areas[measure].mean()) for measure in MEASURES},
        "intervals": {measure: list(intervals[measure]) for measure in MEASURES},
        "kept": {
            measure: float(areas[measure].mean()) / starts[measure] if starts[measure] else None for measure in MEASURES
        },
        "curve": curve,
    }


def degraded(
    degradation: Degradation, query: Query, *, name: str, strength: float, place: int, other: str, seed: int
) -> Query:
    """Degrade one query as the curves do: the same for the same seed, name and place in the table.

    Args:
        degradation: what to do.
        query: one that it applies to.
        name: of the degradation.
        strength: from 0 to 1.
        place: of the query in its table, from 0.
        other: the words of another query.
        seed: of the mistakes.
    """
    generator = np.random.default_rng([seed, zlib.crc32(name.encode()), place])
    return degradation.apply(query, strength, generator, other)


@dataclass
class _Curve:
    """What is known of one curve so far: ranks of shape (strengths, queries) and targets, chunk by chunk."""

    ranks: list[Ranks] = field(default_factory=list)
    labels: list[Any] = field(default_factory=list)
    left_out: int = 0


@dataclass(frozen=True)
class _Asked:
    """A chunk of queries, the words of another one for each, and what decides their mistakes."""

    queries: Sequence[Query]
    others: Sequence[str]
    first: int
    seed: int
    name: str


def _measure(
    method: Method,
    ranking: Ranking,
    degradation: Degradation,
    *,
    asked: _Asked,
    curves: dict[str, _Curve],
) -> None:
    """Rank the queries of a chunk at every strength, for each modality of the degradation."""
    targets = ranking.targets
    changed = {
        place: [
            degraded(
                degradation,
                query,
                name=asked.name,
                strength=strength,
                place=asked.first + place,
                other=asked.others[place],
                seed=asked.seed,
            )
            for strength in STRENGTHS
        ]
        for place, query in enumerate(asked.queries)
        if degradation.applies(query)
    }
    usable: dict[str, list[int]] = {}
    variants: list[Query] = []
    for modality, curve in curves.items():
        fit = [place for place, query in enumerate(asked.queries) if only(query, modality)]
        usable[modality] = [place for place in fit if place in changed]
        curve.left_out += len(fit) - len(usable[modality])
        # a query that has lost its sketch or its words is asked with what it still has
        variants += [
            only(changed[place][step], modality) or changed[place][step]
            for step in range(len(STRENGTHS))
            for place in usable[modality]
        ]
    if not variants:
        return
    # all in one call: a method embeds a drawing or a text that several queries share only once
    encoded = method.encode_queries([hidden(query, category=targets.told(query)) for query in variants])
    start = 0
    for modality, places in usable.items():
        if places:
            labels = targets.of([asked.queries[place].instance for place in places])
            numbers = start + np.arange(len(STRENGTHS) * len(places)).reshape(len(STRENGTHS), len(places))
            of_steps = [ranking.ranks(rows_of(encoded, step), wanted=labels) for step in numbers]
            curves[modality].ranks.append(np.stack(of_steps))
            curves[modality].labels.append(labels)
            start += len(STRENGTHS) * len(places)


def _other_words(queries: Sequence[Query], *, before: str) -> list[str]:
    """For each query the words of another one that looks for something else: the nearest above, else one below."""
    found: list[str] = []
    for place, query in enumerate(queries):
        others = [*reversed(queries[:place]), *reversed(queries[place + 1 :])]
        fitting = (one.text for one in others if one.text and one.text != query.text and one.instance != query.instance)
        found.append(next(fitting, before))
    return found

"""What came out of a trial, query by query: the values of every measure, and the best photos of each query."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from stbir.evaluation.measures import values_of
from stbir.evaluation.rerank import Reranking, best_of
from stbir.evaluation.trial import Trial
from stbir.functional.metrics import Ranks, Reals
from stbir.functional.standings import standings
from stbir.functional.streaming import groups, stream_standings, stream_top
from stbir.types import Floats, Report


@dataclass(frozen=True, eq=False)
class Findings:
    """One modality of a trial, a row per query in the order of `trial.asked[name]`.

    `values` holds one number per query and measure. `places` are the places in the gallery of the best photos, best
    first, and `scores` what they scored, of shape (queries, depth); where a query was ranked against fewer, -1 pads.
    The scores of a list that was ordered anew say its order alone.
    """

    values: dict[str, Reals]
    places: Ranks
    scores: Reals


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A report, and everything that it is an average of."""

    report: Report
    trial: Trial
    findings: dict[str, Findings]


def find(trial: Trial, name: str, photos: Floats, *, depth: int, again: Reranking | None = None) -> Findings:
    """Rank the photos for each query of the modality `name`, a block at a time, and measure each ranking.

    Args:
        trial: who asks for what.
        name: the modality.
        photos: the vectors of the gallery, place by place: (places, dimension).
        depth: how many of the best photos of each query are kept, at 16 bytes each; 0 for none.
        again: what orders the best photos of each query anew, for a method that re-ranks.
    """
    asked, wanted = trial.asked[name].vectors, trial.wanted[name]
    depth = min(depth, len(photos))
    values: dict[str, Reals] = {}
    places = np.full((len(asked), depth), -1, dtype=np.int64)
    scores = np.full((len(asked), depth), np.nan)
    for some, among in _groups(trial, name):
        mine = photos[among]
        sought, shown = wanted[some], trial.shown[among]
        numbers = np.arange(len(photos))[among]
        if again is not None:
            for part, ordered in again.scores(trial.asked[name].encoded, some, among):
                relevant = sought[part, None] == shown[None, :]
                for measure, value in values_of(standings(ordered, relevant), trial.protocol).items():
                    values.setdefault(measure, np.empty(len(asked)))[some[part]] = value
                best, score = best_of(ordered, relevant, k=depth, ties=trial.protocol.ties)
                places[some[part], : best.shape[1]] = numbers[best]
                scores[some[part], : best.shape[1]] = score
            continue
        for part, found in stream_standings(asked[some], mine, query_labels=sought, photo_labels=shown):
            for measure, value in values_of(found, trial.protocol).items():
                values.setdefault(measure, np.empty(len(asked)))[some[part]] = value
        if depth:
            ties = trial.protocol.ties
            blocks = stream_top(asked[some], mine, k=depth, query_labels=sought, photo_labels=shown, ties=ties)
            for part, best, score in blocks:
                places[some[part], : best.shape[1]] = numbers[best]
                scores[some[part], : best.shape[1]] = score
    return Findings(values, places, scores)


def _groups(trial: Trial, name: str) -> Iterator[tuple[Ranks, Ranks | slice]]:
    return groups(
        len(trial.wanted[name]),
        len(trial.gallery),
        query_groups=None if trial.asked_groups is None else trial.asked_groups[name],
        photo_groups=trial.groups,
    )

"""What a study found: means over queries, spread over seeds, and tested differences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from stbir.evaluation.intervals import bootstrap, clusters_of
from stbir.evaluation.significance import Difference, compare_paired, holm
from stbir.evaluation.vectors import ASKED
from stbir.functional.metrics import NEVER, Reals, hit_at, reciprocal
from stbir.training.study import Cell, Study
from stbir.training.study.run import CONDITIONS

MEASURES = ("acc@1", "acc@10", "mrr")
"""What the ranks of the best relevant photos say, whatever was measured; a look may measure more."""
SEED, RESAMPLES = 0, 2_000


@dataclass(frozen=True)
class Row:
    """One measure of one entrant on one test, by one modality and condition.

    `mean` is over all queries of all folds and seeds, `interval` its 95 % interval with the queries of one photo
    resampled together (seeds too: it says how sure the mean is for other photos), and `deviation` the sample standard
    deviation of the means of the seeds, None for a single one. `against` are paired differences to other entrants;
    their p-values are adjusted after Holm over the entrants compared with the same one.
    """

    task: str
    test: str
    entrant: str
    condition: str
    modality: str
    measure: str
    mean: float
    interval: tuple[float, float]
    deviation: float | None
    queries: int
    seeds: int
    against: Mapping[str, Difference]


@dataclass(frozen=True)
class _Values:
    """The values of one measure: which query each is of, its target, its seed."""

    keys: tuple[tuple[int, int, int], ...]
    targets: tuple[str, ...]
    values: Reals

    def by_seed(self) -> list[float]:
        seeds = np.array([seed for seed, _, _ in self.keys])
        return [float(self.values[seeds == seed].mean()) for seed in dict.fromkeys(seeds.tolist())]


def summarise_study(study: Study, results: Mapping[Cell, Mapping[str, Any]]) -> list[Row]:
    """Average what the cells that are done have found; an entrant is compared on the queries that both were asked.

    Args:
        study: the settings.
        results: what `run.read_result` gave for the cells that are done.
    """
    rows: list[Row] = []
    for task in study.tasks:
        done = {cell: found for cell, found in results.items() if cell.task == task}
        for test in dict.fromkeys(name for found in done.values() for name in found["tests"]):
            for condition in CONDITIONS:
                for modality in ASKED:
                    for measure in (*MEASURES, *_further(done.values(), test)):
                        values = {
                            entrant: taken
                            for entrant in study.entrants
                            if (taken := _values(done, entrant, (test, condition, modality, measure)))
                        }
                        of = (task.name, test, condition, modality, measure)
                        rows += _adjusted([_row(values, entrant, study.against, of) for entrant in values])
    return rows


def as_plain(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Rows as JSON takes them."""
    return [asdict(row) for row in rows]


def _values(done: Mapping[Cell, Mapping[str, Any]], entrant: str, of: tuple[str, str, str, str]) -> _Values | None:
    test, condition, modality, measure = of
    keys: list[tuple[int, int, int]] = []
    targets: list[str] = []
    values: list[float] = []
    for cell, found in done.items():
        if cell.entrant != entrant or modality not in (asked := found["tests"].get(test, {}).get(condition, {})):
            continue
        columns = asked[modality]
        if measure not in MEASURES and measure not in columns:
            continue
        keys += [(cell.seed, cell.fold, query) for query in columns["query"]]
        targets += columns["target"]
        values += _measured(columns, measure)
    return _Values(tuple(keys), tuple(targets), np.array(values, np.float64)) if keys else None


def _further(done: Iterable[Mapping[str, Any]], test: str) -> list[str]:
    """The measures of precision and recall that a test has beside its ranks."""
    columns = [column for found in done if test in found["tests"] for column in _columns(found["tests"][test])]
    return [name for name in dict.fromkeys(columns) if name.partition("@")[0] in ("map", "p", "r")]


def _columns(test: Mapping[str, Any]) -> Iterable[str]:
    return (column for asked in test.get("clean", {}).values() for column in asked)


def _measured(columns: Mapping[str, Sequence[Any]], measure: str) -> list[float]:
    """The values of a measure: from the ranks where these say all of it, or as the look measured it."""
    if measure not in MEASURES:
        return [float(value) for value in columns[measure]]
    ranks = np.array([NEVER if rank is None else rank for rank in columns["rank"]], np.int64)
    return (reciprocal(ranks) if measure == "mrr" else hit_at(ranks, int(measure.partition("@")[2]))).tolist()


def _row(
    values: Mapping[str, _Values], entrant: str, against: Sequence[str], of: tuple[str, str, str, str, str]
) -> Row:
    task, test, condition, modality, measure = of
    mine = values[entrant]
    low, high = bootstrap({measure: mine.values}, seed=SEED, resamples=RESAMPLES, clusters=clusters_of(mine.targets))[
        measure
    ]
    seeds = mine.by_seed()
    return Row(
        task=task,
        test=test,
        entrant=entrant,
        condition=condition,
        modality=modality,
        measure=measure,
        mean=float(mine.values.mean()),
        interval=(low, high),
        deviation=float(np.std(seeds, ddof=1)) if len(seeds) > 1 else None,
        queries=len(mine.values),
        seeds=len(seeds),
        against={
            other: difference
            for other in against
            if other != entrant and other in values and (difference := _difference(values[other], mine))
        },
    )


def _adjusted(rows: Sequence[Row]) -> list[Row]:
    """The same rows, each p-value adjusted for how many entrants are compared with one."""
    adjusted: list[dict[str, Difference]] = [dict(row.against) for row in rows]
    for base in dict.fromkeys(name for row in rows for name in row.against):
        places = [place for place, row in enumerate(rows) if base in row.against]
        for place, p in zip(places, holm([rows[place].against[base].p for place in places]), strict=True):
            adjusted[place][base] = replace(rows[place].against[base], p=p)
    return [replace(row, against=against) for row, against in zip(rows, adjusted, strict=True)]


def _difference(base: _Values, mine: _Values) -> Difference | None:
    """Compare two entrants on the queries that both were asked."""
    places = {key: place for place, key in enumerate(base.keys)}
    shared = [place for place, key in enumerate(mine.keys) if key in places]
    if not shared:
        return None
    theirs = [places[mine.keys[place]] for place in shared]
    return compare_paired(
        base.values[theirs],
        mine.values[shared],
        seed=SEED,
        clusters=clusters_of([mine.targets[place] for place in shared]),
        resamples=RESAMPLES,
    )

"""Search while one draws: where the target is when so much of the sketch is there, and the area under that curve.

The measures are those of "Sketch Less for More: On-the-Fly Fine-Grained SBIR" (Bhunia et al., CVPR 2020), as its
public code and that of its successors computes them: at every step of a drawing the ranking percentile
(photos - rank) / (photos - 1) and 1 / rank; m@A and m@B are their means over the steps of each sketch, then over
the sketches. A rank counts every photo that is not farther away than the target, so ties are against it. A method that
re-ranks does so at every step.

Ours, where that code cannot be followed for any table: the steps are ten shares of the length of all lines in drawing
order (there about 18 shares of the points, which depend on the tablet), and a partial drawing is framed like a finished
one, as it is when somebody searches with it (there it stays where it was on the full canvas). So the numbers here
compare models with each other, not with published tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from stbir.errors import InputError
from stbir.evaluation.intervals import Labels, bootstrap
from stbir.evaluation.protocol import CUTS, describe
from stbir.evaluation.ranking import Ranking
from stbir.evaluation.targets import Targets, find_targets
from stbir.evaluation.vectors import encode_gallery, hidden, joined
from stbir.functional.metrics import Ranks, Reals, hit_at, median_rank, reciprocal
from stbir.functional.partial import first_part
from stbir.types import Encoded, Query, Report, Split

if TYPE_CHECKING:
    from stbir.methods.base import Method

SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
AREAS = {"m@A": "percentile", "m@B": "mrr"}
"""The areas, and the measure that each of them is the area under."""

_AT_ONCE = 64


def evaluate_progressive(
    method: Method,
    split: Split,
    *,
    within: Literal["category"] | None = None,
    seed: int = 0,
    resamples: int = 1000,
    progress: bool = False,
    photos: Encoded | None = None,
) -> Report:
    """Measure `method` on the first 10, 20, ... 100 % of every sketch: alone, and with the words where there are any.

    The share is of the length of all lines in drawing order, see `stbir.functional.partial.first_part`; the words are
    complete from the beginning. Queries without strokes are counted in the protocol and left out. The areas come
    with a bootstrap 95 % interval (percentile, queries resampled).

    Args:
        method: what embeds queries and photos.
        split: every query names its instance; a table read by `stbir.data.table.read_table`.
        within: "category" ranks each query only against the photos of its target's category.
        seed: of the resampling.
        resamples: how often the queries are resampled.
        progress: show a bar while queries and photos are embedded.
        photos: the photos encoded, by `stbir.evaluation.vectors.encode_gallery`, where they are so already.

    Raises:
        InputError: no query has strokes, or whatever `stbir.evaluation.protocol.evaluate` refuses.
    """
    targets = find_targets(split, within=within)
    asked, skipped = _encode_parts(method, targets, progress=progress)
    if not asked:
        raise InputError(
            f"{split.name} has no sketch with strokes, so nobody knows in which order they were drawn "
            f"(sketches that are pictures: {skipped.rasters:,}; queries without a sketch: {skipped.without:,}); give "
            "stroke JSON, ndjson or SVG"
        )
    wanted = {name: targets.of(parts.wanted) for name, parts in asked.items()}
    if photos is None:
        photos = encode_gallery(method, split.photos, progress=progress)
    ranking = Ranking(method, targets, photos)
    results: dict[str, dict[str, Any]] = {}
    for name, parts in asked.items():
        labels = wanted[name]
        steps = [ranking.ranks(step, wanted=labels) for step in parts.steps]
        last = targets.last_ranks(labels)
        results[name] = summarise(np.stack(steps), last=last, seed=seed, resamples=resamples, clusters=labels)
    protocol = describe(
        method, targets, asked=np.concatenate([*wanted.values()]), within=within, seed=seed, resamples=resamples
    )
    protocol |= {
        "progressive": "the first share of the length of all lines, in drawing order; framed like a finished drawing",
        "shares": list(SHARES),
        "areas": "m@A of (last rank - rank) / (last rank - 1), m@B of 1 / rank: mean over shares, then over queries",
        "without_strokes": skipped.rasters,
        "without_sketch": skipped.without,
        **ranking.said(),
    }
    return Report(protocol=protocol, results=results)


def ranking_percentile(ranks: Ranks, *, last: Ranks) -> Reals:
    """Give the share of its rivals that each target is ahead of: 1 for the first rank, 0 for the last one.

    With one relevant photo it is (photos - rank) / (photos - 1), the percentile of on-the-fly retrieval; a target
    without rivals has 1, and one that is not there at all (rank `NEVER`) has 0.

    >>> ranking_percentile(np.array([1, 3, 5, 1]), last=np.array([5, 5, 5, 1])).tolist()
    [1.0, 0.5, 0.0, 1.0]
    """
    rivals = last - 1.0
    return np.where(rivals > 0, np.clip(last - ranks, 0, None) / np.maximum(rivals, 1), 1.0)


def summarise(
    ranks: Ranks, *, last: Ranks, seed: int, resamples: int, clusters: Labels | None = None
) -> dict[str, Any]:
    """Average the measures at every step and over all of them.

    Args:
        ranks: of shape (steps, queries).
        last: for each query the rank behind all photos.
        seed: of the resampling.
        resamples: how often the queries are resampled.
        clusters: which queries are drawn together; each by itself where it is left out.
    """
    values = {"percentile": np.stack([ranking_percentile(step, last=last) for step in ranks]), "mrr": reciprocal(ranks)}
    curve = [
        {
            "share": share,
            **{name: float(value[number].mean()) for name, value in values.items()},
            **{f"acc@{k}": float(hit_at(ranks[number], k).mean()) for k in CUTS},
            "median_rank": median_rank(ranks[number]),
        }
        for number, share in enumerate(SHARES)
    ]
    areas = {area: values[measure].mean(axis=0) for area, measure in AREAS.items()}
    intervals = bootstrap(areas, seed=seed, resamples=resamples, clusters=clusters)
    return {
        "queries": ranks.shape[1],
        **{area: float(value.mean()) for area, value in areas.items()},
        "intervals": {area: list(interval) for area, interval in intervals.items()},
        "curve": curve,
    }


@dataclass
class _Parts:
    """The queries of one modality: the instance each looks for, and what they are encoded to at each share."""

    wanted: list[str | None]
    steps: list[Encoded]


@dataclass
class _Skipped:
    rasters: int = 0
    without: int = 0


def _encode_parts(method: Method, targets: Targets, *, progress: bool) -> tuple[dict[str, _Parts], _Skipped]:
    """Embed every query at each share of its sketch, first without and then with its words."""
    from tqdm import tqdm

    split, skipped = targets.split, _Skipped()
    wanted: dict[str, list[str | None]] = {"sketch": [], "both": []}
    encoded: dict[str, list[list[Encoded]]] = {name: [[] for _ in SHARES] for name in wanted}
    with tqdm(total=len(split.queries), unit="query", disable=not progress, leave=False) as bar:
        for start in range(0, len(split.queries), _AT_ONCE):
            read = list(split.queries[start : start + _AT_ONCE])
            drawn = [query for query in read if _has_strokes(query)]
            skipped.without += sum(not query.sketches for query in read)
            skipped.rasters += sum(bool(query.sketches) for query in read) - len(drawn)
            for name, some in (
                ("sketch", [replace(query, text=None) for query in drawn]),
                ("both", [query for query in drawn if query.text]),
            ):
                if some:
                    wanted[name] += [query.instance for query in some]
                    shown = [hidden(query, category=targets.told(query)) for query in some]
                    for step, share in zip(encoded[name], SHARES, strict=True):
                        step.append(method.encode_queries(_shortened(shown, share)))
            bar.update(len(read))
    return {
        name: _Parts(wanted[name], [joined(parts) for parts in steps])
        for name, steps in encoded.items()
        if wanted[name]
    }, skipped


def _has_strokes(query: Query) -> bool:
    return bool(query.sketches) and all(sketch.strokes for sketch in query.sketches)


def _shortened(queries: Sequence[Query], share: float) -> list[Query]:
    return [replace(query, sketches=tuple(first_part(one, share) for one in query.sketches)) for query in queries]

"""The report of one model on one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from stbir.evaluation.examples import Example, Examples
from stbir.evaluation.report.chart import Point, Series, chart, key
from stbir.evaluation.report.findings import Findings, ProgressSection, RobustSection, Step, check_findings
from stbir.evaluation.report.page import page, safe, section, table, write_page
from stbir.evaluation.report.pictures import photo_uri, sketch_uri
from stbir.evaluation.report.wording import (
    MODALITIES,
    facts,
    figure,
    heading,
    measures_of,
    modality,
    numbered,
    summary,
    with_interval,
)
from stbir.types import Hit, Photo

HOW = (
    "Every query is embedded once with its sketch alone, its words alone, and both, as far as it has them, and is "
    "ranked against the photos by the similarity of the vectors. Each measure is one value per query, averaged over "
    "the queries of the modality. Intervals are made by drawing the queries again with replacement; where many queries "
    "ask for the same few photos the truth is wider."
)
DRAWING = "Each sketch was cut after the given share of the length of its lines, in the order they were drawn."
WORSE = (
    "Each query was made worse by the given strength, from 0 (as it is) to 1, with the same mistakes growing. The area "
    "is the mean height of the curve. Where a query got poorer a flat curve is good; where its words got wrong "
    "(swapped, contradicted, negated) a flat curve means that the model does not listen to them."
)


def report_html(findings: Mapping[str, Any], path: str | Path, *, examples: Examples | None = None) -> None:
    """Write the report of one model as a single HTML file that loads nothing from anywhere.

    Args:
        findings: as `stbir.evaluation.report.findings.as_findings` puts them together.
        path: the file to write.
        examples: the best and worst queries, from `stbir.evaluation.examples.find_examples`.

    Raises:
        InputError: what was found is no report, or the place cannot be written.
    """
    write_page(render(check_findings(findings, source="the report"), examples=examples), Path(path))


def render(findings: Findings, *, examples: Examples | None = None) -> str:
    """The page of one model as HTML."""
    parts = [notice(findings)]
    if findings.results:
        parts.append(section("Results", _results(findings)))
    if findings.progressive:
        parts.append(section("Search while one draws", *_progressive(findings.progressive), note=safe(DRAWING)))
    if findings.robustness:
        parts.append(section("Worse queries", *_robustness(findings.robustness), note=safe(WORSE, most=1000)))
    if examples:
        said = (
            f"Asked with: {modality(examples.modality)}. The photo that was looked for is framed in green; of queries "
            "with equal ranks, the score of this photo decides which is better."
        )
        parts.append(section("Best and worst queries", *_examples(examples), note=said))
    protocols = [facts(findings.protocol)]
    for name, part in (("Search while one draws", findings.progressive), ("Worse queries", findings.robustness)):
        own = {} if part is None else {k: v for k, v in part.protocol.items() if findings.protocol.get(k) != v}
        if own:
            protocols.append(f"<h3>{name}</h3>{facts(own)}")
    parts.append(section("How these numbers were made", *protocols, note=safe(HOW, most=1000)))
    title = f"{findings.model} on {findings.protocol.get('table', 'a table')}"
    return page(title, subtitle=summary(findings), sections=parts)


def notice(findings: Findings) -> str:
    """Say where the data are not those of the protocol, so that nobody compares what cannot be compared."""
    deviations = findings.protocol.get("deviations")
    if not isinstance(deviations, list) or not deviations:
        return ""
    listed = "; ".join(safe(one) for one in deviations)
    return f'<p class="notice">These are not the published data: {listed}.</p>'


def _results(findings: Findings) -> str:
    measures = measures_of([*findings.results.values()])
    rows = [
        [
            modality(name),
            f"{result.queries:,}",
            *(with_interval(m, result.value(m), result.intervals.get(m)) for m in measures),
        ]
        for name, result in findings.results.items()
    ]
    return table(["asked with", "queries", *map(heading, measures)], rows, caption="Averages over queries")


def _progressive(part: ProgressSection) -> list[str]:
    charts = [
        chart(
            title,
            [
                Series(MODALITIES.get(name, name), _points(result.curve, measure), numbered(name))
                for name, result in part.results.items()
            ],
            axis="share of the drawing",
            percent=True,
        )
        for measure, title in (("percentile", "ranking percentile"), ("mrr", "1 / rank"), ("acc@1", "Acc@1"))
    ]
    areas = [
        [
            modality(name),
            f"{result.queries:,}",
            *(with_interval(m, result.value(m), result.intervals.get(m)) for m in measures_of([result])),
        ]
        for name, result in part.results.items()
    ]
    measures = measures_of([*part.results.values()])
    tables = table(["asked with", "drawings", *map(heading, measures)], areas, caption="Areas under the curves")
    steps: list[str] = []
    for name, result in part.results.items():
        columns = [m for m in ("percentile", "mrr", "acc@1", "acc@5", "acc@10", "median_rank") if _has(result.curve, m)]
        rows = [[f"{100 * step.share:.0f} %", *(figure(m, step.value(m)) for m in columns)] for step in result.curve]
        header = ["drawn", *map(heading, columns)]
        steps.append(table(header, rows, caption=f"At each share of the drawing, {modality(name)}"))
    pair = f'<div class="pair">{"".join(steps)}</div>'
    return [_key(part.results), f'<div class="charts">{"".join(charts)}</div>', tables, pair]


def _robustness(part: RobustSection) -> list[str]:
    names = dict.fromkeys(name for curves in part.results.values() for name in curves)
    charts = [
        chart(
            name,
            [
                Series(MODALITIES.get(asked, asked), _points(curves[name].curve, "mrr"), numbered(asked))
                for asked, curves in part.results.items()
                if name in curves
            ],
            axis="strength (height: MRR)",
            about=about(part, name),
        )
        for name in names
    ]
    tables: list[str] = []
    for asked, curves in part.results.items():
        first = next(iter(curves.values()))
        areas = [measure for measure in ("mrr", "acc@1", "acc@10") if measure in first.area]
        header = [
            "degradation",
            "queries",
            *(f"{step.strength:g}" for step in first.curve),
            *(f"area {heading(measure)}" for measure in areas),
            "kept %",
        ]
        rows = [
            [
                safe(name),
                f"{one.queries:,}" + (f"<small>{one.not_applicable:,} left out</small>" if one.not_applicable else ""),
                *(with_interval("mrr", step.value("mrr"), step.intervals.get("mrr")) for step in one.curve),
                *(with_interval(measure, one.area.get(measure), one.intervals.get(measure)) for measure in areas),
                figure("share", one.kept.get("mrr")),
            ]
            for name, one in curves.items()
        ]
        caption = f"{modality(asked)}: MRR at each strength, areas, and the area of MRR as a share of strength 0 (kept)"
        tables.append(table(header, rows, caption=caption))
    known = part.protocol.get("degradations")
    lost = [str(name) for name in known if name not in names] if isinstance(known, dict) else []
    said = "; ".join(
        f"{safe(name)} (no query has {safe(_told(part, name).get('needs', 'what it needs'))})" for name in lost
    )
    missing = [f'<p class="notice">Not measured: {said}.</p>'] if lost else []
    return [_key(part.results), *missing, f'<div class="charts">{"".join(charts)}</div>', *tables]


def about(part: RobustSection, name: str) -> str:
    """What a degradation does, in the words of the report."""
    return str(_told(part, name).get("what", ""))


def misleads(part: RobustSection, name: str) -> bool:
    """Whether a degradation makes queries wrong, so that a high curve is no merit."""
    return bool(_told(part, name).get("misleads"))


def _told(part: RobustSection, name: str) -> dict[str, Any]:
    known = part.protocol.get("degradations")
    said = known.get(name) if isinstance(known, dict) else None
    return said if isinstance(said, dict) else {}


def _key(results: Mapping[str, object]) -> str:
    return key({numbered(name): MODALITIES.get(name, name) for name in results})


def _points(curve: Sequence[Step], measure: str) -> list[Point]:
    return [
        Point(step.strength or step.share, value, step.intervals.get(measure))
        for step in curve
        if (value := step.value(measure)) is not None
    ]


def _has(curve: Sequence[Step], measure: str) -> bool:
    return any(step.value(measure) is not None for step in curve)


def _examples(examples: Examples) -> list[str]:
    parts: list[str] = []
    for title, some in (("best", examples.best), ("worst", examples.worst)):
        if some:
            items = "\n".join(_search(example) for example in some)
            parts.append(f'<h3>The {len(some)} {title}</h3>\n<ol class="searches">\n{items}\n</ol>')
    return parts


def _search(example: Example) -> str:
    query = example.query
    said = f"“<bdi>{safe(query.text)}</bdi>”" if query.text else ""
    place = f"<small>target at rank {example.rank:,} of {example.of:,}</small>"
    tiles: list[str] = []
    for sketch in query.sketches[:1]:
        more = f" (1 of {len(query.sketches)})" if len(query.sketches) > 1 else ""
        tiles.append(_tile(sketch_uri(sketch), f"sketch{more}", alt="the sketch", kind="asked"))
    found = False
    for hit in example.hits:
        # several photos may show what is looked for
        is_target = hit.photo.instance is not None and hit.photo.instance == example.target.instance
        found |= is_target
        tiles.append(_found(hit.photo, hit, target=is_target))
    if not found:
        label = f"<b>{example.rank:,}</b> target"
        alt = f"the target, photo {safe(example.target.id)}, at rank {example.rank}"
        tiles.append(_tile(photo_uri(example.target), label, alt=alt, kind="target far"))
    return f'<li class="search"><p>{said}{place}</p><div class="row">{"".join(tiles)}</div></li>'


def _found(photo: Photo, hit: Hit, *, target: bool) -> str:
    label = f"<b>{hit.rank}</b> {'target' if target else ''} {hit.score:.3f}"
    alt = f"rank {hit.rank}{', the target' if target else ''}: photo {safe(photo.id)}"
    return _tile(photo_uri(photo), label, alt=alt, kind="target" if target else "")


def _tile(uri: str | None, label: str, *, alt: str, kind: str) -> str:
    shown = f'<img src="{uri}" alt="{alt}">' if uri else '<div class="none">cannot be read</div>'
    return f'<div class="tile {kind}">{shown}{label}</div>'

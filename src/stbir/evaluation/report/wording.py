"""Numbers, measures and protocols as a reader of a report finds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stbir.evaluation.report.findings import Findings, Interval, Measured
from stbir.evaluation.report.page import safe

MODALITIES = {
    "sketch": "sketch",
    "text": "words",
    "both": "sketch + words",
    "photo": "reference photo",
    "composed": "reference photo + the rest",
}
"""What is measured, and how it is called; the order decides the colours of the curves."""

KINDS = {"acc": "Acc", "map": "mAP", "p": "P", "r": "R"}
"""Measures with a cut-off, as papers spell them."""

LABELS = {"mrr": "MRR", "median_rank": "median rank", "m@A": "m@A", "m@B": "m@B"}
PLAIN = ("mrr", "m@B")
"""Measures that people write as a number between 0 and 1; other rates are percentages."""
COUNTS = ("median_rank",)

DEEPEST = 4
"""A protocol with tables inside of tables beyond this is not ours."""

ABOUT = {
    "revision": "revision of the data",
    "gallery": "photos",
    "distractors": "photos that are never asked for",
    "within": "ranked against",
    "said": "protocol in words",
    "deviations": "not the published data",
    "progressive": "first part of a sketch",
    "without_strokes": "left out: the sketch is a picture",
    "without_sketch": "left out: no sketch",
}
"""The facts of a protocol in words; what is not here is called as it is."""


def modality(name: str) -> str:
    """Call a modality as people do; the result is HTML."""
    return safe(MODALITIES.get(name, name))


def numbered(name: str) -> int:
    """The number that decides how the curves of a modality look."""
    return [*MODALITIES].index(name) if name in MODALITIES else len(MODALITIES)


def heading(measure: str) -> str:
    """Call a measure as tables do, with its unit; the result is HTML.

    >>> heading("acc@1"), heading("map@all"), heading("mrr")
    ('Acc@1 %', 'mAP@all %', 'MRR')
    """
    kind, at, k = measure.partition("@")
    name = LABELS.get(measure, f"{KINDS.get(kind, kind)}{at}{k}")
    return safe(name if measure in (*PLAIN, *COUNTS) else f"{name} %")


def figure(measure: str, value: float | None, *, signed: bool = False) -> str:
    """Write a value as its measure is written.

    >>> figure("acc@1", 0.5), figure("mrr", -0.25, signed=True), figure("median_rank", 1500), figure("mrr", None)
    ('50.0', '−0.250', '1,500', '–')
    """
    if value is None:
        return "–"
    sign = "+" if signed else ""
    if measure in COUNTS:
        text = f"{value:{sign},g}"
    else:
        text = f"{value:{sign}.3f}" if measure in PLAIN else f"{100 * value:{sign}.1f}"
    return text.replace("-", "−")


def with_interval(measure: str, value: float | None, interval: Interval | None) -> str:
    """A cell: the value, and below it the interval where there is one."""
    if value is None or interval is None:
        return figure(measure, value)
    low, high = (figure(measure, one) for one in interval)
    return f"{figure(measure, value)}<small>{low}–{high}</small>"


def measures_of(results: Sequence[Measured]) -> list[str]:
    """The measures that any of the results has: those with intervals first, then the counts."""
    found = dict.fromkeys(measure for result in results for measure in result.intervals)
    counts = [measure for measure in COUNTS if any(result.value(measure) is not None for result in results)]
    return [*found, *(measure for measure in counts if measure not in found)]


def summary(findings: Findings) -> str:
    """The most important facts of a protocol in a sentence, HTML."""
    said = findings.protocol
    facts = [
        f"{_count(said.get('queries'))} queries, {_count(said.get('gallery'))} photos",
        f"ranked against {_against(said)}",
    ]
    if again := said.get("reranked"):
        facts.append(f"the best {_count(again['photos'])} ranked again by tokens")
    facts.append(f"ties count {safe(said.get('ties', '?')).partition(' (')[0]}")
    return f"{'; '.join(facts)}. Small print in tables: 95 % bootstrap intervals, queries of one photo together."


def facts(protocol: Mapping[str, Any]) -> str:
    """A protocol as a list of definitions, HTML."""
    items: list[str] = []
    for name, value in protocol.items():
        said = _against(protocol) if name == "within" else _spoken(value)
        items.append(f"<dt>{safe(ABOUT.get(name, name))}</dt><dd>{said}</dd>")
    return f"<dl>{''.join(items)}</dl>"


def _against(said: Mapping[str, Any]) -> str:
    return "photos of the same category only" if said.get("within") == "category" else "all photos"


def _count(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else "?"


def _spoken(value: object, depth: int = 0) -> str:
    """A value of a protocol, which may be a list or a table of further ones."""
    if isinstance(value, dict | list | tuple) and (depth > DEEPEST or not value):
        return "…" if value else "–"
    if isinstance(value, dict):
        inner: dict[str, object] = {str(name): one for name, one in value.items()}
        return ("; " if depth else "<br>").join(
            f"{safe(name)}: {_spoken(one, depth + 1)}" for name, one in inner.items()
        )
    if isinstance(value, list | tuple):
        return ", ".join(_spoken(one, depth + 1) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return safe(f"{value:,}" if isinstance(value, int) else "–" if value is None else value)

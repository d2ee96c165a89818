"""What a number depends on beside the model and the data: every choice of an evaluation has a name and a value here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import model_validator

from stbir.config import Settings, parse
from stbir.errors import ConfigError, InputError, UnknownName
from stbir.functional.precision import PrecisionDenominator, PrecisionSumDenominator
from stbir.functional.standings import Ties

MEASURES = ("acc@K", "r@K", "p@K", "map@K", "map@all", "mrr", "median_rank")
"""What can be measured; K is a number from 1."""

DEFAULT_MEASURES = ("acc@1", "acc@5", "acc@10", "mrr", "median_rank")

_FIXED = ("name", "about", "expected_queries", "expected_photos")
"""What says where a protocol comes from; it cannot be changed, or reports would claim what they are not."""

_TIES = {
    "against": "against the target",
    "for": "for the target",
    "average": "as their average over all orders",
}


class Protocol(Settings):
    """Everything that decides which queries are ranked against which photos, and how a ranking becomes a number.

    Each field is a trap of the field's published numbers: two papers that differ in it cannot be compared, although
    the measure has the same name. All of them are part of every report.
    """

    name: str = "fine-grained"
    """Which of `stbir.evaluation.presets.PRESETS` this began as."""
    about: str = "ours; not a published one"
    measures: tuple[str, ...] = DEFAULT_MEASURES
    relevance: Literal["instance", "category"] = "instance"
    """A photo is relevant that shows the same object, or one of the same category."""
    within: Literal["category"] | None = None
    """Rank a query only against photos of the category of its target, or against the whole gallery."""
    sketches: Literal["each", "averaged"] = "each"
    """Each row is a query, or all sketches of one photo are averaged to one (which is easier)."""
    ties: Ties = "against"
    interpolated: bool = False
    """Whether AP replaces each precision by the largest one behind it, as VOC, ZSE-SBIR and MA-SBIR do."""
    ap_denominator: PrecisionSumDenominator = "capped"
    p_denominator: PrecisionDenominator = "k"
    duplicates: Literal["keep", "drop", "per_query"] = "keep"
    """Photos with the same file content all stay or stay once; or the target stands there once for each query."""
    distractors: Literal["keep", "drop"] = "keep"
    """Whether photos stay in the gallery that are relevant to no query."""
    categories: tuple[str, ...] = ()
    """Only queries of these categories are asked, and only photos of these are ranked; empty for all."""
    seen: float = 0.0
    """Generalised zero-shot: which share of the photos of other categories is ranked too, drawn with `seen_seed`."""
    seen_seed: int = 0
    expected_queries: int | None = None
    """How many queries with a sketch the published protocol has; what differs is reported."""
    expected_photos: int | None = None

    @model_validator(mode="after")
    def _possible(self) -> Protocol:
        for text in self.measures:
            read_measure(text)
        if not self.measures:
            raise ValueError(f"measures is empty; give some of {', '.join(MEASURES)}")
        if self.ties == "average" and self.interpolated:
            raise ValueError(
                "ties=average has no interpolated AP in closed form; give interpolated=false or other ties"
            )
        if self.relevance == "category" and self.within:
            raise ValueError("within the category every photo is relevant by category; give relevance=instance")
        if not 0 <= self.seen <= 1:
            raise ValueError("seen is a share between 0 and 1")
        if self.seen and not self.categories:
            raise ValueError("seen needs categories: without them all photos are ranked already")
        if self.seen_seed < 0:
            raise ValueError("seen_seed is at least 0")
        return self


@dataclass(frozen=True)
class Measure:
    """One measure: what kind it is, and at which depth it looks (None for the whole list)."""

    kind: str
    k: int | None


def read_measure(text: str) -> Measure:
    """Take the name of a measure apart.

    >>> read_measure("map@200"), read_measure("mrr")
    (Measure(kind='map', k=200), Measure(kind='mrr', k=None))

    Raises:
        ValueError: it is none of `MEASURES`, which the message lists.
    """
    if text in ("mrr", "median_rank", "map@all"):
        return Measure(text.partition("@")[0], None)
    found = re.fullmatch(r"(acc|r|p|map)@([1-9][0-9]{0,8})", text)
    if found is None:
        raise ValueError(str(UnknownName("measure", text, MEASURES)))
    return Measure(found[1], int(found[2]))


def changed(protocol: Protocol, options: Mapping[str, Any]) -> Protocol:
    """Change options of a protocol, from values or from what somebody typed; lists may be typed with commas.

    >>> changed(Protocol(), {"ties": "for", "measures": "map@all,p@100"}).measures
    ('map@all', 'p@100')

    Raises:
        InputError: an unknown option or a value that it cannot have; known ones are listed.
    """
    values = protocol.model_dump()
    for key, value in options.items():
        if key in _FIXED:
            free = ", ".join(name for name in Protocol.model_fields if name not in _FIXED)
            raise InputError(
                f"{key} belongs to the protocol {protocol.name} and stays as it is; can be changed: {free}"
            )
        typed = isinstance(value, str)
        if typed and key in ("measures", "categories"):
            value = tuple(part.strip() for part in value.split(",") if part.strip())
        elif typed and key == "within" and value in ("", "none", "all"):
            value = None
        values[key] = value
    try:
        return parse(Protocol, values, source=f"protocol {protocol.name}")
    except ConfigError as error:
        raise InputError(str(error)) from None


def said_about(protocol: Protocol) -> list[str]:
    """Say in words what the printed numbers depend on; what plays no part for these measures is left out.

    >>> said_about(Protocol())[:2]
    ['relevant: the same instance', 'one query per row']
    """
    kinds = {read_measure(text).kind for text in protocol.measures}
    facts = [f"relevant: the same {protocol.relevance}"]
    facts.append(
        "one query per row" if protocol.sketches == "each" else "all sketches of a photo averaged to one query"
    )
    if "map" in kinds:
        at_k = any(text.startswith("map@") and text != "map@all" for text in protocol.measures)
        over = {"capped": "min(k, relevant)", "k": "k", "relevant": "all relevant"}[protocol.ap_denominator]
        plain = "interpolated AP" if protocol.interpolated else "plain AP"
        facts.append(f"{plain}, AP@k over {over}" if at_k else plain)
    if "p" in kinds:
        facts.append(
            {
                "k": "P@k = hits in k / k",
                "capped": "P@k = hits in k / min(k, relevant)",
                "cut": "P@k = hits in min(k, relevant) / min(k, relevant)",
            }[protocol.p_denominator]
        )
    if protocol.duplicates != "keep":
        once = protocol.duplicates == "drop"
        facts.append("equal photos once" if once else "gallery of one photo per query")
    if protocol.distractors == "drop":
        facts.append("photos relevant to no query left out")
    if protocol.categories:
        facts.append(f"{len(protocol.categories)} unseen categories")
    if protocol.seen:
        facts.append(f"and {protocol.seen:.0%} of the photos of other categories (drawn, seed {protocol.seen_seed})")
    return facts


def said_of_ties(ties: Ties) -> str:
    """Say what happens to photos that score the same as a relevant one."""
    return _TIES[ties]

"""Curves of a robustness report as tables for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stbir.cli.wording import reranking, table
from stbir.types import Report


def readable_robustness(report: Report) -> str:
    """A table for each modality, a row per degradation: MRR at each strength, and the areas with their intervals."""
    said = report.protocol
    blocks: list[str] = []
    for name, curves in report.results.items():
        strengths = [f"{strength:g}" for strength in said["strengths"]]
        header = [f"{name}: MRR at strength", *strengths, "area of MRR", "kept", "area of Acc@1", "Acc@10", "queries"]
        rows = [header]
        for degradation, curve in curves.items():
            heights = [f"{step['mrr']:.3f}" for step in curve["curve"]]
            kept = "-" if curve["kept"]["mrr"] is None else f"{100 * curve['kept']['mrr']:.0f} %"
            areas = [_area(curve, measure) for measure in ("mrr", "acc@1", "acc@10")]
            rows.append([degradation, *heights, areas[0], kept, *areas[1:], f"{curve['queries']:,}"])
        blocks.append(table(rows, right=range(1, len(header))))
    lines = [f"  {name}: {one['what']}" for name, one in said["degradations"].items()]
    left_out = _left_out(report)
    blocks.append("\n".join(["degraded queries, from 0 (as they are) to 1:", *lines, *left_out, *reranking(said)]))
    return "\n\n".join(blocks)


def _area(curve: Mapping[str, Any], measure: str) -> str:
    low, high = curve["intervals"][measure]
    return f"{curve['area'][measure]:.3f} [{low:.3f}, {high:.3f}]"


def _left_out(report: Report) -> list[str]:
    """Say which degradations some queries could not undergo."""
    return [
        f"left out of '{name}' at every strength, for lack of {one['needs']}: {one['not_applicable']:,} of the queries"
        for name, one in report.protocol["degradations"].items()
        if one["not_applicable"]
    ]

"""Curves as inline SVG: a line per series, a band where there are intervals, marks that differ in more than colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stbir.evaluation.report.page import safe

COLOURS = 8
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 300, 14, 156
_DASHES = ("", "6 3", "2 3", "9 3 2 3")


@dataclass(frozen=True)
class Point:
    """A point of a curve; `interval` is (low, high) where it is known."""

    x: float
    y: float
    interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class Series:
    """A curve; `number` decides how it looks, so that one thing looks the same in all charts of a page."""

    name: str
    points: Sequence[Point]
    number: int


def chart(title: str, series: Sequence[Series], *, axis: str, about: str = "", percent: bool = False) -> str:
    """Draw curves over x from 0 to 1; y runs from 0 to 1 in all charts, so that they can be compared.

    Args:
        title: what is above the chart, text.
        series: at least one point each.
        axis: what x is, text.
        about: a line below the title, text.
        percent: say x in percent.
    """
    spoken = "; ".join(
        f"{one.name}: {', '.join(f'{point.y:.2f} at {_tick(point.x, percent)}' for point in one.points)}"
        for one in series
    )
    label = safe(f"{title}. {spoken}", most=2000)
    parts = [f'<svg viewBox="0 0 320 192" role="img" aria-label="{label}">']
    for y in (0, 0.25, 0.5, 0.75, 1):
        at = _down(y)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_RIGHT}" y1="{at}" y2="{at}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{at + 4}" text-anchor="end">{y:g}</text>')
    for x in (0, 0.2, 0.4, 0.6, 0.8, 1):
        parts.append(f'<text x="{_across(x)}" y="{_BOTTOM + 16}" text-anchor="middle">{_tick(x, percent)}</text>')
    parts.append(f'<text x="{(_LEFT + _RIGHT) / 2}" y="{_BOTTOM + 32}" text-anchor="middle">{safe(axis)}</text>')
    parts += [_curve(one) for one in series]
    caption = f"{safe(title)}<small>{safe(about)}</small>" if about else safe(title)
    return f"<figure><figcaption>{caption}</figcaption>{''.join(parts)}</svg></figure>"


def key(names: Mapping[int, str]) -> str:
    """Say which line is whose, by the number of the series."""
    items: list[str] = []
    for number, name in names.items():
        look = f'<path class="line" d="M0 6H30"{_dash(number)}/>{_mark(number, 15, 6)}'
        line = f'<svg viewBox="0 0 30 12" aria-hidden="true"><g class="s{number % COLOURS}">{look}</g></svg>'
        items.append(f"<li>{line}{safe(name)}</li>")
    return f'<ul class="key">{"".join(items)}</ul>'


def _curve(series: Series) -> str:
    places = [(_across(point.x), _down(point.y)) for point in series.points]
    parts = [f'<g class="s{series.number % COLOURS}">']
    if all(point.interval for point in series.points):
        edges = [(_across(point.x), point.interval or (0.0, 0.0)) for point in series.points]
        upper = [f"{x},{_down(high)}" for x, (_, high) in edges]
        lower = [f"{x},{_down(low)}" for x, (low, _) in reversed(edges)]
        parts.append(f'<polygon class="band" points="{" ".join(upper + lower)}"/>')
    parts.append(f'<polyline class="line" points="{" ".join(f"{x},{y}" for x, y in places)}"{_dash(series.number)}/>')
    parts += [_mark(series.number, x, y) for x, y in places]
    return "".join([*parts, "</g>"])


def _across(x: float) -> float:
    return round(_LEFT + (_RIGHT - _LEFT) * min(1.0, max(0.0, x)), 1)


def _down(y: float) -> float:
    return round(_BOTTOM - (_BOTTOM - _TOP) * min(1.0, max(0.0, y)), 1)


def _tick(x: float, percent: bool) -> str:
    return f"{100 * x:.0f} %" if percent else f"{x:g}"


def _dash(number: int) -> str:
    dash = _DASHES[number % len(_DASHES)]
    return f' stroke-dasharray="{dash}"' if dash else ""


def _mark(number: int, x: float, y: float) -> str:
    shape = number % 3
    if shape == 0:
        return f'<circle class="dot" cx="{x}" cy="{y}" r="3"/>'
    if shape == 1:
        return f'<rect class="dot" x="{x - 3:.1f}" y="{y - 3:.1f}" width="6" height="6"/>'
    return f'<path class="dot" d="M{x:.1f} {y - 4:.1f}l4 7h-8z"/>'

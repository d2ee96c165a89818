"""How much work an SVG would be, told before it is interpreted: some megabytes keep a core for minutes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from stbir.serve.limits import LIMITS
from stbir.serve.problems import Problem

_SHAPES = frozenset(("path", "line", "polyline", "polygon", "circle", "ellipse", "rect"))
_SETTINGS = frozenset(("transform", "style", "class", "fill", "stroke", "color", "viewBox", "preserveAspectRatio"))
_LONGEST_SETTING, _LONGEST_STYLES, _DEEPEST = 500, 5_000, 100
"""Characters that are read by patterns which take four times as long for twice the text; and elements in each other."""
_COMMAND = re.compile(r"([a-df-zA-DF-Z])([^a-df-zA-DF-Z]*)")
_DIGITS = re.compile(r"[0-9.]{40}")
_NUMBER = re.compile(r"[0-9]+\.?[0-9]*|\.[0-9]+")
_POINTS = {"c": 16 / 6, "s": 16 / 4, "q": 16 / 4, "t": 16 / 2, "a": 16 / 7, "h": 1.0, "v": 1.0}
"""How many points each number after a command makes at least; with the other commands two numbers are a point."""


def check_svg(data: bytes, *, at: str) -> None:
    """Refuse an SVG with more in it than a drawing may have; whether it is one is not looked at.

    Raises:
        Problem: 422.
    """
    tally = _Tally(at)
    parser = expat.ParserCreate()
    parser.StartElementHandler = tally.start
    parser.EndElementHandler = tally.end
    parser.CharacterDataHandler = tally.text
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError):
        return  # whoever reads it says so in better words
    tally.finish()


@dataclass
class _Group:
    """An element with a name, or the whole drawing: how many shapes are in it, and what else it shows by name."""

    shapes: int = 0
    shown: list[str] = field(default_factory=list[str])
    total: int | None = None


class _Tally:
    """Counts while the file is read."""

    def __init__(self, at: str) -> None:
        self._at = at
        self._whole = _Group()
        self._named: dict[str, _Group] = {}
        self._open: list[tuple[str, _Group | None]] = [("", self._whole)]
        self._points = 0.0
        self._styles = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name, id = tag.rpartition(":")[2], attributes.get("id")
        self._open.append((name, self._named.setdefault(id, _Group()) if id else None))
        if len(self._open) > _DEEPEST + 1:
            raise self._refusal(f"is nested more than {_DEEPEST} deep")
        for _, group in self._open:
            if group is not None and name in _SHAPES:
                group.shapes += 1
            elif group is not None and name == "use":
                group.shown.append((attributes.get("href") or attributes.get("xlink:href") or "").removeprefix("#"))
        settings = [value for key, value in attributes.items() if key in _SETTINGS]
        if max(map(len, settings), default=0) > _LONGEST_SETTING:
            raise self._refusal(f"has a style or transform of more than {_LONGEST_SETTING:,} characters")
        self._check_numbers(*settings, attributes.get("points", ""))  # those of a path may stand without blanks
        self._points += _points(attributes.get("d", "")) + _numbers(attributes.get("points", "")) / 2
        if self._whole.shapes > LIMITS.strokes or self._points > LIMITS.points:
            raise self._refusal(f"has more than {LIMITS.strokes:,} shapes or {LIMITS.points:,} points")

    def end(self, tag: str) -> None:
        self._open.pop()

    def text(self, text: str) -> None:
        self._styles += text if self._open[-1][0] == "style" else ""
        if len(self._styles) > _LONGEST_STYLES:
            raise self._refusal(f"has more than {_LONGEST_STYLES:,} characters of styles")

    def finish(self) -> None:
        """Look at the styles as a whole, and count again what is shown several times."""
        self._check_numbers(self._styles)
        self._total(self._whole, depth=0)

    def _total(self, group: _Group, *, depth: int) -> int:
        if group.total is None:
            if depth > _DEEPEST:
                raise self._refusal(f"refers more than {_DEEPEST} deep")
            group.total = 0  # for those that show themselves, which nobody draws
            inside = sum(self._total(self._named[id], depth=depth + 1) for id in group.shown if id in self._named)
            group.total = group.shapes + inside
            if group.total > LIMITS.strokes:
                raise self._refusal(f"shows more than {LIMITS.strokes:,} shapes")
        return group.total

    def _check_numbers(self, *texts: str) -> None:
        if any(_DIGITS.search(text) for text in texts):
            raise self._refusal("has a number of more than 40 digits")

    def _refusal(self, what: str) -> Problem:
        return Problem(422, f"{self._at}: the SVG {what}; simplify it")


def _points(path: str) -> float:
    return sum(_POINTS.get(command.lower(), 0.5) * _numbers(numbers) for command, numbers in _COMMAND.findall(path))


def _numbers(text: str) -> int:
    return len(_NUMBER.findall(text))

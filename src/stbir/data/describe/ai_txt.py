"""`ai.txt`, the file with which a site says what of it machines may learn from; written like robots.txt (RFC 9309)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

NAME = "ai.txt"
AGENT = "stbir"


class Rule(NamedTuple):
    """One `Allow` or `Disallow` line."""

    pattern: str
    allow: bool


def read_rules(text: str) -> list[Rule]:
    r"""The rules that are for us: those of the groups for `stbir` if there are any, else those for `*`.

    >>> read_rules("User-Agent: *\nDisallow: *.png  # none\nAllow: /open/")
    [Rule(pattern='*.png', allow=False), Rule(pattern='/open/', allow=True)]
    """
    groups: dict[str, list[Rule]] = {}
    agents: list[str] = []
    ruled = True
    for line in text.splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            agents = [value.lower()] if ruled else [*agents, value.lower()]
            ruled = False
            groups.setdefault(value.lower(), [])
        elif key in ("allow", "disallow"):
            ruled = True
            for agent in agents:
                if value:  # an empty Disallow forbids nothing
                    groups[agent].append(Rule(value, key == "allow"))
    return groups.get(AGENT, groups.get("*", []))


def forbidden(path: str, rules: Sequence[Rule]) -> bool:
    """Whether the rules forbid a path, which begins with `/`; the longest rule that fits wins, `Allow` on a tie.

    >>> rules = [Rule("*.png", False), Rule("/open/", True)]
    >>> forbidden("/a.png", rules), forbidden("/open/a.png", rules), forbidden("/a.jpg", rules)
    (True, False, False)
    """
    fits = [rule for rule in rules if _fits(rule.pattern, path)]
    return bool(fits) and not max(fits, key=lambda rule: (len(rule.pattern), rule.allow)).allow


def _fits(pattern: str, path: str) -> bool:
    # not as a regular expression: many stars would cost exponential time
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    whole, place = pattern.endswith("$"), len(first)
    last = others.pop() if whole and others else ""
    for part in others:
        found = path.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    if not whole:
        return True
    return path.endswith(last) and len(path) - len(last) >= place if "*" in pattern else place == len(path)

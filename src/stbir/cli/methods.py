"""List the retrieval methods, or show one of them in full."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from stbir.cli.wording import as_json, flowing, hanging, table, terminal_width

if TYPE_CHECKING:
    from stbir.config import Settings
    from stbir.methods import About
    from stbir.methods.numbers import Found, Measurement

INDENT = 13
HEADS = {"sketch": "sketch", "text": "words", "both": "both"}


def define(parser: argparse.ArgumentParser) -> None:
    """Name the options of `stbir methods`."""
    parser.add_argument("name", metavar="NAME", nargs="?", help="show this one with its settings, losses and numbers")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Print what each method does and what was measured, or everything about one."""
    from stbir.methods import about, names

    chosen = [about(name) for name in ([options.name] if options.name else names())]
    if options.json:
        plain = [as_plain(one, full=bool(options.name)) for one in chosen]
        print(as_json(plain[0] if options.name else plain))
    elif options.name:
        print(in_full(chosen[0], width=terminal_width()))
    else:
        print("\n\n".join(in_short(one, width=terminal_width()) for one in chosen))
    return 0


def as_plain(one: About, *, full: bool) -> dict[str, Any]:
    """A method as JSON takes it; in full with its settings and what a stage may say of its loss."""
    from stbir.methods import kind_of
    from stbir.methods.numbers import measured

    plain: dict[str, Any] = {"name": one.name, "what": one.text.partition("\n")[0], **_facts(one)}
    plain["numbers"] = [number.model_dump(mode="json") for number in measured(one.name)]
    if full:
        kind = kind_of(one.name)
        plain |= {"text": one.text, "settings": fields_of(kind.Config), "objective": fields_of(kind.Objective)}
    return plain


def in_short(one: About, *, width: int) -> str:
    """The first line of a method's file, what it needs, and its numbers."""
    from stbir.methods.numbers import measured

    blocks = [hanging(one.name.ljust(INDENT - 1), one.text.partition("\n")[0], width=width, indent=INDENT)]
    facts = _facts(one) | {"numbers": _short_numbers(measured(one.name))}
    blocks += [hanging(f"  {head}", said or "-", width=width, indent=INDENT) for head, said in facts.items()]
    return "\n".join(blocks)


def in_full(one: About, *, width: int) -> str:
    """What a method's file says, its settings, what a stage may say of its loss, and its numbers with their origin."""
    from stbir.methods import kind_of
    from stbir.methods.numbers import measured

    kind = kind_of(one.name)
    facts = [hanging(f"  {head}", said or "-", width=width, indent=INDENT) for head, said in _facts(one).items()]
    blocks = [one.name, flowing(one.text, width=width), "\n".join(facts)]
    for head, settings in (("settings", kind.Config), ("objective of a stage", kind.Objective)):
        blocks.append(_fields(head, settings, width=width))
    blocks.append(_full_numbers(measured(one.name), width=width))
    return "\n\n".join(blocks)


def fields_of(settings: type[Settings]) -> list[dict[str, Any]]:
    """Every setting with its default, its choices and what it is; those of a group have its name in front."""
    from stbir.config import Settings

    found: list[dict[str, Any]] = []
    for name, field in settings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        if isinstance(default, Settings):
            found += [one | {"name": f"{name}.{one['name']}"} for one in fields_of(type(default))]
            continue
        choices = [one for one in getattr(field.annotation, "__args__", ()) if isinstance(one, str)]
        found.append(
            {
                "name": name,
                "default": list(default) if isinstance(default, tuple) else default,
                "choices": choices,
                "about": field.description or "",
            }
        )
    return found


def _facts(one: About) -> dict[str, str]:
    facts = asdict(one)
    return {name: facts[name] for name in ("paper", "trains", "needs")}


def _fields(title: str, settings: type[Settings], *, width: int) -> str:
    fields = fields_of(settings)
    if not fields:
        return f"{title}: none"
    lines = [title, "", flowing(settings.__doc__ or "", width=width), ""]
    names = [str(field["name"]) for field in fields]
    defaults = [json.dumps(field["default"], ensure_ascii=False) for field in fields]
    first, second = max(map(len, names)), min(24, max(map(len, defaults)))
    for name, default, field in zip(names, defaults, fields, strict=True):
        said = [field["about"]] if field["about"] else []
        said += [f"one of {', '.join(field['choices'])}"] if field["choices"] else []
        head = f"  {name.ljust(first)}  {default.ljust(second)}"
        lines.append(hanging(head, "; ".join(said), width=width, indent=first + second + 6))
    return "\n".join(lines)


def _short_numbers(found: Sequence[Measurement]) -> str:
    if not found:
        return "none yet"
    usual = found[0].measure
    said = [
        f"{_what(one)}{'' if one.measure == usual else f', {one.measure},'} {' / '.join(_percents(one.found))}"
        for one in found
    ]
    return f"{usual} in percent, by {' / '.join(HEADS.values())}: {'; '.join(said)}"


def _full_numbers(found: Sequence[Measurement], *, width: int) -> str:
    if not found:
        return "numbers: none yet"
    rows = [["in percent", "query", "measure", "mean", "95 % interval", "seeds"]]
    for one in found:
        for modality, number in one.found.items():
            low, high = number.interval
            cells = [f"{100 * number.value:.1f}", f"[{100 * low:.1f}, {100 * high:.1f}]", str(one.seeds)]
            rows.append([_what(one), HEADS[modality], one.measure, *cells])
    origins = [
        hanging(f"{_what(one)}:", f"{one.command} ({one.recipe}; {one.file})", width=width, indent=4) for one in found
    ]
    return "\n".join(["numbers", "", table(rows, right=range(3, 6)), "", *origins])


def _what(one: Measurement) -> str:
    """What was measured on what, as a person says it; a task is named where there is one and the test does not."""
    told = one.task is None or one.test.startswith(one.task)
    return f"{one.entrant} on {'' if told else f'{one.task}: '}{one.test}"


def _percents(found: Mapping[str, Found]) -> list[str]:
    return [f"{100 * found[modality].value:.1f}" if modality in found else "-" for modality in HEADS]

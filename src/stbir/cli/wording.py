"""Words to and from a terminal: arguments made safe to search with, results made pleasant to read."""

from __future__ import annotations

import argparse
import inspect
import json
import shutil
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from stbir.errors import InputError

MOST_CHARACTERS = 100_000


def spoken(text: str, *, option: str) -> str:
    r"""Clean the words of a query: control characters and what is no Unicode become spaces.

    >>> spoken(" red\x07 boot\n", option="--text")
    'red boot'

    Raises:
        InputError: more than 100,000 characters.
    """
    if len(text) > MOST_CHARACTERS:
        raise InputError(f"{option} takes at most {MOST_CHARACTERS:,} characters, got {len(text):,}")
    kept = "".join(" " if unicodedata.category(character) in ("Cc", "Cs") else character for character in text)
    return " ".join(kept.split())


def place(text: str) -> Path:
    """Read a path from the command line.

    Raises:
        argparse.ArgumentTypeError: it is empty, as a shell variable that was never set; that would mean this folder.
    """
    if not text:
        raise argparse.ArgumentTypeError("the name is empty")
    return Path(text)


def shown(text: object) -> str:
    r"""Make a name safe for a terminal: what could move the cursor becomes a question mark.

    >>> shown("a\x1b[2Jb.png")
    'a?[2Jb.png'
    """
    return "".join("?" if unicodedata.category(character) == "Cc" else character for character in str(text))


def table(rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> str:
    """Align columns, the ones numbered in `right` to the right; the first row is the header.

    >>> print(table([["rank", "path"], ["1", "a.png"]], right=[0]))
    rank  path
       1  a.png
    """
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines: list[str] = []
    for row in rows:
        cells = [cell.rjust(widths[i]) if i in right else cell.ljust(widths[i]) for i, cell in enumerate(row)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def terminal_width() -> int:
    """How wide text may be: as the terminal is, 120 at most, 80 where there is none."""
    return max(60, min(120, shutil.get_terminal_size((80, 24)).columns))


def hanging(head: str, text: str, *, width: int, indent: int) -> str:
    """Put a head before text that is wrapped to `width` and stands `indent` to the right of the margin.

    A head that is longer than `indent` stays on the first line, and less text with it.

    >>> print(hanging("needs", "a sketch and words", width=20, indent=8))
    needs   a sketch and
            words
    """
    first = head.ljust(indent) if len(head) < indent else f"{head} "
    return (
        textwrap.fill(
            text, width, initial_indent=first, subsequent_indent=" " * indent, break_on_hyphens=False
        ).rstrip()
        or first.rstrip()
    )


def flowing(text: str, *, width: int) -> str:
    r"""Wrap the paragraphs of a docstring to `width`; those with indented lines, such as equations, stay as they are.

    >>> print(flowing("one two\nthree\n\n  a = b", width=8))
    one two
    three
    <BLANKLINE>
      a = b
    """
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(
        paragraph
        if any(line[:1].isspace() for line in paragraph.splitlines())
        else textwrap.fill(" ".join(paragraph.split()), width, break_on_hyphens=False, break_long_words=False)
        for paragraph in paragraphs
    )


def as_json(value: Any) -> str:
    r"""Write JSON that a person can read; names that are no Unicode are escaped.

    >>> as_json({"text": "鞋"})
    '{\n  "text": "鞋"\n}'
    """
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, indent=2, allow_nan=False)
    return text


def counted(number: int, noun: str) -> str:
    """Say how many, in the singular or the plural.

    >>> counted(1, "photo"), counted(1200, "photo"), counted(2, "sketch")
    ('1 photo', '1,200 photos', '2 sketches')
    """
    many = "es" if noun.endswith("ch") else "s"
    return f"{number:,} {noun}{'' if number == 1 else many}"


def reranking(said: Mapping[str, Any]) -> list[str]:
    """Say of a protocol in a line how the best photos were ranked again, or nothing where they were not."""
    again = said.get("reranked")
    if not again:
        return []
    return [
        f"the best {again['photos']:,} ranked again by tokens: {again['ms_per_query']:.1f} ms a query; a photo has "
        f"{again['vector_bytes']:,} bytes of vector and {again['token_bytes']:,} of tokens"
    ]


def reachable(path: Path) -> Path:
    """Shorten a path that lies below the current folder; it can be opened from where the user stands."""
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path


def refuse_unwritable(path: Path | None) -> None:
    """Say before a long run, and not after it, where its result cannot go.

    Raises:
        InputError: it is a folder, or lies in none.
    """
    if path and (path.is_dir() or not path.absolute().parent.is_dir()):
        reason = "it is a folder" if path.is_dir() else f"there is no folder {path.parent}"
        raise InputError(f"cannot write {path}: {reason}")

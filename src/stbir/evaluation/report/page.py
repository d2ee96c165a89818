"""One HTML page that needs nothing else: no script, no font, no picture from anywhere."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from stbir.errors import InputError

MOST_CHARACTERS = 300
"""More of a text from a table is cut: a report is looked at."""


def safe(text: object, *, most: int = MOST_CHARACTERS) -> str:
    r"""Escape a text from outside for HTML, in content and in quoted attributes; what cannot be shown becomes a space.

    >>> safe('<b>"x"\x00')
    '&lt;b&gt;&quot;x&quot; '
    """
    said = str(text)
    said = said if len(said) <= most else said[:most].rstrip() + " …"
    # control characters, halves of characters, and marks that would turn the direction of what follows
    clean = "".join(" " if unicodedata.category(one) in ("Cc", "Cs") or one in _TURNS else one for one in said)
    return html.escape(clean, quote=True)


_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def table(
    header: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str, best: Sequence[tuple[int, int]] = ()
) -> str:
    """Make a table of cells that are HTML already: the first of each row is its header.

    Args:
        header: the names of the columns.
        rows: the cells.
        caption: what a reader who cannot see the page is told.
        best: (row, column) of the cells to stand out.
    """
    head = "".join(f'<th scope="col">{cell}</th>' for cell in header)
    lines: list[str] = []
    for number, row in enumerate(rows):
        cells = [
            f"<td{' class=best' if (number, column) in best else ''}>{cell}</td>"
            for column, cell in enumerate(row[1:], start=1)
        ]
        lines.append(f'<tr><th scope="row">{row[0]}</th>{"".join(cells)}</tr>')
    body = "\n".join(lines)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{caption}"><table>\n<caption>{caption}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>"
    )


def section(title: str, *parts: str, note: str = "") -> str:
    """Make a part of the page under a headline; the title and the note are HTML already."""
    about = f"<p>{note}</p>" if note else ""
    return "\n".join([f"<section><h2>{title}</h2>{about}", *parts, "</section>"])


def page(title: str, *, subtitle: str, sections: Sequence[str]) -> str:
    """Put a whole page together; the title is text, the rest HTML already.

    A policy in the page forbids it to load anything, whatever a text from a table may have smuggled in.
    """
    style = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{safe(title)}</title>",
            f"<style>\n{style}</style></head><body>",
            f"<header><h1>{safe(title)}</h1><p>{subtitle}</p></header><main>",
            *sections,
            "</main></body></html>\n",
        ]
    )


def write_page(text: str, path: Path) -> None:
    """Write a page.

    Raises:
        InputError: the place cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}") from None

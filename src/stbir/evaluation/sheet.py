"""Searches as one picture: what was drawn and said, and the photos that were found, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from stbir.data.pictures import open_picture
from stbir.errors import InputError
from stbir.functional.strokes import rasterise
from stbir.types import Hit, Photo, Query

WIDTH = 2000
MARGIN = 96
TILE = 270
GAP = 24
ASIDE = 92  # between what was asked and what was found
COLUMNS = 5
CAPTION = 64
MOST_HITS = 10
MOST_ROWS = 20

PAPER = "#ffffff"
INK = "#1d1d1f"
GREY = "#86868b"
FAINT = "#c4c4c8"
RULE = "#e6e6e9"
WASH = "#f6f6f8"
GREEN = "#2f9e63"

MOST_CHARACTERS = 600
"""More of a text than this is cut: a sheet is looked at, not read."""


@dataclass(frozen=True)
class SheetRow:
    """One search on a sheet; `target` is the id of the photo that was looked for, where it is known.

    What a model `imagined` for the query stands before the photos, and in the place of one.
    """

    query: Query
    hits: Sequence[Hit]
    target: str | None = None
    imagined: Image.Image | None = None


def contact_sheet(rows: Sequence[SheetRow], *, path: str | Path, title: str = "", subtitle: str = "") -> None:
    """Draw searches as a PNG, 2000 pixels wide: one row each, five photos to a line, ten at most.

    Each photo stands over its rank and score; a green frame marks the target. A photo that cannot be read is
    drawn as an empty tile.

    Raises:
        InputError: no rows or more than 20, a name that does not end in .png, a place that cannot be written.
    """
    path = Path(path)
    if not 1 <= len(rows) <= MOST_ROWS:
        raise InputError(f"a sheet shows 1 to {MOST_ROWS} searches, got {len(rows)}")
    if path.suffix.lower() != ".png":
        raise InputError(f"a sheet is a PNG, so its name must end in .png, got {path}")
    blocks = [_row(row) for row in rows]
    head = _head(title, subtitle, target=any(row.target is not None for row in rows))
    spacing = 64
    height = head.height + sum(block.height + 2 * spacing for block in blocks) + MARGIN - spacing
    sheet = Image.new("RGB", (WIDTH, height), PAPER)
    pen = ImageDraw.Draw(sheet)
    sheet.paste(head, (0, 0))
    top = head.height
    for number, block in enumerate(blocks):
        if number or title:
            pen.rectangle((MARGIN, top, WIDTH - MARGIN - 1, top + 1), fill=RULE)
        sheet.paste(block, (0, top + spacing))
        top += block.height + 2 * spacing
    try:
        sheet.save(path, format="PNG", optimize=True)
    except FileNotFoundError:
        raise InputError(f"cannot write {path}: there is no folder {path.parent}") from None


def _head(title: str, subtitle: str, *, target: bool) -> Image.Image:
    title = next(iter(_wrap(title, size=48, width=1300, most=1)), "")
    lines = _wrap(subtitle, size=26, width=1300)
    tall = MARGIN + (60 if title else 0) + 38 * len(lines) + 30 if title or subtitle else MARGIN - 64
    head = Image.new("RGB", (WIDTH, tall), PAPER)
    pen = ImageDraw.Draw(head)
    if title:
        pen.text((MARGIN, MARGIN - 12), title, font=_font(48), fill=INK)
    for number, line in enumerate(lines):
        pen.text((MARGIN, MARGIN + (56 if title else 0) + 38 * number), line, font=_font(26), fill=GREY)
    if target and title:
        label = "the photo looked for"
        left = WIDTH - MARGIN - _font(24).getlength(label)
        head.paste(*_frame(28, colour=GREEN, width=4, radius=7, at=(round(left) - 44, MARGIN + 2)))
        pen.text((left, MARGIN), label, font=_font(24), fill=GREY)
    return head


def _row(row: SheetRow) -> Image.Image:
    """Draw one search: its words as the headline, its sketch on the left, its hits on the right."""
    said = _wrap(f"“{row.query.text}”" if row.query.text else "", size=38, width=WIDTH - 2 * MARGIN)
    avoided = _wrap(f"but not {', '.join(row.query.avoid)}" if row.query.avoid else "", size=28, width=1400)
    words = 52 * len(said) + 42 * len(avoided) + (28 if said or avoided else 0)
    before = 0 if row.imagined is None else 1
    hits = list(row.hits[: MOST_HITS - before])
    lines = max(1, -(-(before + len(hits)) // COLUMNS))
    block = Image.new("RGB", (WIDTH, words + lines * (TILE + CAPTION) + (lines - 1) * GAP), PAPER)
    pen = ImageDraw.Draw(block)
    for number, line in enumerate(said):
        pen.text((MARGIN, 52 * number - 4), line, font=_font(38), fill=INK)
    for number, line in enumerate(avoided):
        pen.text((MARGIN, 52 * len(said) + 42 * number), line, font=_font(28), fill=GREY)
    _draw_query(block, row.query, top=words)
    if row.imagined is not None:
        at = (MARGIN + TILE + ASIDE, words)
        _paste_rounded(block, _tile(Photo("imagined", image=row.imagined)), at=at)
        block.paste(*_frame(TILE, colour=RULE, width=2, at=at))
        pen.text((at[0], words + TILE + 14), "imagined", font=_font(26), fill=GREY)
    elif not hits:
        pen.text((MARGIN + TILE + ASIDE, words + TILE // 2 - 20), "nothing found", font=_font(30), fill=FAINT)
    for place, hit in enumerate(hits, start=before):
        left = MARGIN + TILE + ASIDE + (place % COLUMNS) * (TILE + GAP)
        top = words + (place // COLUMNS) * (TILE + CAPTION + GAP)
        _draw_hit(block, hit, at=(left, top), target=row.target is not None and hit.photo.id == row.target)
    return block


def _draw_query(block: Image.Image, query: Query, *, top: int) -> None:
    """Draw the sketches, else the reference photo, else a quiet note that there were only words."""
    pen = ImageDraw.Draw(block)
    at = (MARGIN, top)
    if query.sketches:
        inner = TILE - 24
        drawn = Image.new("L", (TILE, TILE), 255)
        if len(query.sketches) == 1:
            drawn.paste(Image.fromarray(rasterise(query.sketches[0], inner)), (12, 12))
        else:
            for number, sketch in enumerate(query.sketches[:4]):
                place = (12 + number % 2 * (inner // 2), 12 + number // 2 * (inner // 2))
                drawn.paste(Image.fromarray(rasterise(sketch, inner // 2 - 6)), place)
        _paste_rounded(block, drawn.convert("RGB"), at=at)
        label = "sketch" if len(query.sketches) == 1 else f"{len(query.sketches)} sketches"
    elif query.photo is not None:
        _paste_rounded(block, _tile(query.photo), at=at)
        label = "reference photo"
    else:
        _paste_rounded(block, Image.new("RGB", (TILE, TILE), WASH), at=at)
        label = ""
        pen.text((MARGIN + TILE / 2, top + TILE / 2), "words only", font=_font(26), fill=FAINT, anchor="mm")
    block.paste(*_frame(TILE, colour=INK if query.sketches else RULE, width=2, at=at))
    pen.text((MARGIN, top + TILE + 14), label, font=_font(26), fill=GREY)


def _draw_hit(block: Image.Image, hit: Hit, *, at: tuple[int, int], target: bool) -> None:
    left, top = at
    _paste_rounded(block, _tile(hit.photo), at=at)
    if target:
        block.paste(*_frame(TILE + 16, colour=GREEN, width=6, radius=22, at=(left - 8, top - 8)))
    else:
        block.paste(*_frame(TILE, colour=RULE, width=2, at=at))
    pen = ImageDraw.Draw(block)
    pen.text((left, top + TILE + 14), str(hit.rank), font=_font(28), fill=GREEN if target else INK)
    score = f"{hit.score:.3f}"
    pen.text((left + TILE, top + TILE + 14), score, font=_font(28), fill=GREY, anchor="ra")


def _tile(photo: Photo) -> Image.Image:
    """Fit the whole photo into a white square: product photos on white then have no edge at all."""
    tile = Image.new("RGB", (TILE, TILE), PAPER)
    try:
        picture = photo.image
        if picture is None:
            if photo.path is None:
                raise InputError(f"photo {photo.id} has no picture")
            picture = open_picture(photo.path, at_least=TILE)
    except InputError:
        tile.paste(WASH, (0, 0, TILE, TILE))
        note = "cannot be read"
        ImageDraw.Draw(tile).text((TILE / 2, TILE / 2), note, font=_font(24), fill=FAINT, anchor="mm")
        return tile
    fitted = ImageOps.contain(picture.convert("RGB"), (TILE, TILE), Image.Resampling.LANCZOS)
    tile.paste(fitted, ((TILE - fitted.width) // 2, (TILE - fitted.height) // 2))
    return tile


def _paste_rounded(block: Image.Image, tile: Image.Image, *, at: tuple[int, int]) -> None:
    block.paste(tile, at, _rounded(tile.width, radius=16))


def _rounded(side: int, *, radius: float, inset: float = 0) -> Image.Image:
    """Draw a filled rounded square as a mask; four times too large first, because Pillow draws jagged corners."""
    large = Image.new("L", (4 * side, 4 * side), 0)
    box = (4 * inset, 4 * inset, 4 * (side - inset) - 1, 4 * (side - inset) - 1)
    ImageDraw.Draw(large).rounded_rectangle(box, radius=4 * radius, fill=255)
    return large.resize((side, side), Image.Resampling.BOX)


def _frame(
    side: int, *, colour: str, width: int, at: tuple[int, int], radius: float = 16
) -> tuple[Image.Image, tuple[int, int], Image.Image]:
    """Give what `Image.paste` needs to draw a rounded frame at `at`."""
    mask = _rounded(side, radius=radius)
    inner = _rounded(side, radius=max(1, radius - width), inset=width)
    mask.paste(0, (0, 0), inner)
    return Image.new("RGB", (side, side), colour), at, mask


def _wrap(text: str, *, size: int, width: float, most: int = 4) -> list[str]:
    """Break a text into at most `most` lines of `width` pixels; what does not fit ends in an ellipsis."""
    clean = _clean(text)
    words = clean[:MOST_CHARACTERS].split(" ") if clean else []
    font = _font(size)
    lines: list[str] = []
    line = ""
    while words:
        word = words.pop(0)
        longer = f"{line} {word}" if line else word
        if font.getlength(longer) <= width:
            line = longer
        elif line:
            lines.append(line)
            line = ""
            words.insert(0, word)
        else:
            # one word wider than the sheet, as in scripts without spaces
            fits = max(1, next((n for n in range(1, len(word)) if font.getlength(word[: n + 1]) > width), len(word)))
            lines.append(word[:fits])
            words.insert(0, word[fits:])
    lines += [line] if line else []
    if len(lines) > most or len(clean) > MOST_CHARACTERS:
        lines = lines[:most]
        while lines[-1] and font.getlength(lines[-1] + " …") > width:
            lines[-1] = lines[-1][:-1]
        lines[-1] = lines[-1].rstrip(" ,;") + " …"
    return lines


def _clean(text: str) -> str:
    """Keep what can be drawn: control characters and line breaks become single spaces."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)

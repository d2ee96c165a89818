"""Drawings as files that are traps, and forms that are none."""

from __future__ import annotations

import gzip
import io
import struct
import zlib

from hostile import BOUNDARY, Hostile, form, hostile, part, upload
from PIL import Image, ImageDraw
from wire import post


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *chunks: bytes, rows: bytes = b"", bits: int = 1) -> bytes:
    """A PNG in grey whose header says one thing while the rest may say another."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0))
    end = chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + end


def picture(kind: str) -> bytes:
    """An honest drawing of a line."""
    canvas, file = Image.new("RGB", (120, 120), "white"), io.BytesIO()
    ImageDraw.Draw(canvas).line((10, 10, 110, 90), fill="black", width=4)
    canvas.save(file, kind)
    return file.getvalue()


def svg(body: str, attributes: str = 'viewBox="0 0 100 100"', before: str = "") -> bytes:
    return f'{before}<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{body}</svg>'.encode()


def entities(*declared: str) -> str:
    return f"<!DOCTYPE svg [{''.join(f'<!ENTITY {entity}>' for entity in declared)}]>"


LAUGHS = entities('a0 "ha"', *(f'a{n} "{f"&a{n - 1};" * 10}"' for n in range(1, 10)))
LINE = '<path d="M10 10L90 80" stroke="black"/>'
COPIES = "".join(f'<g id="a{n}"><use href="#a{n - 1}"/><use href="#a{n - 1}"/></g>' for n in range(1, 15))
SEA = b"\0" * (20_000 * 2501)
BOMB = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 50_000_000, 9))
PROFILE = chunk(b"iCCP", b"profile\0\0" + zlib.compress(b"\0" * 50_000_000, 9))
OTHERS = {
    "PSD": b"8BPS\0\1" + b"\0" * 100,
    "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) (r) file\n",
    "PDF": b"%PDF-1.7\n1 0 obj\n<< /OpenAction << /S /JavaScript >> >>\nendobj\n",
    "ZIP": b"PK\3\4" + b"\0" * 100,
    "PPM": b"P6 100000 100000 255\n",
    "text": b"push graphic-context\nfill 'url(https://example.com/image.jpg)'\n",
    "zeros": b"\0" * 1000,
}

PICTURES = [
    upload("a PNG of 400 megapixels in 50 kB", png(20_000, 20_000, rows=SEA), 413),
    upload("a PNG that claims 4 thousand million pixels a side", png(2**32 - 1, 2**32 - 1), 413, 422),
    upload("a PNG without width", png(0, 100), 415, 422),
    upload("a PNG that claims more pixels than it has", png(4000, 4000, rows=b"\0" * 1000), 422),
    upload("a PNG that has more pixels than it claims", png(100, 100, rows=SEA), 422),
    upload("a PNG that is too long and thin", png(20_000, 1, rows=b"\0" * 2501), 422),
    upload("a PNG with 50 MB of text", png(100, 100, BOMB, rows=b"\0" * 1400), 422),
    upload("a PNG with a profile of 50 MB", png(100, 100, PROFILE, rows=b"\0" * 1400), 422),
    upload("a PNG cut off", picture("PNG")[:60], 415, 422),
    upload("a PNG cut off near its end", picture("PNG")[:-40], 422),
    upload("a JPEG cut off", picture("JPEG")[:200], 415, 422),
    upload("a JPEG cut off in its middle", picture("JPEG")[:700], 422),
    upload("a WebP cut off", picture("WEBP")[:60], 415, 422),
    upload("a blank sheet", png(100, 100, rows=b"\0" * 1400), 422),
    upload("an empty file", b"", 422),
    *(upload(f"a drawing as {kind}", picture(kind), 415) for kind in ("GIF", "BMP", "TIFF", "ICO", "PCX")),
    *(upload(f"{kind} instead of a drawing", data, 415) for kind, data in OTHERS.items()),
]

DRAWINGS = [
    upload("an SVG with nothing but a script", svg("<script>alert(1)</script>"), 422),
    upload("an SVG that reads a file", svg("&x;" + LINE, before=entities('x SYSTEM "file:///etc/passwd"')), 422),
    upload("an SVG that reads an address", svg(LINE, before=entities('% x SYSTEM "http://127.0.0.1/"')), 422),
    upload("an SVG of a thousand million laughs", svg("&a9;" + LINE, before=LAUGHS), 422),
    upload("an SVG of a long entity", svg("&a;" * 1000 + LINE, before=entities(f'a "{"x" * 10_000}"')), 422),
    upload("an SVG with a picture from elsewhere", svg('<image href="http://127.0.0.1/x.png" width="9"/>'), 422),
    upload("an SVG with a picture in it", svg('<image href="data:image/png;base64,AAAA" width="9"/>'), 422),
    upload("an SVG that uses another file", svg('<use href="/etc/passwd#a"/>'), 422),
    upload("an SVG that uses itself", svg('<g id="a"><use href="#a"/></g>'), 422),
    upload("an SVG of a million points", svg(f'<path d="M0 0{"L1 2" * 1_000_000}"/>'), 413),
    upload("an SVG of 100,000 groups in each other", svg("<g>" * 100_000 + "</g>" * 100_000), 422),
    upload("an SVG of 60,000 elements", svg("<g/>" * 60_000), 422),
    *(
        upload(f"an SVG that takes minutes to read: {kind}", svg(body), 422)
        for kind, body in {
            "points": f'<path d="M0 0{"L1 2" * 101_000}"/>',
            "curves": f'<path d="M0 0{"t1 1" * 30_000}"/>',
            "arcs": f'<path d="M0 0{"a1 1 0 0 1 1 1" * 70_000}"/>',
            "circles": '<circle r="1"/>' * 40_000,
            "copies of copies": f'<g id="a0">{LINE}</g>{COPIES}<use href="#a14"/>',
            "transforms": f'<path transform="{"translate(" * 80_000}" d="M1 1L9 9"/>',
            "a colour": f'<path stroke="rgb({"1" * 900_000}" d="M1 1L9 9"/>',
            "colours": f'<path style="fill:rgb({"1" * 480}" d="M1 1L9 9"/>' * 1800,
            "a number": f'<polyline points="{"1" * 900_000}"/>',
            "a number of many parts": f'<polyline points="{f"{1:039}." * 20_000}"/>',
            "styles": f"<style>{'a{' * 49_000}</style>{LINE}",
            "a colour for all": f"<style>.a{{fill:rgb({'1' * 4900}}}</style>" + '<path class="a" d="M1 1L9 9"/>' * 1900,
        }.items()
    ),
    upload("an SVG with coordinates of nowhere", svg('<path d="M1e300 1L9 1e300"/>'), 422),
    upload("an SVG of no size", svg(LINE, 'viewBox="0 0 0 0"'), 422),
    upload("an SVG of a size that is no number", svg(LINE, 'viewBox="nan nan nan nan" width="inf"'), 422),
    upload("an SVG cut off", svg(LINE)[:-10], 422),
    upload("a page instead of an SVG", b"<!doctype html><title>x</title><script>alert(1)</script>", 422),
    upload("an SVG in an encoding of our own", svg(LINE, before='<?xml version="1.0" encoding="evil"?>'), 422),
    upload("strokes that are none", b'{"strokes": "no"}', 422),
    upload("strokes with NaN", b"[[[NaN, 1], [2, 3]]]", 400),
    upload("strokes 5,000 deep", b"[" * 5000 + b"]" * 5000, 400),
    upload("strokes with another key", b'{"strokes": [[[1, 2], [3, 4]]], "path": "/etc/passwd"}', 422),
]

SKETCH = part("sketch", svg(LINE))
NESTED = b"--in\r\nContent-Disposition: file; filename=a\r\n\r\nx\r\n--in--"
"""Files of one field in a form of their own, as it was once done."""
FORMS = [
    hostile("a form without a boundary", form(SKETCH, content_type="multipart/form-data"), 400),
    hostile("a form with an empty boundary", form(SKETCH, content_type='multipart/form-data; boundary=""'), 400),
    hostile(
        "a form with a boundary of 10,000 letters",
        form(content_type=f"multipart/form-data; boundary={'a' * 10_000}"),
        400,
    ),
    hostile("a form with another boundary", form(SKETCH, content_type="multipart/form-data; boundary=other"), 400),
    hostile("a form of nothing", post(b"", f"multipart/form-data; boundary={BOUNDARY}"), 400),
    hostile("a form that does not end", form(SKETCH, end=b""), 400),
    hostile("a form that breaks off in a header", form(b"--edge\r\nContent-Dispo", end=b""), 400),
    hostile("a part without headers", form(b"--edge\r\n\r\nred\r\n"), 400),
    hostile("a part without a name", form(b"--edge\r\nContent-Disposition: form-data\r\n\r\nred\r\n"), 400),
    hostile(
        "a part that is an attachment",
        form(b"--edge\r\nContent-Disposition: attachment; name=query\r\n\r\n{}\r\n"),
        400,
    ),
    hostile("a part of an unknown name", form(part("path", b"/etc/passwd")), 422),
    hostile("a part of an endless name", form(part("a" * 100_000, b"red")), 400),
    hostile("a part with 100,000 headers", form(b"--edge\r\n" + b"a: b\r\n" * 100_000 + b"\r\nred\r\n"), 400),
    hostile("a header that is none", form(b"--edge\r\n\xff\xfe\0\r\n\r\nred\r\n"), 400),
    hostile("a file name over two lines", form(part("sketch", b"x", more='; filename="a\r\nX-Evil: 1"')), 400, 415),
    hostile("two questions", form(part("query", b"{}"), part("query", b"{}")), 422),
    hostile("a question that is none", form(part("query", b"\xff"), SKETCH), 400),
    hostile("five sketches", form(*[SKETCH] * 5), 422),
    hostile("10,000 parts", form(*[part("sketch", b"x")] * 10_000), 422),
    hostile("a form within a form", form(part("sketch", NESTED)), 415),
    hostile("11 MB in a form", form(part("sketch", b"\x89PNG" + b"\0" * 11_000_000)), 413),
    hostile("9 MB that look like boundaries", form(part("sketch", b"\r\n--edg" * 1_200_000)), 422, 415),
    hostile(
        "a bomb in gzip", post(gzip.compress(b" " * 50_000_000), "application/json", ("Content-Encoding", "gzip")), 415
    ),
    hostile("Brotli", post(b"\x1b", "application/json", ("Content-Encoding", "br")), 415),
    hostile("compressed twice", post(b"x", "application/json", ("Content-Encoding", "gzip, gzip")), 415),
]

FILES: list[Hostile] = [*PICTURES, *DRAWINGS, *FORMS]

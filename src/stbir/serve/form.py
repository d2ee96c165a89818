"""Form data from a body in memory: the JSON of a question, and files of drawings."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from stbir.serve.limits import LIMITS
from stbir.serve.problems import Problem

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

QUERY, SKETCH = "query", "sketch"
_PARTS = LIMITS.sketches + 1
_HEADERS, _HEADER_BYTES = 8, 2_000
_SILENT = logging.Logger("form", logging.CRITICAL + 1)
"""The parser would tell the log of every malformed form, and that as often as somebody likes."""


@dataclass(frozen=True)
class Form:
    """The parts of a form: the question, if there is one, and the content of each drawing."""

    query: bytes | None
    sketches: tuple[bytes, ...]


def read_form(body: bytes, content_type: str) -> Form:
    """Take a form apart.

    Raises:
        Problem: 400 if it is malformed, 422 if it has parts that are not asked for, or too many.
    """
    _, options = parse_options_header(content_type.encode("latin-1", "replace"))
    boundary = options.get(b"boundary", b"")
    if not boundary or len(boundary) > 70:  # as RFC 2046 has it
        raise Problem(400, "multipart/form-data needs a boundary of at most 70 characters")
    reader = _Reader()
    try:
        parser = MultipartParser(boundary, reader.callbacks(), max_header_count=_HEADERS, max_header_size=_HEADER_BYTES)
        parser.logger = _SILENT
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise Problem(400, f"the form is malformed ({error})") from None
    if not reader.complete:
        raise Problem(400, "the form ends before its closing boundary")
    return _form(reader.parts)


def _form(parts: list[tuple[str, bytes]]) -> Form:
    queries = [data for name, data in parts if name == QUERY]
    sketches = tuple(data for name, data in parts if name == SKETCH)
    strangers = [name for name, _ in parts if name not in (QUERY, SKETCH)]
    if strangers:
        raise Problem(422, f"the part {strangers[0]!r:.60} is unknown (known: {QUERY}, {SKETCH})")
    if len(queries) > 1:
        raise Problem(422, f"the part {QUERY!r} is there {len(queries)} times; send it once")
    return Form(queries[0] if queries else None, sketches)


class _Reader:
    """Collects what the parser finds."""

    def __init__(self) -> None:
        self.parts: list[tuple[str, bytes]] = []
        self.complete = False
        self._field = self._value = b""
        self._headers: dict[bytes, bytes] = {}
        self._data: list[bytes] = []

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin,
            "on_part_data": self._more,
            "on_part_end": self._end,
            "on_header_field": self._name,
            "on_header_value": self._content,
            "on_header_end": self._header,
            "on_end": self._finish,
        }

    def _begin(self) -> None:
        if len(self.parts) == _PARTS:
            raise Problem(422, f"a form may have {_PARTS} parts: one {QUERY!r} and {LIMITS.sketches} times {SKETCH!r}")
        self._headers, self._data = {}, []

    def _name(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _content(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header(self) -> None:
        self._headers[self._field.lower()] = self._value
        self._field = self._value = b""

    def _more(self, data: bytes, start: int, end: int) -> None:
        self._data.append(data[start:end])

    def _end(self) -> None:
        kind, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        if kind != b"form-data" or b"name" not in options:
            raise Problem(400, "a part of the form has no Content-Disposition with a name")
        self.parts.append((options[b"name"].decode("utf-8", "replace"), b"".join(self._data)))

    def _finish(self) -> None:
        self.complete = True

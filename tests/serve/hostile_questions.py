"""Searches in JSON that no page would send."""

from __future__ import annotations

import json
from typing import Any

from hostile import Hostile, hostile, question, text
from wire import post

SQUARE = [[10, 90, 90, 10, 10], [10, 10, 90, 90, 10]]
MANY = 100_000


def drawing(strokes: str) -> str:
    """A question with a drawing written out, as JSON writers refuse to write some of these numbers."""
    return f'{{"sketches": [{{"canvas": [100, 100], "strokes": {strokes}}}]}}'


def drawn(strokes: Any) -> str:
    return drawing(json.dumps(strokes))


COORDINATES = [
    text("a coordinate is NaN", drawing("[[[NaN, 1], [2, 3]]]"), 400),
    text("a coordinate is Infinity", drawing("[[[Infinity, 1], [2, 3]]]"), 400),
    text("a coordinate is -Infinity", drawing("[[[-Infinity, 1], [2, 3]]]"), 400),
    text("a coordinate grows to infinity", drawing("[[[1e999, 1], [2, 3]]]"), 422),
    text("a coordinate is beyond float32", drawing("[[[1e308, 1], [2, 3]]]"), 422),
    text("a coordinate has 400 digits", drawing(f"[[[{'9' * 400}, 1], [2, 3]]]"), 422),
    text("a coordinate has 100,000 digits", drawing(f"[[[{'9' * MANY}, 1], [2, 3]]]"), 400),
    text("a coordinate is text", drawing('[[["1", 1], [2, 3]]]'), 422),
    text("a coordinate is null", drawing("[[[null, 1], [2, 3]]]"), 422),
    text("a coordinate is true", drawing("[[[true, 1], [2, 3]]]"), 422),
    text("a coordinate is a list", drawing("[[[[1], 1], [2, 3]]]"), 422),
    text("every point is the same minus zero", drawing("[[[-0, -0.0], [-0, 0]]]"), 422),
    text("a million points", drawn([[[1] * 1_000_000, [2] * 1_000_000]]), 413, 422),
    text("as many points as fit", drawn([[[1] * 600_000, [2] * 600_000]]), 413, 422),
    text("a few points too many", drawn([[[*range(50_001)], [*range(50_001)]]] * 2), 422),
    text("100,000 strokes", drawn([SQUARE] * MANY), 413, 422),
    text("100,000 empty strokes", drawn([[]] * MANY), 422),
    text("4,000 strokes in 4 sketches", json.dumps({"sketches": [{"strokes": [SQUARE] * 1000}] * 4}), 422),
    text("rows of different lengths", drawn([[[1, 2, 3], [1, 2]]]), 422),
    text("rows of different lengths in time", drawn([[[1, 2], [1, 2], [1]]]), 422),
    text("a stroke without points", drawn([[[], []]]), 422),
    text("a stroke without rows", drawn([[]]), 422),
    text("a stroke with one row", drawn([[[1, 2, 3]]]), 422),
    text("a stroke with four rows", drawn([[[1, 2]] * 4]), 422),
    text("a drawing without strokes", drawn([]), 422),
    text("strokes as pairs", drawn([[1, 2], [3, 4]]), 422),
    question("a canvas without width", {"sketches": [{"canvas": [0, 100], "strokes": [SQUARE]}]}, 422),
    question("a canvas of 100,000 sides", {"sketches": [{"canvas": [1] * MANY, "strokes": [SQUARE]}]}, 422),
    question("a thousand sketches", {"sketches": [{"strokes": [SQUARE]}] * 1000}, 422),
    question("sketches as an object", {"sketches": {"strokes": [SQUARE]}}, 422),
]

TYPES = [
    question("k is text", {"text": "red", "k": "5"}, 422),
    question("k is true", {"text": "red", "k": True}, 422),
    question("k is a fraction", {"text": "red", "k": 5.5}, 422),
    question("k is null", {"text": "red", "k": None}, 422),
    question("k is huge", {"text": "red", "k": 10**9}, 422),
    question("k is negative", {"text": "red", "k": -1}, 422),
    question("k is zero", {"text": "red", "k": 0}, 422),
    text("k has 100,000 digits", f'{{"text": "red", "k": {"9" * MANY}}}', 400),
    question("offset is huge", {"text": "red", "offset": 10**9}, 422),
    question("offset is negative", {"text": "red", "offset": -1}, 422),
    question("text is a list", {"text": ["red"]}, 422),
    question("text is a number", {"text": 7}, 422),
    question("avoid is text", {"text": "red", "avoid": "laces"}, 422),
    question("avoid is 100,000 words", {"text": "red", "avoid": ["laces"] * MANY}, 422),
    question("a weight is negative", {"text": "red", "weights": {"text": -1}}, 422),
    text("a weight grows to infinity", '{"text": "red", "weights": {"text": 1e999}}', 422),
    question("a weight is unknown", {"text": "red", "weights": {"__class__": 1}}, 422),
    question("explain is 1", {"text": "red", "explain": 1}, 422),
    question("where is a list", {"text": "red", "where": [["category", "boot"]]}, 422),
    question("a key is unknown", {"text": "red", "__proto__": {"admin": True}}, 422),
    text("300,000 keys are unknown", "{" + ",".join(f'"{n}":1' for n in range(300_000)) + "}", 422),
    text(
        "300,000 weights are unknown", '{"weights":{' + ",".join(f'"{n}":1' for n in range(300_000)) + "}}", 422
    ),  # what is wrong was once told one by one: 2 s and 300 MB
]

FIELDS = [
    "category' OR 1=1 --",
    "category`; DROP TABLE photos; --",
    "`category`",
    "category.name",
    "$where",
    "__proto__",
    "_private",
    "vector",
    "category\0",
    "\u202eyrogetac",
]
FILTERS = [
    *(question(f"the field {field!r}", {"text": "red", "where": {field: "boot"}}, 422) for field in FIELDS),
    question("a field without a name", {"text": "red", "where": {"": "boot"}}, 422),
    question("a value is an object", {"text": "red", "where": {"category": {"$ne": None}}}, 422),
    question("a value is an object of objects", {"text": "red", "where": {"category": {"min": {"a": {}}}}}, 422),
    question("a value is a list of lists", {"text": "red", "where": {"category": [["boot"]]}}, 422),
    question("a value is null", {"text": "red", "where": {"category": None}}, 422),
    question("a value has 100,000 letters", {"text": "red", "where": {"category": "a" * MANY}}, 422),
    text("a value has 400 digits", f'{{"text": "red", "where": {{"category": {"9" * 400}}}}}', 422),
    question("no value at all", {"text": "red", "where": {"category": []}}, 422),
    question("100,000 values", {"text": "red", "where": {"category": ["boot"] * MANY}}, 422),
    question("10,000 fields", {"text": "red", "where": {f"f{n}": 1 for n in range(10_000)}}, 422),
    question("a value of another kind", {"text": "red", "where": {"category": 7}}, 422),
    question("values of several kinds", {"text": "red", "where": {"category": ["boot", True, 7]}}, 422),
    question("a range upside down", {"text": "red", "where": {"category": {"min": "z", "max": "a"}}}, 422),
    question("a range of two kinds", {"text": "red", "where": {"category": {"min": "a", "max": 7}}}, 422),
    question("a range without ends", {"text": "red", "where": {"category": {}}}, 422),
]

IDS = [
    "../../etc/passwd",
    "/etc/passwd",
    "//etc/passwd",
    "C:\\Windows\\win.ini",
    "file:///etc/passwd",
    "http://169.254.169.254/",
    "%2e%2e%2fetc%2fpasswd",
    "..%5c..%5cetc",
    "boot/../boot/boot-00001.jpg",
    "./boot/boot-00001.jpg",
    "boot/boot-00001.jpg\0.png",
    "\u202eboot",
    "boot\r\nX-Evil: 1",
    "a" * 2000,
]
PHOTOS = [
    *(question(f"the photo {id!r:.40}", {"photo": id}, 422) for id in IDS),
    question("the photo of 100,000 letters", {"photo": "a" * MANY}, 422),
    question("the photo without a name", {"photo": ""}, 422),
    question("the photo as an object", {"photo": {"path": "/etc/passwd"}}, 422),
    text("the photo is half a character", '{"photo": "\\ud800"}', 422),
]

WORDS = [
    text("half a character", '{"text": "red \\ud800"}', 422),
    text("half a character as it is", '{"text": "red \ud800"}', 400),
    text("half a character as a field", '{"text": "red", "where": {"\\udfff": 1}}', 422),
    question("a NUL", {"text": "red\0boot"}, 422),
    question("a bell and an escape", {"text": "red\x07\x1b[31m"}, 422),
    question("a NUL to avoid", {"text": "red", "avoid": ["\0"]}, 422),
    question("a million letters", {"text": "a" * 1_000_000}, 422),
    question("100,000 combining marks", {"text": "a" + "\u0301" * MANY}, 422),
    question("only blanks", {"text": " \t\n\u00a0\u2003"}, 422),
    question("nothing", {}, 422),
]

BODIES = [
    text("invalid UTF-8", b'{"text": "\xff\xfe"}', 400),
    text("overlong UTF-8", b'{"text": "\xc0\xaf"}', 400),
    text("UTF-16", '{"text": "red"}'.encode("utf-16"), 400),
    text("a byte order mark", b'\xef\xbb\xbf{"text": "red"}', 400),
    text("lists 100,000 deep", "[" * MANY + "]" * MANY, 400, 422),
    text("lists 9,000 deep", "[" * 9000 + "]" * 9000, 400),
    text("objects 9,000 deep", '{"where":' * 9000 + "1" + "}" * 9000, 400),
    text("objects 500 deep", '{"where":' * 500 + "1" + "}" * 500, 422),
    text("a key twice", '{"text": "red", "text": "blue"}', 400),
    text("a field twice", '{"text": "red", "where": {"category": "boot", "category": "mug"}}', 400),
    text("something after the end", '{"text": "red"} {"text": "blue"}', 400),
    text("no end", '{"text": "red"', 400),
    text("no body", b"", 400),
    text("a list", "[]", 422),
    text("null", "null", 422),
    text("a string", '"red"', 422),
    text("a number", "7", 422),
    text("a comment", '{"text": "red" /* boots */}', 400),
    text("JavaScript", "{text: 'red'}", 400),
    text("5 MB of blanks", b" " * 5_000_000, 413),
    text("11 MB", b" " * 11_000_000, 413),
    hostile("a form in the address", post(b"text=red", "application/x-www-form-urlencoded"), 415),
    hostile("XML", post(b"<text>red</text>", "application/xml"), 415),
    hostile("plain text, as a page of another site may send it", post(b'{"text": "red"}', "text/plain"), 415),
    hostile("no content type", post(b'{"text": "red"}', None), 415),
    hostile("an endless content type", post(b'{"text": "red"}', "a" * 20_000), 415),
    hostile("UTF-16 by name", post(b'{"text": "red"}', "application/json; charset=utf-16"), 415),
    hostile("UTF-7 by name", post(b'{"text": "red"}', 'application/json; charset="utf-7"'), 415),
]

QUESTIONS: list[Hostile] = [*COORDINATES, *TYPES, *FILTERS, *PHOTOS, *WORDS, *BODIES]

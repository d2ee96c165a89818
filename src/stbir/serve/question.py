"""What a search request may say: the JSON of a question, checked, and turned into what a gallery takes."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Collection, Sequence
from typing import Annotated, Any, TypeAlias

import numpy as np
import orjson
from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from stbir.errors import UnknownName
from stbir.functional.strokes import point_count
from stbir.index.filters import AnyOf, Condition, Equals, Filter, Range
from stbir.serve.limits import LIMITS
from stbir.serve.problems import Problem, invalid
from stbir.types import Sketch, Value

_LISTS = 4 * LIMITS.strokes + 2_000
_VALUES = 3 * LIMITS.points + 20_000
"""More lists and values than any question within the limits has; told by counting bytes, before a tree is built."""

_LARGEST = 2**63 - 1
_KEYS = 100
"""More keys than any object of a question has; what is wrong with each would be told one by one."""


class Part(BaseModel):
    """What all parts of a question have in common: nothing unknown, nothing converted, no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, hide_input_in_errors=True)


Coordinate: TypeAlias = Annotated[float, Field(ge=-1e9, le=1e9)]
Row: TypeAlias = Annotated[list[Coordinate], Field(max_length=LIMITS.points, fail_fast=True)]
Stroke: TypeAlias = Annotated[list[Row], Field(min_length=2, max_length=3, fail_fast=True)]
Whole: TypeAlias = Annotated[int, Field(ge=-_LARGEST - 1, le=_LARGEST)]
Words: TypeAlias = Annotated[str, Field(max_length=LIMITS.characters)]
Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=LIMITS.characters)]


def _in_short(value: object, validate: ValidatorFunctionWrapHandler) -> Any:
    """Say once what a value may be, and not for each kind of value what it is not."""
    try:
        return validate(value)
    except ValidationError:
        raise PydanticCustomError("scalar", "Input should be text, a number, true or false, and not too long") from None


Scalar: TypeAlias = Annotated[bool | Whole | float | Words, WrapValidator(_in_short)]
Weight: TypeAlias = Annotated[float, Field(ge=0, le=1000)]


class Drawing(Part):
    """A sketch as strokes; y points down."""

    canvas: Annotated[list[Annotated[float, Field(gt=0, le=1e9)]], Field(min_length=2, max_length=2)] | None = Field(
        default=None, description="[width, height] of what it was drawn on", examples=[[400, 400]]
    )
    strokes: Annotated[list[Stroke], Field(min_length=1, max_length=LIMITS.strokes, fail_fast=True)] = Field(
        description="[[x, ...], [y, ...]] or [[x, ...], [y, ...], [time, ...]] for each stroke",
        examples=[[[[60, 340, 340, 60, 60], [80, 80, 320, 320, 80]]]],
    )


class Bounds(Part):
    """A range; both ends count as inside, and either may be left out."""

    min: Scalar | None = None
    max: Scalar | None = None


class Weights(Part):
    """How much each part of the query counts; 1 where nothing is said."""

    sketch: Weight | None = None
    text: Weight | None = None
    photo: Weight | None = None
    avoid: Weight | None = None


_VALUE, _LIST, _RANGE = "{value}", "{list}", "{range}"


def _wanted(given: object) -> str:
    if isinstance(given, list):
        return _LIST
    return _RANGE if isinstance(given, dict | Bounds) else _VALUE


Wanted: TypeAlias = Annotated[
    Annotated[Scalar, Tag(_VALUE)]
    | Annotated[list[Scalar], Field(min_length=1, max_length=LIMITS.values, fail_fast=True), Tag(_LIST)]
    | Annotated[Bounds, Tag(_RANGE)],
    Discriminator(_wanted),
]

_EXAMPLE: JsonDict = {
    "sketches": [{"canvas": [400, 400], "strokes": [[[60, 340, 340, 60, 60], [80, 80, 320, 320, 80]]]}],
    "text": "red leather",
    "avoid": ["laces"],
    "weights": {"sketch": 0.7, "text": 0.3},
    "k": 24,
    "explain": True,
}


class Question(Part):
    """What to look for: at least one of `sketches`, `text` and `photo`."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE, {"text": "wooden arms"}]})

    sketches: Annotated[list[Drawing], Field(max_length=LIMITS.sketches, fail_fast=True)] = Field(default=[])
    text: Words | None = Field(default=None, description="colour, material, details")
    avoid: Annotated[list[Words], Field(max_length=LIMITS.avoid)] = Field(
        default=[], description="words for what the photo must not show"
    )
    photo: Name | None = Field(default=None, description="the id of a photo that looks alike")
    weights: Weights | None = None
    where: Annotated[dict[Name, Wanted], Field(max_length=LIMITS.fields)] = Field(
        default={}, description="for each metadata field: a value, a list of values, or a range"
    )
    k: int = Field(default=24, ge=1, le=LIMITS.k, description="how many photos to find")
    offset: int = Field(default=0, ge=0, le=LIMITS.offset, description="how many of the best to pass over")
    explain: bool = Field(default=False, description="whether each hit tells its rank by each part of the query alone")


def read_question(data: bytes) -> Question:
    """Read a question from JSON.

    Raises:
        Problem: 400 if it is no JSON, 422 if it does not say what a question says.
    """
    value = read_json(data)
    try:
        return Question.model_validate(value)
    except ValidationError as error:
        raise invalid(error) from None


def read_json(data: bytes) -> Any:
    """Parse JSON that comes from outside: UTF-8, every key once, no NaN, and not too much of anything.

    Raises:
        Problem: 413 or 422 if it is too large, 400 if it is no JSON.
    """
    if len(data) > LIMITS.json_bytes:
        raise Problem(413, f"JSON of {len(data):,} bytes is more than the {LIMITS.json_bytes:,} allowed")
    if data.count(b"[") + data.count(b"{") > _LISTS or data.count(b",") > _VALUES:
        raise Problem(422, f"a drawing may have {LIMITS.strokes:,} strokes and {LIMITS.points:,} points; simplify it")
    try:
        value = orjson.loads(data)
        # each key has a colon; more of them stand in words, or behind a key that is there twice
        if _keys(value) == data.count(b":"):
            return value
    except (orjson.JSONDecodeError, RecursionError):
        pass  # the slower parser says what is wrong, or is the one that knows better
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise Problem(400, f"the JSON is not valid UTF-8 (at byte {error.start:,})") from None
    except RecursionError:
        raise Problem(400, "the JSON is nested too deep") from None
    except json.JSONDecodeError as error:
        raise Problem(400, f"the request is not valid JSON ({error})") from None
    except ValueError:
        raise Problem(400, "the JSON has a number with thousands of digits") from None


def sketch_of(drawing: Drawing, *, at: str) -> Sketch:
    """A sketch of a drawing; whether it shows anything is for the gallery to say.

    Raises:
        Problem: 422 if the rows of a stroke are not of the same length.
    """
    try:
        strokes = tuple(np.array(stroke, np.float32).T for stroke in drawing.strokes)
    except ValueError:
        raise Problem(422, f"{at}: the rows of a stroke (x, y, time) must be of the same length") from None
    width, height = drawing.canvas or (0, 0)
    return Sketch(strokes=strokes, canvas=(width, height) if drawing.canvas else None)


def check_drawn(sketches: Sequence[Sketch]) -> None:
    """Refuse drawings that have more strokes or points together than a question may have.

    Raises:
        Problem: 422.
    """
    strokes = sum(len(sketch.strokes) for sketch in sketches)
    points = sum(point_count(sketch) for sketch in sketches)
    if strokes > LIMITS.strokes or points > LIMITS.points:
        raise Problem(
            422,
            f"{strokes:,} strokes with {points:,} points are more than the {LIMITS.strokes:,} strokes "
            f"and {LIMITS.points:,} points allowed; simplify the drawing",
        )


def clean(text: str | None, *, at: str) -> str | None:
    r"""The words of a question in one line; None where there are none.

    >>> clean(" red\nboots ", at="/text")
    'red boots'

    Raises:
        Problem: 422 if there are control characters, which no keyboard types.
    """
    words = " ".join((text or "").split())
    if any(unicodedata.category(letter) == "Cc" for letter in words):
        raise Problem(422, f"{at}: control characters are no words; leave them out")
    return words or None


def filter_of(where: dict[str, Any], fields: Collection[str]) -> Filter:
    """The conditions of a question as a filter.

    Raises:
        Problem: 422 if a range has no end, or the lower end is above the upper one.
        UnknownName: a field that is not among `fields`.
    """
    for field in where:
        if field not in fields:
            raise UnknownName("field", field, fields)
    return Filter(tuple(_condition(field, wanted) for field, wanted in where.items()))


def shown(where: dict[str, Any]) -> dict[str, Any]:
    """The conditions of a question as JSON."""
    return {
        field: wanted.model_dump(exclude_none=True) if isinstance(wanted, Bounds) else wanted
        for field, wanted in where.items()
    }


def _condition(field: str, wanted: Value | list[Value] | Bounds) -> Condition:
    if isinstance(wanted, list):
        return AnyOf(field, tuple(wanted))
    if not isinstance(wanted, Bounds):
        return Equals(field, wanted)
    low, high = wanted.min, wanted.max
    if low is None and high is None:
        raise Problem(422, f"/where/{field:.60}: a range needs min or max")
    if low is not None and high is not None:
        ordered: Any = (low, high)
        if isinstance(low, str) is isinstance(high, str) and ordered[0] > ordered[1]:
            raise Problem(422, f"/where/{field:.60}: min is above max, so nothing can pass")
    return Range(field, low, high)


def _keys(value: Any) -> int:
    """How many keys all objects in a value have; drawings, which are lists of lists, are not looked into."""
    if isinstance(value, dict) and len(value) <= _KEYS:
        return len(value) + sum(_keys(part) for part in value.values())
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return sum(_keys(part) for part in value)
    return 0


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > _KEYS:
        raise Problem(422, f"an object of the JSON has {len(pairs):,} keys, more than the {_KEYS} that any may have")
    value = dict(pairs)
    if len(value) != len(pairs):
        raise Problem(400, "a key is there twice in one object of the JSON")
    return value


def _no_number(name: str) -> float:
    raise Problem(400, f"{name} is no number in JSON")

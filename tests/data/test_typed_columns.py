"""The type of a column: found from all its cells, and never at the cost of what one of them says."""

import math
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from stbir.data.catalogue.typed_columns import from_texts, from_values, text_of


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        (["1", "-20", ""], int, [1, -20, None]),
        (["0", "9223372036854775807", "-9223372036854775808"], int, [0, 2**63 - 1, -(2**63)]),
        (["1", "9223372036854775808"], str, ["1", "9223372036854775808"]),
        (["9" * 5000], str, ["9" * 5000]),
        (["00123", "4"], str, ["00123", "4"]),
        (["007.5", "1"], str, ["007.5", "1"]),
        (["+4915", "1"], str, ["+4915", "1"]),
        (["1", "2.50", " .5 ", "1e3", "-3."], float, [1.0, 2.5, 0.5, 1000.0, -3.0]),
        (["9007199254740993", "1.5"], str, ["9007199254740993", "1.5"]),
        (["1e999"], str, ["1e999"]),
        (["inf", "1"], str, ["inf", "1"]),
        (["1_000"], str, ["1_000"]),
        (["٣"], str, ["٣"]),
        (["1,5"], str, ["1,5"]),
        (["1", "NaN", "null", "N/A"], int, [1, None, None, None]),
        (["0.5", "nan"], float, [0.5, None]),
        (["True", "false", "TRUE", ""], bool, [True, False, True, None]),
        (["true", "none"], bool, [True, None]),
        (["true", "1"], str, ["true", "1"]),
        (["yes", "no"], str, ["yes", "no"]),
        (["NA", "DE"], str, ["NA", "DE"]),
        (["NA", "NA"], str, ["NA", "NA"]),
        ([" boots ", "  "], str, ["boots", None]),
        (["", " "], None, [None, None]),
        ([], None, []),
    ],
)
def test_texts_get_the_type_that_all_of_them_have(cells: list[str], kind: type | None, values: list[Any]) -> None:
    column = from_texts(cells)
    assert column.kind is kind
    assert column.values == values
    assert [type(value) for value in column.values if value is not None] == [kind] * sum(v is not None for v in values)


def test_titles_stay_texts_whatever_they_look_like() -> None:
    assert from_texts(["1984", "true"], words=True).values == ["1984", "true"]
    assert from_values([1984, 2001.0], words=True).values == ["1984", "2001"]


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        ([1, None, -3], int, [1, None, -3]),
        ([1, 2.5], float, [1.0, 2.5]),
        ([2.0, float("nan")], float, [2.0, None]),
        ([float("nan"), None], None, [None, None]),
        ([2**63], str, [str(2**63)]),
        ([10**400, 1.5], str, [str(10**400), "1.5"]),
        ([True, False, None], bool, [True, False, None]),
        ([True, 1], str, ["true", "1"]),
        ([1, "two", 2.5, True], str, ["1", "two", "2.5", "true"]),
        (["00123", " a ", "", None], str, ["00123", "a", None, None]),
        ([Decimal("12.50"), 3], float, [12.5, 3.0]),
        ([date(2024, 2, 29)], str, ["2024-02-29"]),
        ([datetime(2024, 2, 29, 12, tzinfo=UTC), time(1, 2)], str, ["2024-02-29T12:00:00+00:00", "01:02:00"]),
        (["\ud800x"], str, ["?x"]),
    ],
)
def test_values_keep_their_type_or_agree_on_one(cells: list[Any], kind: type | None, values: list[Any]) -> None:
    column = from_values(cells)
    assert (column.kind, column.values, column.note) == (kind, values, "")


def test_what_is_no_value_is_left_out_and_said_once() -> None:
    column = from_values([1, [2], {"a": 3}, b"4", math.inf, -math.inf, 5.5])
    assert column.values == [1.0, None, None, None, None, None, 5.5]
    assert column.note == ("3 of 7 cells are lists, objects or bytes and left out; 2 infinite numbers are left out")


@pytest.mark.parametrize(
    ("cell", "text"),
    [(7, "7"), (7.0, "7"), (7.25, "7.25"), (1e300, "1e+300"), (False, "false"), (" 007 ", "007"), (math.nan, None),
     ("", None), (None, None), ([], None), (date(2024, 1, 2), "2024-01-02")],
)  # fmt: skip
def test_one_cell_as_a_text(cell: Any, text: str | None) -> None:
    assert text_of(cell) == text

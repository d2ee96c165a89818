import pytest

from stbir.errors import InputError, UnknownName
from stbir.index.filters import AnyOf, Equals, Filter, Range, parse_where

FIELDS: dict[str, type] = {"category": str, "price": int, "weight": float, "new": bool, "shoe size": int}


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("category=boots", Equals("category", "boots")),
        (" category = high boots ", Equals("category", "high boots")),
        ("category=boots|shoes", AnyOf("category", ("boots", "shoes"))),
        ('category="a|b" | c', AnyOf("category", ("a|b", "c"))),
        ("category=\"x' OR '1'='1\"", Equals("category", "x' OR '1'='1")),
        (r'category="say \"hi\" \\ <now>"', Equals("category", r'say "hi" \ <now>')),
        ('category=""', Equals("category", "")),
        ('category="a..b"', Equals("category", "a..b")),
        ("category=靴子", Equals("category", "靴子")),
        ("category=a..m", Range("category", "a", "m")),
        ("price=10", Equals("price", 10)),
        ("price=10|20", AnyOf("price", (10, 20))),
        ("price=10..20", Range("price", 10, 20)),
        ("price=10 ..", Range("price", 10, None)),
        ("price=..20", Range("price", None, 20)),
        ("price=-5..9.5", Range("price", -5, 9.5)),
        ("price<100", Range("price", None, 100, high_open=True)),
        ("price<=100", Range("price", None, 100)),
        ("price>100", Range("price", 100, None, low_open=True)),
        ("price >= 100", Range("price", 100, None)),
        ("weight=2", Equals("weight", 2.0)),
        ("weight=1e2..", Range("weight", 100.0, None)),
        ("new=true", Equals("new", True)),
        ("new=False", Equals("new", False)),
        ("shoe size=42", Equals("shoe size", 42)),
    ],
)
def test_condition_is_read(text: str, condition: Equals | AnyOf | Range) -> None:
    assert parse_where([text], FIELDS) == Filter((condition,))


@pytest.mark.parametrize(
    "text",
    [
        "category=x' OR '1'='1",
        "category",
        "",
        "=boots",
        "category=",
        "category==boots",
        "category=boots|",
        "category=|boots",
        "category=it's",
        'category="boots',
        'category="boots" or',
        r'category="a\n"',
        "category<>boots",
        "price=..",
        "price=1..2..3",
        "price=1..2|5",
        "price<1|2",
        "price<1..2",
        "price<",
        "price=1; DROP TABLE photos=1",
    ],
)
def test_what_is_no_filter_is_refused_with_the_grammar(text: str) -> None:
    with pytest.raises(InputError, match=r"is no filter: write field=value"):
        parse_where([text], FIELDS)


@pytest.mark.parametrize("text", ["price=abc", "weight=nan", "price=1_0", "new=1", "weight=1e999", "new<true"])
def test_value_must_fit_the_field(text: str) -> None:
    with pytest.raises(InputError, match=r"field '(price|weight|new)' is"):
        parse_where([text], FIELDS)


def test_reversed_range_is_refused() -> None:
    with pytest.raises(InputError, match="lets nothing pass: 20 is above 10"):
        parse_where(["price=20..10"], FIELDS)


def test_unknown_field_lists_the_known_ones() -> None:
    with pytest.raises(UnknownName, match=r"unknown field 'prise', did you mean 'price'\? \(known: category, new"):
        parse_where(["prise<3"], FIELDS)


def test_all_conditions_must_hold() -> None:
    where = parse_where(["category=boots", "price<100"], FIELDS)
    assert where.accepts({"category": "boots", "price": 99})
    assert not where.accepts({"category": "boots", "price": 100})
    assert not where.accepts({"category": "shoes", "price": 99})
    assert not where.accepts({"category": "boots"})
    assert parse_where([], FIELDS).accepts({})


def test_kinds_do_not_mix() -> None:
    assert Equals("price", 1).accepts(1.0)
    assert not Equals("price", 1).accepts(True)
    assert not Equals("price", 1).accepts("1")
    assert not AnyOf("new", (True, False)).accepts(1)
    assert not Range("price", 0, 9).accepts("5")
    assert not Range("new", 0, 9).accepts(True)

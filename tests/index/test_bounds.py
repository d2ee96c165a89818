"""No rounding, overflow or half character decides who passes a filter: both engines agree with the plain definition."""

import math

import numpy as np
import pytest
from unit_vectors import unit

from stbir.index.exact import Exact
from stbir.index.filters import AnyOf, Condition, Equals, Filter, Range
from stbir.index.lance import Lance
from stbir.types import Value

BIG = 2**53
FLOATS: list[Value] = [0.0, -0.0, 1.5, 0.1, -1e308, 5e-324, 1e16, float(BIG), 2.0**63, -(2.0**63)]
INTS: list[Value] = [0, -1, 7, 2**63 - 1, -(2**63), BIG, BIG + 1, BIG - 1]
TEXTS: list[Value] = ["", "z", "zz", "é", "e\u0301", "\uffff", "😀", "a\0b", "' OR 1=1 --", "10", "9", "靴子"]
ASKED: list[Value] = [
    *FLOATS, *INTS, *TEXTS, BIG + 3, 2**63, -(2**63) - 1, 10**400, -(10**400), math.inf, -math.inf, math.nan, 6.5,
    True, False, "\ud800", "z\udfff", "\udc00z", "\ue000", "true",
]  # fmt: skip
FIELDS = ("weight", "count", "name", "new", "nobody has it")


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> list[Exact | Lance]:
    records: list[dict[str, Value]] = [{}]
    for field, values in zip(FIELDS, (FLOATS, INTS, TEXTS, [True, False]), strict=False):
        records += [{field: value} for value in values]
    engines = [Exact(8), Lance.create(tmp_path_factory.mktemp("lance"), 8)]
    for engine in engines:
        engine.add([f"{number:02}" for number in range(len(records))], unit(len(records)), records)
    return engines


def random_condition(rng: np.random.Generator, field: str) -> Condition:
    def asked() -> Value:
        return ASKED[rng.integers(len(ASKED))]

    shape = rng.integers(4)
    if shape == 0:
        return Equals(field, asked())
    if shape == 1:
        return AnyOf(field, tuple(asked() for _ in range(rng.integers(4))))
    low, high = (asked() if rng.random() < 0.7 else None for _ in range(2))
    return Range(field, low, high, low_open=bool(rng.integers(2)), high_open=bool(rng.integers(2)))


def check(engines: list[Exact | Lance], where: Filter) -> None:
    records = engines[0].records()
    expected = [id for id, metadata in records.items() if where.accepts(metadata)]
    for engine in engines:
        found = sorted(match.id for match in engine.search(unit(1), 100, where=where)[0])
        assert found == expected, f"{type(engine).__name__}, {where!r:.300}: {found}, not {expected}"


def test_every_value_is_compared_as_python_compares_it() -> None:
    exact = Exact(8)
    values = [("weight", v) for v in FLOATS] + [("count", v) for v in INTS] + [("name", v) for v in TEXTS]
    exact.add([str(n) for n in range(len(values))], unit(len(values)), [{field: value} for field, value in values])
    for field in FIELDS:
        for value in ASKED:
            check([exact], Filter((Equals(field, value),)))
            check([exact], Filter((AnyOf(field, (value, 7, "z")),)))
            for is_open in (False, True):
                check([exact], Filter((Range(field, low=value, low_open=is_open),)))
                check([exact], Filter((Range(field, high=value, high_open=is_open),)))


def test_the_table_agrees_with_memory_on_random_filters(engines: list[Exact | Lance]) -> None:
    rng = np.random.default_rng(0)
    for number in range(160):
        check(engines, Filter((random_condition(rng, FIELDS[number % len(FIELDS)]),)))
    for _ in range(25):
        check(engines, Filter(tuple(random_condition(rng, FIELDS[rng.integers(4)]) for _ in range(2))))


STRANGE: list[Value] = ["\ud800", "z\udfff", 10**400, -(10**400), math.nan, BIG + 1, 2**63, -0.0, "' OR ''='"]


@pytest.mark.parametrize("value", STRANGE, ids=[f"{value!r:.20}" for value in STRANGE])
def test_the_table_compares_strange_values_like_memory(engines: list[Exact | Lance], value: Value) -> None:
    for field in FIELDS[:3]:
        check(engines, Filter((Equals(field, value),)))
        check(engines, Filter((Range(field, low=value),)))
        check(engines, Filter((Range(field, high=value, high_open=True),)))


def test_nothing_and_minus_nothing_are_one_value(engines: list[Exact | Lance]) -> None:
    assert [engine.tally("weight")[0.0] for engine in engines] == [2, 2]


def test_a_range_without_ends_asks_whether_there_is_a_value(engines: list[Exact | Lance]) -> None:
    for field in FIELDS:
        check(engines, Filter((Range(field),)))
        check(engines, Filter((AnyOf(field, ()),)))


def test_counts_and_places_agree_too(engines: list[Exact | Lance]) -> None:
    rng = np.random.default_rng(1)
    exact, table = engines
    for field in FIELDS * 2:
        where = Filter((random_condition(rng, field),))
        assert exact.count(where) == table.count(where)
        assert exact.tally(field, where=where) == table.tally(field, where=where)
        assert exact.ranks(unit(2, seed=3), exact.ids(), where=where) == table.ranks(
            unit(2, seed=3), exact.ids(), where=where
        )

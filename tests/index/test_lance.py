"""The index on disk keeps the contract, and takes every id, field and value for what it is."""

from __future__ import annotations

from pathlib import Path

import lancedb.query
import lancedb.table
import numpy as np
import pytest
from lancedb.expr import Expr
from unit_vectors import unit

from stbir.errors import InputError
from stbir.index import lance
from stbir.index.filters import AnyOf, Equals, Filter, Range
from stbir.index.lance import Lance
from stbir.testing import check_index

STRANGE_IDS = [
    "a'; DROP TABLE photos; --", "1 OR 1=1", "' OR ''='", "b`c`", 'd"e', "f\\g", "\\", "'", "''", "h\ni\t", "x\0y", " ",
    "%", "_", "NULL", "id",
    "靴子", "😀👟", "é", "e\u0301", "Boot", "boot", "BOOT", "--", "/*", ";", "a,b", "{}", "$1", "?",
    "../../etc/passwd", "x" * 3000,
]  # fmt: skip
STRANGE_FIELDS = [
    "id", "vector", "tokens", "commit", "m_id", "m_price", "_rowid", "_distance", "_x", "Price", "price", "PRICE",
    "my field", "a-b", "a--b", "x ", "0", "9-1", "select", "null", "order by", "长度", "größe", "_", "m_",
]  # fmt: skip


def test_keeps_the_contract(tmp_path: Path) -> None:
    check_index(lambda dimension: Lance.create(tmp_path, dimension), rounds=1)


def test_opened_it_is_the_same(table: Lance) -> None:
    opened = Lance.open(table.folder)
    assert opened.records() == table.records()
    assert (opened.dimension, opened.generation, len(opened)) == (8, table.generation, 20)
    assert opened.fields() == {"category": str, "price": int}
    assert opened.search(unit(3, seed=2), 30) == table.search(unit(3, seed=2), 30)
    for mine, other in zip(table.fetch(table.ids()), opened.fetch(table.ids()), strict=True):
        assert mine.vector.tolist() == other.vector.tolist()


def test_a_new_one_takes_the_place_of_remains(table: Lance) -> None:
    assert len(Lance.create(table.folder, 3)) == 0
    assert Lance.open(table.folder).dimension == 3


def test_strange_ids_are_ids_and_nothing_more(tmp_path: Path) -> None:
    index = Lance.create(tmp_path, 8)
    rows = unit(len(STRANGE_IDS))
    index.add(STRANGE_IDS, rows, [{"name": id} for id in STRANGE_IDS])
    assert index.ids() == sorted(STRANGE_IDS)
    for id, row in zip(STRANGE_IDS, rows, strict=True):
        assert id in index
        assert [record.id for record in index.fetch([id])] == [id]
        where = Filter((Equals("name", id),))
        assert [match.id for match in index.search(row[None], 5, where=where)[0]] == [id]
        assert index.count(Filter((AnyOf("name", (id, "not there")),))) == 1
    index.add(STRANGE_IDS[:5], rows[:5], [{"name": "replaced"}] * 5)
    assert (len(index), index.count(Filter((Equals("name", "replaced"),)))) == (len(STRANGE_IDS), 5)
    for place, id in enumerate(STRANGE_IDS, start=1):
        assert index.delete([id]) == 1
        assert index.ids() == sorted(STRANGE_IDS[place:])


def test_strange_ids_that_are_not_there_find_and_delete_nothing(table: Lance) -> None:
    for id in [*STRANGE_IDS, "\ud800", "p00\udcff", "p00' OR '1'='1"]:
        assert id not in table
    assert table.fetch(STRANGE_IDS) == []
    assert table.delete([*STRANGE_IDS, "\ud800"]) == 0
    assert table.ranks(unit(1), STRANGE_IDS[:3]) == [[None, None, None]]
    assert len(table) == 20


def test_a_filter_value_is_never_a_piece_of_a_query(table: Lance) -> None:
    for value in ("b' OR '1'='1", "' OR 1=1 --", "b') OR (1=1", "b\\' OR 1=1", "b\0", "B", "b "):
        assert table.search(unit(1), 5, where=Filter((Equals("category", value),))) == [[]]
        assert table.count(Filter((AnyOf("category", (value, value + "'")),))) == 0
    for field in ("category = 'b' OR m_price", "m_price", "price; --", "price) OR (1=1", "1=1"):
        assert table.count(Filter((Equals(field, 1),))) == 0
        assert table.tally(field) == {}


def test_strange_field_names_are_fields_of_their_own(tmp_path: Path) -> None:
    index = Lance.create(tmp_path, 8)
    ids = [f"{number:02}" for number in range(len(STRANGE_FIELDS))]
    index.add(ids, unit(len(ids)), [{field: f"{field}!"} for field in STRANGE_FIELDS])
    assert index.fields() == dict.fromkeys(sorted(STRANGE_FIELDS), str)
    assert list(index.records().values()) == [{field: f"{field}!"} for field in STRANGE_FIELDS]
    for id, field in zip(ids, STRANGE_FIELDS, strict=True):
        assert [m.id for m in index.search(unit(1), 99, where=Filter((Equals(field, f"{field}!"),)))[0]] == [id]
        assert index.count(Filter((Range(field),))) == 1
        assert index.tally(field) == {f"{field}!": 1}
    index.add(ids[:1], unit(1), [{"Price": "dear"}])
    assert index.tally("Price") == {"Price!": 1, "dear": 1}
    assert index.tally("price") == {"price!": 1}


def test_conditions_reach_the_library_only_as_expressions(table: Lance, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []

    def spied(owner: type, name: str) -> None:
        real = getattr(owner, name)

        def call(self: object, *args: object, **kwargs: object) -> object:
            seen.extend([*args[:1], *(kwargs[key] for key in ("where", "filter", "predicate") if key in kwargs)])
            return real(self, *args, **kwargs)

        monkeypatch.setattr(owner, name, call)

    for builder in (lancedb.query.LanceQueryBuilder, lancedb.query.LanceVectorQueryBuilder):
        spied(builder, "where")
    for name in ("delete", "count_rows", "update"):
        spied(lancedb.table.LanceTable, name)
    where = Filter((Equals("category", "a"), Range("price", 3, 9, low_open=True), AnyOf("price", (4, 6))))
    assert len(table.search(unit(1), 5, where=where)[0]) == 2
    assert (table.count(where), table.tally("price", where=where)) == (2, {4: 1, 6: 1})
    table.add(["p00", "new"], unit(2), [{"price": 1}, {}])
    assert (len(table.fetch(["p00", "new"])), "p01" in table, table.delete(["new"])) == (2, True, 1)
    assert table.fields() == {"category": str, "price": int}
    assert len(table.since(0)) == 20
    assert len(seen) > 10
    assert all(isinstance(condition, Expr) for condition in seen)


def test_a_field_that_nobody_has_may_change_its_type(table: Lance) -> None:
    other = Lance.open(table.folder)
    with pytest.raises(InputError, match="field 'price' is int, not float"):
        table.add(["new"], unit(1), [{"price": 1.5}])
    table.add([f"p{number:02}" for number in range(20)], unit(20), [{"category": "a"}] * 20)
    assert table.fields() == {"category": str}
    assert table.tally("price") == {}
    table.add(["new"], unit(1), [{"price": 1.5}])
    assert table.fields() == {"category": str, "price": float}
    assert table.count(Filter((Range("price", 1, 2),))) == 1
    # who has not looked since goes on with what was
    assert other.count(Filter((Range("price", 1, 2),))) == 2
    assert other.refresh()
    assert other.records() == table.records()


def test_tokens_may_be_many_few_or_none(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    index = Lance.create(tmp_path, 8)
    index.add(["before"], unit(1))
    tokens = [None if count is None else rng.normal(size=(count, 5)) for count in (3, None, 0, 1, 40, None)]
    index.add(list("abcdef"), unit(6), tokens=tokens)
    for id, wanted in [("before", None), *zip("abcdef", tokens, strict=True)]:
        (record,) = Lance.open(tmp_path).fetch([id])
        if wanted is None:
            assert record.tokens is None
        else:
            assert record.tokens is not None
            assert record.tokens.dtype == np.float16
            assert np.array_equal(record.tokens, wanted.astype(np.float16))
    with pytest.raises(InputError, match=r"tokens of different widths cannot stand in one index: \[5, 6\]"):
        index.add(["g"], unit(1), tokens=[np.ones((2, 6))])
    with pytest.raises(InputError, match=r"different widths .*\[1, 5\]"):
        index.add(["g", "h"], unit(2), tokens=[np.ones((2, 5)), np.ones((2, 1))])
    index.add(["a"], unit(1))
    assert index.fetch(["a"])[0].tokens is None
    assert all(record.tokens is None for record in index.since(-1))
    assert len(index) == 7


def test_a_snapshot_stays_until_it_is_refreshed(table: Lance) -> None:
    reader = Lance.open(table.folder)
    before = (reader.records(), reader.search(unit(2), 30), reader.generation)
    table.add(["new"], unit(1), [{"price": 99, "colour": "red"}])
    table.delete(["p00", "p01"])
    table.add(["p02"], unit(1, seed=9), [{"price": -1}])
    assert (reader.records(), reader.search(unit(2), 30), reader.generation) == before
    assert ("new" in reader, "p00" in reader, "colour" in reader.fields()) == (False, True, False)
    assert reader.fetch(["p02"])[0].metadata == {"price": 2, "category": "a"}
    assert reader.refresh()
    assert not reader.refresh()
    assert (reader.records(), reader.generation) == (table.records(), table.generation)


def test_what_came_after_a_generation_is_told(table: Lance) -> None:
    start = table.generation
    assert table.since(start) == []
    assert len(table.since(-1)) == 20
    table.add(["new", "p03"], unit(2), [{"colour": "red"}, {"price": 30}])
    middle = table.generation
    table.delete(["p04"])
    table.add(["last"], unit(1))
    assert sorted(record.id for record in table.since(start)) == ["last", "new", "p03"]
    assert [record.id for record in table.since(middle)] == ["last"]


def test_bad_arguments_are_refused(table: Lance) -> None:
    for ids in ("p01", ["p01", 2], [""]):
        for act in (table.delete, table.fetch, lambda ids: table.ranks(unit(1), ids)):
            with pytest.raises(InputError, match="id"):
                act(ids)
    for k in (0, -1, 1.5, True, "3"):
        with pytest.raises(InputError, match="k must be a whole number of at least 1"):
            table.search(unit(1), k)  # type: ignore[arg-type]
    assert (5 in table, None in table, "" in table) == (False, False, False)
    assert (table.delete([]), table.fetch([]), table.search(unit(1)[:0], 3)) == (0, [], [])
    before = table.generation
    table.add([], np.empty((0, 8)))
    assert table.generation == before


def test_more_ids_than_fit_one_question(table: Lance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lance, "IDS_AT_ONCE", 3)
    ids = [f"p{number:02}" for number in range(20)]
    assert [record.id for record in table.fetch([*ids[::-1], "no"])] == ids[::-1]
    table.add([*ids[:7], "new"], unit(8, seed=2), [{"price": 5}] * 8)
    assert (len(table), table.tally("price")[5]) == (21, 8 if table.tally("category") else 0)
    assert table.delete([*ids, "no", *ids]) == 20
    assert table.ids() == ["new"]


def test_places_beyond_the_deepest_are_not_told(table: Lance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lance, "DEEPEST", 5)
    order = [match.id for match in table.search(unit(1), 20)[0]]
    assert table.ranks(unit(1), order)[0] == [1, 2, 3, 4, 5, *[None] * 15]


def test_many_that_are_equally_good_are_ordered_by_id(tmp_path: Path) -> None:
    index = Lance.create(tmp_path, 8)
    ids = [f"{number:03}" for number in np.random.default_rng(5).permutation(400)]
    index.add(ids, np.repeat(unit(1), 400, axis=0))
    assert [match.id for match in index.search(unit(1), 7)[0]] == [f"{number:03}" for number in range(7)]


def test_all_of_it_can_be_read_piece_by_piece(table: Lance) -> None:
    pieces = list(table.batches(rows=7))
    assert len(pieces) > 1
    assert sorted(id for piece in pieces for id in piece.column("id").to_pylist()) == table.ids()
    assert {"id", "vector", "m_price", "m_category"} <= set(pieces[0].column_names)

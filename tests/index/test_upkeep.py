"""Upkeep keeps a table small and fast, changes no answer that is exact, and disturbs nobody who reads."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import lancedb.table
import pytest
from unit_vectors import clustered, unit

from stbir.errors import GalleryError
from stbir.index import upkeep
from stbir.index.exact import Exact
from stbir.index.filters import AnyOf, Equals, Filter, Range
from stbir.index.lance import FOLDER, Lance
from stbir.index.upkeep import tend

DIMENSION = 24
FILTERS = [
    None,
    Filter((Equals("category", "c3"),)),
    Filter((Equals("rare", True),)),
    Filter((Range("price", 100, 180),)),
    Filter((AnyOf("category", ("c1", "c2")), Range("price", high=500))),
]


def files(index: Lance, part: str) -> set[str]:
    return set(os.listdir(index.folder / FOLDER / part))


def fill(index: Lance | Exact, count: int, *, start: int = 0, seed: int = 0) -> None:
    metadata = [{"category": f"c{n % 10}", "price": n % 997, "rare": n % 50 == 0} for n in range(start, start + count)]
    index.add([f"{n:05}" for n in range(start, start + count)], clustered(count, DIMENSION, seed=seed), metadata)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lance, Exact]:
    """A table with all its indexes, to which some was added and from which some was deleted afterwards."""
    table, exact = Lance.create(tmp_path_factory.mktemp("lance"), DIMENSION), Exact(DIMENSION)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upkeep, "NAMED_FROM", 100)
        fill(table, 4000)
        built = tend(table, vectors_from=1000)
        assert built == [f"built an index on {name}" for name in ("id", "category", "price", "rare", "vector")]
        assert tend(table, vectors_from=1000) == [], "what is built is not built again"
    fill(table, 300, start=4000, seed=1)
    table.delete([f"{n:05}" for n in range(0, 4300, 7)])
    fill(table, 40, start=100, seed=2)
    assert {entry.columns[0] for entry in table.table.list_indices()} == {
        "id", "vector", "m_category", "m_price", "m_rare"
    }  # fmt: skip
    records = table.fetch(table.ids())
    exact.add([r.id for r in records], [r.vector for r in records], [r.metadata for r in records])
    return table, exact


def recall(table: Lance, exact: Exact, where: Filter | None, *, k: int = 10) -> float:
    queries = clustered(60, DIMENSION, seed=99)
    hits = total = 0
    answers = zip(table.search(queries, k, where=where), exact.search(queries, k, where=where), strict=True)
    for found, wanted in answers:
        scores = {match.id: match.score for match in wanted}
        assert len(found) == len(wanted)
        assert all(abs(match.score - scores.get(match.id, match.score)) < 1e-6 for match in found)
        hits += len(scores.keys() & {match.id for match in found})
        total += len(wanted)
    return hits / total


@pytest.mark.parametrize("where", FILTERS, ids=str)
def test_a_vector_index_finds_nearly_all_with_and_without_a_filter(
    pair: tuple[Lance, Exact], where: Filter | None
) -> None:
    assert recall(*pair, where) >= 0.99


@pytest.mark.parametrize("k", [1, 100, 500])
def test_a_vector_index_finds_few_and_many(pair: tuple[Lance, Exact], k: int) -> None:
    assert recall(*pair, None, k=k) >= 0.99
    assert recall(*pair, FILTERS[1], k=k) >= 0.99


def test_all_that_pass_are_found_where_fewer_than_asked_for_do(pair: tuple[Lance, Exact]) -> None:
    table, exact = pair
    where = Filter((Equals("rare", True), Equals("category", "c0")))
    wanted = exact.count(where)
    assert 20 < wanted < 100
    assert table.count(where) == wanted
    for found in table.search(clustered(5, DIMENSION, seed=3), 300, where=where):
        assert len(found) == wanted


def test_counts_and_tallies_with_indexes_are_exact(pair: tuple[Lance, Exact]) -> None:
    table, exact = pair
    for where in FILTERS:
        assert table.count(where) == exact.count(where)
        for field in ("category", "price", "rare"):
            assert table.tally(field, where=where) == exact.tally(field, where=where)


def test_what_is_not_in_the_vector_index_yet_is_found_all_the_same(pair: tuple[Lance, Exact]) -> None:
    table, _ = pair
    for record in [*table.fetch([f"{n:05}" for n in range(4000, 4300, 10)]), *table.fetch(["00101", "00120"])]:
        (found,) = table.search(record.vector[None], 1)
        assert found[0].score == pytest.approx(1, abs=1e-6)
        assert record.id in [match.id for match in table.search(record.vector[None], 5)[0]]


def test_what_was_deleted_is_not_found_through_any_index(pair: tuple[Lance, Exact]) -> None:
    table, _ = pair
    gone = {f"{n:05}" for n in range(0, 4300, 7)} - {f"{n:05}" for n in range(100, 140)}
    assert table.fetch(sorted(gone)[:50]) == []
    assert not gone & set(table.ids())
    for where in FILTERS:
        for found in table.search(clustered(10, DIMENSION, seed=5), 200, where=where):
            assert not gone & {match.id for match in found}


def test_rows_outside_the_vector_index_are_folded_in_when_they_are_many(tmp_path: Path) -> None:
    table = Lance.create(tmp_path, DIMENSION)
    fill(table, 1000)
    tend(table, vectors_from=500)
    (name,) = [entry.name for entry in table.table.list_indices() if entry.columns == ["vector"]]
    fill(table, 100, start=1000, seed=1)
    assert tend(table, vectors_from=500) == [], "a few are scanned"
    fill(table, 400, start=2000, seed=2)
    assert tend(table, vectors_from=500) == ["joined fragments and folded new rows into the indexes"]
    assert table.table.index_stats(name).num_unindexed_rows == 0
    assert len(table) == 1500


def test_nothing_is_due_for_a_small_table(tmp_path: Path) -> None:
    table = Lance.create(tmp_path, 8)
    assert tend(table) == []
    table.add(["a"], unit(1), [{"price": 1}])
    before = table.generation
    assert tend(table) == []
    assert table.generation == before
    assert table.table.list_indices() == []


def test_fragments_are_joined_and_old_versions_removed_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "FRAGMENTS", 6)
    table = Lance.create(tmp_path, 8)
    for number in range(8):
        table.add([f"{number}"], unit(1, seed=number), [{"price": number}])
    reader, answers = Lance.open(tmp_path), table.search(unit(3), 20)
    records = table.records()
    versions = files(table, "_versions")
    assert tend(table) == ["joined fragments and folded new rows into the indexes"]
    assert table.table.stats()["fragment_stats"]["num_fragments"] == 1
    assert files(table, "_versions") > versions, "whoever reads an old version may go on"
    for index in (reader, table):
        assert (index.records(), index.search(unit(3), 20)) == (records, answers)
    monkeypatch.setattr(upkeep, "KEPT", timedelta(milliseconds=1))
    monkeypatch.setattr(upkeep, "FRAGMENTS", 1)
    monkeypatch.setattr(upkeep, "JOINED_SHARE", 0)
    table.add(["last"], unit(1, seed=99))
    tend(table)
    assert len(files(table, "_versions")) <= 3, "the one that was replaced may be less than a millisecond old"
    assert len(files(table, "data")) <= 3
    assert len(table) == len(Lance.open(tmp_path)) == 9
    reader.refresh()
    assert reader.records() == table.records()


def test_many_old_versions_alone_are_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "VERSIONS", 10)
    table = Lance.create(tmp_path, 8)
    for number in range(12):
        table.add(["same"], unit(1, seed=number))
    assert tend(table) == [], "they are many, but somebody may still read them"
    monkeypatch.setattr(upkeep, "KEPT", timedelta(milliseconds=1))
    assert tend(table)
    assert len(files(table, "_versions")) <= 3, "the one that was replaced may be less than a millisecond old"
    assert table.fetch(["same"])[0].vector.tolist() == unit(1, seed=11)[0].tolist()


def test_a_growing_table_is_not_written_anew_again_and_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "FRAGMENTS", 3)
    monkeypatch.setattr(upkeep, "SCATTERED", 1000)
    table, joined = Lance.create(tmp_path, 8), list[int]()
    for number in range(80):
        table.add([f"{number}"], unit(1, seed=number))
        if tend(table):
            joined.append(len(table))
    assert sum(joined) < 4 * 80, "the rows written in addition are a few times those of the table"
    assert len(joined) > 3
    monkeypatch.setattr(upkeep, "SCATTERED", 2)
    table.add(["one", "two", "three"], unit(3))
    table.add(["four"], unit(1))
    assert tend(table), "very many fragments are joined however small they are"


def test_a_reader_with_an_old_snapshot_survives_upkeep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "FRAGMENTS", 2)
    monkeypatch.setattr(upkeep, "JOINED_SHARE", 0)
    monkeypatch.setattr(upkeep, "NAMED_FROM", 10)
    table = Lance.create(tmp_path, DIMENSION)
    fill(table, 600)
    reader = Lance.open(tmp_path)
    before = (reader.records(), reader.search(clustered(3, DIMENSION), 20), reader.count(FILTERS[1]))
    for step in range(4):
        fill(table, 50, start=1000 + 50 * step, seed=step)
        table.delete([f"{n:05}" for n in range(step * 20, step * 20 + 15)])
        assert tend(table, vectors_from=500)
    assert (reader.records(), reader.search(clustered(3, DIMENSION), 20), reader.count(FILTERS[1])) == before
    assert len(reader.fetch(list(before[0]))) == 600
    assert reader.refresh()
    assert reader.records() == table.records()


@pytest.mark.parametrize("call", ["optimize", "create_index"])
def test_upkeep_that_fails_is_told_in_one_line_and_harms_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    monkeypatch.setattr(upkeep, "FRAGMENTS", 1)
    monkeypatch.setattr(upkeep, "JOINED_SHARE", 0)
    monkeypatch.setattr(upkeep, "NAMED_FROM", 10)
    table = Lance.create(tmp_path, DIMENSION)
    fill(table, 300)
    reader = Lance.open(tmp_path)
    real, calls = getattr(lancedb.table.LanceTable, call), iter(range(9))

    def full(self: object, *args: object, **kwargs: object) -> object:
        if call == "create_index" and next(calls) < 2:
            return real(self, *args, **kwargs)
        raise RuntimeError("lance error: No space left on device (os error 28), /build/src/lance.rs:12:3")

    with monkeypatch.context() as patch:
        patch.setattr(lancedb.table.LanceTable, call, full)
        with pytest.raises(GalleryError, match=r"^cannot tidy up the index in .*: .*No space left on device") as caught:
            tend(table, vectors_from=200)
    assert "\n" not in str(caught.value)
    assert ".rs" not in str(caught.value)
    # what it had done by then is a version of its own, and what comes next must not be missed by anybody
    reader.refresh()
    seen = reader.generation
    table.add(["after"], unit(1, DIMENSION))
    assert reader.refresh()
    assert [record.id for record in reader.since(seen)] == ["after"]
    assert tend(table, vectors_from=200)
    assert len(Lance.open(tmp_path)) == 301

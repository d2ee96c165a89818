"""The copy in memory answers as the table does, whoever wrote, whatever was interrupted and whenever it looked."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from unit_vectors import unit

from stbir.errors import InputError
from stbir.index.exact import Exact
from stbir.index.filters import Equals, Filter, Range
from stbir.index.lance import Lance
from stbir.index.mirror import Mirror
from stbir.index.upkeep import tend
from stbir.testing import check_index


def mirror(folder: Path, dimension: int = 8, *, exact_up_to: int = 1000) -> Mirror:
    return Mirror(Lance.create(folder, dimension), exact_up_to=exact_up_to)


def state(index: Mirror | Lance) -> tuple[object, ...]:
    vectors = [(record.id, record.vector.tolist(), record.metadata) for record in index.fetch(index.ids())]
    return len(index), index.fields(), index.records(), vectors, index.search(unit(2, index.dimension), 500)


def check_like_the_table(index: Mirror) -> None:
    assert state(index) == state(Lance.open(index.table.folder))
    if index.engine == "exact":
        vectors = [(r.id, r.vector.tolist(), r.metadata) for r in index.described(index.ids())]
        assert vectors == state(index)[3]


class Follower:
    """Writes through one handle and answers through another one, as a second process would."""

    def __init__(self, folder: Path, dimension: int) -> None:
        self.writer = mirror(folder, dimension)
        self.reader = Mirror(Lance.open(folder), exact_up_to=1000)

    def add(self, *args: Any, **kwargs: Any) -> None:
        self.writer.add(*args, **kwargs)
        self.reader.refresh()

    def delete(self, ids: list[str]) -> int:
        count = self.writer.delete(ids)
        self.reader.refresh()
        return count

    def __getattr__(self, name: str) -> Any:
        return getattr(self.reader, name)

    def __len__(self) -> int:
        return len(self.reader)

    def __contains__(self, id: object) -> bool:
        return id in self.reader


def test_keeps_the_contract(tmp_path: Path) -> None:
    check_index(lambda dimension: mirror(tmp_path, dimension), rounds=2)


def test_keeps_the_contract_for_who_follows_in_another_process(tmp_path: Path) -> None:
    check_index(lambda dimension: Follower(tmp_path, dimension), seed=1, rounds=3)  # type: ignore[arg-type, return-value]


def test_keeps_the_contract_while_it_changes_from_memory_to_the_table(tmp_path: Path) -> None:
    check_index(lambda dimension: mirror(tmp_path, dimension, exact_up_to=35), seed=2, rounds=1)


def test_answers_from_memory_up_to_a_size_and_from_the_table_above(tmp_path: Path) -> None:
    index = mirror(tmp_path, exact_up_to=10)
    index.add([f"{number:02}" for number in range(10)], unit(10), [{"price": number} for number in range(10)])
    reader = Mirror(Lance.open(tmp_path), exact_up_to=10)
    assert (index.engine, reader.engine) == ("exact", "exact")
    index.add(["10"], unit(1, seed=1), [{"price": 10}])
    assert (index.engine, index.refresh()) == ("lance", False)
    assert reader.refresh()
    for one in (index, reader):
        assert (one.engine, len(one), one.count(Filter((Range("price", 5),)))) == ("lance", 11, 6)
        check_like_the_table(one)
    index.delete(["03", "04"])
    assert reader.refresh()
    assert (reader.engine, len(reader)) == ("exact", 9)
    index.refresh()
    for one in (index, reader):
        check_like_the_table(one)


def test_tokens_stay_on_disk_and_are_fetched_from_there(tmp_path: Path) -> None:
    index = mirror(tmp_path)
    index.add(["a", "b"], unit(2), tokens=[np.ones((2, 3)), None])
    assert [None if r.tokens is None else r.tokens.shape for r in index.fetch(["a", "b"])] == [(2, 3), None]
    assert [record.tokens for record in index.described(["a", "b"])] == [None, None]
    described, fetched = index.described(["b", "a"]), index.fetch(["b", "a"])
    assert [(r.id, r.vector.tolist()) for r in described] == [(r.id, r.vector.tolist()) for r in fetched]


def test_follows_random_writes_of_another_handle(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    writer = Lance.create(tmp_path, 8)
    reader = Mirror(writer.open(tmp_path))
    for step in range(25):
        for _ in range(rng.integers(1, 4)):
            ids = [f"{number:02}" for number in rng.choice(30, size=int(rng.integers(1, 9)), replace=False)]
            if rng.random() < 0.4:
                writer.delete(ids)
            else:
                writer.add(ids, unit(len(ids), seed=step), [{"step": step}] * len(ids))
            if rng.random() < 0.1:
                tend(writer)
        assert len(reader) != len(writer) or reader.generation != writer.generation
        assert reader.refresh()
        assert reader.records() == writer.records()
        assert [(r.id, r.vector.tolist()) for r in reader.described(reader.ids())] == [
            (r.id, r.vector.tolist()) for r in writer.fetch(writer.ids())
        ]
    check_like_the_table(reader)


def test_a_deleted_id_that_came_back_is_the_new_one(tmp_path: Path) -> None:
    writer = mirror(tmp_path)
    writer.add(["a", "b"], unit(2), [{"price": 1}, {"price": 2}])
    reader = Mirror(Lance.open(tmp_path))
    writer.delete(["a"])
    writer.add(["a"], unit(1, seed=7), [{"price": 3}])
    assert reader.refresh()
    assert reader.records() == {"a": {"price": 3}, "b": {"price": 2}}
    check_like_the_table(reader)


def test_a_field_may_change_its_type_between_two_looks(tmp_path: Path) -> None:
    writer = mirror(tmp_path)
    writer.add(["a", "b"], unit(2), [{"price": 1}, {"price": 2}])
    reader = Mirror(Lance.open(tmp_path))
    writer.add(["a", "b"], unit(2), [{}, {}])
    writer.add(["b", "c"], unit(2, seed=2), [{"price": "dear"}, {"price": "cheap"}])
    assert reader.refresh()
    assert reader.fields() == {"price": str}
    assert reader.count(Filter((Equals("price", "dear"),))) == 1
    check_like_the_table(reader)


def test_a_refused_call_changes_neither_the_table_nor_the_copy(tmp_path: Path) -> None:
    index = mirror(tmp_path)
    index.add(["a"], unit(1), [{"price": 1}], tokens=[np.ones((1, 3))])
    for ids, metadata, tokens in (
        (["a", "b"], [{}, {"price": "dear"}], None),
        (["b", "c"], [{}, {"name": "\ud800"}], None),
        (["b", "c"], None, [None, np.ones((1, 4))]),
    ):
        with pytest.raises(InputError):
            index.add(ids, unit(2), metadata, tokens=tokens)
    assert index.records() == {"a": {"price": 1}}
    check_like_the_table(index)


@pytest.mark.parametrize("step", ["add", "delete"])
def test_a_write_that_was_interrupted_half_way_is_caught_up_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    index = mirror(tmp_path)
    index.add(["a", "b"], unit(2))

    def interrupted(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Exact, step, interrupted)  # the table has it, the copy never hears of it
        with pytest.raises(KeyboardInterrupt):
            index.add(["c"], unit(1, seed=3)) if step == "add" else index.delete(["a"])
    assert index.refresh()
    assert index.ids() == (["a", "b", "c"] if step == "add" else ["b"])
    check_like_the_table(index)
    assert not index.refresh()


def test_upkeep_is_nothing_new_to_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stbir.index.upkeep.FRAGMENTS", 2)
    index = mirror(tmp_path)
    for number in range(4):
        index.add([f"{number}"], unit(1, seed=number))
    reader = Mirror(Lance.open(tmp_path))
    assert tend(index.table)
    for one in (index, reader):
        one.refresh()
        check_like_the_table(one)
    index.add(["later"], unit(1, seed=9))
    reader.refresh()
    assert "later" in reader
    check_like_the_table(reader)


@pytest.mark.parametrize("exact_up_to", [100_000, 0], ids=["from memory", "from the table"])
def test_many_threads_search_while_one_writes(tmp_path: Path, exact_up_to: int) -> None:
    index = mirror(tmp_path, exact_up_to=exact_up_to)
    done, errors, lowest = threading.Event(), list[BaseException](), [0] * 4

    def search(place: int) -> None:
        try:
            while not done.is_set():
                index.refresh()
                with_price = index.count(Filter((Range("price"),)))
                assert with_price >= lowest[place]
                assert with_price % 10 == 0, "a commit is seen as a whole or not at all"
                lowest[place] = with_price
                found = index.search(unit(1), 1000)[0]
                assert len(found) % 10 == 0
                assert len(index.fetch([match.id for match in found[:3]])) == len(found[:3])
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=search, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    try:
        for number in range(15):
            ids = [f"{number}-{place}" for place in range(10)]
            index.add(ids, unit(10, seed=number), [{"price": number}] * 10)
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert errors == []
    assert len(index) == 150
    check_like_the_table(index)


WRITER = """
import sys
import numpy as np
from stbir.index.lance import Lance
from stbir.index.upkeep import tend

folder, count = sys.argv[1], int(sys.argv[2])
index = Lance.open(folder)
rows = np.eye(16, dtype=np.float32)
for number in range(count):
    ids = [f"{number:03}-{place:02}" for place in range(16)]
    index.add(ids, rows, [{"batch": number, "extra": number} if number % 9 == 0 else {"batch": number} for _ in ids])
    if number % 4 == 3:
        index.add(["mark"], rows[:1], [{"seen": number}])
    if number % 10 == 9:
        tend(index)
    print(number, flush=True)
"""


@pytest.mark.parametrize("exact_up_to", [100_000, 0], ids=["from memory", "from the table"])
def test_another_process_sees_whole_commits_in_order(tmp_path: Path, exact_up_to: int) -> None:
    Lance.create(tmp_path, 16)
    reader = Mirror(Lance.open(tmp_path), exact_up_to=exact_up_to)
    arguments = [sys.executable, "-W", "error", "-c", WRITER, str(tmp_path), "24"]
    looks, acknowledged = 0, -1
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        while acknowledged < 23:
            line = writer.stdout.readline()
            assert line, "the writer has failed"
            acknowledged = int(line)
            before = (reader.generation, reader.ids())
            assert (reader.generation, reader.ids()) == before
            reader.refresh()
            ids = [id for id in reader.ids() if id != "mark"]
            batches = len(ids) // 16
            assert batches > acknowledged, "what was acknowledged can be seen"
            assert ids == [f"{number:03}-{place:02}" for number in range(batches) for place in range(16)]
            counts = reader.tally("batch")
            assert counts == dict.fromkeys(range(batches), 16)
            found = reader.search(np.eye(16)[:1], 16 * batches)[0]
            assert len(found) == 16 * batches
            if batches:
                assert found[0].id in ("000-00", "mark")
            looks += 1
    assert writer.returncode == 0
    assert looks == 24
    check_like_the_table(reader)

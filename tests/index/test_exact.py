import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from stbir.errors import GalleryError, InputError
from stbir.index import exact, generations
from stbir.index.exact import Exact
from stbir.index.filters import Equals, Filter, Range
from stbir.testing import check_index
from stbir.types import Floats


def unit(count: int, dimension: int = 8, *, seed: int = 0) -> Floats:
    rows = np.random.default_rng(seed).normal(size=(count, dimension))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def filled(count: int = 20) -> Exact:
    index = Exact(8)
    index.add(
        [f"p{number:02}" for number in range(count)],
        unit(count),
        [{"price": number, "category": "ab"[number % 2]} for number in range(count)],
    )
    return index


def contents(index: Exact) -> list[tuple[str, bytes, dict[str, object]]]:
    return [(record.id, record.vector.tobytes(), dict(record.metadata)) for record in index.fetch(index.ids())]


def test_keeps_the_contract() -> None:
    check_index(Exact)


def test_keeps_the_contract_over_many_small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact, "ROW_BLOCK", 7)
    monkeypatch.setattr(exact, "QUERY_BLOCK", 2)
    check_index(Exact, seed=1)


def test_keeps_the_contract_when_saved_and_opened_every_time(tmp_path: Path) -> None:
    class Reopened(Exact):
        def add(self, *args, **kwargs):  # type: ignore[no-untyped-def]
            super().add(*args, **kwargs)
            self.reopen()

        def delete(self, *args):  # type: ignore[no-untyped-def]
            count = super().delete(*args)
            self.reopen()
            return count

        def reopen(self) -> None:
            self.save(tmp_path)
            self.__dict__ = Exact.open(tmp_path).__dict__

    check_index(Reopened, seed=2)


def test_equal_vectors_are_ordered_by_id_wherever_they_lie() -> None:
    vector = unit(1, 100)
    index = Exact(100)
    names = [f"{number:03}" for number in np.random.default_rng(1).permutation(500)]
    index.add(names, np.repeat(vector, 500, axis=0))
    for count in (1, 3, 17):
        for matches in index.search(unit(count, 100, seed=3), 20):
            assert [match.id for match in matches] == [f"{number:03}" for number in range(20)]
            assert len({match.score for match in matches}) == 1


def test_batch_and_single_queries_agree_bit_by_bit() -> None:
    index = Exact(33)
    index.add([str(number) for number in range(300)], unit(300, 33))
    queries = unit(70, 33, seed=5)
    assert index.search(queries, 12) == [index.search(query[None], 12)[0] for query in queries]


def test_a_field_nobody_has_any_longer_may_change_its_type() -> None:
    index = filled(2)
    assert index.fields() == {"category": str, "price": int}
    with pytest.raises(InputError, match="field 'price' is int, not float"):
        index.add(["new"], unit(1), [{"price": 1.5}])
    index.add(["p00", "p01"], unit(2), [{}, {}])
    assert index.fields() == {}
    index.add(["new"], unit(1), [{"price": 1.5}])
    assert index.search(unit(1), 3, where=Filter((Range("price", 1, 2),)))[0][0].id == "new"


@pytest.mark.parametrize("value", [None, [1], {"a": 1}, float("inf"), 2**63, np.float32(1)])
def test_strange_metadata_is_refused(value: object) -> None:
    index = Exact(8)
    with pytest.raises(InputError, match="'a': field 'price'"):
        index.add(["a"], unit(1), [{"price": value}])  # type: ignore[dict-item]
    with pytest.raises(InputError, match="field name"):
        index.add(["a"], unit(1), [{"price=1": 1}])
    assert len(index) == 0


def test_bad_arguments_are_refused() -> None:
    index = filled()
    for ids in ("p01", ["p01", 2], [""]):
        with pytest.raises(InputError, match="id"):
            index.delete(ids)  # type: ignore[arg-type]
    for k in (0, -1, 1.5, True, "3"):
        with pytest.raises(InputError, match="k must be a whole number of at least 1"):
            index.search(unit(1), k)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"shape \(rows, 8\), not \(8,\)"):
        index.search(unit(1)[0], 1)
    with pytest.raises(InputError, match="at least 1"):
        Exact(0)


def test_fetched_records_are_copies() -> None:
    index = filled()
    record = index.fetch(["p03"])[0]
    record.vector[:] = 0
    assert np.linalg.norm(index.fetch(["p03"])[0].vector) == pytest.approx(1, abs=1e-6)


def test_saved_and_opened_is_the_same(tmp_path: Path) -> None:
    index = filled()
    index.add(["naïve \u2028 靴子 \udcff.jpg"], unit(1, seed=9), [{"category": 'say "hi"\n', "weight": 2.0}])
    index.save(tmp_path)
    opened = Exact.open(tmp_path)
    assert contents(opened) == contents(index)
    assert opened.fields() == index.fields()
    assert opened.generation == index.generation == 1
    opened.delete(["p00"])
    opened.add(["later"], unit(1, seed=10))
    opened.save(tmp_path)
    assert contents(Exact.open(tmp_path)) == contents(opened)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index.json", "records-2.jsonl", "vectors-2.npy"]


def test_an_empty_index_is_saved_too(tmp_path: Path) -> None:
    Exact(5).save(tmp_path)
    opened = Exact.open(tmp_path)
    assert (len(opened), opened.dimension) == (0, 5)
    assert opened.search(unit(1, 5), 3) == [[]]


def failing_at(call: int, real: Callable[..., object], error: BaseException) -> Callable[..., object]:
    calls = iter(range(call + 1))

    def act(*args: object) -> object:
        if next(calls, call) == call:
            raise error
        return real(*args)

    return act


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["disk", "ctrl-c"])
@pytest.mark.parametrize(("step", "count"), [("fsync", 6), ("replace", 3)])
def test_a_save_that_fails_leaves_the_last_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, count: int, error: BaseException
) -> None:
    index = filled()
    index.save(tmp_path)
    for call in range(count):
        # a generation takes over when index.json is renamed; only the fsync of the folder comes after that
        taken_over = step == "fsync" and call == count - 1
        before = contents(Exact.open(tmp_path))
        index.add([f"new {call}"], unit(1, seed=call))
        with monkeypatch.context() as patch:
            patch.setattr(generations.os, step, failing_at(call, getattr(os, step), error))
            with pytest.raises((GalleryError, KeyboardInterrupt)):
                index.save(tmp_path)
        assert contents(Exact.open(tmp_path)) == (contents(index) if taken_over else before)
        assert not list(tmp_path.glob("*.tmp")) + list(tmp_path.glob(".*.tmp"))
    with monkeypatch.context() as patch:  # the loop above ends because it went through every call there is
        patch.setattr(generations.os, step, failing_at(count, getattr(os, step), error))
        index.save(tmp_path)
    assert contents(Exact.open(tmp_path)) == contents(index)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_vectors_are_written_as_numpy_does_and_a_full_disk_keeps_its_reason(tmp_path: Path) -> None:
    vectors = np.eye(500, dtype=np.float32)[:, ::-1]
    generations.write_generation(tmp_path, ids=[str(i) for i in range(500)], vectors=vectors, metadata=[{}] * 500)
    np.save(tmp_path / "reference.npy", np.ascontiguousarray(vectors))
    assert (tmp_path / "vectors-1.npy").read_bytes() == (tmp_path / "reference.npy").read_bytes()
    (tmp_path / f".vectors-2.npy.{os.getpid()}.tmp").symlink_to("/dev/full")
    with pytest.raises(GalleryError, match=r"cannot write the index in .*: No space left on device"):
        generations.write_generation(tmp_path, ids=[str(i) for i in range(500)], vectors=vectors, metadata=[{}] * 500)


def test_a_full_disk_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generations.os, "fsync", failing_at(0, os.fsync, OSError(28, "No space left on device")))
    with pytest.raises(GalleryError, match=r"cannot write the index in .*: No space left on device"):
        filled().save(tmp_path)


def spoil(path: Path, how: str) -> None:
    content = path.read_bytes()
    if how == "truncated":
        path.write_bytes(content[: len(content) // 2])
    elif how == "garbled":
        path.write_bytes(content[:20] + bytes([content[20] ^ 255]) + content[21:])
    elif how == "empty":
        path.write_bytes(b"")
    else:
        path.unlink()


@pytest.mark.parametrize("how", ["truncated", "garbled", "empty", "missing"])
@pytest.mark.parametrize("name", ["vectors-1.npy", "records-1.jsonl", "index.json"])
def test_damage_is_told(tmp_path: Path, name: str, how: str) -> None:
    filled().save(tmp_path)
    spoil(tmp_path / name, how)
    with pytest.raises(GalleryError, match=r"there is no index in|is damaged \(.*\): delete that folder"):
        Exact.open(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"count": 19},
        {"dimension": 4},
        {"generation": None},
        {"format": 99},
        {"vectors": {"file": "../vectors-1.npy", "sha256": ""}},
    ],
)
def test_a_wrong_description_is_told(tmp_path: Path, change: dict[str, object]) -> None:
    filled().save(tmp_path)
    path = tmp_path / "index.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(GalleryError, match=r"damaged|has format 99, this version reads 1"):
        Exact.open(tmp_path)


def test_pickled_vectors_are_never_loaded(tmp_path: Path) -> None:
    filled().save(tmp_path)
    np.save(tmp_path / "vectors-1.npy", np.array([{"a": print}], dtype=object), allow_pickle=True)
    path = tmp_path / "index.json"
    description = json.loads(path.read_text())
    description["vectors"]["sha256"] = generations._digest(tmp_path / "vectors-1.npy")
    path.write_text(json.dumps(description))
    with pytest.raises(GalleryError, match="damaged"):
        Exact.open(tmp_path)


def test_a_reader_survives_a_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = filled()
    index.save(tmp_path)
    description = generations._description(tmp_path)
    index.add(["new"], unit(1))
    index.save(tmp_path)
    answers = iter([description])
    real = generations._description
    monkeypatch.setattr(generations, "_description", lambda folder: next(answers, None) or real(folder))
    assert "new" in Exact.open(tmp_path)


def test_filters_see_what_was_added_later() -> None:
    index = filled()
    where = Filter((Equals("category", "a"),))
    assert len(index.search(unit(1), 100, where=where)[0]) == 10
    index.add(["later"], unit(1, seed=2), [{"category": "a"}])
    assert len(index.search(unit(1), 100, where=where)[0]) == 11
    index.delete(["later", "p00"])
    assert len(index.search(unit(1), 100, where=where)[0]) == 9

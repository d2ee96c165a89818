"""What is wrong with a disk, a file or a folder is told in one line, and the index on disk stays what it was."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lancedb.table
import pytest
from unit_vectors import unit

from stbir.errors import GalleryError, InputError
from stbir.index import lance
from stbir.index.filters import Equals, Filter
from stbir.index.lance import Lance


@pytest.mark.parametrize(
    "error",
    [OSError(28, "No space left on device"), RuntimeError("lance error: No space left on device (os error 28)")],
)
@pytest.mark.parametrize("call", ["add", "merge_insert", "add_columns", "drop_columns", "delete"])
def test_a_full_disk_is_told_in_one_line(
    table: Lance, monkeypatch: pytest.MonkeyPatch, call: str, error: Exception
) -> None:
    table.add([f"p{n:02}" for n in range(20)], unit(20), [{"category": "a", "size": 1} for _ in range(20)])
    records = table.records()

    def full(*args: object, **kwargs: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(lancedb.table.LanceTable, call, full)
        act: Callable[[], object] = {
            "add": lambda: table.add(["new"], unit(1)),
            "merge_insert": lambda: table.add(["p00"], unit(1, seed=4)),
            "add_columns": lambda: table.add(["new"], unit(1), [{"colour": "red"}]),
            "drop_columns": lambda: table.add(["new"], unit(1), [{"price": "dear"}]),
            "delete": lambda: table.delete(["p00"]),
        }[call]
        with pytest.raises(GalleryError, match=r"^cannot write the index in .*: .*No space left on device") as caught:
            act()
        assert "\n" not in str(caught.value)
    assert table.records() == Lance.open(table.folder).records() == records
    act()  # with room again it goes on
    assert table.records() != records or call == "merge_insert"


def test_a_disk_that_fills_up_between_two_steps_leaves_a_working_index(
    table: Lance, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = table.ids()
    table.add(ids, unit(20), [{"category": "a"}] * 20)
    reader = Lance.open(table.folder)

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(lancedb.table.LanceTable, "add_columns", full)  # the old column is gone by then
        with pytest.raises(GalleryError, match="No space left on device"):
            table.add(["new"], unit(1), [{"price": "dear"}])
    assert reader.refresh()
    for index in (table, reader):
        assert (index.ids(), index.fields(), index.tally("price")) == (ids, {"category": str}, {})
        assert index.count(Filter((Equals("price", 1),))) == 0
    table.add(["new"], unit(1), [{"price": "dear"}])
    generation = reader.generation
    assert reader.refresh()
    assert [record.id for record in reader.since(generation)] == ["new"]


def test_an_interrupted_write_is_noticed_when_it_did_arrive(table: Lance, monkeypatch: pytest.MonkeyPatch) -> None:
    real = lancedb.table.LanceTable.add

    def interrupted(*args: Any, **kwargs: Any) -> None:
        real(*args, **kwargs)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(lancedb.table.LanceTable, "add", interrupted)
        with pytest.raises(KeyboardInterrupt):
            table.add(["new"], unit(1))
    assert "new" in table
    assert (len(table), table.generation) == (21, Lance.open(table.folder).generation)


def damage(folder: Path, part: str, how: str) -> None:
    for path in sorted((folder / lance.FOLDER / part).iterdir()):
        content = path.read_bytes()
        if how == "truncated":
            path.write_bytes(content[: len(content) // 2])
        elif how == "garbled":
            path.write_bytes(bytes(byte ^ 0x5A for byte in content))
        elif how == "empty":
            path.write_bytes(b"")
        else:
            path.unlink()


@pytest.mark.parametrize("how", ["truncated", "garbled", "empty", "missing"])
@pytest.mark.parametrize("part", ["_versions", "data"])
def test_damage_is_told_in_one_line(table: Lance, part: str, how: str) -> None:
    damage(table.folder, part, how)

    def use() -> object:
        index = Lance.open(table.folder)
        return index.records(), index.fetch(index.ids()), index.search(unit(1), 99), index.since(-1)

    with pytest.raises(
        GalleryError, match=r"the index in .* is damaged \(.*\): delete that folder|there is no"
    ) as caught:
        use()
    message = str(caught.value)
    assert "\n" not in message
    assert ".rs:" not in message, "the library's own source lines are no reason"
    with pytest.raises(GalleryError):
        list(Lance.open(table.folder).batches())


def test_an_index_that_is_not_there_is_told(table: Lance, tmp_path: Path) -> None:
    reader = Lance.open(table.folder)
    for folder in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(GalleryError, match=r"there is no index in .*: index the photos first"):
            Lance.open(folder)
    shutil.rmtree(table.folder)
    with pytest.raises(GalleryError, match=r"is damaged|there is no index"):
        reader.refresh()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(GalleryError, match=r"^cannot write the index in .*file") as caught:
        Lance.create(tmp_path / "file", 8)
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="at least 1"):
        Lance.create(tmp_path, 0)

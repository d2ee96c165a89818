"""The benchmark is the same everywhere: a small part of it has the stored digests, whoever draws it."""

import csv
import json
import platform
from collections import Counter
from pathlib import Path

import cv2
import pytest

from stbir.data import drawn
from stbir.data.drawn.bench import DISTORTIONS, Group, draw_group, plan, scenes_of
from stbir.data.drawn.bench_folder import (
    DIGESTS,
    OLDEST_OPENCV,
    SUMMARY,
    bench_cache,
    damaged,
    differences,
    write_bench,
)
from stbir.data.inspection import inspect
from stbir.data.sets import load, open_set
from stbir.data.sets.drawn_bench import PHOTOS
from stbir.data.table import read_table
from stbir.errors import InputError

SMALL = ("shoes-shoe-000", "shoes-shoe-075", "chairs-chair-001", "many-bag-006", "many-hat-000")
DIGESTS_OF_SMALL = {
    "words": "c027d20dc3c55f7ff9baec9eb7bb6f695538920f9108a17a71febf7b54100cb2",
    "sketches": "3036d0f3c89adf3bbdf6200897846a51f6a9e9324f80e5de39ca1c588a79d77e",
    "photos": "f5a50fe535dff3f896bcde22ac99c179c929a0e51ae1d03323c109a6c9370c36",
}
"""Of version 1. If they change, what is drawn has changed: raise VERSION, and draw `bench_folder.DIGESTS` anew."""


def small() -> list[Group]:
    return [group for group in plan() if group.id in SMALL]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench") / "b"
    write_bench(folder, groups=small(), workers=1)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


OPENCV = tuple(int(part) for part in cv2.__version__.split(".")[:2])


@pytest.mark.skipif(OPENCV < OLDEST_OPENCV, reason="OpenCV before 4.13 rounds lines differently")
def test_a_small_part_has_the_stored_digests(bench: Path) -> None:
    digests = json.loads((bench / SUMMARY).read_text())["digests"]
    asked = ("words", "sketches")
    assert [digests[kind] for kind in asked] == [DIGESTS_OF_SMALL[kind] for kind in asked]
    if platform.machine() in ("x86_64", "AMD64"):  # others may round a few pixels of the photos differently
        assert digests["photos"] == DIGESTS_OF_SMALL["photos"]
    assert DIGESTS.keys() == DIGESTS_OF_SMALL.keys()


def test_what_digests_say_about_numbers() -> None:
    assert differences(DIGESTS) == ([], [])
    faults, notes = differences(DIGESTS | {"photos": "other"})
    assert (len(faults), len(notes)) == (0, 1)
    assert "to a digit less" in notes[0]
    faults, notes = differences(DIGESTS | {"photos": "other", "words": "other"})
    assert (len(faults), len(notes)) == (1, 0)
    assert faults[0].startswith("the words are not those of version 1: do not compare numbers")


def test_the_plan() -> None:
    groups = plan()
    assert Counter((group.part, group.split) for group in groups) == {
        ("shoes", "train"): 60, ("shoes", "validation"): 10, ("shoes", "test"): 30,
        ("chairs", "train"): 60, ("chairs", "validation"): 10, ("chairs", "test"): 30,
        ("many", "train"): 70, ("many", "validation"): 14, ("many", "test"): 42, ("many", "unseen"): 24,
    }  # fmt: skip
    assert len({group.id for group in groups}) == len(groups)
    assert 4 * len(groups) == PHOTOS
    for group in groups:
        assert (group.family in drawn.HELD_OUT_FAMILIES) == (group.split == "unseen")


def test_training_never_shows_a_held_out_combination() -> None:
    for group in [group for group in plan() if group.split == "train"][::17]:
        for _, scene in scenes_of(group):
            assert (scene.main.colour, scene.main.texture) not in drawn.HELD_OUT_COMBINATIONS


def test_a_group_of_near_twins() -> None:
    items = draw_group(small()[0])
    assert [item.change for item in items] == ["", "colour", "material", "shape"]
    assert len({item.photo for item in items}) == 4
    assert all(len(item.sketches) == len(DISTORTIONS) for item in items)
    names = scenes_of(small()[0])[0][1].names
    for item in items:
        assert len(item.words.split()) <= 16
        assert not any(name in item.words.split() for name in names)


def test_the_tables_can_be_measured_on(bench: Path) -> None:
    with (bench / "shoes-test.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4 * len(DISTORTIONS)
    assert [row["level"] for row in rows[:5]] == ["1", "2", "3", "4", "5"]
    assert [row["change"] for row in rows[::5]] == ["", "colour", "material", "shape"]
    split = read_table(bench / "shoes-test.csv")
    assert len(split.photos) == 4
    assert all(query.sketches[0].strokes and query.text for query in split.queries)
    groups = [photo.metadata for photo in load("drawn-bench", bench, "shoes-test").photos]
    assert groups == [{"virtual_class": row["group"]} for row in rows[::5]]
    assert {path.name for path in bench.glob("*.csv")} == {
        "shoes-train.csv", "shoes-test.csv", "chairs-train.csv", "many-test.csv", "many-unseen.csv",
    }  # fmt: skip


def test_the_number_of_processes_does_not_matter_and_damage_is_repaired(bench: Path, tmp_path: Path) -> None:
    folder = tmp_path / "b"
    write_bench(folder, groups=small()[:2], workers=2)
    # what an interruption leaves behind: no summary, a photo missing, another one cut off
    (folder / SUMMARY).unlink()
    (folder / "photos/shoes-shoe-000-1.jpg").unlink()
    (folder / "photos/shoes-shoe-075-0.jpg").write_bytes(b"half")
    kept = (folder / "groups/shoes-shoe-000.json").stat().st_mtime_ns
    write_bench(folder, groups=small(), workers=1)
    assert contents(folder) == contents(bench)
    assert (folder / "groups/shoes-shoe-000.json").stat().st_mtime_ns != kept
    before = (folder / "groups/many-bag-006.json").stat().st_mtime_ns
    write_bench(folder, groups=small(), workers=1)
    assert (folder / "groups/many-bag-006.json").stat().st_mtime_ns == before


def test_somebody_elses_folder_and_another_version_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match="not empty and holds no drawn-bench"):
        write_bench(tmp_path, groups=small()[:1])
    assert contents(tmp_path) == {"thesis.txt": b"mine"}
    other = tmp_path / "other"
    other.mkdir()
    (other / SUMMARY).write_text('{"name": "drawn-bench", "version": 0}')
    with pytest.raises(InputError, match="holds version 0 of drawn-bench, this is version 1"):
        write_bench(other, groups=small()[:1])


def test_check_says_what_a_part_lacks(bench: Path) -> None:
    findings = inspect(open_set("drawn-bench", bench), pictures=False)
    assert any(fault.startswith("20 of 1,400 photos") for fault in findings.faults)
    assert any("files are missing or damaged" in fault for fault in findings.faults)
    assert damaged(bench) == ["groups/shoes-shoe-001.json"]


def test_where_it_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert bench_cache() == Path("/somewhere/stbir/drawn-bench-v1")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert bench_cache() == Path.home() / ".cache/stbir/drawn-bench-v1"

"""`stbir data list`, `check` and `draw-bench`: what they print, and the exit code of an incomplete data set."""

from pathlib import Path

import pytest
from PIL import Image

from stbir.data import sets
from stbir.data.drawn import bench, bench_folder
from stbir.data.sets import drawn_tasks


def test_list_names_every_set(stbir) -> None:
    said = stbir("data", "list")
    assert said.code == 0
    lines = said.out.splitlines()[1:]
    assert [line.split()[0] for line in lines] == sets.names()
    assert all(len(line.split(maxsplit=1)[1]) > 20 for line in lines)


def test_check_names_what_is_missing(stbir, tmp_path: Path) -> None:
    said = stbir("data", "check", "stbir-s", tmp_path)
    assert said.code == 3
    assert f"fault  missing: 5,982 sketches of ShoeV2 at {tmp_path / 'trainA/*.png'}, from SketchX" in said.out
    assert "files with 2,000 descriptions" in said.out
    assert said.out.splitlines()[-1] == f"stbir-s in {tmp_path}: 5 faults"


def test_check_says_that_all_is_there(stbir, tmp_path: Path) -> None:
    Image.new("RGB", (40, 40), "red").save(tmp_path / "a.png")
    said = stbir("data", "check", "folder", tmp_path)
    assert (said.code, said.out.splitlines()) == (
        0,
        ["found  all: 0 queries, 1 photos", f"folder in {tmp_path}: complete"],
    )


def test_what_is_drawn_in_memory_lies_in_no_folder(stbir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn_tasks, "SIZE", 32)
    monkeypatch.setattr(drawn_tasks, "TASKS", {name: (draw, 3) for name, (draw, _) in drawn_tasks.TASKS.items()})
    said = stbir("data", "check", "drawn-tasks")
    assert (said.code, said.out.splitlines()[-1]) == (0, "drawn-tasks: complete")
    assert "found  shelves: 12 queries, 3 photos" in said.out.splitlines()
    said = stbir("data", "check", "drawn-tasks", tmp_path)
    assert said.code == 2
    assert f"drawn-tasks is drawn when it is asked for and lies in no folder, not in {tmp_path} either" in said.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["sketchi", "x"], "unknown data set 'sketchi', did you mean 'sketchy'?"),
        (["sketchy", "x", "--variant", "1-2"], "unknown variant '1-2', did you mean '104-21'? (known: 100-25, 104-21)"),
        (["fs-coco"], "say in which folder fs-coco lies; `stbir data check fs-coco DIR`"),
    ],
)
def test_check_refuses(stbir, arguments: list[str], says: str) -> None:
    said = stbir("data", "check", *arguments)
    assert said.code == 2
    assert says in said.err


def test_a_folder_that_is_not_there_lacks_everything(stbir, tmp_path: Path) -> None:
    said = stbir("data", "check", "sketchy", tmp_path / "no")
    assert (said.code, said.out.splitlines()[0]) == (3, f"fault  there is no folder {tmp_path / 'no'}")


def test_draw_bench_then_check_and_evaluate(
    stbir, tmp_path: Path, clip_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(bench_folder, "plan", lambda: [group for group in bench.plan() if group.id == "shoes-shoe-075"])
    said = stbir("data", "draw-bench", "--processes", 1)
    assert said.code == 0
    first, digests, *commands = said.out.splitlines()
    assert first == f"drawn-bench version 1 is in {tmp_path / 'stbir/drawn-bench-v1'}"
    assert digests.startswith("the words and sketches are not those of version 1: do not compare")  # it is only a part
    command = commands[0].partition("stbir ")[2].replace("MODEL", str(clip_folder)).split()
    assert stbir(*command).code == 0
    checked = stbir("data", "check", "drawn-bench", "--quick")
    assert checked.code == 3
    assert "4 of 1,400 photos" in checked.out
    assert stbir("data", "draw-bench", "--processes", 0).code == 2

"""`stbir index`: what it reports of new, unchanged, changed, removed and broken photos."""

import os
import subprocess
import sys
from pathlib import Path

from PIL import Image


def test_a_new_folder_then_nothing_new(stbir, photos: Path, clip_folder: Path, monkeypatch) -> None:
    monkeypatch.chdir(photos.parent)
    said = stbir("index", "photos", "--model", clip_folder)
    assert (said.code, said.err) == (0, "")
    first, second = said.out.splitlines()
    assert first.startswith("8 photos indexed, 0 unchanged, 0 removed (")
    assert first.endswith("photos/s)")
    assert second == "gallery: photos/.stbir"
    again = stbir("index", "photos")
    assert again.out.splitlines()[0] == "0 photos indexed, 8 unchanged, 0 removed"


def test_changes_are_counted(stbir, own_copy: Path) -> None:
    # a copied file has a new time only where the copy did not keep it
    assert stbir("index", own_copy).code == 0
    Image.new("RGB", (64, 64), "red").save(own_copy / "boots" / "new.png")
    Image.new("RGB", (31, 47), "blue").save(own_copy / "boots" / "p1.png")
    (own_copy / "chairs" / "p0.png").unlink()
    (own_copy / "chairs" / "p2.png").write_text("broken since yesterday")
    said = stbir("index", own_copy)
    assert said.out.startswith("2 photos indexed, 5 unchanged, 1 removed, 1 broken (")
    assert said.err.startswith("broken: chairs/p2.png: ")


def test_five_percent_broken_is_fine_and_named(stbir, tmp_path: Path, clip_folder: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(40):
        Image.new("RGB", (40, 40), (6 * number, 0, 0)).save(folder / f"p{number}.jpg")
    (folder / "p3.jpg").write_text("a text file named .jpg")
    (folder / "p7.jpg").write_bytes((folder / "p8.jpg").read_bytes()[:200])
    said = stbir("index", folder, "--model", clip_folder, "--to", tmp_path / "gallery")
    assert said.code == 0
    assert said.out.startswith("38 photos indexed, 0 unchanged, 0 removed, 2 broken")
    assert [line.split(": ")[:2] for line in said.err.splitlines()] == [["broken", "p3.jpg"], ["broken", "p7.jpg"]]
    assert not (folder / ".stbir").exists()
    assert str(tmp_path / "gallery") in said.out
    assert stbir("search", folder, "--to", tmp_path / "gallery", "--text", "red").code == 0
    assert stbir("search", tmp_path / "gallery", "--text", "red").code == 0


def test_many_broken_are_all_named(stbir, tmp_path: Path, clip_folder: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.new("RGB", (40, 40)).save(folder / "fine.png")
    for number in range(25):
        (folder / f"p{number:02}.png").write_text("no")
    said = stbir("index", folder, "--model", clip_folder)
    assert said.code == 0
    assert [line.split(": ")[1] for line in said.err.splitlines()] == [f"p{number:02}.png" for number in range(25)]


def test_a_terminal_sees_nothing_but_our_own_lines(photos: Path, clip_folder: Path) -> None:
    command = [sys.executable, "-c", "from stbir.cli import main; import sys; sys.exit(main())"]
    environment = {**os.environ, "PYTHONWARNINGS": "default", "HF_HUB_OFFLINE": "1"}
    options = {"capture_output": True, "text": True, "check": False, "env": environment}
    done = subprocess.run([*command, "index", str(photos), "--model", str(clip_folder)], **options)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 2


def test_a_place_that_cannot_be_written_says_what_to_do(stbir, photos: Path, clip_folder: Path) -> None:
    (photos.parent / "file").write_text("no folder")
    said = stbir("index", photos, "--model", clip_folder, "--to", photos.parent / "file" / "gallery")
    assert (said.code, said.out) == (2, "")
    assert len(said.err.splitlines()) == 1
    assert "--to" in said.err

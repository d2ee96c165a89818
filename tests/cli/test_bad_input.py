"""Everything a user may get wrong: exit code 2, one clear line, no traceback, nothing on stdout."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

NAN_STROKES = '{"canvas": [10, 10], "strokes": [[[1, NaN], [2, 3]]]}'
INFINITE_STROKES = '{"canvas": [10, 10], "strokes": [[[1, 1e999], [2, 3]]]}'
WORD_STROKES = '{"canvas": [10, 10], "strokes": [[["one", 2], [2, 3]]]}'
RAGGED_STROKES = '{"canvas": [10, 10], "strokes": [[[1, 2, 3], [2, 3]]]}'
SCRIPT = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><script>alert(1)</script>'
    '<image href="http://example.invalid/x.png" width="9" height="9"/></svg>'
)

SKETCHES = {
    "missing": (None, "no.json"),
    "no-strokes": ('{"canvas": [10, 10], "strokes": []}', "bad.json"),
    "one-point": ('{"canvas": [10, 10], "strokes": [[[5], [5]]]}', "bad.json"),
    "nan": (NAN_STROKES, "bad.json"),
    "infinite": (INFINITE_STROKES, "bad.json"),
    "words": (WORD_STROKES, "bad.json"),
    "ragged": (RAGGED_STROKES, "bad.json"),
    "no-json": ("{", "bad.json"),
    "other-json": ("[1, 2]", "bad.json"),
    "deep-json": ("[" * 100_000, "bad.json"),
    "empty-file": ("", "bad.json"),
    "only-a-script": (SCRIPT, "bad.svg"),
    "no-svg": ("<svg", "bad.svg"),
    "no-picture": ("a text file", "bad.jpg"),
    "unknown-kind": ("a text file", "bad.docx"),
}


def check(said, *says: str) -> None:
    assert (said.code, said.out) == (2, ""), said
    (line,) = said.err.splitlines()
    assert line.startswith("stbir: ")
    assert "internal error" not in line
    assert "Traceback" not in line
    assert len(line) < 1500
    for part in says:
        assert part in line, line


@pytest.mark.parametrize("kind", SKETCHES)
def test_sketches(stbir, indexed: Path, tmp_path: Path, kind: str) -> None:
    content, name = SKETCHES[kind]
    if content is not None:
        (tmp_path / name).write_text(content)
    check(stbir("search", indexed, "--sketch", tmp_path / name, "--text", "red"), name)


def test_a_blank_and_a_huge_sketch(stbir, indexed: Path, tmp_path: Path, huge) -> None:
    Image.new("L", (64, 64), 255).save(tmp_path / "blank.png")
    check(stbir("search", indexed, "--sketch", tmp_path / "blank.png"), "blank.png")
    check(stbir("search", indexed, "--sketch", huge(tmp_path / "huge.png")), "huge.png")
    check(stbir("search", indexed, "--photo", tmp_path / "huge.png"), "huge.png")


def test_a_script_beside_a_drawing_is_ignored(stbir, indexed: Path, tmp_path: Path) -> None:
    svg = SCRIPT.replace("</svg>", '<path d="M1 1 L9 9 L1 9 Z" stroke="black" fill="none"/></svg>')
    (tmp_path / "drawn.svg").write_text(svg)
    assert stbir("search", indexed, "--sketch", tmp_path / "drawn.svg").code == 0


@pytest.mark.parametrize("content", [b"", b"\0\1\2", NAN_STROKES.encode()])
def test_a_broken_drawing_from_a_pipe(stbir, indexed: Path, content: bytes, monkeypatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    check(stbir("search", indexed, "--sketch", "-"))


def test_a_pipe_without_end_is_not_read_to_its_end(stbir, indexed: Path, monkeypatch) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:
            self.given += len(buffer)
            assert self.given < 100_000_000
            return len(buffer)

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(Endless())))
    check(stbir("search", indexed, "--sketch", "-"), "more than 20 MB")


@pytest.mark.parametrize(
    "arguments",
    [
        ["index", ""],
        ["index", "photos", "--to", ""],
        ["search", "", "--text", "red"],
        ["search", "photos", "--sketch", ""],
        ["search", "photos", "--text", "red", "--sheet", ""],
        ["train", ""],
        ["evaluate", "tiny", ""],
        ["data", "draw", "--to", ""],
    ],
    ids=" ".join,
)
def test_an_unset_variable_of_the_shell_is_not_this_folder(stbir, arguments: list[str], tmp_path, monkeypatch) -> None:
    Image.new("RGB", (40, 40)).save(tmp_path / "here.png")
    monkeypatch.chdir(tmp_path)
    check(stbir(*arguments), "name")
    assert [path.name for path in tmp_path.iterdir()] == ["here.png"]


def test_two_drawings_from_one_pipe(stbir, indexed: Path) -> None:
    check(stbir("search", indexed, "--sketch", "-", "--sketch", "-"), "once")


def test_the_sheet_needs_a_place_and_a_name(stbir, indexed: Path, tmp_path: Path) -> None:
    check(stbir("search", indexed, "--text", "red", "--sheet", tmp_path / "sheet.jpg"), ".png")
    check(stbir("search", indexed, "--text", "red", "--sheet", tmp_path / "none" / "sheet.png"), "no folder")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "nothing to look for; give --sketch FILE, --text WORDS or --photo FILE"),
        (["--text", ""], "nothing to look for"),
        (["--text", " \t\n\x00"], "nothing to look for"),
        (["--not", "red"], "nothing to look for"),
        (["--text", "red", "--top", "0"], "--top must be at least 1, got 0"),
        (["--text", "red", "--top", "-3"], "--top must be at least 1, got -3"),
        (["--text", "red", "--top", "ten"], "invalid int value: 'ten'"),
        (["--text", "x" * 100_001], "at most 100,000 characters, got 100,001"),
        (["--text", "red", "--not", "x" * 100_001], "--not takes at most"),
        (["--text", "red", "--weight", "ink=1"], "unknown weight 'ink'"),
        (["--text", "red", "--weight", "text=nan"], "finite"),
        (["--text", "red", "--weight", "text=inf"], "finite"),
        (["--text", "red", "--weight", "text=0"], "weight"),
        (["--text", "red", "--where", "colour=red"], "unknown field 'colour'"),
        (["--text", "red", "--where", "category=x' OR '1'='1"], "is no filter"),
        (["--text", "red", "--where", "boots"], "is no filter"),
        (["--text", "red", "--where", ""], "is no filter"),
        (["--text", "red", "--photo", "no/such.png"], "no/such.png"),
        (["--text", "red", "--model", "no-such-model"], "no-such-model"),
        (["--text", "red", "--to", "elsewhere"], "elsewhere"),
    ],
)
def test_searches(stbir, indexed: Path, arguments: list[str], says: str) -> None:
    check(stbir("search", indexed, *arguments), says)


def no_folder(folder: Path) -> Path:
    return folder / "none"


def empty_folder(folder: Path) -> Path:
    return folder


def a_file(folder: Path) -> Path:
    Image.new("RGB", (9, 9)).save(folder / "p.png")
    return folder / "p.png"


def only_broken(folder: Path) -> Path:
    (folder / "text.jpg").write_text("a text file named .jpg")
    return folder


@pytest.mark.parametrize("make", [no_folder, empty_folder, a_file, only_broken])
def test_folders_that_cannot_be_indexed(stbir, tmp_path: Path, clip_folder: Path, make: Callable[[Path], Path]) -> None:
    check(stbir("index", make(tmp_path), "--model", clip_folder))
    assert not (tmp_path / ".stbir" / "manifest.json").exists()


def test_a_folder_with_only_a_huge_picture(stbir, tmp_path: Path, clip_folder: Path, huge) -> None:
    huge(tmp_path / "huge.png")
    check(stbir("index", tmp_path, "--model", clip_folder), "huge.png")


@pytest.mark.parametrize("make", [no_folder, empty_folder, a_file])
def test_places_without_a_gallery(stbir, tmp_path: Path, make: Callable[[Path], Path]) -> None:
    check(stbir("search", make(tmp_path), "--text", "red"))


def test_photos_without_a_gallery_say_how_to_make_one(stbir, photos: Path) -> None:
    check(stbir("search", photos, "--text", "red"), "no gallery in", f"stbir index {photos}")


def test_a_damaged_gallery(stbir, own_copy: Path) -> None:
    (own_copy / ".stbir" / "manifest.json").write_text("{")
    check(stbir("search", own_copy, "--text", "red"), "manifest.json")


@pytest.mark.parametrize("model", ["no-such-model", "no/such/folder", "../x", "", "."])
def test_unknown_models(stbir, photos: Path, tmp_path: Path, model: str, monkeypatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("sketch,text,photo\n,red,photos/boots/p1.png\n")
    check(stbir("evaluate", model, tmp_path / "t.csv"))
    if model:
        check(stbir("index", photos, "--model", model))


def test_recipes(stbir, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    check(stbir("train", "none.toml"), "none.toml")
    (tmp_path / "bad.toml").write_text("lr = = 3")
    check(stbir("train", "bad.toml"), "bad.toml")
    (tmp_path / "odd.toml").write_text("no_such_key = 1")
    check(stbir("train", "odd.toml"), "odd.toml: ")


def test_another_models_gallery(stbir, own_copy: Path, clip_folder: Path, tmp_path: Path) -> None:
    from stbir.nn.scratch import ScratchConfig, new_backbone

    config = ScratchConfig(
        side=32, patch=16, vision_width=32, vision_depth=1, text_width=32, text_depth=1, dimension=16
    )
    new_backbone(config, ["red boot"] * 3, seed=5).save(tmp_path / "other")
    check(stbir("search", own_copy, "--text", "red", "--model", tmp_path / "other"), "made by")
    check(stbir("index", own_copy, "--model", tmp_path / "other"), "made by")


def test_json_answers_keep_stdout_clean_on_errors(stbir, indexed: Path) -> None:
    said = stbir("search", indexed, "--text", "red", "--where", "colour=red", "--json")
    check(said)
    with pytest.raises(json.JSONDecodeError):
        json.loads(said.out)

"""`stbir search`: the forms of its answer, and everything a query can be made of."""

import io
import json
import sys
from pathlib import Path

import pytest
from PIL import Image


def test_a_table_for_people(stbir, indexed: Path, sketch: Path, monkeypatch) -> None:
    monkeypatch.chdir(indexed.parent)
    said = stbir("search", "photos", "--sketch", sketch, "--text", "red boot", "--top", "3")
    assert (said.code, said.err) == (0, "")
    header, *rows = said.out.splitlines()
    assert header.split() == ["rank", "score", "path"]
    assert [row.split()[0] for row in rows] == ["1", "2", "3"]
    scores = [float(row.split()[1]) for row in rows]
    assert scores == sorted(scores, reverse=True)
    # a path opens from where the user stands
    assert all(Path(row.split()[2]).is_file() and row.split()[2].startswith("photos/") for row in rows)


def test_paths_only_for_pipes(stbir, indexed: Path) -> None:
    said = stbir("search", indexed, "--text", "red boot", "--top", "100", "--paths-only")
    paths = said.out.splitlines()
    assert len(paths) == 8
    assert all(Path(path).is_file() for path in paths)
    assert stbir("search", indexed / ".stbir", "--text", "red boot", "--paths-only").out.splitlines() == paths


def test_json_for_programs(stbir, indexed: Path, sketch: Path) -> None:
    arguments = ["--sketch", sketch, "--text", "棕色\x1b靴子 👢", "--not", "laces", "--weight", "sketch=0.7"]
    arguments += ["--weight", "not=0.2", "--where", "category=boots", "--top", "2", "--json"]
    said = stbir("search", indexed, *arguments)
    assert (said.code, said.err) == (0, "")
    answer = json.loads(said.out)
    assert list(answer) == ["query", "hits", "took_ms"]
    assert answer["query"] == {
        "sketch": [str(sketch)],
        "text": "棕色 靴子 👢",
        "photo": None,
        "not": ["laces"],
        "weights": {"sketch": 0.7, "avoid": 0.2},
        "where": ["category=boots"],
        "top": 2,
    }
    assert "棕色" in said.out
    assert len(answer["hits"]) == 2
    for rank, hit in enumerate(answer["hits"], start=1):
        assert hit["rank"] == rank
        assert hit["id"].startswith("boots/")
        assert hit["category"] == "boots"
        assert Path(hit["path"]).is_file()
        assert -1 <= hit["score"] <= 1
    assert all(took >= 0 for took in answer["took_ms"].values())


def test_a_drawing_from_a_pipe_is_the_same_drawing(stbir, indexed: Path, sketch: Path, monkeypatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(sketch.read_bytes())))
    piped = stbir("search", indexed, "--sketch", "-")
    assert piped.code == 0
    assert piped.out == stbir("search", indexed, "--sketch", sketch).out


def test_weights_change_the_answer(stbir, indexed: Path, sketch: Path) -> None:
    def scores(*arguments: object) -> list[tuple[str, float]]:
        hits = json.loads(stbir("search", indexed, "--json", *arguments).out)["hits"]
        return [(hit["id"], round(hit["score"], 5)) for hit in hits]

    both = ["--sketch", sketch, "--text", "green glass bottle"]
    assert scores(*both, "--weight", "text=0") == scores("--sketch", sketch)
    assert scores(*both, "--weight", "sketch=0") == scores("--text", "green glass bottle")
    assert scores(*both) != scores("--sketch", sketch)
    assert scores(*both, "--not", "boot") != scores(*both)
    assert scores("--sketch", sketch, "--sketch", sketch) == scores("--sketch", sketch)


def test_a_photo_finds_the_others_like_it(stbir, indexed: Path) -> None:
    said = stbir("search", indexed, "--photo", "boots/p1.png", "--paths-only", "--top", "8")
    assert len(said.out.splitlines()) == 7
    by_file = stbir("search", indexed, "--photo", indexed / "boots" / "p1.png", "--paths-only", "--top", "8")
    assert by_file.out == said.out


def test_long_and_foreign_words_work(stbir, indexed: Path) -> None:
    for words in ("boot " * 2000, "👢👟🪑" * 10, "红色皮靴", "עברית العربية", "a\x00b\ud800c"):
        assert stbir("search", indexed, "--text", words).code == 0
    assert stbir("search", indexed, "--text", "x" * 100_001).code == 2


def test_a_sheet(stbir, indexed: Path, sketch: Path, tmp_path: Path) -> None:
    def drawn(*arguments: object) -> Image.Image:
        said = stbir("search", indexed, *arguments, "--sheet", tmp_path / "sheet.png")
        assert (said.code, said.err) == (0, "")
        assert said.out.splitlines()[0].split() == ["rank", "score", "path"]
        with Image.open(tmp_path / "sheet.png") as sheet:
            return sheet.convert("RGB")

    assert drawn("--sketch", sketch, "--text", "red").width == 2000
    with Image.open(indexed / "boots" / "p1.png") as photo:
        corner = photo.convert("RGB").getpixel((0, 0))
    # the reference photo stands on the left whether it was given as an id or as a file
    for reference in ("boots/p1.png", indexed / "boots" / "p1.png"):
        left = drawn("--photo", reference).crop((0, 0, 380, 400))
        assert corner in {colour for _, colour in left.getcolors(1 << 20) or []}


def test_a_filter_that_nothing_passes_is_an_answer(stbir, indexed: Path) -> None:
    said = stbir("search", indexed, "--text", "red", "--where", "category=hats")
    assert (said.code, said.out) == (0, "no photo passes the filter\n")
    assert stbir("search", indexed, "--text", "red", "--where", "category=hats", "--paths-only").out == ""


def test_control_characters_in_file_names_do_not_reach_a_terminal(stbir, photos: Path, clip_folder: Path) -> None:
    name = "evil\x1b[2J.png"
    Image.new("RGB", (50, 50), "red").save(photos / name)
    assert stbir("index", photos, "--model", clip_folder).code == 0
    assert "\x1b" not in stbir("search", photos, "--text", "red").out
    assert name in stbir("search", photos, "--text", "red", "--paths-only").out


@pytest.mark.parametrize("given", ["sketch", "sketch=", "sketch=much", "sketch=nan", "sketch=inf", "text=-1", "ink=1"])
def test_weights_that_are_none(stbir, indexed: Path, given: str) -> None:
    said = stbir("search", indexed, "--text", "red", "--weight", given)
    assert said.code == 2
    assert len(said.err.splitlines()) == 1
    assert "weight" in said.err

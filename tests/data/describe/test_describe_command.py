"""`stbir data describe` as a user meets it: what is asked, written, replaced, left out and refused."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image
from vision_server import COLOURS, KEY, Reply, VisionServer, expected, good, paint, texts_of

ALL = sorted(COLOURS)


def test_all_is_described_once(describe, server: VisionServer, tmp_path: Path) -> None:
    said = describe("--table", tmp_path / "texts.csv", "--at-once", 3)
    assert (said.code, said.err) == (0, "")
    first, second = said.out.splitlines()
    assert first == "6 photos described, 0 as before"
    assert second.endswith("texts.txt")
    texts = texts_of(tmp_path / "texts.txt")
    assert texts == expected()
    assert list(texts) == sorted(texts)
    assert sorted(server.colours()) == ALL
    assert server.most_at_once <= 3

    with (tmp_path / "texts.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(tmp_path / row["photo"]).is_file() for row in rows] == [True] * 6
    assert {row["model"] for row in rows} == {"qwen"}
    assert {(row["category"], row["colour"]) for row in rows if row["category"] == "dark"} == {("dark", "black")}

    said = describe()
    assert (said.code, said.out.splitlines()[0]) == (0, "0 photos described, 6 as before")
    assert len(server.asked) == 6


def test_the_table_can_be_measured_with(describe, stbir, tmp_path: Path) -> None:
    from stbir.data.table import read_table

    describe("--table", tmp_path / "texts.csv")
    split = read_table(tmp_path / "texts.csv")
    assert [query.text for query in split.queries] == list(expected()[photo] for photo in sorted(expected()))
    assert len(split.photos) == 6


def test_photos_that_moved_or_are_there_twice_are_asked_for_once(describe, photos: Path, server, tmp_path) -> None:
    (photos / "again.png").write_bytes((photos / "light/red.png").read_bytes())
    assert describe().out.startswith("7 photos described")
    assert Counter(server.colours())["red"] == 1
    (photos / "light/blue.png").rename(photos / "moved.png")
    paint(photos / "light/green.png", "green", size=(70, 50))
    assert describe().out.startswith("1 photo described, 6 as before")
    assert Counter(server.colours())["blue"] == 1
    assert Counter(server.colours())["green"] == 2
    texts = texts_of(tmp_path / "texts.txt")
    assert texts["again.png"] == texts["light/red.png"]
    assert texts["moved.png"] == "blue, leather, strap"
    assert "light/blue.png" not in texts


@pytest.mark.parametrize("change", ["prompt", "model", "revision", "side"])
def test_another_question_is_asked_anew_and_the_first_is_remembered(describe, server, tmp_path, change: str) -> None:
    (tmp_path / "prompt.txt").write_text("Beschreibe es.\n")
    options = {
        "prompt": ["--prompt", tmp_path / "prompt.txt"],
        "model": [],
        "revision": ["--revision", "v2"],
        "side": ["--side", 60],
    }[change]
    other = {"model": "other"} if change == "model" else {}
    assert describe().code == 0
    assert describe(*options, **other).out.startswith("6 photos described")
    if change == "prompt":
        assert server.asked[-1].last == "Beschreibe es."
    if change == "side":
        assert server.asked[-1].size == (60, 45)
    assert describe(*options, **other).out.startswith("0 photos described, 6 as before")
    assert describe().out.startswith("0 photos described, 6 as before")
    assert len(server.asked) == 12
    lines = [json.loads(line) for line in (tmp_path / "texts.txt.journal").read_text().splitlines()]
    words = [line["words"] for line in lines if "words" in line]
    assert len(words) == (2 if change == "prompt" else 1)
    assert all(line["prompt"] and line["model"] and line["served_by"] == "served" for line in lines if "text" in line)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ("red leather", "was no JSON object"),
        ('{"color": "red"}', "did not fit the schema"),
        ("I'm sorry, but I can't see it.", "was a refusal"),
        ('{"colour": "red", "material": "red", "parts": []}', "says 'red' more than once"),
        ('{"colour": "red", "material": "x", "parts": ["a b c d e f g h i j"]}', "has 12 words"),
        ('{"colour": "red", "material": "Gucci leather", "parts": []}', "names the brand 'gucci'"),
        ('{"colour": "red", "material": "acme felt", "parts": []}', "names the brand 'acme'"),
    ],
)
def test_nonsense_is_answered_with_what_was_wrong(describe, server, tmp_path, bad: str, says: str) -> None:
    (tmp_path / "brands.txt").write_text("# ours\nAcme\n")
    server.script = lambda asked: good(asked) if "Your answer" in asked.last else Reply(bad)
    said = describe("--brands", tmp_path / "brands.txt")
    assert (said.code, said.err) == (0, "")
    assert texts_of(tmp_path / "texts.txt") == expected()
    corrections = [asked.last for asked in server.asked if "Your answer" in asked.last]
    assert len(corrections) == 6
    assert all(says in text for text in corrections)


def test_a_brand_in_the_catalogue_must_not_be_in_the_text(stbir, server, tmp_path: Path) -> None:
    paint(tmp_path / "a.png", "red")
    (tmp_path / "shoes.csv").write_text("image,id,brand\na.png,shoe-1,Strap\n")
    arguments = ("data", "describe", tmp_path / "shoes.csv", "--to", tmp_path / "t.txt", "--endpoint", server.url)
    said = stbir(*arguments, "--model", "q", "--tries", 1)
    assert said.code == 3
    assert said.err == "failed: shoe-1: no usable answer in 1 try; the last one names the brand 'strap'\n"
    server.script = lambda asked: Reply('{"colour": "red", "material": "", "parts": []}')
    assert stbir(*arguments, "--model", "q").code == 0
    assert (tmp_path / "t.txt").read_text() == "a.png\tred\n"


def test_nothing_new_leaves_what_is_there(describe, server, tmp_path) -> None:
    describe()
    before = (tmp_path / "texts.txt").read_text()
    server.script = lambda asked: Reply(status=404)
    assert describe(model="gone").code == 3
    assert (tmp_path / "texts.txt").read_text() == before


def test_a_dry_run_sends_and_writes_nothing(describe, server, photos: Path, tmp_path: Path) -> None:
    (photos / "light/red.xmp").write_text("noai")
    before = sorted(tmp_path.rglob("*"))
    said = describe("--dry-run", "--price-in", 1000, "--price-out", 2000, "--tries", 3)
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0] == "5 photos, 5 to describe, 1 left out (noai)"
    assert lines[1] == "5 requests if every answer is good, at most 15"
    tokens = int(lines[2].split()[1].replace(",", ""))
    assert lines[2] == f"about {tokens:,} tokens sent and 200 answered"
    assert 1000 < tokens < 3000
    assert lines[3] == f"about {tokens / 1000 + 0.4:,.4f} at 1000 and 2000 per million tokens"
    assert lines[4] == "nothing was sent"
    assert (server.asked, sorted(tmp_path.rglob("*"))) == ([], before)
    describe()
    assert describe("--dry-run").out.startswith("5 photos, 0 to describe")
    assert len(server.asked) == 5


def test_noai_is_left_out_and_counted(describe, server, photos: Path, tmp_path: Path) -> None:
    describe()
    (photos / "dark/ai.txt").write_text("User-Agent: *\nDisallow: /\n")
    said = describe()
    assert said.code == 0
    assert said.out.splitlines()[0] == "0 photos described, 5 as before, 1 left out (noai)"
    assert said.err == f"left out: dark/black.png: ai.txt in {photos / 'dark'} disallows it\n"
    assert texts_of(tmp_path / "texts.txt") == expected("black")


def test_pictures_are_sent_small_and_upright(stbir, server, tmp_path: Path) -> None:
    tags = Image.Exif()
    tags[0x0112] = 6
    tags[0x8825] = {1: "N", 2: (1.0, 2.0, 3.0)}
    path = paint(tmp_path / "p/a.jpg", "red", size=(800, 400), exif=tags)
    before = path.read_bytes()
    stbir(
        "data", "describe", path.parent, "--to", tmp_path / "t", "--endpoint", server.url, "--model", "q", "--side", 100
    )
    (asked,) = server.asked
    assert asked.size == (50, 100)
    assert b"Exif" not in asked.jpeg
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "give either --endpoint URL with --model NAME, or --local MODEL"),
        (["--endpoint", "http://a/v1", "--model", "m", "--local", "m"], "give either"),
        (["--endpoint", "http://a/v1"], "--endpoint wants --model NAME"),
        (["--endpoint", "a", "--model", "m"], "the endpoint is no address"),
        (["--endpoint", "http://a/v1", "--model", "m", "--side", "10"], "--side must be from 56 to 4096, got 10"),
        (["--endpoint", "http://a/v1", "--model", "m", "--at-once", "0"], "--at-once must be from 1 to 64, got 0"),
        (["--endpoint", "http://a/v1", "--model", "m", "--tries", "0"], "--tries must be"),
        (["--endpoint", "http://a/v1", "--model", "m", "--timeout", "nan"], "--timeout must be"),
        (["--endpoint", "http://a/v1", "--model", "m", "--price-in", "1"], "together, with --dry-run"),
        (["--endpoint", "http://a/v1", "--model", "m", "--key-variable", "STBIR_NO_SUCH"], "is not set"),
        (["--endpoint", "http://a/v1", "--model", "m", "--prompt", "none.txt"], "cannot read the prompt none.txt"),
        (["--local", "m", "--model", "m"], "--model goes with --endpoint"),
        (["--local", "photos", "--revision", "m"], "a folder has no revisions"),
        (["--api-key", KEY], "a key does not belong on the command line"),
    ],
)
def test_what_does_not_go_together(stbir, photos, arguments, says: str, monkeypatch) -> None:
    monkeypatch.chdir(photos.parent)
    said = stbir("data", "describe", "photos", "--to", "t.txt", *arguments)
    assert (said.code, said.out) == (2, "")
    (line,) = said.err.splitlines()
    assert says in line
    assert KEY not in line
    assert not (photos.parent / "t.txt").exists()


@pytest.mark.parametrize("name", ["texts.txt", "texts.csv"])
def test_what_people_wrote_is_not_overwritten(describe, server, tmp_path: Path, name: str) -> None:
    file, others = tmp_path / name, set(tmp_path.iterdir())
    file.write_text("by,hand\na,b\n")
    said = describe("--table", tmp_path / "texts.csv")
    assert (said.code, server.asked) == (2, [])
    assert f"{file} is there already, and 2 texts in it did not come from" in said.err
    assert set(tmp_path.iterdir()) == others | {file}
    file.unlink()
    assert describe("--table", tmp_path / "texts.csv").code == 0
    corrected = file.read_text().replace("red, leather, strap", "dark red, leather, strap")
    file.write_text(corrected)
    said = describe("--table", tmp_path / "texts.csv")
    assert said.code == 2
    assert "and 1 text in it did not come from" in said.err
    assert file.read_text() == corrected


def test_texts_of_another_prompt_are_ours_to_replace(describe, tmp_path: Path) -> None:
    (tmp_path / "p").write_text("?")
    assert describe("--table", tmp_path / "texts.csv").code == 0
    assert describe("--table", tmp_path / "texts.csv", "--prompt", tmp_path / "p").code == 0

"""`stbir data describe` as a user meets it, with a server that answers well, badly, late or not at all."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image
from vision_server import ANSWER, COLOURS, KEY, Asked, Reply, VisionServer, good, paint

ALL = sorted(COLOURS)


@pytest.fixture
def describe(stbir, photos: Path, server: VisionServer, tmp_path: Path):
    def run(*more: object, model: str = "qwen"):
        to = tmp_path / "texts.txt"
        return stbir("data", "describe", photos, "--to", to, "--endpoint", server.url, "--model", model, *more)

    return run


def texts_of(path: Path) -> dict[str, str]:
    return dict(line.split("\t") for line in path.read_text().splitlines())


def expected(*but: str) -> dict[str, str]:
    folders = {colour: "dark" if colour == "black" else "light" for colour in COLOURS}
    return {f"{folders[c]}/{c}.png": f"{c}, leather, strap" for c in COLOURS if c not in but}


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


def test_failures_are_tried_again_then_listed_and_the_rest_is_written(describe, server, photos, tmp_path) -> None:
    (photos / "torn.png").write_bytes((photos / "light/red.png").read_bytes()[:60])

    def script(asked: Asked) -> Reply:
        if asked.colour == "blue":
            return Reply(status=500, body=b"no")
        if asked.colour == "green":
            return Reply("I'm sorry, I cannot help with that.")
        return Reply(status=503) if asked.colour == "red" and server.colours().count("red") == 1 else good(asked)

    server.script = script
    said = describe("--tries", 2)
    assert said.code == 3
    assert said.out.splitlines()[0] == "4 photos described, 0 as before, 3 without a description"
    assert texts_of(tmp_path / "texts.txt") == expected("blue", "green")
    listed = sorted(said.err.splitlines())
    assert listed[0] == "failed: light/blue.png: HTTP 500: no (2 tries)"
    assert listed[1].startswith("failed: light/green.png: no usable answer in 2 tries; the last one was a refusal (")
    assert listed[2].startswith("failed: torn.png: cannot read")
    assert Counter(server.colours()) == {"blue": 2, "green": 2, "red": 2, "yellow": 1, "black": 1, "white": 1}
    server.script = good
    (photos / "torn.png").unlink()
    assert describe().out.splitlines()[0] == "2 photos described, 4 as before"
    assert texts_of(tmp_path / "texts.txt") == expected()


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


def test_a_server_that_dies_midway(describe, server: VisionServer, photos: Path, tmp_path: Path) -> None:
    for number in range(20):
        paint(photos / f"more{number}.png", "red", size=(65 + number, 48))
    server.script = lambda asked: good(asked) if asked.number < 8 else Reply(drop=True)
    said = describe("--tries", 2, "--at-once", 2)
    assert said.code == 3
    assert said.out.splitlines()[0] == "8 photos described, 0 as before, 18 without a description"
    lines = said.err.splitlines()
    # the other thread may have had one under way
    assert len(lines) - 1 in (5, 6)
    assert all(line.startswith("failed: ") for line in lines[:-1])
    assert lines[-1].startswith("stopped: gave up: the service failed 5 photos in a row")
    # nobody who is gone is asked for all the others
    assert len(server.asked) < 26
    server.script = good
    assert describe().out.startswith("18 photos described, 8 as before")
    assert len(texts_of(tmp_path / "texts.txt")) == 26


def test_a_wrong_key_ends_it_at_once_and_keeps_what_is_done(describe, server, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("STBIR_DESCRIBE_KEY", KEY)

    def script(asked: Asked) -> Reply:
        assert asked.headers["Authorization"] == f"Bearer {KEY}"
        return good(asked) if asked.number < 2 else Reply(status=401, body=f'{{"error": "bad {KEY}"}}'.encode())

    server.script = script
    said = describe("--at-once", 1)
    assert (said.code, len(server.asked)) == (3, 3)
    assert "stopped: cannot use http://127.0.0.1" in said.err
    assert "bad (key)" in said.err
    assert len(texts_of(tmp_path / "texts.txt")) == 2
    for path in tmp_path.glob("texts*"):
        assert KEY not in path.read_text()
    assert KEY not in said.out + said.err


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


def test_threads_are_bounded_and_used(describe, server) -> None:
    server.script = lambda asked: Reply(ANSWER % asked.colour, stall=0.1)
    describe("--at-once", 3)
    assert server.most_at_once == 3


def test_a_slow_server_times_out(describe, server) -> None:
    server.script = lambda asked: Reply("", stall=2) if server.colours().count(asked.colour) == 1 else good(asked)
    start = time.monotonic()
    assert describe("--timeout", 0.3, "--at-once", 6).code == 0
    assert time.monotonic() - start < 2
    assert len(server.asked) == 12


class Running:
    """The command in a process of its own."""

    def __init__(self, photos: Path, server: VisionServer, to: Path, *more: str) -> None:
        code = "import sys; from stbir.cli import main; sys.exit(main())"
        arguments = ["data", "describe", str(photos), "--to", str(to), "--endpoint", server.url, "--model", "qwen"]
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments, *more],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "STBIR_DESCRIBE_KEY": KEY},
        )

    def end(self, how: signal.Signals) -> tuple[int, str, str]:
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


def answers_then_blocks(server: VisionServer, count: int) -> threading.Event:
    """Let the server answer `count` requests and then keep the others waiting; the event says that one waits."""
    blocked = threading.Event()

    def script(asked: Asked) -> Reply:
        if asked.number < count:
            return good(asked)
        blocked.set()
        return Reply(drop=True, stall=30)

    server.script = script
    return blocked


def test_kill_9_and_resume_describes_nothing_twice(describe, server, photos: Path, tmp_path: Path) -> None:
    journal = tmp_path / "texts.txt.journal"
    blocked = answers_then_blocks(server, 3)
    running = Running(photos, server, tmp_path / "texts.txt", "--at-once", "1")
    assert blocked.wait(30)
    assert running.end(signal.SIGKILL)[0] == -signal.SIGKILL
    assert not (tmp_path / "texts.txt").exists()
    done = [json.loads(line) for line in journal.read_bytes().splitlines()]
    assert sum("text" in line for line in done) == 3
    # killed in the middle of a write
    with journal.open("ab") as file:
        file.write(b'{"content":"0123","prompt":"ab')
    first = server.colours()[:3]
    server.asked.clear()
    server.script = good
    said = describe()
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("3 photos described, 3 as before")
    assert sorted(first + server.colours()) == ALL
    assert texts_of(tmp_path / "texts.txt") == expected()
    assert all(json.loads(line) for line in journal.read_bytes().splitlines())


@pytest.mark.parametrize("at_once", ["1", "2"])
def test_ctrl_c_keeps_what_is_done_and_ends_at_once(describe, server, photos: Path, tmp_path: Path, at_once) -> None:
    blocked = answers_then_blocks(server, 3)
    running = Running(photos, server, tmp_path / "texts.txt", "--at-once", at_once)
    assert blocked.wait(30)
    deadline = time.monotonic() + 10  # until the third answer, which came before, is written
    journal = tmp_path / "texts.txt.journal"
    while journal.read_bytes().count(b'"text"') < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    start = time.monotonic()
    code, _, err = running.end(signal.SIGINT)
    assert (code, err) == (130, "stbir: interrupted\n")
    assert time.monotonic() - start < 5
    assert len(texts_of(tmp_path / "texts.txt")) == 3
    server.asked.clear()
    server.script = good
    assert describe().out.startswith("3 photos described, 3 as before")
    assert len(server.asked) == 3


def test_two_at_a_time_are_refused(describe, server, photos: Path, tmp_path: Path) -> None:
    blocked = answers_then_blocks(server, 0)
    running = Running(photos, server, tmp_path / "texts.txt")
    assert blocked.wait(30)
    said = describe()
    running.end(signal.SIGKILL)
    assert said.code == 2
    assert "another process is writing to" in said.err


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


def test_a_key_that_cannot_be_sent_is_refused_and_not_repeated(describe, server, monkeypatch) -> None:
    monkeypatch.setenv("STBIR_DESCRIBE_KEY", f"{KEY}\nX-Evil: 1")
    said = describe()
    assert (said.code, server.asked) == (2, [])
    assert "the key in the environment is no key" in said.err
    assert KEY not in said.err


def test_another_variable_may_hold_the_key(describe, server, monkeypatch) -> None:
    monkeypatch.setenv("STBIR_DESCRIBE_KEY", "other")
    monkeypatch.setenv("SHOP_KEY", KEY)
    assert describe("--key-variable", "SHOP_KEY").code == 0
    assert {asked.headers["Authorization"] for asked in server.asked} == {f"Bearer {KEY}"}

"""`stbir data draw`: what it draws can be indexed, searched and measured as it says."""

import csv
from pathlib import Path


def test_drawn_then_indexed_searched_and_measured(stbir, tmp_path: Path, clip_folder: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = stbir("data", "draw", "--to", "drawn", "--count", 4, "--seed", 7, "--size", 64)
    assert (said.code, said.err) == (0, "")
    drew, index, evaluate = said.out.splitlines()
    assert drew == "drew 4 objects in drawn"
    assert stbir(*index.partition("stbir ")[2].split(), "--model", clip_folder).out.startswith("4 photos indexed")
    command = evaluate.partition("stbir ")[2].replace("MODEL", str(clip_folder)).split()
    assert stbir(*command).code == 0
    with (tmp_path / command[-1]).open(newline="") as file:
        (row, *_) = csv.DictReader(file)
    place = index.split()[-1]
    found = stbir("search", place, "--sketch", tmp_path / "drawn" / row["sketch"], "--text", row["text"])
    assert (found.code, len(found.out.splitlines())) == (0, 5)


def test_only_some_families(stbir, tmp_path: Path) -> None:
    from stbir.data import drawn

    name = sorted(drawn.families())[0]
    assert (
        stbir("data", "draw", "--to", tmp_path / "d", "--count", 2, "--size", 64, "--families", f" {name}, ").code == 0
    )
    with (tmp_path / "d" / "queries.csv").open(newline="") as file:
        assert {row["category"] for row in csv.DictReader(file)} == {name}


def test_only_what_training_never_draws(stbir, tmp_path: Path) -> None:
    from stbir.data import drawn
    from stbir.data.drawn.folder import plan

    options = ["--count", 3, "--size", 64, "--families", "bag", "--seed", 1]
    for combinations in ("train", "held-out"):
        place = tmp_path / combinations
        assert stbir("data", "draw", "--to", place, *options, "--combinations", combinations).code == 0
        with (place / "queries.csv").open(newline="") as file:
            words = [row["text"] for row in csv.DictReader(file)]
        seeds = [item.seed for item in plan(3, seed=1, families=["bag"])]
        triples = [drawn.draw("bag", seed, size=64, combinations=combinations) for seed in seeds]
        assert words == [triple.words for triple in triples]
        held_out = {(triple.colour, triple.texture) in drawn.HELD_OUT_COMBINATIONS for triple in triples}
        assert held_out == {combinations == "held-out"}
    said = stbir("data", "draw", "--to", tmp_path / "x", "--combinations", "some")
    assert said.code == 2

"""`stbir evaluate --robustness --html` and `stbir report`: what is printed, what is written, what is refused."""

import json
from pathlib import Path

import pytest


@pytest.fixture
def table(photos: Path, sketch: Path) -> Path:
    path = photos.parent / "table.csv"
    rows = ["sketch,text,photo"]
    rows += [
        f"sketch.json,red object {number},photos/{'boots' if number % 2 else 'chairs'}/p{number}.png"
        for number in range(4)
    ]
    path.write_text("\n".join(rows) + "\n")
    return path


def test_robustness_table_and_json(stbir, table: Path, clip_folder: Path, tmp_path: Path) -> None:
    said = stbir("evaluate", clip_folder, table, "--robustness", "--json", tmp_path / "r.json")
    assert (said.code, said.err) == (0, "")
    report = json.loads((tmp_path / "r.json").read_text())
    assert {"protocol", "results", "robustness"} <= set(report)
    assert "progressive" not in report
    plain = stbir("evaluate", clip_folder, table, "--json", tmp_path / "plain.json")
    assert said.out.startswith(plain.out)
    assert report["results"] == json.loads((tmp_path / "plain.json").read_text())["results"]
    for modality, curves in report["robustness"]["results"].items():
        assert f"{modality}: MRR at strength" in said.out
        for name, curve in curves.items():
            low, high = curve["intervals"]["mrr"]
            rows = [line for line in said.out.splitlines() if line.startswith(f"{name}  ")]
            assert any(f"{curve['area']['mrr']:.3f} [{low:.3f}, {high:.3f}]" in row for row in rows)
    assert "words dropped: words are missing by chance; at 1 a single one is left" in said.out
    assert "left out" not in said.out


def test_everything_on_one_page(stbir, table: Path, clip_folder: Path, tmp_path: Path) -> None:
    page, report = tmp_path / "r.html", tmp_path / "r.json"
    said = stbir("evaluate", clip_folder, table, "--progressive", "--robustness", "--html", page, "--json", report)
    assert (said.code, said.err) == (0, "")
    assert {"protocol", "results", "progressive", "robustness"} <= set(json.loads(report.read_text()))
    text = page.read_text(encoding="utf-8")
    for title in ("Results", "Search while one draws", "Worse queries", "Best and worst queries", "How these numbers"):
        assert f"<h2>{title}" in text
    assert text.count('<li class="search">') == 4
    again = tmp_path / "again.html"
    assert stbir("report", report, "--html", again).out == f"1 model written to {again}\n"
    assert "Best and worst" not in again.read_text(encoding="utf-8")
    said = stbir("report", report, report, "--html", again)
    assert (said.code, said.out) == (0, f"2 models written to {again}\n")
    assert "2 models on table.csv" in again.read_text(encoding="utf-8")


def test_a_page_of_the_usual_measures(stbir, table: Path, clip_folder: Path, tmp_path: Path) -> None:
    said = stbir("evaluate", clip_folder, table, "--html", tmp_path / "r.html")
    assert (said.code, said.err) == (0, "")
    assert said.out == stbir("evaluate", clip_folder, table).out
    assert "Worse queries" not in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_what_is_refused(stbir, table: Path, tmp_path: Path) -> None:
    for place, says in ((tmp_path, "it is a folder"), (tmp_path / "none" / "r.html", "there is no folder")):
        for verb in (("evaluate", "no-model-is-loaded-before-this", table), ("report", "none.json")):
            said = stbir(*verb, "--html", place)
            assert said.code == 2
            assert says in said.err
    said = stbir("report", tmp_path / "none.json", "--html", tmp_path / "r.html")
    assert (said.code, said.out) == (2, "")
    assert "cannot read the report" in said.err
    assert stbir("report", tmp_path / "none.json").code == 2


def test_a_broken_sketch_is_found_before_the_photos_are_read(stbir, table: Path, clip_folder: Path) -> None:
    (table.parent / "sketch.json").write_text("{}")
    (table.parent / "photos/boots/p1.png").write_text("no")
    said = stbir("evaluate", clip_folder, table, "--robustness")
    assert said.code == 2
    assert "sketch.json" in said.err


def test_without_strokes_a_progressive_page_is_refused_at_once(stbir, table: Path, clip_folder: Path) -> None:
    table.write_text(table.read_text().replace("sketch.json", ""))
    (table.parent / "photos/boots/p1.png").write_text("no")
    said = stbir("evaluate", clip_folder, table, "--progressive", "--robustness")
    assert (said.code, said.out) == (2, "")
    assert "table.csv has no sketch with strokes, which --progressive needs; leave it out" in said.err

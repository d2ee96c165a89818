"""`stbir evaluate`: the table people read and the JSON programs read say the same."""

import json
from pathlib import Path

import pytest
from PIL import Image, ImageDraw


@pytest.fixture
def table(photos: Path, sketch: Path) -> Path:
    path = photos.parent / "table.csv"
    rows = ["sketch,text,photo,category"]
    for number in range(8):
        category = "boots" if number % 2 else "chairs"
        drawn = "sketch.json" if number < 4 else ""
        text = f"object {number}" if number in (0, 1, 5) else ""
        rows.append(f"{drawn},{text},photos/{category}/p{number}.png,{category}")
    path.write_text("\n".join(rows) + "\n")
    return path


def test_table_and_json(stbir, table: Path, clip_folder: Path, tmp_path: Path) -> None:
    said = stbir("evaluate", clip_folder, table, "--json", tmp_path / "report.json", "--seed", 3)
    assert (said.code, said.err) == (0, "")
    report = json.loads((tmp_path / "report.json").read_text())
    assert set(report) == {"protocol", "results", "per_query"}
    assert {name: result["queries"] for name, result in report["results"].items()} == {
        "sketch": 4,
        "text": 3,
        "both": 2,
    }
    assert (report["protocol"]["gallery"], report["protocol"]["distractors"]) == (8, 3)
    assert report["protocol"]["model"]["fingerprint"]
    # one sketch for four photos: exactly one of them can be first, the ranks are four different ones
    assert report["results"]["sketch"]["acc@1"] in (0, 0.25)
    header, *rows = said.out.splitlines()
    assert header.split()[:4] == ["queries", "Acc@1", "%", "Acc@5"]
    for name, row in zip(("sketch", "text", "both"), rows, strict=False):
        result = report["results"][name]
        assert row.split()[:3] == [name, str(result["queries"]), f"{100 * result['acc@1']:.1f}"]
        low, high = result["intervals"]["mrr"]
        assert f"{result['mrr']:.3f} [{low:.3f}, {high:.3f}]" in row
        assert row.split()[-1] == f"{result['median_rank']:g}"
    assert said.out.splitlines()[-1].startswith("table.csv: 8 photos (3 never asked for); ranked against all photos; ")
    assert "seed 3" in said.out


def test_within_the_category(stbir, table: Path, clip_folder: Path, tmp_path: Path) -> None:
    said = stbir("evaluate", clip_folder, table, "--within", "category", "--json", tmp_path / "within.json")
    assert said.code == 0
    assert "photos of the same category" in said.out
    report = json.loads((tmp_path / "within.json").read_text())
    assert report["protocol"]["within"] == "category"
    assert report["results"]["sketch"]["acc@5"] == 1.0  # four photos of each category


def test_the_same_twice(stbir, table: Path, clip_folder: Path) -> None:
    first = stbir("evaluate", clip_folder, table)
    assert first.out == stbir("evaluate", clip_folder, table).out


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda folder: (folder / "photos/boots/p1.png").unlink(), "1 of the 9 files named in"),
        (lambda folder: (folder / "photos/boots/p1.png").write_text("no"), "1 of 8 photos cannot be read"),
        (lambda folder: (folder / "sketch.json").write_text("{}"), "sketch.json"),
        (lambda folder: (folder / "table.csv").write_text("a,b\n1,2\n"), "lacks the columns sketch, text, photo"),
        (lambda folder: (folder / "table.csv").unlink(), "cannot read the table"),
    ],
)
def test_bad_tables(stbir, table: Path, clip_folder: Path, change, says: str) -> None:
    change(table.parent)
    said = stbir("evaluate", clip_folder, table)
    assert (said.code, said.out) == (2, "")
    (line,) = said.err.splitlines()
    assert line.startswith("stbir: ")
    assert says in line


def test_without_categories_within_is_refused(stbir, photos: Path, clip_folder: Path) -> None:
    (photos.parent / "t.csv").write_text("sketch,text,photo\n,red,photos/boots/p1.png\n")
    said = stbir("evaluate", clip_folder, photos.parent / "t.csv", "--within", "category")
    assert said.code == 2
    assert "1 of 1 photos have no category" in said.err


def test_where_the_report_cannot_go(stbir, table: Path, tmp_path: Path) -> None:
    for place, says in ((tmp_path, "it is a folder"), (tmp_path / "none" / "r.json", "there is no folder")):
        said = stbir("evaluate", "no-model-is-loaded-before-this", table, "--json", place)
        assert said.code == 2
        assert says in said.err


def test_a_huge_picture_in_a_table(stbir, table: Path, clip_folder: Path, huge) -> None:
    huge(table.parent / "photos/boots/p1.png")
    said = stbir("evaluate", clip_folder, table)
    assert said.code == 2
    assert "1 of 8 photos cannot be read" in said.err


def test_progressive_table_and_json(stbir, table: Path, clip_folder: Path, tmp_path: Path) -> None:
    said = stbir("evaluate", clip_folder, table, "--progressive", "--json", tmp_path / "report.json", "--seed", 3)
    assert (said.code, said.err) == (0, "")
    report = json.loads((tmp_path / "report.json").read_text())
    assert {name: result["queries"] for name, result in report["results"].items()} == {"sketch": 4, "both": 2}
    alone, both, protocol = said.out.strip().split("\n\n")
    for name, block, result in zip(
        ("sketch", "sketch + words"), (alone, both), report["results"].values(), strict=True
    ):
        header, *rows, area = block.splitlines()
        assert header.startswith(f"{name}  percentile %  1/rank  Acc@1 %")
        assert [row.split()[0] for row in rows] == [str(share) for share in range(10, 101, 10)]
        for row, step in zip(rows, result["curve"], strict=True):
            assert row.split()[2:4] == [f"{100 * step['percentile']:.1f}", f"{step['mrr']:.3f}"]
            assert row.split()[-1] == f"{step['median_rank']:g}"
        low, high = result["intervals"]["m@B"]
        assert f"m@B {result['m@B']:.3f} [{low:.3f}, {high:.3f}]" in area
        assert area.endswith(f"{result['queries']} drawings")
    assert protocol.startswith("table.csv: 8 photos (4 never asked for); ranked against all photos; % of the length")
    assert "picture" not in protocol
    whole = stbir("evaluate", clip_folder, table, "--json", tmp_path / "whole.json", "--seed", 3)
    assert whole.code == 0
    last = report["results"]["sketch"]["curve"][-1]
    assert last["mrr"] == json.loads((tmp_path / "whole.json").read_text())["results"]["sketch"]["mrr"]


def test_progressive_says_what_has_no_strokes(stbir, table: Path, clip_folder: Path) -> None:
    page = Image.new("L", (64, 64), 255)
    ImageDraw.Draw(page).line((8, 8, 56, 56), fill=0, width=3)
    page.save(table.parent / "sketch.png")
    rows = table.read_text()
    table.write_text(rows.replace("sketch.json", "sketch.png", 1))
    said = stbir("evaluate", clip_folder, table, "--progressive")
    assert said.code == 0
    assert "1 query left out, whose sketch is a picture; " in said.out
    table.write_text(rows.replace("sketch.json", "sketch.png"))
    said = stbir("evaluate", clip_folder, table, "--progressive")
    assert (said.code, said.out) == (2, "")
    (line,) = said.err.splitlines()
    assert "table.csv has no sketch with strokes" in line
    assert "(sketches that are pictures: 4; queries without a sketch: 1)" in line


def test_a_data_set_by_its_name(stbir, table: Path, clip_folder: Path, tmp_path: Path) -> None:
    """The table in its folder is a split of the data set `table`, and gives the same numbers."""
    by_name = stbir("evaluate", clip_folder, "Table", "--at", table.parent, "--split", "table")
    assert (by_name.code, by_name.err) == (0, "")
    assert by_name.out == stbir("evaluate", clip_folder, table).out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["shoe-v1"], "say in which folder shoe-v1 lies; `stbir data check shoe-v1 DIR` says what belongs there"),
        (["shoe-v1", "--at", "nowhere"], "nowhere lacks about 304 train photos"),
        (["shoes-v1"], "unknown data set 'shoes-v1', did you mean 'shoe-v1'?"),
        (["table", "--at", "{folder}"], "unknown split 'test' (known: table)"),
        (["table", "--at", "{folder}", "--variant", "a"], "unknown variant 'a'"),
        (["drawn-benhc", "--split", "shoes-test"], "unknown data set 'drawn-benhc', did you mean 'drawn-bench'?"),
        (["{folder}/table.csv", "--split", "test"], "--split is for data sets"),
    ],
)
def test_data_sets_that_cannot_be_read(stbir, table: Path, clip_folder: Path, arguments, says: str) -> None:
    said = stbir("evaluate", clip_folder, *(argument.format(folder=table.parent) for argument in arguments))
    assert said.code == 2
    assert says in said.err

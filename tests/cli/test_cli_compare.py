"""`stbir compare`, and the files of `stbir evaluate` that it and other programs read."""

import csv
import json
import shutil
from pathlib import Path

import pytest


@pytest.fixture
def table(photos: Path, sketch: Path) -> Path:
    path = photos.parent / "table.csv"
    rows = ["sketch,text,photo,category"]
    for number in range(8):
        category = "boots" if number % 2 else "chairs"
        rows.append(f"{sketch.name},object {number},photos/{category}/p{number}.png,{category}")
    path.write_text("\n".join(rows) + "\n")
    return path


def changed(report: Path, to: Path, *, first: float) -> Path:
    """A report of another model: the rank of every sketch query is `first`."""
    value = json.loads(report.read_text())
    value["protocol"]["model"]["fingerprint"] = {"weights": str(first)}
    for measure in ("acc@1", "mrr"):
        value["per_query"]["sketch"][measure] = [first] * 8
        value["results"]["sketch"][measure] = first
    to.write_text(json.dumps(value))
    return to


def test_models_side_by_side(stbir, table: Path, clip_folder: Path, tmp_path: Path) -> None:
    a, b, c = (tmp_path / f"{name}.json" for name in "abc")
    assert stbir("evaluate", clip_folder, table, "--json", a).code == 0
    changed(a, b, first=1.0)
    shutil.copy(a, c)
    said = stbir("compare", a, b, c, "--json", tmp_path / "compared.json")
    assert (said.code, said.err) == (0, "")
    written = json.loads((tmp_path / "compared.json").read_text())["models"]
    mine = json.loads(a.read_text())["results"]["sketch"]["mrr"]
    first, better, same = written["sketch"]["mrr"]
    assert (first["value"], first["difference"]) == (mine, None)
    assert better["difference"]["mean"] == pytest.approx(1 - mine)
    assert 0 < better["difference"]["low"] <= better["difference"]["high"]
    # 8 queries, Holm over two reports: the least p is about 2 x 2 / 256
    assert 0.01 < better["p"] < 0.03
    assert (same["difference"]["mean"], same["p"]) == (0, 1)
    assert all(row["difference"] is None for row in written["text"]["median_rank"])
    sketch, text, both, about = said.out.strip().split("\n\n")
    assert sketch.startswith("sketch, 8 queries")
    assert f"{1 - mine:+.3f} [{better['difference']['low']:+.3f}, " in sketch
    assert "Holm" in about
    assert [block.split(",")[0] for block in (text, both)] == ["text", "both"]
    assert said.out == stbir("compare", a, b, c).out


def test_seeds_together(stbir, table: Path, clip_folder: Path, tmp_path: Path) -> None:
    a = tmp_path / "a.json"
    assert stbir("evaluate", clip_folder, table, "--json", a).code == 0
    reports = [changed(a, tmp_path / f"{number}.json", first=number / 10) for number in (2, 3, 7)]
    said = stbir("compare", *reports, "--seeds", "--json", tmp_path / "seeds.json")
    assert (said.code, said.err) == (0, "")
    spread = json.loads((tmp_path / "seeds.json").read_text())["seeds"]["sketch"]["acc@1"]
    assert spread == pytest.approx({"mean": 0.4, "deviation": 0.07**0.5, "low": 0.2, "high": 0.7, "runs": 3})
    assert said.out.splitlines()[1].split() == ["Acc@1", "%", "40.0", "26.5", "20.0", "70.0"]


def test_what_cannot_be_compared(stbir, table: Path, clip_folder: Path, tmp_path: Path) -> None:
    a, b = tmp_path / "a.json", tmp_path / "b.json"
    assert stbir("evaluate", clip_folder, table, "--json", a).code == 0
    assert stbir("evaluate", clip_folder, table, "--json", b, "--within", "category").code == 0
    (tmp_path / "no.json").write_text("{}")
    (tmp_path / "broken.json").write_text("{")
    short = json.loads(a.read_text())
    short["per_query"]["text"]["mrr"].pop()
    (tmp_path / "short.json").write_text(json.dumps(short))
    table.write_text(table.read_text().replace("object 3", "object three"))
    assert stbir("evaluate", clip_folder, table, "--json", tmp_path / "other.json").code == 0
    for reports, says in (
        ([a, b], "was measured with within=category"),
        ([a, tmp_path / "other.json"], "was measured on other data than"),
        ([a], "a comparison needs at least 2 reports, got 1"),
        ([a, tmp_path / "no.json"], "is no report with the values of each query"),
        ([a, tmp_path / "short.json"], "is no report with the values of each query"),
        ([a, tmp_path / "broken.json"], "is not JSON"),
        ([a, tmp_path / "none.json"], "cannot read the report"),
        ([a, a, "--json", tmp_path], "it is a folder"),
        ([a, a, "--seeds"], "are of the same weights"),
    ):
        said = stbir("compare", *reports)
        assert (said.code, said.out) == (2, "")
        assert says in said.err


def test_files_of_an_evaluation(stbir, table: Path, clip_folder: Path, tmp_path: Path) -> None:
    said = stbir(
        *("evaluate", clip_folder, table, "--csv", tmp_path / "q.csv", "--trec", tmp_path / "trec"),
        *("--beir", tmp_path / "beir", "--depth", 3, "--option", "measures=map@all,p@5", "--option", "ties=for"),
    )
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[0].split() == ["queries", "mAP@all", "%", "P@5", "%"]
    assert "plain AP; P@k = hits in k / k" in said.out
    assert "ties count for the target" in said.out
    with (tmp_path / "q.csv").open(newline="") as file:
        assert len([*csv.DictReader(file)]) == 24
    assert len((tmp_path / "trec/run.both.txt").read_text().splitlines()) == 8 * 3
    assert len((tmp_path / "beir/queries.jsonl").read_text().splitlines()) == 8


def test_a_published_protocol_on_other_data(stbir, table: Path, clip_folder: Path) -> None:
    said = stbir("evaluate", clip_folder, table, "--protocol", "shoe-v2")
    assert said.code == 0
    assert "not as published: 200 photos expected, 8 found; 666 sketches expected, 8 found" in said.out
    assert "protocol shoe-v2 (QMUL-ShoeV2: one query per test sketch" in said.out


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--protocol", "sketchy"], "unknown protocol 'sketchy'"),
        (["--option", "ties"], "--option takes KEY=VALUE"),
        (["--option", "tie=for"], "did you mean 'ties'"),
        (["--option", "ties=for", "--option", "ties=for"], "given twice"),
        (["--within", "category", "--option", "within=none"], "contradict each other"),
        (["--depth", "0"], "--depth must be at least 1"),
        (["--trec", "t", "--option", "ties=average"], "--trec writes one order"),
        (["--beir", "t", "--option", "sketches=averaged"], "--beir writes one sketch per query"),
        (["--progressive", "--csv", "q.csv"], "leave out --csv"),
        (["--trec", "no/such/folder"], "there is no folder no/such"),
    ],
)
def test_options_are_refused_before_a_model_is_loaded(stbir, table: Path, options: list[str], says: str) -> None:
    said = stbir("evaluate", "no-model-is-loaded-before-this", table, *options)
    assert (said.code, said.out) == (2, "")
    assert says in said.err

"""Other programs read our files and get our numbers; what is written can be read again."""

import csv
import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import ir_measures
import numpy as np
import pytest
from ir_measures import AP, RR, P, R, Success
from known_vectors import Known, asked, photo, split_of
from PIL import Image

from stbir.data.table import read_table
from stbir.errors import InputError
from stbir.evaluation.export import photo_words, word, write_beir, write_queries, write_trec
from stbir.evaluation.findings import Evaluation
from stbir.evaluation.options import Protocol
from stbir.evaluation.protocol import evaluate_in_full
from stbir.types import Split

OURS = ("acc@1", "acc@5", "r@7", "p@5", "p@100", "map@all", "map@10", "mrr")
THEIRS = (Success @ 1, Success @ 5, R @ 7, P @ 5, P @ 100, AP, AP @ 10, RR)


def many(**options: Any) -> Evaluation:
    """40 queries, 70 photos of 6 categories, in so few directions that many scores tie."""
    rng = np.random.default_rng(4)
    method = Known(photos=rng.integers(-1, 2, (70, 4)).astype(np.float32), queries=rng.normal(size=(40, 4)).round(1))
    kinds = rng.integers(0, 6, 70)
    photos = [photo(n, id=f"a b/{'%ä '[n % 3]}{n}.png", category=f"kind {kinds[n]}") for n in range(70)]
    queries = [asked(n, n % 33, category=photos[n % 33].category) for n in range(40)]
    protocol = Protocol(measures=OURS, **({"ap_denominator": "relevant"} | options))
    return evaluate_in_full(method, split_of(queries, photos), protocol=protocol, depth=100, resamples=10)


@pytest.mark.parametrize("ties", ["against", "for"])
@pytest.mark.parametrize(
    "options",
    [
        {"relevance": "instance"},
        {"relevance": "instance", "within": "category"},
        {"relevance": "instance", "duplicates": "per_query"},
        {"relevance": "instance", "distractors": "drop"},
        {"relevance": "category"},
        {"relevance": "category", "duplicates": "per_query"},
    ],
)
def test_an_independent_library_agrees(options: dict[str, str], ties: str, tmp_path: Path) -> None:
    found = many(ties=ties, **options)
    write_trec(tmp_path / "trec", found)
    qrels = [*ir_measures.read_trec_qrels(str(tmp_path / "trec/qrels.text.txt"))]
    run = [*ir_measures.read_trec_run(str(tmp_path / "trec/run.text.txt"))]
    values = found.findings["text"].values
    numbers = found.trial.asked["text"].numbers
    rows = {f"q{number + 1}": row for row, number in enumerate(numbers)}
    seen = 0
    for one in ir_measures.iter_calc(THEIRS, qrels, run):
        ours = OURS[THEIRS.index(one.measure)]
        assert values[ours][rows[one.query_id]] == pytest.approx(one.value, abs=1e-6), (ours, one)
        seen += 1
    assert seen == len(OURS) * 40
    averages = ir_measures.calc_aggregate(THEIRS, qrels, run)
    for ours, theirs in zip(OURS, THEIRS, strict=True):
        assert found.report.results["text"][ours] == pytest.approx(averages[theirs], abs=1e-6)


def test_the_ties_above_decide() -> None:
    against, favoured = (many(ties=ties, relevance="category").report.results["text"] for ties in ("against", "for"))
    assert favoured["map@all"] > against["map@all"] + 0.01


def test_the_best_photos_stand_where_the_values_say() -> None:
    found = many()
    places, wanted = found.findings["text"].places, found.trial.wanted["text"]
    for row, line in enumerate(places):
        assert sorted(line) == [*range(70)]
        first = np.flatnonzero(found.trial.shown[line] == wanted[row])[0] + 1
        assert found.findings["text"].values["rank"][row] == first
        assert found.report.per_query["text"]["rank"][row] == first


def test_no_order_no_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="with ties=average there is none"):
        write_trec(tmp_path, many(ties="average"))


@pytest.mark.parametrize("name", ["a b.png", "100 %.png", "tab\there", "靴 é.png", "q#2", "line\nbreak", "%20"])
def test_names_survive(name: str) -> None:
    written = word(name)
    assert len(written.split()) == 1
    assert unquote(written) == name


def test_beir_round_trip(tmp_path: Path) -> None:
    found = many(relevance="category")
    write_beir(tmp_path / "beir", found.trial)
    corpus = [json.loads(line) for line in (tmp_path / "beir/corpus.jsonl").read_text().splitlines()]
    queries = [json.loads(line) for line in (tmp_path / "beir/queries.jsonl").read_text().splitlines()]
    head, *lines = (tmp_path / "beir/qrels/test.tsv").read_text().splitlines()
    assert head == "query-id\tcorpus-id\tscore"
    assert [document["_id"] for document in corpus] == photo_words(found.trial)
    photos, asked_for = found.trial.targets.split.photos, found.trial.targets.split.queries
    assert [unquote(document["_id"]) for document in corpus] == [photo.id for photo in photos]
    assert all({"_id", "title", "text", "metadata"} == set(document) for document in corpus)
    assert [query["text"] for query in queries] == [query.text for query in asked_for]
    kind = {document["_id"]: document["metadata"]["category"] for document in corpus}
    wanted = {f"q{number + 1}": query.category for number, query in enumerate(asked_for)}
    pairs = {(query, document) for query, document, _ in (line.split("\t") for line in lines)}
    assert pairs == {(q, d) for q in wanted for d in kind if kind[d] == wanted[q]}
    assert {line.split("\t")[2] for line in lines} == {"1"}


def test_a_table_of_queries(tmp_path: Path) -> None:
    found = many()
    write_queries(tmp_path / "queries.csv", found)
    with (tmp_path / "queries.csv").open(newline="") as file:
        rows = [*csv.DictReader(file)]
    assert [row["query"] for row in rows] == [f"q{number}" for number in range(1, 41)]
    for measure in OURS:
        mean = np.mean([float(row[measure]) for row in rows])
        assert mean == pytest.approx(found.report.results["text"][measure])
    photos = found.trial.targets.split.photos
    assert [row["target"] for row in rows] == [photos[n % 33].id for n in range(40)]
    assert [row["first"] == row["target"] for row in rows] == [row["rank"] == "1" for row in rows]
    assert {row["modality"] for row in rows} == {"text"}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    for number in range(3):
        Image.new("RGB", (8, 8), (0, number, 0)).save(folder / f"p{number}.png")
    (folder / "s.json").write_text('{"canvas": [9, 9], "strokes": [[[1, 8], [1, 8]]]}')
    (folder / "t.csv").write_text("sketch,text,photo\n,0,p0.png\ns.json,1,p1.png\n,,p2.png\n")
    return folder / "t.csv"


def full(split: Split) -> Evaluation:
    class Blind(Known):
        def encode_queries(self, queries, *, batch_size=64):  # type: ignore[no-untyped-def]
            return super().encode_queries([asked(0) for _ in queries])

    return evaluate_in_full(Blind(np.eye(3), np.eye(3)), split, protocol=Protocol(), depth=1, resamples=5)


def test_files_are_named_as_seen_from_where_they_are_written(table: Path, tmp_path: Path) -> None:
    found = full(read_table(table))
    folder = tmp_path / "out"
    write_beir(folder, found.trial)
    (document, *_) = map(json.loads, (folder / "corpus.jsonl").read_text().splitlines())
    assert document["metadata"]["image"] == "../data/p0.png"
    queries = [*map(json.loads, (folder / "queries.jsonl").read_text().splitlines())]
    assert [query["metadata"]["sketch"] for query in queries] == ["", "../data/s.json"]
    assert (folder / queries[1]["metadata"]["sketch"]).resolve().is_file()
    write_queries(table.parent / "q.csv", found)
    with (table.parent / "q.csv").open(newline="") as file:
        rows = [*csv.DictReader(file)]
    assert [(row["modality"], row["sketch"], row["text"]) for row in rows] == [
        ("sketch", "s.json", ""),
        ("text", "", "0"),
        ("text", "", "1"),
        ("both", "s.json", "1"),
    ]


def test_a_reference_photo_is_told_where_it_was_shown(table: Path) -> None:
    table.write_text("sketch,text,photo,reference\n,0,p0.png,p2.png\ns.json,1,p1.png,\n")
    found = full(read_table(table))
    write_beir(table.parent, found.trial)
    queries = [*map(json.loads, (table.parent / "queries.jsonl").read_text().splitlines())]
    assert [query["metadata"] for query in queries] == [{"sketch": "", "reference": "p2.png"}, {"sketch": "s.json"}]
    write_queries(table.parent / "q.csv", found)
    with (table.parent / "q.csv").open(newline="") as file:
        rows = {(row["modality"], row["query"]): row for row in csv.DictReader(file)}
    assert {key: (row["sketch"], row["text"], row["reference"]) for key, row in rows.items()} == {
        ("sketch", "q2"): ("s.json", "", ""),
        ("text", "q1"): ("", "0", ""),
        ("text", "q2"): ("", "1", ""),
        ("both", "q2"): ("s.json", "1", ""),
        ("photo", "q1"): ("", "", "p2.png"),
        ("composed", "q1"): ("", "0", "p2.png"),
    }
    before = found.report.protocol["revision"]
    Image.new("RGB", (8, 8), "red").save(table.parent / "p2.png")
    assert full(read_table(table)).report.protocol["revision"] != before, "what is shown belongs to the data"


def test_the_revision_is_that_of_the_content(table: Path, tmp_path: Path) -> None:
    def revision() -> str:
        return str(full(read_table(table)).report.protocol["revision"])

    first = revision()
    assert first == revision()
    moved = tmp_path / "elsewhere"
    table.parent.rename(moved)
    table = moved / "t.csv"
    assert revision() == first
    seen = {first}
    for change in (
        lambda: table.write_text(table.read_text().replace(",1,", ",2,")),
        lambda: (moved / "s.json").write_text('{"canvas": [9, 9], "strokes": [[[1, 8], [1, 7]]]}'),
        lambda: Image.new("RGB", (8, 8), (0, 2, 9)).save(moved / "p2.png"),
    ):
        change()
        seen.add(revision())
    assert len(seen) == 4

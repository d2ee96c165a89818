"""The HTML pages: well formed, self-contained, safe against what tables say, and true to the numbers."""

import copy
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from stbir.errors import InputError
from stbir.evaluation.examples import find_examples
from stbir.evaluation.progressive import evaluate_progressive
from stbir.evaluation.protocol import evaluate
from stbir.evaluation.report import as_findings, compare_html, report_html
from stbir.evaluation.report.chart import Point, Series, chart
from stbir.evaluation.report.findings import read_findings
from stbir.evaluation.report.page import safe
from stbir.evaluation.robustness import evaluate_robustness
from stbir.types import Encoded, Photo, Query, Sketch, Split

VOID = {"meta", "img", "br", "line", "circle", "rect", "path", "polyline", "polygon"}
EVIL = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'&\x00\u202e"


@dataclass
class Angles:
    """Photo n lies n tenths of a radian along a circle, a query where its text says; the nearest comes first."""

    decode_side: int = 8
    source: str = "angles"
    name: str = "angles"
    off: float = 0.0

    def fingerprint(self) -> dict[str, str]:
        return {"weights": "none"}

    def encode_photos(self, photos: Sequence[Photo], *, batch_size: int = 64) -> Encoded:
        return self.unit([float(photo.id.split()[0]) for photo in photos])

    def encode_queries(self, queries: Sequence[Query], *, batch_size: int = 64) -> Encoded:
        return self.unit([self.off + self.reading(query) for query in queries])

    def reading(self, query: Query) -> float:
        numbers = re.findall(r"[\d.]+", query.text or "")
        drawn = [one[:, 0].max() for sketch in query.sketches for one in sketch.strokes]
        return float(numbers[0] if numbers else sum(drawn))

    def unit(self, readings: Sequence[float]) -> Encoded:
        angles = np.array(readings) / 10
        return Encoded(np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32))


def photo(number: int, *, name: str = "") -> Photo:
    image = Image.new("RGB", (40, 30), (10 * number, 80, 120))
    return Photo(id=f"{number} {name}".strip(), instance=str(number), category="ab"[number % 2], image=image)


def query(says: float, *, target: int, words: str = "red") -> Query:
    sketch = Sketch(strokes=(np.float32([[0, 0], [says, 0]]), np.float32([[0, 1], [0, 9]])))
    return Query(sketches=(sketch,), text=f"{says} {words}", instance=str(target))


def angle_split(*queries: Query, photos: int = 12) -> Split:
    # queries 0.1 beside their photo, query n by n // 4 photos off
    asked = queries or [query(n + 0.1, target=max(0, n - n // 4)) for n in range(12)]
    return Split("angles.csv", asked, [photo(n) for n in range(photos)])


def findings(method: Angles | None = None) -> dict[str, Any]:
    method, split = method or Angles(), angle_split()
    return as_findings(
        evaluate(method, split, resamples=20),
        progressive=evaluate_progressive(method, split, resamples=20),
        robustness=evaluate_robustness(
            method, split, resamples=20, names=("strokes dropped", "words dropped", "words negated")
        ),
    )


class Page(HTMLParser):
    """Read a page strictly: every element is closed where it must be; keep what a test asks for."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.rows: list[list[str]] = []
        self.feed(text)
        self.close()
        assert self.open == [], f"not closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self.rows and {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def by_class(self, name: str) -> list[dict[str, str]]:
        return [attributes for _, attributes in self.tags if name in attributes.get("class", "").split()]


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    return findings()


def rendered(said: dict[str, Any], folder: Path, **more: Any) -> str:
    report_html(said, folder / "page.html", **more)
    return (folder / "page.html").read_text(encoding="utf-8")


def assert_self_contained(text: str) -> None:
    page = Page(text)
    assert "//" not in re.sub(r"data:image/(?:png|jpeg);base64,[A-Za-z0-9+/=]+", "", text)
    assert {"script", "link", "iframe", "object", "base", "form", "a"}.isdisjoint(tag for tag, _ in page.tags)
    for tag, attributes in page.tags:
        for name, value in attributes.items():
            assert not name.startswith("on"), f"{tag} has {name}"
            assert name not in ("href", "srcset", "action", "style"), f"{tag} has {name}"
            assert name != "src" or value.startswith("data:image/")
    assert "url(" not in text
    assert "@import" not in text
    (policy,) = [one["content"] for one in page.all("meta") if "http-equiv" in one]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def test_a_page_is_well_formed_and_needs_nothing_else(whole: dict[str, Any], tmp_path: Path) -> None:
    text = rendered(whole, tmp_path, examples=find_examples(Angles(), angle_split()))
    assert_self_contained(text)
    page = Page(text)
    assert page.all("html") == [{"lang": "en"}]
    assert all(one.get("alt") for one in page.all("img"))
    charts = [one for one in page.all("svg") if one.get("role") == "img"]
    assert len(charts) == 3 + 3
    assert all(one["aria-label"] for one in charts)
    assert len(page.all("caption")) == len(page.all("table")) > 0
    assert {one.get("scope") for one in page.all("th")} == {"col", "row"}


def test_the_numbers_are_those_of_the_report(whole: dict[str, Any], tmp_path: Path) -> None:
    page = Page(rendered(whole, tmp_path))
    for name, said in (("sketch", "sketch"), ("text", "words"), ("both", "sketch + words")):
        result = whole["results"][name]
        (row, *_) = [row for row in page.rows if row[0] == said]
        low, high = result["intervals"]["acc@1"]
        assert row[1] == "12"
        assert row[2] == f"{100 * result['acc@1']:.1f}{100 * low:.1f}–{100 * high:.1f}"
        assert row[-1] == f"{result['median_rank']:g}"
    curve = whole["robustness"]["results"]["text"]["words dropped"]
    (row, *_) = [row for row in page.rows if row[0] == "words dropped"]
    assert [cell[:5] for cell in row[2:8]] == [f"{step['mrr']:.3f}" for step in curve["curve"]]
    assert row[8].startswith(f"{curve['area']['mrr']:.3f}")
    text = "".join(page.texts)
    assert "against the target (scores equal to 6 decimals)" in text
    assert "12 queries, 12 photos; ranked against all photos" in text


def test_parts_that_were_not_measured_are_not_there(whole: dict[str, Any], tmp_path: Path) -> None:
    text = rendered({name: whole[name] for name in ("protocol", "results")}, tmp_path)
    assert "Worse queries" not in text
    assert "Search while one draws" not in text
    assert "Best and worst" not in text
    partly = copy.deepcopy(whole)
    del partly["robustness"]["results"]["sketch"]
    del partly["robustness"]["results"]["both"]["strokes dropped"]
    assert "Not measured: strokes dropped (no query has a sketch with strokes)." in rendered(partly, tmp_path)
    progressive = whole["progressive"]
    assert "Search while one draws" in rendered(progressive, tmp_path)


def test_reports_with_more_in_them_are_shown_too(whole: dict[str, Any], tmp_path: Path) -> None:
    said = copy.deepcopy(whole)
    deep: list[Any] = []
    for _ in range(50):
        deep = [deep]
    said["protocol"] |= {"deviations": ["71 photos expected, 12 found"], "options": {"ties": "average"}, "deep": deep}
    said["results"]["text"] |= {"map@200": 0.25, "median_rank": None}
    said["results"]["text"]["intervals"]["map@200"] = [0.125, 0.5]
    said["per_query"] = {"text": {"query": [1, 2]}}
    page = Page(rendered(said, tmp_path))
    assert "These are not the published data: 71 photos expected, 12 found." in "".join(page.texts)
    assert "mAP@200 %" in page.rows[0]
    (row, *_) = [row for row in page.rows if row[0] == "words"]
    assert row[-2:] == ["25.012.5–50.0", "–"]
    other = copy.deepcopy(said)
    other["protocol"]["options"] = {"ties": "against"}
    with pytest.raises(InputError, match="cannot be compared: options is"):
        compare_html([said, other], tmp_path / "both.html")
    del other["protocol"]["options"]
    compare_html([said, other], tmp_path / "both.html")
    assert "do not agree in everything: options is" in (tmp_path / "both.html").read_text(encoding="utf-8")


def test_best_and_worst_queries_with_their_target() -> None:
    found = find_examples(Angles(), angle_split(), count=3)
    assert found.modality == "both"
    assert [one.rank for one in found.best] == [1, 1, 1]
    assert [one.rank for one in found.worst] == sorted((one.rank for one in found.worst), reverse=True)
    worst = found.worst[0]
    # query 8.1 looks for 6, query 9.1 for 7: photos 8, 9, 7, 10 or 9, 10, 8, 11 are nearer
    assert worst.rank == 5
    assert worst.hits[4].photo == worst.target
    assert all(hit.rank == place for one in found.best for place, hit in enumerate(one.hits, start=1))
    assert [len(one.hits) for one in found.best] == [5, 5, 5]
    assert worst.of == 12
    ids = [id(one.query.sketches[0]) for one in (*found.best, *found.worst)]
    assert len(set(ids)) == 6


def test_few_queries_are_not_shown_twice() -> None:
    split = angle_split(*[query(n + 0.1, target=n) for n in range(5)])
    found = find_examples(Angles(), split)
    assert (len(found.best), len(found.worst)) == (3, 2)
    one = find_examples(Angles(), angle_split(query(3.1, target=3)))
    assert (len(one.best), len(one.worst)) == (1, 0)


def test_within_the_category_only_its_photos_are_shown() -> None:
    found = find_examples(Angles(), angle_split(query(3.1, target=3)), within="category")
    assert {hit.photo.category for hit in found.best[0].hits} == {"b"}
    assert found.best[0].of == 6


def test_the_target_is_marked_wherever_it_is(whole: dict[str, Any], tmp_path: Path) -> None:
    split = angle_split(query(3.1, target=3), query(3.1, target=5), query(0.1, target=11))
    text = rendered(whole, tmp_path, examples=find_examples(Angles(), split))
    page = Page(text)
    assert len(page.by_class("target")) == 3
    assert len(page.by_class("far")) == 1
    said = "".join(page.texts)
    assert re.findall(r"target at rank (\d+) of 12", said) == ["1", "4", "12"]
    alts = [one["alt"] for one in page.all("img")]
    assert "rank 1, the target: photo 3" in alts
    assert "the target, photo 11, at rank 12" in alts
    firsts = [alt for alt in alts if alt.startswith("rank 1")]
    assert firsts == ["rank 1, the target: photo 3", "rank 1: photo 3", "rank 1: photo 0"]


def test_what_a_table_says_is_shown_and_never_run(whole: dict[str, Any], tmp_path: Path) -> None:
    said = copy.deepcopy(whole)
    said["protocol"] |= {
        "table": EVIL,
        EVIL: EVIL,
        "model": {"name": EVIL, "source": EVIL, "fingerprint": {EVIL: EVIL}},
    }
    said["robustness"]["protocol"]["degradations"]["strokes dropped"]["what"] = EVIL
    said["robustness"]["results"][EVIL] = {EVIL: said["robustness"]["results"]["text"]["words dropped"]}
    said["progressive"]["results"][EVIL] = said["progressive"]["results"]["sketch"]
    said["results"][EVIL] = said["results"]["sketch"] | {"intervals": {EVIL: [0, 1]}, EVIL: 0.5}
    split = Split(EVIL, [query(1.1, target=1, words=EVIL)], [photo(1, name=EVIL), photo(2)])
    text = rendered(said, tmp_path, examples=find_examples(Angles(), split))
    assert_self_contained(text)
    assert "alert(1)" in text
    assert "<script" not in text
    assert "<img src=x" not in text
    assert "\x00" not in text
    assert "\u202e" not in text
    compare_html([said, said], tmp_path / "both.html", names=[EVIL, "second"])
    assert_self_contained((tmp_path / "both.html").read_text(encoding="utf-8"))


def test_long_texts_are_cut_and_pictures_are_few_and_small(whole: dict[str, Any], tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (2000, 2000, 3), dtype=np.uint8)
    photos = [replace(photo(n), image=Image.fromarray(noise)) for n in range(6)]
    queries = [query(n % 6 + 0.1, target=n % 6, words="word " * 5000) for n in range(200)]
    text = rendered(whole, tmp_path, examples=find_examples(Angles(), Split("large", queries, photos)))
    page = Page(text)
    assert len(page.by_class("search")) == 20
    assert len(page.all("img")) <= 20 * 7
    assert len(text) < 4_000_000  # noise is the worst that a JPEG can be asked to hold
    assert text.count("word word") < 20 * 100
    assert safe("x" * 400) == "x" * 300 + " …"


def test_a_photo_that_cannot_be_read_leaves_a_gap(whole: dict[str, Any], tmp_path: Path) -> None:
    found = find_examples(Angles(), angle_split(query(1.1, target=1)))
    lost = [
        replace(hit, photo=replace(hit.photo, image=None, path=tmp_path / "gone.jpg")) for hit in found.best[0].hits
    ]
    examples = replace(found, best=[replace(found.best[0], hits=lost)])
    assert rendered(whole, tmp_path, examples=examples).count("cannot be read") == 5


def test_a_chart_stays_inside_and_says_its_values() -> None:
    series = [Series("a", [Point(0, 1, (0.9, 1.2)), Point(1, -3, (-4, 0.5))], 0), Series("b", [Point(0.5, 0.25)], 9)]
    text = chart("title", series, axis="x")
    page = Page(text)
    assert "a: 1.00 at 0, -3.00 at 1; b: 0.25 at 0.5" in page.all("svg")[0]["aria-label"]
    (band,) = page.all("polygon")
    numbers = [float(one) for one in re.findall(r"[\d.]+", f"{band['points']} " + page.all("polyline")[0]["points"])]
    assert min(numbers) >= 0
    assert max(numbers) <= 320


def test_models_side_by_side_with_their_differences(tmp_path: Path) -> None:
    first, second = findings(), findings(Angles(off=0.8, name="skewed"))
    compare_html([first, second], tmp_path / "both.html")
    text = (tmp_path / "both.html").read_text(encoding="utf-8")
    assert_self_contained(text)
    page = Page(text)
    rows = [row for row in page.rows if row[0] == "skewed from angles"]
    assert len(rows) == 3 + 2  # three modalities, and the areas of two
    one, other = (said["results"]["sketch"]["mrr"] for said in (first, second))
    assert rows[0][5].endswith(f"{other - one:+.3f}".replace("-", "−"))
    assert "do not agree" not in text
    (dropped, *_) = [row for row in page.rows if row[0] == "strokes dropped"]
    areas = [said["robustness"]["results"]["sketch"]["strokes dropped"]["area"]["mrr"] for said in (first, second)]
    assert [cell[:5] for cell in dropped[1:]] == [f"{area:.3f}" for area in areas]
    # to find the target of negated words is no merit
    lines = {
        name: [one for one in text.splitlines() if f">words {name}</th>" in one] for name in ("dropped", "negated")
    }
    assert all("class=best" in one for one in lines["dropped"])
    assert [one for one in lines["negated"] if "class=best" in one or "class=up" in one] == []
    assert len(lines["negated"]) == len(lines["dropped"]) == 2


def test_models_with_one_name_are_numbered_and_missing_parts_are_dashes(whole: dict[str, Any], tmp_path: Path) -> None:
    bare = {"protocol": whole["protocol"], "results": {"sketch": whole["results"]["sketch"]}}
    compare_html([whole, bare], tmp_path / "both.html")
    page = Page((tmp_path / "both.html").read_text(encoding="utf-8"))
    assert [row[1] for row in page.rows if row[0] == "angles from angles (2)"][:2] == ["12", "–"]


def test_reports_of_something_else_are_not_compared(whole: dict[str, Any], tmp_path: Path) -> None:
    other = copy.deepcopy(whole)
    other["protocol"]["gallery"] = 99
    with pytest.raises(InputError, match=r"cannot be compared: photos is 12 and 99; measure both on the same table"):
        compare_html([whole, other], tmp_path / "both.html")
    other = copy.deepcopy(whole)
    other["protocol"]["table"] = "copy.csv"
    compare_html([whole, other], tmp_path / "both.html")
    assert "do not agree in everything: table is angles.csv" in (tmp_path / "both.html").read_text(encoding="utf-8")
    with pytest.raises(InputError, match="a comparison takes 2 to 8 reports, got 1"):
        compare_html([whole], tmp_path / "both.html")
    with pytest.raises(InputError, match="2 reports need as many names, got 1"):
        compare_html([whole, whole], tmp_path / "both.html", names=["x"])


def test_json_is_read_back_as_it_was(whole: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(whole))
    assert read_findings(tmp_path / "a.json").model == "angles from angles"
    (tmp_path / "p.json").write_text(json.dumps(whole["progressive"]))
    read = read_findings(tmp_path / "p.json")
    assert read.progressive is not None
    assert read.progressive.results["sketch"].value("m@B") == whole["progressive"]["results"]["sketch"]["m@B"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("no json", "is not JSON"),
        ('{"protocol": {}, "results": {"sketch": {"queries": NaN}}}', "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "is no report"),
        ("{}", "is no report of `stbir evaluate --json`: protocol"),
        ('{"protocol": {}, "results": {}}', "has no results"),
        ('{"protocol": {}, "results": {"sketch": {"queries": "many"}}}', "results.sketch.queries"),
        ('{"protocol": {}, "results": {"x": {"queries": 1, "intervals": {"mrr": ["<b>", 1]}}}}', "intervals.mrr"),
    ],
)
def test_what_is_no_report_is_refused(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(InputError) as caught:
        read_findings(tmp_path / "a.json")
    assert says in str(caught.value)


def test_files_that_cannot_be_used(whole: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read the report"):
        read_findings(tmp_path / "none.json")
    with pytest.raises(InputError, match="cannot write"):
        report_html(whole, tmp_path / "none" / "page.html")
    with pytest.raises(InputError, match="nothing was measured"):
        as_findings(None)

"""The protocol, with a method whose vectors are known beforehand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import stbir
from stbir.data.table import read_table
from stbir.errors import InputError
from stbir.evaluation.protocol import evaluate, hardware
from stbir.types import Encoded, Photo, Query, Sketch, Split

ANGLES = 12


def direction(step: float) -> np.ndarray:
    angle = 2 * np.pi * step / ANGLES
    return np.array([np.cos(angle), np.sin(angle)], dtype=np.float32)


@dataclass
class Compass:
    """A photo's red value, a sketch's ink and a text's number are directions; both together are averaged."""

    side: int = 8
    decode_side: int = 8
    source: str = "compass"
    name: str = "compass"
    calls: list[int] = field(default_factory=list)
    constant: bool = False

    def fingerprint(self) -> dict[str, str]:
        return {"weights": "none"}

    def encode_photos(self, photos: Sequence[Photo], *, batch_size: int = 64) -> Encoded:
        self.calls.append(len(photos))
        assert all(photo.image is not None for photo in photos)
        return self.unit([[photo.image.getpixel((0, 0))[0]] for photo in photos if photo.image])

    def encode_queries(self, queries: Sequence[Query], *, batch_size: int = 64) -> Encoded:
        self.calls.append(len(queries))
        rows: list[list[float]] = []
        for query in queries:
            drawn = [float(sketch.raster[0, 0]) for sketch in query.sketches if sketch.raster is not None]
            rows.append(drawn + ([float(query.text)] if query.text else []))
        return self.unit(rows)

    def unit(self, steps: Sequence[Sequence[float]]) -> Encoded:
        if self.constant:
            return Encoded(np.tile(direction(0), (len(steps), 1)))
        sums = np.array([np.sum([direction(step) for step in some], axis=0) for some in steps])
        return Encoded((sums / np.linalg.norm(sums, axis=1, keepdims=True)).astype(np.float32))


def photo(step: int, **known: Any) -> Photo:
    return Photo(id=f"p{step}", instance=f"p{step}", image=Image.new("RGB", (8, 8), (step, 0, 0)), **known)


def query(target: int, *, sketch: int | None = None, text: float | None = None) -> Query:
    sketches = () if sketch is None else (Sketch(raster=np.full((2, 2), sketch, np.uint8)),)
    return Query(sketches=sketches, text=None if text is None else str(text), instance=f"p{target}")


def compass_split(queries: Sequence[Query], count: int = 6) -> Split:
    return Split(
        "compass", queries, [photo(step, category="even" if step % 2 == 0 else "odd") for step in range(count)]
    )


def test_each_modality_has_its_own_queries_and_ranks() -> None:
    # photos stand at 0, 30, ..., 150 degrees
    queries = [
        query(0, sketch=0),  # rank 1
        query(2, sketch=0),  # 0, 1, then 2: rank 3
        query(3, sketch=3, text=4.1),  # sketch 1, text: 4, 5, 3 -> 3; both at 3.55: 4 then 3 -> 2
        query(5, text=5),  # rank 1
    ]
    report = evaluate(Compass(), compass_split(queries))
    assert list(report.results) == ["sketch", "text", "both"]
    sketch, text, both = report.results.values()
    assert (sketch["queries"], text["queries"], both["queries"]) == (3, 2, 1)
    assert sketch["acc@1"] == pytest.approx(2 / 3)
    assert sketch["acc@5"] == 1.0
    assert sketch["mrr"] == pytest.approx((1 + 1 / 3 + 1) / 3)
    assert sketch["median_rank"] == 1.0
    assert text["mrr"] == pytest.approx((1 / 3 + 1) / 2)
    assert text["median_rank"] == 2.0
    assert (both["acc@1"], both["mrr"]) == (0.0, 0.5)
    for result in report.results.values():
        assert set(result) == {"acc@1", "acc@5", "acc@10", "mrr", "median_rank", "queries", "intervals"}
        assert set(result["intervals"]) == {"acc@1", "acc@5", "acc@10", "mrr"}
        for name, (low, high) in result["intervals"].items():
            assert 0 <= low <= result[name] <= high <= 1


def test_a_modality_without_queries_is_left_out() -> None:
    assert list(evaluate(Compass(), compass_split([query(1, text=1)])).results) == ["text"]


def test_within_the_category_only_rivals_of_one_kind_count() -> None:
    queries = [query(2, text=0.9), query(5, text=3.9)]
    everywhere = evaluate(Compass(), compass_split(queries)).results["text"]
    within = evaluate(Compass(), compass_split(queries), within="category").results["text"]
    # 0.9: 1, 0, 2 -> 3, among the even 0, 2 -> 2; 3.9: 4, 3, 5 -> 3, among the odd 3, 5 -> 2
    assert everywhere["median_rank"] == 3.0
    assert within["median_rank"] == 2.0


def test_a_constant_method_gains_nothing_from_ties() -> None:
    report = evaluate(Compass(constant=True), compass_split([query(step, text=step) for step in range(6)]))
    assert report.results["text"]["median_rank"] == 6.0
    assert report.results["text"]["acc@5"] == 0.0


def test_many_queries_and_photos_go_through_in_chunks() -> None:
    photos = [photo(step) for step in range(ANGLES)]
    queries = [query(step % ANGLES, sketch=step % ANGLES, text=step % ANGLES) for step in range(150)]
    method = Compass()
    report = evaluate(method, Split("many", queries, photos))
    assert max(method.calls) <= 64
    assert all(result["acc@1"] == 1.0 and result["queries"] == 150 for result in report.results.values())


def test_the_report_names_its_protocol() -> None:
    report = evaluate(Compass(), compass_split([query(0, text=0), query(0, sketch=0)]), seed=3, resamples=20)
    protocol = dict(report.protocol)
    assert protocol["model"] == {"name": "compass", "source": "compass", "fingerprint": {"weights": "none"}}
    assert protocol["hardware"] == hardware()
    assert protocol["stbir"] == stbir.__version__
    assert protocol["torch"]
    expected = {"table": "compass", "gallery": 6, "queries": 2, "distractors": 5, "within": None, "seed": 3}
    assert {name: protocol[name] for name in expected} == expected
    assert "against the target" in protocol["ties"]
    again = evaluate(Compass(), compass_split([query(0, text=0), query(0, sketch=0)]), seed=3, resamples=20)
    assert again == report


@pytest.mark.parametrize(
    ("queries", "photos", "within", "says"),
    [
        ([query(0, text=0)], [], None, "no photos"),
        ([], [photo(0)], None, "no query with a sketch or words"),
        ([Query(photo=photo(0), instance="p0")], [photo(0)], None, "no query with a sketch or words"),
        ([query(7, text=0)], [photo(0)], None, "1 queries of wrong look for a photo that it does not have, as 'p7'"),
        (
            [query(0, text=0)],
            [photo(0, category="x"), photo(1)],
            "category",
            "1 of 2 photos have no category, first p1",
        ),
        ([query(0, text=0)], [photo(0)], "colour", "'colour'"),
        ([query(0, text=0)], [photo(0), Photo(id="gone")], None, "neither a picture nor a path"),
    ],
)
def test_what_cannot_be_measured_is_refused(queries: list[Query], photos: list[Photo], within: Any, says: str) -> None:
    with pytest.raises(InputError) as caught:
        evaluate(Compass(), Split("wrong", queries, photos), within=within)
    assert says in str(caught.value)


def test_a_gallery_does_not_shrink_silently(tmp_path: Path) -> None:
    rows = ["sketch,text,photo"]
    for step in range(7):
        name = f"p{step}.png"
        if step < 2:
            Image.new("RGB", (8, 8), (step, 0, 0)).save(tmp_path / name)
        else:
            (tmp_path / name).write_text("not a picture")
        rows.append(f",{step},{name}")
    (tmp_path / "table.csv").write_text("\n".join(rows))
    method = Compass()
    with pytest.raises(InputError, match=r"5 of 7 photos cannot be read") as caught:
        evaluate(method, read_table(tmp_path / "table.csv"))
    assert all(name in str(caught.value) for name in ("p2.png", "p3.png", "p4.png"))
    assert "p5.png" not in str(caught.value)


def test_a_table_is_measured_end_to_end(tmp_path: Path) -> None:
    for step in range(4):
        Image.new("RGB", (8, 8), (step, 0, 0)).save(tmp_path / f"p{step}.png")
    (tmp_path / "table.csv").write_text("sketch,text,photo\n,0,p0.png\n,0,p1.png\n,2,p2.png\n,,p3.png\n")
    report = evaluate(Compass(), read_table(tmp_path / "table.csv"))
    assert report.results["text"]["mrr"] == pytest.approx((1 + 1 / 2 + 1) / 3)
    assert (report.protocol["gallery"], report.protocol["distractors"]) == (4, 1)

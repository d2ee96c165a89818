"""Curves over degraded queries: against a direct evaluation of queries that were degraded by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from PIL import Image

from stbir.errors import InputError, UnknownName
from stbir.evaluation.degradations import DEGRADATIONS, STRENGTHS
from stbir.evaluation.protocol import evaluate
from stbir.evaluation.robustness import area, degraded, evaluate_robustness, summarise
from stbir.evaluation.vectors import encode_gallery
from stbir.functional.metrics import NEVER
from stbir.functional.strokes import rasterise
from stbir.types import Encoded, Photo, Query, Sketch, Split

COUNT = 12
COLOURS = ("red", "blue", "green", "yellow")


@dataclass
class Pixels:
    """Everything is its pixels and its letters: similar drawings and similar words are near each other."""

    decode_side: int = 8
    source: str = "pixels"
    name: str = "pixels"
    photo_calls: int = 0
    query_calls: list[int] = field(default_factory=list)

    def fingerprint(self) -> dict[str, str]:
        return {"weights": "none"}

    def encode_photos(self, photos: Sequence[Photo], *, batch_size: int = 64) -> Encoded:
        self.photo_calls += 1
        return self.unit([self.vector(drawing(int(one.id)), said(int(one.id))) for one in photos])

    def encode_queries(self, queries: Sequence[Query], *, batch_size: int = 64) -> Encoded:
        self.query_calls.append(len(queries))
        assert all(query.sketches or query.text for query in queries), "an empty query cannot be embedded"
        return self.unit([self.vector(query.sketches[0] if query.sketches else None, query.text) for query in queries])

    def vector(self, sketch: Sketch | None, text: str | None) -> np.ndarray:
        parts = [np.zeros(256), np.zeros(26)]
        if sketch is not None:
            parts[0] = (255.0 - rasterise(sketch, 16)).ravel()
        for letter in text or "":
            if "a" <= letter <= "z":
                parts[1][ord(letter) - ord("a")] += 1
        return np.concatenate([one / max(np.linalg.norm(one), 1e-9) for one in parts])

    def unit(self, rows: Sequence[np.ndarray]) -> Encoded:
        table = np.stack(rows)
        return Encoded((table / np.linalg.norm(table, axis=1, keepdims=True)).astype(np.float32))


def drawing(number: int) -> Sketch:
    rng = np.random.default_rng(number)
    return Sketch(strokes=tuple(rng.uniform(0, 100, (3, 2)).astype(np.float32) for _ in range(5)))


def said(number: int) -> str:
    return f"{COLOURS[number % 4]} {'abcdefghijkl'[number] * 3} thing with {'zyxwvutsrqpo'[number] * 4} strap"


def query(number: int, *, text: bool = True, sketch: bool = True, raster: bool = False) -> Query:
    drawn = drawing(number)
    drawn = Sketch(raster=rasterise(drawn, 64)) if raster else drawn
    return Query(
        sketches=(drawn,) if sketch else (),
        text=said(number) if text else None,
        instance=str(number),
        category="ab"[number % 2],
    )


def pixel_split(*queries: Query) -> Split:
    image = Image.new("RGB", (8, 8))
    photos = [Photo(id=str(n), instance=str(n), category="ab"[n % 2], image=image) for n in range(COUNT)]
    return Split("pixels", queries or [query(n) for n in range(COUNT)], photos)


def test_strength_zero_is_the_plain_evaluation() -> None:
    split = pixel_split()
    plain, report = evaluate(Pixels(), split).results, evaluate_robustness(Pixels(), split).results
    assert list(report) == ["sketch", "text", "both"]
    for modality, curves in report.items():
        for curve in curves.values():
            if not curve["not_applicable"]:
                for measure in ("acc@1", "acc@10", "mrr"):
                    assert curve["curve"][0][measure] == plain[modality][measure]
                    assert curve["curve"][0]["intervals"]["mrr"] == pytest.approx(plain[modality]["intervals"]["mrr"])


@pytest.mark.parametrize(
    ("name", "step", "modality"),
    [("strokes dropped", 3, "sketch"), ("words dropped", 2, "both"), ("strokes jittered", 5, "both"),
     ("words swapped", 5, "text"), ("sketch missing", 3, "both")],
)  # fmt: skip
def test_a_point_of_a_curve_is_the_evaluation_of_queries_degraded_by_hand(name: str, step: int, modality: str) -> None:
    split = pixel_split()
    result = evaluate_robustness(Pixels(), split, seed=7, names=(name,)).results[modality][name]
    # the words of the query above, of the last one for the first
    others = [said((number - 1) % COUNT) for number in range(COUNT)]
    worse = [
        degraded(DEGRADATIONS[name], one, name=name, strength=STRENGTHS[step], place=n, other=others[n], seed=7)
        for n, one in enumerate(split.queries)
    ]
    vectors = Pixels().encode_queries(
        [replace(one, text=None) if modality == "sketch" else replace(one, sketches=()) if modality == "text" else one
         for one in worse]
    ).vectors  # fmt: skip
    scores = np.round(vectors.astype(float) @ Pixels().encode_photos(split.photos).vectors.T.astype(float), 6)
    ranks = [1 + int((np.delete(row, n) >= row[n]).sum()) for n, row in enumerate(scores)]
    assert result["curve"][step]["mrr"] == pytest.approx(np.mean([1 / rank for rank in ranks]))
    assert result["curve"][step]["acc@1"] == pytest.approx(np.mean([rank == 1 for rank in ranks]))
    assert result["curve"][step]["acc@10"] == pytest.approx(np.mean([rank <= 10 for rank in ranks]))


def test_worse_queries_are_found_less() -> None:
    report = evaluate_robustness(Pixels(), pixel_split(), names=("strokes dropped", "words dropped", "words missing"))
    for modality, name in (("sketch", "strokes dropped"), ("text", "words dropped")):
        curve = report.results[modality][name]
        heights = [step["mrr"] for step in curve["curve"]]
        assert heights[0] == 1
        assert heights[-1] < heights[2] < 1
        assert curve["kept"]["mrr"] == pytest.approx(curve["area"]["mrr"])
        low, high = curve["intervals"]["mrr"]
        assert low <= curve["area"]["mrr"] <= high


def test_areas_of_hand_made_curves() -> None:
    assert area(np.array([[1.0], [1.0]]), strengths=(0, 1)).tolist() == [1]
    assert area(np.array([[1.0, 0.0], [0.0, 1.0]]), strengths=(0, 1)).tolist() == [0.5, 0.5]
    # 1 up to 0.5, then down to 0 at 0.75, and nothing from there on
    assert area(np.array([[1.0], [1.0], [0.0], [0.0]]), strengths=(0, 0.5, 0.75, 1)).tolist() == [0.625]
    # a width other than one does not count
    assert area(np.array([[1.0], [0.0]]), strengths=(0, 0.5)).tolist() == [0.5]


def test_a_summary_of_hand_made_ranks() -> None:
    ranks = np.array([[1, 2], [1, 2], [2, 4], [2, 4], [4, NEVER], [4, NEVER]])
    result = summarise(ranks, seed=0, resamples=50)
    first = (1 / 2 + 1 + 1 / 2 + 1 / 2 + 1 / 4 + 1 / 8) / 5
    second = (1 / 4 + 1 / 2 + 1 / 4 + 1 / 4) / 5
    assert result["area"]["mrr"] == pytest.approx((first + second) / 2)
    assert result["kept"]["mrr"] == pytest.approx((first + second) / 2 / 0.75)
    assert result["intervals"]["mrr"] == pytest.approx([second, first])
    assert [step["acc@1"] for step in result["curve"]] == [0.5, 0.5, 0, 0, 0, 0]
    assert [step["strength"] for step in result["curve"]] == list(STRENGTHS)
    nothing = summarise(np.full((6, 3), NEVER), seed=0, resamples=5)
    assert (nothing["area"]["mrr"], nothing["kept"]["mrr"]) == (0, None)


def test_photos_are_embedded_once_and_the_vectors_may_be_given() -> None:
    method, split = Pixels(), pixel_split(*[query(n % COUNT) for n in range(70)])
    names = ("strokes dropped", "words missing")
    report = evaluate_robustness(method, split, names=names)
    assert method.photo_calls == 1
    assert report.results["both"]["strokes dropped"]["queries"] == 70
    known = encode_gallery(method, split.photos)
    again = evaluate_robustness(method, split, names=names, photos=known)
    assert method.photo_calls == 2
    assert again == report


def test_the_same_twice_and_another_with_another_seed() -> None:
    split, names = pixel_split(), ("strokes shifted", "words dropped", "sketch missing")
    first, again, other = (
        evaluate_robustness(Pixels(), split, seed=seed, resamples=20, names=names) for seed in (0, 0, 1)
    )
    assert first == again
    assert first.results["sketch"]["strokes shifted"]["curve"] != other.results["sketch"]["strokes shifted"]["curve"]


def test_what_a_degradation_does_not_apply_to_is_counted_and_left_out() -> None:
    plain = replace(query(2), text="no colour here")
    split = pixel_split(query(0), query(1, raster=True), plain, query(3, sketch=False), query(4, text=False))
    results = evaluate_robustness(Pixels(), split).results

    def counts(modality: str, name: str) -> tuple[int, int]:
        return results[modality][name]["queries"], results[modality][name]["not_applicable"]

    assert counts("sketch", "strokes dropped") == (3, 1)
    assert counts("sketch", "strokes jittered") == (4, 0)
    assert counts("sketch", "smudged") == (4, 0)
    assert counts("text", "colours contradicted") == (3, 1)
    assert counts("both", "sketch missing") == (3, 0)
    assert counts("both", "strokes scaled") == (2, 1)
    rasters = evaluate_robustness(
        Pixels(), pixel_split(query(0, raster=True), query(1, raster=True)), names=("strokes dropped", "smudged")
    )
    assert list(rasters.results["sketch"]) == ["smudged"]
    assert rasters.protocol["degradations"]["strokes dropped"]["not_applicable"] == 2
    # of the modalities that are not there, nothing
    only_words = evaluate_robustness(Pixels(), pixel_split(query(0, sketch=False), query(1, sketch=False))).results
    assert list(only_words) == ["text"]


def test_within_the_category_fewer_photos_are_rivals() -> None:
    names = ("words missing",)
    split = pixel_split()
    everywhere = evaluate_robustness(Pixels(), split, names=names).results["both"]["words missing"]
    inside = evaluate_robustness(Pixels(), split, names=names, within="category").results["both"]["words missing"]
    assert inside["curve"][-1]["acc@10"] == 1
    assert inside["area"]["mrr"] >= everywhere["area"]["mrr"]


def test_the_protocol_says_how() -> None:
    said_there = evaluate_robustness(Pixels(), pixel_split(), names=("words dropped",)).protocol
    assert said_there["strengths"] == list(STRENGTHS)
    assert said_there["degradations"]["words dropped"]["needs"] == "words"
    assert "trapezoidal" in said_there["areas"]


def test_what_cannot_be_measured_is_refused() -> None:
    raster = pixel_split(query(0, raster=True, text=False))
    with pytest.raises(InputError, match="no query to degrade; give queries with a sketch with strokes"):
        evaluate_robustness(Pixels(), raster, names=("strokes dropped",))
    with pytest.raises(UnknownName, match="unknown degradation 'words droped', did you mean 'words dropped'"):
        evaluate_robustness(Pixels(), raster, names=("words droped",))
    with pytest.raises(InputError, match="no photos"):
        evaluate_robustness(Pixels(), Split("none", [query(0)], []))

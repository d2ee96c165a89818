"""Search while one draws, with a method whose answers are known at every share."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from PIL import Image

from stbir.errors import InputError
from stbir.evaluation.progressive import SHARES, evaluate_progressive, ranking_percentile, summarise
from stbir.evaluation.protocol import evaluate
from stbir.functional.metrics import NEVER
from stbir.types import Encoded, Photo, Query, Sketch, Split

COUNT = 6


@dataclass
class Ruler:
    """Photo n is n; a sketch is how long it is, and words add what they say: the nearest photo comes first."""

    decode_side: int = 8
    source: str = "ruler"
    name: str = "ruler"
    photo_calls: int = 0
    query_calls: list[int] = field(default_factory=list)
    constant: bool = False

    def fingerprint(self) -> dict[str, str]:
        return {"weights": "none"}

    def encode_photos(self, photos: Sequence[Photo], *, batch_size: int = 64) -> Encoded:
        self.photo_calls += 1
        return self.unit([float(photo.image.getpixel((0, 0))[0]) for photo in photos if photo.image])

    def encode_queries(self, queries: Sequence[Query], *, batch_size: int = 64) -> Encoded:
        self.query_calls.append(len(queries))
        return self.unit([self.reading(query) for query in queries])

    def reading(self, query: Query) -> float:
        drawn = sum(abs(float(one[-1, 0] - one[0, 0])) for sketch in query.sketches for one in sketch.strokes)
        return drawn + float(query.text or 0)

    def unit(self, readings: Sequence[float]) -> Encoded:
        angles = np.zeros(len(readings)) if self.constant else np.array(readings) * np.pi / (2 * COUNT)
        return Encoded(np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32))


def photo(number: int, *, instance: str | None = None, category: str | None = None) -> Photo:
    image = Image.new("RGB", (8, 8), (number, 0, 0))
    return Photo(id=f"p{number}", instance=instance or f"p{number}", category=category, image=image)


def line(length: float) -> Sketch:
    return Sketch(strokes=(np.array([[0, 0], [length, 0]], np.float32),))


def query(target: int, *, drawn: float | None = None, text: float | None = None) -> Query:
    sketches = () if drawn is None else (line(drawn),)
    return Query(sketches=sketches, text=None if text is None else str(text), instance=f"p{target}")


def ruler_split(*queries: Query) -> Split:
    return Split("ruler", queries, [photo(number, category="ab"[number % 2]) for number in range(COUNT)])


def by_hand(*ranks: int) -> tuple[float, float]:
    """The two areas of one drawing in a gallery of six photos."""
    return sum((6 - rank) / 5 for rank in ranks) / len(ranks), sum(1 / rank for rank in ranks) / len(ranks)


def test_areas_as_a_hand_made_table_says() -> None:
    # 0.51, 1.02, ... 5.1 against photos 0 to 5; looking for 5
    result = evaluate_progressive(Ruler(), ruler_split(query(5, drawn=5.1))).results["sketch"]
    ranks = [6, 6, 6, 6, 5, 4, 3, 2, 1, 1]
    assert [step["mrr"] for step in result["curve"]] == pytest.approx([1 / rank for rank in ranks])
    assert [step["median_rank"] for step in result["curve"]] == ranks
    assert [step["acc@1"] for step in result["curve"]] == [0] * 8 + [1, 1]
    assert [step["acc@5"] for step in result["curve"]] == [0] * 4 + [1] * 6
    assert [step["share"] for step in result["curve"]] == list(SHARES)
    assert (result["m@A"], result["m@B"]) == pytest.approx(by_hand(*ranks))
    assert result["intervals"] == {"m@A": [result["m@A"]] * 2, "m@B": [result["m@B"]] * 2}


def test_areas_are_means_over_drawings_and_have_an_interval() -> None:
    # the second looks for the photo that the beginning resembles most: drawing on makes it worse
    report = evaluate_progressive(Ruler(), ruler_split(query(5, drawn=5.1), query(0, drawn=5.1)))
    result = report.results["sketch"]
    first, second = by_hand(6, 6, 6, 6, 5, 4, 3, 2, 1, 1), by_hand(2, 3, 4, 5, 6, 6, 6, 6, 6, 6)
    assert result["queries"] == 2
    for place, area in enumerate(("m@A", "m@B")):
        assert result[area] == pytest.approx((first[place] + second[place]) / 2)
        low, high = result["intervals"][area]
        assert min(first[place], second[place]) == pytest.approx(low)
        assert max(first[place], second[place]) == pytest.approx(high)


def test_drawing_towards_the_target_never_makes_it_worse() -> None:
    result = evaluate_progressive(Ruler(), ruler_split(*(query(n, drawn=n) for n in range(1, 6)))).results["sketch"]
    for measure in ("percentile", "mrr", "acc@1", "acc@5", "acc@10"):
        values = [step[measure] for step in result["curve"]]
        assert values == sorted(values)
    assert result["curve"][-1]["acc@1"] == 1.0


def test_the_whole_drawing_is_measured_as_ever() -> None:
    split = ruler_split(query(5, drawn=4.2), query(3, drawn=1.1, text=1.2), query(1, drawn=2.2, text=0.9))
    report, whole = evaluate_progressive(Ruler(), split), evaluate(Ruler(), split)
    for name in ("sketch", "both"):
        last = report.results[name]["curve"][-1]
        for measure in ("acc@1", "acc@5", "acc@10", "mrr", "median_rank"):
            assert last[measure] == whole.results[name][measure]
    assert report.protocol["model"] == whole.protocol["model"]
    assert report.protocol["distractors"] == whole.protocol["distractors"] == 3


def test_words_are_complete_from_the_beginning() -> None:
    # 3 in words and 0.21, 0.42, ... 2.1 in ink, for photo 5
    report = evaluate_progressive(Ruler(), ruler_split(query(5, drawn=2.1, text=3), query(0, drawn=1)))
    assert (report.results["sketch"]["queries"], report.results["both"]["queries"]) == (2, 1)
    ranks = [step["median_rank"] for step in report.results["both"]["curve"]]
    assert ranks == [4, 4, 3, 3, 2, 2, 2, 1, 1, 1]


def test_ties_count_against_the_target_at_every_share() -> None:
    result = evaluate_progressive(Ruler(constant=True), ruler_split(query(0, drawn=3))).results["sketch"]
    assert [step["median_rank"] for step in result["curve"]] == [COUNT] * 10
    assert (result["m@A"], result["m@B"]) == pytest.approx((0, 1 / COUNT))


def test_within_the_category_only_its_photos_are_rivals() -> None:
    split = ruler_split(query(4, drawn=2.1))
    result = evaluate_progressive(Ruler(), split, within="category").results["sketch"]
    # 0.21, ... 2.1 against 0, 2 and 4
    assert [step["median_rank"] for step in result["curve"]] == [3] * 9 + [2]
    assert result["m@A"] == pytest.approx(0.05)


def test_several_photos_of_the_target_are_no_rivals_of_each_other() -> None:
    photos = [photo(0, instance="x"), photo(1, instance="y"), photo(2, instance="x"), photo(3, instance="z")]
    split = Split("views", [Query(sketches=(line(3.0),), instance="x")], photos)
    result = evaluate_progressive(Ruler(), split).results["sketch"]
    # 0.3, 0.6, ... 3: the better of 0 and 2 against 1 and 3, with a tie at 1.5
    assert [step["percentile"] for step in result["curve"]] == pytest.approx([1, 0.5, 0.5, 0.5, 0.5, 1, 1, 1, 0.5, 0.5])


def test_queries_without_strokes_are_counted_and_left_out() -> None:
    raster = Query(sketches=(Sketch(raster=np.zeros((4, 4), np.uint8)),), text="3", instance="p3")
    report = evaluate_progressive(Ruler(), ruler_split(raster, query(1, text=1), query(1, drawn=1), raster))
    assert report.protocol["without_strokes"] == 2
    assert report.protocol["without_sketch"] == 1
    assert list(report.results) == ["sketch"]
    assert report.results["sketch"]["queries"] == 1


def test_without_any_strokes_nothing_is_measured() -> None:
    raster = Query(sketches=(Sketch(raster=np.zeros((4, 4), np.uint8)),), text="3", instance="p3")
    method = Ruler()
    with pytest.raises(InputError) as caught:
        evaluate_progressive(method, ruler_split(raster, query(1, text=1)))
    assert "ruler has no sketch with strokes" in str(caught.value)
    assert "(sketches that are pictures: 1; queries without a sketch: 1)" in str(caught.value)
    assert method.photo_calls == 0


def test_photos_are_encoded_once_and_queries_in_chunks() -> None:
    queries = [query(number % COUNT, drawn=1 + number % COUNT) for number in range(150)]
    method = Ruler()
    report = evaluate_progressive(method, ruler_split(*queries))
    assert report.results["sketch"]["queries"] == 150
    assert method.photo_calls == 1
    assert max(method.query_calls) <= 64
    assert sum(method.query_calls) == 150 * len(SHARES)


def test_the_report_names_its_protocol_and_is_the_same_twice() -> None:
    split = ruler_split(query(5, drawn=4.2), query(3, drawn=1.1))
    report = evaluate_progressive(Ruler(), split, seed=4, resamples=30)
    assert report == evaluate_progressive(Ruler(), split, seed=4, resamples=30)
    assert report.protocol["shares"] == list(SHARES)
    assert (report.protocol["seed"], report.protocol["resamples"]) == (4, 30)
    assert "length of all lines, in drawing order" in report.protocol["progressive"]
    assert "against the target" in report.protocol["ties"]


def test_a_percentile_counts_rivals() -> None:
    ranks, last = np.array([1, 2, 101, 1, NEVER]), np.array([101, 101, 101, 1, 101])
    assert ranking_percentile(ranks, last=last).tolist() == [1.0, 0.99, 0.0, 1.0, 0.0]


def test_a_target_that_is_never_found_has_no_area() -> None:
    ranks = np.full((len(SHARES), 1), NEVER)
    result = summarise(ranks, last=np.array([10]), seed=0, resamples=5)
    assert (result["m@A"], result["m@B"]) == (0, 0)


@pytest.mark.parametrize(
    ("split", "within", "says"),
    [
        (Split("wrong", [query(0, drawn=1)], []), None, "no photos"),
        (ruler_split(query(9, drawn=1)), None, "1 queries of ruler look for a photo that it does not have, as 'p9'"),
        (Split("wrong", [query(0, drawn=1)], [photo(0)]), "category", "have no category"),
    ],
)
def test_what_cannot_be_measured_is_refused(split: Split, within, says: str) -> None:
    with pytest.raises(InputError) as caught:
        evaluate_progressive(Ruler(), split, within=within)
    assert says in str(caught.value)

"""Each option of a protocol changes the number it should, by the amount worked out on paper."""

from dataclasses import replace

import numpy as np
import pytest
from known_vectors import Known, asked, drawn, on_a_line, photo, split_of
from PIL import Image

from stbir.data.sets.sketchy import UNSEEN_21 as SKETCHY_21
from stbir.data.sets.sketchy import UNSEEN_25 as SKETCHY_25
from stbir.data.sets.tu_berlin import MA as TU_BERLIN_30_MA
from stbir.data.sets.tu_berlin import ZSE as TU_BERLIN_30
from stbir.errors import InputError, UnknownName
from stbir.evaluation.options import Protocol, changed, said_about
from stbir.evaluation.presets import PRESETS, preset
from stbir.evaluation.protocol import evaluate, evaluate_in_full
from stbir.types import Split

# places of the photos, best first: 1 0 3 2 | 4 with the same score as 3
SCORES = [[0.8, 0.9, 0.1, 0.5, 0.5]]
KINDS = ["cat", "dog", "cat", "cat", "dog"]


def five(kinds: list[str] = KINDS) -> list:
    return [photo(number, category=kind) for number, kind in enumerate(kinds)]


def measured(split: Split, method: Known, **options: object) -> dict:
    (result,) = evaluate(method, split, protocol=changed(Protocol(), options), resamples=10).results.values()
    return dict(result)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        # target photo 3: behind 1 and 0, tied with 4
        ({"measures": "acc@3,mrr"}, {"acc@3": 0, "mrr": 1 / 4}),
        ({"measures": "acc@3,mrr", "ties": "for"}, {"acc@3": 1, "mrr": 1 / 3}),
        ({"measures": "acc@3,mrr", "ties": "average"}, {"acc@3": 1 / 2, "mrr": (1 / 3 + 1 / 4) / 2}),
        ({"measures": "median_rank", "ties": "average"}, {"median_rank": 3.5}),
        # among cats: 0, 3, 2
        ({"measures": "mrr", "within": "category"}, {"mrr": 1 / 2}),
        # photos nobody looks for
        ({"measures": "mrr", "distractors": "drop"}, {"mrr": 1}),
        # all cats are relevant: places 2, 4, 5 (tie against)
        ({"relevance": "category", "measures": "mrr,p@2,r@4"}, {"mrr": 1 / 2, "p@2": 1 / 2, "r@4": 2 / 3}),
        (
            {"relevance": "category", "measures": "map@all,map@4"},
            {"map@all": (1 / 2 + 2 / 4 + 3 / 5) / 3, "map@4": (1 / 2 + 2 / 4) / 3},
        ),
        (
            {"relevance": "category", "measures": "map@all,map@4", "interpolated": "true"},
            {"map@all": 3 / 5, "map@4": (1 / 2 + 2 / 4) / 3},
        ),
        ({"relevance": "category", "measures": "map@2", "ap_denominator": "k"}, {"map@2": (1 / 2) / 2}),
        ({"relevance": "category", "measures": "map@2", "ap_denominator": "relevant"}, {"map@2": (1 / 2) / 3}),
        ({"relevance": "category", "measures": "p@4", "p_denominator": "k"}, {"p@4": 2 / 4}),
        ({"relevance": "category", "measures": "p@4", "p_denominator": "capped"}, {"p@4": 2 / 3}),
        ({"relevance": "category", "measures": "p@4", "p_denominator": "cut"}, {"p@4": 1 / 3}),
        ({"relevance": "category", "measures": "map@all", "ties": "for"}, {"map@all": (1 / 2 + 2 / 3 + 3 / 5) / 3}),
    ],
)
def test_an_option_by_hand(options: dict, expected: dict) -> None:
    result = measured(split_of([asked(0, 3)], five()), on_a_line(SCORES), **options)
    assert {name: result[name] for name in expected} == pytest.approx(expected)


def test_categories_and_seen_ones() -> None:
    photos = [photo(number, category=kind) for number, kind in enumerate(["Hot_Dog", "cat", "cat", "cow", None, "cow"])]
    queries = [asked(0, 0), asked(1, 1)]
    method = on_a_line([[0.1, 0.9, 0.8, 0.7, 0.6, 0.5], [0.1, 0.9, 0.8, 0.7, 0.6, 0.5]])
    zero = evaluate_in_full(
        method, split_of(queries, photos), protocol=Protocol(categories=("hot dog", "cow")), depth=0, resamples=10
    )
    assert zero.trial.gallery.tolist() == [0, 3, 5]
    assert method.encoded == 3
    assert zero.report.results["text"]["queries"] == 1
    assert zero.report.results["text"]["median_rank"] == 3
    half = Protocol(categories=("hot dog", "cow"), seen=0.5)
    general = evaluate_in_full(method, split_of(queries, photos), protocol=half, depth=0, resamples=10)
    assert len(general.trial.gallery) == 3 + 2  # half of 1, 2, 4, rounded
    again = evaluate_in_full(method, split_of(queries, photos[::-1]), protocol=half, depth=0, resamples=10)
    assert {photos[n].id for n in general.trial.gallery} == {photos[::-1][n].id for n in again.trial.gallery}
    with pytest.raises(InputError, match="no query with a sketch or words of the 1 categories of protocol"):
        evaluate(method, split_of(queries, photos), protocol=Protocol(categories=("owl",)))


def test_equal_photos_once() -> None:
    copy = Image.new("RGB", (8, 8), (0, 1, 0))
    photos = [photo(0), photo(1), photo(2, image=copy), photo(3)]  # 2 is a copy of 1
    method = on_a_line([[0.5, 0.9, 0.9, 0.1]])
    twice = split_of([asked(0, 0)], photos)
    assert measured(twice, method, measures="median_rank")["median_rank"] == 3
    assert measured(twice, method, measures="median_rank", duplicates="drop")["median_rank"] == 2
    # who looks for the copy finds the one that stayed
    copied = split_of([asked(0, 2)], photos)
    assert measured(copied, method, measures="median_rank")["median_rank"] == 2
    assert measured(copied, method, measures="median_rank", duplicates="drop")["median_rank"] == 1


def test_a_gallery_of_one_photo_per_query() -> None:
    # three queries look for photo 1: it stands there three times
    queries = [asked(0, 1), asked(0, 1), asked(0, 1), asked(0, 0)]
    method = on_a_line([[0.5, 0.9, 0.7]])
    split = split_of(queries, [photo(0), photo(1), photo(2)])
    found = evaluate_in_full(
        method, split, protocol=Protocol(duplicates="per_query", measures=("r@2", "mrr")), depth=5, resamples=10
    )
    assert found.trial.gallery.tolist() == [1, 1, 1, 0, 2]
    assert found.findings["text"].values["r@2"].tolist() == pytest.approx([2 / 3, 2 / 3, 2 / 3, 0])
    assert found.findings["text"].values["rank"].tolist() == [1, 1, 1, 5]
    assert method.encoded == 3


def test_all_sketches_of_a_photo_as_one_query() -> None:
    # each sketch alone prefers a wrong photo, their mean the right one
    method = on_a_line([[0.6, 0.9, 0.0], [0.6, 0.0, 0.9]])
    split = split_of([drawn(0, 0), drawn(1, 0)], [photo(0), photo(1), photo(2)])
    assert measured(split, method, measures="acc@1") | {"intervals": {}} == {
        "acc@1": 0,
        "queries": 2,
        "intervals": {},
    }
    result = measured(split, method, measures="acc@1", sketches="averaged")
    assert (result["acc@1"], result["queries"]) == (1, 1)
    words = split_of([drawn(0, 0, text="0"), drawn(1, 0, text="1")], [photo(0), photo(1), photo(2)])
    with pytest.raises(InputError, match="look for one photo with different words, '0' and '1'"):
        measured(words, method, sketches="averaged")
    shown = split_of([replace(drawn(0, 0), photo=photo(1)), replace(drawn(1, 0), photo=photo(2))], [photo(0), photo(1)])
    with pytest.raises(InputError, match="look for one photo with different reference photos"):
        measured(shown, method, sketches="averaged")


def test_what_is_nowhere_in_the_gallery_is_refused() -> None:
    split = split_of([asked(0, 0, category="owl")], [photo(0), photo(1)])
    with pytest.raises(InputError, match="a query has the category 'owl', which no photo has"):
        measured(split, on_a_line([[1, 0]]), relevance="category")
    hidden = split_of([asked(0, 0, category="cow")], [photo(0, category="cat"), photo(1, category="cow")])
    with pytest.raises(InputError, match="1 of 1 questions have nothing relevant in the gallery"):
        evaluate(on_a_line([[1, 0]]), hidden, protocol=Protocol(categories=("cow",)))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"tie": "for"}, "unknown key 'tie', did you mean 'ties'"),
        ({"ties": "random"}, "'ties'"),
        ({"name": "sketchy-21"}, "can be changed: measures, relevance, within"),
        ({"measures": "map@0"}, "unknown measure 'map@0'"),
        ({"measures": "ndcg@5"}, "acc@K, map@K, map@all"),
        ({"measures": ""}, "measures is empty"),
        ({"ties": "average", "interpolated": "true"}, "no interpolated AP"),
        ({"relevance": "category", "within": "category"}, "give relevance=instance"),
        ({"seen": "0.2"}, "seen needs categories"),
        ({"seen": "2", "categories": "a"}, "between 0 and 1"),
    ],
)
def test_options_that_cannot_be(options: dict, says: str) -> None:
    with pytest.raises(InputError) as caught:
        changed(Protocol(), options)
    assert says in str(caught.value)


def test_published_lists_and_sizes() -> None:
    assert [len(set(names)) for names in (SKETCHY_21, SKETCHY_25, TU_BERLIN_30, TU_BERLIN_30_MA)] == [21, 25, 30, 30]
    assert set(TU_BERLIN_30) & set(TU_BERLIN_30_MA) == {"rollerblades"}
    sizes = {name: (one.expected_queries, one.expected_photos) for name, one in PRESETS.items()}
    assert sizes["sketchy-21"] == (12_694, 10_453)
    assert sizes["sketchy-21-zse"] == (12_694, 12_553)
    assert sizes["sketchy-25"] == (15_229, 17_101)
    assert sizes["tu-berlin-30"] == (2_400, 27_989)
    assert sizes["quickdraw-30"] == (92_291, 54_151)
    assert (sizes["shoe-v2"], sizes["chair-v2"]) == ((666, 200), (311, 100))
    for name, measures in (
        ("sketchy-21", ("map@200", "p@200")),
        ("sketchy-25", ("map@all", "p@100")),
        ("tu-berlin-30", ("map@all", "p@100")),
        ("quickdraw-30", ("map@all", "p@200")),
    ):
        one = preset(name)
        assert (one.measures, one.interpolated, one.p_denominator) == (measures, True, "cut")
    for one in PRESETS.values():
        assert Protocol.model_validate(one.model_dump()) == one
        assert said_about(one)
    with pytest.raises(UnknownName, match=r"did you mean 'sketchy-25'\? \(known: chair-v1, chair-v2"):
        preset("sketchy-22")


def test_what_is_not_as_published_is_said() -> None:
    split = split_of([drawn(0, 0)], [photo(0, category="bat")])
    protocol = preset("sketchy-21", interpolated=False)
    said = evaluate(on_a_line([[1]]), split, protocol=protocol, resamples=5).protocol
    assert said["deviations"] == [
        "10,453 photos expected, 1 found",
        "12,694 sketches expected, 1 found",
        "interpolated changed to False",
    ]
    assert said["options"]["categories"] == list(SKETCHY_21)
    assert evaluate(on_a_line([[1]]), split, resamples=5).protocol["deviations"] == []
    assert np.isfinite(said["seed"])

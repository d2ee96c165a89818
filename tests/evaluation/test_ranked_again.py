"""Curves and examples re-rank where the main numbers do: their ends are those numbers, and their middles by hand."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from stbir.cli.evaluate import readable_progressive
from stbir.cli.robustness import readable_robustness
from stbir.data import drawn
from stbir.evaluation.degradations import DEGRADATIONS, STRENGTHS
from stbir.evaluation.examples import find_examples
from stbir.evaluation.options import Protocol
from stbir.evaluation.progressive import SHARES, evaluate_progressive
from stbir.evaluation.protocol import evaluate, evaluate_in_full
from stbir.evaluation.rerank import kept, rows_of
from stbir.evaluation.robustness import degraded, evaluate_robustness
from stbir.evaluation.vectors import encode_gallery
from stbir.functional.partial import first_part
from stbir.methods import build
from stbir.methods.dp_clip import DPCLIP
from stbir.nn.clip import load_backbone
from stbir.types import Query, Split

SHORT = 5
CURVES = ("strokes dropped", "words missing")


@pytest.fixture(scope="module")
def method(clip_folder: Path) -> DPCLIP:
    """Its windows count so much that a re-ranked list has little to do with the list before."""
    settings = {"matching": "rerank", "shortlist": SHORT, "naming": "one", "local": 2.0}
    made = build("dp_clip", load_backbone(str(clip_folder)), settings).eval()
    assert isinstance(made, DPCLIP)
    return made


@pytest.fixture(scope="module")
def split() -> Split:
    pairs = [drawn.draw(name, seed, size=64).pair() for name in ("boot", "bag") for seed in range(7)]
    queries = [replace(query, instance=photo.id) for query, photo in pairs]
    return Split("fourteen", queries, [replace(photo, instance=photo.id) for _, photo in pairs])


def by_hand(method: DPCLIP, split: Split, query: Query) -> list[str]:
    """The ids of all photos, best first: by vectors, and the first few of them anew by what `rerank` says."""
    asked, shown = (
        method.encode_queries([replace(query, instance=None, category=None)]),
        encode_gallery(method, split.photos),
    )
    order = sorted(range(len(split.photos)), key=lambda n: -float(asked.vectors[0] @ shown.vectors[n]))
    short = order[: method.shortlist]
    scores = method.rerank(asked, rows_of(kept(shown), np.array(short)))
    best = [short[place] for place in np.argsort(-scores, kind="stable")]
    return [split.photos[n].id for n in [*best, *order[method.shortlist :]]]


@pytest.mark.parametrize("within", [None, "category"])
def test_the_ends_of_the_curves_are_the_main_numbers(method: DPCLIP, split: Split, within) -> None:
    photos = encode_gallery(method, split.photos)
    main = evaluate(method, split, within=within, photos=photos)
    drawing = evaluate_progressive(method, split, within=within, photos=photos)
    worse = evaluate_robustness(method, split, within=within, names=CURVES, photos=photos)
    if within is None:  # the list of five holds nearly all of one category
        other = build("dp_clip", method.backbone, {**method.config.model_dump(), "shortlist": 1}).eval()
        assert main.results["sketch"]["mrr"] != evaluate(other, split).results["sketch"]["mrr"]
    for name in ("sketch", "both"):
        ends = [drawing.results[name]["curve"][-1]]
        ends += [curve["curve"][0] for curve in worse.results[name].values()]
        for end in ends:
            for measure in ("acc@1", "acc@10", "mrr"):
                assert end[measure] == main.results[name][measure], (name, measure)
    for report in (drawing, worse):
        again = report.protocol["reranked"]
        assert {key: again[key] for key in ("photos", "vector_bytes", "token_bytes")} == {
            "photos": SHORT, "vector_bytes": 4 * 32, "token_bytes": 2 * 4 * 32
        }  # fmt: skip
        assert again["ms_per_query"] > 0
    assert "the best 5 ranked again by tokens" in readable_progressive(drawing)
    assert "the best 5 ranked again by tokens" in readable_robustness(worse)


def test_a_step_of_a_drawing_is_ranked_as_by_hand(method: DPCLIP, split: Split) -> None:
    curve = evaluate_progressive(method, split).results["sketch"]["curve"]
    changed = 0
    for step in (2, 6):
        ranks = []
        for query in split.queries:
            part = Query(tuple(first_part(sketch, SHARES[step]) for sketch in query.sketches))
            order = by_hand(method, split, part)
            ranks.append(1 + order.index(str(query.instance)))
            vector = method.encode_queries([part]).vectors[0]
            plain = sorted(split.photos, key=lambda photo: -float(vector @ method.encode_photos([photo]).vectors[0]))
            changed += [photo.id for photo in plain] != order
        assert curve[step]["mrr"] == pytest.approx(np.mean([1 / rank for rank in ranks]))
        assert curve[step]["acc@1"] == pytest.approx(np.mean([rank == 1 for rank in ranks]))
    assert changed > 5


def test_a_strength_is_ranked_as_by_hand(method: DPCLIP, split: Split) -> None:
    name, step = "strokes dropped", 3
    curve = evaluate_robustness(method, split, seed=4, names=(name,)).results["sketch"][name]["curve"]
    ranks = []
    for place, query in enumerate(split.queries):
        worse = degraded(DEGRADATIONS[name], query, name=name, strength=STRENGTHS[step], place=place, other="", seed=4)
        ranks.append(1 + by_hand(method, split, replace(worse, text=None)).index(str(query.instance)))
    assert curve[step]["mrr"] == pytest.approx(np.mean([1 / rank for rank in ranks]))


@pytest.mark.parametrize("within", [None, "category"])
def test_examples_are_what_the_numbers_are_of(method: DPCLIP, split: Split, within) -> None:
    found = find_examples(method, split, within=within, depth=7)
    whole = evaluate_in_full(method, split, protocol=Protocol(within=within), depth=7)
    places = dict(zip((q.text for q in split.queries), whole.findings["both"].places.tolist(), strict=True))
    ranks = dict(zip((q.text for q in split.queries), whole.report.per_query["both"]["rank"], strict=True))
    for example in (*found.best, *found.worst):
        assert example.rank == ranks[example.query.text]
        assert [hit.photo.id for hit in example.hits] == [split.photos[n].id for n in places[example.query.text]]
        asked = method.encode_queries(
            [replace(example.query, instance=None, category=within and example.target.category)]
        )
        shown = kept(encode_gallery(method, [hit.photo for hit in example.hits]))
        scores = method.rerank(asked, shown)[:SHORT].tolist() + (shown.vectors @ asked.vectors[0])[SHORT:].tolist()
        assert [hit.score for hit in example.hits] == pytest.approx(scores, abs=1e-5)

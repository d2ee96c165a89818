"""Duet's applications measured on drawn objects: composed and scene retrieval, styles, and what it imagines."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from stbir.data.drawn.tasks import changed_objects, shelves, styled_objects
from stbir.errors import InputError
from stbir.evaluation.imagined import imagine
from stbir.evaluation.options import Protocol
from stbir.evaluation.protocol import evaluate
from stbir.evaluation.swaps import follows
from stbir.evaluation.vectors import encode_asked, only
from stbir.methods import build
from stbir.methods.duet import Duet
from stbir.nn.clip import load_backbone
from stbir.nn.decoder import shrunk
from stbir.types import Photo, Query, Sketch, Split


@pytest.fixture(scope="module")
def method(clip_folder: Path) -> Duet:
    method = build("duet", load_backbone(str(clip_folder)), {"decoder_channels": 64}).eval()
    assert isinstance(method, Duet)
    with torch.no_grad():
        for value in method.parameters():
            value.add_(0.2 * torch.randn(value.shape, generator=torch.Generator().manual_seed(value.numel())))
    return method


def test_a_reference_photo_is_no_sketch_and_no_words() -> None:
    photo = Photo("p")
    everything = changed_objects(1, seed=0, size=32, reference="sketch").queries[0]
    query = Query(everything.sketches, "red", photo)
    kept = {name: only(query, name) for name in ("sketch", "text", "both", "photo", "composed")}
    assert {name: (bool(q.sketches), q.text, q.photo is photo) for name, q in kept.items() if q} == {
        "sketch": (True, None, False),
        "text": (False, "red", False),
        "both": (True, "red", False),
        "photo": (False, None, True),
        "composed": (True, "red", True),
    }
    assert only(Query(photo=photo), "composed") is None
    assert only(Query(photo=photo), "photo") is None, "nothing to compose"
    assert only(Query(everything.sketches, "red"), "composed") is None
    assert only(Query(everything.sketches, "red"), "photo") is None


def test_composed_retrieval_is_measured(method: Duet) -> None:
    split = changed_objects(4, seed=0, size=64)
    report = evaluate(method, split, resamples=10)
    assert set(report.results) == {"text", "photo", "composed"}
    assert all(result["queries"] == len(split.queries) for result in report.results.values())
    asked = encode_asked(method, split.queries)
    np.testing.assert_array_equal(
        asked["composed"].vectors, method.encode_queries([*split.queries]).vectors, "the whole query is asked"
    )
    photos = method.encode_photos(split.photos).vectors
    ids = [photo.id for photo in split.photos]
    scores = np.round(asked["composed"].vectors.astype(float) @ photos.T.astype(float), 6)
    ranks = [int((line >= line[ids.index(q.instance)]).sum()) for line, q in zip(scores, split.queries, strict=True)]  # type: ignore[arg-type]
    assert report.results["composed"]["mrr"] == pytest.approx(np.mean([1 / rank for rank in ranks]))
    by_sketch = evaluate(method, changed_objects(4, seed=0, size=64, reference="sketch"), resamples=10)
    assert set(by_sketch.results) == {"sketch", "text", "both"}


def test_styles_and_shelves_are_measured(method: Duet) -> None:
    by_style = Protocol(relevance="category", measures=("map@all", "acc@1"))
    report = evaluate(method, styled_objects(3, seed=0, size=64), protocol=by_style, resamples=10)
    assert report.results["both"]["queries"] == 12
    assert 0 < report.results["both"]["map@all"] <= 1
    scenes = evaluate(method, shelves(3, seed=0, size=64), resamples=10)
    assert scenes.results["both"]["queries"] == 12
    assert 1 / 3 <= scenes.results["sketch"]["mrr"] <= 1


def test_drawings_are_looked_for(method: Duet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    split = changed_objects(2, seed=0, size=64, reference="sketch")
    found = imagine(method, split, depth=2)
    assert found.drawings.shape == (len(split.queries), 64, 64, 3)
    assert [len(hits) for hits in found.hits] == [2] * len(split.queries)
    found.sheet(tmp_path / "sheet.png", title="imagined")
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width == 2000
    # who draws the very photo that was meant finds it; who draws the next one does not
    pictures = {photo.id: np.asarray(photo.image) for photo in split.photos}
    right = np.stack([pictures[query.instance] for query in split.queries])  # type: ignore[index]
    for drawn, share in ((right, 1.0), (np.roll(right, 1, axis=0), 0.0)):
        monkeypatch.setattr(method, "draw", lambda queries, drawn=drawn: drawn)
        perfect = imagine(method, split)
        assert perfect.first == share
    assert list(found.targets) == [query.instance for query in split.queries]
    with pytest.raises(InputError, match="no queries"):
        imagine(method, Split("empty", (), split.photos))


def test_the_sheet_shows_what_was_asked_and_what_was_drawn(method: Duet, tmp_path: Path) -> None:
    found = imagine(method, changed_objects(4, seed=0, size=64, reference="sketch"))
    heights = []
    for rows in (None, 1, 3, 100):
        found.sheet(tmp_path / "sheet.png", rows=rows)
        with Image.open(tmp_path / "sheet.png") as sheet:
            heights.append(sheet.height)
    assert heights[1] < heights[2] < heights[0] == heights[3]


WORDS, SHAPES = {"red": (200, 30, 30), "blue": (30, 40, 190)}, ("square", "bar")


def solid(shape: str, words: str) -> np.ndarray:
    picture = np.full((64, 64, 3), 250, np.uint8)
    rows, columns = (slice(20, 44), slice(20, 44)) if shape == "square" else (slice(28, 36), slice(4, 60))
    picture[rows, columns] = WORDS[words]
    return picture


@pytest.mark.parametrize(
    ("drawn", "shape", "colour"),
    [
        (lambda s, w: solid(s, w), 1.0, 1.0),
        (lambda s, w: solid(s, "red"), 1.0, 0.5),
        (lambda s, w: solid("bar", w), 0.5, 1.0),
        (lambda s, w: solid(SHAPES[s == "square"], w), 0.0, 1.0),
        (lambda s, w: solid(s, "blue" if w == "red" else "red"), 1.0, 0.0),
        (lambda s, w: (0.2 * solid(s, w) + 150).astype(np.uint8), 1.0, 1.0),  # pale, but not wrong
    ],
)
def test_shape_follows_sketches_and_colour_words(
    method: Duet, monkeypatch: pytest.MonkeyPatch, drawn, shape: float, colour: float
) -> None:
    kinds = [("square", "red"), ("bar", "blue")]
    photos = [Photo("-".join(kind), instance="-".join(kind), image=Image.fromarray(solid(*kind))) for kind in kinds]
    sketches = {name: Sketch(raster=solid(name, "blue")[..., 0]) for name in SHAPES}
    names = {id(sketch): name for name, sketch in sketches.items()}
    queries = [Query((sketches[s],), w, instance=f"{s}-{w}", category="c") for s, w in kinds]

    def draw(asked, **_):
        return np.stack([drawn(names[id(query.sketches[0])], query.text) for query in asked])

    monkeypatch.setattr(method, "draw", draw)
    found = follows(method, Split("four", queries, photos))
    assert (found.swaps, found.shape, found.colour) == (1, shape, colour)
    silent, alike = [replace(query, text=None) for query in queries], [replace(query, text="red") for query in queries]
    for some in ([queries[0]], silent, alike):
        with pytest.raises(InputError, match="no two queries of a category"):
            follows(method, Split("four", some, photos))
    lost = [queries[0], replace(queries[1], instance="nowhere")]
    with pytest.raises(InputError, match="look for a photo that it does not have, as 'nowhere'"):
        follows(method, Split("four", lost, photos))


def test_drawings_are_compared_with_photos_as_the_method_saw_them(
    method: Duet, monkeypatch: pytest.MonkeyPatch
) -> None:
    framed = replace(method.backbone.preprocessing, framing="content")
    monkeypatch.setattr(method.backbone, "preprocessing", framed)
    photos: list[Photo] = []
    for number, kind in enumerate([("square", "red"), ("bar", "blue")]):
        wide = Image.new("RGB", (400, 160), "white")
        wide.paste(Image.fromarray(solid(*kind)), (20 + 260 * number, 40 * number))
        photos.append(Photo(f"{number}", instance=f"{number}", image=wide))
    seen = np.stack([framed.photo(photo.image) for photo in photos])  # type: ignore[arg-type]
    drawn = shrunk(torch.from_numpy(seen).permute(0, 3, 1, 2).float()).permute(0, 2, 3, 1).numpy().astype(np.uint8)
    sketch = Sketch(raster=solid("bar", "blue")[..., 0])
    queries = [Query((sketch,), words, instance=f"{number}") for number, words in enumerate(("red", "blue"))]
    monkeypatch.setattr(method, "draw", lambda asked: drawn[[0, 0, 1, 1]])
    found = follows(method, Split("wide", queries, photos))
    assert (found.shape, found.colour) == (1.0, 0.5)
    shifted = np.full_like(drawn, 250)
    shifted[:, 30:, 30:] = drawn[:, :34, :34]
    monkeypatch.setattr(method, "draw", lambda asked: shifted[[1, 0, 1, 0]])
    found = follows(method, Split("wide", queries, photos))
    assert found.colour == 0.0


def test_each_query_is_in_one_swap_at_most(method: Duet, monkeypatch: pytest.MonkeyPatch) -> None:
    split = changed_objects(40, seed=0, size=32, reference="sketch")
    asked: list[Query] = []

    def draw(queries):
        asked.extend(queries)
        return np.zeros((len(queries), 64, 64, 3), np.uint8)

    monkeypatch.setattr(method, "draw", draw)
    found = follows(method, split)
    assert 4 * found.swaps == len(asked)
    shown = [query.instance for place, query in enumerate(asked) if place % 4 in (0, 3)]
    assert len(shown) == len(set(shown)), "no pair counts twice"
    assert (found.shape, found.colour) == (0.5, 0.5), "what says nothing is right half of the time"

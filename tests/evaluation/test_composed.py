"""Duet's applications measured on drawn objects: composed and scene retrieval, styles, and what it imagines."""

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
from stbir.evaluation.vectors import encode_asked, only
from stbir.methods import build
from stbir.methods.duet import Duet
from stbir.nn.clip import load_backbone
from stbir.types import Photo, Query, Split


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

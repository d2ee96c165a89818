"""Two views: what stands in which half, how a query's score comes of them, and the numbers of its loss."""

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import stbir
from stbir.data import drawn
from stbir.errors import ConfigError
from stbir.functional.contours import contours
from stbir.methods import build, load
from stbir.methods.base import Method
from stbir.methods.batch import Batch
from stbir.nn.clip import load_backbone
from stbir.testing.method import small_backbone, ten_pairs
from stbir.training.loop import train
from stbir.types import Floats, Photo, Query, Sketch

PLACES = 24


@pytest.fixture(scope="module")
def method(clip_folder: Path) -> Method:
    return build("two_views", load_backbone(str(clip_folder)), {"place_dimension": PLACES}).eval()


@pytest.fixture(scope="module")
def pairs() -> list[tuple[Query, Photo]]:
    return [drawn.draw("boot", seed, size=64).pair() for seed in range(5)]


@pytest.fixture(scope="module")
def learned() -> Method:
    """Overfitted to ten pairs."""
    pairs = ten_pairs()
    method = build("two_views", small_backbone([query.text or "" for query, _ in pairs]))
    batch = method.batch(pairs)
    optimiser = torch.optim.AdamW(method.parameters(), lr=2e-3, weight_decay=0.0)
    for _ in range(80):
        optimiser.zero_grad()
        torch.stack(list(method.loss(batch).values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(method.parameters(), 1.0)
        optimiser.step()
    return method.eval()


def rows(method: Method, *queries: Query) -> Floats:
    return method.encode_queries(queries).vectors


def test_each_modality_fills_its_half(method: Method, pairs: list[tuple[Query, Photo]]) -> None:
    assert method.dimension == PLACES + 32
    query, photo = pairs[0]
    text, sketch = rows(method, Query(text=query.text), Query(query.sketches))
    seen = method.encode_photos([photo]).vectors[0]
    assert (text[:PLACES] == 0).all()
    assert (sketch[PLACES:] == 0).all()
    assert np.linalg.norm(text) == pytest.approx(1)
    assert np.linalg.norm(sketch) == pytest.approx(1)
    assert np.linalg.norm(seen[:PLACES]) == pytest.approx(0.5**0.5)
    assert np.linalg.norm(seen[PLACES:]) == pytest.approx(0.5**0.5)


def test_the_colours_are_what_clip_sees(method: Method, pairs: list[tuple[Query, Photo]]) -> None:
    photos = [photo for _, photo in pairs]
    theirs = build("late_fusion", method.backbone).eval().encode_photos(photos).vectors
    np.testing.assert_allclose(method.encode_photos(photos).vectors[:, PLACES:] * 2**0.5, theirs, atol=1e-5)


def test_contours_are_seen_as_a_sketch_is(method: Method, pairs: list[tuple[Query, Photo]]) -> None:
    photo = pairs[0][1]
    assert photo.image is not None
    lines = contours(method.backbone.preprocessing.photo(photo.image))
    with torch.inference_mode():
        drawing = method.embed_sketches(method.backbone.normalise([np.repeat(lines[..., None], 3, axis=2)]))[0]
    seen = method.encode_photos([photo]).vectors[0]
    np.testing.assert_allclose(seen[:PLACES] * 2**0.5, drawing[:PLACES], atol=1e-5)


def test_the_colour_of_an_object_leaves_its_contours_alone(method: Method) -> None:
    picture = np.full((64, 64, 3), 255, np.uint8)
    picture[16:48, 20:40] = (200, 30, 30)
    red, blue = (Photo(str(i), image=Image.fromarray(shown)) for i, shown in enumerate((picture, picture[..., ::-1])))
    first, second = method.encode_photos([red, blue]).vectors
    np.testing.assert_allclose(first[:PLACES], second[:PLACES], atol=1e-6)
    assert not np.allclose(first[PLACES:], second[PLACES:], atol=1e-3)


@pytest.mark.parametrize(("sketch", "text"), [(1.0, 1.0), (0.7, 0.3), (2.0, -0.5)])
def test_a_score_is_the_weighted_sum_of_its_halves(
    method: Method, pairs: list[tuple[Query, Photo]], sketch: float, text: float
) -> None:
    query = pairs[0][0]
    photos = method.encode_photos([photo for _, photo in pairs]).vectors
    drawn_only, said_only, both = rows(
        method,
        Query(query.sketches),
        Query(text=query.text),
        Query(query.sketches, query.text, weights={"sketch": sketch, "text": text}),
    )
    shape, look = photos[:, :PLACES] @ drawn_only[:PLACES], photos[:, PLACES:] @ said_only[PLACES:]
    np.testing.assert_allclose(photos @ both, (sketch * shape + text * look) / np.hypot(sketch, text), atol=1e-5)


def test_at_weight_zero_the_order_is_that_of_the_other_part(method: Method, pairs: list[tuple[Query, Photo]]) -> None:
    photos = method.encode_photos([photo for _, photo in pairs]).vectors
    for query, _ in pairs:
        for end, alone in (("text", Query(query.sketches)), ("sketch", Query(text=query.text))):
            silent, single = rows(method, Query(query.sketches, query.text, weights={end: 0.0}), alone)
            assert np.argsort(photos @ silent).tolist() == np.argsort(photos @ single).tolist()


def test_a_photo_is_most_like_itself(method: Method, pairs: list[tuple[Query, Photo]]) -> None:
    photos = method.encode_photos([photo for _, photo in pairs]).vectors
    asked = rows(method, *(Query(photo=photo) for _, photo in pairs))
    np.testing.assert_allclose((photos @ asked.T).diagonal(), 1, atol=1e-5)


def test_the_loss_equals_a_slow_loop(method: Method, pairs: list[tuple[Query, Photo]]) -> None:
    with torch.inference_mode():
        terms = method.loss(method.batch(pairs))
    photos = method.encode_photos([photo for _, photo in pairs]).vectors.astype(np.float64) * 2**0.5
    sketches = rows(method, *(Query(query.sketches) for query, _ in pairs)).astype(np.float64)
    texts = rows(method, *(Query(text=query.text) for query, _ in pairs)).astype(np.float64)
    scale = float(method.backbone.clip.logit_scale.detach().exp())
    shape = [[scale * float(s[:PLACES] @ p[:PLACES]) for p in photos] for s in sketches]
    look = [[scale * float(t[PLACES:] @ p[PLACES:]) for p in photos] for t in texts]
    both = [[(shape[i][j] + look[i][j]) / 2**0.5 for j in range(5)] for i in range(5)]
    for name, weight, scores in (("sketch", 1.0, shape), ("text", 0.5, look), ("both", 0.7, both)):
        total = 0.0
        for i in range(5):
            total -= np.log(np.exp(scores[i][i]) / sum(np.exp(scores[i][j]) for j in range(5)))
            total -= np.log(np.exp(scores[i][i]) / sum(np.exp(scores[j][i]) for j in range(5)))
        assert float(terms[name]) == pytest.approx(weight * total / 10, abs=1e-4)


def test_sketches_teach_the_places_and_words_do_not(method: Method, pairs: list[tuple[Query, Photo]]) -> None:
    batch = method.batch(pairs)
    for name, teaches in (("sketch", True), ("text", False), ("both", True)):
        pupil = copy.deepcopy(method).requires_grad_(True)
        pupil.loss(batch)[name].backward()
        gradient = dict(pupil.named_parameters())["place"].grad
        assert (gradient is not None and bool(gradient.abs().max() > 0)) == teaches


def test_every_parameter_gets_a_gradient(method: Method, pairs: list[tuple[Query, Photo]]) -> None:
    pupil = copy.deepcopy(method).requires_grad_(True)
    torch.stack(list(pupil.loss(method.batch(pairs)).values())).sum().backward()
    for name, parameter in pupil.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name


def test_half_precision_compares_in_full(method: Method, pairs: list[tuple[Query, Photo]]) -> None:
    batch: Batch = method.batch(pairs)
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        rough = method.loss(batch)
    with torch.inference_mode():
        exact = method.loss(batch)
    for name, term in rough.items():
        assert term.dtype == torch.float32
        assert float(term) == pytest.approx(float(exact[name]), rel=0.05)


def test_it_overfits_each_kind_of_query(learned: Method) -> None:
    pairs = ten_pairs()
    photos = learned.encode_photos([photo for _, photo in pairs]).vectors
    for queries in (
        [Query(query.sketches) for query, _ in pairs],
        [Query(text=query.text) for query, _ in pairs],
        [Query(query.sketches, query.text) for query, _ in pairs],
    ):
        first = (rows(learned, *queries) @ photos.T).argmax(axis=1)
        assert first.tolist() == list(range(10))


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 0.0), (torch.float16, 2e-3)])
def test_it_is_saved_and_loaded(learned: Method, tmp_path: Path, dtype: torch.dtype, tolerance: float) -> None:
    queries, photos = [query for query, _ in ten_pairs()], [photo for _, photo in ten_pairs()]
    learned.save(tmp_path / "model", dtype=dtype)
    again = load(tmp_path / "model")
    assert again.name == "two_views"
    np.testing.assert_allclose(
        again.encode_photos(photos).vectors, learned.encode_photos(photos).vectors, atol=tolerance, rtol=0
    )
    np.testing.assert_allclose(rows(again, *queries), rows(learned, *queries), atol=tolerance, rtol=0)
    again.save(tmp_path / "twice", dtype=dtype)
    assert load(tmp_path / "twice").fingerprint() == again.fingerprint()


def test_the_fingerprint_follows_the_contours_and_not_the_loss(
    method: Method, clip_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = build("two_views", load_backbone(str(clip_folder)), {"place_dimension": PLACES, "text_loss": 3.0}).eval()
    assert other.fingerprint() == method.fingerprint()
    grid = build("two_views", load_backbone(str(clip_folder)), {"place_dimension": PLACES, "grid": 2}).eval()
    assert grid.fingerprint() != method.fingerprint()
    before = method.fingerprint()
    monkeypatch.setattr("stbir.methods.two_views.LINES", "another")
    assert method.fingerprint() != before


def test_wrong_settings_are_refused(clip_folder: Path) -> None:
    with pytest.raises(ConfigError, match="grid"):
        build("two_views", load_backbone(str(clip_folder)), {"grid": 0})


RECIPE = """
name = "two"
save_as = "fp16"
[start]
method = "two_views"
[start.settings]
place_dimension = 24
[start.scratch]
side = 64
vision_width = 32
vision_depth = 1
text_width = 32
text_depth = 1
dimension = 16
[data]
families = { bag = 1.0 }
[[stages]]
steps = 2
batch_size = 4
average = 0.5
"""


def test_from_a_recipe_to_a_gallery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stbir.training.loop.vocabulary", lambda _, workers: ["red bag", "blue bag"] * 2)
    (tmp_path / "two.toml").write_text(RECIPE)
    method = stbir.load(train(tmp_path / "two.toml", to=tmp_path / "run", workers=0))
    assert method.name == "two_views"
    (tmp_path / "photos").mkdir()
    triples = [drawn.draw("bag", seed, size=96) for seed in range(6)]
    for number, triple in enumerate(triples):
        picture = triple.pair()[1].image
        assert picture is not None
        picture.save(tmp_path / "photos" / f"{number}.png")
    gallery = stbir.Gallery.open(tmp_path / "photos", method)
    sketch: Sketch = triples[2].pair()[0].sketches[0]
    by_sketch = [hit.photo.id for hit in gallery.search(sketch=sketch, k=6)]
    silent = gallery.search(sketch=sketch, text="red bag", weights={"text": 0.0}, k=6)
    assert [hit.photo.id for hit in silent] == by_sketch
    hits = gallery.search(sketch=sketch, text="red bag", avoid=["blue"], k=6, explain=True)
    assert {hit.photo.id: hit.ranks["sketch"] for hit in hits} == {id: i for i, id in enumerate(by_sketch, start=1)}

"""Late fusion: how a query is put together, and the numbers of its loss."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import stbir
from stbir.data import drawn
from stbir.errors import EmptyQuery, InputError, UnknownName
from stbir.functional.losses import info_nce
from stbir.methods.base import Method
from stbir.types import Photo, Query


@pytest.fixture(scope="module")
def method(clip_folder: Path) -> Method:
    return stbir.load(clip_folder)


@pytest.fixture(scope="module")
def pairs() -> list[tuple[Query, Photo]]:
    return [drawn.draw("boot", seed, size=64).pair() for seed in range(4)]


def unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


def one(method: Method, **parts: object) -> np.ndarray:
    return method.encode_queries([Query(**parts)]).vectors[0]  # type: ignore[arg-type]


def test_a_bare_clip_becomes_late_fusion(method: Method, clip_folder: Path) -> None:
    assert method.name == "late_fusion"
    assert method.source == str(clip_folder.resolve())


def test_parts_are_averaged_by_weight(method: Method, pairs: list[tuple[Query, Photo]]) -> None:
    sketches = tuple(query.sketches[0] for query, _ in pairs[:3])
    photo = pairs[3][1]
    drawings = [one(method, sketches=(sketch,)) for sketch in sketches]
    sketch, text, avoid = unit(np.mean(drawings, axis=0)), one(method, text="red boot"), one(method, text="laces")
    seen = method.encode_photos([photo]).vectors[0]
    both = one(method, sketches=sketches, text="red boot", photo=photo, avoid=("laces",))
    np.testing.assert_allclose(both, unit(sketch + text + seen - avoid), atol=1e-5)
    weights = {"sketch": 0.7, "text": -0.2, "photo": 0.0, "avoid": 0.5}
    weighted = one(method, sketches=sketches, text="red boot", photo=photo, avoid=("laces",), weights=weights)
    np.testing.assert_allclose(weighted, unit(0.7 * sketch - 0.2 * text - 0.5 * avoid), atol=1e-5)


def test_the_ends_of_the_balance_are_the_single_modalities(method: Method, pairs: list[tuple[Query, Photo]]) -> None:
    query = pairs[0][0]
    for kept, other in (("sketch", "text"), ("text", "sketch")):
        alone = Query(sketches=query.sketches) if kept == "sketch" else Query(text=query.text)
        end = Query(query.sketches, query.text, weights={other: 0.0})
        rows = method.encode_queries([alone, end]).vectors
        np.testing.assert_allclose(rows[0], rows[1], atol=1e-6)


def test_a_mixed_batch_equals_one_by_one(method: Method, pairs: list[tuple[Query, Photo]]) -> None:
    sketch = pairs[0][0].sketches
    queries = [
        Query(text="mug", avoid=("red", "blue")),
        Query(sketches=sketch),
        Query(photo=pairs[1][1], avoid=("green",)),
        Query(sketches=sketch * 2, text="bottle", photo=pairs[2][1]),
    ]
    together = method.encode_queries(queries).vectors
    for query, row in zip(queries, together, strict=True):
        np.testing.assert_allclose(method.encode_queries([query]).vectors[0], row, atol=1e-5)


@pytest.mark.parametrize("query", [Query(), Query(text=" \n"), Query(avoid=("red",))])
def test_an_empty_query_is_refused(method: Method, query: Query) -> None:
    with pytest.raises(EmptyQuery, match="give a sketch, words or a reference photo"):
        method.encode_queries([query])


def test_bad_weights_are_refused(method: Method) -> None:
    with pytest.raises(UnknownName, match="known: avoid, photo, sketch, text"):
        one(method, text="mug", weights={"sketsh": 1.0})
    with pytest.raises(InputError, match="finite"):
        one(method, text="mug", weights={"text": float("nan")})
    with pytest.raises(InputError, match="cancel out or weigh nothing"):
        one(method, text="mug", weights={"text": 0.0})
    with pytest.raises(InputError, match="cancel out or weigh nothing"):
        one(method, text="mug", avoid=("mug",))


@pytest.mark.parametrize("weight", [1e-9, 1e39, 1e300])
def test_only_the_proportions_of_weights_matter(method: Method, weight: float) -> None:
    plain = one(method, text="mug", avoid=("red",), weights={"avoid": 0.5})
    scaled = one(method, text="mug", avoid=("red",), weights={"text": weight, "avoid": 0.5 * weight})
    np.testing.assert_allclose(scaled, plain, atol=1e-6)


@pytest.mark.parametrize("text", ["mug " * 2500, "🙂🙂", "红色的靴子", "a\x00b"])
def test_any_text_has_a_vector(method: Method, text: str) -> None:
    assert np.isfinite(one(method, text=text)).all()


def test_a_photo_may_come_from_memory_or_from_a_file(method: Method, tmp_path: Path) -> None:
    image = Image.fromarray(np.random.default_rng(0).integers(0, 255, (90, 70, 3), dtype=np.uint8))
    image.save(tmp_path / "photo.png")
    rows = method.encode_photos([Photo("a", image=image), Photo("b", path=tmp_path / "photo.png")]).vectors
    np.testing.assert_allclose(rows[0], rows[1], atol=1e-6)
    with pytest.raises(InputError, match="neither a picture nor a file"):
        method.encode_photos([Photo("c")])


def test_the_fingerprint_follows_the_weights(clip_folder: Path) -> None:
    first, second = stbir.load(clip_folder), stbir.load(clip_folder)
    assert first.fingerprint() == second.fingerprint()
    with torch.no_grad():
        second.backbone.clip.visual_projection.weight[0, 0] += 1e-3
    assert first.fingerprint() == second.fingerprint()  # known already
    assert second.train().fingerprint()["weights"] != first.fingerprint()["weights"]


def test_info_nce_equals_a_slow_loop() -> None:
    rng = torch.Generator().manual_seed(0)
    queries = torch.nn.functional.normalize(torch.randn(5, 8, generator=rng, dtype=torch.float64), dim=-1)
    photos = torch.nn.functional.normalize(torch.randn(5, 8, generator=rng, dtype=torch.float64), dim=-1)
    total = 0.0
    for i in range(5):
        forth = [float(torch.exp(7.0 * queries[i] @ photos[j])) for j in range(5)]
        back = [float(torch.exp(7.0 * queries[j] @ photos[i])) for j in range(5)]
        total -= np.log(forth[i] / sum(forth)) + np.log(back[i] / sum(back))
    assert float(info_nce(queries, photos, 7.0)) == pytest.approx(total / 10)


def test_the_loss_is_the_weighted_sum_of_its_pairs(method: Method, pairs: list[tuple[Query, Photo]]) -> None:
    batch = method.batch(pairs)
    with torch.inference_mode():
        terms = method.loss(batch)
    photos = torch.from_numpy(method.encode_photos([photo for _, photo in pairs]).vectors)
    scale = float(method.backbone.clip.logit_scale.detach().exp())
    for name, weight, keep in (("sketch", 1.0, (1, 0)), ("text", 0.5, (0, 1)), ("both", 0.7, (1, 1))):
        queries = [Query(q.sketches if keep[0] else (), q.text if keep[1] else None) for q, _ in pairs]
        vectors = torch.from_numpy(method.encode_queries(queries).vectors)
        assert float(terms[name]) == pytest.approx(weight * float(info_nce(vectors, photos, scale)), abs=1e-4)

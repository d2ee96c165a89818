"""Duet: which sentence each kind of query is, what weights do to it, where it starts, what is saved."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from worded import Pairs, four_pairs, new, varied

from stbir.errors import ConfigError, EmptyQuery, InputError
from stbir.functional.scoring import unit
from stbir.methods import load
from stbir.methods.duet import Duet
from stbir.nn.text import Sentence
from stbir.types import Floats, Photo, Query


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    return four_pairs()


@pytest.fixture(scope="module")
def method(clip_folder: Path, pairs: Pairs) -> Duet:
    return varied(clip_folder, pairs)


def vector(method: Duet, query: Query) -> Floats:
    return method.encode_queries([query]).vectors[0]


def told(method: Duet, *pieces: str | Tensor) -> Tensor:
    """A sentence put together word by word."""
    tower, tokenizer = method.backbone.text, method.backbone.preprocessing.tokenizer
    table = tower.model.embeddings.token_embedding
    ids = [
        table(torch.tensor(tokenizer(piece)["input_ids"][1:-1])) if isinstance(piece, str) else piece
        for piece in pieces
    ]
    rows = torch.cat([table(torch.tensor([tower.begin])), *ids, table(torch.tensor([tower.end]))])
    return unit(tower(Sentence(rows[None], torch.ones(1, len(rows), dtype=torch.bool))))[0]


def seen(method: Duet, picture: Query | Photo) -> Tensor:
    pictures = method.backbone.preprocessing
    if isinstance(picture, Photo):
        assert picture.image is not None
        pixels = method.backbone.normalise([pictures.photo(picture.image)])
    else:
        pixels = method.backbone.normalise([pictures.sketch(picture.sketches[0])])
    return unit(method.backbone.embed_pictures(pixels))[0]


def word(method: Duet, feature: Tensor) -> Tensor:
    return method.converter(feature[None] * len(feature) ** 0.5)


def test_the_network_from_picture_to_word(method: Duet) -> None:
    """Three layers, hidden ones four times as wide as CLIP's embedding, GELU and dropout 0.1 in between."""
    kinds = [type(part).__name__ for part in method.converter]
    assert kinds == ["Linear", "GELU", "Dropout", "Linear", "GELU", "Dropout", "Linear"]
    shapes = [tuple(value.shape) for name, value in method.converter.named_parameters() if "weight" in name]
    wide, narrow = method.dimension, method.backbone.text.width
    assert shapes == [(4 * wide, wide), (4 * wide, 4 * wide), (narrow, 4 * wide)]
    assert [part.p for part in method.converter if isinstance(part, torch.nn.Dropout)] == [0.1, 0.1]


@torch.no_grad()
def test_every_kind_of_query_is_its_sentence(method: Duet, pairs: Pairs) -> None:
    query, photo, prompt = pairs[0][0], pairs[1][1], method.prompt.words
    s, p, text = seen(method, query), seen(method, photo), "red leather boot"
    expected = {
        "sketch": (Query(query.sketches), told(method, prompt, word(method, s))),
        "words": (Query(text=text), told(method, text)),
        "photo": (Query(photo=photo), p),
        "sketch, words": (Query(query.sketches, text), told(method, prompt, word(method, s), text)),
        "photo, words": (Query(text=text, photo=photo), told(method, prompt, word(method, p), text)),
        "sketch, photo": (
            Query(query.sketches, photo=photo),
            told(method, prompt, word(method, s), word(method, p - s)),
        ),
        "all": (
            Query(query.sketches, text, photo),
            told(method, prompt, word(method, s), word(method, p - s), text),
        ),
    }
    together = method.encode_queries([asked for asked, _ in expected.values()]).vectors
    for (name, (_, vector)), row in zip(expected.items(), together, strict=True):
        np.testing.assert_allclose(row, vector.numpy(), atol=1e-5, err_msg=name)
    rows = np.stack([vector.numpy() for _, vector in expected.values()])
    assert (rows @ rows.T - np.eye(len(rows)) < 0.999).all()


def test_words_change_what_a_sketch_means(method: Duet, pairs: Pairs) -> None:
    """A sentence is no mean of its parts: the vector leaves the plane of sketch and words."""
    query = pairs[0][0]
    both, sketch, words = (vector(method, asked) for asked in (query, Query(query.sketches), Query(text=query.text)))
    inside, *_ = np.linalg.lstsq(np.stack([sketch, words], axis=1), both)
    assert np.linalg.norm(both - inside[0] * sketch - inside[1] * words) > 0.1


@torch.no_grad()
def test_several_sketches_are_one_word(method: Duet, pairs: Pairs) -> None:
    queries = [query for query, _ in pairs[:3]]
    mean = unit(torch.stack([seen(method, query) for query in queries]).mean(dim=0))
    got = vector(method, Query(tuple(query.sketches[0] for query in queries), "red boot"))
    expected = told(method, method.prompt.words, word(method, mean), "red boot")
    np.testing.assert_allclose(got, expected.numpy(), atol=1e-5)


def test_weights_say_parts_again(method: Duet, pairs: Pairs) -> None:
    query = pairs[0][0]
    both, sketch, words = (vector(method, asked) for asked in (query, Query(query.sketches), Query(text=query.text)))

    def weighted(**weights: float) -> Floats:
        return vector(method, Query(query.sketches, query.text, weights=weights))

    def norm(row: Floats) -> Floats:
        return row / np.linalg.norm(row)

    np.testing.assert_allclose(weighted(sketch=2.0, text=2.0), both, atol=1e-5)
    np.testing.assert_allclose(weighted(text=0.0), sketch, atol=1e-5)
    np.testing.assert_allclose(weighted(sketch=0.0), words, atol=1e-5)
    np.testing.assert_allclose(weighted(text=0.25), norm(0.25 * both + 0.75 * sketch), atol=1e-5)
    np.testing.assert_allclose(weighted(text=3.0), norm(both + 2 * words), atol=1e-5)
    np.testing.assert_allclose(weighted(text=-0.5), norm(sketch - 0.5 * words), atol=1e-5)
    with pytest.raises(InputError, match="weigh nothing"):
        weighted(text=0.0, sketch=0.0)
    with pytest.raises(InputError, match="finite"):
        weighted(text=float("nan"))


def test_a_part_that_weighs_little_fades_in(method: Duet, pairs: Pairs) -> None:
    query, photo = pairs[0][0], pairs[1][1]
    without = vector(method, query)
    faint = vector(method, Query(query.sketches, query.text, photo, weights={"photo": 1e-5}))
    np.testing.assert_allclose(faint, without, atol=1e-4)


def test_what_to_avoid_is_subtracted(method: Duet, pairs: Pairs) -> None:
    query = pairs[0][0]
    both, laces, holes = (vector(method, asked) for asked in (query, Query(text="laces"), Query(text="holes")))
    got = vector(method, Query(query.sketches, query.text, avoid=("laces", "holes", " "), weights={"avoid": 0.6}))
    expected = both - 0.3 * laces - 0.3 * holes
    np.testing.assert_allclose(got, expected / np.linalg.norm(expected), atol=1e-5)


def test_no_query_no_vector(method: Duet) -> None:
    assert method.encode_queries([]).vectors.shape == (0, method.dimension)
    with pytest.raises(EmptyQuery):
        method.encode_queries([Query(avoid=("laces",))])


def test_a_novel_is_cut_and_the_sketch_stays(method: Duet, pairs: Pairs) -> None:
    sketches = pairs[0][0].sketches
    long, longer = (vector(method, Query(sketches, "red leather boot " * times)) for times in (40, 50))
    np.testing.assert_allclose(long, longer, atol=1e-6)
    assert not np.allclose(long, vector(method, Query(pairs[1][0].sketches, "red leather boot " * 40)), atol=1e-3)


def test_it_starts_as_words_of_clip(clip_folder: Path) -> None:
    method = new(clip_folder, prompt="red leather boot with", prompt_words=3)
    table = method.backbone.text.model.embeddings.token_embedding.weight
    ids = method.backbone.preprocessing.tokenizer("red leather boot")["input_ids"][1:-1]
    torch.testing.assert_close(method.prompt.words.detach(), table[ids].detach())
    again = new(clip_folder, prompt="red", prompt_words=3)
    torch.testing.assert_close(again.prompt.words.detach(), table[[ids[0]] * 3].detach())
    sizes = method.word(unit(torch.randn(64, 32, generator=torch.Generator().manual_seed(0)))).square().mean().sqrt()
    assert 0.5 < float(sizes.detach() / table.detach().square().mean().sqrt()) < 2
    assert new(clip_folder).fingerprint() == new(clip_folder).fingerprint()


def test_wrong_settings_are_refused(clip_folder: Path) -> None:
    with pytest.raises(ConfigError, match="room for 20"):
        new(clip_folder, prompt_words=21)
    with pytest.raises(ConfigError, match="a word to start from"):
        new(clip_folder, prompt="  ")
    assert new(clip_folder, prompt_words=20).prompt.words.shape == (20, 32)


def test_captions_are_not_needed_but_sketches_are(method: Duet, pairs: Pairs) -> None:
    query, photo = pairs[0]
    assert method.batch([(Query(query.sketches), photo)]).ids.shape[0] == 1
    with pytest.raises(InputError, match="needs a sketch for every photo"):
        method.batch([(Query(text="boot"), photo)])


def test_what_it_imagines_is_a_picture(method: Duet, pairs: Pairs) -> None:
    queries = [query for query, _ in pairs]
    drawings = method.draw(queries, batch_size=3)
    assert (drawings.shape, drawings.dtype) == ((4, 64, 64, 3), np.uint8)
    np.testing.assert_allclose(drawings[3].astype(int), method.draw(queries[3:])[0].astype(int), atol=1)
    assert (drawings[0] != drawings[1]).any()
    assert method.draw([]).shape == (0, 64, 64, 3)


def test_it_is_saved_and_loaded(method: Duet, tmp_path: Path, pairs: Pairs) -> None:
    method.save(tmp_path)
    again = load(tmp_path)
    assert isinstance(again, Duet)
    assert again.fingerprint() == method.fingerprint()
    queries = [query for query, _ in pairs]
    np.testing.assert_array_equal(again.encode_queries(queries).vectors, method.encode_queries(queries).vectors)
    np.testing.assert_array_equal(again.draw(queries), method.draw(queries))

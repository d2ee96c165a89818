"""Pic2Word: its loss against a slow loop, a CLIP that stays frozen, and how queries become sentences."""

import copy
import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from torch import Tensor

from stbir.data import drawn
from stbir.errors import EmptyQuery, InputError
from stbir.functional.scoring import unit
from stbir.methods import build
from stbir.methods.pic2word import Pic2Word, Pic2WordConfig, Pic2WordObjective
from stbir.nn.clip import load_backbone
from stbir.nn.freezing import free_only
from stbir.testing.method import small_backbone, ten_pairs
from stbir.types import Floats, Photo, Query

Pairs = list[tuple[Query, Photo]]


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    return [drawn.draw("boot", seed, size=64).pair() for seed in range(4)]


@pytest.fixture(scope="module")
def method(clip_folder: Path) -> Pic2Word:
    made = build("pic2word", load_backbone(str(clip_folder))).eval()
    assert isinstance(made, Pic2Word)
    return made


def sentence(method: Pic2Word, picture: Tensor, words: str | None = None, *, template: str = "a photo of *") -> Tensor:
    """T(...) by hand: the tokens of the words, the pseudo-word put among their embeddings, the tower's layers."""
    clip, tokens = method.backbone.clip, method.backbone.preprocessing.text
    hidden = method.converter[0](picture)
    hidden = method.converter[3](hidden.clamp(min=0))
    word = method.converter[6](hidden.clamp(min=0))
    before, _, behind = template.replace("{text}", words or "").partition("*")
    table = clip.text_model.embeddings.token_embedding.weight
    row = [table[i] for i in tokens([before])[0][0][:-1]] + [word] + [table[i] for i in tokens([behind])[0][0][1:]]
    embedded = torch.stack(row)[None] + clip.text_model.embeddings.position_embedding.weight[: len(row)]
    causal = torch.full((1, 1, len(row), len(row)), -1e9).triu(1)
    for layer in clip.text_model.encoder.layers:
        embedded = layer(embedded, causal)
    return unit(clip.text_projection(clip.text_model.final_layer_norm(embedded[0, -1])))


def slow_contrast(says: list[Tensor], shows: list[Tensor], scale: float) -> float:
    """Both directions of the contrast, entry by entry."""
    total = 0.0
    for one, other in ((says, shows), (shows, says)):
        for i, row in enumerate(one):
            scores = [math.exp(scale * float(row @ column)) for column in other]
            total -= math.log(scores[i] / sum(scores))
    return total / (2 * len(says))


@pytest.mark.parametrize("normalised", [False, True])
def test_the_loss_equals_a_slow_loop(method: Pic2Word, pairs: Pairs, normalised: bool) -> None:
    pupil = Pic2Word(method.backbone, Pic2WordConfig(normalised=normalised)).eval()
    batch = pupil.batch(pairs)
    with torch.no_grad():
        features = pupil.backbone.embed_pictures(pupil.see(batch.photos))
        shown = unit(features) if normalised else features
        photos = [*unit(features)]
        drawings = pupil.backbone.embed_pictures(pupil.backbone.normalise(batch.sketches))
        own = pupil.loss(batch)
        both = pupil.loss(batch, Pic2WordObjective(pictures="both"))
        says = [sentence(pupil, picture) for picture in shown]
        drawn_says = [sentence(pupil, picture) for picture in (unit(drawings) if normalised else drawings)]
        scale = float(pupil.backbone.clip.logit_scale.exp())
    assert set(own) == {"photo"}
    assert float(own["photo"]) == pytest.approx(slow_contrast(says, photos, scale), rel=1e-4)
    assert float(both["photo"]) == pytest.approx(slow_contrast(says, photos, scale) / 2, rel=1e-4)
    assert float(both["sketch"]) == pytest.approx(slow_contrast(drawn_says, photos, scale) / 2, rel=1e-4)


def test_it_needs_neither_sketches_nor_words(method: Pic2Word, pairs: Pairs) -> None:
    batch = method.batch(pairs)
    blank = dataclasses.replace(batch, sketches=np.zeros_like(batch.sketches), ids=torch.zeros_like(batch.ids))
    with torch.no_grad():
        assert method.loss(batch)["photo"] == method.loss(blank)["photo"]


def test_another_photo_of_an_object_is_no_wrong_answer(method: Pic2Word, pairs: Pairs) -> None:
    batch = method.batch(pairs)
    with torch.no_grad():
        apart = method.loss(batch)["photo"]
        alike = method.loss(dataclasses.replace(batch, instances=("a", "a", "b", "c")))["photo"]
    assert float(alike) < float(apart)


@pytest.mark.parametrize("pictures", ["photos", "both"])
def test_the_converter_learns_and_clip_stays(method: Pic2Word, pairs: Pairs, pictures: str) -> None:
    pupil = copy.deepcopy(method)
    before = copy.deepcopy(pupil.state_dict())
    free_only(pupil, ["converter.*"])
    objective = Pic2WordObjective.model_validate({"pictures": pictures})
    torch.stack(list(pupil.loss(pupil.batch(pairs), objective).values())).sum().backward()
    torch.optim.Adam([p for p in pupil.parameters() if p.requires_grad], lr=1e-3, eps=1e-30).step()
    moved = {name for name, value in pupil.state_dict().items() if not torch.equal(value, before[name])}
    assert moved == {name for name in before if name.startswith("converter.")}


def test_known_rows_are_not_computed(method: Pic2Word, pairs: Pairs, monkeypatch: pytest.MonkeyPatch) -> None:
    """With unit length, a frozen picture tower runs once for a whole training."""
    pupil = Pic2Word(method.backbone, Pic2WordConfig(normalised=True)).eval()
    batch = pupil.batch(pairs)
    with torch.no_grad():
        expected = pupil.loss(batch)["photo"]
        known = dataclasses.replace(batch, embedded={"photo": pupil.rows(batch, "photo")})
        monkeypatch.setattr(type(pupil.backbone), "embed_pictures", lambda *_: pytest.fail("a frozen tower ran"))
        assert float(pupil.loss(known)["photo"]) == pytest.approx(float(expected), rel=1e-5)


def test_the_published_network() -> None:
    """2 x (Linear, ReLU, Dropout 0.1) and Linear, 512 wide, started alike whatever was drawn from the dice before."""
    backbone = small_backbone(["red"])
    first = build("pic2word", backbone)
    torch.rand(3)
    second = build("pic2word", backbone)
    assert isinstance(first, Pic2Word)
    kinds = [type(part).__name__ for part in first.converter.children()]
    assert kinds == ["Linear", "ReLU", "Dropout", "Linear", "ReLU", "Dropout", "Linear"]
    assert [p.shape for n, p in first.converter.named_parameters() if "weight" in n] == [
        (512, 32),
        (512, 512),
        (64, 512),
    ]
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))


def test_queries_are_sentences(method: Pic2Word, pairs: Pairs) -> None:
    query, photo = pairs[0]
    pixels = method.backbone.normalise([method.backbone.preprocessing.sketch(query.sketches[0])])
    with torch.no_grad():
        drawing = method.backbone.embed_pictures(pixels)[0]
        shown = method.backbone.embed_pictures(method.see(method.batch(pairs).photos))[0]
        template = "a photo of *, {text}"
        expected = [
            sentence(method, drawing),
            sentence(method, drawing, "red leather boot", template=template),
            sentence(method, shown),
            sentence(method, shown, "red leather boot", template=template),
            unit(method.backbone.embed_texts(*method.backbone.preprocessing.text(["red leather boot"])))[0],
        ]
    asked = [
        Query(query.sketches),
        Query(query.sketches, "red leather boot"),
        Query(photo=photo),
        Query(photo=photo, text="red leather boot"),
        Query(text="red leather boot"),
    ]
    rows = method.encode_queries(asked).vectors
    assert np.allclose(rows, torch.stack(expected).numpy(), atol=1e-5)
    assert np.abs(rows[1] - rows[0]).max() > 1e-3


def vector(method: Pic2Word, query: Query) -> Floats:
    return method.encode_queries([query]).vectors[0]


def mean(*parts: tuple[Floats, float]) -> Floats:
    total = sum(weight * row for row, weight in parts)
    return total / np.linalg.norm(total)


def test_weights_shift_between_sentences(method: Pic2Word, pairs: Pairs) -> None:
    sketches, text = pairs[0][0].sketches, "red leather boot"
    both, alone, words = (vector(method, q) for q in (Query(sketches, text), Query(sketches), Query(text=text)))

    def weighted(**weights: float) -> Floats:
        return vector(method, Query(sketches, text, weights=weights))

    assert np.allclose(weighted(sketch=2.0, text=2.0), both, atol=1e-5)
    assert np.allclose(weighted(text=0.0), alone, atol=1e-5)
    assert np.allclose(weighted(sketch=0.0), words, atol=1e-5)
    assert np.allclose(weighted(sketch=0.7), mean((both, 0.7), (words, 0.3)), atol=1e-5)
    assert np.allclose(weighted(sketch=1.5, text=0.5), mean((both, 0.5), (alone, 1.0)), atol=1e-5)
    assert np.allclose(weighted(text=-0.5), mean((alone, 1.0), (words, -0.5)), atol=1e-5)
    with pytest.raises(InputError, match="cancel out or weigh nothing"):
        weighted(sketch=0.0, text=0.0)


def test_several_pictures_and_what_to_avoid(method: Pic2Word, pairs: Pairs) -> None:
    (first, photo), (second, _) = pairs[:2]
    text = "red leather boot"
    one, two = (vector(method, Query(some.sketches, text)) for some in (first, second))
    shown, laces = vector(method, Query(photo=photo, text=text)), vector(method, Query(text="black laces"))
    many = (*first.sketches, *second.sketches)
    assert np.allclose(vector(method, Query(many, text)), mean((one, 1), (two, 1)), atol=1e-5)
    assert np.allclose(vector(method, Query(first.sketches, text, photo)), mean((one, 1), (shown, 1)), atol=1e-5)
    asked = Query(first.sketches, text, avoid=("black laces",), weights={"avoid": 0.5})
    assert np.allclose(vector(method, asked), mean((one, 1), (laces, -0.5)), atol=1e-5)


def test_a_query_does_not_depend_on_its_neighbours(method: Pic2Word, pairs: Pairs) -> None:
    queries = [q for query, photo in pairs for q in (query, Query(query.sketches), Query(photo=photo, text="boot"))]
    together = method.encode_queries(queries, batch_size=3).vectors
    assert np.allclose(together, [vector(method, query) for query in queries], atol=1e-5)
    assert method.encode_queries([]).vectors.shape == (0, method.dimension)
    with pytest.raises(EmptyQuery):
        method.encode_queries([queries[0], Query(avoid=("red",))])


def test_a_long_text_keeps_the_picture(method: Pic2Word, pairs: Pairs) -> None:
    sketches = [query.sketches for query, _ in pairs[:2]]
    one, two = (vector(method, Query(some, "red leather boot " * 40)) for some in sketches)
    assert not np.allclose(one, two, atol=1e-5)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"prompt": "a photo"}, r"exactly one \*"),
        ({"composed": "* and *, {text}"}, r"exactly one \*"),
        ({"composed": "a photo of *"}, r"needs \{text\} once"),
    ],
)
def test_sentences_without_a_place_are_refused(settings: dict[str, str], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Pic2WordConfig.model_validate(settings)


@pytest.mark.parametrize("pictures", ["photos", "both"])
def test_photos_alone_teach_photos_and_pairs_teach_sketches(pictures: str) -> None:
    """On a CLIP that knows nothing everything learns: ten photos by their words, and with "both" ten sketches too."""
    pairs = ten_pairs()
    pupil = build("pic2word", small_backbone([query.text or "" for query, _ in pairs]))
    batch, objective = pupil.batch(pairs), Pic2WordObjective.model_validate({"pictures": pictures})
    free_only(pupil, ["*"])
    torch.manual_seed(0)
    optimiser = torch.optim.AdamW(pupil.parameters(), lr=3e-4, weight_decay=0.0)
    # without warm-up the first steps throw the weights so far that rounding decides how long the way back is
    warm_up = torch.optim.lr_scheduler.LinearLR(optimiser, 0.02, total_iters=60)
    for _ in range(180):
        optimiser.zero_grad()
        torch.stack(list(pupil.loss(batch, objective).values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(pupil.parameters(), 1.0)
        optimiser.step()
        warm_up.step()
    gallery = pupil.eval().encode_photos([photo for _, photo in pairs]).vectors
    asked = [[Query(photo=photo) for _, photo in pairs], [Query(query.sketches) for query, _ in pairs]]
    right = [
        int(((pupil.encode_queries(some).vectors @ gallery.T).argmax(axis=1) == np.arange(10)).sum()) for some in asked
    ]
    assert right[0] == 10
    assert (right[1] == 10) == (pictures == "both")

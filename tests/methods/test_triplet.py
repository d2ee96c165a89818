"""The triplet baseline: its loss against a slow loop, and the published case without words."""

import dataclasses
from pathlib import Path

import pytest
import torch

import stbir
from stbir.data import drawn
from stbir.methods import build
from stbir.methods.base import Method
from stbir.methods.batch import Negatives
from stbir.methods.triplet import TripletObjective
from stbir.nn.clip import load_backbone
from stbir.types import Photo, Query

EACH = 2


@pytest.fixture(scope="module")
def pairs() -> list[tuple[Query, Photo]]:
    return [drawn.draw("boot", seed, size=64).pair() for seed in range(4)]


@pytest.fixture(scope="module")
def method(clip_folder: Path) -> Method:
    return build("triplet", load_backbone(str(clip_folder))).eval()


def test_triplets_equal_a_slow_loop(method: Method, pairs: list[tuple[Query, Photo]]) -> None:
    wrong = method.batch([drawn.draw("bag", seed, size=64).pair() for seed in range(EACH * 4)]).photos
    batch = method.batch(pairs)
    with torch.no_grad():
        own = method.loss(batch)["triplet"]
        given = method.loss(dataclasses.replace(batch, negatives=Negatives(EACH, photos=wrong)))["triplet"]
        sketches, photos = method.rows(batch, "sketch"), method.rows(batch, "photo")
        others = method.embed_photos(method.see(wrong))
    hinges = [
        max(0.0, 0.2 + float((sketches[i] - photos[i]).norm() - (sketches[i] - n).norm()))
        for i in range(4)
        for n in others[EACH * i : EACH * (i + 1)]
    ]
    assert float(given) == pytest.approx(sum(hinges) / len(hinges), abs=1e-5)
    hinges = [
        max(0.0, 0.2 + float((sketches[i] - photos[i]).norm() - (sketches[i] - photos[j]).norm()))
        for i in range(4)
        for j in range(4)
        if i != j
    ]
    assert float(own) == pytest.approx(sum(hinges) / len(hinges), abs=1e-5)


def test_without_words_the_text_tower_learns_nothing(method: Method, pairs: list[tuple[Query, Photo]]) -> None:
    pupil = method.requires_grad_(True)
    terms = pupil.loss(pupil.batch(pairs), TripletObjective(text=0.0))
    assert set(terms) == {"triplet"}
    terms["triplet"].backward()
    for name, parameter in pupil.named_parameters():
        if name.startswith("backbone.clip.text"):
            assert parameter.grad is None
        elif name.startswith(("sketch.", "backbone.clip.vision_model.")):
            assert parameter.grad is not None
            assert torch.isfinite(parameter.grad).all()


def test_a_sketch_that_is_its_photo_has_a_finite_slope(method: Method, pairs: list[tuple[Query, Photo]]) -> None:
    batch = method.batch(pairs)
    rows = method.rows(batch, "photo").detach()
    photos = rows.clone().requires_grad_(True)
    known = dataclasses.replace(batch, embedded={"sketch": rows, "photo": photos})
    method.loss(known, TripletObjective(text=0.0, margin=2.0))["triplet"].backward()
    assert photos.grad is not None
    assert torch.isfinite(photos.grad).all()


def test_it_hands_its_encoders_to_stbir() -> None:
    tiny = stbir.load("tiny")
    first = build("triplet", tiny.backbone, {"sketch": "lines"})
    first.inherit(tiny)
    with torch.no_grad():
        first.get_parameter("sketch.projection.bias").add_(0.1)
    second = build("stbir", tiny.backbone, {"sketch": "lines"})
    second.inherit(first)
    query, _ = drawn.draw("hat", 0, size=128).pair()
    ours, theirs = (some.eval().encode_queries([query]).vectors for some in (first, second))
    assert (ours == theirs).all()
    assert not (ours == tiny.encode_queries([query]).vectors).all()

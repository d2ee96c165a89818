"""What the tests of Duet share: four different drawings, and weights under which they become four different words."""

from pathlib import Path

import torch
from torch import nn

from stbir.data import drawn
from stbir.methods import build
from stbir.methods.duet import Duet
from stbir.nn.clip import load_backbone
from stbir.types import Photo, Query

Pairs = list[tuple[Query, Photo]]


def four_pairs() -> Pairs:
    return [drawn.draw(family, 0, size=64).pair() for family in ("boot", "chair", "lamp", "mug")]


def new(folder: Path, **settings: object) -> Duet:
    method = build("duet", load_backbone(str(folder)), {"decoder_channels": 64, **settings}).eval()
    assert isinstance(method, Duet)
    return method


@torch.no_grad()
def varied(folder: Path, pairs: Pairs) -> Duet:
    """A method with weights that no start would give: under those of a start all vectors are nearly the same.

    Its towers look at all their tokens about alike, and the words of the drawings are moved apart, so that a row that
    is taken for another one is noticed.
    """
    method = new(folder)
    for name, value in method.named_parameters():
        if not name.endswith("bias"):
            value.add_(0.1 * torch.randn(value.shape, generator=torch.Generator().manual_seed(value.numel())))
        if "q_proj" in name or "k_proj" in name:
            value.mul_(0.1)
    last = method.converter[-1]
    assert isinstance(last, nn.Linear)
    sketches = method.features(method.backbone.normalise(method.batch(pairs).sketches))
    last.bias.sub_(method.word(sketches).mean(dim=(0, 1)))
    for value in last.parameters():
        value.mul_(10)
    return method

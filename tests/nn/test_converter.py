"""Pictures as words and vectors as pictures: the sizes are those that are promised."""

from itertools import pairwise

import pytest
import torch
from torch import nn

from stbir.nn.converter import Activation, Converter, ConverterConfig
from stbir.nn.decoder import Decoder, default_channels


@pytest.mark.parametrize(
    ("settings", "hidden", "kind", "drop"),
    [
        ({}, 4 * 32, nn.GELU, 0.1),
        ({"times": 1, "activation": "relu"}, 32, nn.ReLU, 0.1),
        ({"dropout": 0.5}, 4 * 32, nn.GELU, 0.5),
    ],
    ids=["duet", "pic2word", "searle"],
)
def test_the_published_converters(
    settings: dict[str, int | float | Activation], hidden: int, kind: type[nn.Module], drop: float
) -> None:
    converter = Converter(32, 24, ConverterConfig.model_validate(settings))
    linear = [(layer.in_features, layer.out_features) for layer in converter.layers if isinstance(layer, nn.Linear)]
    assert linear == [(32, hidden), (hidden, hidden), (hidden, 24)]
    others = [layer for layer in converter.layers if not isinstance(layer, nn.Linear)]
    assert [type(layer) for layer in others] == [kind, nn.Dropout] * 2
    assert {layer.p for layer in others if isinstance(layer, nn.Dropout)} == {drop}
    rows = torch.randn(5, 32, generator=torch.Generator().manual_seed(0))
    by_hand = rows
    for layer in converter.eval().layers:
        by_hand = layer(by_hand)
    torch.testing.assert_close(converter(rows), by_hand)


def test_one_layer_is_linear() -> None:
    converter = Converter(8, 4, ConverterConfig(layers=1))
    assert [type(layer) for layer in converter.layers] == [nn.Linear]


@pytest.mark.parametrize("channels", [64, 192, 512])
def test_the_decoder_draws_one_picture_at_a_time(channels: int) -> None:
    decoder = Decoder(24, channels=channels).eval()
    rows = nn.functional.normalize(torch.randn(3, 24, generator=torch.Generator().manual_seed(0)), dim=1)
    with torch.no_grad():
        pictures = decoder(rows)
        torch.testing.assert_close(decoder(rows[1:2])[0], pictures[1], atol=1e-5, rtol=1e-5)
    assert pictures.shape == (3, 3, 64, 64)
    assert 0 < float(pictures.min()) < float(pictures.max()) < 1
    convolutions = [part for part in decoder.modules() if isinstance(part, nn.Conv2d)]
    sizes = [max(16, channels // 2**block) for block in range(5)]
    assert [(part.in_channels, part.out_channels) for part in convolutions] == [
        *pairwise(sizes),
        (sizes[4], 3),
    ]


def test_channels_follow_the_embedding() -> None:
    assert [default_channels(size) for size in (32, 256, 512, 768)] == [64, 256, 512, 768]

"""Pictures as words and vectors as pictures: the sizes are those that are promised."""

from itertools import pairwise

import pytest
import torch
from torch import nn

from stbir.nn.converter import Activation, Converter, word_size
from stbir.nn.decoder import Decoder, default_channels


@pytest.mark.parametrize(("activation", "kind"), [("gelu", nn.GELU), ("relu", nn.ReLU)])
def test_activation_and_dropout_stand_between_the_layers(activation: Activation, kind: type[nn.Module]) -> None:
    converter = Converter(32, 24, hidden=48, activation=activation, dropout=0.3)
    assert [type(part) for part in converter] == [nn.Linear, kind, nn.Dropout] * 2 + [nn.Linear]
    linear = [(part.in_features, part.out_features) for part in converter if isinstance(part, nn.Linear)]
    assert linear == [(32, 48), (48, 48), (48, 24)]
    assert {part.p for part in converter if isinstance(part, nn.Dropout)} == {0.3}


def test_one_layer_is_linear() -> None:
    converter = Converter(8, 4, hidden=16, layers=1, activation="gelu", dropout=0.1)
    assert [type(part) for part in converter] == [nn.Linear]


@torch.no_grad()
def test_what_comes_out_at_the_start_is_as_large_as_real_words() -> None:
    torch.manual_seed(0)
    converter = Converter(256, 256, hidden=1024, activation="relu", dropout=0.1, size=0.02).eval()
    assert word_size(converter(torch.randn(64, 256))) == pytest.approx(0.02, rel=0.1)
    usual = Converter(256, 256, hidden=1024, activation="relu", dropout=0.1)
    assert all(float(layer.bias.std()) > 0 for layer in usual if isinstance(layer, nn.Linear))


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

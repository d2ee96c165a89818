"""From what a picture looks like to a word: a small network whose output stands among the words of a sentence."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from pydantic import Field
from torch import Tensor, nn

from stbir.config import Settings

Activation = Literal["gelu", "relu"]


class ConverterConfig(Settings):
    """How a visual feature becomes a pseudo-word; a hidden layer is `times` as wide as the feature.

    Duet's size is not published; the defaults are our choice in the family of its neighbours. Pic2Word is
    `times = 1, activation = "relu", dropout = 0.1`; SEARLE is `times = 4, activation = "gelu", dropout = 0.5`.
    """

    layers: int = Field(default=3, ge=1)
    times: int = Field(default=4, ge=1)
    activation: Activation = "gelu"
    dropout: float = Field(default=0.1, ge=0, lt=1)


class Converter(nn.Module):
    """`layers` linear layers, with activation and dropout in between: (batch, wide) to (batch, narrow).

    Weights keep the size of what passes, for features whose components are about 1. What comes out has components of
    about `size` at the start: as large as those of real words, a pseudo-word neither drowns them nor drowns (DESIGN).
    """

    def __init__(self, wide: int, narrow: int, config: ConverterConfig, *, size: float = 1.0) -> None:
        super().__init__()
        sizes = [wide, *[config.times * wide] * (config.layers - 1), narrow]
        parts: list[nn.Module] = []
        for number, (before, after) in enumerate(pairwise(sizes)):
            if number:
                parts += [nn.GELU() if config.activation == "gelu" else nn.ReLU(), nn.Dropout(config.dropout)]
            layer, last = nn.Linear(before, after), number == config.layers - 1
            nn.init.normal_(layer.weight, std=size * before**-0.5 if last else (2 / before) ** 0.5)
            nn.init.zeros_(layer.bias)
            parts.append(layer)
        self.layers = nn.Sequential(*parts)

    def forward(self, features: Tensor) -> Tensor:
        return self.layers(features)


def word_size(table: Tensor) -> float:
    """The root mean square of the components of a table of word embeddings (words, width).

    >>> word_size(Tensor([[3.0, -3.0], [3.0, 3.0]]))
    3.0
    """
    return float(table.detach().float().square().mean().sqrt())

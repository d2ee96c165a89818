"""From what a picture looks like to a word: a small network whose output stands among the words of a sentence.

Three methods have one, all of three linear layers. Pic2Word's (Saito et al., CVPR 2023): hidden layers 512 wide, ReLU,
dropout 0.1. SEARLE's (Baldrati et al., ICCV 2023): four times as wide as CLIP's embedding, GELU, dropout 0.5. Duet
(Koley et al., CVPR 2024) does not publish its own; `ConverterConfig` is our choice in that family.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from pydantic import Field
from torch import Tensor, nn

from stbir.config import Settings

Activation = Literal["gelu", "relu"]


class ConverterConfig(Settings):
    """What can be said of Duet's converter; hidden layers are `times` as wide as the feature."""

    layers: int = Field(default=3, ge=1)
    times: int = Field(default=4, ge=1)
    activation: Activation = "gelu"
    dropout: float = Field(default=0.1, ge=0, lt=1)


class Converter(nn.Sequential):
    """`layers` linear layers with activation and dropout in between: (batch, wide) to (batch, narrow).

    Pic2Word's code drops before its ReLU, which gives the same numbers.

    Weights start as PyTorch starts them, as in Pic2Word and SEARLE, unless `size` says how large the components of real
    words are. Then they keep the size of what passes, for features whose components are about 1, and what comes out has
    components of about `size`: a pseudo-word neither drowns the real ones nor drowns (DESIGN).
    """

    def __init__(
        self,
        wide: int,
        narrow: int,
        *,
        hidden: int,
        layers: int = 3,
        activation: Activation,
        dropout: float,
        size: float | None = None,
    ) -> None:
        parts: list[nn.Module] = []
        for number, (before, after) in enumerate(pairwise([wide, *[hidden] * (layers - 1), narrow])):
            if number:
                parts += [nn.GELU() if activation == "gelu" else nn.ReLU(), nn.Dropout(dropout)]
            layer, last = nn.Linear(before, after), number == layers - 1
            if size is not None:
                nn.init.normal_(layer.weight, std=size * before**-0.5 if last else (2 / before) ** 0.5)
                nn.init.zeros_(layer.bias)
            parts.append(layer)
        super().__init__(*parts)


def word_size(table: Tensor) -> float:
    """The root mean square of the components of a table of word embeddings (words, width).

    >>> word_size(Tensor([[3.0, -3.0], [3.0, 3.0]]))
    3.0
    """
    return float(table.detach().float().square().mean().sqrt())

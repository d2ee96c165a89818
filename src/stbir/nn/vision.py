"""The picture tower of CLIP as parts: patches in, every layer's tokens out, prompts at any layer."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

if TYPE_CHECKING:
    from transformers import CLIPVisionModel

Prompts = Mapping[int, Tensor]
"""Prompt tokens by the layer they enter, counted from 0: (count, width) or (batch, count, width)."""
Layer = Callable[[int, Tensor], Tensor]
"""Runs one layer, given its number from 0 and the tokens that enter it, in another way than CLIP does."""


@dataclass(frozen=True)
class VisionTower:
    """A view on the vision half of a `CLIPModel`; it shares the weights and owns none.

    Tokens have the shape (batch, 1 + patches [+ prompts], width): the class token first, then the
    patches row by row, then the prompts.
    """

    model: CLIPVisionModel
    projection: nn.Module

    @property
    def depth(self) -> int:
        return len(self.model.encoder.layers)

    @property
    def width(self) -> int:
        return int(self.model.config.hidden_size)

    @property
    def patches(self) -> int:
        return int(self.model.embeddings.num_patches)

    def embed(self, pixels: Tensor) -> Tensor:
        """Turn pixels (batch, 3, side, side) into class and patch tokens with positions, before any norm."""
        return self.model.embeddings(pixels)

    def run(
        self,
        tokens: Tensor,
        *,
        prompts: Prompts | None = None,
        start: int = 0,
        stop: int | None = None,
        behind: int = 0,
        through: Layer | None = None,
    ) -> list[Tensor]:
        """Send tokens through the layers `start` to `stop` and return what enters and leaves each of them.

        Prompts are put behind the other tokens. Those of layer 0 go through CLIP's first norm like the
        patches; at a later layer the prompts found there are replaced (deep prompting), or appended
        where there were none. A run that starts later than layer 0 takes tokens that a run returned;
        `behind` says how many of them, at the end, are prompts. `through` runs the layers in place of CLIP's own way.
        """
        prompts = prompts or {}
        stop = self.depth if stop is None else stop
        inside = tokens.shape[1] - behind
        if start == 0:
            tokens = self.model.pre_layrnorm(_behind(tokens, inside, prompts.get(0)))
        states = [tokens]
        for layer in range(start, stop):
            if layer in prompts and layer > 0:
                tokens = _behind(tokens, inside, prompts[layer])
            tokens = through(layer, tokens) if through else self.model.encoder.layers[layer](tokens, None)
            states.append(tokens)
        return states

    def pool(self, tokens: Tensor) -> Tensor:
        """Project the class token of the last layer's tokens into the shared space: (batch, dimension)."""
        return self.projection(self.model.post_layernorm(tokens[:, 0]))

    def project_patches(self, tokens: Tensor) -> Tensor:
        """Project the patch tokens into the shared space: (batch, patches, dimension)."""
        return self.projection(self.model.post_layernorm(tokens[:, 1 : 1 + self.patches]))

    def grid(self, tokens: Tensor, cells: int) -> Tensor:
        """Average the last layer's patch tokens, normed, over a square grid: (batch, cells * cells, width)."""
        patches = self.model.post_layernorm(tokens[:, 1 : 1 + self.patches])
        side = math.isqrt(self.patches)
        picture = patches.transpose(1, 2).unflatten(2, (side, side))
        return F.adaptive_avg_pool2d(picture, cells).flatten(2).transpose(1, 2)

    def __call__(self, pixels: Tensor, *, prompts: Prompts | None = None) -> Tensor:
        """Embed pixels (batch, 3, side, side) in the shared space, not normalised: (batch, dimension)."""
        return self.pool(self.run(self.embed(pixels), prompts=prompts)[-1])


def _behind(tokens: Tensor, inside: int, prompt: Tensor | None) -> Tensor:
    if prompt is None:
        return tokens
    rows = prompt.expand(tokens.shape[0], *prompt.shape[-2:])
    return torch.cat([tokens[:, :inside], rows.to(tokens.dtype)], dim=1)

"""Text-driven side-way scaling: low-rank additions to a picture tower, scaled by what a category's name means.

"Dual-Modal Prompting" (Gao et al., arXiv 2404.18695), its textual prompting module.
"""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from stbir.nn.vision import Layer, VisionTower


class Sideway(nn.Module):
    """Low-rank branches beside the attention and the MLP of every layer, of rank r <= width.

    With the text vector c of a category, (a_m, b_m) = Linear(ReLU(Linear(c))) in layer m, each of r numbers. Beside the
    attention, with its normed input x:  h = x A^T;  h <- h + h * a_m;  h B^T / r is added to queries, keys and values.
    Beside the MLP, with the residual stream x before its norm:  h = x A'^T;  h <- h + h * b_m;
    x <- x + MLP(LN x) + h B'^T / r.

    A is Kaiming-uniform and B zero, so that nothing is added at the start. The published attention branch divides by
    16 whatever the rank; dividing by r is the same at the published rank (DESIGN).
    """

    def __init__(self, tower: VisionTower, *, dimension: int, rank: int) -> None:
        super().__init__()
        depth, width = tower.depth, tower.width
        self.rank = min(rank, width)
        self.attention_down = nn.Parameter(torch.empty(depth, self.rank, width))
        self.attention_up = nn.Parameter(torch.zeros(depth, 3 * width, self.rank))
        self.mlp_down = nn.Parameter(torch.empty(depth, self.rank, width))
        self.mlp_up = nn.Parameter(torch.zeros(depth, width, self.rank))
        for down in (self.attention_down, self.mlp_down):
            for one in down:
                nn.init.kaiming_uniform_(one, a=math.sqrt(5))
        self.scales = nn.ModuleList(
            nn.Sequential(nn.Linear(dimension, dimension), nn.ReLU(), nn.Linear(dimension, 2 * self.rank))
            for _ in range(depth)
        )
        for part in self.scales.modules():
            if isinstance(part, nn.Linear):
                nn.init.kaiming_normal_(part.weight)
                nn.init.zeros_(part.bias)

    def factors(self, texts: Tensor) -> Tensor:
        """The scale vectors a and b of every layer for texts (batch, dimension): (batch, depth, 2, rank)."""
        return torch.stack([scale(texts).unflatten(1, (2, self.rank)) for scale in self.scales], dim=1)

    def through(self, tower: VisionTower, factors: Tensor) -> Layer:
        """How each layer of the tower is run with these factors, one row per picture: for `VisionTower.run`."""

        def run(index: int, tokens: Tensor) -> Tensor:
            layer: Any = tower.model.encoder.layers[index]
            a, b = factors[:, index].unbind(1)
            tokens = tokens + self._attend(layer, index, layer.layer_norm1(tokens), a)
            beside = self._branch(tokens, self.mlp_down[index], b, self.mlp_up[index])
            return tokens + layer.mlp(layer.layer_norm2(tokens)) + beside

        return run

    def _branch(self, tokens: Tensor, down: Tensor, scale: Tensor, up: Tensor) -> Tensor:
        hidden = tokens @ down.T
        return (hidden + hidden * scale[:, None]) @ up.T / self.rank

    def _attend(self, layer: nn.Module, index: int, tokens: Tensor, scale: Tensor) -> Tensor:
        """CLIP's attention over normed tokens, with the low-rank sum in its queries, keys and values."""
        attention: Any = layer.get_submodule("self_attn")
        more = self._branch(tokens, self.attention_down[index], scale, self.attention_up[index]).chunk(3, dim=-1)
        plain = [project(tokens) for project in (attention.q_proj, attention.k_proj, attention.v_proj)]
        heads = int(attention.num_heads)
        query, key, value = (
            (x + y).unflatten(-1, (heads, -1)).transpose(1, 2) for x, y in zip(plain, more, strict=True)
        )
        read = F.scaled_dot_product_attention(query, key, value)
        return attention.out_proj(read.transpose(1, 2).flatten(2))

"""Visual prompts from a support set: a few pictures of a category tell every layer of the tower what to look at.

"Dual-Modal Prompting" (Gao et al., arXiv 2404.18695), its visual prompting module.
"""

from __future__ import annotations

import copy
import math

import torch
from torch import Tensor, nn

from stbir.nn.vision import VisionTower


class SupportPrompts(nn.Module):
    """Turns support pictures into `count` prompt tokens for each layer.

    Every layer m has queries l_m (count, width), started as visual prompt tuning does; they go through one Linear
    (Kaiming) and dropout, stand behind the support's tokens (patches, class and positions, before the first norm), and
    one transformer block, shared by all layers, reads them together: its last `count` outputs are the prompts p_m. The
    block has the heads and the activation of the tower's own layers and weights drawn from a normal of 0.002.

    Without a support the block reads the queries alone: prompts that no picture decides (DESIGN).
    """

    def __init__(self, tower: VisionTower, *, count: int, dropout: float) -> None:
        super().__init__()
        depth, width = tower.depth, tower.width
        patch = int(tower.model.embeddings.patch_embedding.kernel_size[0])
        bound = math.sqrt(6 / (3 * patch * patch + width))
        self.queries = nn.Parameter(torch.empty(depth, count, width).uniform_(-bound, bound))
        self.project = nn.Linear(width, width)
        nn.init.kaiming_normal_(self.project.weight, mode="fan_out")
        nn.init.zeros_(self.project.bias)
        self.dropout = nn.Dropout(dropout)
        self.block = copy.deepcopy(tower.model.encoder.layers[0])
        for part in self.block.modules():
            if isinstance(part, nn.Linear):
                nn.init.trunc_normal_(part.weight, std=0.002)
                nn.init.zeros_(part.bias)
            elif isinstance(part, nn.LayerNorm):
                part.reset_parameters()

    def forward(self, support: Tensor | None) -> Tensor:
        """The prompts of all layers, (depth, count, width), from the tokens of a support set (tokens, width)."""
        asked = self.dropout(self.project(self.queries))
        depth, count = asked.shape[:2]
        if support is not None:
            asked = torch.cat([support.expand(depth, -1, -1), asked], dim=1)
        return self.block(asked, None)[:, -count:]

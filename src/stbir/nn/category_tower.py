"""A picture tower that is told the category: prompts from its support, additions scaled by its name, and windows.

What DP-CLIP (Gao et al., arXiv 2404.18695) adds to CLIP's picture tower, which stays in the backbone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Self

import torch
from torch import Tensor, nn

from stbir.functional.scoring import unit
from stbir.nn.captions import Naming, sentences
from stbir.nn.clip import Backbone
from stbir.nn.sideway import Sideway
from stbir.nn.support_prompts import SupportPrompts
from stbir.nn.supports import Supports
from stbir.nn.windows import Windows
from stbir.types import Floats

NEUTRAL = "object"
"""The name that stands for a category nobody knows."""


class CategoryTower(nn.Module):
    """Sees a picture as one global and four local vectors, which its category decides.

    With `prompts` = 0 no support is looked at, with `rank` = 0 no name.
    """

    def __init__(
        self, backbone: Backbone, *, prompts: int, dropout: float, rank: int, naming: Naming, names: Sequence[str]
    ) -> None:
        super().__init__()
        tower = backbone.vision
        self.prompts = SupportPrompts(tower, count=prompts, dropout=dropout) if prompts else None
        self.sideway = Sideway(tower, dimension=backbone.dimension, rank=rank) if rank else None
        self.windows = Windows(tower)
        self.supports = Supports(names, side=backbone.preprocessing.side)
        self._naming: Naming = naming
        self._texts: dict[str, Floats] = {}
        self._prompts: dict[str | None, Floats] = {}

    def forward(
        self,
        backbone: Backbone,
        pixels: Tensor,
        names: Sequence[str | None],
        *,
        supports: Mapping[str, Tensor] | None = None,
    ) -> Tensor:
        """The global vector and those of the windows: (batch, 5, dimension), unit rows.

        `names` are the categories of the pictures, None where one is unknown. `supports` are normalised pictures
        (pictures, 3, side, side) to use in place of the saved ones, by category.
        """
        tower = backbone.vision
        states = self._run(backbone, pixels, names, supports)
        local = self.windows(states[-2][:, : 1 + tower.patches])
        return unit(torch.cat([tower.pool(states[-1])[:, None], local], dim=1))

    def similarity_maps(self, backbone: Backbone, pixels: Tensor, names: Sequence[str | None]) -> Tensor:
        """Which places of a picture each prompt is like: cosines (batch, prompts, grid, grid), row by row.

        Compared are the prompts and the patches as they leave the last layer (the paper shows such maps and does not
        say of which tokens, so that this is our own choice). Without prompts there are no maps: (batch, 0, grid, grid).
        """
        last = unit(self._run(backbone, pixels, names, None)[-1])
        patches = backbone.vision.patches
        side = math.isqrt(patches)
        return (last[:, 1 + patches :] @ last[:, 1 : 1 + patches].transpose(1, 2)).unflatten(2, (side, side))

    def _run(
        self, backbone: Backbone, pixels: Tensor, names: Sequence[str | None], supports: Mapping[str, Tensor] | None
    ) -> list[Tensor]:
        """What enters and leaves each layer, prompts behind the patches."""
        tower, order = backbone.vision, list(dict.fromkeys(names))
        rows = torch.tensor([order.index(name) for name in names], dtype=torch.long, device=pixels.device)
        prompts, through = {}, None
        if self.prompts is not None and order:
            made = torch.stack([self._prompts_of(backbone, name, supports) for name in order])[rows]
            prompts = dict(enumerate(made.unbind(1)))
        if self.sideway is not None and order:
            said = torch.stack([self.text_of(backbone, NEUTRAL if name is None else name) for name in order])
            through = self.sideway.through(tower, self.sideway.factors(said)[rows])
        return tower.run(tower.embed(pixels), prompts=prompts, through=through)

    def text_of(self, backbone: Backbone, name: str) -> Tensor:
        """The text vector of a category: the mean of its sentences' unit vectors, not of unit length, (dimension,).

        It has no gradient. Where the text tower is trained it is computed again and again, otherwise once.
        """
        moving = self.training and any(p.requires_grad for p in backbone.clip.text_model.parameters())
        if moving or name not in self._texts:
            with torch.no_grad(), torch.autocast(backbone.device.type, enabled=False):
                said = backbone.preprocessing.text(sentences(name, self._naming))
                self._texts[name] = unit(backbone.embed_texts(*said)).mean(dim=0).cpu().numpy()
        return torch.from_numpy(self._texts[name]).to(backbone.device)

    def train(self, mode: bool = True) -> Self:
        """Set training or evaluation mode; the weights may change from now on."""
        self.forget()
        return super().train(mode)

    def forget(self) -> None:
        """Forget what was computed of the categories: weights or supports are others now."""
        self._texts, self._prompts = {}, {}

    def _prompts_of(self, backbone: Backbone, name: str | None, supports: Mapping[str, Tensor] | None) -> Tensor:
        """The prompts that a category has, (depth, count, width); many searches make them once."""
        assert self.prompts is not None
        searching = supports is None and not self.training and torch.is_inference_mode_enabled()
        if searching and name in self._prompts:
            return torch.from_numpy(self._prompts[name]).to(backbone.device)
        pictures: Tensor | None = None
        if name is not None and supports is not None:
            pictures = supports.get(name)
        elif name is not None and (saved := self.supports.of(name)) is not None:
            pictures = backbone.normalise(saved)
        made = self.prompts(None if pictures is None else backbone.vision.embed(pictures).flatten(0, 1))
        if searching:
            self._prompts[name] = made.float().cpu().numpy()
        return made

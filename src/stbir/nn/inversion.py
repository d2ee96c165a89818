"""Textual inversion: pseudo-words in sentences, and the optimisation that finds one (a `Converter` guesses it)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from stbir.nn.clip import Backbone
from stbir.nn.text import Sentence, TextTower

GAP = "*"
"""Where the pseudo-word stands in a template."""
TEXT = "{text}"
"""Where the words of a query stand in a template."""


@dataclass(frozen=True)
class Frame:
    """The words before and behind a pseudo-word, ready for the text tower; None where there are none."""

    before: Sentence | None
    behind: Sentence | None

    def around(self, words: Tensor, tower: TextTower) -> Sentence:
        """The sentence of each pseudo-word (batch, width of the tower). What is too long loses its last words."""
        pieces = (self.before, words[:, None], self.behind)
        return tower.compose([piece for piece in pieces if piece is not None])


def frame(template: str, texts: Sequence[str] = ("",), *, backbone: Backbone) -> Frame:
    """Take a template such as "a photo of *" or "a photo of *, {text}" apart.

    `texts` has one for each row where the template asks for it.
    """
    before, _, behind = template.partition(GAP)
    pieces: list[Sentence | None] = []
    for part in (before, behind):
        said = [part.replace(TEXT, text) for text in texts] if TEXT in part else [part]
        blank = not any(text.strip() for text in said)
        pieces.append(None if blank else backbone.text.sentence(*backbone.preprocessing.text(said)))
    return Frame(*pieces)


def optimise_rows(
    start: Tensor,
    loss: Callable[[Tensor, int], Tensor],
    *,
    steps: int,
    learning_rate: float,
    weight_decay: float,
    average: float,
) -> Tensor:
    """Move each row of `start` (rows, width) so that its own loss falls, with AdamW, and return the running average.

    `loss` takes the rows and the number of the step and gives (rows,). Rows do not influence each other: what comes out
    for one is the same, but for rounding, whatever stands beside it. Nothing but the rows gets a gradient. It works
    inside `torch.inference_mode` and autocast too, in full precision. After each step e <- average e + (1 - average) v.
    """
    with torch.inference_mode(False), torch.enable_grad(), torch.autocast(start.device.type, enabled=False):
        rows = start.detach().clone().requires_grad_(True)
        mean = rows.detach().clone()
        optimiser = torch.optim.AdamW([rows], lr=learning_rate, weight_decay=weight_decay)
        for step in range(steps):
            (rows.grad,) = torch.autograd.grad(loss(rows, step).sum(), [rows])
            optimiser.step()
            mean = average * mean + (1 - average) * rows.detach()
    return mean

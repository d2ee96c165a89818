"""Fusing a sketch and words through learned template tokens, and losses that keep apart what each of them says.

After the optional later system of STBIR's author ("STFusionIR"): templates look at the sketch, then at the words, and
their mean is the query. Heads take the query apart again, into what sketch and words share and what only one of them
says, and must rebuild both from it. The published code leaves open where these heads start and how the five losses
weigh; here all of them start from the query, and the weights, the temperature and the number of hard negatives in
`TemplateLoss` are our choice.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor, nn

from stbir.config import Settings
from stbir.errors import ConfigError
from stbir.functional.losses import explicit_nce
from stbir.functional.scoring import unit


class TemplateConfig(Settings):
    """Sizes of the fusion, and how much its query counts against the plain mean in a search (`gate`).

    The author's numbers: 13 templates and gate 0.64 for shoes, 24 and 0.40 for chairs, 125 and 0.73 for Sketchy.
    """

    count: int = Field(default=13, ge=1)
    layers: int = Field(default=3, ge=1)
    heads: int = Field(default=8, ge=1)
    hidden: int = Field(default=256, ge=1, description="width of the heads that take the query apart")
    dropout: float = Field(default=0.1, ge=0, lt=1)
    gate: float = Field(default=0.64, ge=0, le=1)


class TemplateLoss(Settings):
    """The weights w1 to w5 of the five terms, the temperature of the first and its number of hardest negatives."""

    hard: float = Field(default=1.0, ge=0)
    sketch: float = Field(default=0.1, ge=0)
    text: float = Field(default=0.1, ge=0)
    apart: float = Field(default=0.1, ge=0)
    rebuilt: float = Field(default=0.1, ge=0)
    temperature: float = Field(default=0.07, gt=0)
    hardest: int = Field(default=8, ge=1)


class CrossLayer(nn.Module):
    """Tokens look at others, then at themselves one by one; norms come last.

    Where there is only one token to look at, as with one sketch, nothing is left to choose: only the values learn.
    """

    def __init__(self, dimension: int, *, heads: int, dropout: float) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(dimension, heads, dropout=dropout, batch_first=True)
        self.first_norm, self.second_norm = nn.LayerNorm(dimension), nn.LayerNorm(dimension)
        self.inner, self.outer = nn.Linear(dimension, 4 * dimension), nn.Linear(4 * dimension, dimension)
        self.dropout = nn.Dropout(dropout)

    def forward(self, tokens: Tensor, seen: Tensor) -> Tensor:
        found, _ = self.attention(tokens, seen, seen, need_weights=False)
        tokens = self.first_norm(tokens + self.dropout(found))
        changed = self.outer(self.dropout(F.gelu(self.inner(tokens))))
        return self.second_norm(tokens + self.dropout(changed))


class Templates(nn.Module):
    """Template tokens, the two stacks through which they see sketch and words, and the heads that take apart.

    Raises:
        ConfigError: the heads do not divide the dimension.
    """

    def __init__(self, dimension: int, config: TemplateConfig) -> None:
        super().__init__()
        if dimension % config.heads:
            raise ConfigError(f"templates.heads is {config.heads}, which does not divide the dimension {dimension}")
        self.tokens = nn.Parameter(0.02 * torch.randn(1, config.count, dimension))
        self._first = self.tokens.detach().clone()
        self.by_sketch, self.by_text = (
            nn.ModuleList(
                CrossLayer(dimension, heads=config.heads, dropout=config.dropout) for _ in range(config.layers)
            )
            for _ in range(2)
        )
        self.norm = nn.LayerNorm(dimension)
        self.shared, self.sketch_only, self.text_only = (_head(dimension, config.hidden, config.hidden) for _ in "abc")
        self.to_sketch, self.to_text = (_head(2 * config.hidden, config.hidden, dimension) for _ in "ab")
        self.to_query = _head(3 * config.hidden, config.hidden, dimension)

    @property
    def learned(self) -> bool:
        """Whether they were ever trained: what they say before that is noise."""
        # those of a model that was saved in half precision are rounded
        return not torch.allclose(self.tokens.detach().cpu(), self._first, rtol=1e-3, atol=1e-6)

    def forward(self, sketches: Tensor, texts: Tensor) -> Tensor:
        """Fuse unit rows (batch, dimension) of both: unit rows (batch, dimension)."""
        tokens = self.tokens.expand(len(sketches), -1, -1)
        for stack, seen in ((self.by_sketch, sketches), (self.by_text, texts)):
            for layer in stack:
                tokens = layer(tokens, seen[:, None])
        return unit(self.norm(tokens.mean(dim=1)))

    def loss(
        self, fused: Tensor, sketches: Tensor, texts: Tensor, scores: tuple[Tensor, Tensor], weights: TemplateLoss
    ) -> dict[str, Tensor]:
        """The five terms; `scores` are those of the fused queries with right (batch,) and wrong (batch, each) photos.

        L = w1 L_hard + w2 (1 - cos(S', f_S)) + w3 (1 - cos(T', f_T)) + w4 L_orth + w5 MSE(q', q_f)
        """
        shared, sketch_only, text_only = self.shared(fused), self.sketch_only(fused), self.text_only(fused)
        sketch = self.to_sketch(torch.cat([shared, sketch_only], dim=1))
        text = self.to_text(torch.cat([shared, text_only], dim=1))
        query = self.to_query(torch.cat([shared, sketch_only, text_only], dim=1))
        return {
            "hard": weights.hard * hard_nce(*scores, weights.temperature, hardest=weights.hardest),
            "rebuilt sketch": weights.sketch * (1 - F.cosine_similarity(sketch.float(), sketches).mean()),
            "rebuilt text": weights.text * (1 - F.cosine_similarity(text.float(), texts).mean()),
            "apart": weights.apart * overlap(shared, sketch_only, text_only),
            "rebuilt query": weights.rebuilt * F.mse_loss(query.float(), fused),
        }


def hard_nce(right: Tensor, wrong: Tensor, temperature: float, *, hardest: int) -> Tensor:
    """`explicit_nce` against the `hardest` wrong photos of each query only.

    >>> wrong = torch.tensor([[0.1, 0.5, 0.2]])
    >>> round(float(hard_nce(torch.tensor([0.5]), wrong, 0.07, hardest=1)), 4)
    0.6931
    """
    return explicit_nce(right, wrong.topk(min(hardest, wrong.shape[1]), dim=1).values, temperature)


def overlap(*parts: Tensor) -> Tensor:
    """Mean squared cross-correlation of the features of each pair of parts, (batch, features), over the batch.

    Features are standardised over the batch first; a batch of one row has no correlations, and gives 0.

    >>> part = torch.tensor([[1.0], [-1.0]])
    >>> float(overlap(part, part).round(decimals=3)), float(overlap(part, torch.ones(2, 1)))
    (1.0, 0.0)
    """
    with torch.autocast(parts[0].device.type, enabled=False):
        scaled = [_standardised(part.float()) for part in parts]
        pairs = [(a, b) for i, a in enumerate(scaled) for b in scaled[i + 1 :]]
        return torch.stack([(a.T @ b / len(a)).square().mean() for a, b in pairs]).mean()


def _standardised(part: Tensor) -> Tensor:
    centred = part - part.mean(dim=0)
    return centred / (centred.square().mean(dim=0) + 1e-6).sqrt()


def _head(wide: int, hidden: int, out: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(wide, hidden), nn.GELU(), nn.Linear(hidden, out))

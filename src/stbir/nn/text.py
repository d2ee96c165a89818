"""The text tower of CLIP as parts: words and pseudo-words in, every layer's tokens out, prompts at any layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from stbir.nn.vision import Prompts

if TYPE_CHECKING:
    from transformers import CLIPTextModel


@dataclass(frozen=True)
class Sentence:
    """A batch of token embeddings before positions are added.

    `embeddings` is (batch, length, width); `mask` is bool (batch, length), true for the tokens that
    count. They stand at the left, start with the begin token and end with the end token.
    """

    embeddings: Tensor
    mask: Tensor


@dataclass(frozen=True)
class TextTower:
    """A view on the text half of a `CLIPModel`; it shares the weights and owns none.

    `begin` and `end` are the tokenizer's ids: published configurations name wrong ones.
    """

    model: CLIPTextModel
    projection: nn.Linear
    begin: int
    end: int

    @property
    def depth(self) -> int:
        return len(self.model.encoder.layers)

    @property
    def width(self) -> int:
        return int(self.model.config.hidden_size)

    @property
    def length(self) -> int:
        """The most tokens a sentence can have, begin and end included."""
        return int(self.model.config.max_position_embeddings)

    def sentence(self, ids: Tensor, mask: Tensor) -> Sentence:
        """Embed tokenised text, begin and end tokens included: ids and mask are (batch, length), on any device."""
        table = self.model.embeddings.token_embedding
        return Sentence(table(ids.to(table.weight.device)), mask.to(table.weight.device).bool())

    def compose(self, pieces: Sequence[Sentence | Tensor]) -> Sentence:
        """Put a sentence together from words and vectors: begin, the pieces in their order, end.

        A piece is a `Sentence` (its begin and end tokens are dropped), or pseudo-words: a tensor of
        shape (batch, count, width), or (count, width) when all rows share it. Where the whole is longer
        than the tower reads, the last words of the sentences go; pseudo-words stay.

        Raises:
            ValueError: there is no piece, or the pseudo-words alone are longer than the tower can read.
        """
        if not pieces:
            raise ValueError("a sentence needs at least one piece")
        batch = max(_batch_of(piece) for piece in pieces)
        said = {i for i, piece in enumerate(pieces, start=1) if isinstance(piece, Sentence)}
        rows = [self._special(self.begin, batch)]
        rows += [_inner(piece) if isinstance(piece, Sentence) else _words(piece, batch) for piece in pieces]
        rows += [self._special(self.end, batch)]
        embeddings = torch.cat([row.embeddings.expand(batch, -1, -1) for row in rows], dim=1)
        mask = torch.cat([row.mask.expand(batch, -1) for row in rows], dim=1)
        spoken = [torch.full_like(row.mask[:1], i in said).expand(batch, -1) for i, row in enumerate(rows)]
        mask = _cut(mask, torch.cat(spoken, dim=1), self.length)
        order = torch.argsort(~mask, dim=1, stable=True)
        longest = int(mask.sum(dim=1).max())
        if longest > self.length:
            raise ValueError(f"the sentence has {longest} tokens, the text tower reads at most {self.length}")
        order = order[:, :longest]
        packed = embeddings.gather(1, order.unsqueeze(-1).expand(-1, -1, embeddings.shape[-1]))
        return Sentence(packed, mask.gather(1, order))

    def run(self, sentence: Sentence, *, prompts: Prompts | None = None) -> list[Tensor]:
        """Send a sentence through all layers and return what enters and leaves each of them.

        Prompts stand behind the begin token: those of layer 0 are put in between and get no position
        of their own, so that the words keep theirs; at a later layer they replace the prompts found
        there, or are put in where there were none.
        """
        prompts = prompts or {}
        positions = self.model.embeddings.position_embedding.weight[: sentence.embeddings.shape[1]]
        tokens = sentence.embeddings + positions
        inside = 0
        states: list[Tensor] = []
        for layer, block in enumerate(self.model.encoder.layers):
            if layer in prompts:
                tokens, inside = _after_begin(tokens, inside, prompts[layer])
            if layer == 0:
                states.append(tokens)
            tokens = block(tokens, _causal(tokens))
            states.append(tokens)
        return states

    def pool(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """Project the end token of the last layer's tokens into the shared space: (batch, dimension)."""
        prompts = tokens.shape[1] - mask.shape[1]
        last = mask.sum(dim=1) - 1 + prompts
        ends = tokens[torch.arange(len(tokens), device=tokens.device), last]
        return self.projection(self.model.final_layer_norm(ends))

    def __call__(self, sentence: Sentence, *, prompts: Prompts | None = None) -> Tensor:
        """Embed a sentence in the shared space, not normalised: (batch, dimension)."""
        return self.pool(self.run(sentence, prompts=prompts)[-1], sentence.mask)

    def _special(self, token: int, batch: int) -> Sentence:
        ids = torch.full((batch, 1), token)
        return self.sentence(ids, torch.ones_like(ids))


def _batch_of(piece: Sentence | Tensor) -> int:
    if isinstance(piece, Sentence):
        return len(piece.embeddings)
    return len(piece) if piece.ndim == 3 else 1


def _words(vectors: Tensor, batch: int) -> Sentence:
    vectors = vectors.expand(batch, *vectors.shape[-2:])
    return Sentence(vectors, torch.ones(vectors.shape[:2], dtype=torch.bool, device=vectors.device))


def _inner(sentence: Sentence) -> Sentence:
    """The words between the begin and the end token, which is the last one that counts in its row."""
    mask = sentence.mask.clone()
    mask[torch.arange(len(mask), device=mask.device), mask.sum(dim=1) - 1] = False
    return Sentence(sentence.embeddings[:, 1:], mask[:, 1:])


def _cut(mask: Tensor, words: Tensor, most: int) -> Tensor:
    """Take the last of `words` out of the mask of each row that has more than `most` tokens."""
    words = words & mask
    excess = mask.sum(dim=1, keepdim=True) - most
    from_behind = words.flip(1).cumsum(dim=1).flip(1)
    return mask & ~(words & (from_behind <= excess))


def _after_begin(tokens: Tensor, inside: int, prompt: Tensor) -> tuple[Tensor, int]:
    rows = prompt.expand(tokens.shape[0], *prompt.shape[-2:]).to(tokens.dtype)
    return torch.cat([tokens[:, :1], rows, tokens[:, 1 + inside :]], dim=1), rows.shape[1]


def _causal(tokens: Tensor) -> Tensor:
    """Words see what stands before them; padding stands after the end token, where nobody looks."""
    length = tokens.shape[1]
    mask = torch.full((length, length), torch.finfo(tokens.dtype).min, dtype=tokens.dtype, device=tokens.device)
    return mask.triu(1)[None, None]

"""Learnable words in front of a sentence, which start from real ones."""

from __future__ import annotations

from torch import Tensor, nn

from stbir.errors import ConfigError
from stbir.nn.clip import Backbone


class WordPrompt(nn.Module):
    """`count` continuous words, (count, width), that start as the token embeddings of `text`.

    Where the text has another number of tokens it is cut, or said again from its beginning.

    Raises:
        ConfigError: the text has no token.
    """

    def __init__(self, backbone: Backbone, text: str, *, count: int) -> None:
        super().__init__()
        start = embedded(backbone, text)
        if not len(start):
            raise ConfigError(f"a prompt needs a word to start from, given: {text!r}")
        self.words = nn.Parameter(start.repeat(-(-count // len(start)), 1)[:count].clone())


def embedded(backbone: Backbone, text: str) -> Tensor:
    """The token embeddings of a text without begin and end: (tokens, width), cut off from their table."""
    sentence = backbone.text.sentence(*backbone.preprocessing.text([text]))
    return sentence.embeddings[0, 1 : int(sentence.mask.sum()) - 1].detach()

"""What methods of textual inversion share: a picture becomes a pseudo-word, and the text tower reads it in a sentence.

CLIP is frozen; a network, the `converter`, turns the embedding of a picture, sketch or photo, into the embedding of
one word. A picture alone is "a photo of *", and together with words it is one sentence too, such as "a photo of *,
red leather", so that both interact in the text tower instead of being added. Photos to be found go through the
picture tower alone, words alone through the text tower.

Our own choices (DESIGN), for the papers know neither sketches nor weights: several sketches are composed with the
words one by one and their vectors averaged; a sketch and a reference photo each make a sentence, and these are
averaged; words to avoid are subtracted. With the weights w_p of a picture and w_t of the words, and m = max(0,
min(w_p, w_t)), the sentence of both counts m, that of the picture alone w_p - m and the words alone w_t - m: with
equal weights there is only the sentence of both, and with the weight zero one of them is as if it had not been said.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import torch
from pydantic import Field, field_validator
from torch import Tensor

from stbir.config import Settings
from stbir.functional.scoring import unit
from stbir.methods.base import Method
from stbir.methods.batch import Batch
from stbir.methods.query import avoided_by, check_query, text_of
from stbir.nn.clip import Backbone
from stbir.nn.converter import Converter
from stbir.nn.inversion import GAP, TEXT, Frame, frame
from stbir.types import Encoded, Floats, Photo, Query, Sketch

Key: TypeAlias = tuple[int | None, str | None]
"""What one sentence says: a picture, words, or both."""


class InversionConfig(Settings):
    """The sentences, and what the converter is shown."""

    prompt: str = Field(default="a photo of *", description="* is the pseudo-word of a sketch or reference photo")
    composed: str = Field(default="a photo of *, {text}", description="the same with the words of the query")
    normalised: bool = Field(
        default=False,
        description="the converter sees embeddings of unit length; those of frozen towers are then computed once",
    )

    @field_validator("prompt", "composed")
    @classmethod
    def _one_gap(cls, template: str) -> str:
        if template.count(GAP) != 1:
            raise ValueError(f"a sentence needs exactly one {GAP} for the picture")
        return template

    @field_validator("composed")
    @classmethod
    def _one_text(cls, template: str) -> str:
        if template.count(TEXT) != 1:
            raise ValueError(f"the sentence for both needs {TEXT} once, for the words")
        return template


class TextualInversion(Method):
    """Pictures are words in a sentence; `converter` makes them, and a subclass says how it learns."""

    converter: Converter
    learns_from = "photos"

    def __init__(self, backbone: Backbone, config: InversionConfig) -> None:
        super().__init__(backbone, config)
        self._sentences = config

    def embed_photos(self, pixels: Tensor) -> Tensor:
        return unit(self.backbone.embed_pictures(pixels))

    def embed_sketches(self, pixels: Tensor) -> Tensor:
        return self.say(self.words(self.backbone.embed_pictures(pixels)))

    def embed_texts(self, ids: Tensor, mask: Tensor) -> Tensor:
        return unit(self.backbone.embed_texts(ids, mask))

    def words(self, features: Tensor) -> Tensor:
        """Pseudo-words of pictures, from what the picture tower gives: (batch, width of the text tower)."""
        return self.converter(unit(features) if self._sentences.normalised else features)

    def say(self, words: Tensor, texts: Sequence[str] | None = None) -> Tensor:
        """Embed the sentences of pseudo-words (batch, width), with words of their own or without: unit rows."""
        if texts is None:
            return self.read(frame(self._sentences.prompt, backbone=self.backbone), words)
        return self.read(frame(self._sentences.composed, texts, backbone=self.backbone), words)

    def read(self, around: Frame, words: Tensor) -> Tensor:
        """Embed pseudo-words (batch, width) in a frame: unit rows."""
        tower = self.backbone.text
        return unit(tower(around.around(words, tower)))

    def seen(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """What the converter is shown of the photos of a batch, and their unit rows."""
        if self._sentences.normalised:
            rows = self.rows(batch, "photo")
            return rows, rows
        features = self.backbone.embed_pictures(self.see(batch.photos))
        return features, unit(features)

    def encode_queries(self, queries: Sequence[Query], *, batch_size: int = 64) -> Encoded:
        for query in queries:
            check_query(query)
        terms = [_terms(query) for query in queries]
        keys = list(dict.fromkeys(key for some in terms for _, chosen, _ in some for key in chosen))
        words = self._pseudo_words(queries, batch_size)
        alone = [key for key in keys if key[1] is None]
        said = [key for key in keys if key[0] is None]
        both = [key for key in keys if None not in key]

        def composed(some: Sequence[Key]) -> Tensor:
            pictures = np.stack([words[picture] for picture, _ in some if picture is not None])
            texts = None if some[0][1] is None else [text for _, text in some if text is not None]
            return self.say(torch.from_numpy(pictures).to(self.backbone.device), texts)

        vectors = dict(zip(alone, self._in_batches(alone, composed, batch_size), strict=True))
        vectors |= zip(both, self._in_batches(both, composed, batch_size), strict=True)
        vectors |= zip(said, self._vectors_of_texts([text or "" for _, text in said], batch_size), strict=True)
        rows = [
            self.combine(
                {name: np.stack([vectors[key] for key in chosen]) for name, chosen, _ in some},
                {name: weight for name, _, weight in some},
            )
            for some in terms
        ]
        return Encoded(np.stack(rows) if rows else np.zeros((0, self.dimension), np.float32))

    def _pseudo_words(self, queries: Sequence[Query], batch_size: int) -> dict[int, Floats]:
        """The pseudo-word of every sketch and reference photo, each made once, by the identity of the object."""
        pictures = self.backbone.preprocessing
        drawings = {id(sketch): sketch for query in queries for sketch in query.sketches}
        shown = {id(query.photo): query.photo for query in queries if query.photo}

        def drawn(some: Sequence[Sketch]) -> Tensor:
            pixels = self.backbone.normalise([pictures.sketch(sketch) for sketch in some])
            return self.words(self.backbone.embed_pictures(pixels))

        def taken(some: Sequence[Photo]) -> Tensor:
            return self.words(self.backbone.embed_pictures(self.see(self._looked_at(some))))

        found = dict(zip(drawings, self._in_batches([*drawings.values()], drawn, batch_size), strict=True))
        return found | dict(zip(shown, self._in_batches([*shown.values()], taken, batch_size), strict=True))


def _terms(query: Query) -> list[tuple[str, list[Key], float]]:
    """The sentences of a query by name, and how much each counts."""
    terms: list[tuple[str, list[Key], float]] = []
    text, covered = next(iter(text_of(query)), None), 0.0
    told = query.weights.get("text", 1.0)
    for name, pictures in (("sketch", query.sketches), ("photo", (query.photo,) if query.photo else ())):
        weight = query.weights.get(name, 1.0)
        shared = 0.0 if text is None else max(0.0, min(weight, told))
        if pictures and shared:
            terms.append((f"{name} and text", [(id(picture), text) for picture in pictures], shared))
            covered = max(covered, shared)
        if pictures and weight != shared:
            terms.append((name, [(id(picture), None) for picture in pictures], weight - shared))
    if text is not None and told != covered:
        terms.append(("text", [(None, text)], told - covered))
    if avoided_by(query):
        terms.append(("avoid", [(None, words) for words in avoided_by(query)], query.weights.get("avoid", 1.0)))
    return terms

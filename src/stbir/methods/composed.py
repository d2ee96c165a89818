"""Queries whose parts stand in one sentence: a sketch or a photo becomes a word, and words can say more about it.

What methods with pseudo-words share. A query of several modalities is one sentence, not a mean of vectors, so that
words change what the sketch means. Its weights follow a rule of our own (DESIGN): where all are equal there is one
sentence; else every level of weight has its own, of the modalities that reach that level, and counts by the step up to
it. So at weight 0 a modality is not there at all, and between 0 and 1 it fades in without a jump. What is to be avoided
is subtracted as words by themselves. Several sketches are one word, that of their mean.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from stbir.functional.scoring import unit
from stbir.methods.base import Method
from stbir.methods.query import avoided_by, check_query, mean_of, text_of
from stbir.nn.text import Sentence
from stbir.types import Encoded, Floats, Photo, Query, Sketch


@dataclass(frozen=True)
class Told:
    """One sentence of a query: what of it is said, by identity, so that equal sentences are embedded once."""

    sketches: tuple[int, ...] = ()
    photo: int | None = None
    text: str | None = None

    @property
    def kind(self) -> tuple[bool, bool, bool]:
        """Which modalities it has; sentences of one kind are embedded together."""
        return bool(self.sketches), self.photo is not None, self.text is not None


class Composed(Method):
    """A method that says how a picture looks and how sketch, photo and words are one sentence."""

    @abstractmethod
    def features(self, pixels: Tensor) -> Tensor:
        """What the picture tower says of normalised pixels of photos or sketches: unit rows (batch, dimension)."""

    @abstractmethod
    def compose(self, sketches: Tensor | None, photos: Tensor | None, said: Sentence | None) -> Tensor:
        """Embed a sentence of whatever is given, features (batch, dimension) and words: unit rows (batch, dimension).

        At least one of the three is given.
        """

    def embed_photos(self, pixels: Tensor) -> Tensor:
        return self.features(pixels)

    def embed_sketches(self, pixels: Tensor) -> Tensor:
        return self.compose(self.features(pixels), None, None)

    def embed_texts(self, ids: Tensor, mask: Tensor) -> Tensor:
        return self.compose(None, None, self.backbone.text.sentence(ids, mask))

    def encode_queries(self, queries: Sequence[Query], *, batch_size: int = 64) -> Encoded:
        """Embed the query side, one sentence per query and level of weight.

        Raises:
            EmptyQuery: a query has no sketch, no words and no reference photo.
            InputError: a weight is unknown or no number, or the parts of a query cancel out.
        """
        for query in queries:
            check_query(query)
        asked = [_terms(query) for query in queries]
        drawings = {id(sketch): sketch for query in queries for sketch in query.sketches}
        shown = {id(query.photo): query.photo for query in queries if query.photo}
        looks = self._looks(drawings, shown, batch_size)
        sentences = list(dict.fromkeys(told for terms in asked for told, _ in terms))
        rows = self._said(sentences, looks, batch_size)
        vectors = [mean_of([(torch.from_numpy(rows[told]), weight) for told, weight in terms]) for terms in asked]
        return Encoded(np.stack(vectors) if vectors else np.zeros((0, self.dimension), np.float32))

    def _looks(
        self, drawings: Mapping[int, Sketch], shown: Mapping[int, Photo], batch_size: int
    ) -> Mapping[int, Floats]:
        """The features of sketches and photos, by their identity."""
        pictures = self.backbone.preprocessing
        drawn = self._in_batches(
            [*drawings.values()],
            lambda some: self.features(self.backbone.normalise([pictures.sketch(sketch) for sketch in some])),
            batch_size,
        )
        seen = self.encode_photos([*shown.values()], batch_size=batch_size).vectors
        return dict(zip([*drawings, *shown], [*drawn, *seen], strict=True))

    def _said(self, sentences: Sequence[Told], looks: Mapping[int, Floats], batch_size: int) -> Mapping[Told, Floats]:
        """The vector of each sentence."""
        device, found = self.backbone.device, dict[Told, Floats]()

        def embed(some: Sequence[Told]) -> Tensor:
            drawn, shown, spoken = some[0].kind
            sketches = [np.mean([looks[sketch] for sketch in told.sketches], axis=0) for told in some if drawn]
            photos = [looks[told.photo] for told in some if told.photo is not None]
            texts = [told.text for told in some if told.text is not None]
            return self.compose(
                unit(torch.from_numpy(np.stack(sketches))).to(device) if drawn else None,
                torch.from_numpy(np.stack(photos)).to(device) if shown else None,
                self.backbone.text.sentence(*self.backbone.preprocessing.text(texts)) if spoken else None,
            )

        for kind in dict.fromkeys(told.kind for told in sentences):
            alike = [told for told in sentences if told.kind == kind]
            found |= dict(zip(alike, self._in_batches(alike, embed, batch_size), strict=True))
        return found


def levels(weights: Mapping[str, float]) -> list[tuple[frozenset[str], float]]:
    """Take weights apart into sets of modalities that are said together, each with what it weighs.

    The positive weights are the sum of all sets that a modality is in; one below zero stands by itself.

    >>> [(sorted(names), weight) for names, weight in levels({"sketch": 1.0, "text": 0.25, "photo": 0.0})]
    [(['sketch', 'text'], 0.25), (['sketch'], 0.75)]
    """
    found: list[tuple[frozenset[str], float]] = []
    below = 0.0
    for level in sorted({weight for weight in weights.values() if weight > 0}):
        found.append((frozenset(name for name, weight in weights.items() if weight >= level), level - below))
        below = level
    return found + [(frozenset({name}), weight) for name, weight in weights.items() if weight < 0]


def _terms(query: Query) -> list[tuple[Told, float]]:
    """The sentences of a query and what each of them weighs."""
    sketches, photo = tuple(id(sketch) for sketch in query.sketches), query.photo
    text = next(iter(text_of(query)), None)
    given = {"sketch": bool(sketches), "photo": photo is not None, "text": text is not None}
    weights = {name: query.weights.get(name, 1.0) for name, there in given.items() if there}
    terms = [
        (
            Told(
                sketches if "sketch" in names else (),
                id(photo) if "photo" in names else None,
                text if "text" in names else None,
            ),
            weight,
        )
        for names, weight in levels(weights)
    ]
    unwanted = avoided_by(query)
    less = query.weights.get("avoid", 1.0) / max(1, len(unwanted))
    return terms + [(Told(text=words), -less) for words in unwanted]

"""The vocabulary of the whole package: what a photo, a sketch, a query and an answer are.

Coordinates have y pointing down. A larger score is better, everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from PIL import Image

Floats: TypeAlias = npt.NDArray[np.float32]
Pixels: TypeAlias = npt.NDArray[np.uint8]
Value: TypeAlias = str | int | float | bool

MODALITIES = ("sketch", "text", "photo", "avoid")
"""What a query can be made of; the keys of `Query.weights`."""


@dataclass(frozen=True)
class Photo:
    """One item of a gallery.

    `id` is unique in its gallery. `instance` says which object it shows and `category` what kind of
    object that is; both may be unknown. `image` is the decoded picture where somebody has it at hand
    already; otherwise it is read from `path`.
    """

    id: str
    path: Path | None = None
    instance: str | None = None
    category: str | None = None
    captions: tuple[str, ...] = ()
    metadata: Mapping[str, Value] = field(default_factory=dict)
    image: Image.Image | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, eq=False)
class Sketch:
    """A drawing: strokes in the order they were drawn, or a raster where the strokes are not known.

    `strokes` holds one float32 array of shape (points, 2) or (points, 3) per stroke: x, y and, where
    known, the time. `canvas` is the (width, height) they were drawn on. `raster` is a uint8 array of
    shape (height, width), black ink (0) on white paper (255).
    """

    strokes: tuple[Floats, ...] = ()
    canvas: tuple[float, float] | None = None
    raster: Pixels | None = None


@dataclass(frozen=True, eq=False)
class Query:
    """What is searched for: any of sketches, words, a reference photo, and words to avoid.

    `weights` says how much each of `MODALITIES` counts (1 where it says nothing). `instance` and
    `category` are the truth about the target, known only in training and evaluation; a search
    within one category knows that too.
    """

    sketches: tuple[Sketch, ...] = ()
    text: str | None = None
    photo: Photo | None = None
    avoid: tuple[str, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    instance: str | None = None
    category: str | None = None


@dataclass(frozen=True, eq=False)
class Encoded:
    """Vectors of a batch, and patch tokens where a method re-ranks with them.

    `vectors` is float32 of shape (batch, dimension), each row of unit length. `tokens` is float32 of
    shape (batch, tokens, width) and `mask` bool of shape (batch, tokens), true where a token counts.
    """

    vectors: Floats
    tokens: Floats | None = None
    mask: npt.NDArray[np.bool_] | None = None


@dataclass(frozen=True, eq=False)
class Split:
    """Queries and the photos they are ranked against; equal `instance` (or `category`) is relevant."""

    name: str
    queries: Sequence[Query]
    photos: Sequence[Photo]


@dataclass(frozen=True)
class Hit:
    """One answer of a search: a photo, its score, and its rank counted from 1.

    `ranks` says, where it was asked for, which rank the photo has by each modality of the query alone; a modality by
    which it lies too deep to tell is left out.
    """

    photo: Photo
    score: float
    rank: int
    ranks: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """What an evaluation found: the protocol in words and numbers, and the results it led to.

    `per_query` holds what the results are averages of, where it is kept: by modality and column one value per query.
    """

    protocol: Mapping[str, Any]
    results: Mapping[str, Mapping[str, Any]]
    per_query: Mapping[str, Mapping[str, Sequence[Any]]] = field(default_factory=dict)

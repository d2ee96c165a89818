"""The vectors of a split: each photo and each query read once, a bounded number of them at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from stbir.data.pictures import open_picture
from stbir.errors import InputError
from stbir.types import Encoded, Floats, Photo, Query

if TYPE_CHECKING:
    from stbir.methods.base import Method

T = TypeVar("T")

ASKED = ("sketch", "text", "both", "photo", "composed")
"""What is measured: queries with only their sketch, only their words, and both where they have both.

Where they bring a reference photo beside that, also with the photo alone, and composed: all they have. A reference
photo that stands in the gallery is ranked like any other.
"""

BATCH = 64


@dataclass(frozen=True, eq=False)
class Asked:
    """The queries of one modality: what each looks for, its number in the split, its vector, and maybe tokens."""

    wanted: list[str | None]
    categories: list[str | None]
    numbers: list[int]
    vectors: Floats
    tokens: Floats | None = None
    mask: npt.NDArray[np.bool_] | None = None

    @property
    def encoded(self) -> Encoded:
        """All of them as they were encoded."""
        return Encoded(self.vectors, self.tokens, self.mask)


def encode_asked(
    method: Method,
    queries: Sequence[Query],
    *,
    asks: Callable[[Query], bool] = lambda query: True,
    told: Callable[[Query], str | None] = lambda query: None,
) -> dict[str, Asked]:
    """Embed every query that `asks` allows once per modality it has; a modality without queries is left out.

    What a query seeks is the truth, so that the method sees neither its instance nor its category, but for what `told`
    says: the category, where a query is ranked only within it and everybody knows it therefore.

    Raises:
        InputError: a sketch cannot be read.
    """
    found: dict[str, list[tuple[int, Query]]] = {name: [] for name in ASKED}
    encoded: dict[str, list[Encoded]] = {name: [] for name in ASKED}
    for some in chunks(enumerate(queries), BATCH):
        for name in ASKED:
            variants = [(number, one) for number, query in some if asks(query) and (one := only(query, name))]
            if variants:
                # without what was drawn: a large table needs no large memory
                found[name] += [(number, replace(query, sketches=(), photo=None)) for number, query in variants]
                shown = [hidden(query, category=told(query)) for _, query in variants]
                encoded[name].append(method.encode_queries(shown))
    return {
        name: Asked(
            [query.instance for _, query in some],
            [query.category for _, query in some],
            [number for number, _ in some],
            (whole := joined(encoded[name])).vectors,
            whole.tokens,
            whole.mask,
        )
        for name, some in found.items()
        if some
    }


def joined(parts: Sequence[Encoded]) -> Encoded:
    """What was encoded piece by piece as one; where pieces have fewer tokens, some that do not count fill them up."""
    tokens = [part.tokens for part in parts if part.tokens is not None]
    vectors = np.concatenate([part.vectors for part in parts])
    if len(tokens) < len(parts):
        return Encoded(vectors)
    most = max(some.shape[1] for some in tokens)
    masks = [
        np.ones(part.shape[:2], bool) if one.mask is None else one.mask for part, one in zip(tokens, parts, strict=True)
    ]
    room = [most - some.shape[1] for some in tokens]
    return Encoded(
        vectors,
        np.concatenate([np.pad(some, ((0, 0), (0, free), (0, 0))) for some, free in zip(tokens, room, strict=True)]),
        np.concatenate([np.pad(some, ((0, 0), (0, free))) for some, free in zip(masks, room, strict=True)]),
    )


def encode_gallery(method: Method, photos: Sequence[Photo], *, progress: bool = False) -> Encoded:
    """Embed every photo of a split, with tokens where the method re-ranks by them.

    Raises:
        InputError: photos cannot be read; a benchmark that shrinks silently measures something else.
    """
    from tqdm import tqdm

    broken: list[tuple[Photo, str]] = []
    encoded: list[Encoded] = []
    with tqdm(total=len(photos), unit="photo", disable=not progress, leave=False) as bar:
        for some in chunks(photos, BATCH):
            read = [opened for photo in some if (opened := _open(photo, side=method.decode_side, broken=broken))]
            if not broken:
                encoded.append(method.encode_photos(read, batch_size=BATCH))
            bar.update(len(some))
    if broken:
        named = "; ".join(reason for _, reason in broken[:3]) + ("; ..." if len(broken) > 3 else "")
        raise InputError(f"{len(broken)} of {len(photos)} photos cannot be read, so nothing was measured: {named}")
    return joined(encoded)


def _open(photo: Photo, *, side: int, broken: list[tuple[Photo, str]]) -> Photo | None:
    """Decode a photo; one that cannot be decoded is put on the list."""
    if photo.image is not None:
        return photo
    try:
        if photo.path is None:
            raise InputError(f"photo {photo.id} has neither a picture nor a path")
        return replace(photo, image=open_picture(photo.path, at_least=side))
    except InputError as error:
        broken.append((photo, str(error)))
        return None


def hidden(query: Query, *, category: str | None = None) -> Query:
    """A query as a method may see it: without the truth about what it seeks, but for a category that is given."""
    return replace(query, instance=None, category=category)


def only(query: Query, modality: str) -> Query | None:
    """Keep of a query what `modality` allows, or nothing where it lacks it."""
    if modality in ("composed", "photo"):
        if query.photo is None or not (query.sketches or query.text):
            return None
        return query if modality == "composed" else replace(query, sketches=(), text=None)
    if modality == "sketch":
        return replace(query, text=None, photo=None) if query.sketches else None
    if modality == "text":
        return replace(query, sketches=(), photo=None) if query.text else None
    return replace(query, photo=None) if query.sketches and query.text else None


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut a sequence into lists of at most `size`, reading each item once."""
    stream = iter(items)
    while some := list(islice(stream, size)):
        yield some

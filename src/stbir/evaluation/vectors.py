"""The vectors of a split: each photo and each query read once, a bounded number of them at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from stbir.data.pictures import open_picture
from stbir.errors import InputError
from stbir.types import Floats, Photo, Query

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
    """The queries of one modality: what each looks for, its number in the split, and its vector."""

    wanted: list[str | None]
    categories: list[str | None]
    numbers: list[int]
    vectors: Floats


def encode_asked(
    method: Method, queries: Sequence[Query], *, asks: Callable[[Query], bool] = lambda query: True
) -> dict[str, Asked]:
    """Embed every query that `asks` allows once per modality it has; a modality without queries is left out.

    Raises:
        InputError: a sketch cannot be read.
    """
    found: dict[str, list[tuple[int, Query]]] = {name: [] for name in ASKED}
    vectors: dict[str, list[Floats]] = {name: [] for name in ASKED}
    for some in chunks(enumerate(queries), BATCH):
        for name in ASKED:
            variants = [(number, one) for number, query in some if asks(query) and (one := only(query, name))]
            if variants:
                # without what was drawn: a large table needs no large memory
                found[name] += [(number, replace(query, sketches=(), photo=None)) for number, query in variants]
                vectors[name].append(method.encode_queries([query for _, query in variants]).vectors)
    return {
        name: Asked(
            wanted=[query.instance for _, query in some],
            categories=[query.category for _, query in some],
            numbers=[number for number, _ in some],
            vectors=np.concatenate(vectors[name]),
        )
        for name, some in found.items()
        if some
    }


def encode_gallery(method: Method, photos: Sequence[Photo], *, progress: bool = False) -> Floats:
    """Embed every photo of a split.

    Raises:
        InputError: photos cannot be read; a benchmark that shrinks silently measures something else.
    """
    from tqdm import tqdm

    broken: list[tuple[Photo, str]] = []
    vectors: list[Floats] = []
    with tqdm(total=len(photos), unit="photo", disable=not progress, leave=False) as bar:
        for some in chunks(photos, BATCH):
            read = [opened for photo in some if (opened := _open(photo, side=method.decode_side, broken=broken))]
            if not broken:
                vectors.append(method.encode_photos(read, batch_size=BATCH).vectors)
            bar.update(len(some))
    if broken:
        named = "; ".join(reason for _, reason in broken[:3]) + ("; ..." if len(broken) > 3 else "")
        raise InputError(f"{len(broken)} of {len(photos)} photos cannot be read, so nothing was measured: {named}")
    return np.concatenate(vectors)


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

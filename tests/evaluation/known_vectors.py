"""A method whose vectors are known beforehand: the red and green of a photo, and the words of a query, number them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from stbir.types import Encoded, Photo, Query, Sketch, Split


@dataclass
class Known:
    photos: np.ndarray
    queries: np.ndarray
    name: str = "known"
    source: str = "known"
    decode_side: int = 8
    encoded: int = 0

    def fingerprint(self) -> dict[str, str]:
        return {"weights": "none"}

    def encode_photos(self, photos: Sequence[Photo], *, batch_size: int = 64) -> Encoded:
        self.encoded += len(photos)
        pixels = [photo.image.getpixel((0, 0)) for photo in photos if photo.image]
        return Encoded(self.photos[[256 * red + green for red, green, _ in pixels]])

    def encode_queries(self, queries: Sequence[Query], *, batch_size: int = 64) -> Encoded:
        rows: list[np.ndarray] = []
        for query in queries:
            numbers = [int(sketch.raster[0, 0]) for sketch in query.sketches if sketch.raster is not None]
            rows.append(np.mean([self.queries[n] for n in numbers or [int(query.text or 0)]], axis=0))
        return Encoded(np.stack(rows).astype(np.float32))


def photo(number: int, **known: Any) -> Photo:
    picture = Image.new("RGB", (8, 8), (number // 256, number % 256, 0))
    return Photo(**({"id": f"p{number}", "instance": f"p{number}", "image": picture} | known))


def asked(number: int, target: int | str | None = None, **known: Any) -> Query:
    instance = f"p{number if target is None else target}"
    return Query(**({"text": str(number), "instance": instance} | known))


def drawn(number: int, target: int, **known: Any) -> Query:
    return Query(sketches=(Sketch(raster=np.full((2, 2), number, np.uint8)),), instance=f"p{target}", **known)


def on_a_line(scores: Sequence[Sequence[float]]) -> Known:
    """A method that gives query i and photo j the score `scores[i][j]`."""
    table = np.array(scores, dtype=np.float32)
    return Known(photos=table.T.copy(), queries=np.eye(len(table), dtype=np.float32))


def split_of(queries: Sequence[Query], photos: Sequence[Photo]) -> Split:
    return Split("known", queries, photos)

"""A method that anybody can check by eye: a picture is the mean colours of a grid, a word is a plain colour."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from stbir.errors import EmptyQuery
from stbir.types import Encoded, Floats, Photo, Query

GRID = 2
COLOURS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "black": (0, 0, 0), "white": (255, 255, 255)}


class GridMethod:
    """`encoded` lists the ids of all photos encoded so far; `fails_after` photos it is interrupted."""

    dimension = GRID * GRID * 3
    side = 8
    decode_side = 8
    shortlist = 0
    meets_categories = False

    def __init__(self, *, source: str = "grid", weights: str = "1", fails_after: int | None = None) -> None:
        self.source = source
        self.weights = weights
        self.encoded: list[str] = []
        self.fails_after = fails_after

    def encode_photos(self, photos: Sequence[Photo], *, batch_size: int = 64) -> Encoded:
        if self.fails_after is not None and len(self.encoded) >= self.fails_after:
            raise KeyboardInterrupt
        self.encoded += [photo.id for photo in photos]
        rows = [embed(photo.image or Image.open(photo.path)) for photo in photos]
        return Encoded(np.stack(rows) if rows else np.empty((0, self.dimension), dtype=np.float32))

    def encode_queries(self, queries: Sequence[Query]) -> Encoded:
        return Encoded(np.stack([self._query(query) for query in queries]))

    def fingerprint(self) -> dict[str, str]:
        return {"method": "grid", "weights": self.weights, "preprocessing": "8 px", "rasteriser": "1"}

    def _query(self, query: Query) -> Floats:
        parts = [plain(word) for word in (query.text or "").split()]
        parts += [-plain(word) for word in query.avoid]
        parts += [embed(query.photo.image)] if query.photo and query.photo.image else []
        parts += [embed(Image.fromarray(sketch.raster)) for sketch in query.sketches if sketch.raster is not None]
        if not parts:
            raise EmptyQuery("the query is empty")
        mean = np.mean(parts, axis=0)
        return (mean / np.linalg.norm(mean)).astype(np.float32)


def plain(word: str) -> Floats:
    return embed(Image.new("RGB", (8, 8), COLOURS[word]))


def embed(image: Image.Image) -> Floats:
    small = image.convert("RGB").resize((GRID, GRID), Image.Resampling.BOX)
    vector = np.asarray(small, dtype=np.float32).ravel() - 100
    return vector / np.linalg.norm(vector)

"""What a method that draws imagines for a query, beside the photos that are nearest to the drawing.

A picture that only looks good says nothing; here each one is sent back as if it were a photo to search with. Where the
photo that was meant comes first, the drawing holds what tells it apart. The check is our own (DESIGN).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from stbir.errors import InputError
from stbir.evaluation.sheet import SheetRow, contact_sheet
from stbir.evaluation.targets import find_targets
from stbir.evaluation.vectors import encode_gallery
from stbir.functional.metrics import Ranks
from stbir.types import Hit, Photo, Pixels, Query, Split

if TYPE_CHECKING:
    from stbir.methods.duet import Duet


@dataclass(frozen=True, eq=False)
class Imagined:
    """Of each query the drawing, uint8 (queries, 64, 64, 3), its photo's id and rank, and the photos nearest to it."""

    queries: Sequence[Query]
    targets: Sequence[str]
    drawings: Pixels
    ranks: Ranks
    hits: Sequence[Sequence[Hit]]

    @property
    def first(self) -> float:
        """The share of the drawings to which the photo that was meant is the nearest; ties count against it."""
        return float((self.ranks == 1).mean())

    def sheet(self, path: str | Path, *, title: str = "", rows: int | None = None) -> None:
        """Write a contact sheet: each query, or only `rows` of them, its drawing, and the photos nearest to that.

        Raises:
            InputError: no queries or more than 20, or a place that cannot be written.
        """
        count = len(self.queries) if rows is None else min(rows, len(self.queries))
        chosen = {place * len(self.queries) // count for place in range(count)}
        shown = [
            SheetRow(query, hits, target, Image.fromarray(drawing))
            for place, (query, target, drawing, hits) in enumerate(
                zip(self.queries, self.targets, self.drawings, self.hits, strict=True)
            )
            if place in chosen
        ]
        contact_sheet(shown, path=path, title=title)


def imagine(method: Duet, split: Split, *, depth: int = 4) -> Imagined:
    """Let a method draw each query of a split and look for the photos that are nearest to the drawing.

    Raises:
        InputError: there is no query, a query looks for a photo that is not there, or a photo cannot be read.
    """
    queries = [*split.queries]
    if not queries:
        raise InputError(f"{split.name} has no queries; there is nothing to imagine")
    targets = find_targets(split)
    wanted = targets.of([query.instance for query in queries])
    photos = encode_gallery(method, split.photos).vectors
    drawings = method.draw(queries)
    seen = method.encode_photos(
        [Photo(f"imagined {number}", image=Image.fromarray(one)) for number, one in enumerate(drawings)]
    ).vectors
    scores = seen @ photos.T
    order = np.argsort(-scores, axis=1, kind="stable")[:, :depth]
    hits = [
        [Hit(split.photos[place], float(line[place]), rank) for rank, place in enumerate(best.tolist(), start=1)]
        for line, best in zip(scores, order, strict=True)
    ]
    names = [split.photos[number].id for number in wanted.tolist()]
    return Imagined(queries, names, drawings, targets.ranks(seen, photos, wanted=wanted), hits)

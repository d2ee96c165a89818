"""What a search answers: the shape that the documentation shows, and the writing of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, Field

from stbir.functional.strokes import point_count
from stbir.serve.question import Question, shown
from stbir.types import Hit, Photo, Sketch, Value

Metadata = dict[str, str | int | float | bool]


class HitDocument(BaseModel):
    """One photo that was found."""

    rank: int = Field(examples=[1], description="counted from 1, through all pages")
    id: str = Field(examples=["boot/boot-00001.jpg"])
    score: float = Field(examples=[0.771235])
    ranks: dict[str, int] = Field(
        examples=[{"sketch": 3, "text": 12}],
        description="with `explain`: the rank by each part of the query alone, where it is not too deep to tell",
    )
    category: str | None = Field(examples=["boot"])
    instance: str | None = Field(examples=[None])
    title: str = Field(examples=["boot-00001"])
    metadata: Metadata = Field(examples=[{"colour": "red", "price": 79.5}])
    photo: str = Field(examples=["/api/photos/boot%2Fboot-00001.jpg"])
    thumb: str = Field(examples=["/api/photos/boot%2Fboot-00001.jpg/thumb"])


class AnswerDocument(BaseModel):
    """The photos that fit best, and how they were found."""

    hits: list[HitDocument]
    total: int = Field(examples=[500], description="how many photos pass the filter")
    k: int = Field(examples=[24])
    offset: int = Field(examples=[0])
    generation: int = Field(examples=[3], description="the version of the gallery that answered")
    query: dict[str, Any] = Field(
        examples=[{"sketches": [{"strokes": 1, "points": 5}], "text": "red leather"}],
        description="what was searched for, without the coordinates of the drawings",
    )
    took_ms: dict[str, float] = Field(
        examples=[{"decode": 0.3, "read": 0.2, "encode": 4.1, "search": 0.6, "total": 5.4}]
    )


def photo_address(id: str) -> str:
    """Where a photo is; slashes are escaped too, so that no id can be mistaken for an address below another.

    >>> photo_address("boots/red one.jpg")
    '/api/photos/boots%2Fred%20one.jpg'
    """
    return f"/api/photos/{quote(id, safe='', errors='surrogatepass')}"


def title_of(photo: Photo) -> str:
    """What to call a photo.

    >>> title_of(Photo("boots/red.jpg")), title_of(Photo("7", metadata={"title": "Red boot"}))
    ('red.jpg', 'Red boot')
    """
    for field in ("title", "name"):
        if photo.metadata.get(field) not in (None, ""):
            return str(photo.metadata[field])
    return photo.id.rpartition("/")[2] or photo.id


def hit_of(hit: Hit) -> dict[str, Any]:
    """One hit as JSON, in the shape of `HitDocument`."""
    photo = hit.photo
    address = photo_address(photo.id)
    return {
        "rank": hit.rank,
        "id": photo.id,
        "score": round(hit.score, 6),
        "ranks": dict(hit.ranks),
        "category": photo.category,
        "instance": photo.instance,
        "title": title_of(photo),
        "metadata": metadata_of(photo),
        "photo": address,
        "thumb": f"{address}/thumb",
    }


def metadata_of(photo: Photo) -> dict[str, Value]:
    """The metadata as a dict that can be written."""
    return dict(photo.metadata)


def echo_of(
    question: Question,
    sketches: Sequence[Sketch],
    *,
    text: str | None,
    avoid: Sequence[str],
    weights: Mapping[str, float],
) -> dict[str, Any]:
    """The query as it was searched for: blanks gone, defaults in, and drawings as numbers of strokes and points."""
    echo: dict[str, Any] = {"sketches": [_drawn(sketch) for sketch in sketches], "text": text, "avoid": list(avoid)}
    echo |= {"photo": question.photo, "weights": dict(weights), "where": shown(question.where)}
    return echo | {"explain": question.explain}


def _drawn(sketch: Sketch) -> dict[str, Any]:
    if sketch.strokes:
        return {"strokes": len(sketch.strokes), "points": point_count(sketch)}
    height, width = sketch.raster.shape if sketch.raster is not None else (0, 0)
    return {"picture": [width, height]}

"""The routes of photos: by the id that the gallery knows them under, never by a path."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from stbir.errors import UnknownPhoto
from stbir.serve.answer import Metadata, metadata_of, title_of
from stbir.serve.documents import problems
from stbir.serve.problems import Problem, encoded
from stbir.serve.renditions import MEDIA_TYPE, PHOTO_SIDE, Cache, render, tag_of
from stbir.serve.service import Service
from stbir.types import Photo

_LONGEST_ID = 4_000
_PICTURE: dict[int | str, dict[str, Any]] = {
    200: {"description": "A JPEG.", "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}},
    304: {"description": "It has not changed."},
}


class InfoDocument(BaseModel):
    """What the gallery knows about a photo."""

    id: str = Field(examples=["boot/boot-00001.jpg"])
    category: str | None = Field(examples=["boot"])
    instance: str | None = Field(examples=[None])
    title: str = Field(examples=["boot-00001"])
    metadata: Metadata = Field(examples=[{"colour": "red"}])
    path: str | None = Field(description="where the file is on the server, if it may be told", examples=[None])


def routes(service: Service) -> APIRouter:
    """The routes below `/api/photos`."""
    router = APIRouter()
    thumbs = Cache(most_bytes=service.settings.thumb_bytes)
    nothing = Cache(most_bytes=0)

    async def picture(request: Request, id: str, *, side: int, cache: Cache, download: bool = False) -> Response:
        photo, tag, data = await service.pictures.run(
            partial(_picture, service, id, request.headers.get("if-none-match", ""), side=side, cache=cache)
        )
        headers = {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache"}
        if data is None:
            return Response(status_code=304, headers=headers)
        if download:
            headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{_file_name(photo)}"
        return Response(data, headers=headers, media_type=MEDIA_TYPE)

    async def about(id: str) -> Response:
        photo = await service.pictures.run(partial(photo_by_id, service, id))
        path = str(photo.path) if photo.path is not None and service.settings.show_paths else None
        known = {"id": photo.id, "category": photo.category, "instance": photo.instance, "title": title_of(photo)}
        return Response(encoded({**known, "metadata": metadata_of(photo), "path": path}), media_type="application/json")

    @router.get(
        "/api/photos/{id:path}/thumb",
        response_class=Response,
        responses={**_PICTURE, **problems(404, 410, 422, 429, 503)},
        summary="A photo made small",
    )
    async def thumb(
        request: Request,
        id: str,
        size: Annotated[Literal["160", "320", "640"], Query(description="pixels of the longer side")] = "320",
    ) -> Response:
        if not _ends_in(request, b"/thumb"):
            return await picture(request, f"{id}/thumb", side=PHOTO_SIDE, cache=nothing)
        return await picture(request, id, side=int(size), cache=thumbs)

    @router.get(
        "/api/photos/{id:path}/info",
        response_model=InfoDocument,
        responses=problems(404, 422, 429, 503),
        summary="What is known about a photo",
    )
    async def info(request: Request, id: str) -> Response:
        if not _ends_in(request, b"/info"):
            return await picture(request, f"{id}/info", side=PHOTO_SIDE, cache=nothing)
        return await about(id)

    @router.get(
        "/api/photos/{id:path}",
        response_class=Response,
        responses={**_PICTURE, **problems(404, 410, 422, 429, 503)},
        summary="A photo",
    )
    async def photo(
        request: Request,
        id: str,
        download: Annotated[Literal["0", "1"], Query(description="1 to save it as a file")] = "0",
    ) -> Response:
        return await picture(request, id, side=PHOTO_SIDE, cache=nothing, download=download == "1")

    return router


def photo_by_id(service: Service, id: str) -> Photo:
    """The photo that the gallery has under an id.

    Raises:
        Problem: 404 if it has none.
    """
    try:
        if len(id) > _LONGEST_ID or "\0" in id:
            raise UnknownPhoto
        return service.gallery.photo(id)
    except UnknownPhoto:
        raise Problem(404, f"there is no photo {id[:80]!r} in this gallery") from None


def _picture(service: Service, id: str, known: str, *, side: int, cache: Cache) -> tuple[Photo, str, bytes | None]:
    photo = photo_by_id(service, id)
    if photo.path is None:
        raise Problem(410, "this photo was added without a file")
    tag = tag_of(photo.path, side=side)
    if f'"{tag}"' in known:
        return photo, tag, None
    data = cache.get(tag)
    if data is None:
        data = render(photo.path, side=side)
        cache.put(tag, data)
    return photo, tag, data


def _ends_in(request: Request, end: bytes) -> bool:
    """Whether the address ends so as it was written: in an id, slashes are escaped."""
    raw: bytes | None = request.scope.get("raw_path")
    return raw is None or raw.endswith(end)


def _file_name(photo: Photo) -> str:
    name = photo.id.rpartition("/")[2] or "photo"
    stem = name.rpartition(".")[0] or name
    return quote(f"{stem}.jpg", safe="", errors="replace")

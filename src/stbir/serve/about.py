"""The routes that say what is being served: the gallery, its model, its fields, and whether it is well."""

from __future__ import annotations

import dataclasses
import json
import threading
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

import stbir
from stbir.gallery.facets import Facet
from stbir.nn.clip import BUNDLED as BUNDLED_WEIGHTS
from stbir.serve.documents import OPEN, problems
from stbir.serve.limits import LIMITS
from stbir.serve.metrics import MEDIA_TYPE
from stbir.serve.problems import Problem, encoded
from stbir.serve.service import Service

BUNDLED = "tiny"


class ModelDocument(BaseModel):
    """What encodes."""

    name: str = Field(examples=["tiny"])
    source: str = Field(examples=["tiny"])
    families: list[str] | None = Field(
        examples=[["boot", "chair"]], description="the kinds of objects it was trained on, where these are all it knows"
    )
    bundled: bool


class AboutDocument(BaseModel):
    """The state of the service."""

    version: str
    name: str = Field(examples=["photos"], description="what the folder of photos is called")
    photos: int = Field(examples=[500], description="how many can be searched")
    source: int | None = Field(examples=[500], description="how many there are, once that is known")
    broken: int
    indexing: bool = Field(description="whether more are being added")
    generation: int
    model: ModelDocument
    fields: dict[str, str] = Field(examples=[{"category": "text", "price": "number"}])
    limits: dict[str, int]


class CountDocument(BaseModel):
    """A value and how many photos have it."""

    value: str | int | float | bool
    count: int


class FieldDocument(BaseModel):
    """A field that photos can be filtered by: values with counts, or for numbers the range."""

    kind: str = Field(examples=["text"])
    values: list[CountDocument] | None = None
    min: float | None = None
    max: float | None = None
    missing: int


class FacetsDocument(BaseModel):
    """The fields that photos can be filtered by."""

    fields: dict[str, FieldDocument]


class StateDocument(BaseModel):
    """One word."""

    status: str = Field(examples=["ready"])


def routes(service: Service) -> APIRouter:
    """The routes about the service itself."""
    router = APIRouter()
    facets_of = _Facets(service)

    @router.get("/api/about", response_model=AboutDocument, responses=problems(429, 503), summary="What is served")
    async def about() -> Response:
        return _json(await service.pictures.run(lambda: _about(service)))

    @router.get("/api/facets", response_model=FacetsDocument, responses=problems(429, 503), summary="What to filter by")
    async def facets() -> Response:
        return _json(await service.pictures.run(facets_of.now))

    @router.get(
        "/livez",
        response_model=StateDocument,
        responses=problems(guarded=False),
        openapi_extra=OPEN,
        summary="Whether the process is alive",
    )
    async def livez() -> Response:
        return _json({"status": "alive"})

    @router.get(
        "/readyz",
        response_model=StateDocument,
        responses=problems(503, guarded=False),
        openapi_extra=OPEN,
        summary="Whether it can search",
    )
    async def readyz() -> Response:
        if not service.ready:
            raise Problem(503, service.trouble, headers={"Retry-After": "1"})
        return _json({"status": "ready"})

    @router.get(
        "/metrics",
        response_class=Response,
        responses={200: {"description": "Prometheus text.", "content": {"text/plain": {}}}, **problems()},
        summary="Numbers for Prometheus",
    )
    async def metrics() -> Response:
        return Response(service.metrics.text(), media_type=MEDIA_TYPE)

    return router


class _Facets:
    """The facets of the gallery; counted again when it has changed."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._lock = threading.Lock()
        self._known: tuple[tuple[int, int], dict[str, Any]] | None = None

    def now(self) -> dict[str, Any]:
        gallery = self._service.gallery
        with self._lock:
            gallery.refresh()
            version = (gallery.generation, len(gallery))
            if self._known is None or self._known[0] != version:
                fields = {name: _facet(facet) for name, facet in gallery.facets().items()}
                self._known = version, {"fields": fields}
            return self._known[1]


def _facet(facet: Facet) -> dict[str, Any]:
    known: dict[str, Any] = {"kind": facet.kind, "missing": facet.missing}
    if facet.kind == "number":
        return known | {"min": facet.low, "max": facet.high}
    return known | {"values": [{"value": value, "count": count} for value, count in facet.values]}


def _about(service: Service) -> dict[str, Any]:
    gallery = service.gallery
    gallery.refresh()
    coverage = gallery.coverage
    method = gallery.method
    bundled = method.source == BUNDLED
    return {
        "version": stbir.__version__,
        "name": gallery.folder.name,
        "photos": coverage.embedded,
        "source": coverage.source,
        "broken": coverage.broken,
        "indexing": coverage.indexing,
        "generation": gallery.generation,
        "model": {
            "name": method.name,
            "source": method.source if service.settings.show_paths else method.source.rpartition("/")[2],
            "families": _families() if bundled else None,
            "bundled": bundled,
        },
        "fields": {name: _KINDS[kind] for name, kind in service.fields().items()},
        "limits": dataclasses.asdict(LIMITS),
    }


_KINDS: dict[type, str] = {str: "text", bool: "truth", int: "number", float: "number"}


def _families() -> list[str]:
    """What the bundled model was trained on, as the recipe beside its weights says."""
    recipe = json.loads((BUNDLED_WEIGHTS / BUNDLED / "recipe.json").read_text(encoding="utf-8"))
    return sorted(recipe["data"]["families"])


def _json(value: dict[str, Any]) -> Response:
    return Response(encoded(value), media_type="application/json")

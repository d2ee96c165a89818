"""What the OpenAPI document says beyond what the routes say themselves: bodies, problems, and who may ask."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

import stbir
from stbir.serve.problems import MEDIA_TYPE, ProblemDocument
from stbir.serve.question import Question

_MEANING = {
    400: "The request is malformed.",
    401: "A token is needed.",
    403: "Pages of other sites may not ask this.",
    404: "There is no such photo.",
    408: "The request did not arrive in time.",
    410: "The file of the photo is gone, or can no longer be read.",
    413: "The request, or a picture in it, is too large.",
    415: "The body is of a kind that is not taken.",
    421: "The service does not answer to the name that it was asked under.",
    422: "The request does not say what can be searched for.",
    429: "Too many requests at once; `Retry-After` says when to come back.",
    503: "Not ready, or it took too long.",
}
_ANYWHERE = (400, 421)
"""What the door says to anybody."""
OPEN: dict[str, Any] = {"security": []}
"""What the document says of a route that nobody needs a token for."""

BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/Question"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "query": {"$ref": "#/components/schemas/Question"},
                        "sketch": {
                            "type": "array",
                            "maxItems": 4,
                            "items": {"type": "string", "format": "binary"},
                            "description": "drawings: PNG, JPEG, WebP, SVG, or strokes as JSON",
                        },
                    },
                },
                "encoding": {"query": {"contentType": "application/json"}},
            },
        },
    }
}
"""The body of a search, which is read by hand: its size must be known before it is parsed."""


def problems(*statuses: int, guarded: bool = True) -> dict[int | str, dict[str, Any]]:
    """The problems that a route may answer with, for its documentation; `guarded` ones may want a token."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}
    told = {*statuses, *_ANYWHERE, *((401,) if guarded else ())}
    return {status: {"description": _MEANING[status], "content": content} for status in sorted(told)}


def document(app: FastAPI, *, token: bool) -> dict[str, Any]:
    """The OpenAPI document of the service; made once."""
    if app.openapi_schema is None:
        made = get_openapi(
            title="stbir",
            version=stbir.__version__,
            summary="Find a photo from what you can draw and what you can say.",
            routes=app.routes,
        )
        _, extra = models_json_schema(
            [(Question, "validation"), (ProblemDocument, "validation")], ref_template="#/components/schemas/{model}"
        )
        components = made.setdefault("components", {})
        components.setdefault("schemas", {}).update(extra["$defs"])
        if token:
            components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            made["security"] = [{"token": []}]
        app.openapi_schema = made
    return app.openapi_schema

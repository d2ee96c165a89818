"""The page: the files in `static`, and no others."""

from __future__ import annotations

import hashlib
from pathlib import Path

from fastapi import APIRouter, Request, Response

from stbir.serve.problems import Problem

STATIC = Path(__file__).parent / "static"
INDEX = "index.html"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}


def routes() -> APIRouter:
    """The routes `/` and `/static/...`; the names are a list made at the start, so no path can lead elsewhere."""
    router = APIRouter()
    known = {file.relative_to(STATIC).as_posix(): file for file in STATIC.rglob("*") if file.suffix in MEDIA_TYPES}

    def answer(request: Request, name: str) -> Response:
        file = known.get(name)
        if file is None:
            raise Problem(404, "the page has no such file")
        data = file.read_bytes()
        tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(data, headers=headers, media_type=MEDIA_TYPES[file.suffix])

    @router.get("/", include_in_schema=False)
    async def index(request: Request) -> Response:
        return answer(request, INDEX)

    @router.get("/static/{name:path}", include_in_schema=False)
    async def static(request: Request, name: str) -> Response:
        return answer(request, name)

    return router

"""The service as an ASGI application: routes around a gallery, with no retrieval logic of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import FastAPI

import stbir
from stbir.serve import about, page, photos, search
from stbir.serve.documents import document
from stbir.serve.problems import answer_problems
from stbir.serve.security import Door
from stbir.serve.service import service_of
from stbir.serve.settings import Settings

if TYPE_CHECKING:
    from stbir.gallery import Gallery


def create_app(gallery: Gallery, settings: Settings | None = None) -> FastAPI:
    """Make the service of a gallery, for any ASGI server.

    Whoever serves it to more than this machine gives a token, and the names that the machine has:
    `create_app(gallery, Settings(token="...", hosts=("photos.example.org",)))`.
    """
    settings = settings or Settings()
    service = service_of(gallery, settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        warming = asyncio.create_task(service.warm_up())
        try:
            yield
        finally:
            warming.cancel()
            await asyncio.to_thread(service.close)

    app = FastAPI(
        title="stbir",
        version=stbir.__version__,
        lifespan=lifespan,
        docs_url=None,  # it would come from another host, which the policy forbids
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.service = service
    for router in (search.routes(service), photos.routes(service), about.routes(service), page.routes()):
        app.include_router(router)
    answer_problems(app, refuse=service.refuse)
    app.add_middleware(Door, settings=settings, metrics=service.metrics)
    app.openapi = lambda: document(app, token=settings.token is not None)
    return app

"""The HTTP server in front of the application: how long it waits, and what it refuses before we hear of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

HEADER_BYTES = 32_768


def server_of(app: FastAPI) -> uvicorn.Server:
    """The server of an application, the same whatever else is installed."""
    import uvicorn

    config = uvicorn.Config(
        app,
        http="h11",  # the faster parser, if it is there, has no limit on headers
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=3,
        h11_max_incomplete_event_size=HEADER_BYTES,
    )
    return uvicorn.Server(config)

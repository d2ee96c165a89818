"""A gallery as a service: search over HTTP, photos by id, and the page to draw on."""

from stbir.serve.app import create_app
from stbir.serve.settings import Settings

__all__ = ["Settings", "create_app"]

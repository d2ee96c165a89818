"""Find a photo from what you can draw and what you can say.

The public names load on first use, so that `import stbir` and `stbir --help` stay instant.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stbir.data.sketch_files import read_sketch as read_sketch
    from stbir.errors import StbirError as StbirError
    from stbir.functional.strokes import rasterise as rasterise
    from stbir.gallery import Gallery as Gallery
    from stbir.methods import load as load
    from stbir.types import Encoded as Encoded
    from stbir.types import Hit as Hit
    from stbir.types import Photo as Photo
    from stbir.types import Query as Query
    from stbir.types import Report as Report
    from stbir.types import Sketch as Sketch
    from stbir.types import Split as Split

__version__ = "0.9.0"

_HOME = {
    "Encoded": "stbir.types",
    "Gallery": "stbir.gallery",
    "Hit": "stbir.types",
    "Photo": "stbir.types",
    "Query": "stbir.types",
    "Report": "stbir.types",
    "Sketch": "stbir.types",
    "Split": "stbir.types",
    "StbirError": "stbir.errors",
    "load": "stbir.methods",
    "rasterise": "stbir.functional.strokes",
    "read_sketch": "stbir.data.sketch_files",
}

__all__ = [
    "Encoded",
    "Gallery",
    "Hit",
    "Photo",
    "Query",
    "Report",
    "Sketch",
    "Split",
    "StbirError",
    "__version__",
    "load",
    "rasterise",
    "read_sketch",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'stbir' has no attribute {name!r} (it has: {', '.join(__all__)})")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)

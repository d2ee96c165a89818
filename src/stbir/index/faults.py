"""Whatever LanceDB raises, told in one line."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from stbir.errors import GalleryError, StbirError, first_line
from stbir.index.bounds import NothingPasses


@contextmanager
def told(what: str) -> Generator[None, None, None]:
    """Turn whatever the library raises into one line."""
    try:
        yield
    except (StbirError, NothingPasses):
        raise
    except Exception as error:
        raise GalleryError(f"{what}: {reason_of(error)}") from None


@contextmanager
def damage_told(folder: Path) -> Generator[None, None, None]:
    """Turn whatever the library raises while it reads into one line that says what to do."""
    try:
        yield
    except (StbirError, NothingPasses):
        raise
    except Exception as error:
        raise GalleryError(
            f"the index in {folder} is damaged ({reason_of(error)}): delete that folder and index again"
        ) from None


def reason_of(error: Exception) -> str:
    """What an exception of the library says, in one line."""
    # the library names its own source lines behind the reason
    return first_line(error).partition(", /")[0].partition("rust/")[0].rstrip(" ,:")

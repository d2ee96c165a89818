"""What the routes of one service share: the gallery, its settings, and who does the work."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from stbir.errors import StbirError
from stbir.serve.body import Bodies
from stbir.serve.metrics import Metrics
from stbir.serve.problems import Problem, refused
from stbir.serve.queue import Queue
from stbir.serve.settings import Settings
from stbir.types import Sketch

if TYPE_CHECKING:
    from stbir.gallery import Gallery

log = logging.getLogger("stbir.serve")

_PICTURE_WORKERS, _PICTURES_WAITING = 2, 512
_SQUARE = np.array([[0, 0], [9, 0], [9, 9], [0, 9], [0, 0]], np.float32)


@dataclass
class Service:
    """One gallery being served; `ready` turns true once a search has run, and `trouble` says why it has not."""

    gallery: Gallery
    settings: Settings
    metrics: Metrics
    searches: Queue
    pictures: Queue
    bodies: Bodies = field(default_factory=Bodies)
    ready: bool = False
    trouble: str = "the model is being made ready"

    async def warm_up(self) -> None:
        """Search once, so that the first person who asks does not wait for what is loaded on first use."""
        try:
            await self.searches.run(self._first_search)
        except Exception as error:  # whatever it is, the service lives on and says so
            self.trouble = f"the first search failed ({type(error).__name__})"
            log.error("%s: %s", self.trouble, error)  # only our own words can be in it
        else:
            self.ready = True

    def fields(self) -> dict[str, type]:
        """What photos can be filtered by; where paths are not told, asking for ranges of them would spell them out."""
        hidden = () if self.settings.show_paths else ("path",)
        return {name: kind for name, kind in self.gallery.fields().items() if name not in hidden}

    def refuse(self, error: StbirError) -> Problem:
        """What the library refuses, in its words, but without places on this machine unless these may be told."""
        problem = refused(error)
        if not self.settings.show_paths:
            for place in (self.gallery.folder, self.gallery.home):
                problem.detail = problem.detail.replace(f"{place}{os.sep}", "").replace(str(place), place.name)
        return problem

    def close(self) -> None:
        """Finish what runs."""
        self.searches.close()
        self.pictures.close()

    def _first_search(self) -> None:
        self.gallery.timed_search(sketch=Sketch(strokes=(_SQUARE,)), text="red", k=1)


def service_of(gallery: Gallery, settings: Settings) -> Service:
    """Put a service together."""
    searches = Queue("search", workers=settings.workers, waiting=settings.waiting, patience=settings.patience)
    pictures = Queue("picture", workers=_PICTURE_WORKERS, waiting=_PICTURES_WAITING, patience=settings.patience)
    return Service(gallery, settings, Metrics(gallery, searches=searches, pictures=pictures), searches, pictures)

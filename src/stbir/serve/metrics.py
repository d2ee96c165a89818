"""What Prometheus asks for: how long the stages take, how many requests there are, and how the gallery is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

import stbir
from stbir.serve.queue import Queue

if TYPE_CHECKING:
    from stbir.gallery import Gallery

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
STAGES = ("decode", "read", "encode", "search", "total")
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The numbers of one service; several in one process do not share them."""

    def __init__(self, gallery: Gallery, *, searches: Queue, pictures: Queue) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_State(gallery, {"search": searches, "picture": pictures}))
        took = Histogram(
            "stbir_stage_seconds",
            "How long each stage of a search takes.",
            ["stage"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._stages = {stage: took.labels(stage) for stage in STAGES}
        self._requests = Counter(
            "stbir_requests", "Requests answered, by route and status.", ["route", "status"], registry=self._registry
        )

    def searched(self, took_ms: Mapping[str, float]) -> None:
        """Count the stages of one search."""
        for stage, milliseconds in took_ms.items():
            self._stages[stage].observe(milliseconds / 1000)

    def answered(self, route: str, status: int) -> None:
        """Count one request; `route` is the pattern of an address, as addresses themselves may be private."""
        self._requests.labels(route, str(status)).inc()

    def text(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self._registry)


def fingerprint_of(gallery: Gallery) -> str:
    """A short name for what a gallery's vectors depend on: the same for galleries that one model can search."""
    text = json.dumps(dict(gallery.manifest.fingerprint), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


class _State(Collector):
    """What is not counted but looked at when somebody asks."""

    def __init__(self, gallery: Gallery, queues: Mapping[str, Queue]) -> None:
        self._gallery = gallery
        self._queues = queues

    def collect(self) -> Iterable[Metric]:
        gallery = self._gallery
        coverage = gallery.coverage
        yield GaugeMetricFamily("stbir_photos", "Photos that can be searched.", coverage.embedded)
        if coverage.source is not None:
            yield GaugeMetricFamily("stbir_source_photos", "Photos that the source lists.", coverage.source)
        yield GaugeMetricFamily("stbir_broken_photos", "Photos that cannot be read.", coverage.broken)
        yield GaugeMetricFamily("stbir_indexing", "1 while photos are being indexed.", int(coverage.indexing))
        yield GaugeMetricFamily("stbir_generation", "The version of the gallery.", gallery.generation)
        waiting = GaugeMetricFamily("stbir_queue_depth", "Requests that wait for their turn.", labels=["queue"])
        refused = GaugeMetricFamily("stbir_queue_refused", "Requests sent away as too many.", labels=["queue"])
        for name, queue in self._queues.items():
            waiting.add_metric([name], queue.waiting)
            refused.add_metric([name], queue.sent_away)
        yield waiting
        yield refused
        about = {"version": stbir.__version__, "model": gallery.manifest.model, "fingerprint": fingerprint_of(gallery)}
        yield InfoMetricFamily("stbir_model", "What encodes.", about)

    def describe(self) -> Iterable[Metric]:
        return []

"""The route that searches: takes a request apart, lets the gallery answer, and writes what it found."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from fastapi import APIRouter, Request, Response

from stbir.errors import StbirError
from stbir.serve.answer import AnswerDocument, echo_of, hit_of
from stbir.serve.documents import BODY, problems
from stbir.serve.form import read_form
from stbir.serve.limits import LIMITS
from stbir.serve.problems import Problem, encoded
from stbir.serve.question import Question, check_drawn, clean, filter_of, read_question, sketch_of
from stbir.serve.service import Service, log
from stbir.serve.upload import read_upload
from stbir.types import Sketch


@dataclass(frozen=True)
class Asked:
    """A request taken apart."""

    question: Question
    sketches: list[Sketch]
    text: str | None
    avoid: list[str]
    weights: dict[str, float]


def routes(service: Service) -> APIRouter:
    """The route `POST /api/search`."""
    router = APIRouter()

    @router.post(
        "/api/search",
        response_model=AnswerDocument,
        responses=problems(400, 403, 408, 413, 415, 422, 429, 503),
        openapi_extra=BODY,
        summary="Find photos by sketch, words and more",
    )
    async def search(request: Request) -> Response:
        content_type = request.headers.get("content-type", "")
        kind = _kind(content_type)
        with service.bodies.room() as room:
            body = await service.bodies.read(request, room)
            work = partial(_search, service, body, kind, content_type, str(request.state.request_id))
            found = await service.searches.run(work, messages=request.receive)
        return Response(found, media_type="application/json")

    return router


def _kind(content_type: str) -> Literal["json", "form"]:
    essence, _, options = content_type.partition(";")
    kind = essence.strip().lower()
    if kind == "multipart/form-data":
        return "form"
    if kind != "application/json":
        raise Problem(415, f"send application/json or multipart/form-data, not {kind or 'a body of no type'!r:.60}")
    charset = options.lower().replace(" ", "").replace('"', "")
    if charset.startswith("charset=") and charset not in ("charset=utf-8", "charset=utf8"):
        raise Problem(415, "send JSON in UTF-8")
    return "json"


def _search(service: Service, body: bytes, kind: str, content_type: str, request_id: str) -> bytes:
    """Everything between the body of a request and the body of its answer; runs in a thread of the queue."""
    start = time.perf_counter()
    asked = _taken_apart(body, content_type if kind == "form" else None)
    question, gallery = asked.question, service.gallery
    echo = echo_of(question, asked.sketches, text=asked.text, avoid=asked.avoid, weights=asked.weights)
    if service.settings.log_queries:
        log.info("%s searches for %s", request_id, encoded(echo).decode())
    where = filter_of(question.where, service.fields())
    if question.photo is not None:
        gallery.photo(question.photo)  # an id, and nothing else: the library would take the path of any file as well
    decoded = time.perf_counter()
    generation = gallery.generation
    try:
        found = gallery.timed_search(
            sketch=asked.sketches or None,
            text=asked.text,
            photo=question.photo,
            avoid=asked.avoid or None,
            weights=asked.weights or None,
            k=question.k,
            offset=question.offset,
            where=where if where.conditions else None,
            explain=question.explain,
        )
    except StbirError as error:
        raise service.refuse(error) from None
    took = {"decode": (decoded - start) * 1000, **found.took_ms, "total": (time.perf_counter() - start) * 1000}
    service.metrics.searched(took)
    return encoded(
        {
            "hits": [hit_of(hit) for hit in found.hits],
            "total": found.total,
            "k": question.k,
            "offset": question.offset,
            "generation": generation,
            "query": echo,
            "took_ms": {stage: round(milliseconds, 3) for stage, milliseconds in took.items()},
        }
    )


def _taken_apart(body: bytes, form_type: str | None) -> Asked:
    uploads: tuple[bytes, ...] = ()
    if form_type is None:
        question = read_question(body)
    else:
        form = read_form(body, form_type)
        question, uploads = read_question(form.query or b"{}"), form.sketches
    if len(question.sketches) + len(uploads) > LIMITS.sketches:
        raise Problem(422, f"a query may have {LIMITS.sketches} sketches")
    sketches = [sketch_of(drawing, at=f"/sketches/{n}") for n, drawing in enumerate(question.sketches)]
    check_drawn(sketches)
    sketches += [read_upload(data, number=number) for number, data in enumerate(uploads, start=1)]
    check_drawn(sketches)
    text = clean(question.text, at="/text")
    if not sketches and text is None and question.photo is None:
        raise Problem(422, "nothing to look for: send a sketch, words or the id of a photo")
    avoid = [words for n, given in enumerate(question.avoid) if (words := clean(given, at=f"/avoid/{n}"))]
    weights: dict[str, Any] = question.weights.model_dump(exclude_none=True) if question.weights else {}
    return Asked(question, sketches, text, avoid, weights)

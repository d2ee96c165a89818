"""Every error as a problem document (RFC 9457): what is wrong, what was given, what to do."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError
from starlette.exceptions import HTTPException

from stbir.errors import GalleryError, ModelError, StbirError

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 20
_LONGEST = 500


class Fault(BaseModel):
    """One thing that is wrong with a request."""

    at: str = Field(description="where it is, as a JSON pointer", examples=["/k"])
    detail: str = Field(examples=["Input should be less than or equal to 200"])


class ProblemDocument(BaseModel):
    """What every error looks like."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Unprocessable Content"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["/k: Input should be less than or equal to 200"])
    errors: list[Fault] | None = Field(default=None, description="what is wrong, one by one, where it can be told")


class Problem(Exception):
    """An answer that says what is wrong with a request."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors
        self.headers = headers

    def response(self) -> Response:
        """The problem as the answer to send."""
        about: dict[str, Any] = {"type": "about:blank", "title": _title(self.status), "status": self.status}
        about["detail"] = _short(self.detail)
        if self.errors:
            about["errors"] = list(self.errors)
        return Response(encoded(about), self.status, dict(self.headers or {}), MEDIA_TYPE)


def encoded(value: Any) -> bytes:
    r"""Write JSON; half characters, which file names may have, are escaped.

    >>> encoded({"name": "\udcff"})
    b'{"name": "\\udcff"}'
    """
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, allow_nan=False).encode()


def refused(error: StbirError) -> Problem:
    """What the library refuses is the asker's to mend, unless the gallery or the model is broken."""
    return Problem(503 if isinstance(error, GalleryError | ModelError) else 422, str(error))


def invalid(error: ValidationError | RequestValidationError, *, at: str = "") -> Problem:
    """Say where a request is not as it should be, without repeating what was given: it may be large, or private."""
    places: list[tuple[tuple[int | str, ...], str]]
    if isinstance(error, ValidationError):
        places = [(one["loc"], one["msg"]) for one in error.errors(include_url=False, include_input=False)]
    else:
        places = [(tuple(one["loc"])[1:], str(one["msg"])) for one in error.errors()]  # the first says only "query"
    faults = [{"at": at + _pointer(place), "detail": _short(message)} for place, message in places[:MOST_ERRORS]]
    first = faults[0]
    more = f" (and {len(places) - 1} more)" if len(places) > 1 else ""
    return Problem(422, f"{first['at'] or 'the request'}: {first['detail']}{more}", errors=faults)


def answer_problems(app: FastAPI, *, refuse: Callable[[StbirError], Problem]) -> None:
    """Let the app answer whatever goes wrong in its routes with a problem; `refuse` words what the library says."""

    async def problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return error.response()

    async def library(request: Request, error: Exception) -> Response:
        assert isinstance(error, StbirError)
        return refuse(error).response()

    async def parameters(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return invalid(error).response()

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        detail = str(error.detail)
        if error.status_code == 404:
            detail = "there is nothing at this address; /openapi.json lists what there is"
        elif error.status_code == 405:
            detail = f"this address does not take {request.method:.20}"
        return Problem(error.status_code, detail, headers=error.headers).response()

    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(StbirError, library)
    app.add_exception_handler(RequestValidationError, parameters)
    app.add_exception_handler(HTTPException, http)


def _title(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def _pointer(place: Sequence[int | str]) -> str:
    # in braces stands which kind of value something was taken for, which is nothing that the asker wrote
    return "".join(f"/{str(part)[:60]}" for part in place if not str(part).startswith("{"))


def _short(text: str) -> str:
    """Text that fits into an answer: in one line, not endless, and all of it Unicode."""
    line = " ".join(text[: 2 * _LONGEST].encode("utf-8", "replace").decode().split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."

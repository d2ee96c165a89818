"""The door: who may come in, and what every answer carries. Written as plain ASGI, as each layer costs time."""

from __future__ import annotations

import hmac
import logging
import re
import secrets
import time
import traceback

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stbir.serve.metrics import Metrics
from stbir.serve.problems import Problem
from stbir.serve.settings import Settings

log = logging.getLogger("stbir.serve")

_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
_ALWAYS = [
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
]
_OPEN = re.compile(r"/|/static/.*|/livez|/readyz|/openapi\.json")
"""What everybody may see: the page, which then asks for the token, and whether the service is well."""
_OWN_ID = re.compile(rb"[A-Za-z0-9_-]{1,64}")


class Door:
    """Refuses strangers, names every request, adds the headers that keep pages safe, and counts."""

    def __init__(self, app: ASGIApp, *, settings: Settings, metrics: Metrics) -> None:
        self._app = app
        self._token = None if settings.token is None else f"bearer {settings.token}".encode()
        self._hosts = None if settings.hosts is None else {host.lower() for host in settings.hosts}
        self._tell = settings.log_queries
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()
        headers: dict[bytes, bytes] = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"")
        request_id = given.decode() if _OWN_ID.fullmatch(given) else secrets.token_hex(8)
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        status, method, head = 0, scope["method"], scope["method"] == "HEAD"
        if head:
            scope = {**scope, "method": "GET"}  # the same answer, without its body

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                sent: list[tuple[bytes, bytes]] = message["headers"]
                message["headers"] = [*sent, *_ALWAYS, (b"x-request-id", request_id.encode())]
                if not any(name == b"cache-control" for name, _ in sent):
                    message["headers"].append((b"cache-control", b"no-store"))
                if status >= 400 and not state.get("body_read") and _has_body(headers):
                    # or the server would have to take in the rest of it, however long
                    message["headers"].append((b"connection", b"close"))
            elif head:
                message["body"] = b""
            await send(message)

        try:
            refusal = self._refusal(scope, headers)
            if refusal is not None:
                await refusal.response()(scope, receive, answer)
            else:
                await self._app(scope, receive, answer)
        except Exception as error:
            self._report(error, request_id)
            if status == 0:
                broken = Problem(500, f"something went wrong on our side; the log has it under {request_id}")
                await broken.response()(scope, receive, answer)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            self._metrics.answered(route, status)
            if log.isEnabledFor(logging.INFO):
                took = (time.perf_counter() - start) * 1000
                log.info("%s %s %s %d %.1f ms", request_id, method[:20], route, status, took)

    def _refusal(self, scope: Scope, headers: dict[bytes, bytes]) -> Problem | None:
        if b"transfer-encoding" in headers and b"content-length" in headers:
            # a server in front of this one may believe the other of the two, and take the rest for a second request
            return Problem(400, "a request says either how long its body is or that it comes in chunks, not both")
        host = headers.get(b"host", b"").decode("latin-1").lower()
        if self._hosts is not None and _name_of(host) not in self._hosts:
            return Problem(421, f"this service does not answer to the name {host[:80]!r}; use http://localhost")
        if self._token is not None:
            if _OPEN.fullmatch(scope["path"]):
                return None
            scheme, _, given = headers.get(b"authorization", b"").partition(b" ")
            if not hmac.compare_digest(scheme.lower() + b" " + given.strip(), self._token):
                detail = "the token is wrong" if given else "this needs a token, as `Authorization: Bearer TOKEN`"
                return Problem(401, detail, headers={"WWW-Authenticate": "Bearer"})
            return None
        origin = headers.get(b"origin", b"").decode("latin-1").lower()
        if origin and scope["method"] != "GET" and origin.partition("://")[2] != host:
            return Problem(403, "pages of other sites may not use this service")
        return None

    def _report(self, error: Exception, request_id: str) -> None:
        """Tell the log where it happened; what the error says may be what somebody searched for."""
        where = "".join(traceback.format_tb(error.__traceback__))
        what = f"{type(error).__name__}: {error}" if self._tell else type(error).__name__
        log.error("%s failed\n%s%s", request_id, where, what)


def _has_body(headers: dict[bytes, bytes]) -> bool:
    return b"transfer-encoding" in headers or headers.get(b"content-length", b"0") != b"0"


def _name_of(host: str) -> str:
    """The name in a Host header, without the port.

    >>> _name_of("localhost:8000"), _name_of("[::1]:8000"), _name_of("[::1]")
    ('localhost', '[::1]', '[::1]')
    """
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() else host

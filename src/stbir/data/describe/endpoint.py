"""A model behind an OpenAI-compatible address, such as vLLM, llama.cpp or a hosted Qwen."""

from __future__ import annotations

import http.client
import ipaddress
import json
import random
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from typing import Any

from stbir.data.describe.patience import FIRST_WAIT, LONGEST_REQUESTED, Pace, back_off, requested_wait
from stbir.data.describe.reply import SaidNothing, complaint, read_reply, request_body
from stbir.data.describe.writer import Answer, Turn, Unanswered, Unusable
from stbir.errors import InputError, first_line

_MOST_BYTES = 4_000_000
_BUSY = (408, 409, 425, 429)
_USELESS = {
    401: "it refuses the key",
    402: "it wants to be paid",
    403: "it refuses the key",
    404: "it knows no such model or address; the address usually ends in /v1",
    405: "it is no chat endpoint; the address usually ends in /v1",
}


class _Passing(Exception):
    """Trouble that may be over soon."""

    def __init__(self, message: str, *, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class Endpoint:
    """Asks for descriptions over HTTP; any number of threads may do so at a time.

    Failed connections, 429, 5xx and replies that make no sense are tried again after growing waits, and after what
    `Retry-After` says, for all threads. The key goes into the Authorization header and nowhere else: redirects are
    not followed, and it is struck out of whatever the server says.
    """

    def __init__(
        self,
        url: str,
        model: str,
        *,
        revision: str = "",
        key: str | None = None,
        timeout: float = 120.0,
        tries: int = 5,
        rng: random.Random,
        pace: Pace | None = None,
        first_wait: float = FIRST_WAIT,
    ) -> None:
        self.url = chat_address(url)
        self.model = model
        self.revision = revision
        self.timeout = timeout
        self.tries = tries
        self._key = key
        self._rng = rng
        self._pace = pace or Pace()
        self._first_wait = first_wait
        self._schema = True
        self._lock = threading.Lock()
        near = is_near(self.url)
        # a proxy cannot reach our own machine
        proxies = [urllib.request.ProxyHandler({})] if near else []
        self._opener = urllib.request.build_opener(_NoRedirect, *proxies)

    def answer(self, turns: Sequence[Turn]) -> Answer:
        """Ask, and ask again while the trouble may pass.

        Raises:
            Unanswered: it refuses this request, or the trouble did not pass in `tries` tries.
            Unusable: it refuses all requests, or wants to be left alone for long.
        """
        attempt = 0
        while True:
            self._pace.wait()
            try:
                return self._once(turns)
            except _Passing as trouble:
                attempt += 1
                if trouble.wait is not None and trouble.wait > LONGEST_REQUESTED:
                    raise Unusable(
                        f"{self.url} wants to be left alone for {trouble.wait:,.0f} seconds ({trouble}): run again then"
                    ) from None
                if attempt >= self.tries:
                    raise Unanswered(
                        f"{trouble} ({attempt} {'try' if attempt == 1 else 'tries'})", service=True
                    ) from None
                with self._lock:
                    wait = back_off(attempt - 1, rng=self._rng, first=self._first_wait)
                if trouble.wait is None:
                    self._pace.rest(wait)
                else:
                    self._pace.hold(max(wait, trouble.wait))

    def _once(self, turns: Sequence[Turn]) -> Answer:
        schema = self._schema
        status, headers, body = self._post(request_body(turns, model=self.model, schema=schema))
        if status == 200:
            try:
                return read_reply(body)
            except SaidNothing as error:
                raise _Passing(f"its reply makes no sense: {error}") from None
        said = self._without_key(complaint(body))
        what = f"HTTP {status}{f': {said}' if said else ''}"
        if status in _BUSY or status >= 500:
            raise _Passing(what, wait=requested_wait(headers.get("Retry-After")))
        if schema and status in (400, 422) and "response_format" in said + body.decode("utf-8", "replace"):
            # an older server that cannot be held to a schema; the answers are checked all the same
            self._schema = False
            return self._once(turns)
        if status in _USELESS or 300 <= status < 400:
            reason = _USELESS.get(status, "it sends elsewhere, and a key and photos do not go where nobody said")
            raise Unusable(f"cannot use {self.url}: {reason} ({what})")
        raise Unanswered(f"refused ({what})", service=True)

    def _post(self, body: dict[str, Any]) -> tuple[int, http.client.HTTPMessage, bytes]:
        headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "stbir"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        request = urllib.request.Request(self.url, json.dumps(body).encode(), headers, method="POST")
        end = time.monotonic() + self.timeout
        try:
            try:
                reply: Any = self._opener.open(request, timeout=self.timeout)
            except urllib.error.HTTPError as error:
                reply = error
            with reply:
                return reply.status, reply.headers, _read(reply, end=end)
        except TimeoutError:
            raise _Passing(f"no answer within {self.timeout:g} seconds") from None
        except urllib.error.URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise _Passing(f"no answer within {self.timeout:g} seconds") from None
            raise _Passing(f"cannot reach {self.url}: {self._without_key(str(error.reason))}") from None
        except (OSError, http.client.HTTPException) as error:
            raise _Passing(f"the connection broke: {self._without_key(first_line(error))}") from None

    def _without_key(self, text: str) -> str:
        return text.replace(self._key, "(key)") if self._key else text


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object, **named: object) -> None:
        return None


def _read(reply: Any, *, end: float) -> bytes:
    """Read a reply in pieces: the timeout of a socket begins anew with every byte, ours does not."""
    pieces: list[bytes] = []
    size = 0
    while piece := reply.read1(65536):
        pieces.append(piece)
        size += len(piece)
        if size > _MOST_BYTES:
            raise _Passing("its reply does not end")
        if time.monotonic() > end:
            raise TimeoutError
    if reply.length:  # what the header promised and the connection did not bring
        raise http.client.IncompleteRead(b"".join(pieces), reply.length)
    return b"".join(pieces)


def chat_address(url: str) -> str:
    """The address to post to, given the base that servers print, such as http://127.0.0.1:8000/v1.

    >>> chat_address("http://127.0.0.1:8000/v1/")
    'http://127.0.0.1:8000/v1/chat/completions'

    Raises:
        InputError: it is no HTTP address, or has a password or a key in it.
    """
    try:
        parts = urllib.parse.urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urllib.parse.urlsplit("")
    if parts.scheme not in ("http", "https") or not host or any(letter.isspace() for letter in url):
        # not repeated: it may be a key that was put in the wrong place
        raise InputError("the endpoint is no address: give it as http://127.0.0.1:8000/v1")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise InputError(
            "the endpoint has more in it than host and path: a key goes into an environment variable, not there"
        )
    path = parts.path.rstrip("/").removesuffix("/chat/completions")
    return urllib.parse.urlunsplit((parts.scheme, parts.netloc, f"{path}/chat/completions", "", ""))


def is_near(url: str) -> bool:
    """Whether an address is on this machine.

    >>> is_near("http://localhost:8000/v1"), is_near("http://[::1]/v1"), is_near("https://example.org/v1")
    (True, True, False)
    """
    host = urllib.parse.urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

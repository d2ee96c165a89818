"""Requests whose address, method, headers or length are the trap."""

from __future__ import annotations

from collections.abc import Iterator

from hostile import Hostile, hostile
from wire import HOST, post, request

JSON = ("Content-Type", "application/json")
CHUNKED = ("Transfer-Encoding", "chunked")
RED = b'{"text": "red"}'


def search(*headers: tuple[str, str], body: bytes = RED) -> bytes:
    """A search with headers of its own, also for its length."""
    return request("POST", "/api/search", [HOST, JSON, *headers], body)


def endless() -> Iterator[bytes]:
    """A thousand megabytes in chunks; nobody should ever see the end of it."""
    yield search(CHUNKED, body=b"")
    for _ in range(1000):
        yield b"%x\r\n" % 1_000_000 + b" " * 1_000_000 + b"\r\n"
    yield b"0\r\n\r\n"


IDS = [
    "../../etc/passwd",
    "../../../../../../etc/passwd",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%2f..%2fetc%2fpasswd",
    "%252e%252e%252fetc%252fpasswd",
    "..%5c..%5cetc%5cpasswd",
    "%2fetc%2fpasswd",
    "/etc/passwd",
    "file:%2f%2f%2fetc%2fpasswd",
    "boot%2Fboot-00001.jpg%00",
    "%00",
    "%",
    "%zz",
    "%ff%fe",
    "%c0%ae%c0%ae%c0%af",
    "%ed%a0%80",
    "%e2%80%aeboot",
    "caf%C3%A9%ff",
    "%0d%0aX-Evil:%201",
    "a" * 20_000,
    "%2e" * 6_000,
    "/",
    "",
]
ADDRESSES = [
    *(hostile(f"the photo {id:.30}", request("GET", f"/api/photos/{id}"), 404) for id in IDS),
    *(hostile(f"the small photo {id:.30}", request("GET", f"/api/photos/{id}/thumb"), 404) for id in IDS),
    *(hostile(f"about the photo {id:.30}", request("GET", f"/api/photos/{id}/info"), 404) for id in IDS),
    hostile("a file beside the page", request("GET", "/static/../security.py"), 404),
    hostile("a file beside the page, escaped", request("GET", "/static/%2e%2e/security.py"), 404),
    hostile("a file below the root", request("GET", "/static//etc/passwd"), 404),
    hostile("the file of the page with a NUL", request("GET", "/static/index.html%00"), 404),
    hostile("an address of two slashes", request("GET", "//example.com/api/about"), 404),
    hostile("the address of another server", request("GET", "http://example.com/api/about"), 404),
    hostile("an address that is a star", request("OPTIONS", "*"), 404),
    hostile("a size that there is not", request("GET", "/api/photos/a/thumb?size=99999"), 422),
    hostile("a size of 20,000 digits", request("GET", f"/api/photos/a/thumb?size={'9' * 20_000}"), 422),
    hostile("two sizes", request("GET", "/api/photos/a/thumb?size=320&size=..%2f"), 422),
    hostile("a download into a header", request("GET", "/api/photos/a?download=%0d%0aX-Evil:1"), 422),
]

METHODS = [
    *(
        hostile(f"{method} where only a search is", request(method, "/api/search"), 405)
        for method in ("GET", "TRACE", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "SEARCH", "A" * 10_000)
    ),
    hostile("DELETE of a photo", request("DELETE", "/api/photos/boot%2Fboot-00001.jpg"), 405),
    hostile("PUT of the page", request("PUT", "/static/index.html", [HOST, ("Content-Length", "1")], b"x"), 405),
    hostile(
        "a WebSocket", request("GET", "/api/search", [HOST, ("Connection", "Upgrade"), ("Upgrade", "websocket")]), 405
    ),
    hostile(
        "HTTP/2 without TLS", request("GET", "/api/search", [HOST, ("Connection", "Upgrade"), ("Upgrade", "h2c")]), 405
    ),
]

STRANGERS = [
    *(
        hostile(f"the name {name}", request("GET", "/api/about", [("Host", name)]), 421)
        for name in (
            "example.com",
            "localhost.example.com",
            "localhost:80:80",
            "localhost@example.com",
            "169.254.169.254",
        )
    ),
    hostile("no name", b"GET /api/about HTTP/1.0\r\n\r\n", 421),
    hostile("an empty name", request("GET", "/api/about", [("Host", "")]), 421),
    *(
        hostile(f"a page of {origin}", post(RED, "application/json", ("Origin", origin)), 403)
        for origin in ("https://example.com", "http://localhost.example.com", "null", "http://localhost:1", "x")
    ),
]

LENGTHS = [
    hostile("1 GB announced", search(("Content-Length", "1000000000"), body=b"{"), 413),
    hostile("a length of 20 digits", search(("Content-Length", "9" * 20), body=b"{"), 413),
    hostile(
        "1 GB announced, and a question before the rest",
        search(("Content-Length", "1000000000"), ("Expect", "100-continue"), body=b""),
        413,
    ),
    hostile("1 GB in chunks", endless, 413),
    hostile("a body that is longer than announced", search(("Content-Length", "5")), 400),
    hostile(
        "a length and chunks",
        search(("Content-Length", "5"), CHUNKED, body=b"0\r\n\r\nGET /secret HTTP/1.1\r\n\r\n"),
        400,
    ),
    hostile("chunks and a length", search(CHUNKED, ("Content-Length", "15")), 400),
]

REQUESTS: list[Hostile] = [*ADDRESSES, *METHODS, *STRANGERS, *LENGTHS]

MALFORMED: list[Hostile] = [
    hostile("two names", request("GET", "/livez", [HOST, HOST]), 400),
    hostile("no name in HTTP/1.1", request("GET", "/livez", []), 400),
    hostile("two lengths", search(("Content-Length", "5"), ("Content-Length", "6")), 400),
    hostile("a negative length", search(("Content-Length", "-1")), 400),
    hostile("a length in words", search(("Content-Length", "ten")), 400),
    hostile("a length of 5,000 digits", search(("Content-Length", "9" * 5000)), 400, 413),
    hostile("chunks within gzip", search(("Transfer-Encoding", "gzip, chunked")), 400),
    hostile("chunks by another name", search(("Transfer-Encoding", "xchunked")), 400),
    hostile("a chunk of a size that is no number", search(CHUNKED, body=b"zz\r\n"), 400, 0),
    hostile("a chunk of a size without end", search(CHUNKED, body=b"f" * 100_000), 400, 0),
    hostile("a header of 1 MB", request("GET", "/nowhere", [HOST, ("X-Long", "a" * 1_000_000)]), 400, 0),
    hostile("10,000 headers", request("GET", "/nowhere", [HOST, *[("X-Many", "a" * 90)] * 10_000]), 400, 0),
    hostile("headers without end", request("GET", "/nowhere", [HOST])[:-2] + b"X-Many: a\r\n" * 100_000, 400, 0),
    hostile("an address of 100,000 letters", request("GET", "/" + "a" * 100_000), 400, 404, 0),
    hostile("a method of 100,000 letters", request("A" * 100_000, "/"), 400, 405, 0),
    hostile("a header over two lines", request("GET", "/livez", [HOST, ("X-Two", "a\r\n\x0bb")]), 400),
    hostile("a header with a NUL", request("GET", "/livez", [HOST, ("X-Nul", "a\0b")]), 400),
    hostile("a header with a blank in its name", request("GET", "/livez", [HOST, ("X Blank", "a")]), 400),
    hostile("an address in bytes", b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    hostile("HTTP/2 from the start", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, 421),
    hostile("HTTP/0.9", b"GET /\r\n\r\n", 400),
    hostile("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 600, 400, 0),
    hostile("noise", bytes(range(256)) * 300, 400, 0),
]

"""Open the page to draw on, and the HTTP API behind it."""

from __future__ import annotations

import argparse
import ipaddress
import logging
import os
import socket
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from stbir.cli.wording import counted, place, shown
from stbir.errors import InputError, StbirError

if TYPE_CHECKING:
    from stbir.gallery import Gallery

PORT = 8000
SHORTEST_TOKEN = 16


def define(parser: argparse.ArgumentParser) -> None:
    """Name the options of `stbir serve`."""
    parser.add_argument(
        "place", metavar="GALLERY|PHOTOS", type=place, help="a gallery, or a folder or table of photos, indexed or not"
    )
    parser.add_argument("--to", metavar="GALLERY", type=place, help="where the gallery of PHOTOS is, if elsewhere")
    parser.add_argument("--model", metavar="MODEL", help="what encodes; by default what the gallery has, else tiny")
    parser.add_argument("--no-update", action="store_true", help="do not look for new photos first")
    parser.add_argument("--host", default="127.0.0.1", help="the address to answer on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=PORT, help=f"0 takes any free one (default: {PORT})")
    who = parser.add_argument_group("who may search (any address but this machine's own wants one of these)")
    token = who.add_mutually_exclusive_group()
    token.add_argument("--token", metavar="TEXT", help="what requests must carry; seen by others on this machine")
    token.add_argument("--token-file", metavar="FILE", type=place, help="a file that holds the token")
    who.add_argument("--allow-open", action="store_true", help="let anybody search who reaches the address")
    parser.add_argument("--log", action="store_true", help="say a line for each request, without what was searched for")
    parser.add_argument("--log-queries", action="store_true", help="also say what was searched for")


def run(options: argparse.Namespace) -> int:
    """Serve a gallery until Ctrl-C, and bring it up to date meanwhile."""
    token = _token(options)
    if not 0 <= options.port <= 65535:
        raise InputError(f"--port must lie between 0 and 65535, got {options.port}")
    local = _is_loopback(options.host)
    if not local and token is None and not options.allow_open:
        raise InputError(
            f"{options.host} can be reached by others: protect it with --token-file FILE, or say --allow-open"
        )
    # a port in use is better told before the model is loaded
    with _listen(options.host, options.port) as door:
        return _serve(options, door, token=token, local=local)


def _serve(options: argparse.Namespace, door: socket.socket, *, token: str | None, local: bool) -> int:
    from stbir.gallery import Gallery
    from stbir.serve import Settings, create_app
    from stbir.serve.server import server_of
    from stbir.serve.settings import LOOPBACK

    gallery = Gallery.open(options.place, options.model, to=options.to, update=False, create=not options.no_update)
    settings = Settings(
        token=token,
        hosts=(*LOOPBACK, options.host.lower()) if local else None,
        show_paths=local,
        log_queries=options.log_queries,
    )
    if options.log or options.log_queries:
        logging.basicConfig(format="%(message)s", stream=sys.stderr)
        logging.getLogger("stbir").setLevel(logging.INFO)
    server = server_of(create_app(gallery, settings))
    updating = None if options.no_update else threading.Thread(target=_update, args=(gallery,), daemon=True)
    host = f"[{options.host}]" if ":" in options.host else options.host
    print(
        f"{counted(len(gallery), 'photo')} of {shown(gallery.source.path.name)}: http://{host}:{door.getsockname()[1]}"
    )
    print("Ctrl-C ends it.", flush=True)
    if updating is not None:
        updating.start()
    try:
        server.run(sockets=[door])
    except KeyboardInterrupt:
        pass
    if updating is not None and updating.is_alive():
        # what is saved stays saved; the rest is taken up by the next run, and waiting for it helps nobody
        print(f"stopped while indexing: {counted(len(gallery), 'photo')} are saved, the next run goes on from there")
        sys.stdout.flush()
        os._exit(0)
    return 0


def _update(gallery: Gallery) -> None:
    """Bring the gallery up to date; whatever goes wrong, what is there can be searched."""
    try:
        gallery.update()
    except StbirError as error:
        print(f"stbir: {error}", file=sys.stderr, flush=True)
        return
    changes = gallery.changes
    if changes.indexed or changes.removed or changes.renamed:
        renamed = f"{changes.renamed:,} renamed or described anew, " if changes.renamed else ""
        print(
            f"{counted(changes.indexed, 'photo')} indexed, {renamed}{changes.unchanged:,} unchanged, "
            f"{changes.removed:,} removed",
            flush=True,
        )
    for name, reason in gallery.problems:
        print(f"broken: {shown(name)}: {shown(reason)}", file=sys.stderr, flush=True)


def _token(options: argparse.Namespace) -> str | None:
    given: str | None = options.token
    if options.token_file is not None:
        given = _content(options.token_file)
    if given is None:
        return None
    if len(given) < SHORTEST_TOKEN or not given.isascii() or not given.isprintable() or " " in given:
        raise InputError(
            f"a token has at least {SHORTEST_TOKEN} letters, digits or signs and no blanks; "
            "make one with: python -c 'import secrets; print(secrets.token_urlsafe())'"
        )
    return given


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the token in {path}: {getattr(error, 'strerror', None) or error}") from None


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(host: str, port: int) -> socket.socket:
    """A socket that says it is TCP, as `socket.create_server` makes none: else asyncio holds small answers back."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        door = socket.socket(family, kind, protocol)
        try:
            if os.name == "posix":  # elsewhere it would let two services share a port
                door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(address)
            door.listen(128)
        except OSError:
            door.close()
            raise
    except OSError as error:
        raise InputError(
            f"cannot answer on {host}:{port} ({error.strerror or error}): choose another --port, 0 takes any free one"
        ) from None
    return door

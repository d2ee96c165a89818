"""What `stbir data describe` can be told, and what of it does not go together."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from stbir.cli.wording import counted, place
from stbir.errors import InputError

if TYPE_CHECKING:
    from stbir.data.describe.journal import Journal

KEY_VARIABLE = "STBIR_DESCRIBE_KEY"
"""A name of our own: the key of one service must not go to another because its variable happened to be set."""

EPILOG = """\
A run that was interrupted, or had failures, goes on where it was: give the same command again. A photo is described
again only if its file, the prompt, --side, the model or its revision has changed. Photos whose metadata, sidecar or
ai.txt says noai are left out. Exit code 1: some photos have no description, and the rest is written.

  stbir data describe photos/ --to texts.txt --endpoint http://127.0.0.1:8000/v1 --model Qwen/Qwen2.5-VL-7B-Instruct
"""


def declare(add: Callable[..., argparse.ArgumentParser], *, about: str) -> argparse.ArgumentParser:
    """Name the options and what they mean."""
    parser = add(
        "describe",
        help=about,
        description=about,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("photos", metavar="PHOTOS", type=place, help="a folder of pictures, or a table of them")
    parser.add_argument("--to", metavar="FILE", type=place, required=True, help="write <photo> tab <text> here")
    parser.add_argument("--table", metavar="CSV", type=place, help="write a table too, with the origin of each text")
    parser.add_argument("--journal", metavar="FILE", type=place, help="what is remembered (default: FILE.journal)")
    parser.add_argument("--dry-run", action="store_true", help="send nothing; say how much there is to do")
    parser.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    writer = parser.add_argument_group("who writes")
    writer.add_argument("--endpoint", metavar="URL", help="an OpenAI-compatible address; usually ends in /v1")
    writer.add_argument("--model", metavar="NAME", help="what the endpoint calls the model")
    writer.add_argument("--local", metavar="MODEL", help="a Qwen-VL model to load here: a folder, or a hub id")
    writer.add_argument("--revision", metavar="NAME", help="which version of the model; stored with each text")
    writer.add_argument(
        "--key-variable",
        metavar="NAME",
        help=f"the environment variable that holds the key of the endpoint (default: {KEY_VARIABLE})",
    )
    # known only to be refused: an unknown option would be repeated on the terminal, key and all
    writer.add_argument("--key", "--api-key", dest="key", help=argparse.SUPPRESS)
    how = parser.add_argument_group("how")
    how.add_argument("--prompt", metavar="FILE", type=place, help="ask this instead of our own prompt")
    how.add_argument("--brands", metavar="FILE", type=place, help="more names that must not appear, one per line")
    how.add_argument("--side", metavar="PIXELS", type=int, help="the longer side of pictures sent (default: 768)")
    how.add_argument("--at-once", metavar="N", type=int, default=4, help="requests at a time (default: 4)")
    how.add_argument(
        "--tries", metavar="N", type=int, default=4, help="answers per photo, connections too (default: 4)"
    )
    how.add_argument("--timeout", metavar="SECONDS", type=float, default=120.0, help="for one request (default: 120)")
    price = parser.add_argument_group("what a dry run reckons with, per million tokens")
    price.add_argument("--price-in", metavar="PRICE", type=float, help="of what is sent")
    price.add_argument("--price-out", metavar="PRICE", type=float, help="of what is answered")
    return parser


def check(options: argparse.Namespace) -> None:
    """Refuse what does not go together, before anything is read.

    Raises:
        InputError: with what to give instead.
    """
    if options.key is not None:
        raise InputError(
            f"a key does not belong on the command line, where others can see it: set {KEY_VARIABLE}, or another "
            "environment variable and name it with --key-variable"
        )
    if (options.endpoint is None) == (options.local is None):
        raise InputError("give either --endpoint URL with --model NAME, or --local MODEL")
    if options.endpoint is not None and not options.model:
        raise InputError("--endpoint wants --model NAME: what the server calls the model")
    if options.local is not None:
        for name in ("model", "key_variable"):
            if getattr(options, name) is not None:
                raise InputError(f"--{name.replace('_', '-')} goes with --endpoint, not with --local")
        if options.revision is not None and Path(options.local).expanduser().is_dir():
            raise InputError("--revision goes with a model of the hub: a folder has no revisions")
    ranges = {"side": (56, 4096), "at_once": (1, 64), "tries": (1, 20), "timeout": (0.1, 3600.0)}
    for name, (low, high) in ranges.items():
        value = getattr(options, name)
        if value is not None and not low <= value <= high:
            raise InputError(f"--{name.replace('_', '-')} must be from {low} to {high}, got {value}")
    prices = (options.price_in, options.price_out)
    if any(price is not None for price in prices) and (None in prices or not options.dry_run):
        raise InputError("give --price-in and --price-out together, with --dry-run")
    if any(price is not None and not 0 <= price < 1e9 for price in prices):
        raise InputError("a price must be at least 0")
    if options.endpoint is not None:
        from stbir.data.describe.endpoint import chat_address

        chat_address(options.endpoint)
        key_of(options.key_variable)


def check_files(options: argparse.Namespace, journal: Journal) -> None:
    """Refuse to write over something that this command did not write, such as texts somebody corrected by hand.

    Raises:
        InputError: naming the file.
    """
    from stbir.data.describe.texts import strange_texts

    known = {entry.text for entry in journal.entries.values()}
    files = [file for file in (options.to, options.table, journal.path) if file is not None]
    if len({os.path.abspath(file) for file in files}) < len(files):
        raise InputError("--to, --table and --journal must be different files")
    for file in files:
        if file.is_dir():
            raise InputError(f"{file} is a folder; give a file to write")
        if not file.parent.is_dir():
            raise InputError(f"there is no folder {file.parent} to write {file.name} into; make it first")
        if file != journal.path and file.exists() and (strange := strange_texts(file, known)):
            raise InputError(
                f"{file} is there already, and {counted(strange, 'text')} in it did not come from {journal.path}: give "
                "another name, or move it away"
            )


def key_of(variable: str | None) -> str | None:
    """Read the key of an endpoint from the environment; no message ever repeats it.

    Raises:
        InputError: the variable that was named is not set, or what is in it can be no key.
    """
    key = os.environ.get(variable or KEY_VARIABLE, "").strip()
    if variable is not None and not key:
        raise InputError("the environment variable that --key-variable names is not set; set it to the key")
    if not key.isascii() or not key.isprintable():
        raise InputError("the key in the environment is no key: it has marks in it that cannot be sent")
    return key or None

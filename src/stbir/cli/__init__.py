"""The command line: one file per verb, and one place where errors become one line and an exit code.

Nothing heavy is imported before a verb runs, so that `stbir --help` answers at once.
"""

from __future__ import annotations

import argparse
import errno
import io
import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from typing import Never

import stbir
from stbir.cli import (
    adapt,
    compare,
    data,
    evaluate,
    export,
    imagine,
    index,
    map,
    methods,
    report,
    search,
    serve,
    status,
    study,
    train,
    verify,
)
from stbir.errors import InputError, StbirError, UnknownName

VERB_FILES = (
    *(index, search, serve, status, verify, export, adapt, train, study),
    *(evaluate, compare, report, map, imagine, methods, data),
)
VERBS = {verb.__name__.rpartition(".")[2]: verb for verb in VERB_FILES}

FINE = 0
BROKEN = 1
"""Something that we did not foresee."""
REFUSED = 2
"""Something that the user can act on."""
INTERRUPTED = 130

EPILOG = """\
PHOTOS is a folder of pictures; its gallery lives in PHOTOS/.stbir unless --to says otherwise.
MODEL is a bundled name (tiny), a folder, or a hub id such as openai/clip-vit-base-patch32.

  stbir index photos/
  stbir search photos/ --sketch chair.png --text "red leather, wooden arms"
"""


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are errors like all others: one line, exit code 2."""

    def error(self, message: str) -> Never:
        raise InputError(f"{message}; see {self.prog} --help")


def parser() -> Parser:
    """Put the whole command line together."""
    shared = Parser(add_help=False)
    shared.add_argument(
        "--debug", action="store_true", default=argparse.SUPPRESS, help="show the traceback of an error"
    )
    top = Parser(
        prog="stbir",
        description="Find a photo from what you can draw and what you can say.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        parents=[shared],
    )
    top.add_argument("--version", action="version", version=f"stbir {stbir.__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", dest="verb")
    for name, verb in VERBS.items():
        about = (verb.__doc__ or "").partition("\n")[0]
        command = commands.add_parser(name, help=about, description=about, allow_abbrev=False, parents=[shared])
        verb.define(command)
        command.set_defaults(run=verb.run)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 fine, 2 refused, 3 faults found, 1 our defect, 130 interrupted."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _print_any_name()
    # it would count its retries aloud, several lines for every model that is misspelt
    os.environ.setdefault("HF_HUB_VERBOSITY", "error")
    try:
        with warnings.catch_warnings():
            # what other libraries think of their own future is nothing a user can act on
            warnings.simplefilter("ignore")
            code = _run(given)
        if sys.stdout is not None:  # as it is where the shell was told to close it
            sys.stdout.flush()
        return code
    except SystemExit as stop:  # --help and --version
        return stop.code if isinstance(stop.code, int) else FINE
    except BrokenPipeError:
        _forget_output()
        return FINE
    except KeyboardInterrupt:
        _complain("interrupted")
        return INTERRUPTED
    except Exception as error:
        if "--debug" in given:
            traceback.print_exc()
        message = _explain(error)
        if message is not None:
            _complain(message)
            return REFUSED
        hint = "" if "--debug" in given else "; run again with --debug for the traceback"
        _complain(f"internal error: {type(error).__name__}: {error}{hint}")
        return BROKEN


def _run(given: Sequence[str]) -> int:
    verb = next((word for word in given if not word.startswith("-")), None)
    if verb is not None and verb not in VERBS:
        raise UnknownName("command", verb, VERBS, hint="see stbir --help")
    options = parser().parse_args(given)
    if options.verb is None:
        raise InputError(f"no command given; give one of {', '.join(VERBS)}, or see stbir --help")
    return options.run(options)


def _explain(error: Exception) -> str | None:
    """Say in the user's words what happened, where the user can do something about it."""
    if isinstance(error, StbirError):
        return str(error)
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    # libraries in other languages pass the reason on as text only
    if full or "No space left on device" in str(error):
        where = getattr(error, "filename", None)
        return f"no space left on the disk{f' for {where}' if where else ''}; free some, or write to another one"
    if isinstance(error, PermissionError):
        return f"no permission to use {error.filename or 'a file'}; change its permissions, or give another place"
    if isinstance(error, OSError) and error.filename is not None:
        return f"cannot use {error.filename}: {error.strerror or error}"
    return None


def _complain(message: str) -> None:
    print(f"stbir: {' '.join(message.split())}", file=sys.stderr, flush=True)


def _print_any_name() -> None:
    """File names are bytes; one that the terminal's encoding cannot show must still be printed."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            utf8 = stream.encoding.lower().replace("-", "") == "utf8"
            stream.reconfigure(errors="surrogateescape" if utf8 and stream is sys.stdout else "backslashreplace")


def _forget_output() -> None:
    """Whoever read our output has left; send the rest nowhere, or Python complains when it ends."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        pass

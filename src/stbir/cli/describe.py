"""Have a vision-language model say what a sketch of each photo would hide: colour, material, parts."""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from stbir.cli.wording import counted, place, reachable, shown
from stbir.errors import InputError

if TYPE_CHECKING:
    from stbir.data.describe.journal import Journal, Key
    from stbir.data.describe.question import Question
    from stbir.data.describe.survey import Survey
    from stbir.data.describe.work import Job, Outcome
    from stbir.data.describe.writer import Writer

KEY_VARIABLE = "STBIR_DESCRIBE_KEY"
"""A name of our own: the key of one service must not go to another because its variable happened to be set."""
FAILED = 1

EPILOG = """\
A run that was interrupted, or had failures, goes on where it was: give the same command again. A photo is described
again only if its file, the prompt, --side, the model or its revision has changed. Photos whose metadata, sidecar or
ai.txt says noai are left out. Exit code 1: some photos have no description, and the rest is written.

  stbir data describe photos/ --to texts.txt --endpoint http://127.0.0.1:8000/v1 --model Qwen/Qwen2.5-VL-7B-Instruct
"""


def define(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add `describe` to the actions of `stbir data`."""
    about = (__doc__ or "").partition("\n")[0]
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
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Describe what is new, write all texts, and say what was left out."""
    _check(options)
    from tqdm import tqdm

    from stbir.data.describe.faults import BRANDS, read_brands
    from stbir.data.describe.journal import open_journal, read_journal
    from stbir.data.describe.question import PROMPT, SIDE, Question, read_prompt
    from stbir.data.describe.survey import survey
    from stbir.data.describe.work import Outcome
    from stbir.gallery.source import Source

    question = Question(read_prompt(options.prompt or PROMPT), side=SIDE if options.side is None else options.side)
    brands = read_brands(BRANDS) + (read_brands(options.brands) if options.brands is not None else ())
    journal_path = options.journal or options.to.with_name(f"{options.to.name}.journal")
    _check_files(options, journal_path)
    source = Source(Path(os.path.abspath(options.photos)))
    listing = source.read()
    photos = tqdm(listing.photos, desc="reading", unit="photo", leave=False, disable=not sys.stderr.isatty())
    found = survey(photos, root=source.folder)
    found.broken.extend(listing.problems)
    if options.dry_run:
        return _dry_run(options, found, read_journal(journal_path), question)
    outcome = Outcome()
    with open_journal(journal_path) as journal:
        if journal.damaged:
            lines = ", ".join(str(number) for number in journal.damaged[:5])
            print(f"{shown(journal_path)}: damaged lines are passed over: {lines}", file=sys.stderr)
        writer = _writer(options)
        keys = _keys(found, question, writer.model, writer.revision)
        try:
            _describe(options, _jobs(found, keys, journal), writer, question, journal, outcome, brands)
        finally:  # Ctrl-C, too, keeps what is done
            written = _write(options, found, keys, journal, source.folder)
    return _report(options, found, outcome, written)


def _check(options: argparse.Namespace) -> None:
    """Refuse what does not go together, before anything is read."""
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


def _check_files(options: argparse.Namespace, journal: Path) -> None:
    """Refuse to write over something that this command did not write, such as texts somebody wrote by hand."""
    files = [file for file in (options.to, options.table, journal) if file is not None]
    if len({os.path.abspath(file) for file in files}) < len(files):
        raise InputError("--to, --table and --journal must be different files")
    for file in files:
        if file.is_dir():
            raise InputError(f"{file} is a folder; give a file to write")
        if not file.parent.is_dir():
            raise InputError(f"there is no folder {file.parent} to write {file.name} into; make it first")
        if file != journal and file.exists() and not journal.exists():
            raise InputError(f"{file} is there already, and no journal {journal} says it is ours; give another name")


def _writer(options: argparse.Namespace) -> Writer:
    if options.local is not None:
        from stbir.data.describe.local import load

        return load(options.local, revision=options.revision)
    from stbir.data.describe.endpoint import Endpoint, is_near

    key = _key(options.key_variable)
    if key and options.endpoint.startswith("http:") and not is_near(options.endpoint):
        print("the key and the photos travel unencrypted: the endpoint is http, not https", file=sys.stderr)
    return Endpoint(
        options.endpoint,
        options.model,
        revision=options.revision or "",
        key=key,
        timeout=options.timeout,
        tries=options.tries,
        rng=random.Random(),
    )


def _key(variable: str | None) -> str | None:
    key = os.environ.get(variable or KEY_VARIABLE, "").strip()
    if variable is not None and not key:
        raise InputError("the environment variable that --key-variable names is not set; set it to the key")
    if not key.isascii() or not key.isprintable():
        raise InputError("the key in the environment is no key: it has marks in it that cannot be sent")
    return key or None


def _keys(found: Survey, question: Question, model: str, revision: str) -> dict[str, Key]:
    from stbir.data.describe.journal import Key

    return {content: Key(content, question.hash, question.side, model, revision) for content in found.contents}


def _jobs(found: Survey, keys: dict[str, Key], journal: Journal) -> list[Job]:
    from stbir.data.describe.work import Job

    return [
        Job(content, photos[0]) for content, photos in found.contents.items() if keys[content] not in journal.entries
    ]


def _describe(
    options: argparse.Namespace,
    jobs: list[Job],
    writer: Writer,
    question: Question,
    journal: Journal,
    outcome: Outcome,
    brands: tuple[str, ...],
) -> None:
    from tqdm import tqdm

    from stbir.data.describe.work import describe_all

    with tqdm(total=len(jobs), unit="photo", disable=not sys.stderr.isatty()) as bar:
        describe_all(
            jobs,
            writer=writer,
            question=question,
            journal=journal,
            outcome=outcome,
            brands=brands,
            at_once=1 if options.local is not None else options.at_once,
            tries=options.tries,
            on_done=bar.update,
        )


def _write(options: argparse.Namespace, found: Survey, keys: dict[str, Key], journal: Journal, root: Path) -> int:
    """Write the texts that there are, in the order of their photos; return how many."""
    from stbir.data.describe.texts import Text, write_table, write_texts

    texts = [
        Text(photo, journal.entries[keys[content]])
        for content, photos in found.contents.items()
        if keys[content] in journal.entries
        for photo in photos
    ]
    texts.sort(key=lambda text: text.photo.id)
    if texts:  # nothing is no reason to empty what another prompt gave
        write_texts(options.to, texts, root=root)
        if options.table is not None:
            write_table(options.table, texts)
    return len(texts)


def _dry_run(options: argparse.Namespace, found: Survey, journal: Journal, question: Question) -> int:
    from stbir.data.describe.estimate import estimate

    model, revision = options.model, options.revision or ""
    if options.local is not None:
        from stbir.data.describe.local import identity

        model, revision = identity(options.local, revision=options.revision)
    jobs = _jobs(found, _keys(found, question, model, revision), journal)
    guess = estimate([job.photo.path for job in jobs if job.photo.path is not None], question=question)
    left_out = [(len(found.refused), "left out (noai)"), (len(found.broken), "broken")]
    parts = [f"{number:,} {what}" for number, what in left_out if number]
    print(", ".join([counted(found.photos, "photo"), f"{len(jobs):,} to describe", *parts]))
    print(f"{counted(guess.requests, 'request')} if every answer is good, at most {guess.requests * options.tries:,}")
    print(f"about {guess.tokens_in:,} tokens sent and {guess.tokens_out:,} answered")
    if options.price_in is not None:
        cost = guess.cost(price_in=options.price_in, price_out=options.price_out)
        print(f"about {cost:,.4f} at {options.price_in:g} and {options.price_out:g} per million tokens")
    print("nothing was sent")
    return 0


def _report(options: argparse.Namespace, found: Survey, outcome: Outcome, written: int) -> int:
    before = written - sum(len(found.contents[content]) for content in outcome.described)
    failed = [*found.broken, *outcome.failures]
    parts = [f"{counted(written - before, 'photo')} described", f"{before:,} as before"]
    if found.refused:
        parts.append(f"{len(found.refused):,} left out (noai)")
    missing = found.photos + len(found.broken) - written
    if missing:
        parts.append(f"{missing:,} without a description")
    print(", ".join(parts))
    if written:
        print(f"texts: {shown(reachable(options.to))}")
    sys.stdout.flush()
    for what, names in (("left out", found.refused), ("failed", failed)):
        for name, reason in names:
            print(f"{what}: {shown(name)}: {shown(reason)}", file=sys.stderr)
    if outcome.stopped is not None:
        print(f"stopped: {shown(outcome.stopped)}; the rest was not tried, run again to go on", file=sys.stderr)
    return FAILED if missing or outcome.stopped is not None else 0

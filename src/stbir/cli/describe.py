"""Have a vision-language model say what a sketch of each photo would hide: colour, material, parts."""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from stbir.cli.describe_options import check, check_files, declare, key_of
from stbir.cli.wording import counted, reachable, shown

if TYPE_CHECKING:
    from stbir.data.describe.journal import Journal, Key
    from stbir.data.describe.question import Question
    from stbir.data.describe.survey import Survey
    from stbir.data.describe.work import Job, Outcome
    from stbir.data.describe.writer import Writer

FAILED = 3


def define(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add `describe` to the actions of `stbir data`."""
    declare(add, about=(__doc__ or "").partition("\n")[0]).set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Describe what is new, write all texts, and say what was left out."""
    check(options)
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
    before = read_journal(journal_path)
    check_files(options, before)
    source = Source(Path(os.path.abspath(options.photos)))
    listing = source.read()
    photos = tqdm(listing.photos, desc="reading", unit="photo", leave=False, disable=not sys.stderr.isatty())
    found = survey(photos, root=source.folder)
    found.broken.extend(listing.problems)
    if options.dry_run:
        return _dry_run(options, found, before, question)
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


def _writer(options: argparse.Namespace) -> Writer:
    if options.local is not None:
        from stbir.data.describe.local import load

        return load(options.local, revision=options.revision)
    from stbir.data.describe.endpoint import Endpoint, is_near

    key = key_of(options.key_variable)
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

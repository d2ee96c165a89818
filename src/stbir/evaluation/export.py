"""An evaluation as files that other programs read: a table of queries, TREC runs, and a BEIR data set.

Ids are those of the table: photos by the name it has for them, queries as q1, q2, ... by their place among its queries.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

import numpy as np

from stbir.data.table import Queries
from stbir.errors import InputError
from stbir.evaluation.findings import Evaluation
from stbir.evaluation.measures import RANK
from stbir.evaluation.trial import Trial

TAG = "stbir"


def word(name: str) -> str:
    r"""Write an id as one word, since TREC and TSV files end a field at white space; `urllib.parse.unquote` reads it.

    >>> word("red shoe.png"), word("100%.png"), word("靴.png")
    ('red%20shoe.png', '100%25.png', '靴.png')
    """
    # a number sign tells copies of one photo apart
    return "".join(
        quote(one, safe="") if one in "%#" or one.isspace() or not one.isprintable() else one for one in name
    )


def photo_words(trial: Trial) -> list[str]:
    """The id of each place in the gallery; where a photo stands several times, `#2` tells the second from the first."""
    seen: dict[str, int] = {}
    words: list[str] = []
    for number in trial.gallery:
        name = word(trial.targets.split.photos[number].id)
        seen[name] = seen.get(name, 0) + 1
        words.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return words


def write_queries(path: Path, evaluation: Evaluation) -> None:
    """Write a CSV table, a row per query and modality: what was asked for, every value, and the photo found first."""
    trial, photos = evaluation.trial, evaluation.trial.targets.split.photos
    measures = [RANK, *(name for name in trial.protocol.measures if name != "median_rank")]
    with path.open("w", newline="", encoding="utf-8", errors="surrogateescape") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["modality", "query", "target", "category", "sketch", "text", "reference", *measures, "first"])
        for name, found in evaluation.findings.items():
            asked = trial.asked[name]
            for row, number in enumerate(asked.numbers):
                at = trial.targets.numbers.get(asked.wanted[row])
                target = None if at is None else photos[at]
                text, shown = _said(trial, number, folder=path.parent)
                first = found.places[row, 0] if found.places.shape[1] else -1
                writer.writerow(
                    [
                        name,
                        query_word(number),
                        target.id if target else "",
                        asked.categories[row] or (target and target.category) or "",
                        shown["sketch"] if name not in ("text", "photo") else "",
                        text if name not in ("sketch", "photo") else "",
                        shown.get("reference", "") if name in ("photo", "composed") else "",
                        *(f"{found.values[measure][row]:.9g}" for measure in measures),
                        photos[trial.gallery[first]].id if first >= 0 else "",
                    ]
                )


def write_trec(folder: Path, evaluation: Evaluation) -> None:
    """Write `run.MODALITY.txt` and `qrels.MODALITY.txt` for each modality, for trec_eval, ir_measures, ranx and others.

    Those programs break ties by the name of a photo, whatever its place in the file, and keep scores in single
    precision. The score column therefore counts down to 1 along our own order, ties broken as the protocol
    says. Where a run is shorter than the gallery, measures of the whole list (mAP@all, MRR) are lower there than in the
    report.

    Raises:
        InputError: the protocol averages over ties: then there is no one order.
    """
    trial = evaluation.trial
    if trial.protocol.ties == "average":
        raise InputError(
            "a TREC run is one order of the photos, and with ties=average there is none; give ties=against or ties=for"
        )
    folder.mkdir(exist_ok=True)
    words = photo_words(trial)
    for name, found in evaluation.findings.items():
        numbers = trial.asked[name].numbers
        with _open(folder / f"run.{name}.txt") as file:
            for row, number in enumerate(numbers):
                places = found.places[row][found.places[row] >= 0]
                file.writelines(
                    f"{query_word(number)} Q0 {words[place]} {rank} {len(places) + 1 - rank} {TAG}\n"
                    for rank, place in enumerate(places, start=1)
                )
        with _open(folder / f"qrels.{name}.txt") as file:
            file.writelines(
                f"{query_word(numbers[row])} 0 {words[place]} 1\n" for row, place in relevant_places(trial, name)
            )


def write_beir(folder: Path, trial: Trial) -> None:
    """Write queries and gallery as a BEIR data set: `corpus.jsonl`, `queries.jsonl` and `qrels/test.tsv`.

    A document has the captions of its photo as text; under `metadata` stand its file and category. A query has its
    words as text; under `metadata` stand its sketch file and, where it shows one, its reference photo. Files are named
    as seen from the folder that is written.

    Raises:
        InputError: the protocol averages queries: then a query is no longer one sketch.
    """
    if trial.protocol.sketches == "averaged":
        raise InputError(
            "a BEIR query is one sketch, and with sketches=averaged it is several; give sketches=each for this export"
        )
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    photos, words = trial.targets.split.photos, photo_words(trial)
    with _open(folder / "corpus.jsonl") as file:
        for place, number in enumerate(trial.gallery):
            photo = photos[number]
            about = {"image": _seen_from(folder, photo.path), "category": photo.category}
            _write_line(file, words[place], " ".join(photo.captions), about, title=photo.category or "")
    relevant: dict[int, set[int]] = {}
    for name in trial.asked:
        for row, place in relevant_places(trial, name):
            relevant.setdefault(trial.asked[name].numbers[row], set()).add(place)
    with _open(folder / "queries.jsonl") as file:
        for number in sorted(relevant):
            text, shown = _said(trial, number, folder=folder)
            _write_line(file, query_word(number), text, shown)
    with _open(folder / "qrels" / "test.tsv") as file:
        file.write("query-id\tcorpus-id\tscore\n")
        for number in sorted(relevant):
            file.writelines(f"{query_word(number)}\t{words[place]}\t1\n" for place in sorted(relevant[number]))


def query_word(number: int) -> str:
    """The id of a query, from its number in the split (which counts from 0).

    >>> query_word(0)
    'q1'
    """
    return f"q{number + 1}"


def relevant_places(trial: Trial, name: str) -> Iterator[tuple[int, int]]:
    """Give each query of a modality by its row, with each place of the gallery that is relevant to it."""
    order = np.argsort(trial.shown, kind="stable")
    sorted_labels = trial.shown[order]
    groups = None if trial.asked_groups is None else trial.asked_groups[name]
    for row, label in enumerate(trial.wanted[name]):
        start, stop = np.searchsorted(sorted_labels, label, "left"), np.searchsorted(sorted_labels, label, "right")
        for place in order[start:stop]:
            if groups is None or trial.groups is None or trial.groups[place] == groups[row]:
                yield row, int(place)


def _said(trial: Trial, number: int, *, folder: Path) -> tuple[str, dict[str, str]]:
    """The words of a query, and its sketch file and reference photo, without reading these where a table names them."""
    queries = trial.targets.split.queries
    if not isinstance(queries, Queries):
        return queries[number].text or "", {"sketch": ""}
    row = queries.rows[number]
    shown = {} if row.reference is None else {"reference": _seen_from(folder, row.reference)}
    return row.text or "", {"sketch": _seen_from(folder, row.sketch)} | shown


def _seen_from(folder: Path, path: Path | None) -> str:
    """Name a file relative to a folder, so that both can move together."""
    if path is None:
        return ""
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:  # on another drive
        return str(path)


def _write_line(file: TextIO, written: str, text: str, about: Mapping[str, Any], *, title: str | None = None) -> None:
    line: dict[str, Any] = {"_id": written} | ({} if title is None else {"title": title}) | {"text": text}
    file.write(json.dumps(line | {"metadata": dict(about)}, ensure_ascii=False) + "\n")


def _open(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="\n", errors="surrogateescape")

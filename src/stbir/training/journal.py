"""What a run says while it goes on: a row of JSON per message in `log.jsonl`, and its numbers to the reporters."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from stbir.training.reporters import Reporter


class Journal:
    """The log and the reporters of a run; without a path, as in all processes but the main one, it keeps silent."""

    def __init__(self, path: Path | None, reporters: Sequence[Reporter] = ()) -> None:
        self._file = path.open("a", encoding="utf-8") if path else None
        self._reporters = reporters
        self._warned: set[str] = set()

    @property
    def silent(self) -> bool:
        return self._file is None

    def train(self, stage: str, step: int, *, at: int, values: Mapping[str, float]) -> None:
        """Write down the loss, its terms and what else belongs to a step; `at` counts through all stages."""
        self._write({"stage": stage, "step": step, **values})
        self._report(at, {f"train/{name}": value for name, value in values.items()})

    def measured(
        self, stage: str | None, step: int, *, at: int, numbers: Mapping[str, float], spreads: Mapping[str, Any]
    ) -> None:
        """Write down a measurement on the held-out part; stage None is before the first step."""
        self._write({"stage": stage, "step": step, "validation": dict(numbers), "vectors": dict(spreads)})
        self._report(at, {f"validation/{name}": value for name, value in numbers.items()})
        ranks = {f"vectors/{side}/effective_rank": float(found["effective_rank"]) for side, found in spreads.items()}
        self._report(at, ranks)

    def warn(self, topic: str, words: str) -> None:
        """Say what is wrong, once per topic, on the terminal and in the log."""
        if topic in self._warned or self.silent:
            return
        self._warned.add(topic)
        self._write({"warning": words})
        tqdm.write(f"warning: {words}", file=sys.stderr)

    def close(self) -> None:
        """Close the log and the reporters."""
        if self._file:
            self._file.close()
        for reporter in self._reporters:
            reporter.close()

    def _write(self, row: Mapping[str, Any]) -> None:
        if self._file:
            print(json.dumps(row), file=self._file, flush=True)

    def _report(self, at: int, values: Mapping[str, float]) -> None:
        finite = {name: value for name, value in values.items() if math.isfinite(value)}
        for reporter in self._reporters:
            reporter.report(at, finite)


def cut_back(path: Path, *, done: Sequence[str], stage: str | None, step: int) -> None:
    """Drop what a run wrote after the checkpoint that it goes on from: it will be written again.

    `done` are the stages that are over; of `stage` the rows up to `step` stay.
    """
    if not path.exists():
        return
    kept: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            break  # the power went while it was written
        where = row.get("stage")
        if where is not None and where not in done and not (where == stage and row["step"] <= step):
            break
        if not (where is None and "validation" in row):  # where it started is measured again
            kept.append(line + "\n")
    fresh = path.with_suffix(".part")
    fresh.write_text("".join(kept), encoding="utf-8")
    fresh.replace(path)

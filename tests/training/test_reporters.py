"""Numbers reach whoever was named, and a wrong name is one clear line."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from stbir.errors import InputError, UnknownName
from stbir.training.journal import Journal
from stbir.training.reporters import open_reporter


class Collected:
    def __init__(self, folder: Path, recipe: Mapping[str, Any], first: int) -> None:
        self.begins = (folder, recipe["name"], first)
        self.told: list[tuple[int, dict[str, float]]] = []
        self.closed = False

    def report(self, step: int, values: Mapping[str, float]) -> None:
        self.told.append((step, dict(values)))

    def close(self) -> None:
        self.closed = True


def test_a_function_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "my_reporters", sys.modules[__name__])
    reporter = open_reporter("my_reporters:Collected", folder=tmp_path, recipe={"name": "some"}, first=7)
    assert isinstance(reporter, Collected)
    assert reporter.begins == (tmp_path, "some", 7)
    journal = Journal(tmp_path / "log.jsonl", [reporter])
    journal.train("one", 3, at=10, values={"loss": 0.5})
    spreads = {"photo": {"effective_rank": 9.0}}
    journal.measured("one", 3, at=10, numbers={"both/mrr": 0.25, "both/median_rank": float("inf")}, spreads=spreads)
    journal.close()
    assert reporter.told == [
        (10, {"train/loss": 0.5}),
        (10, {"validation/both/mrr": 0.25}),
        (10, {"vectors/photo/effective_rank": 9.0}),
    ]
    assert reporter.closed


def test_wrong_names(tmp_path: Path) -> None:
    with pytest.raises(
        UnknownName, match=r"unknown reporter 'tensorbord', did you mean 'tensorboard'.*module:function"
    ):
        open_reporter("tensorbord", folder=tmp_path, recipe={})
    for name in ("nowhere_at_all:make", "json:no_such_function", ":x"):
        with pytest.raises(InputError, match=f"there is no reporter {name}"):
            open_reporter(name, folder=tmp_path, recipe={})


def test_without_tensorboard_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(InputError, match=r"pip install 'stbir\[tensorboard\]'"):
        open_reporter("tensorboard", folder=tmp_path, recipe={})


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the libraries below it
def test_tensorboard_reads_what_was_reported(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    reporter = open_reporter("tensorboard", folder=tmp_path, recipe={})
    reporter.report(4, {"train/loss": 0.5})
    reporter.close()
    events = EventAccumulator(str(tmp_path / "tensorboard"))
    events.Reload()
    assert [(event.step, event.value) for event in events.Scalars("train/loss")] == [(4, 0.5)]

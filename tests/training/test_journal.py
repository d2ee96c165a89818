"""The log holds every row once, also after a run was killed and went on."""

import json
from pathlib import Path

import pytest

from stbir.training.journal import Journal, cut_back


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_what_came_after_the_checkpoint_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    journal = Journal(path)
    journal.measured(None, 0, at=0, numbers={"both/mrr": 0.1}, spreads={})
    for stage, step in (("one", 2), ("one", 4), ("two", 2), ("two", 4)):
        journal.train(stage, step, at=step, values={"loss": 1.0})
    journal.close()
    with path.open("a") as file:
        file.write('{"stage": "two", "st')
    cut_back(path, done=["one"], stage="two", step=2)
    assert [(row["stage"], row["step"]) for row in rows(path)] == [("one", 2), ("one", 4), ("two", 2)]
    cut_back(path, done=["one"], stage="two", step=0)
    assert [row["stage"] for row in rows(path)] == ["one", "one"]
    cut_back(tmp_path / "missing.jsonl", done=[], stage=None, step=0)


def test_it_warns_once_per_topic(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "log.jsonl"
    journal = Journal(path)
    for topic in ("photo", "photo", "sketch"):
        journal.warn(topic, f"the {topic} vectors collapse")
    journal.close()
    assert [row["warning"] for row in rows(path)] == ["the photo vectors collapse", "the sketch vectors collapse"]
    assert capsys.readouterr().err.count("warning: the photo vectors collapse") == 1


def test_without_a_path_it_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    journal = Journal(None)
    journal.train("one", 1, at=1, values={"loss": 1.0})
    journal.warn("photo", "the photo vectors collapse")
    journal.close()
    assert capsys.readouterr() == ("", "")

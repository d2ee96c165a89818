"""`stbir imagine`: what it says of a model that draws, and of one that does not."""

import re
from pathlib import Path

import pytest

from stbir.data.sets import drawn_tasks
from stbir.methods import build
from stbir.nn.clip import load_backbone


@pytest.fixture
def duet(clip_folder: Path, tmp_path: Path) -> Path:
    build("duet", load_backbone(str(clip_folder)), {"decoder_channels": 64}).save(tmp_path / "duet")
    return tmp_path / "duet"


def test_it_draws_and_judges(stbir, duet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn_tasks, "SIZE", 32)
    monkeypatch.setattr(drawn_tasks, "TASKS", {name: (draw, 20) for name, (draw, _) in drawn_tasks.TASKS.items()})
    sheet = tmp_path / "sheet.png"
    said = stbir("imagine", duet, "drawn-tasks", "--split", "changes-by-sketch", "--sheet", sheet, "--rows", 2)
    assert said.code == 0, said.err
    first, second, third = said.out.splitlines()
    assert re.fullmatch(r"the nearest of 60 photos is the one that was meant for \d+\.\d % of 40 drawings", first)
    assert re.fullmatch(
        r"shape follows the sketch in \d+\.\d %, colour the words in \d+\.\d % of \d+ swaps?; by chance in 50 %", second
    )
    assert third == f"drawn to {sheet}"
    assert sheet.exists()
    said = stbir("imagine", duet, "drawn-tasks", "--split", "changes", "--sheet", sheet)
    assert said.code == 0
    assert "was not judged: 20 changed objects by photo has no two queries of a category with sketches" in said.out
    said = stbir("imagine", duet, "drawn-tasks", "--split", "styles", "--sheet", sheet)
    assert said.code == 2
    assert "look for no photo but for a category; measure them by category" in said.err


def test_it_refuses(stbir, clip_folder: Path, duet: Path, tmp_path: Path) -> None:
    said = stbir("imagine", clip_folder, "drawn-tasks", "--split", "changes-validation", "--sheet", tmp_path / "s.png")
    assert said.code == 2
    assert "is a model of late_fusion, which does not draw; give one of duet" in said.err
    said = stbir("imagine", duet, "drawn-tasks", "--sheet", tmp_path / "sheet.jpg")
    assert said.code == 2
    assert "must end in .png" in said.err
    said = stbir("imagine", duet, "drawn-tasks", "--rows", 0)
    assert said.code == 2
    assert "--rows must be from 1 to 20, got 0" in said.err

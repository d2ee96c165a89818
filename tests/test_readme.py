"""The Python in the README runs as printed and gives the output printed below it."""

import re
from pathlib import Path

import pytest

from stbir.data.drawn.folder import write_gallery

README = (Path(__file__).parents[1] / "README.md").read_text()


def test_the_five_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, promised = re.findall(r"```(?:python)?\n(.*?)```", README[README.index("## Five lines") :], re.DOTALL)[:2]
    monkeypatch.chdir(tmp_path)
    write_gallery("demo/drawn", count=500, seed=7, workers=1)
    capsys.readouterr()
    exec(compile(code, "README.md", "exec"), {})
    said = [line.split() for line in capsys.readouterr().out.splitlines()]
    for (score, name), line in zip(said, promised.splitlines(), strict=True):
        promised_score, promised_name = line.split()
        assert name == promised_name
        assert float(score) == pytest.approx(float(promised_score), abs=0.005)

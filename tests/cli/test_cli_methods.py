"""`stbir methods`: every method with its paper, what it trains and needs, and its numbers; one of them in full."""

import json
import re
import subprocess
import sys

import pytest

from stbir.cli.methods import fields_of
from stbir.methods import about, kind_of, names


@pytest.mark.parametrize("name", names())
def test_what_is_read_from_a_file_is_what_its_class_says(name: str) -> None:
    said, kind = about(name), kind_of(name)
    assert (said.paper, said.trains, said.needs) == (kind.paper, kind.trains, kind.needs)
    assert all((said.paper, said.trains, said.needs))


@pytest.mark.parametrize("width", [80, 120])
def test_the_list_names_all_of_them_and_fits(stbir, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    said = stbir("methods")
    assert said.code == 0
    assert max(map(len, said.out.splitlines())) <= width
    blocks = said.out.strip().split("\n\n")
    assert [block.split()[0] for block in blocks] == names()
    flat = [" ".join(block.split()) for block in blocks]
    for name, block in zip(names(), flat, strict=True):
        for fact in (about(name).paper, about(name).trains, about(name).needs):
            assert fact in block
    (tiny,) = [block for block in flat if block.startswith("two_views")]
    assert "tiny on drawn-bench many-unseen 25.4 / 30.2 / 58.8" in tiny
    (semantic,) = [block for block in flat if block.startswith("ma_sbir")]
    assert "numbers acc@1 in percent" in semantic
    assert re.search(r"ma-sbir on sketchy, by class, never chosen on, map@all, \d+\.\d / - / -", semantic)
    assert re.search(r"fine-grained on qmul-v1: all tests, never chosen on \d+\.\d / ", semantic)
    (bare,) = [block for block in flat if block.startswith("late_fusion")]
    assert bare.endswith("numbers none yet")


def test_the_list_needs_no_torch() -> None:
    code = "import sys; from stbir.cli import main; main(['methods']); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"


@pytest.mark.parametrize("name", names())
def test_one_in_full_shows_every_setting(stbir, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    said = stbir("methods", name)
    assert said.code == 0
    lines = said.out.splitlines()
    for settings in (kind_of(name).Config, kind_of(name).Objective):
        for field in fields_of(settings):
            shown = [line for line in lines if line.split()[:1] == [field["name"]]]
            assert any(json.dumps(field["default"], ensure_ascii=False) in line for line in shown)
    plain = json.loads(stbir("methods", name, "--json").out)
    assert plain["name"] == name
    assert plain["settings"] == fields_of(kind_of(name).Config)


def test_groups_choices_and_descriptions_are_shown() -> None:
    fields = {field["name"]: field for field in fields_of(kind_of("stbir").Config)}
    assert fields["templates.gate"]["default"] == 0.64
    assert fields["fusion"]["choices"] == ["mean", "sum", "templates"]
    assert fields["grid"]["about"].startswith("lines:")


def test_a_number_has_its_interval_and_its_origin(stbir) -> None:
    flat = " ".join(stbir("methods", "two_views").out.split())
    assert "tiny on drawn-bench shoes-test sketch acc@1 21.7 [17.5, 26.0] 1" in flat
    assert "recipes/tiny.toml; results/tiny/drawn-bench-shoes-test.json" in flat
    plain = json.loads(stbir("methods", "--json").out)
    assert [one["name"] for one in plain] == names()
    (tiny,) = [one for one in plain if one["name"] == "two_views"]
    assert tiny["numbers"][0]["found"]["sketch"]["interval"] == [0.175, 0.26]


def test_an_unknown_name_lists_the_known_ones(stbir) -> None:
    said = stbir("methods", "tripplet")
    assert said.code == 2
    assert "did you mean 'triplet'?" in said.err

"""Settings refuse what they do not know, in one line that helps."""

from pathlib import Path

import pytest
from pydantic import Field

from stbir.config import Settings, parse, read_toml
from stbir.errors import ConfigError


class Inner(Settings):
    steps: int = Field(ge=1)
    rate: float = 1e-3


class Outer(Settings):
    name: str = "x"
    one: Inner | None = None
    many: tuple[Inner, ...] = ()
    named: dict[str, float] = Field(default_factory=dict)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"nam": 1}, r"here: unknown key 'nam', did you mean 'name'\? \(known: many, name, named, one\)"),
        ({"one": {"step": 1}}, "here: (unknown key 'one.step', did you mean 'steps'|'one.steps' is missing)"),
        (
            {"many": [{"steps": 1}, {"steps": 1, "rat": 2}]},
            r"'many.1.rat', did you mean 'rate'\? \(known: rate, steps\)",
        ),
        ({"many": [{}]}, "'many.0.steps' is missing"),
        ({"one": {"steps": 0}}, r"'one.steps': Input should be greater than or equal to 1 \(given: 0\)"),
        ({"name": 3}, r"'name': Input should be a valid string \(given: 3\)"),
    ],
)
def test_what_is_wrong_is_said(values: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        parse(Outer, values, source="here")
    assert "\n" not in str(caught.value)


def test_settings_cannot_be_changed() -> None:
    settings = parse(Outer, {}, source="here")
    with pytest.raises(ValueError, match="frozen"):
        settings.name = "y"  # type: ignore[misc]


def test_toml_reads_numbers_as_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("[one]\nsteps = 3\nrate = 1e-5\n")
    settings = read_toml(path, Outer)
    assert settings.one is not None
    assert settings.one.rate == 1e-5


@pytest.mark.parametrize("content", [b"a = ", b"\xff\xfe", b"[one]\n[one]\n"])
def test_no_toml(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"a.toml is not valid TOML"):
        read_toml(path, Outer)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot read .*missing.toml: No such file"):
        read_toml(tmp_path / "missing.toml", Outer)
    with pytest.raises(ConfigError, match="cannot read"):
        read_toml(tmp_path, Outer)

"""A recipe that extends another one is the other one with its changes, and nothing else."""

from pathlib import Path

import pytest

from stbir.errors import ConfigError
from stbir.training.extends import extended, read_recipe

BASE = """
name = "base"
seed = 4
[start]
weights = "tiny"
[data]
source = "drawn"
ramp = 7
[[stages]]
name = "first"
steps = 3
batch_size = 4
[[stages]]
name = "second"
steps = 5
batch_size = 4
"""


def write(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.toml").write_text(text)
    return folder / f"{next(iter(texts))}.toml"


def test_changes_are_made_and_the_rest_stays(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        child='extends = "base.toml"\nname = "child"\n[data]\nmirror = false\n'
        '[[stages]]\nname = "second"\nlearning_rate = 0.5\n[[stages]]\nname = "third"\nsteps = 1\n',
        base=BASE,
    )
    base, child = read_recipe(tmp_path / "base.toml"), read_recipe(path)
    assert (child.name, child.seed, child.start) == ("child", 4, base.start)
    assert (child.data.mirror, child.data.ramp) == (False, 7)  # type: ignore[union-attr]
    assert [(s.name, s.steps, s.learning_rate) for s in child.stages] == [
        ("first", 3, 8e-4), ("second", 5, 0.5), ("third", 1, 8e-4),
    ]  # fmt: skip
    assert child.stages[0] == base.stages[0]


def test_stages_in_another_order_and_left_out(tmp_path: Path) -> None:
    path = write(tmp_path, child='extends = "base.toml"\norder = ["second", "first"]\n', base=BASE)
    assert [stage.name for stage in read_recipe(path).stages] == ["second", "first"]
    path.write_text('extends = "base.toml"\norder = ["second"]\n')
    assert [stage.name for stage in read_recipe(path).stages] == ["second"]


def test_false_takes_a_table_away_and_grandparents_count(tmp_path: Path) -> None:
    base = {"start": {"weights": "tiny", "settings": {"grid": 2}}, "stages": []}
    assert extended(base, {"start": {"settings": False}}) == {"start": {"weights": "tiny"}, "stages": []}
    path = write(
        tmp_path, child='extends = "middle.toml"\nname = "c"\n', middle='extends = "base.toml"\nseed = 9\n', base=BASE
    )
    assert (read_recipe(path).name, read_recipe(path).seed) == ("c", 9)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('extends = "none.toml"', "cannot read"),
        ('extends = "child.toml"', "extends itself"),
        ("extends = 3", "takes the name of a recipe beside it, got 3"),
        ('extends = "base.toml"\norder = ["fourth"]', "order names the stage 'fourth' (known: first, second)"),
        ('extends = "base.toml"\nsed = 1', "unknown key 'sed', did you mean 'seed'?"),
    ],
)
def test_what_cannot_be_extended(tmp_path: Path, text: str, says: str) -> None:
    path = write(tmp_path, child=text, base=BASE)
    with pytest.raises(ConfigError) as caught:
        read_recipe(path)
    assert says in str(caught.value)

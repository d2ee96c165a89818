"""`stbir train` says where the model is and what the run came to."""

import json
from pathlib import Path

import pytest

RECIPE = """
name = "small"
[start]
weights = "{clip}"
[data]
families = {{ bag = 1.0 }}
ramp = 0
held_out = {held_out}
[[stages]]
steps = 1
batch_size = 2
free = ["*layer_norm*"]
"""


@pytest.fixture
def recipe(clip_folder: Path, tmp_path: Path) -> Path:
    path = tmp_path / "recipe.toml"
    path.write_text(RECIPE.format(clip=clip_folder, held_out=4))
    return path


def test_it_says_what_the_run_came_to(stbir, recipe: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    said = stbir("train", recipe, "--to", tmp_path / "run", "--workers", 0)
    assert said.code == 0
    assert said.out.splitlines()[0] == f"the model is in {tmp_path / 'run' / 'model'}"
    verdict = json.loads((tmp_path / "run" / "verdict.json").read_text())
    assert said.out.splitlines()[1] == verdict["words"]
    assert "both/acc@1 went from" in verdict["words"]


def test_without_a_held_out_part_it_says_so(stbir, clip_folder: Path, recipe: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    recipe.write_text(RECIPE.format(clip=clip_folder, held_out=0))
    said = stbir("train", recipe, "--to", tmp_path / "run", "--workers", 0)
    assert "is not known: the data of this recipe has no held-out part" in said.out


@pytest.mark.parametrize(
    ("added", "options", "message"),
    [
        ('rates = { "*no_such*" = 2.0 }', [], "'*no_such*' names nothing that this stage frees"),
        ('precision = "fp16"', [], "precision fp16 needs a CUDA device; take bf16 or fp32 here"),
        ("objective = { margin = 0.2 }", [], "objective of stage 'main': unknown key 'margin'"),
        ('[validation]\nmetric = "both/mrr"', [], "drawn objects have no epochs; give stage 'main' steps, and"),
        ("", ["--report-to", "tensorbord"], "unknown reporter 'tensorbord', did you mean 'tensorboard'"),
    ],
)
def test_what_cannot_be_is_one_line_before_the_first_step(  # type: ignore[no-untyped-def]
    stbir, recipe: Path, tmp_path: Path, added: str, options: list[str], message: str
) -> None:
    recipe.write_text(recipe.read_text() + added)
    said = stbir("train", recipe, "--to", tmp_path / "run", "--workers", 0, *options)
    assert said.code == 2
    assert message in said.err
    assert len(said.err.splitlines()) == 1
    assert not (tmp_path / "run" / "checkpoint.safetensors").exists()


def test_validation_without_a_held_out_part_is_refused(stbir, clip_folder: Path, recipe: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    recipe.write_text(RECIPE.format(clip=clip_folder, held_out=0) + '[validation]\nunit = "steps"')
    said = stbir("train", recipe, "--to", tmp_path / "run", "--workers", 0)
    assert said.code == 2
    assert "stage 'main' is to be measured, but the data has no held-out part" in said.err

"""A recipe of two short stages on drawn objects."""

from pathlib import Path

import pytest

RECIPE = """
name = "test"
seed = 3
save_every = 2
[start]
weights = "{clip}"
[data]
families = {{ bag = 1.0, boot = 2.0 }}
ramp = 4
[[stages]]
name = "first"
free = ["*layer_norm*", "backbone.clip.logit_scale"]
steps = 3
batch_size = 4
average = 0.9
[[stages]]
name = "second"
steps = 5
batch_size = 4
"""


@pytest.fixture
def recipe(clip_folder: Path, tmp_path: Path) -> Path:
    path = tmp_path / "recipe.toml"
    path.write_text(RECIPE.format(clip=clip_folder))
    return path

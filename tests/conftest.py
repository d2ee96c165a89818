"""A random CLIP of a few thousand parameters, saved as published models are, for every test that needs a model."""

from pathlib import Path

import pytest

WORDS = [
    "red leather boot with black laces",
    "blue fabric chair, wooden legs and arms",
    "green glass bottle",
    "white mug with a yellow handle",
    "grey metal bracket, two holes",
]


@pytest.fixture(scope="session")
def clip_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with config.json, model.safetensors, tokenizer and image processor; do not write to it."""
    from stbir.nn.scratch import ScratchConfig, new_backbone

    folder = tmp_path_factory.mktemp("models") / "random-clip"
    config = ScratchConfig(
        side=64, patch=16, vision_width=64, vision_depth=3, text_width=32, text_depth=2, dimension=32, framing="none"
    )
    new_backbone(config, WORDS * 2, seed=0).save(folder)
    return folder

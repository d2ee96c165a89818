"""What a recipe asks for in vain is refused, and never silently ignored."""

from pathlib import Path

import pytest

from stbir.errors import ConfigError
from stbir.methods.late_fusion import LateFusion
from stbir.training.loop import train


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("curriculum = { ramp = 3 }", "asks for a curriculum, which drawn data does not have"),
        ('negatives = 2\nnegatives_of = ["photo"]', "asks for negatives, which drawn data does not have"),
        ("negatives = 2", "give both or neither"),
    ],
)
def test_what_would_silently_do_nothing_is_refused(recipe: Path, tmp_path: Path, line: str, says: str) -> None:
    recipe.write_text(recipe.read_text() + line + "\n")
    with pytest.raises(ConfigError, match=says):
        train(recipe, to=tmp_path / "run", workers=0)


def test_a_stage_whose_loss_reaches_nothing_free_is_refused(
    recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LateFusion, "loss", lambda self, *_: {"nothing": self.backbone.clip.logit_scale.detach() * 1})
    with pytest.raises(ConfigError, match=r"the loss of stage 'first' \(nothing\) does not depend on anything"):
        train(recipe, to=tmp_path / "run", workers=0)

"""Words that a model does not know: those of what is trained on are learned, never those of what is held out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

import stbir
from stbir.methods.base import Method
from stbir.training.loop import train
from stbir.training.pairs.source import Pairs
from stbir.training.recipe import Recipe


def test_words_said_often_enough_of_what_is_trained_on(opened: Callable[..., Pairs], method: Method) -> None:
    known = method.backbone.preprocessing.tokenizer.get_vocab()
    assert opened(new_words=0).new_words(method) == []
    everything = opened(new_words=1, validation=0).new_words(method)
    assert {"number", "in", "shoe"} <= {*everything} | {*known}
    assert not {*everything} & {*known}
    assert any(word.isdigit() for word in everything)
    often = opened(new_words=5, validation=0).new_words(method)
    assert "number" in often
    assert {*often} < {*everything}
    part = opened(new_words=1, validation=0.5).new_words(method)
    assert {*part} < {*everything}, "the words of held-out objects stay unknown"
    assert "shoe" in opened(new_words=1, words="none").new_words(method), "categories are told by their names too"


def test_a_name_counts_once_for_a_photo_that_is_told_by_it(opened: Callable[..., Pairs], method: Method) -> None:
    shoes = [{"name": "shoe-v1", "folder": "shoes"}]

    def learned(**settings: object) -> bool:
        return "shoe" in opened(sets=shoes, validation=0, **settings).new_words(method)

    for words in ("none", "category"):
        count = len(opened(sets=shoes, validation=0, words=words).prepared)
        assert learned(words=words, new_words=count)
        assert not learned(words=words, new_words=count + 1)


@pytest.fixture
def plan(clip_folder: Path) -> Recipe:
    return Recipe.model_validate(
        {
            "name": "words",
            "start": {"weights": str(clip_folder)},
            "data": {"source": "pairs", "sets": [{"name": "shoe-v1", "folder": "shoes"}], "new_words": 2},
            "stages": [{"steps": 4, "batch_size": 4, "warm_up": 0, "learning_rate": 0.01}],
            "save_every": 2,
        }
    )


def test_a_run_saves_what_it_has_learned(plan: Recipe, root: Path, clip_folder: Path, tmp_path: Path) -> None:
    whole, start = stbir.load(train(plan, to=tmp_path / "run", workers=0, data=root)), stbir.load(clip_folder)
    tokenizer, known = whole.backbone.preprocessing.tokenizer, start.backbone.preprocessing.tokenizer.get_vocab()
    assert "number" in tokenizer.get_vocab()
    assert "number" not in known
    table = whole.backbone.clip.text_model.embeddings.token_embedding.weight
    assert len(table) == len(tokenizer.get_vocab())
    start.backbone.add_words(["number"])
    moved = (
        table[tokenizer.get_vocab()["number"]] - start.backbone.clip.text_model.embeddings.token_embedding.weight[-1]
    )
    assert float(torch.linalg.vector_norm(moved.detach())) > 1e-3, "new words are trained"


def test_an_interrupted_run_learns_the_same_words(
    plan: Recipe, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(plan, to=tmp_path / "unbroken", workers=0, data=root)
    left = 3
    original = torch.nn.utils.clip_grad_norm_

    def failing(*args: Any, **kwargs: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        return original(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(torch.nn.utils, "clip_grad_norm_", failing)
        with pytest.raises(KeyboardInterrupt):
            train(plan, to=tmp_path / "broken", workers=0, data=root)
    assert (tmp_path / "broken/checkpoint.safetensors").exists()
    train(plan, to=tmp_path / "broken", workers=0, data=root, resume=True)
    for name in ("model.safetensors", "tokenizer.json"):
        assert (tmp_path / "broken/model" / name).read_bytes() == (tmp_path / "unbroken/model" / name).read_bytes()

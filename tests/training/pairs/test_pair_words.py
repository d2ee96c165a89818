"""Words that a model does not know: those of what is trained on are learned, never those of what is held out."""

from collections.abc import Callable
from pathlib import Path

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


def test_a_run_saves_what_it_has_learned(root: Path, clip_folder: Path, tmp_path: Path) -> None:
    plan = Recipe.model_validate(
        {
            "name": "words",
            "start": {"weights": str(clip_folder)},
            "data": {"source": "pairs", "sets": [{"name": "shoe-v1", "folder": "shoes"}], "new_words": 2},
            "stages": [{"steps": 3, "batch_size": 4, "warm_up": 0, "learning_rate": 0.01}],
        }
    )
    whole = stbir.load(train(plan, to=tmp_path / "whole", workers=0, data=root))
    start = stbir.load(clip_folder)
    tokenizer = whole.backbone.preprocessing.tokenizer
    assert "number" in tokenizer.get_vocab()
    assert "number" not in start.backbone.preprocessing.tokenizer.get_vocab()
    table = whole.backbone.clip.text_model.embeddings.token_embedding.weight
    assert len(table) == len(tokenizer.get_vocab())
    fresh = stbir.load(clip_folder).backbone
    fresh.add_words(sorted({*tokenizer.get_vocab()} - {*start.backbone.preprocessing.tokenizer.get_vocab()}))
    place = tokenizer.get_vocab()["number"]
    moved = table[place] - fresh.clip.text_model.embeddings.token_embedding.weight[place]
    assert float(torch.linalg.vector_norm(moved.detach())) > 1e-3, "new words are trained"

from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models
from torch import Tensor
from transformers import AutoTokenizer, PreTrainedTokenizerBase, PreTrainedTokenizerFast

from stbir.errors import ConfigError
from stbir.nn.clip import Backbone, load_backbone
from stbir.nn.vocabulary import unknown_words, with_words, word_tokenizer


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerBase:
    return word_tokenizer(["red boot, black laces", "Red boots with grey laces", "black chair-legs"] * 2, max_tokens=8)


def words(tokenizer: PreTrainedTokenizerBase, text: str) -> list[str]:
    return tokenizer.convert_ids_to_tokens(tokenizer(text)["input_ids"])


def test_case_accents_plural_and_spelling_do_not_matter(tokenizer: PreTrainedTokenizerBase) -> None:
    assert words(tokenizer, "RÉD  boots/gray") == ["<begin>", "red", "boot", "grey", "<end>"]


def test_what_is_unknown_is_one_unknown_word(tokenizer: PreTrainedTokenizerBase) -> None:
    assert words(tokenizer, "quixotic boot") == ["<begin>", "<unknown>", "boot", "<end>"]
    assert words(tokenizer, "🙂 靴子 boot")[-2:] == ["boot", "<end>"]
    assert words(tokenizer, "🙂") == ["<begin>", "<end>"]


def test_long_text_is_cut_and_still_ends(tokenizer: PreTrainedTokenizerBase) -> None:
    ids = tokenizer("boot " * 100, truncation=True, max_length=8)["input_ids"]
    assert len(ids) == 8
    assert ids[-1] == tokenizer.eos_token_id


def test_saved_and_loaded_it_is_the_same(tokenizer: PreTrainedTokenizerBase, tmp_path: Path) -> None:
    tokenizer.save_pretrained(tmp_path)
    again = AutoTokenizer.from_pretrained(tmp_path)
    text = "Gray boots with QUIXOTIC laces"
    assert again(text)["input_ids"] == tokenizer(text)["input_ids"]


def test_words_that_it_does_not_know(tokenizer: PreTrainedTokenizerBase) -> None:
    said = [["Red boots with ZIPS"], ["a zip", "a buckle", "a boot"], ["buckle-less boot"]]
    assert unknown_words(tokenizer, said, at_least=1) == ["a", "buckle", "less", "zip"]
    assert unknown_words(tokenizer, said, at_least=2) == ["buckle", "zip"], "once for each thing, however often said"


def test_new_words_come_behind_the_known_ones(tokenizer: PreTrainedTokenizerBase, tmp_path: Path) -> None:
    before = tokenizer.get_vocab()
    grown = with_words(tokenizer, ["buckle", "zip"])
    assert tokenizer.get_vocab() == before
    assert grown.get_vocab() == before | {"buckle": len(before), "zip": len(before) + 1}
    assert words(grown, "Zips, red buckles, quixotic") == ["<begin>", "zip", "red", "buckle", "<unknown>", "<end>"]
    grown.save_pretrained(tmp_path)
    again = AutoTokenizer.from_pretrained(tmp_path)
    assert again("zip boot")["input_ids"] == grown("zip boot")["input_ids"]
    for twice in (["boot"], ["zip", "zip"]):
        with pytest.raises(ConfigError, match="is in the vocabulary already"):
            with_words(tokenizer, twice)


def test_a_model_learns_words_and_forgets_none(clip_folder: Path, tmp_path: Path) -> None:
    backbone, plain = load_backbone(str(clip_folder)), load_backbone(str(clip_folder))
    backbone.add_words(["buckle", "zip"])

    def embedded(backbone: Backbone, *texts: str) -> Tensor:
        with torch.inference_mode():
            return backbone.embed_texts(*backbone.preprocessing.text(texts))

    known = ("red leather boot", "a green bottle")
    torch.testing.assert_close(embedded(backbone, *known), embedded(plain, *known), rtol=0, atol=0)
    first, second = embedded(backbone, "red buckle", "red zip")
    assert not torch.allclose(first, second)
    same = embedded(plain, "red buckle", "red zip")
    torch.testing.assert_close(same[0], same[1], rtol=0, atol=0)
    table, old = (one.clip.text_model.embeddings.token_embedding.weight for one in (backbone, plain))
    assert table.requires_grad
    assert 0.5 < float((table[-2:].std() / old.std()).detach()) < 2
    assert backbone.preprocessing.fingerprint() != plain.preprocessing.fingerprint()
    backbone.save(tmp_path)
    torch.testing.assert_close(embedded(load_backbone(str(tmp_path)), "red zip"), second[None])


def test_a_tokenizer_of_pieces_knows_all_words() -> None:
    pieces = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.BPE({"a": 0}, [])))
    with pytest.raises(ConfigError, match=r"spells words in pieces.*leave out new_words"):
        unknown_words(pieces, [["zip"]], at_least=1)


def test_a_new_word_does_not_depend_on_the_others(clip_folder: Path) -> None:
    def grown(*steps: list[str]) -> Backbone:
        backbone = load_backbone(str(clip_folder))
        for words in steps:
            backbone.add_words(words)
        return backbone

    def row(backbone: Backbone, word: str) -> Tensor:
        place = backbone.preprocessing.tokenizer.get_vocab()[word]
        return backbone.clip.text_model.embeddings.token_embedding.weight[place].detach()

    alone, together = grown(["zip"]), grown(["buckle", "zip"])
    torch.testing.assert_close(row(alone, "zip"), row(together, "zip"))
    twice = grown(["zip"], ["buckle"])
    assert not torch.allclose(row(twice, "zip"), row(twice, "buckle"))
    assert twice.preprocessing.tokenizer.get_vocab().keys() == together.preprocessing.tokenizer.get_vocab().keys()

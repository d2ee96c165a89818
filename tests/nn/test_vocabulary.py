from pathlib import Path

import pytest
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from stbir.nn.vocabulary import word_tokenizer


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

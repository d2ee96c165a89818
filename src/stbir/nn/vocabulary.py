"""A word tokenizer for small CLIP models of our own, saved in Hugging Face layout.

Whole words, because a model this small sees too little text to learn spelling. Words it does not
know become one token that it learned to ignore, so a foreign word or an emoji degrades a query
instead of breaking it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from stbir.errors import ConfigError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

PAD, END, BEGIN, UNKNOWN = "<pad>", "<end>", "<begin>", "<unknown>"
# CLIP's text configuration gives the end id 2 a second, historical meaning; it must be another one.
SPECIAL = {PAD: 0, END: 1, BEGIN: 2, UNKNOWN: 3}


def word_tokenizer(texts: Iterable[str], *, max_tokens: int, at_least: int = 2) -> PreTrainedTokenizerBase:
    """Make a tokenizer of the words that occur in `texts` at least `at_least` times.

    Case, accents, plural endings and British or American spelling of grey make no difference.
    """
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.WordLevel(dict(SPECIAL), unk_token=UNKNOWN))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKD(),
            normalizers.StripAccents(),
            normalizers.Lowercase(),
            normalizers.Replace("'s", ""),
            normalizers.Replace(Regex(r"\bgray"), "grey"),
            normalizers.Replace(Regex(r"\bcolored"), "coloured"),
            normalizers.Replace(Regex(r"(?<=[a-z]{3})(?<!s)s\b"), ""),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(r"[^\p{L}\p{N}]+"), behavior="removed"), pre_tokenizers.Digits()]
    )
    count = Counter(word for text in texts for word in _words(tokenizer, text))
    known = _frequent(count, at_least)
    tokenizer.model = models.WordLevel({**SPECIAL, **{word: i + len(SPECIAL) for i, word in enumerate(known)}}, UNKNOWN)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BEGIN} $A {END}", special_tokens=[(BEGIN, SPECIAL[BEGIN]), (END, SPECIAL[END])]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=max_tokens,
        pad_token=PAD,
        eos_token=END,
        bos_token=BEGIN,
        unk_token=UNKNOWN,
    )


def unknown_words(tokenizer: PreTrainedTokenizerBase, said: Iterable[Iterable[str]], *, at_least: int) -> list[str]:
    """The words that are said of at least so many things and that a word tokenizer does not know, sorted.

    Args:
        tokenizer: a word tokenizer.
        said: the texts about each thing; a word counts once for each.
        at_least: how many things.

    Raises:
        ConfigError: the tokenizer is none of ours: it spells words in pieces, and so knows all of them.
    """
    backend = _backend(tokenizer)
    known = backend.get_vocab()
    count = Counter(word for texts in said for word in {word for text in texts for word in _words(backend, text)})
    return [word for word in _frequent(count, at_least) if word not in known]


def with_words(tokenizer: PreTrainedTokenizerBase, words: Iterable[str]) -> PreTrainedTokenizerBase:
    """The same tokenizer with further words; known ones keep their numbers.

    Raises:
        ConfigError: it is none of ours, or a word is known or given twice.
    """
    from tokenizers import models

    grown = deepcopy(tokenizer)
    backend = _backend(grown)
    known = backend.get_vocab()
    new: dict[str, int] = {}
    for word in words:
        if word in known or word in new:
            raise ConfigError(f"the word {word!r} is in the vocabulary already; leave it out")
        new[word] = len(known) + len(new)
    backend.model = models.WordLevel({**known, **new}, UNKNOWN)
    return grown


def _frequent(count: Counter[str], at_least: int) -> list[str]:
    return sorted(word for word, times in count.items() if times >= at_least)


def _backend(tokenizer: PreTrainedTokenizerBase) -> Any:
    from tokenizers import models

    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None or not isinstance(backend.model, models.WordLevel):
        raise ConfigError(
            "this model spells words in pieces, so that there are none it does not know; leave out new_words, which is "
            "for models with a vocabulary of whole words, such as tiny"
        )
    return backend


def _words(tokenizer: object, text: str) -> list[str]:
    from tokenizers import Tokenizer

    assert isinstance(tokenizer, Tokenizer)
    assert tokenizer.normalizer is not None
    assert tokenizer.pre_tokenizer is not None
    return [word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(tokenizer.normalizer.normalize_str(text))]

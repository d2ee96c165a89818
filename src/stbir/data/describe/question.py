"""What a model is asked: the prompt, the size of the picture, and what to say about an answer that was wrong."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from stbir.errors import InputError

PROMPT = Path(__file__).with_name("prompt.txt")
SIDE = 768
"""The longer side of a picture in pixels: about 750 tokens for a square one, and seams and buckles still show."""

_MOST_CHARACTERS = 20_000


@dataclass(frozen=True)
class Question:
    """The words that go with every picture, and how large the picture is sent."""

    prompt: str
    side: int = SIDE

    @property
    def hash(self) -> str:
        """What tells one prompt from another.

        >>> Question("a").hash == Question("a", side=64).hash, Question("a").hash == Question("b").hash
        (True, False)
        """
        return hashlib.sha256(self.prompt.encode()).hexdigest()[:16]


def read_prompt(path: str | Path = PROMPT) -> str:
    """Read a prompt, which is sent as it stands, without the space around it.

    Raises:
        InputError: the file cannot be read, is empty, or far too long.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig").strip()
    except OSError as error:
        raise InputError(f"cannot read the prompt {path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise InputError(f"the prompt {path} is no UTF-8 text; save the file as UTF-8") from None
    if not text:
        raise InputError(f"the prompt {path} is empty; write what to ask, or leave --prompt out")
    if len(text) > _MOST_CHARACTERS:
        raise InputError(f"the prompt {path} has {len(text):,} characters; at most {_MOST_CHARACTERS:,} are sent")
    return text


def correction(wrong: str) -> str:
    """Tell a model what was wrong with its answer, `wrong` being the rest of a sentence.

    >>> correction("was empty").splitlines()[0]
    'Your answer was empty.'
    """
    return (
        f"Your answer {wrong}.\n"
        "Answer again with one JSON object with the keys colour (text), material (text) and parts (list of texts), "
        "at most ten words together, no brand, nothing said twice, and no other text."
    )

"""The answer of a model, read strictly: a JSON object with colour, material and parts, and nothing else."""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic import ValidationError

from stbir.config import Settings
from stbir.errors import StbirError

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "colour": {"type": "string"},
        "material": {"type": "string"},
        "parts": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["colour", "material", "parts"],
    "additionalProperties": False,
}
"""What a server is asked to keep to; what comes back is checked all the same."""

REFUSAL = re.compile(
    r"\b(i['’]?m sorry|i am sorry|sorry,|i can(?:no|['’])t|i am unable|i['’]?m unable|unable to|as an ai"
    r"|cannot (?:see|view|determine|identify|describe)|can['’]t (?:see|view|determine|identify|describe)"
    r"|no (?:image|photo|picture)\b|not (?:visible|applicable|available|sure|specified)|unknown|unclear|n/a)",
    re.IGNORECASE,
)

_THOUGHT = re.compile(r"^.*</think>", re.DOTALL)
_FENCE = re.compile(r"```[a-zA-Z]*\s*(.*?)```", re.DOTALL)


class WrongAnswer(StbirError):
    """An answer that is no description; the message completes the sentence "your answer ..."."""


class Description(Settings):
    """What a sketch of the photo would hide; `material` and `parts` may be empty."""

    colour: str
    material: str
    parts: tuple[str, ...]

    def text(self) -> str:
        """The comma list that is written, in STBIR's manner.

        >>> Description(colour="Brown", material="leather.", parts=("gold  buckle", "")).text()
        'brown, leather, gold buckle'
        """
        items = (" ".join(item.split()).strip(" .,;").lower() for item in (self.colour, self.material, *self.parts))
        return ", ".join(item for item in items if item)


def read_answer(raw: str) -> Description:
    r"""Read what a model said; a fenced block and thoughts before the answer are let pass, other talk is not kept.

    >>> read_answer('```json\n{"colour": "red", "material": "", "parts": ["zip"]}\n```').text()
    'red, zip'

    Raises:
        WrongAnswer: it is a refusal, no JSON object, or one that does not fit the schema.
    """
    said = _THOUGHT.sub("", raw).strip()
    fenced = _FENCE.search(said)
    inner = fenced.group(1) if fenced else said
    start, end = inner.find("{"), inner.rfind("}")
    if start < 0 or end < start:
        if REFUSAL.search(said):
            raise WrongAnswer(f"was a refusal ({_short(said)})")
        raise WrongAnswer(f"was no JSON object ({_short(said)})" if said else "was empty")
    try:
        values = json.loads(inner[start : end + 1])
    except (ValueError, RecursionError):
        raise WrongAnswer(f"was no valid JSON ({_short(inner)})") from None
    try:
        return Description.model_validate(values)
    except ValidationError as error:
        raise WrongAnswer(f"did not fit the schema: {_first(error)}") from None


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    known = ", ".join(Description.model_fields)
    if first["type"] == "extra_forbidden":
        return f"unknown key {where[:40]!r} (known: {known})"
    if first["type"] == "missing":
        return f"{where!r} is missing (wanted: {known})"
    kind = "a list of texts" if where == "parts" else "a text"
    return f"{where!r} must be {kind}"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return repr(flat if len(flat) <= 60 else f"{flat[:57]}...")

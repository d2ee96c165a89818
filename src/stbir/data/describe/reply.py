"""The bodies of chat completions: what is sent, what comes back, and what a server says when it complains."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from stbir.data.describe.answer import SCHEMA
from stbir.data.describe.writer import MOST_TOKENS, Answer, Turn


class SaidNothing(Exception):
    """A reply with status 200 that is no chat completion."""


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Usage(BaseModel):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Completion(BaseModel):
    model_config = ConfigDict(protected_namespaces=())

    choices: list[_Choice]
    model: str | None = None
    system_fingerprint: str | None = None
    usage: _Usage | None = None


def request_body(turns: Sequence[Turn], *, model: str, schema: bool) -> dict[str, Any]:
    """A chat completion request: pictures as data URLs, no randomness, and the schema if the server can hold to one.

    >>> request_body([Turn("user", "hi")], model="m", schema=False)["messages"]
    [{'role': 'user', 'content': [{'type': 'text', 'text': 'hi'}]}]
    """
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": turn.role, "content": _content(turn)} for turn in turns],
        "temperature": 0,
        "max_tokens": MOST_TOKENS,
    }
    if schema:
        form = {"name": "description", "strict": True, "schema": SCHEMA}
        body["response_format"] = {"type": "json_schema", "json_schema": form}
    return body


def read_reply(body: bytes) -> Answer:
    """Read a chat completion.

    Raises:
        SaidNothing: it is none.
    """
    try:
        said = _Completion.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SaidNothing(f"{where}: {first['msg']}" if where else "it is no JSON") from None
    if not said.choices:
        raise SaidNothing("it has no choices")
    choice, usage = said.choices[0], said.usage or _Usage()
    return Answer(
        text=choice.message.content or choice.message.refusal or "",
        served_by=" ".join(part for part in (said.model, said.system_fingerprint) if part),
        cut=choice.finish_reason == "length",
        tokens_in=usage.prompt_tokens,
        tokens_out=usage.completion_tokens,
    )


def complaint(body: bytes) -> str:
    """What a server says is wrong, in one short line.

    >>> complaint(b'{"error": {"message": "no such model"}}'), complaint(b"<h1>Bad gateway</h1>")
    ('no such model', '<h1>Bad gateway</h1>')
    """
    text = body.decode("utf-8", "replace")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        said = text
    for key in ("error", "message", "detail"):
        if isinstance(said, dict) and key in said:
            said = said[key]
    return " ".join(str(said).split())[:200]


def _content(turn: Turn) -> str | list[dict[str, Any]]:
    if turn.role == "assistant":
        return turn.text
    words = {"type": "text", "text": turn.text}
    if turn.jpeg is None:
        return [words]
    address = f"data:image/jpeg;base64,{base64.b64encode(turn.jpeg).decode('ascii')}"
    return [{"type": "image_url", "image_url": {"url": address}}, words]

"""A Qwen vision-language model in this process, through `transformers`."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from stbir.data.describe.writer import MOST_TOKENS, Answer, Turn, Unanswered, Unusable
from stbir.errors import ModelError, first_line

KNOWN = ("qwen2_vl", "qwen2_5_vl", "qwen3_vl", "qwen3_vl_moe")
"""The families whose pictures are prepared below; others can be had through an endpoint."""

_HASHED = ("config.json", "*.safetensors", "tokenizer.json", "chat_template.jinja", "preprocessor_config.json")


class Local:
    """Describes with a model that was loaded here, one photo at a time; made by `load`.

    A bundled processor would be shorter, but the one of these families wants torchvision for videos, which we do not
    install; a picture needs no more than its place in the prompt.
    """

    def __init__(self, network: Any, tokenizer: Any, images: Any, *, model: str, revision: str) -> None:
        self.model = model
        self.revision = revision
        self._network = network
        self._tokenizer = tokenizer
        self._images = images

    def answer(self, turns: Sequence[Turn]) -> Answer:
        """Go on with a conversation, always with the likeliest token.

        Raises:
            Unanswered: the conversation does not fit into memory.
            Unusable: the model cannot do it.
        """
        import torch

        try:
            inputs = self._inputs(turns)
            with torch.inference_mode():
                ids = self._network.generate(**inputs, max_new_tokens=MOST_TOKENS, do_sample=False)
        except (MemoryError, torch.OutOfMemoryError):
            raise Unanswered("it does not fit into memory; try a smaller --side") from None
        except (RuntimeError, ValueError, TypeError, IndexError) as error:
            raise Unusable(f"the model {self.model} cannot describe: {first_line(error)}") from None
        start = inputs["input_ids"].shape[1]
        said = ids[0, start:]
        return Answer(
            text=self._tokenizer.decode(said, skip_special_tokens=True),
            cut=len(said) >= MOST_TOKENS,
            tokens_in=start,
            tokens_out=len(said),
        )

    def _inputs(self, turns: Sequence[Turn]) -> dict[str, Any]:
        messages = [{"role": turn.role, "content": _content(turn)} for turn in turns]
        prompt: str = self._tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        pictures = [Image.open(io.BytesIO(turn.jpeg)).convert("RGB") for turn in turns if turn.jpeg is not None]
        seen = self._images(images=pictures, return_tensors="pt")
        mark = self._tokenizer.convert_ids_to_tokens(self._network.config.image_token_id)
        cells = [int(grid.prod()) // self._images.merge_size**2 for grid in seen["image_grid_thw"]]
        pieces = prompt.split(mark)
        if len(pieces) != len(cells) + 1:
            raise ValueError(f"its chat template has {len(pieces) - 1} places for {len(cells)} pictures")
        filled = pieces[0] + "".join(mark * count + piece for count, piece in zip(cells, pieces[1:], strict=True))
        words = self._tokenizer(filled, return_tensors="pt", add_special_tokens=False)
        device = self._network.device
        ids = words["input_ids"].to(device)
        return {
            "input_ids": ids,
            "attention_mask": words["attention_mask"].to(device),
            # where the places in three dimensions are counted from
            "mm_token_type_ids": (ids == self._network.config.image_token_id).int(),
            "pixel_values": seen["pixel_values"].to(device),
            "image_grid_thw": seen["image_grid_thw"].to(device),
        }


def load(source: str, *, revision: str | None = None) -> Local:
    """Load a model from a folder or the hub, onto the GPU if there is one; only safetensors, and no code of its own.

    Raises:
        ModelError: it cannot be read, is of another family, or lacks some of its weights.
    """
    import torch
    import transformers
    from transformers import AutoConfig, AutoImageProcessor, AutoModelForImageTextToText, AutoTokenizer

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    place, options = Path(source).expanduser(), {} if revision is None else {"revision": revision}
    where = str(place) if place.is_dir() else source
    try:
        config: Any = AutoConfig.from_pretrained(where, **options)
        if config.model_type not in KNOWN:
            raise ModelError(
                f"{source} is a {config.model_type!r} model; known here: {', '.join(KNOWN)}; serve any other one and "
                "give its address with --endpoint"
            )
        loaded: Any = AutoModelForImageTextToText.from_pretrained(
            where, use_safetensors=True, dtype="auto", output_loading_info=True, **options
        )
        tokenizer: Any = AutoTokenizer.from_pretrained(where, **options)
        images: Any = AutoImageProcessor.from_pretrained(where, backend="pil", **options)
    except ModelError:
        raise
    except Exception as error:  # the library raises whatever it stumbles over in a damaged folder
        raise ModelError(f"cannot load the model {source}: {first_line(error)}") from None
    network, found = loaded
    if missing := sorted(found["missing_keys"]):
        raise ModelError(f"the model {source} lacks {len(missing)} of its weights, such as {missing[0]}")
    network = network.eval().to("cuda" if torch.cuda.is_available() else "cpu")
    # after loading, when what was fetched from the hub is known
    name, known = identity(source, revision=revision)
    return Local(network, tokenizer, images, model=name, revision=known)


def identity(source: str, *, revision: str | None = None) -> tuple[str, str]:
    """The name and revision that texts of a model are stored with, without loading it or asking the hub.

    A folder is its name and a hash of its files, so it may be moved; a model of the hub is its id and the commit that
    was fetched last, or no revision if it was never fetched.
    """
    place = Path(source).expanduser()
    if place.is_dir():
        return place.resolve().name, _folder_hash(place)
    from huggingface_hub import try_to_load_from_cache

    try:
        cached = try_to_load_from_cache(source, "config.json", revision=revision)
    except ValueError:  # nothing that can be an id
        cached = None
    return source, Path(cached).parent.name if isinstance(cached, str) else ""


def _folder_hash(folder: Path) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(path for pattern in _HASHED for path in folder.glob(pattern)):
        digest.update(f"{path.name}\0".encode())
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()


def _content(turn: Turn) -> str | list[dict[str, str]]:
    if turn.role == "assistant":
        return turn.text
    picture = [] if turn.jpeg is None else [{"type": "image"}]
    return [*picture, {"type": "text", "text": turn.text}]

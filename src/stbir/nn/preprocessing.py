"""How pictures, sketches and words become tensors; it belongs to the weights and is saved with them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import torch
from torch import Tensor

from stbir.functional.framing import FRAMING, frame
from stbir.functional.strokes import rasterise
from stbir.types import Pixels, Sketch

if TYPE_CHECKING:
    from PIL import Image
    from transformers import CLIPImageProcessorPil, PreTrainedTokenizerBase

Framing = Literal["none", "content"]

PROBE = "A gray, RED-trimmed café chair's legs: 1234 colored 箱 🙂"
"""Holds what tokenizers treat in different ways although they know the same words."""


@dataclass(frozen=True)
class Preprocessing:
    """Mean, size and tokenizer of one set of weights.

    `framing` says what happens to a photo before the resize of the weights' own processor: nothing
    (the published CLIP models), or a cut to the content on a square (`stbir.functional.framing`).
    """

    images: CLIPImageProcessorPil
    tokenizer: PreTrainedTokenizerBase
    max_tokens: int
    framing: Framing = "none"

    @property
    def side(self) -> int:
        """Height and width in pixels of what the picture tower sees."""
        size: Any = self.images.crop_size if self.images.do_center_crop else self.images.size
        return int(size["height"])

    @property
    def decode_side(self) -> int:
        """How large a photo must be decoded, shorter side in pixels: more where only its content is kept."""
        return self.side if self.framing == "none" else 3 * self.side

    @property
    def begin_end(self) -> tuple[int, int]:
        """The ids of the tokens that open and close a sentence."""
        ids: list[int] = self.tokenizer("")["input_ids"]
        return ids[0], ids[-1]

    def photo(self, image: Image.Image) -> Pixels:
        """Bring an RGB picture to the size of the model: uint8 (side, side, 3)."""
        picture = np.asarray(image.convert("RGB"))
        if self.framing == "content":
            picture = frame(picture)
        if picture.shape[:2] == (self.side, self.side):
            return picture
        shaped = self.images(picture, do_rescale=False, do_normalize=False, input_data_format="channels_last")
        return np.ascontiguousarray(np.asarray(shaped["pixel_values"][0], dtype=np.uint8).transpose(1, 2, 0))

    def sketch(self, sketch: Sketch) -> Pixels:
        """Draw a sketch at the size of the model: uint8 (side, side, 3), the same in all channels."""
        ink = rasterise(sketch, self.side)
        return np.repeat(ink[..., None], 3, axis=2)

    def normalise(self, pictures: Sequence[Pixels] | Pixels, *, device: torch.device | None = None) -> Tensor:
        """Turn uint8 pictures (batch, side, side, 3) into what the tower takes: float (batch, 3, side, side)."""
        stack = torch.from_numpy(np.stack(list(pictures))).to(device).permute(0, 3, 1, 2).float() * (1 / 255)
        mean = torch.tensor(self.images.image_mean, device=device).view(3, 1, 1)
        std = torch.tensor(self.images.image_std, device=device).view(3, 1, 1)
        return (stack - mean) / std

    def text(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Tokenise texts: ids and mask, both (batch, length), as long as the longest text, cut at `max_tokens`."""
        # Nobody's query is longer than a few tokens; a novel would only cost time before the tokenizer cuts it.
        short = [text[: 40 * self.max_tokens] for text in texts]
        tokens = self.tokenizer(
            short, padding="longest", truncation=True, max_length=self.max_tokens, return_tensors="pt"
        )
        return tokens["input_ids"], tokens["attention_mask"]

    def fingerprint(self) -> str:
        """A short hash of everything that decides how an input becomes a tensor."""
        settings = self.images.to_dict()
        known = {
            key: settings[key] for key in sorted(settings) if key.startswith(("do_", "image_", "size", "crop", "re"))
        }
        text = json.dumps(
            [known, self.framing, FRAMING, self.max_tokens, self._vocabulary()], sort_keys=True, default=str
        )
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def _vocabulary(self) -> str:
        words = json.dumps([sorted(self.tokenizer.get_vocab().items()), self.tokenizer(PROBE)["input_ids"]])
        return hashlib.sha256(words.encode()).hexdigest()

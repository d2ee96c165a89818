"""A small CLIP model that starts from nothing, in the shape of the big ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn

from stbir.config import Settings
from stbir.nn.clip import Backbone
from stbir.nn.preprocessing import Framing, Preprocessing
from stbir.nn.vocabulary import BEGIN, END, PAD, SPECIAL, word_tokenizer

if TYPE_CHECKING:
    from transformers import CLIPModel


class ScratchConfig(Settings):
    """Sizes of a new CLIP model; heads are 32 wide."""

    side: int = Field(default=128, ge=16)
    patch: int = Field(default=16, ge=4)
    vision_width: int = Field(default=192, ge=32, multiple_of=32)
    vision_depth: int = Field(default=6, ge=1)
    text_width: int = Field(default=192, ge=32, multiple_of=32)
    text_depth: int = Field(default=3, ge=1)
    max_tokens: int = Field(default=24, ge=4)
    dimension: int = Field(default=256, ge=8)
    temperature: float = Field(default=0.1, gt=0)
    activation: Literal["quick_gelu", "gelu"] = Field(
        default="quick_gelu", description="what CLIP was published with, or what takes a fifth less time"
    )
    framing: Framing = "content"


def new_backbone(config: ScratchConfig, texts: Iterable[str], *, seed: int) -> Backbone:
    """Make an untrained CLIP whose vocabulary is the words of `texts`.

    Three choices differ from the library's start and decide whether so small a model learns anything
    in an hour: white is exactly zero, so that paper says nothing;
    positions start as two-dimensional waves; and weights are scaled to the width of their input.
    """
    from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel

    tokenizer = word_tokenizer(texts, max_tokens=config.max_tokens)
    clip_config = CLIPConfig(
        text_config={
            "vocab_size": len(tokenizer),
            "hidden_size": config.text_width,
            "intermediate_size": 3 * config.text_width,
            "num_hidden_layers": config.text_depth,
            "num_attention_heads": config.text_width // 32,
            "max_position_embeddings": config.max_tokens,
            "pad_token_id": SPECIAL[PAD],
            "eos_token_id": SPECIAL[END],
            "bos_token_id": SPECIAL[BEGIN],
            "hidden_act": config.activation,
        },
        vision_config={
            "hidden_size": config.vision_width,
            "intermediate_size": 4 * config.vision_width,
            "num_hidden_layers": config.vision_depth,
            "num_attention_heads": config.vision_width // 32,
            "image_size": config.side,
            "patch_size": config.patch,
            "hidden_act": config.activation,
        },
        projection_dim=config.dimension,
        logit_scale_init_value=float(-np.log(config.temperature)),
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        clip = CLIPModel(clip_config)
        _start(clip)
    size = {"height": config.side, "width": config.side}
    images = CLIPImageProcessorPil(
        size=size, crop_size=size, do_center_crop=False, image_mean=[1.0, 1.0, 1.0], image_std=[0.3, 0.3, 0.3]
    )
    return Backbone(clip.eval(), Preprocessing(images, tokenizer, config.max_tokens, config.framing))


@torch.no_grad()
def _start(clip: CLIPModel) -> None:
    for name, value in clip.named_parameters():
        if value.ndim >= 2 and "embedding" not in name:
            nn.init.trunc_normal_(value, std=0.7 * float(value[0].numel()) ** -0.5)
    patches = clip.vision_model.embeddings.patch_embedding.weight
    nn.init.trunc_normal_(patches, std=0.7 * float(patches[0].numel()) ** -0.5)
    positions = clip.vision_model.embeddings.position_embedding.weight
    side = round((len(positions) - 1) ** 0.5)
    positions[1:] = 0.6 * waves(side, positions.shape[1])
    clip.text_model.embeddings.token_embedding.weight.mul_(10)


def waves(side: int, width: int) -> Tensor:
    """Sine and cosine positions on a square grid, row by row: (side * side, width)."""
    rate = 30.0 ** -(torch.arange(width // 4) / (width // 4))
    row, column = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    angles = [axis.reshape(-1, 1) * rate for axis in (row, column)]
    return torch.cat([wave(angle) for angle in angles for wave in (torch.sin, torch.cos)], dim=1)

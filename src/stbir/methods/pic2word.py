"""Pic2Word: a picture becomes one pseudo-word in "a photo of *", learned from photos alone.

"Pic2Word: Mapping Pictures to Words for Zero-shot Composed Image Retrieval" (Saito et al., CVPR 2023). CLIP is frozen.
A network of three layers (hidden 512, dropout 0.1) maps the picture tower's output v, not normalised, to a word w; with
t = norm(T("a photo of w")), p = norm(v) and CLIP's own scale s, the loss is symmetric over the batch:

    L = -1/2 mean_i [log softmax_j(s t_i.p_j)_i + log softmax_j(s t_j.p_i)_i]

Neither sketches nor captions are needed; a sketch is a picture like any other when it is searched with. How queries are
composed is `stbir.methods.inversion`; the sentence "a photo of *, {text}" is the paper's.

Our own choices: rows that show the same object are not contrasted; the scale is at most 100, as in CLIP; with
`pictures = "both"` sketches are contrasted with their photos in the same way, which the paper does not do, and each of
the two counts half.
"""

from __future__ import annotations

from typing import Literal

import torch
from pydantic import Field
from torch import Tensor

from stbir.config import Settings
from stbir.functional.losses import info_nce
from stbir.methods.batch import Batch, same_objects
from stbir.methods.encoders import HIGHEST_SCALE
from stbir.methods.inversion import InversionConfig, TextualInversion
from stbir.nn.clip import Backbone
from stbir.nn.converter import Converter


class Pic2WordConfig(InversionConfig):
    """The sentences, and the network that makes words."""

    hidden: int = Field(default=512, ge=1, description="width of the converter's two hidden layers")
    dropout: float = Field(default=0.1, ge=0, lt=1)


class Pic2WordObjective(Settings):
    """What is contrasted with the photos: they themselves as words, or the sketches as words too."""

    pictures: Literal["photos", "both"] = "photos"


class Pic2Word(TextualInversion):
    """A network learns the word that says what a picture shows."""

    Config = Pic2WordConfig
    Objective = Pic2WordObjective
    loss_settings = frozenset({"dropout"})
    paper = "Pic2Word, Saito et al., CVPR 2023"
    trains = "the network from picture to word"
    needs = "photos alone; no sketches, no captions"
    config: Pic2WordConfig

    def __init__(self, backbone: Backbone, config: Pic2WordConfig) -> None:
        super().__init__(backbone, config)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)  # a method on the same CLIP is the same method
            self.converter = Converter(
                backbone.dimension,
                backbone.text.width,
                hidden=config.hidden,
                activation="relu",
                dropout=config.dropout,
            )

    def loss(self, batch: Batch, objective: Settings | None = None) -> dict[str, Tensor]:
        wanted = objective or Pic2WordObjective()
        assert isinstance(wanted, Pic2WordObjective)
        features, photos = self.seen(batch)
        scale, same = self.backbone.clip.logit_scale.exp().clamp(max=HIGHEST_SCALE), same_objects(batch)
        own = info_nce(self.say(self.words(features)), photos, scale, same=same)
        if wanted.pictures == "photos":
            return {"photo": own}
        return {"photo": own / 2, "sketch": info_nce(self.rows(batch, "sketch"), photos, scale, same=same) / 2}

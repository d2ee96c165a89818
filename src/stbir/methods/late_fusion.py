"""CLIP as it is: sketch and words are embedded by CLIP's own towers and averaged.

The zero-shot baseline of every paper on sketch + text retrieval (for instance TASK-former, Sangkloy
et al. 2022: q = norm(text + sketch)). A sketch goes through the same picture tower as a photo. Its
loss trains the towers for exactly this use: sketch, words and both are each contrasted with the
photos of the batch. The three weights of the loss come from no paper; they are our choice.
"""

from __future__ import annotations

from pydantic import Field
from torch import Tensor

from stbir.config import Settings
from stbir.functional.losses import info_nce
from stbir.functional.scoring import unit
from stbir.methods.base import Method
from stbir.methods.batch import Batch
from stbir.nn.clip import Backbone


class LateFusionConfig(Settings):
    """How much each query contributes to the loss, and the highest inverse temperature it may reach."""

    sketch_loss: float = Field(default=1.0, ge=0)
    text_loss: float = Field(default=0.5, ge=0)
    both_loss: float = Field(default=0.7, ge=0)
    highest_scale: float = Field(default=100.0, gt=0)


class LateFusion(Method):
    """Unit embeddings of a CLIP model; a query is the normalised weighted mean of its parts."""

    Config = LateFusionConfig
    loss_settings = frozenset(LateFusionConfig.model_fields)
    paper = "CLIP, Radford et al., ICML 2021; the mean as in TASK-former, Sangkloy et al., ECCV 2022"
    trains = "nothing, or both towers"
    needs = "nothing; to train: a sketch and words for each photo"
    config: LateFusionConfig

    def __init__(self, backbone: Backbone, config: LateFusionConfig) -> None:
        super().__init__(backbone, config)

    def embed_photos(self, pixels: Tensor) -> Tensor:
        return unit(self.backbone.embed_pictures(pixels))

    def embed_sketches(self, pixels: Tensor) -> Tensor:
        return unit(self.backbone.embed_pictures(pixels))

    def embed_texts(self, ids: Tensor, mask: Tensor) -> Tensor:
        return unit(self.backbone.embed_texts(ids, mask))

    def loss(self, batch: Batch, objective: Settings | None = None) -> dict[str, Tensor]:
        photos, sketches, texts = (self.rows(batch, side) for side in ("photo", "sketch", "text"))
        scale = self.backbone.clip.logit_scale.exp().clamp(max=self.config.highest_scale)
        return {
            "sketch": self.config.sketch_loss * info_nce(sketches, photos, scale),
            "text": self.config.text_loss * info_nce(texts, photos, scale),
            "both": self.config.both_loss * info_nce(unit(sketches + texts), photos, scale),
        }

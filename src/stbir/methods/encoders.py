"""Three encoders for one space: photos, sketches and words each have weights of their own, so that each can be trained.

What STBIR and its baselines share. Photos and words go through the backbone's towers, sketches through an encoder that
is theirs alone. Built on a model of two views (`stbir.methods.two_views`) and with sketch = "lines", each side
keeps that model's two halves and gets a projection of the whole vector, so that a side may learn to speak of the
other half too; after `inherit` the vectors are those of the model it was built on.
"""

from __future__ import annotations

import torch
from pydantic import Field
from torch import Tensor, nn

from stbir.config import Settings
from stbir.errors import ConfigError
from stbir.functional.losses import similarities, similarities_in_batch
from stbir.functional.scoring import unit
from stbir.methods.base import Method, Side
from stbir.methods.batch import Batch, same_objects
from stbir.methods.two_views import TwoViews
from stbir.nn.clip import Backbone
from stbir.nn.lines import LINES, Lines, colours_and_contours, joined, with_contours
from stbir.nn.sketch import LineSketch, ResNetSketch, SketchKind, TowerSketch, identity
from stbir.types import Pixels

HIGHEST_SCALE = 100.0
"""The inverse temperature that contrasting words or everything with photos learns stays below this, as in CLIP."""


class EncodersConfig(Settings):
    """What embeds sketches: a copy of CLIP's picture tower, a ResNet-50, or a copy that knows lines as `tiny` does.

    Or nothing of their own: with "shared" they go through the tower of the photos.

    `sketch_weights` is where a ResNet-50 starts, a folder or a hub id; the sizes are those of `lines`.
    """

    sketch: SketchKind = "clip"
    sketch_weights: str | None = None
    grid: int = Field(default=4, ge=1, description="lines: the patches are averaged to grid x grid places")
    cells: int = Field(default=8, ge=1, description="lines: directions are summed up over cells x cells")
    place_dimension: int = Field(default=256, ge=1, description="lines: the size of the shape half")


class ThreeEncoders(Method):
    """Photos and words through CLIP, sketches through `sketch`; all unit rows of one space.

    With sketch = "lines", or where a subclass asks for it, photos and words pass a projection too, which changes
    nothing at the start.
    """

    def __init__(self, backbone: Backbone, config: EncodersConfig, *, adapted: bool = False) -> None:
        super().__init__(backbone, config)
        self._encoders = config
        self._lined = config.sketch == "lines"
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)  # a method on the same CLIP is the same method
            self.sketch = self._new_sketch(config)
            if self._lined:
                self.image_lines = Lines(
                    backbone.vision, grid=config.grid, cells=config.cells, dimension=config.place_dimension
                )
                self.look = with_contours
            if adapted or self._lined:
                self.image_projection: nn.Module = identity(self.dimension)
                self.text_projection: nn.Module = identity(self.dimension)
            else:
                self.image_projection, self.text_projection = nn.Identity(), nn.Identity()
        # From here on its weights are ours and saved with the rest; who loads us needs no second source.
        self.config = config.model_copy(update={"sketch_weights": None})

    @property
    def dimension(self) -> int:
        return self.backbone.dimension + (self._encoders.place_dimension if self._encoders.sketch == "lines" else 0)

    def see(self, looked: Pixels) -> Tensor:
        """Normalised pixels; with lines those of colours and of contours, (batch, 2, 3, side, side)."""
        return colours_and_contours(looked, self.backbone) if self._lined else super().see(looked)

    def embed_photos(self, pixels: Tensor) -> Tensor:
        if not self._lined:
            return unit(self.image_projection(unit(self.backbone.embed_pictures(pixels))))
        shape = self.image_lines(pixels[:, 1], self.backbone.vision)
        return unit(self.image_projection(self._joined(shape, unit(self.backbone.embed_pictures(pixels[:, 0])))))

    def embed_sketches(self, pixels: Tensor) -> Tensor:
        if self._encoders.sketch == "shared":
            return unit(self.image_projection(unit(self.backbone.embed_pictures(pixels))))
        return unit(self.sketch(pixels))

    def embed_texts(self, ids: Tensor, mask: Tensor) -> Tensor:
        rows = unit(self.backbone.embed_texts(ids, mask))
        return unit(self.text_projection(self._joined(None, rows) if self._lined else rows))

    def inherit(self, origin: Method) -> None:
        """Take over what fits of a method with the same encoders, or what a model of two views knows about lines.

        What differs in size, such as a head for another number of classes, starts anew.

        Raises:
            ConfigError: `origin` has two views, and this method's sizes for lines are others.
        """
        if isinstance(origin, ThreeEncoders):
            own = self.own_state()
            fitting = {n: v for n, v in origin.own_state().items() if n in own and own[n].shape == v.shape}
            self.load_state_dict(fitting, strict=False)
        elif isinstance(origin, TwoViews) and isinstance(self.sketch, LineSketch):
            for name in ("grid", "cells", "place_dimension"):
                theirs, ours = getattr(origin.config, name), getattr(self.config, name)
                if theirs != ours:
                    raise ConfigError(
                        f"the model to start from has {name} = {theirs}; set {name} = {theirs}, not {ours}"
                    )
            for lines in (self.image_lines, self.sketch.lines):
                lines.load_state_dict(origin.own_state())

    def scores(self, anchors: Tensor, batch: Batch, side: Side, *, in_batch: bool = False) -> tuple[Tensor, Tensor]:
        """Cosines of anchors with the right rows of a side, (batch,), and with wrong ones, (batch, any number).

        The wrong ones are those that the batch brings; its own other rows where it brings none, and with `in_batch`
        these too.

        Raises:
            ConfigError: the batch brings wrong rows, but none of this side.
        """
        right, wrong, same = self.rows(batch, side), self.wrong_rows(batch, side), same_objects(batch)
        if wrong is None:
            if batch.negatives is not None:
                raise ConfigError(
                    f'this loss wants wrong things of the side "{side}", but the stage gives others; put it into '
                    "negatives_of"
                )
            return similarities_in_batch(anchors, right, same)
        mine, scores = similarities(anchors, right, wrong)
        if not in_batch:
            return mine, scores
        _, others = similarities_in_batch(anchors, right, same)
        return mine, torch.cat([scores, others], dim=1)

    def fingerprint(self) -> dict[str, str]:
        return super().fingerprint() | ({"contours": LINES} if self._lined else {})

    def _new_sketch(self, config: EncodersConfig) -> nn.Module:
        if config.sketch_weights is not None and config.sketch != "resnet50":
            raise ConfigError(f"sketch_weights are a ResNet-50's; leave them out where sketch = {config.sketch!r}")
        if config.sketch == "resnet50":
            return ResNetSketch(self.backbone.dimension, self.backbone, weights=config.sketch_weights)
        if config.sketch == "shared":
            return nn.Identity()
        if config.sketch == "clip":
            return TowerSketch(self.backbone)
        return LineSketch(self.backbone, grid=config.grid, cells=config.cells, dimension=config.place_dimension)

    def _joined(self, shape: Tensor | None, look: Tensor | None) -> Tensor:
        return joined(shape, look, sizes=(self._encoders.place_dimension, self.backbone.dimension))

"""The triplet baseline: a photo must be nearer to its sketch than other photos are; words join in the search.

"Sketch Me That Shoe" (Yu et al. 2016): L = mean max(0, margin + |f(s) - f(p+)| - |f(s) - f(p-)|) on unit vectors, with
the margin 0.2 of the public SketchX baseline. It stands in the same frame as STBIR, so that a comparison is one of
losses: the encoders are CLIP's instead of convolutions with a maximum at the end, those of photos and sketches start
alike but are two, and a batch that brings no wrong photos uses its own. The paper knows no words. By default they are
contrasted with the photos as CLIP does it (weight 0.5, our choice); with `text = 0` and the text tower frozen the
baseline is the published one, and words are added by late fusion in the search alone.
"""

from __future__ import annotations

from pydantic import Field
from torch import Tensor

from stbir.config import Settings
from stbir.functional.losses import info_nce, triplet
from stbir.methods.batch import Batch, same_objects
from stbir.methods.encoders import HIGHEST_SCALE, EncodersConfig, ThreeEncoders


class TripletObjective(Settings):
    """The margin, and how much sketches and words weigh."""

    margin: float = Field(default=0.2, ge=0)
    sketch: float = Field(default=1.0, ge=0)
    text: float = Field(default=0.5, ge=0)


class Triplet(ThreeEncoders):
    """Sketches and photos learn from Euclidean triplets; a query is the normalised mean of its parts."""

    Config = EncodersConfig
    Objective = TripletObjective
    paper = "Sketch Me That Shoe, Yu et al., CVPR 2016"
    trains = "sketch and photo encoders; by default the text tower too"
    needs = "sketch-photo pairs; words only for the weight of text"

    def loss(self, batch: Batch, objective: Settings | None = None) -> dict[str, Tensor]:
        wanted = objective or TripletObjective()
        assert isinstance(wanted, TripletObjective)
        sketches, photos = self.rows(batch, "sketch"), self.rows(batch, "photo")
        scores = self.scores(sketches, batch, "photo")
        right, others = (-distance(cosines) for cosines in scores)
        terms = {"triplet": wanted.sketch * triplet(right, others, wanted.margin)}
        if wanted.text:
            scale = self.backbone.clip.logit_scale.exp().clamp(max=HIGHEST_SCALE)
            terms["text"] = wanted.text * info_nce(self.rows(batch, "text"), photos, scale, same=same_objects(batch))
        return terms


def distance(cosines: Tensor) -> Tensor:
    """Euclidean distance of unit vectors from their cosine: |a - b| = sqrt(2 - 2 a.b).

    Vectors that are nearly the same count as 0.001 apart: at 0 the slope of the root is infinite.
    """
    return (2 - 2 * cosines).clamp(min=1e-6).sqrt()

"""STBIR: sketch, photo and words meet in one space, learned in stages that move one encoder at a time.

"Sketch and Text Synergy" (arXiv 2604.15735, 2026). The paper's body was not at hand; what follows is its abstract and
one author's public development code. A query is the normalised mean of its sketch and its words. In the stage of a
modality m only m's encoder is trained; the anchor a is the normalised mean of the two other modalities, p the encoded
right thing and n_k the wrong ones:

    L_nce = -mean_b log(exp(a.p / t) / (exp(a.p / t) + sum_k exp(a.n_k / t)))
    L_tri = mean_{b,k} max(0, margin + a.n_k - a.p)
    L_cls = cross entropy of ArcFace logits of p, over fine ("virtual") classes
    L     = 0.8 L_nce + 0.7 L_tri + 0.2 L_cls

in the order sketch, image, text. Which encoder moves is up to the stage's `free` patterns: anchors are not cut off.

Our own choices: a batch without negatives uses its other rows; the targets "all" and "joint", of which the latter is
plain fine-tuning of everything and the default; batches without a known class skip L_cls; with `fusion = "sum"` every
sketch of a query counts by itself, while the mean averages them first (with one sketch both are the same); and the
forecast of a query's quality (`stbir.nn.quality`). The published sketch encoder is a ResNet-50; a copy of CLIP's
picture tower is the default because it works from the first step. `fusion = "templates"` is `stbir.nn.templates`;
until they are trained, they are left out of queries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

import numpy as np
import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor

from stbir.config import Settings
from stbir.errors import ConfigError
from stbir.functional.losses import explicit_nce, info_nce, similarities_in_batch, triplet
from stbir.functional.margins import Margin
from stbir.functional.scoring import unit
from stbir.methods.base import Side
from stbir.methods.batch import Batch, same_objects
from stbir.methods.encoders import HIGHEST_SCALE, EncodersConfig, ThreeEncoders
from stbir.nn.clip import Backbone
from stbir.nn.heads import CategoryHead
from stbir.nn.quality import Judge, standing
from stbir.nn.templates import TemplateConfig, TemplateLoss, Templates
from stbir.types import Floats, Query

Rows: TypeAlias = Mapping[Side, Tensor]
"""Unit rows of a batch by side."""
Target = Literal["sketch", "image", "text", "all", "joint", "fusion"]

SIDES: tuple[Side, ...] = ("photo", "sketch", "text")
STAGES: Mapping[str, Side] = {"sketch": "sketch", "image": "photo", "text": "text"}
"""The stages in their order, and the side that each of them trains."""


class STBIRConfig(EncodersConfig):
    """The encoders, how a query is fused, and the head for `classes` fine classes (0: none)."""

    fusion: Literal["mean", "sum", "templates"] = "mean"
    templates: TemplateConfig = TemplateConfig()
    classes: int = Field(default=0, ge=0)
    head: Margin = "arcface"
    head_margin: float = Field(default=0.2, ge=0)
    head_scale: float = Field(default=32.0, gt=0)


class STBIRObjective(Settings):
    """Which modality a stage trains, and how much each term weighs; the defaults are the author's.

    `target` is a stage, "all" of the stages at once, "joint" fine-tuning (sketch, words and both against photos), or
    the "fusion" by templates alone. `quadrants` belongs to the image stage only; the author removed it, at 0.2.
    `in_batch` adds the other rows of the batch to the negatives it brings. `alone` is how much photo and sketch, and
    photo and words, by themselves weigh against the anchors above: queries of one modality are asked too, but nobody
    looks for words with a sketch. With `both_ways` each right thing is also contrasted with the anchors of the other
    rows. `asked` weighs the query as it will be asked, the mean of sketch and words, against the photos, in both
    directions; in the image stage that is the anchor anyway (all DESIGN).
    """

    target: Target = "joint"
    nce: float = Field(default=0.8, ge=0)
    triplet: float = Field(default=0.7, ge=0)
    classes: float = Field(default=0.2, ge=0)
    quadrants: float = Field(default=0.0, ge=0)
    temperature: float = Field(default=0.07, gt=0)
    margin: float = Field(default=0.2, ge=0)
    in_batch: bool = False
    alone: float = Field(default=0.0, ge=0)
    both_ways: bool = False
    asked: float = Field(default=0.0, ge=0)
    sketch_loss: float = Field(default=1.0, ge=0, description="joint")
    text_loss: float = Field(default=0.5, ge=0, description="joint")
    both_loss: float = Field(default=0.7, ge=0, description="joint")
    quality: float = Field(default=0.1, ge=0, description="moves the judge of queries alone")
    templates: TemplateLoss = TemplateLoss()


class STBIR(ThreeEncoders):
    """Three encoders whose queries are the normalised mean of sketch and words."""

    Config = STBIRConfig
    Objective = STBIRObjective
    paper = "Sketch and Text Synergy, arXiv 2604.15735, 2026"
    trains = "one of three encoders per stage"
    needs = "a sketch and words for each photo; fine classes for its head"
    loss_settings = frozenset({"classes", "head", "head_margin", "head_scale"})
    config: STBIRConfig

    def __init__(self, backbone: Backbone, config: STBIRConfig) -> None:
        super().__init__(backbone, config, adapted=config.fusion == "templates")
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(1)
            self.judge = Judge(self.dimension)
            self.templates = Templates(self.dimension, config.templates) if config.fusion == "templates" else None
            self.head = None
            if config.classes:
                self.head = CategoryHead(
                    config.classes,
                    self.dimension,
                    kind=config.head,
                    margin=config.head_margin,
                    scale=config.head_scale,
                )

    def loss(self, batch: Batch, objective: Settings | None = None) -> dict[str, Tensor]:
        """The terms of a stage.

        Raises:
            ConfigError: the target is "fusion", and this method has no templates.
        """
        wanted = objective or STBIRObjective()
        assert isinstance(wanted, STBIRObjective)
        if wanted.target == "fusion" and self.templates is None:
            raise ConfigError('the target "fusion" trains templates; set fusion = "templates" in the settings of stbir')
        rows: Rows = {side: self.rows(batch, side) for side in SIDES}
        terms: dict[str, Tensor] = {}
        if wanted.target == "joint":
            terms = self._joint(batch, rows, wanted)
        elif wanted.target != "fusion":
            for stage in STAGES if wanted.target == "all" else (wanted.target,):
                for name, term in self._stage(stage, batch, rows, wanted).items():
                    terms[name] = terms[name] + term if name in terms else term
        if self.templates is not None and wanted.target in ("joint", "fusion"):
            query = self.templates(rows["sketch"], rows["text"])
            scores = self.scores(query, batch, "photo", in_batch=True)
            terms |= self.templates.loss(query, rows["sketch"], rows["text"], scores, wanted.templates)
        terms["quality"] = wanted.quality * self._quality_loss(batch, rows)
        return terms

    def combine(self, parts: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
        if self.config.fusion == "sum" and "sketch" in parts:
            length = float(np.linalg.norm(parts["sketch"].sum(axis=0)))
            weights = {**weights, "sketch": weights.get("sketch", 1.0) * length}
        mean = super().combine(parts, weights)
        if self.templates is None or not self.templates.learned:
            return mean
        if any(name not in parts or weights.get(name, 1) <= 0 for name in ("sketch", "text")):
            return mean
        sketch, text = (unit(torch.from_numpy(parts[name]).mean(dim=0, keepdim=True)) for name in ("sketch", "text"))
        with torch.inference_mode():
            return self._gated(sketch, text, torch.from_numpy(mean[None]))[0].numpy()

    def quality(self, queries: Sequence[Query], *, batch_size: int = 64) -> Floats:
        """Foresee how high the right photo of each query will stand: (queries,) in 0..1, larger is better.

        It is as good as the training that the method had; `stbir.nn.quality.standing` says what the numbers mean.

        Raises:
            EmptyQuery: a query has no sketch, no words and no reference photo.
            InputError: a weight is unknown or no number, or the parts of a query cancel out.
        """
        rows = torch.from_numpy(self.encode_queries(queries, batch_size=batch_size).vectors)
        with torch.inference_mode():
            return self.judge(rows.to(self.backbone.device)).cpu().numpy()

    def _stage(self, stage: str, batch: Batch, rows: Rows, wanted: STBIRObjective) -> dict[str, Tensor]:
        side = STAGES[stage]
        first, second = (rows[other] for other in SIDES if other != side)
        anchors = [(unit(first + second), 1.0)]
        if wanted.alone:
            partners = [rows["photo"]] if side != "photo" else [first, second]
            anchors += [(partner, wanted.alone / len(partners)) for partner in partners]
        terms: dict[str, Tensor] = {}
        for anchor, weight in anchors:
            ways = [self.scores(anchor, batch, side, in_batch=wanted.in_batch)]
            if wanted.both_ways:
                ways.append(similarities_in_batch(rows[side], anchor, same_objects(batch)))
            for scores in ways:
                nce, tri = explicit_nce(*scores, wanted.temperature), triplet(*scores, wanted.margin)
                terms["nce"] = terms.get("nce", 0) + weight / len(ways) * wanted.nce * nce
                terms["triplet"] = terms.get("triplet", 0) + weight / len(ways) * wanted.triplet * tri
        if wanted.asked and side != "photo":
            query, same = unit(rows["sketch"] + rows["text"]), same_objects(batch)
            asked = info_nce(query, rows["photo"], 1 / wanted.temperature, same=same)
            terms["asked"] = wanted.asked * wanted.nce * asked
        if self.head is not None and batch.classes is not None:
            terms["classes"] = wanted.classes * self.head(rows[side], batch.classes)
        if stage == "image" and wanted.quadrants:
            terms["quadrants"] = wanted.quadrants * self._quadrant_loss(batch, rows["photo"])
        return terms

    def _joint(self, batch: Batch, rows: Rows, wanted: STBIRObjective) -> dict[str, Tensor]:
        photos, sketches, texts = (rows[side] for side in SIDES)
        scale, same = self.backbone.clip.logit_scale.exp().clamp(max=HIGHEST_SCALE), same_objects(batch)
        terms = {
            "sketch": wanted.sketch_loss * info_nce(sketches, photos, scale, same=same),
            "text": wanted.text_loss * info_nce(texts, photos, scale, same=same),
            "both": wanted.both_loss * info_nce(unit(sketches + texts), photos, scale, same=same),
        }
        if self.head is not None and batch.classes is not None:
            each = [self.head(rows[side], batch.classes) for side in SIDES]
            terms["classes"] = wanted.classes * torch.stack(each).mean()
        return terms

    def _quadrant_loss(self, batch: Batch, photos: Tensor) -> Tensor:
        """L_fus = [1 - cos(f_I(quad(I, S+)), f_I(I))] + max(0, cos(f_I(quad(I, S-)), f_I(I)) - 0.1).

        Where the photo's contours are looked at too, the sketch takes their place in its quadrants: they are not
        drawn anew. The wrong sketch is the first one a row brings, or else that of the row before.
        """
        pictures, right = self.see(batch.photos), batch.sketches
        negatives = batch.negatives
        wrong = np.roll(right, 1, axis=0)
        if negatives is not None and negatives.sketches is not None:
            wrong = negatives.sketches[:: negatives.each]
        near, far = (
            (self.embed_photos(quad(pictures, self.backbone.normalise(sketches))) * photos).sum(dim=1)
            for sketches in (right, wrong)
        )
        return (1 - near + F.relu(far - 0.1)).mean()

    def _quality_loss(self, batch: Batch, rows: Rows) -> Tensor:
        """Teach the judge how queries of sketch, words and both stand among the photos of the batch."""
        photos, sketches, texts = (rows[side] for side in SIDES)
        same = same_objects(batch)
        with torch.no_grad():
            both = unit(sketches + texts)
            if self.templates is not None and self.templates.learned:
                both = self._gated(sketches, texts, both)
            queries = [sketches, texts, both]
            standings = [standing(*similarities_in_batch(query, photos, same)) for query in queries]
        return self.judge.loss(torch.cat(queries), torch.cat(standings))

    def _gated(self, sketches: Tensor, texts: Tensor, mean: Tensor) -> Tensor:
        """What the gate makes of templates and mean: q = norm(g q_f + (1 - g) norm((f_S + f_T) / 2))."""
        assert self.templates is not None
        gate, device = self.config.templates.gate, self.backbone.device
        fused = self.templates(sketches.to(device), texts.to(device)).to(mean.device)
        return unit(gate * fused + (1 - gate) * mean)


def quad(pictures: Tensor, sketches: Tensor) -> Tensor:
    """Put sketches (batch, 3, side, side) into the top right and bottom left quadrants of pictures.

    Pictures are (batch, 3, side, side), or (batch, views, 3, side, side) where all views of one get the same.

    >>> quad(torch.zeros(1, 1, 2, 2), torch.ones(1, 1, 2, 2)).tolist()
    [[[[0.0, 1.0], [1.0, 0.0]]]]
    """
    if pictures.ndim > sketches.ndim:
        sketches = sketches[:, None]
    half, mixed = pictures.shape[-1] // 2, pictures.clone()
    mixed[..., :half, half:] = sketches[..., :half, half:]
    mixed[..., half:, :half] = sketches[..., half:, :half]
    return mixed

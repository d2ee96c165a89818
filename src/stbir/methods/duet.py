"""Duet: a sketch becomes a word, and a sentence of it and of real words finds the photo; learned without captions.

"You'll Never Walk Alone" (Koley et al., CVPR 2024, arXiv 2403.07222). What each loss compares is printed in the paper's
figure; forms, weights and sizes are not published and are our choice (DESIGN) where nothing else is said. V is CLIP's
picture tower for photos and sketches, T its frozen text tower, C a small network from a visual feature to a word, P^L a
learnable prompt of three words. With s = V(S), p = V(P), s^w = C(s) and Delta^w = C(p+ - s), p+ cut off in there:

    q   = T([P^L; s^w])            q_F = T([a fixed prompt; s^w])
    q_D = T([P^L; s^w; Delta^w])   q_N = T([P^L; s^w; a neutral text])

    L_trip = mean max(0, 0.2 + d(q, p+) - d(q, p-)),   d = 1 - cos
    L_RT   = the same with p_s = sum_i softmax_i(q . v_i / 0.07) v_i over the photo's projected patches, unit rows
    L_comp = mean max(0, 0.1 + d(q_D, p+) - d(q, p+))      what the sketch lacks brings it nearer
    L_reg  = mean |d(q_N, p+) - d(q, p+)|                  words that say nothing change nothing
    L_TT   = mean over fixed prompts of d(q, q_F); or InfoNCE over the batch, t = 0.07
    L_rec  = MSE(G(q), P+) + MSE(G(q_D), P+) at 64 x 64, G a small decoder
    L      = L_trip + L_RT + 0.5 L_comp + 0.5 L_reg + 0.1 L_TT + 0.1 L_rec

The wrong photos p- are those a batch brings, else all its other rows that show another object; the mean is over all
triplets. Row i is told the neutral text number i, round and round: rows are shuffled, so that each meets all of them.
The words of a batch are never read. P^L starts as the words "a photo of"; C starts by chance, so that before training a
sketch finds nothing.

A query of a sketch is T([P^L; s^w]), with words T([P^L; s^w; t^w]). A reference photo stands for the sketch where there
is none, and beside one it says what the sketch lacks, T([P^L; s^w; Delta^w; t^w]), as in L_comp. Words alone are plain
CLIP, without a prompt that has learned to stand before pseudo-words; a photo alone is V(P). `stbir.methods.composed`
says what weights do. The published losses never show C a whole photo; `photo_words`, off by default and ours, adds
L_trip of T([P^L; C(p+)]) for those who will ask with photos.

What the paper trains is, as patterns of a stage, `backbone.clip.vision_model.*lay*norm*`, `converter.*`, `prompt.*` and
`decoder.*`; `recipes/duet-clip-b32.toml` gives the norms their own rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor

from stbir.config import Settings
from stbir.errors import ConfigError
from stbir.functional.losses import info_nce, similarities, similarities_in_batch, triplet
from stbir.functional.scoring import unit
from stbir.methods.batch import Batch, prepare, same_objects
from stbir.methods.composed import Composed
from stbir.nn.clip import Backbone
from stbir.nn.converter import Converter, ConverterConfig, word_size
from stbir.nn.decoder import Decoder, default_channels, shrunk
from stbir.nn.prompts import WordPrompt
from stbir.nn.text import Sentence
from stbir.types import Photo, Pixels, Query

NEUTRAL = (
    "a drawing of an object",
    "a simple hand drawing",
    "a black outline sketch",
    "a rough pencil sketch",
    "a free-hand line drawing",
    "a quick doodle of something",
    "an abstract contour drawing",
    "a minimal line sketch",
)
"""Words that fit every sketch and so say nothing about one (DESIGN: the paper's list is not published)."""
FIXED = ("a photo of", "an image of", "a picture of", "a good photo of", "a close-up photo of", "a photo of one")
"""The fixed prompts P^F (DESIGN, likewise)."""


class DuetConfig(Settings):
    """What P^L starts from and how long it is, the converter, and the channels of G (None: `default_channels`)."""

    prompt: str = Field(default="a photo of", min_length=1)
    prompt_words: int = Field(default=3, ge=1)
    converter: ConverterConfig = ConverterConfig()
    decoder_channels: int | None = Field(default=None, ge=64, multiple_of=64)


class DuetObjective(Settings):
    """How much each term weighs next to the triplets, and its numbers; at weight 0 a term is not computed."""

    margin: float = Field(default=0.2, ge=0)
    region: float = Field(default=1.0, ge=0)
    region_temperature: float = Field(default=0.07, gt=0)
    composed: float = Field(default=0.5, ge=0)
    composed_margin: float = Field(default=0.1, ge=0)
    neutral: float = Field(default=0.5, ge=0)
    neutral_texts: tuple[str, ...] = Field(default=NEUTRAL, min_length=1)
    prompts: float = Field(default=0.1, ge=0)
    prompts_loss: Literal["cosine", "nce"] = "cosine"
    prompts_temperature: float = Field(default=0.07, gt=0)
    fixed_prompts: tuple[str, ...] = Field(default=FIXED, min_length=1)
    picture: float = Field(default=0.1, ge=0)
    photo_words: float = Field(default=0.0, ge=0, description="not the paper's: L_trip of photos as words")


class Duet(Composed):
    """Sketches as words in the sentences of a frozen text tower."""

    Config = DuetConfig
    Objective = DuetObjective
    loss_settings = frozenset({"decoder_channels"})
    paper = "Duet, Koley et al., CVPR 2024"
    trains = "layer norms of the picture tower, visual-to-word converter, prompt, decoder"
    needs = "sketch-photo pairs; no captions"
    learns_words = False
    config: DuetConfig

    def __init__(self, backbone: Backbone, config: DuetConfig) -> None:
        super().__init__(backbone, config)
        text = backbone.text
        if config.prompt_words + 4 > text.length:  # begin, two pseudo-words, end
            raise ConfigError(
                f"prompt_words is {config.prompt_words}; the text tower reads {text.length} tokens, so that there is "
                f"room for {text.length - 4}"
            )
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)  # a method on the same CLIP is the same method
            self.prompt = WordPrompt(backbone, config.prompt, count=config.prompt_words)
            size = word_size(text.model.embeddings.token_embedding.weight)
            said = config.converter
            self.converter = Converter(
                self.dimension,
                text.width,
                hidden=said.times * self.dimension,
                layers=said.layers,
                activation=said.activation,
                dropout=said.dropout,
                size=size,
            )
            channels = config.decoder_channels or default_channels(self.dimension)
            self.decoder = Decoder(self.dimension, channels=channels)

    def batch(self, pairs: Sequence[tuple[Query, Photo]]) -> Batch:
        """Turn queries and their photos into a batch for `loss`; they need no words.

        Raises:
            InputError: a query without a sketch.
        """
        return prepare(self.backbone.preprocessing, pairs, look=self.look, words=False)

    def features(self, pixels: Tensor) -> Tensor:
        return unit(self.backbone.embed_pictures(pixels))

    def compose(self, sketches: Tensor | None, photos: Tensor | None, said: Sentence | None) -> Tensor:
        if sketches is None and said is None:
            assert photos is not None
            return unit(photos)
        spoken = [] if said is None else [said]
        if sketches is None and photos is None:
            return self.tell(*spoken)
        if sketches is None or photos is None:
            words = [self.word(found) for found in (sketches, photos) if found is not None]
        else:
            words = [self.word(sketches), self.word(photos - sketches)]
        return self.tell(self.prompt.words, *words, *spoken)

    def word(self, features: Tensor) -> Tensor:
        """C: one word for each feature (batch, dimension) or difference of two: (batch, 1, text width)."""
        # components of unit rows are tiny; the converter wants them about 1
        return self.converter(features * features.shape[1] ** 0.5)[:, None]

    def tell(self, *pieces: Sentence | Tensor) -> Tensor:
        """T: the embedding of a sentence of words and pseudo-words: unit rows (batch, dimension)."""
        tower = self.backbone.text
        return unit(tower(tower.compose(pieces)))

    def draw(self, queries: Sequence[Query], *, batch_size: int = 64) -> Pixels:
        """G: what the method imagines for each query, uint8 (queries, 64, 64, 3); blurred, and only to look at.

        Raises:
            EmptyQuery: a query has no sketch, no words and no reference photo.
            InputError: a weight is unknown or no number, or the parts of a query cancel out.
        """
        rows = torch.from_numpy(self.encode_queries(queries, batch_size=batch_size).vectors).to(self.backbone.device)
        with torch.inference_mode():
            pictures = [self.decoder(rows[i : i + batch_size]).float() for i in range(0, len(rows), batch_size)]
        if not pictures:
            return np.zeros((0, 64, 64, 3), np.uint8)
        return (255 * torch.cat(pictures)).round().to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()

    def drawable(self, photos: Sequence[Photo]) -> Pixels:
        """What G would draw of photos if it were perfect, as training shows them to it: uint8 (photos, 64, 64, 3).

        Raises:
            InputError: a photo has neither a picture nor a readable file.
        """
        small = shrunk(torch.from_numpy(self._opened(photos)).permute(0, 3, 1, 2).float())
        return small.round().to(torch.uint8).permute(0, 2, 3, 1).numpy()

    def loss(self, batch: Batch, objective: Settings | None = None) -> dict[str, Tensor]:
        """The six terms; the words of the batch are not read.

        Raises:
            ConfigError: the batch brings wrong things, but no photos.
        """
        wanted = objective or DuetObjective()
        assert isinstance(wanted, DuetObjective)
        photos, patches = self._photos(batch, patches=wanted.region > 0)
        sketches = self.features(self.backbone.normalise(batch.sketches))
        word = self.word(sketches)
        query = self.tell(self.prompt.words, word)
        right, wrong, regions = self._scores(query, batch, photos, patches, wanted)
        terms = {"triplet": triplet(right, wrong, wanted.margin)}
        if regions is not None:
            terms["region"] = wanted.region * triplet(*regions, wanted.margin)
        if wanted.photo_words:
            own = self.tell(self.prompt.words, self.word(photos))
            terms["photo words"] = wanted.photo_words * triplet(
                *self._scores(own, batch, photos, None, wanted)[:2], wanted.margin
            )
        if wanted.composed or wanted.picture:
            complete = self.tell(self.prompt.words, word, self.word(photos.detach() - sketches))
            if wanted.composed:
                gain = cosines(complete, photos) - right
                terms["composed"] = wanted.composed * F.relu(wanted.composed_margin - gain).mean()
            if wanted.picture:
                target = self._pictures(batch)
                drawn = [F.mse_loss(self.decoder(rows).float(), target) for rows in (query, complete)]
                terms["picture"] = wanted.picture * torch.stack(drawn).sum()
        if wanted.neutral:
            texts = [wanted.neutral_texts[row % len(wanted.neutral_texts)] for row in range(len(query))]
            told = self.tell(self.prompt.words, word, self._spoken(texts))
            terms["neutral"] = wanted.neutral * (cosines(told, photos) - right).abs().mean()
        if wanted.prompts:
            terms["prompts"] = wanted.prompts * self._prompts_loss(query, word, batch, wanted)
        return terms

    def _prompts_loss(self, query: Tensor, word: Tensor, batch: Batch, wanted: DuetObjective) -> Tensor:
        found: list[Tensor] = []
        for prompt in wanted.fixed_prompts:
            fixed = self.tell(self._spoken([prompt]), word)
            if wanted.prompts_loss == "cosine":
                found.append(1 - cosines(query, fixed).mean())
            else:
                found.append(info_nce(query, fixed, 1 / wanted.prompts_temperature, same=same_objects(batch)))
        return torch.stack(found).mean()

    def _scores(
        self, query: Tensor, batch: Batch, photos: Tensor, patches: Tensor | None, wanted: DuetObjective
    ) -> tuple[Tensor, Tensor, tuple[Tensor, Tensor] | None]:
        """Cosines with right and wrong photos, (batch,) and (batch, any number), and those with their regions."""
        same, warmth = same_objects(batch), wanted.region_temperature
        if batch.negatives is None:
            right, wrong = similarities_in_batch(query, photos, same)
            if patches is None:
                return right, wrong, None
            scores = region_cosines(query, patches, warmth)
            return right, wrong, (scores.diagonal(), scores.masked_fill(same.to(scores.device), -torch.inf))
        rows, others = self._wrong(batch, patches=patches is not None)
        right, wrong = similarities(query, photos, rows)
        if patches is None or others is None:
            return right, wrong, None
        mine = region_cosines(query, patches[:, None], warmth)[:, 0]
        return right, wrong, (mine, region_cosines(query, others, warmth))

    def _photos(self, batch: Batch, *, patches: bool) -> tuple[Tensor, Tensor | None]:
        """The batch's p and, where they are needed, their v_i; known embeddings have no patches."""
        return self._look(self.see(batch.photos)) if patches else (self.rows(batch, "photo"), None)

    def _wrong(self, batch: Batch, *, patches: bool) -> tuple[Tensor, Tensor | None]:
        """The same of the wrong photos, (batch, each, dimension) and (batch, each, patches, dimension)."""
        wrong, rows = batch.negatives, None if patches else self.wrong_rows(batch, "photo")
        if rows is not None:
            return rows, None
        if wrong is None or wrong.photos is None:
            raise ConfigError('Duet wants wrong photos, but the stage gives others; negatives_of is ["photo"]')
        found, places = self._look(self.see(wrong.photos))
        return found.unflatten(0, (-1, wrong.each)), places.unflatten(0, (-1, wrong.each))

    def _look(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """V: unit rows of pictures (batch, dimension), and of their patches (batch, patches, dimension)."""
        tower = self.backbone.vision
        tokens = tower.run(tower.embed(pixels))[-1]
        return unit(tower.pool(tokens)), unit(tower.project_patches(tokens))

    def _spoken(self, texts: Sequence[str]) -> Sentence:
        return self.backbone.text.sentence(*self.backbone.preprocessing.text(texts))

    def _pictures(self, batch: Batch) -> Tensor:
        pictures = torch.from_numpy(batch.photos).to(self.backbone.device).permute(0, 3, 1, 2)
        return shrunk(pictures.float() / 255)


def cosines(first: Tensor, second: Tensor) -> Tensor:
    """Cosines of unit rows (batch, dimension) with those of the same place: (batch,), float32."""
    return (first.float() * second.float()).sum(dim=1)


def region_cosines(queries: Tensor, patches: Tensor, temperature: float) -> Tensor:
    """How well each query (batch, dimension) fits what it looks for in pictures: cosines (batch, pictures).

    p_s = sum_i softmax_i(q . v_i / t) v_i, over the unit patches v_i. These are (pictures, patches, dimension), the
    same pictures for every query, or (batch, pictures, patches, dimension). float32 even inside autocast.

    >>> patches = torch.eye(2)[None]
    >>> round(float(region_cosines(torch.tensor([[1.0, 0.0]]), patches, 0.07)), 4)
    1.0
    """
    own = "b" if patches.ndim == 4 else ""
    with torch.autocast(queries.device.type, enabled=False):
        rows, places = queries.float(), patches.float()
        share = torch.softmax(torch.einsum(f"bd,{own}nkd->bnk", rows, places) / temperature, dim=-1)
        regions = torch.einsum(f"bnk,{own}nkd->bnd", share, places)
        return F.cosine_similarity(rows[:, None], regions, dim=-1)

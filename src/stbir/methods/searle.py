"""SEARLE: first a pseudo-word is optimised for each photo, then a network learns to guess it.

"Zero-Shot Composed Image Retrieval with Textual Inversion" (Baldrati et al., ICCV 2023), as its public code has it.
CLIP is frozen; V is its picture tower, T its text tower, and delta(a, b) = 1 - cos(a, b).

(1) Optimisation-based inversion: the word v of a photo I with the concept c starts at random (deviation 0.02) and
minimises, with a phrase h that takes turns,

    L_oti = delta(T("a photo of v"), V(I)) + 0.5 delta(T(h(v)), T(h(c)))

with AdamW, 350 steps at 0.02; what counts is the running average (0.99) of v.

(2) Distillation: a network phi (hidden 4x, GELU, dropout 0.5) guesses w_i = phi(V(I_i)). With unit vectors, and both
kinds of words in one list z_1..z_2B of which z_i' is the other word of the same photo,

    L_dis = -mean_i log(exp(z_i.z_i' / t) / sum_{k != i} exp(z_i.z_k / t)),  t = 0.25
    L     = L_dis + 0.25 mean_i delta(T(h(w_i)), T(h(c_i)))

Our own choices (DESIGN): the phrases are a short list of ours, not a language model's; the concept is the category
that the data gives, and a photo without one is not pulled; the photo is said with the one prompt, not with templates
in turn; the optimised words are made when a photo is first met and kept for the run, and follow from its pixels, its
category and these settings alone, so that an interrupted run finds the same ones; rows that show the same object are
not contrasted; the sentence for both is ours, because words here describe and do not instruct; `pictures = "both"`
also lets phi guess from sketches.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor

from stbir.config import Settings
from stbir.functional.scoring import unit
from stbir.methods.batch import Batch, same_objects
from stbir.methods.inversion import InversionConfig, TextualInversion
from stbir.nn.clip import Backbone
from stbir.nn.converter import Converter
from stbir.nn.inversion import GAP, frame, optimise_rows

PHRASES = (
    "a * on a white table",
    "the * stands in a shop window",
    "a close-up of a *",
    "somebody bought a new *",
    "an old * from the market",
    "a * of another colour",
    "two people look at the *",
    "a small * beside a large one",
)


class SEARLEConfig(InversionConfig):
    """The sentences, and the network that guesses words."""

    composed: str = Field(
        default="a photo of * that is {text}", description="both in one sentence; the paper's ends in instructions"
    )
    widening: int = Field(default=4, ge=1, description="hidden layers are so many times as wide as CLIP's embedding")
    dropout: float = Field(default=0.5, ge=0, lt=1)


class Inversion(Settings):
    """How the word of one photo is optimised."""

    steps: int = Field(default=350, ge=1)
    learning_rate: float = Field(default=2e-2, gt=0)
    weight_decay: float = Field(default=0.01, ge=0)
    average: float = Field(default=0.99, ge=0, lt=1, description="decay of the running average of the word")
    phrases: float = Field(default=0.5, ge=0, description="how much the phrases pull")
    spread: float = Field(default=0.02, gt=0, description="standard deviation of the word at the start")
    seed: int = Field(default=0, ge=0)


class SEARLEObjective(Settings):
    """How words are optimised, and how the network learns from them.

    A word is optimised for each "picture" that a batch shows, or once for each "instance", from its first picture:
    where photos are bent or moved anew in every epoch that is much less work, and the network learns that they are the
    same thing (DESIGN). A run that was interrupted optimises these words again, from the pictures that it sees then:
    with "instance" it does not end in the same bits.
    """

    inversion: Inversion = Inversion()
    distil: float = Field(default=1.0, ge=0)
    phrases: float = Field(default=0.25, ge=0)
    temperature: float = Field(default=0.25, gt=0)
    pictures: Literal["photos", "both"] = "photos"
    words_of: Literal["picture", "instance"] = "picture"


class SEARLE(TextualInversion):
    """A network guesses the word that an optimisation would find."""

    Config = SEARLEConfig
    Objective = SEARLEObjective
    loss_settings = frozenset({"dropout"})
    paper = "SEARLE, Baldrati et al., ICCV 2023"
    trains = "the network phi from picture to word"
    needs = "photos alone, better with categories; no sketches, no captions"
    config: SEARLEConfig

    def __init__(self, backbone: Backbone, config: SEARLEConfig) -> None:
        super().__init__(backbone, config)
        self._found: dict[str, Tensor] = {}
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)  # a method on the same CLIP is the same method
            self.converter = Converter(
                backbone.dimension,
                backbone.text.width,
                hidden=config.widening * backbone.dimension,
                activation="gelu",
                dropout=config.dropout,
            )

    def loss(self, batch: Batch, objective: Settings | None = None) -> dict[str, Tensor]:
        wanted = objective or SEARLEObjective()
        assert isinstance(wanted, SEARLEObjective)
        features, photos = self.seen(batch)
        found = self.optimised(batch, photos.detach(), wanted.inversion, of=wanted.words_of).to(features.device)
        guesses = [self.words(features)]
        if wanted.pictures == "both":
            drawn = self.backbone.embed_pictures(self.backbone.normalise(batch.sketches))
            guesses.append(self.words(drawn))
        same = same_objects(batch)
        terms = [distillation(found, some, wanted.temperature, same) for some in guesses]
        loss = {"distil": wanted.distil * torch.stack(terms).mean()}
        if wanted.phrases and any(batch.categories):
            pulls = [self.pull(some, batch.categories) for some in guesses]
            loss["phrases"] = wanted.phrases * torch.stack(pulls).mean()
        return loss

    def optimised(
        self, batch: Batch, photos: Tensor, how: Inversion, *, of: Literal["picture", "instance"] = "picture"
    ) -> Tensor:
        """The optimised words of the photos of a batch, of unit rows `photos`: (batch, width), on the CPU.

        Those of pictures, or of instances, met before are not made again, even where CLIP has moved since.
        """
        said = f"{how.model_dump_json()} {self.config.prompt}".encode()
        names = [
            hashlib.sha256(
                said
                + str(category).encode()
                + (picture.tobytes() if of == "picture" or name is None else f"instance {name}".encode())
            ).hexdigest()
            for category, picture, name in zip(batch.categories, batch.photos, batch.instances, strict=True)
        ]
        fresh = [i for i, name in enumerate(names) if name not in self._found and name not in names[:i]]
        if fresh:
            seeds = [int(names[i][:15], 16) for i in fresh]
            made = self.invert(photos[fresh], [batch.categories[i] for i in fresh], how, seeds=seeds).cpu()
            self._found |= {names[i]: word for i, word in zip(fresh, made, strict=True)}
        return torch.stack([self._found[name] for name in names])

    def invert(
        self, photos: Tensor, categories: Sequence[str | None], how: Inversion, *, seeds: Sequence[int]
    ) -> Tensor:
        """Optimise a word for each of the unit rows `photos` (batch, dimension): (batch, width of the text tower).

        `seeds` decide where each word starts; with the same one the same word is found.
        """
        width, backbone = self.backbone.text.width, self.backbone
        start = torch.stack([torch.randn(width, generator=torch.Generator().manual_seed(seed)) for seed in seeds])
        known = [i for i, category in enumerate(categories) if category]
        told = [category for category in categories if category]
        with torch.inference_mode(False), torch.no_grad(), torch.autocast(photos.device.type, enabled=False):
            targets, prompt = photos.detach().clone(), frame(self.config.prompt, backbone=backbone)
            frames = [frame(phrase, backbone=backbone) for phrase in PHRASES] if told else []
            wanted = [self._said(phrase, told) for phrase in PHRASES] if told else []

        def loss(words: Tensor, step: int) -> Tensor:
            far = 1 - (self.read(prompt, words) * targets).sum(dim=1)
            if not told or not how.phrases:
                return far
            turn = step % len(PHRASES)
            pulls = 1 - (self.read(frames[turn], words[known]) * wanted[turn]).sum(dim=1)
            return far.index_add(0, torch.tensor(known, device=far.device), how.phrases * pulls)

        return optimise_rows(
            how.spread * start.to(photos.device),
            loss,
            steps=how.steps,
            learning_rate=how.learning_rate,
            weight_decay=how.weight_decay,
            average=how.average,
        )

    def pull(self, words: Tensor, categories: Sequence[str | None]) -> Tensor:
        """How far words (batch, width) say another thing than their categories: the mean over those that have one.

        The phrases take turns over the rows.
        """
        pulls: list[Tensor] = []
        for turn, phrase in enumerate(PHRASES):
            rows = [i for i in range(turn, len(words), len(PHRASES)) if categories[i]]
            if rows:
                wanted = self._said(phrase, [categories[i] or "" for i in rows])
                said = self.read(frame(phrase, backbone=self.backbone), words[rows])
                pulls.append(1 - (said * wanted).sum(dim=1))
        return torch.cat(pulls).mean()

    @torch.no_grad()
    def _said(self, phrase: str, categories: Sequence[str]) -> Tensor:
        """Embed a phrase about each category: unit rows."""
        texts = [phrase.replace(GAP, category) for category in categories]
        return self.embed_texts(*self.backbone.preprocessing.text(texts))


def distillation(found: Tensor, guesses: Tensor, temperature: float, same: Tensor) -> Tensor:
    """Contrast optimised words and guesses (batch, width), all with all: L_dis above.

    Where the bool matrix `same` is true, beside the diagonal, two rows are of one object and not contrasted.
    """
    count = len(found)
    with torch.autocast(found.device.type, enabled=False):
        words = unit(torch.cat([found, guesses]))
        scores = words @ words.T / temperature
    itself = torch.eye(count, dtype=torch.bool, device=scores.device)
    others = same.to(scores.device) & ~itself
    hidden = torch.cat([torch.cat([others | itself, others]), torch.cat([others, others | itself])], dim=1)
    right = torch.arange(2 * count, device=scores.device).roll(count)
    return F.cross_entropy(scores.masked_fill(hidden, -torch.inf), right)

"""Training on real pairs of a photo, sketches of it and words about it: the settings; `source` opens them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from stbir.config import Settings

VirtualClasses = Literal["given", "kmeans", "category", "none"]


class PairSet(Settings):
    """A split of a data set of `stbir.data.sets`; folders are relative to the root that `stbir train --data` gives.

    What we draw ourselves can do without a folder.

    Near-duplicate photos count as one object, unless the set is one of twins on purpose: `near_duplicates = false`.
    Objects of a set whose `part` is "validation" are validated on, never trained on. Those of an "extra" set are always
    trained on and never asked for, but for near duplicates of what other sets test and validate on: they are left out.

    With `contours` a photo without a sketch gets its contours as one (DESIGN).

    `more_sketches` are folders with further sketches, each named after its photo, maybe with a number behind `_` or
    `-`: `017-2.png` shows `017.jpg`.
    """

    name: str
    folder: str | None = None
    split: str = "train"
    variant: str | None = None
    part: Literal["train", "validation", "extra"] = "train"
    near_duplicates: bool = True
    more_sketches: tuple[str, ...] = ()
    contours: bool = False


class PairsData(Settings):
    """Real pairs to train on, and what of them is held back.

    With `folds`, the objects of each set are dealt out into so many parts; those of part `fold` are for testing and
    never trained or validated on. `validation` is the share of the other objects that the run is validated on. An
    object with all its photos, near duplicates of them and sketches is always on one side. With `folds_of` "categories"
    whole categories are dealt out instead, and validated on: what is tested then is of kinds that were never seen.

    Fine classes, "virtual classes" in STBIR (arXiv 2604.15735), are those `given` by the set (in a table of yours
    the column `virtual_class`), clusters of the starting model's photo vectors within each category (`kmeans`, into
    as many as `clusters` says), the categories, or none.

    With `one_category` a batch is of one category where there are enough photos of it, so that its rows are hard to
    tell apart; what is left over of each category shares the last batches of an epoch (DESIGN).

    A `mirror`ed row has photo and sketch mirrored. `move` and `move_photo` turn, resize and shift every sketch and
    every photo a little by chance (DESIGN), 0 not at all and 1 as far as `stbir.functional.degrade.pictures` goes.
    `bend` bends photo and sketch of a row alike into another object, `sway` the sketch alone (DESIGN, the same scale).
    `forget_word` is the share of words that are replaced by one that the model does not know.

    With `unpaired`, each photo is shown with the sketch of another object of its category, a new one in every step: who
    was drawn after whom is not told. Photos and sketches that belong to nobody are trained on too.

    In training, photos are told by the words that are `given`; or those without any by the name of their `category`; or
    `none` by any, for methods that learn without captions. Tests and validation ask with the words there are.

    A model with a vocabulary of whole words, such as `tiny`, is given those that it does not know and that are said of
    at least `new_words` of the photos to train on, the names of categories included (DESIGN); 0 leaves them all one
    unknown word. What they mean is learned where a stage trains `token_embedding`; elsewhere they are only told apart.
    """

    source: Literal["pairs"]
    sets: tuple[PairSet, ...] = Field(min_length=1)
    folds: int = Field(default=0, ge=0)
    fold: int = Field(default=0, ge=0)
    fold_seed: int = Field(default=0, ge=0)
    folds_of: Literal["objects", "categories"] = "objects"
    validation: float = Field(default=0.1, ge=0, lt=1)
    virtual_classes: VirtualClasses = "none"
    clusters: dict[str, int] = Field(default_factory=dict)
    one_category: bool = False
    mirror: bool = False
    move: float = Field(default=0.0, ge=0, le=1)
    move_photo: float = Field(default=0.0, ge=0, le=1)
    bend: float = Field(default=0.0, ge=0, le=1)
    sway: float = Field(default=0.0, ge=0, le=1)
    forget_word: float = Field(default=0.0, ge=0, lt=1)
    unpaired: bool = False
    words: Literal["given", "category", "none"] = "given"
    new_words: int = Field(default=0, ge=0)

    @property
    def labels(self) -> tuple[str, ...]:
        """A name for each set: its own, with a number where a set of this name came before."""
        names = [each.name for each in self.sets]
        before = [names[:place].count(name) for place, name in enumerate(names)]
        return tuple(f"{name}.{count + 1}" if count else name for name, count in zip(names, before, strict=True))

    @property
    def extras(self) -> frozenset[str]:
        """The labels of the extra sets."""
        return frozenset(label for label, each in zip(self.labels, self.sets, strict=True) if each.part == "extra")

    @model_validator(mode="after")
    def _sensible(self) -> PairsData:
        if self.folds == 1:
            raise ValueError("folds = 1 would leave nothing to train on; give 2 or more, or 0 to hold nothing back")
        if self.fold >= max(1, self.folds):
            raise ValueError(f"folds are counted from 0, so with folds = {self.folds} there is no fold {self.fold}")
        if few := [name for name, count in self.clusters.items() if count < 1]:
            raise ValueError(f"a category has at least 1 cluster, not so {', '.join(few)}")
        return self

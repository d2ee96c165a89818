"""What the queries of a split look for, and at which rank of which photos they find it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stbir.errors import InputError
from stbir.functional.metrics import Ranks
from stbir.functional.streaming import vector_ranks
from stbir.types import Floats, Query, Split

Labels = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Targets:
    """The photos of a split by number: a label is the place of the first photo that shows the instance.

    `groups` is the group of each photo where a query is ranked only within the group of its target.
    """

    split: Split
    numbers: dict[str | None, int]
    photos: Labels
    groups: Labels | None

    def of(self, wanted: Sequence[str | None]) -> Labels:
        """The labels of the instances that queries look for.

        Raises:
            InputError: one that no photo shows.
        """
        lost = [instance for instance in wanted if instance not in self.numbers]
        if lost and lost[0] is None:
            raise InputError(
                f"{len(lost)} queries of {self.split.name} look for no photo but for a category; measure them by "
                "category: `stbir evaluate` takes --option relevance=category, and --protocol styles for styles"
            )
        if lost:
            raise InputError(
                f"{len(lost)} queries of {self.split.name} look for a photo that it does not have, as {lost[0]!r}"
            )
        return np.array([self.numbers[instance] for instance in wanted])

    def told(self, query: Query) -> str | None:
        """The category that a method is told of: that of the target where a query is ranked only within it.

        Whoever ranks only within a category knows it, and published fine-grained numbers are taken so; elsewhere it
        would give away a part of the answer.
        """
        if self.groups is None:
            return None
        number = self.numbers.get(query.instance)
        return query.category if number is None else self.split.photos[number].category

    def ranks(self, queries: Floats, photos: Floats, *, wanted: Labels) -> Ranks:
        """The rank of each target, from the vectors of the queries (queries, dimension) and of all photos."""
        return vector_ranks(
            queries,
            photos,
            query_labels=wanted,
            photo_labels=self.photos,
            query_groups=None if self.groups is None else self.groups[wanted],
            photo_groups=self.groups,
        )

    def last_ranks(self, wanted: Labels) -> Ranks:
        """The rank that each target would have behind all photos that it is ranked against."""
        groups = np.zeros_like(self.photos) if self.groups is None else self.groups
        # photos that show nothing have the label -1
        shown = self.photos[(self.photos >= 0) & (groups == groups[self.photos])]
        rivals = np.bincount(groups)[groups[wanted]] - np.bincount(shown, minlength=len(groups))[wanted]
        return 1 + rivals


def find_targets(split: Split, *, within: str | None = None) -> Targets:
    """Number the photos of a split; a photo without an instance shows none.

    Raises:
        InputError: no photos, or photos without a category where `within` is "category".
    """
    if not split.photos:
        raise InputError(f"{split.name} has no photos; there is nothing to rank")
    groups = _groups(split, within=within)
    numbers: dict[str | None, int] = {}
    for number, photo in enumerate(split.photos):
        if photo.instance is not None:
            numbers.setdefault(photo.instance, number)
    labels = np.array([numbers.get(photo.instance, -1) for photo in split.photos])
    return Targets(split, numbers, labels, groups)


def _groups(split: Split, *, within: str | None) -> Labels | None:
    if within is None:
        return None
    if within != "category":
        raise InputError(f"within is 'category' or nothing, not {within!r}")
    nameless = [photo.id for photo in split.photos if photo.category is None]
    if nameless:
        raise InputError(
            f"{split.name}: {len(nameless)} of {len(split.photos)} photos have no category, first {nameless[0]}; "
            "fill the column category, or rank against all photos"
        )
    return np.unique([str(photo.category) for photo in split.photos], return_inverse=True)[1].astype(np.int64)

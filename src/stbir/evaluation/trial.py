"""What a protocol makes of a split: which queries are asked, which photos are ranked, and which are relevant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from stbir.data.categories import same_class
from stbir.errors import InputError
from stbir.evaluation.options import Protocol
from stbir.evaluation.revision import photo_contents
from stbir.evaluation.targets import Labels, Targets
from stbir.evaluation.vectors import Asked
from stbir.types import Query


@dataclass(frozen=True, eq=False)
class Trial:
    """The gallery of a protocol, place by place, and what each query looks for in it.

    `gallery` is the number of the photo at each place; a photo may stand there more than once. `shown` is the label of
    each place and `wanted` that of each query, by modality: equal labels are relevant. `groups` (places) and
    `asked_groups` (queries, by modality) say what is ranked against what, where that is not everything.
    """

    targets: Targets
    protocol: Protocol
    gallery: Labels
    shown: Labels
    groups: Labels | None
    asked: dict[str, Asked]
    wanted: dict[str, Labels]
    asked_groups: dict[str, Labels] | None

    @property
    def distractors(self) -> int:
        """How many places hold a photo that is relevant to no query."""
        return int((~np.isin(self.shown, np.concatenate([*self.wanted.values()]))).sum())


def selection(targets: Targets, protocol: Protocol) -> Callable[[Query], bool]:
    """Give the test which queries a protocol asks: all, or those of its categories."""
    if not protocol.categories:
        return lambda query: True
    unseen = {same_class(category) for category in protocol.categories}

    def asks(query: Query) -> bool:
        category = _category(targets, query.instance, query.category)
        return category is not None and same_class(category) in unseen

    return asks


def lay_out(targets: Targets, protocol: Protocol, asked: Mapping[str, Asked]) -> Trial:
    """Choose the photos of the gallery and label both sides.

    Raises:
        InputError: a query looks for nothing that is in the gallery, or a category is missing where one is needed.
    """
    shown, gallery = _labels(targets, protocol), _inside(targets, protocol)
    if protocol.duplicates == "drop":
        kept, shown = _without_copies(targets, shown)
        gallery = gallery[np.isin(gallery, kept)]
    wanted = {name: _wanted(targets, protocol, some, shown) for name, some in asked.items()}
    sought = np.concatenate([*wanted.values()])
    if protocol.duplicates == "per_query":
        gallery = np.concatenate([_targets_once_per_query(targets, asked), gallery[~np.isin(shown[gallery], sought)]])
    if protocol.distractors == "drop":
        gallery = gallery[np.isin(shown[gallery], sought)]
    lost = int((~np.isin(sought, shown[gallery])).sum())
    if lost:
        raise InputError(
            f"{targets.split.name}: {lost} of {len(sought)} questions have nothing relevant in the gallery of protocol "
            f"{protocol.name}; give photos of their categories, or another protocol"
        )
    groups = targets.groups
    return Trial(
        targets=targets,
        protocol=protocol,
        gallery=gallery,
        shown=shown[gallery],
        groups=None if groups is None else groups[gallery],
        asked=dict(asked),
        wanted=wanted,
        asked_groups=None
        if groups is None
        else {name: groups[targets.of(some.wanted)] for name, some in asked.items()},
    )


def _category(targets: Targets, instance: str | None, category: str | None) -> str | None:
    """The category a query looks for: its own, or else that of its photo."""
    if category is None and instance in targets.numbers:
        return targets.split.photos[targets.numbers[instance]].category
    return category


def _labels(targets: Targets, protocol: Protocol) -> Labels:
    if protocol.relevance == "instance":
        return targets.photos
    numbers = _category_numbers(targets)
    return np.array([-1 if p.category is None else numbers[same_class(p.category)] for p in targets.split.photos])


def _category_numbers(targets: Targets) -> dict[str, int]:
    names = dict.fromkeys(same_class(photo.category) for photo in targets.split.photos if photo.category is not None)
    return {name: number for number, name in enumerate(names)}


def _wanted(targets: Targets, protocol: Protocol, asked: Asked, shown: Labels) -> Labels:
    if protocol.relevance == "instance":
        return shown[targets.of(asked.wanted)]
    numbers = _category_numbers(targets)
    found: list[int] = []
    for instance, given in zip(asked.wanted, asked.categories, strict=True):
        category = _category(targets, instance, given)
        if category is None or same_class(category) not in numbers:
            raise InputError(
                f"{targets.split.name}: a query has the category {category!r}, which no photo has; "
                "fill the column category, or give relevance=instance"
            )
        found.append(numbers[same_class(category)])
    return np.array(found)


def _inside(targets: Targets, protocol: Protocol) -> Labels:
    """The numbers of the photos that stand in the gallery, before copies and distractors are looked at."""
    photos = targets.split.photos
    if not protocol.categories:
        return np.arange(len(photos))
    unseen = {same_class(category) for category in protocol.categories}
    held = [photo.category is not None and same_class(photo.category) in unseen for photo in photos]
    others = sorted((n for n, inside in enumerate(held) if not inside), key=lambda number: photos[number].id)
    # drawn from ids in their order, so that neither the machine nor the order of the table matters
    order = np.random.default_rng(protocol.seen_seed).permutation(len(others))
    drawn = [others[place] for place in order[: round(protocol.seen * len(others))]]
    return np.sort(np.array([*np.flatnonzero(held), *drawn], dtype=np.int64))


def _without_copies(targets: Targets, labels: Labels) -> tuple[Labels, Labels]:
    """Keep the first of photos with equal content; what the others show, it shows too."""
    contents = photo_contents(targets.split.photos)
    first: dict[str, int] = {}
    kept = np.array([first.setdefault(content, number) for number, content in enumerate(contents)])
    labels = labels.copy()
    for number in np.flatnonzero(kept != np.arange(len(kept))):
        mine, other = labels[number], labels[kept[number]]
        if mine >= 0 and other >= 0 and mine != other:
            labels[labels == mine] = other
        elif mine >= 0 and other < 0:
            labels[kept[number]] = mine
    return np.unique(kept), labels


def _targets_once_per_query(targets: Targets, asked: Mapping[str, Asked]) -> Labels:
    """The target of each query of the split, in their order, as often as it is looked for."""
    photos = {
        number: photo
        for some in asked.values()
        for number, photo in zip(some.numbers, targets.of(some.wanted), strict=True)
    }
    return np.array([photos[number] for number in sorted(photos)], dtype=np.int64)

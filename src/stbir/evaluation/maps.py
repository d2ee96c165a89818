"""Maps of a space: where photos and sketches lie, by t-SNE (van der Maaten and Hinton 2008), as one SVG."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from stbir.errors import InputError
from stbir.methods.base import Method
from stbir.types import Floats, Photo, Sketch, Split

SIDE, EDGE, LINE = 420, 24, 18
"""Pixels: a map, the paper around it, a line of the key."""
MOST_NAMES = 24
NEIGHBOURS = 30.0
"""The perplexity: about so many neighbours every row has, at most a third of the others."""


@dataclass(frozen=True)
class Map:
    """One space: its name, and places (count, 2) of photos and of sketches."""

    name: str
    photos: Floats
    sketches: Floats


@dataclass(frozen=True)
class Sample:
    """What is drawn: so many photos and so many sketches, with the category of each, "" where it is unknown."""

    photos: tuple[Photo, ...]
    sketches: tuple[Sketch, ...]
    of_photos: tuple[str, ...]
    of_sketches: tuple[str, ...]


def sample(split: Split, *, most: int, seed: int) -> Sample:
    """Choose photos and sketches by chance, up to `most` of each.

    Raises:
        InputError: there are no photos, or no query has a sketch.
    """
    rng = random.Random(seed)
    photos = rng.sample(list(split.photos), min(most, len(split.photos)))
    order = rng.sample(range(len(split.queries)), len(split.queries))
    asked: list[tuple[Sketch, str]] = []
    for place in order:
        if len(asked) == most:
            break
        query = split.queries[place]
        if query.sketches:
            asked.append((query.sketches[0], query.category or ""))
    if not photos or not asked:
        raise InputError(f"{split.name} has no {'sketches' if photos else 'photos'} to draw a map of")
    return Sample(
        tuple(photos),
        tuple(sketch for sketch, _ in asked),
        tuple(photo.category or "" for photo in photos),
        tuple(category for _, category in asked),
    )


def maps_of(method: Method, chosen: Sample, *, seed: int) -> list[Map]:
    """Place a sample in every space that the method knows; photos and sketches of a space on one map.

    Raises:
        InputError: scikit-learn is not installed.
    """
    place = placer(seed=seed)  # before all is encoded: what is missing is said at once
    found: list[Map] = []
    for name, (photos, sketches) in method.spaces(chosen.photos, chosen.sketches).items():
        places = place(np.concatenate([photos, sketches]))
        found.append(Map(name, places[: len(photos)], places[len(photos) :]))
    return found


def placer(*, seed: int) -> Callable[[Floats], Floats]:
    """What places rows (rows, dimension) on a plane so that neighbours stay neighbours: (rows, 2), centred.

    It starts from the two directions in which the rows differ most, so that the seed hardly changes a map. Rows that
    are all the same have no map: they get one place.

    Raises:
        InputError: scikit-learn is not installed.
    """
    try:
        from sklearn.manifold import TSNE
        from threadpoolctl import threadpool_limits
    except ImportError:
        raise InputError("drawing a map needs scikit-learn; install it with: pip install 'stbir[maps]'") from None

    def place(rows: Floats) -> Floats:
        count = len(rows)
        if not np.ptp(rows, axis=0).any():
            return np.zeros((count, 2), np.float32)
        tsne = TSNE(perplexity=min(NEIGHBOURS, (count - 1) / 3), random_state=seed)
        with threadpool_limits(1):  # threads add up in any order, and t-SNE makes much of the last bit
            places = tsne.fit_transform(rows)
        return (places - places.mean(axis=0)).astype(np.float32)

    return place


def maps_svg(maps: Sequence[Map], chosen: Sample) -> str:
    """Draw maps side by side: a colour per category, dots for photos and crosses for sketches."""
    count = Counter([*chosen.of_photos, *chosen.of_sketches])
    names = sorted(count)
    colours = {
        name: f"hsl({360 * place // len(names)} 70% {42 + 12 * (place % 2)}%)" for place, name in enumerate(names)
    }
    listed = sorted(name for name, _ in count.most_common(MOST_NAMES))
    parts = [_map(one, place, chosen, colours) for place, one in enumerate(maps)]
    left, width = len(maps) * (SIDE + EDGE) + EDGE, (len(maps) * (SIDE + EDGE)) + 220
    key = [_dot(left, EDGE + 10, "#555"), _said(left + 12, EDGE + 14, "photo")]
    key += [_cross(left, EDGE + 10 + LINE, "#555"), _said(left + 12, EDGE + 14 + LINE, "sketch")]
    for line, name in enumerate(listed, start=2):
        y = EDGE + 10 + line * LINE
        key += [_dot(left, y, colours[name]), _said(left + 12, y + 4, name or "unknown")]
    if len(names) > len(listed):
        y = EDGE + 14 + (2 + len(listed)) * LINE
        key.append(_said(left + 12, y, f"and {len(names) - len(listed)} more"))
    height = max(SIDE + 3 * EDGE, EDGE * 2 + (3 + len(listed)) * LINE)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>'
        f"{''.join([*parts, *key])}</svg>\n"
    )


def _map(one: Map, place: int, chosen: Sample, colours: dict[str, str]) -> str:
    reach = max(float(abs(one.photos).max()), float(abs(one.sketches).max()), 1e-9)
    left, top = EDGE + place * (SIDE + EDGE), 2 * EDGE

    def at(row: Floats) -> tuple[float, float]:
        x, y = ((float(value) / reach + 1) / 2 * (SIDE - 16) + 8 for value in row)
        return round(left + x, 1), round(top + y, 1)

    parts = [
        _said(left, EDGE + 14, one.name, size=14),
        f'<rect x="{left}" y="{top}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#ccc"/>',
    ]
    for row, name in zip(one.photos, chosen.of_photos, strict=True):
        parts.append(_dot(*at(row), colours[name]))
    for row, name in zip(one.sketches, chosen.of_sketches, strict=True):
        parts.append(_cross(*at(row), colours[name]))
    return "".join(parts)


def _dot(x: float, y: float, colour: str) -> str:
    return f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}" fill-opacity="0.75"/>'


def _cross(x: float, y: float, colour: str) -> str:
    return f'<path d="M{x - 3:.1f} {y - 3:.1f}l6 6m0 -6l-6 6" stroke="{colour}" stroke-width="1.6"/>'


def _said(x: float, y: float, text: str, *, size: int = 12) -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="#222">{escape(text)}</text>'

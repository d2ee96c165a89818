"""Surfaces made of rings one above the other, such as the upper of a shoe and the shaft of a boot."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stbir.data.drawn.curves import Points, ease, smooth
from stbir.data.drawn.shoemaking.last import ALONG, HALF, RING, SIDE, Last

LEVELS = 13
_SHAFT = (0.2, 0.4, 0.6, 0.8, 1.0)
_V = np.linspace(0, 1, LEVELS)[:, None, None]


@dataclass(frozen=True, eq=False)
class Loft:
    """Rings of shape (levels, RING, 3), from the sole to the rim."""

    rings: Points

    @property
    def rim(self) -> Points:
        """The last ring."""
        return self.rings[-1]

    def at(self, u: npt.ArrayLike, v: npt.ArrayLike) -> Points:
        """Points at ring coordinates `u` (see `last`; below 0 is the far side) and heights `v` from 0 to 1."""
        u, v = np.broadcast_arrays(np.asarray(u, np.float64) % 2.0, np.asarray(v, np.float64))
        turn = np.arccos(1 - 2 * np.where(u <= 1, u, 2 - u)) * (HALF / np.pi)
        k = np.where(u <= 1, turn, RING - turn)
        left = np.floor(k).astype(np.intp)
        level = np.clip(v, 0, 1) * (len(self.rings) - 1)
        low = np.minimum(np.floor(level).astype(np.intp), len(self.rings) - 2)
        a, b = (k - left)[..., None], (level - low)[..., None]
        left, right = left % RING, (left + 1) % RING
        lower = self.rings[low, left] * (1 - a) + self.rings[low, right] * a
        upper = self.rings[low + 1, left] * (1 - a) + self.rings[low + 1, right] * a
        return lower * (1 - b) + upper * b

    def across(self, v: float, width: float, count: int = 5) -> npt.NDArray[np.float64]:
        """Ring coordinates at height `v` over the instep, evenly from `width` on the far to the near side."""
        u = np.linspace(-0.6, 0.6, 41)
        y = self.at(u, v)[:, 1]
        order = np.maximum.accumulate((y - y[20])[::-1])
        wanted = np.linspace(width, -width, count)
        return np.interp(wanted, order, u[::-1])


@dataclass(frozen=True)
class Topline:
    """Where an upper ends: heights above the sole at the throat, the lowest point and the back.

    `throat` is x of its front, `narrow` its width compared with the sole, `cut` above 1 makes the front
    round and below pointed. Where `bare` is below 1, nothing covers the foot behind that x.
    """

    throat: float
    throat_height: float
    dip: float
    back_height: float
    toe_height: float
    narrow: float = 0.85
    cut: float = 2.0
    back: float = 1.0
    bare: float = 1.0


def upper(last: Last, top: Topline) -> Loft:
    """The surface from the edge of the sole up to the topline."""
    edge = last.ring()
    g = ALONG**1.7
    x = top.throat + (top.back - top.throat) * g
    knots = smooth([(0, top.throat_height), (0.22, 0.6 * top.throat_height + 0.4 * top.dip), (0.55, top.dip),
                    (0.8, 0.5 * (top.dip + top.back_height)), (1, top.back_height)], 5)  # fmt: skip
    height = np.interp(g, knots[:, 0], knots[:, 1])
    round_front = (1 - (1 - np.clip(g / 0.4, 0, 1)) ** 2) ** (1 / top.cut)
    inside = np.clip(x, 0.0, 0.99)
    y = last.middle(x) + SIDE * last.half_width(inside, SIDE) * top.narrow * round_front
    rim = np.stack([x, y, last.top(np.minimum(x, 1.0)) + height], axis=1)
    rim[HALF, 1] = last.middle(1.0)
    if top.bare < 1:
        gone = ease((x - top.throat) / (top.bare - top.throat))[:, None]
        flat = np.stack([x, last.middle(x) + SIDE * last.half_width(x, SIDE) * (0.97 - 0.5 * (1 - round_front)),
                         last.top(x) + 0.004], axis=1)  # fmt: skip
        rim = rim * (1 - gone) + flat * gone
    return Loft(_wall(edge, rim, top.toe_height))


def _wall(edge: Points, rim: Points, toe_height: float) -> Points:
    """Rings from the edge of the sole to a rim, bulging as a foot does, with room of `toe_height` for the toes."""
    control = edge.copy()
    control[:, 1] += SIDE * 0.012
    control[:, 0] += 0.02 * ease((ALONG - 0.8) / 0.2) - 0.02 * (1 - ease(ALONG / 0.1))
    control[:, 2] += np.maximum(toe_height * 1.25 * (1 - ease((ALONG - 0.1) / 0.5)), 0.55 * (rim[:, 2] - edge[:, 2]))
    return edge * (1 - _V) ** 2 + 2 * control * _V * (1 - _V) + rim * _V**2


class Hoop(NamedTuple):
    """A level ellipse around the leg from x = `front` to x = `back`, with the heights of both and half its width."""

    front: float
    back: float
    half: float
    front_height: float
    back_height: float


@dataclass(frozen=True, eq=False)
class Leg:
    """A boot: its surface, and the height v (0 to 1) on it where the shaft begins."""

    loft: Loft
    ankle: float


def leg(last: Last, hoops: list[Hoop], toe_height: float) -> Leg:
    """Foot and shaft of a boot: from the sole to the first hoop as in a shoe, then from hoop to hoop."""
    knots = np.array(hoops)
    share = np.array(_SHAFT)[:, None]
    steps = np.concatenate([ease(share).repeat(3, axis=1), share, share], axis=1)
    shaft = np.concatenate([start + (end - start) * steps for start, end in pairwise(knots)])
    rims = _rims(np.concatenate([knots[:1], shaft]))
    rings = np.concatenate([_wall(last.ring(), rims[0], toe_height), rims[1:]])
    return Leg(Loft(rings), (LEVELS - 1) / (len(rings) - 1))


def _rims(hoops: Points) -> Points:
    """The points (n, RING, 3) of hoops (n, 5)."""
    front, back, half, front_height, back_height = (column[:, None] for column in hoops.T)
    x = front + (back - front) * ALONG
    y = half * (SIDE * 2 * np.sqrt(ALONG * (1 - ALONG)))
    return np.stack([x, y, front_height + (back_height - front_height) * ALONG], axis=2)

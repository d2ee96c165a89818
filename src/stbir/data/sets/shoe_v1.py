"""QMUL Shoe V1: shop photos of shoes with one sketch each, 304 to train on and 114 to test on."""

from __future__ import annotations

from typing import ClassVar

from stbir.data.qmul import QmulV1, v1_needs
from stbir.data.sets.base import Need


class ShoeV1(QmulV1):
    """See `QmulV1` for the layout; the counts are those of the copies we know, and not from its paper."""

    title: ClassVar[str] = "QMUL Shoe V1"
    category: ClassVar[str] = "shoe"
    needs: ClassVar[tuple[Need, ...]] = v1_needs(304, 114)

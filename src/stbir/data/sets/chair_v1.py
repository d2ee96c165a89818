"""QMUL Chair V1: shop photos of chairs with one sketch each, 199 to train on and 97 to test on."""

from __future__ import annotations

from typing import ClassVar

from stbir.data.qmul import QmulV1, v1_needs
from stbir.data.sets.base import Need


class ChairV1(QmulV1):
    """See `QmulV1` for the layout; the counts are those of the copies we know, and not from its paper."""

    title: ClassVar[str] = "QMUL Chair V1"
    category: ClassVar[str] = "chair"
    needs: ClassVar[tuple[Need, ...]] = v1_needs(199, 97)

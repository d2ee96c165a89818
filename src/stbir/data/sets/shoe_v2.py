"""QMUL-ShoeV2: 2,000 photos and 6,648 sketches of shoes: 1,800 photos to train on, 200 to test on."""

from __future__ import annotations

from typing import ClassVar

from stbir.data.qmul import QmulV2, v2_needs
from stbir.data.sets.base import Need


class ShoeV2(QmulV2):
    """See `QmulV2` for the layout and the splits."""

    title: ClassVar[str] = "QMUL-ShoeV2"
    category: ClassVar[str] = "shoe"
    needs: ClassVar[tuple[Need, ...]] = v2_needs("ShoeV2", train=(1_800, 5_982), test=(200, 666))

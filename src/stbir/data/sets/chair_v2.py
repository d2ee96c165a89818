"""QMUL-ChairV2: 400 photos and 1,275 sketches of chairs: 300 photos to train on, 100 to test on."""

from __future__ import annotations

from typing import ClassVar

from stbir.data.qmul import QmulV2, v2_needs
from stbir.data.sets.base import Need


class ChairV2(QmulV2):
    """See `QmulV2` for the layout and the splits."""

    title: ClassVar[str] = "QMUL-ChairV2"
    category: ClassVar[str] = "chair"
    needs: ClassVar[tuple[Need, ...]] = v2_needs("ChairV2", train=(300, 964), test=(100, 311))

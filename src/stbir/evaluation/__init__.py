"""From a method and a split to a report."""

from __future__ import annotations

from stbir.evaluation.options import Protocol as Protocol
from stbir.evaluation.presets import preset as preset
from stbir.evaluation.protocol import evaluate as evaluate
from stbir.evaluation.sheet import contact_sheet as contact_sheet

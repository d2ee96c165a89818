"""From a method and a split to a report."""

from __future__ import annotations

from stbir.evaluation.protocol import evaluate as evaluate
from stbir.evaluation.sheet import contact_sheet as contact_sheet

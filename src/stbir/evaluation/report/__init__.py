"""What was measured as a page for people: of one model, or of several side by side."""

from __future__ import annotations

from stbir.evaluation.report.comparison import compare_html as compare_html
from stbir.evaluation.report.findings import as_findings as as_findings
from stbir.evaluation.report.single import report_html as report_html

"""Sketches as geometry, and the one rasteriser that every part of the package draws them with."""

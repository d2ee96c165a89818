"""Tensors and strokes in, tensors and pictures out: no state, no files."""

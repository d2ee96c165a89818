"""Structured conditions on a photo's metadata: equality, any-of and range; never a query language."""

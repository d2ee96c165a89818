"""Queries made worse on purpose, from a little to very much: what a search must stand."""

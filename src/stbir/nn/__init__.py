"""CLIP towers as parts: tokens in, tokens out."""

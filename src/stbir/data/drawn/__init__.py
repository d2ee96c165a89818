"""Pictures that are drawn by rules: objects with parts, colours, materials and patterns."""

"""Parts that chairs and sofas are put together from: legs, backs, arms, cushions."""

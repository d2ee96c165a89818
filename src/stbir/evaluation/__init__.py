"""From a method and a split to a report."""

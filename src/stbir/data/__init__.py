"""Where photos, sketches and words come from: one file per source."""
